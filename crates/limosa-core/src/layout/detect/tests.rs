//! Tests of the detection.

use std::fs;

use limosa_sql::Dialect;

use crate::Layout;
use crate::layout::tests::{TestFolder, read_path};
use crate::layout::{Certainty, Place, readable_as};

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
        (
            vec![
                ("1_x.sql", "-- no-transaction\nVACUUM;"),
                ("2_x.up.sql", ""),
            ],
            Layout::Sqlx,
        ),
        // There it is a comment like any other.
        (vec![("1_x.sql", "\n-- no-transaction\n")], Layout::Native),
        (vec![("1_x.tx.up.sql", "")], Layout::GoPg),
        (vec![("1_x.up.sql", "--gopg:split\n")], Layout::GoPg),
        (
            vec![
                ("1_x.up.sql", ""),
                ("main.go", "import \"github.com/go-pg/migrations/v8\""),
            ],
            Layout::GoPg,
        ),
    ] {
        assert_eq!(detect(&files), Ok(layout), "{files:?}");
    }
}

#[test]
fn what_can_be_read_in_two_ways_is_refused_with_both() {
    for (files, wanted) in [
        (
            vec![("1_x.up.sql", ""), ("2_x.sql", "")],
            &["golang-migrate", "native", "sqlx"][..],
        ),
        (
            vec![
                ("1_x.sql", "-- limosa: up\n"),
                ("2_x.sql", "-- +goose Up\n"),
            ],
            &["native", "goose"],
        ),
        (
            vec![("1_x.up.sql", "-- no-transaction\n"), ("2_x.tx.up.sql", "")],
            &["sqlx", "go-pg"],
        ),
        (
            vec![("20200101000000-x.js", ""), ("1_x.up.sql", "")],
            &["db-migrate", "golang-migrate"],
        ),
        (
            vec![(
                "1_x.sql",
                "-- +goose Down\n-- +goose Up\n-- +goose ENVSUB ON\n",
            )],
            &["liamstask-goose", "goose"],
        ),
    ] {
        let (name, help) = detect(&files).unwrap_err();
        assert_eq!(name, "ambiguous-layout", "{files:?}");
        let choices: Vec<_> = help[1..]
            .iter()
            .map(|line| line.trim_start_matches("--layout "))
            .collect();
        assert_eq!(choices, wanted);
    }
}

