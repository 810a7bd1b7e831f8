//! Tests of the detection.

use std::fs;

use crate::Layout;
use crate::layout::tests::TestFolder;

/// The layout, or the name of what is wrong and its help.
fn detect(files: &[(&str, &str)]) -> Result<Layout, (&'static str, Vec<String>)> {
    match TestFolder::with(files).try_read(None) {
        Ok(reading) => Ok(reading.set.layout),
        Err(mut problems) => {
            let problem = problems.remove(0);
            Err((problem.name, problem.help))
        }
    }
}

#[test]
fn a_folder_is_what_its_files_say() {
    let goose = "-- +goose Up\nSELECT 1;\n-- +goose Down\n";
    for (files, layout) in [
        (vec![], Layout::Native),
        (vec![("README.md", "-- +goose Up")], Layout::Native),
        (vec![("1_x.sql", "SELECT 1;")], Layout::Native),
        (
            vec![("1_x.up.sql", ""), ("1_x.down.sql", "")],
            Layout::GolangMigrate,
        ),
        (vec![("1_x.up.sql", "")], Layout::GolangMigrate),
        (
            vec![("1_x.up.sql", "-- limosa: up\n"), ("1_x.down.sql", "")],
            Layout::Native,
        ),
        (
            vec![("1_x.up.sql", ""), ("2_x.sql", "-- limosa: up\n")],
            Layout::Native,
        ),
        // Mistyped, but certainly not meant for another tool: it is refused as a native file.
        (
            vec![("1_x.up.sql", "--limosa: no-transaction\n")],
            Layout::Native,
        ),
        (vec![("1_x.sql", goose)], Layout::Goose),
        (
            vec![("1_x.sql", "-- +goose NO TRANSACTION\n-- +goose Up\n")],
            Layout::Goose,
        ),
        (
            vec![("1_x.sql", "-- +goose Down\n-- +goose Up\n")],
            Layout::LiamstaskGoose,
        ),
        (vec![("sub/1_x.sql", goose)], Layout::LiamstaskGoose),
        (
            vec![("1_x.go", "goose.AddMigration(up, down)")],
            Layout::Goose,
        ),
        (vec![("20200101000000-x.js", "")], Layout::DbMigrate),
        (
            vec![("sqls/20200101000000-x-up.sql", "")],
            Layout::DbMigrate,
        ),
    ] {
        assert_eq!(detect(&files), Ok(layout), "{files:?}");
    }
}

#[test]
fn what_can_be_read_in_two_ways_is_refused_with_both() {
    for (files, first, second) in [
        (
            vec![("1_x.up.sql", ""), ("2_x.sql", "")],
            "golang-migrate",
            "native",
        ),
        (
            vec![
                ("1_x.sql", "-- limosa: up\n"),
                ("2_x.sql", "-- +goose Up\n"),
            ],
            "native",
            "goose",
        ),
        (
            vec![("20200101000000-x.js", ""), ("1_x.up.sql", "")],
            "db-migrate",
            "golang-migrate",
        ),
        (
            vec![(
                "1_x.sql",
                "-- +goose Down\n-- +goose Up\n-- +goose ENVSUB ON\n",
            )],
            "liamstask-goose",
            "goose",
        ),
    ] {
        let (name, help) = detect(&files).unwrap_err();
        assert_eq!(name, "ambiguous-layout", "{files:?}");
        let choices: Vec<_> = help[1..]
            .iter()
            .map(|line| line.trim_start_matches("--layout "))
            .collect();
        assert_eq!(choices, [first, second]);
    }
}

#[test]
fn tools_that_are_not_read_yet_are_named() {
    for files in [
        vec![("1_x.sql", "-- migrate:up\n")],
        vec![("1_x.tx.up.sql", "")],
        vec![("1_x.up.sql", "--gopg:split\n")],
        vec![("1_x.go", "import \"github.com/go-pg/migrations/v8\"")],
        vec![("V1_2__x.sql", "")],
        vec![("2020_x/up.sql", "")],
        vec![("1_x.sql", "-- Up Migration\n")],
    ] {
        assert_eq!(
            detect(&files).unwrap_err().0,
            "layout-not-read",
            "{files:?}"
        );
    }
    // Who says what it is, is believed.
    let folder = TestFolder::with(&[("1_x.up.sql", "--gopg:split\n")]);
    assert!(folder.try_read(Some(Layout::GolangMigrate)).is_ok());
}

#[test]
fn the_folder_of_the_sql_files_is_not_that_of_the_migrations() {
    let (name, help) = detect(&[("20200101000000-x-up.sql", "")]).unwrap_err();
    assert_eq!(name, "ambiguous-layout");
    assert_eq!(help, ["name the folder above it with `--dir`"]);
}

#[test]
fn a_configuration_of_the_old_goose_is_evidence() {
    let folder = TestFolder::with(&[("1_x.sql", "-- +goose Up\n")]);
    fs::write(folder.path().join("../dbconf.yml"), "").unwrap();
    assert_eq!(
        folder.try_read(None).unwrap().set.layout,
        Layout::LiamstaskGoose
    );
    // Without any annotation it says nothing.
    let folder = TestFolder::with(&[("1_x.sql", "SELECT 1;")]);
    fs::write(folder.path().join("../dbconf.yml"), "").unwrap();
    assert_eq!(folder.try_read(None).unwrap().set.layout, Layout::Native);
}
