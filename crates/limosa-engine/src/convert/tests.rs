//! Tests of writing converted files.

use super::*;

fn set(files: &[(&str, &str)], layout: Layout) -> (tempfile::TempDir, MigrationSet) {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old");
    fs::create_dir(&old).unwrap();
    for (name, text) in files {
        fs::write(old.join(name), text).unwrap();
    }
    let set = load(&Place {
        directory: &old,
        shown: "old",
        layout: Some(layout),
        dialect: Dialect::Postgres,
    });
    (folder, set.unwrap())
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

const GOOD: (&str, &str) = (
    "1_a.sql",
    "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n",
);
const BAD: (&str, &str) = ("2_b.go", "goose.AddMigration");

#[test]
fn there_is_everything_or_nothing() {
    let (folder, good) = set(&[GOOD], Layout::Goose);
    let into = folder.path().join("new/native");
    let dry = convert(&good, &into, Dialect::Postgres, Write::Nothing).unwrap();
    assert_eq!(names(folder.path()), ["old"]);
    let written = convert(&good, &into, Dialect::Postgres, Write::Files).unwrap();
    assert_eq!(dry.files, written.files);
    assert_eq!(names(&into), ["1_a.sql"]);
    assert_eq!(names(folder.path()), ["new", "old"]);
    assert_eq!(names(&folder.path().join("new")), ["native"]);

    let (folder, bad) = set(
        &[GOOD, BAD, ("3_c.go", "goose.AddMigration")],
        Layout::Goose,
    );
    let into = folder.path().join("new/native");
    let problems = convert(&bad, &into, Dialect::Postgres, Write::Files).unwrap_err();
    let found: Vec<&str> = problems.iter().map(|one| one.name).collect();
    assert_eq!(found, ["not-convertible"; 2], "each is listed");
    assert_eq!(names(folder.path()), ["old"]);
}

#[test]
fn nothing_is_overwritten() {
    let (folder, good) = set(&[GOOD], Layout::Goose);
    let name = |into: &Path| {
        let found = convert(&good, into, Dialect::Postgres, Write::Files);
        found.map_err(|problems| problems[0].name).err()
    };
    let into = folder.path().join("native");
    fs::create_dir(&into).unwrap();
    assert_eq!(name(&into), None, "an empty folder");
    assert_eq!(name(&into), Some("folder-not-empty"));
    assert_eq!(
        name(&folder.path().join("old/1_a.sql")),
        Some("folder-not-empty")
    );
    assert_eq!(names(folder.path()), ["native", "old"]);
}

#[test]
fn files_that_sqlx_would_find_changed_are_named() {
    let (folder, old) = set(
        &[
            ("1_a.up.sql", "SELECT 1;"),
            ("2_b.up.sql", "-- no-transaction\nREINDEX TABLE t;"),
        ],
        Layout::Sqlx,
    );
    let into = folder.path().join("native");
    let found = convert(&old, &into, Dialect::Postgres, Write::Files).unwrap();
    assert_eq!(found.changed_for_tool, [Path::new("2_b.up.sql")]);
}