#[test]
fn tools_that_are_not_read_yet_are_named() {
    for files in [
        vec![("1_x.sql", "-- migrate:up\n")],
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
    let folder = TestFolder::with(&[("1_x.up.sql", "-- migrate:up\n")]);
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

#[test]
fn a_project_that_depends_on_sqlx_is_evidence_where_nothing_else_speaks() {
    let sqlx = "[dependencies]\nsqlx = \"0.8\"\n";
    let found = |files: &[(&str, &str)], beside: &[(&str, &str)]| {
        let folder = TestFolder::with(files);
        for (name, text) in beside {
            let path = folder.path().join("..").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let set = folder.try_read(None).unwrap().set;
        (set.layout, set.certainty)
    };
    let single = [("1_x.sql", "")];
    for beside in [
        ("sqlx.toml", ""),
        (".sqlx/query-1.json", ""),
        ("Cargo.toml", sqlx),
    ] {
        let files = [("1_x.sql", ""), ("2_x.up.sql", "")];
        for files in [&files[..], &files[..1], &files[1..]] {
            let wanted = (Layout::Sqlx, Certainty::Beside);
            assert_eq!(found(files, &[beside]), wanted, "{beside:?}");
        }
        let native = [("1_x.sql", "-- limosa: up\n")];
        let wanted = (Layout::Native, Certainty::Written);
        assert_eq!(found(&native, &[beside]), wanted, "{beside:?}");
    }
    let assumed = (Layout::Native, Certainty::Assumed);
    // Its migrations are ours, and its queries go by sqlx.
    let both = "[dependencies]\nsqlx = \"0.8\"\nlimosa = \"0.1\"\n";
    for beside in [
        &[("Cargo.toml", both)][..],
        &[("Cargo.toml", sqlx), ("limosa.toml", "")],
        &[(".sqlx/query-1.json", ""), ("limosa.toml", "")],
    ] {
        assert_eq!(found(&single, beside), assumed, "{beside:?}");
    }
    let configured = [("sqlx.toml", ""), ("limosa.toml", "")];
    assert_eq!(found(&single, &configured).0, Layout::Sqlx);
    assert_eq!(
        found(&single, &[("Cargo.toml", "[dependencies]\n")]),
        assumed
    );
    assert_eq!(found(&[], &[("sqlx.toml", "")]), assumed);
}

#[test]
fn the_project_is_looked_for_within_the_repository_only() {
    let folder = TestFolder::with(&[("a/b/1_x.sql", "")]);
    let top = folder.path();
    let layout = || read_path(&top.join("a/b"), None).unwrap().set.layout;
    fs::write(top.join("sqlx.toml"), "").unwrap();
    assert_eq!(layout(), Layout::Native);
    fs::create_dir(top.join(".git")).unwrap();
    assert_eq!(layout(), Layout::Sqlx);
    // A nearer project is what the folder belongs to.
    fs::write(top.join("a/go.mod"), "").unwrap();
    assert_eq!(layout(), Layout::Native);
}

#[test]
fn what_only_one_tool_writes_is_surer_than_a_name() {
    for (files, certainty) in [
        (vec![("1_x.up.sql", "")], Certainty::Assumed),
        (vec![("1_x.sql", "")], Certainty::Assumed),
        (vec![("1_x.sql", "-- limosa: up\n")], Certainty::Written),
        (vec![("1_x.tx.up.sql", "")], Certainty::Written),
        (vec![("1_x.sql", "-- +goose Up\n")], Certainty::Assumed),
        (
            vec![("1_x.sql", "-- +goose NO TRANSACTION\n-- +goose Up\n")],
            Certainty::Written,
        ),
        (
            vec![("1_x.sql", "-- +goose Down\n-- +goose Up\n")],
            Certainty::Written,
        ),
        (vec![("20200101000000-x.js", "")], Certainty::Written),
    ] {
        let set = TestFolder::with(&files).try_read(None).unwrap().set;
        assert_eq!(set.certainty, certainty, "{files:?}");
    }
    let given = TestFolder::with(&[]).read(Layout::Sqlx).set;
    assert_eq!(given.certainty, Certainty::Given);
}

#[test]
fn a_folder_can_be_read_as_every_layout_that_fits_names_and_texts() {
    use Layout::{DbMigrate, GoPg, GolangMigrate, Goose, LiamstaskGoose, Native, Sqlx};
    let goose = "-- +goose Up\nSELECT 1;\n";
    for (files, wanted) in [
        (vec![], Layout::ALL.to_vec()),
        (vec![("README.md", "")], Layout::ALL.to_vec()),
        (
            vec![("1_x.up.sql", ""), ("1_x.down.sql", "")],
            vec![Native, GolangMigrate, Sqlx, GoPg],
        ),
        (vec![("1_x.sql", "")], vec![Native, Sqlx]),
        (
            vec![("1_x.sql", ""), ("2_x.up.sql", "")],
            vec![Native, GolangMigrate, Sqlx],
        ),
        // Only golang-migrate and sqlx pass over it.
        (
            vec![("seed.sql", ""), ("2_x.up.sql", "")],
            vec![GolangMigrate, Sqlx],
        ),
        (
            vec![("x_1.sql", ""), ("2_x.up.sql", "")],
            vec![GolangMigrate],
        ),
        (vec![("1.sql", "")], vec![Native]),
        (vec![("1_x.sql", goose)], vec![Goose, LiamstaskGoose]),
        (
            vec![("1_x.sql", "-- +goose NO TRANSACTION\n-- +goose Up\n")],
            vec![Goose],
        ),
        (vec![("sub/1_x.sql", goose)], vec![LiamstaskGoose]),
        (
            vec![(
                "1_x.sql",
                "-- +goose Down\n-- +goose Up\n-- +goose ENVSUB ON\n",
            )],
            vec![Goose, LiamstaskGoose],
        ),
        (vec![("1_x.up.sql", "-- limosa: up\n")], vec![Native]),
        (vec![("1_x.up.sql", "-- no-transaction")], vec![Sqlx]),
        (vec![("1_x.up.sql", "--gopg:split\n")], vec![GoPg]),
        (vec![("1_x.tx.up.sql", ""), ("2_x.sql", "")], vec![]),
        (vec![("20200101000000-x.js", "")], vec![DbMigrate]),
        (vec![("20200101000000-x-up.sql", "")], vec![]),
        (vec![("sqls/20200101000000-x-up.sql", "")], vec![DbMigrate]),
        (vec![("1_x.sql", "-- migrate:up\n")], vec![]),
    ] {
        let folder = TestFolder::with(&files);
        let path = folder.path();
        let place = |dialect| Place {
            directory: &path,
            shown: "m",
            layout: None,
            dialect,
        };
        let found = readable_as(&place(Dialect::Postgres)).unwrap();
        assert_eq!(found, wanted, "{files:?}");
        // What is found without anybody's word is among them.
        if let Ok(reading) = folder.try_read(None) {
            assert!(
                wanted.is_empty() || wanted.contains(&reading.set.layout),
                "{files:?}"
            );
        }
        let elsewhere = readable_as(&place(Dialect::Mysql)).unwrap();
        assert!(!elsewhere.contains(&GoPg), "{files:?}");
    }
}
