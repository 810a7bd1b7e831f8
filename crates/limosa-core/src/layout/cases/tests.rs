//! No layout takes a test for a migration.

use limosa_sql::Dialect;
use tempfile::TempDir;

use super::*;
use crate::layout::{NamedFile, Place, Shape, load, named_files, readable_as};
use crate::{MigrationSet, Version};

fn place(folder: &TempDir, layout: Option<Layout>) -> Place<'_> {
    Place {
        directory: folder.path(),
        shown: "m",
        layout,
        dialect: Dialect::Postgres,
    }
}

fn write(folder: &TempDir, name: &str, text: &str) {
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().expect("it is in the folder")).expect("it can be made");
    std::fs::write(path, text).expect("a file can be written");
}

fn set(folder: &TempDir, layout: Layout) -> MigrationSet {
    load(&place(folder, Some(layout))).unwrap_or_else(|wrong| panic!("{layout}: {wrong:#?}"))
}

#[test]
fn in_every_layout_tests_stand_beside_migrations_and_are_none() {
    for layout in Layout::ALL {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let stem = format!("20200101000000{}x", layout.separator());
        let files = [Shape::One, Shape::Pair]
            .into_iter()
            .find_map(|shape| layout.new_files(&stem, shape))
            .expect("every layout has new files");
        for file in files {
            write(
                &folder,
                file.path.to_str().expect("it is a name"),
                &file.text,
            );
        }
        let names = |set: &MigrationSet| -> Vec<String> {
            set.migrations
                .iter()
                .map(crate::Migration::full_name)
                .collect()
        };
        let without = set(&folder, layout);
        assert_eq!(names(&without).len(), 1, "{layout}");
        let readable = readable_as(&place(&folder, None));
        write(
            &folder,
            "20200101000000.given.sql",
            "INSERT INTO t VALUES (1);",
        );
        write(
            &folder,
            &format!("{stem}.expect.sql"),
            "SELECT 1 WHERE false;",
        );
        write(&folder, "about.given.sql", "-- Without a version.");
        let with = set(&folder, layout);
        assert_eq!(names(&without), names(&with), "{layout}");
        assert_eq!(with.remarks.len(), without.remarks.len(), "{layout}");
        assert_eq!(
            readable.expect("the folder is there"),
            readable_as(&place(&folder, None)).expect("the folder is there"),
            "{layout}"
        );
        assert_eq!(with.cases.len(), 1, "{layout}: {:?}", with.cases);
        let case = &with.cases[0];
        assert_eq!(case.version, with.migrations[0].version, "{layout}");
        assert!(case.given.is_some() && case.expect.is_some(), "{layout}");
        assert!(
            case.expect_down.is_none() && case.problems.is_empty(),
            "{layout}"
        );
        let beside: Vec<NamedFile> = named_files(&place(&folder, None), layout)
            .expect("the folder is there")
            .into_iter()
            .filter(|file| file.companion)
            .collect();
        assert_eq!(beside.len(), 2, "{layout}: {beside:?}");
    }
}

#[test]
fn the_sections_of_an_expect_file_are_of_two_states() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    write(&folder, "1_x.sql", "SELECT 1;");
    write(
        &folder,
        "1.expect.sql",
        "SELECT 'head';\n-- limosa: down\nSELECT 'down';\n-- limosa: up\nSELECT 'up';\n",
    );
    let set = set(&folder, Layout::Native);
    let text = |script: &Option<Script>| {
        let script = script.as_ref().expect("it is there");
        script
            .text(1_000)
            .expect("it can be read")
            .unwrap_or_default()
    };
    let case = &set.cases[0];
    assert_eq!(
        text(&case.expect),
        "SELECT 'head';\n-- limosa: up\nSELECT 'up';\n"
    );
    assert_eq!(text(&case.expect_down), "-- limosa: down\nSELECT 'down';\n");
}

#[test]
fn what_is_wrong_with_a_test_is_kept_for_those_who_ask() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    write(&folder, "1_x.sql", "SELECT 1;");
    write(&folder, "1.given.sql", "-- limosa: up\nSELECT 1;");
    write(&folder, "1_x.given.sql", "SELECT 1;");
    write(&folder, "2.expect.sql", "-- limosa: upp\nSELECT 1;");
    let set = set(&folder, Layout::Native);
    assert!(set.remarks.is_empty(), "{:?}", set.remarks);
    let names = |case: &Case| -> Vec<&str> { case.problems.iter().map(|one| one.name).collect() };
    let all: Vec<(&Version, Vec<&str>)> = set
        .cases
        .iter()
        .map(|one| (&one.version, names(one)))
        .collect();
    let version = |text| Version::number(text).expect("it is a version");
    assert_eq!(
        all,
        [
            (&version("1"), vec!["unknown-directive"]),
            (&version("2"), vec!["unknown-directive"]),
        ]
    );
}
