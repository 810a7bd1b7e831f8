//! What is wrong with a folder or a file is said for all layouts alike.

use std::fs;
use std::os::unix::fs::symlink;
use std::time::Instant;

use super::{TestFolder, read_path, short, statements};
use crate::{Class, Layout};

#[test]
fn a_directory_that_is_missing_or_none_says_how_to_go_on() {
    let folder = TestFolder::with(&[("1_x.sql", "")]);
    let problems = read_path(&folder.path().join("nowhere"), None).unwrap_err();
    assert_eq!(
        short(&problems),
        ["Error no-directory  the directory m does not exist"]
    );
    assert_eq!(problems[0].help.last().unwrap(), "limosa init");
    assert_eq!(problems[0].class, Class::Usage);
    let problems = read_path(&folder.path().join("1_x.sql"), None).unwrap_err();
    assert_eq!(
        short(&problems),
        ["Error not-a-directory  m is not a directory"]
    );
}

#[test]
fn an_empty_directory_is_native_and_empty() {
    let reading = TestFolder::with(&[]).try_read(None).unwrap();
    assert_eq!(reading.set.layout, Layout::Native);
    assert!(reading.set.migrations.is_empty() && reading.errors.is_empty());
}

#[test]
fn entries_that_are_no_files_of_the_folder_are_refused() {
    let folder = TestFolder::with(&[("1_ok.up.sql", "SELECT 1;"), ("sub/real.sql", "SELECT 2;")]);
    let path = folder.path();
    fs::create_dir(path.join("2_dir.up.sql")).unwrap();
    fs::write(path.join("../outside.sql"), "").unwrap();
    symlink("../outside.sql", path.join("3_leaves.up.sql")).unwrap();
    symlink("nowhere", path.join("4_dangling.up.sql")).unwrap();
    symlink("sub/real.sql", path.join("5_inside.up.sql")).unwrap();
    symlink("../outside.sql", path.join("README")).unwrap();
    for layout in [Layout::Native, Layout::GolangMigrate, Layout::Sqlx] {
        let reading = folder.read(layout);
        assert_eq!(
            short(&reading.errors),
            [
                "Error not-a-file m/2_dir.up.sql:1 m/2_dir.up.sql has the name of a migration but \
                 is a directory",
                "Error link-leaves-folder m/3_leaves.up.sql:1 m/3_leaves.up.sql is a link that \
                 leaves the folder of the migrations",
                "Error not-a-file m/4_dangling.up.sql:1 m/4_dangling.up.sql has the name of a \
                 migration but is no file that can be read",
            ]
        );
        assert_eq!(
            statements(reading.set.migrations.last().unwrap())[0],
            ["SELECT 2"]
        );
    }
}

#[test]
fn code_that_cannot_be_looked_at_is_not_passed_over() {
    let folder = TestFolder::with(&[("1_a.tx.up.sql", "SELECT 1;")]);
    let path = folder.path();
    fs::write(path.join("../outside.go"), "Register(up)").unwrap();
    symlink("../outside.go", path.join("2_b.go")).unwrap();
    let reading = folder.read(Layout::GoPg);
    assert_eq!(
        short(&reading.errors),
        [
            "Error link-leaves-folder m/2_b.go:1 m/2_b.go is a link that leaves the folder of the \
             migrations"
        ]
    );
}

#[test]
fn bytes_that_are_no_text_are_named_with_their_place_in_small_and_large_files() {
    let folder = TestFolder::with(&[]);
    let filler = "-- ä filler\n".repeat(50_000);
    for (head, lines) in [("", 0), (filler.as_str(), 50_000)] {
        let write = |name: &str, tail: &[u8]| {
            fs::write(folder.path().join(name), [head.as_bytes(), tail].concat()).unwrap();
        };
        write("1_a.up.sql", b"SELECT 1;\nSELECT '\xc3\xa4\xff'");
        write("2_b.up.sql", b"SELECT '\0'");
        write("3_c.up.sql", b"SELECT '\xc3");
        write("4_d.up.sql", "SELECT 'ä'".as_bytes());
        let reading = folder.try_read(None).unwrap();
        assert_eq!(reading.set.layout, Layout::GolangMigrate);
        let found: Vec<_> = reading
            .errors
            .iter()
            .map(|one| (one.name, one.labels[0].line - lines, one.labels[0].column))
            .collect();
        assert_eq!(
            found,
            [("not-utf8", 2, 10), ("nul-byte", 1, 9), ("not-utf8", 1, 9)]
        );
        let excerpt = reading.errors[0].labels[0].excerpt.as_ref().unwrap();
        assert_eq!(&excerpt.text[..excerpt.marked.start], "SELECT 'ä");
    }
}

#[test]
fn a_file_in_utf_16_is_recognised() {
    let folder = TestFolder::with(&[]);
    fs::write(folder.path().join("1_x.sql"), b"\xff\xfeS\0E\0").unwrap();
    let reading = folder.try_read(None).unwrap();
    assert!(reading.errors[0].help[0].contains("UTF-16"));
}

#[test]
fn names_and_versions_that_cannot_be_used_are_refused_in_few_words() {
    let long = format!("{}_x.sql", "9".repeat(200));
    let folder = TestFolder::with(&[
        ("9223372036854775808_x.sql", ""),
        (&long, ""),
        ("x\u{1b}[31m.sql", ""),
        ("1-x.sql", ""),
        ("1_\u{7}bell.sql", ""),
    ]);
    let reading = folder.try_read(None).unwrap();
    let found = short(&reading.errors);
    assert_eq!(found.len(), 4);
    assert!(found[0].contains("1-x.sql does not have the name of a migration"));
    assert!(found[1].starts_with("Error version-too-large m/9223372036854775808_x.sql"));
    assert!(found[2].starts_with("Error version-too-large m/999") && found[2].len() < 500);
    assert!(
        found[3].contains(r"m/x\u{1b}[31m.sql does not"),
        "{}",
        found[3]
    );
    assert_eq!(reading.set.migrations[0].files, [r"m/1_\u{7}bell.sql"]);
    let shown = crate::layout::show_name(&"x".repeat(10_000));
    assert_eq!(shown.chars().count(), 121);
}

#[test]
fn an_unreadable_file_does_not_hide_the_others() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TestFolder::with(&[("1_a.sql", ""), ("2_b.sql", ""), ("x.sql", "")]);
    let file = folder.path().join("1_a.sql");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&file).is_ok() {
        println!("skipped: this user may read every file");
        return;
    }
    let found = short(&folder.try_read(None).unwrap().errors);
    assert_eq!(found.len(), 2);
    assert!(found[1].starts_with("Error unreadable-file m/1_a.sql:1 m/1_a.sql cannot be read"));
}

#[test]
fn a_thousand_small_files_are_read_quickly() {
    let text = "-- limosa: up\nCREATE TABLE t (a int);\n-- limosa: down\nDROP TABLE t;\n";
    let names: Vec<String> = (1..=1000)
        .map(|number| format!("{number:04}_x.sql"))
        .collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), text)).collect();
    let folder = TestFolder::with(&files);
    let begin = Instant::now();
    assert_eq!(folder.try_read(None).unwrap().set.migrations.len(), 1000);
    println!("1,000 files in {:?}", begin.elapsed());
}
