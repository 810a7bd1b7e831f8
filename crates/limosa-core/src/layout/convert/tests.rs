//! Tests of the conversion.

use limosa_sql::Dialect;
use proptest::prelude::*;

use super::{check, convert};
use crate::layout::tests::TestFolder;
use crate::layout::{Place, load};
use crate::{Diagnostic, Layout, Migration, MigrationSet, ScriptReader};

/// What was converted, and what is read of it.
#[derive(Debug)]
struct Converted {
    old: MigrationSet,
    written: Vec<(String, String)>,
    new: MigrationSet,
    /// Scripts are read from them.
    _folders: [TestFolder; 2],
}

fn converted(
    layout: Layout,
    files: &[(&str, &str)],
    dialect: Dialect,
) -> Result<Converted, Vec<Diagnostic>> {
    let set = |folder: &TestFolder, layout| {
        load(&Place {
            directory: &folder.path(),
            shown: "m",
            layout: Some(layout),
            dialect,
        })
    };
    let folder = TestFolder::with(files);
    let old = set(&folder, layout)?;
    let mut written = Vec::new();
    for migration in &old.migrations {
        let files = convert(migration, layout, dialect).map_err(|problem| vec![problem])?;
        written.extend(files.into_iter().map(|file| {
            let name = file.path.to_str().unwrap().to_owned();
            (name, file.text)
        }));
    }
    let files: Vec<(&str, &str)> = (written.iter())
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let native = TestFolder::with(&files);
    let new = set(&native, Layout::Native)?;
    let problems = check(&old, &new, dialect);
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Converted {
        old,
        written,
        new,
        _folders: [folder, native],
    })
}

/// The statements of both directions, up to one that cannot be read.
fn statements(migration: &Migration, dialect: Dialect) -> [Vec<String>; 2] {
    [&migration.up, &migration.down].map(|script| {
        let mut found = Vec::new();
        let Some(script) = script else { return found };
        let mut reader = ScriptReader::open(script, dialect, &|_| None).unwrap();
        while let Some(statement) = reader.next() {
            found.push(statement.map_or_else(|_| "?".to_owned(), |one| one.sql.to_owned()));
        }
        found
    })
}

fn files(layout: Layout, files: &[(&str, &str)]) -> Vec<(String, String)> {
    converted(layout, files, Dialect::Postgres).unwrap().written
}

fn reason(layout: Layout, files: &[(&str, &str)]) -> String {
    let problems = converted(layout, files, Dialect::Postgres).unwrap_err();
    assert_eq!(problems[0].name, "not-convertible", "{problems:?}");
    let (_, reason) = problems[0].message.split_once(": ").unwrap();
    reason.to_owned()
}

fn owned(files: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    files.iter().map(owned).collect()
}

#[test]
fn a_file_that_is_one_direction_stays_as_it_is() {
    let text = "\u{feff}SELECT 1;\r\n-- +goose Up\n-- x";
    let pair = [("1_x.up.sql", text), ("1_x.down.sql", "")];
    for layout in [Layout::GolangMigrate, Layout::Sqlx, Layout::GoPg] {
        let pair: Vec<(&str, &str)> = match layout {
            Layout::GoPg => vec![("1_x.tx.up.sql", text), ("1_x.tx.down.sql", "")],
            _ => pair.to_vec(),
        };
        let wanted = owned(&[("1_x.up.sql", text), ("1_x.down.sql", "")]);
        assert_eq!(files(layout, &pair), wanted, "{layout}");
    }
    assert_eq!(
        files(Layout::Sqlx, &[("0007_x.sql", text)]),
        owned(&[("0007_x.sql", text)])
    );
    assert_eq!(
        files(
            Layout::DbMigrate,
            &[
                ("sqls/20200101000000-a-b-up.sql", text),
                ("sqls/20200101000000-a-b-down.sql", "x")
            ]
        ),
        owned(&[
            ("20200101000000_a-b.up.sql", text),
            ("20200101000000_a-b.down.sql", "x")
        ])
    );
    // Only its version is recorded.
    assert_eq!(
        files(Layout::GolangMigrate, &[("1_x.down.sql", "SELECT 1")]),
        owned(&[("1_x.up.sql", ""), ("1_x.down.sql", "SELECT 1")])
    );
}

#[test]
fn sections_of_goose_become_native_ones() {
    let text = "-- why\n-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n-- +goose StatementBegin\nSELECT \
                2 -- two\n-- +goose StatementEnd\n\n-- +goose Down\nSELECT 3;";
    let native = "-- why\n-- limosa: no-transaction\n-- limosa: up\nSELECT 1;\nSELECT 2; -- two\n\n-- limosa: \
                  down\nSELECT 3;\n";
    let found = converted(Layout::Goose, &[("00001_x.sql", text)], Dialect::Postgres).unwrap();
    assert_eq!(found.written, owned(&[("00001_x.sql", native)]));
    let tokens = |set: &MigrationSet| {
        let script = set.migrations[0].down.clone().unwrap();
        script.checksums(Dialect::Postgres).unwrap().tokens
    };
    assert_eq!(tokens(&found.old), tokens(&found.new));
    // The old goose reads sections in any order.
    assert_eq!(
        files(
            Layout::LiamstaskGoose,
            &[(
                "1_x.sql",
                "-- +goose Down\nSELECT 1;\n-- +goose Up\nSELECT 2;\n-- +goose Down\nSELECT 3;\n"
            )]
        ),
        owned(&[(
            "1_x.sql",
            "-- limosa: up\nSELECT 2;\n-- limosa: down\nSELECT 1;\nSELECT 3;\n"
        )])
    );
    // A name that would say something else, and a file without an up, become pairs.
    assert_eq!(
        files(
            Layout::Goose,
            &[("1_x.up.sql", "-- +goose Up\nSELECT 1;\n")]
        ),
        owned(&[("1_x.up.up.sql", "-- limosa: up\nSELECT 1;\n")])
    );
    assert_eq!(
        files(
            Layout::LiamstaskGoose,
            &[("1_x.sql", "-- +goose Down\nSELECT 1;\n")]
        ),
        owned(&[
            ("1_x.up.sql", ""),
            ("1_x.down.sql", "-- limosa: down\nSELECT 1;\n")
        ])
    );
}

#[test]
fn what_is_committed_together_stays_together() {
    let split = "SELECT 1;\n--gopg:split\nSELECT 2\n";
    for (layout, file, text, wanted) in [
        (
            Layout::GoPg,
            "1_x.up.sql",
            "SELECT 1;",
            "-- limosa: no-transaction\nSELECT 1;",
        ),
        (
            Layout::GoPg,
            "1_x.up.sql",
            "SELECT 1; SELECT 2;",
            "SELECT 1; SELECT 2;",
        ),
        (
            Layout::GoPg,
            "1_x.up.sql",
            split,
            "-- limosa: no-transaction\nSELECT 1;\nSELECT 2;\n",
        ),
        (
            Layout::GoPg,
            "1_x.tx.up.sql",
            split,
            "SELECT 1;\nSELECT 2;\n",
        ),
        // Its checksum stays, because what runs alone is known to do so.
        (
            Layout::Sqlx,
            "1_x.up.sql",
            "-- no-transaction\nVACUUM;",
            "-- no-transaction\nVACUUM;",
        ),
        (
            Layout::Sqlx,
            "1_x.up.sql",
            "-- no-transaction\nREINDEX TABLE t;",
            "-- limosa: no-transaction\n-- no-transaction\nREINDEX TABLE t;",
        ),
    ] {
        let found = files(layout, &[(file, text)]);
        assert_eq!(found, owned(&[("1_x.up.sql", wanted)]), "{text}");
    }
    let mixed = "SELECT 1; SELECT 2;\n--gopg:split\nSELECT 3;\n";
    assert!(reason(Layout::GoPg, &[("1_x.up.sql", mixed)]).starts_with("some of its statements"));
}

#[test]
fn what_native_files_cannot_say_is_refused() {
    for (layout, file, text, wanted) in [
        (Layout::Goose, "1_x.go", "goose.AddMigration", "it is code"),
        (
            Layout::DbMigrate,
            "20200101000000-x.js",
            "exports.up = db => db.createTable('t')",
            "it is code",
        ),
        (
            Layout::Goose,
            "1_x.sql",
            "-- +goose ENVSUB ON\n-- +goose Up\nSELECT 1;\n",
            "variables of the environment",
        ),
        (
            Layout::LiamstaskGoose,
            "1_x.sql",
            "-- +goose Up\nSELECT 1;\nSELECT 2\n",
            "its last statement has no semicolon",
        ),
        (
            Layout::LiamstaskGoose,
            "1_x.sql",
            "SELECT 0;\n-- +goose Up\nSELECT 1;\n",
            "there is text before the first section",
        ),
        (
            Layout::GolangMigrate,
            "1_x.up.sql",
            "-- limosa: irreversible: by accident\nSELECT 1;\n",
            "a comment in it is a directive",
        ),
        (
            Layout::GolangMigrate,
            "1_x.up.sql",
            "-- limosa: lock-timeout=1s\nSELECT 1;\n",
            "a comment in it is a directive",
        ),
        (
            Layout::GolangMigrate,
            "1_x.up.sql",
            "-- limosa: no-transaction\nSELECT 1; SELECT 2;\n",
            "the native layout would commit",
        ),
        (
            Layout::Goose,
            "1_x.sql",
            "-- +goose Up\nDO $$\n-- +goose NO TRANSACTION\n$$;\n",
            "the native layout would find other statements",
        ),
    ] {
        let reason = reason(layout, &[(file, text)]);
        assert!(reason.starts_with(wanted), "{text}: {reason}");
    }
    // The native layout says itself what it does not read.
    let unknown = converted(
        Layout::GolangMigrate,
        &[("1_x.up.sql", "--limosa: hello\nSELECT 1;\n")],
        Dialect::Postgres,
    );
    assert_eq!(unknown.unwrap_err()[0].name, "unknown-directive");
}

const LINES: &[&str] = &[
    "-- +goose StatementBegin",
    "-- +goose StatementEnd",
    "-- +goose NO TRANSACTION",
    "--gopg:split",
    "-- no-transaction",
    "SELECT 1;",
    "SELECT 2",
    "CREATE INDEX CONCURRENTLY i ON t (a);",
    "SELECT '$X -- +goose Up';",
    "BEGIN;",
    "COMMIT;",
    "'",
    "$$",
    "/*",
    "*/",
    "COPY t FROM stdin;",
    "1\ta",
    "\\.",
    "DELIMITER //",
    "//",
    "-- comment",
    "",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_is_converted_reads_as_it_did(
        up in prop::collection::vec(prop::sample::select(LINES), 0..10),
        down in prop::collection::vec(prop::sample::select(LINES), 0..6),
        title in prop::sample::select(vec!["x", "a_b", "a.up", "a.given", "Ä-b", ""]),
        (both, windows, begin) in any::<(bool, bool, bool)>(),
    ) {
        let end = if windows { "\r\n" } else { "\n" };
        let text = |lines: &[&str]| {
            let begin = if begin { "-- no-transaction" } else { "\u{feff}-- x" };
            format!("{begin}{end}{}", lines.join(end))
        };
        let sections = {
            let down = if both { format!("{end}-- +goose Down{end}{}", down.join(end)) } else { String::new() };
            format!("-- head{end}-- +goose Up{end}{}{down}", up.join(end))
        };
        let pair = |up_name: String, down_name: String| {
            let mut files = vec![(up_name, text(&up))];
            files.extend(both.then(|| (down_name, text(&down))));
            files
        };
        for (layout, files) in [
            (Layout::Goose, vec![(format!("00012_{title}.sql"), sections.clone())]),
            (Layout::LiamstaskGoose, vec![(format!("00012_{title}.sql"), sections)]),
            (Layout::GolangMigrate, pair(format!("0012_{title}.up.sql"), format!("0012_{title}.down.sql"))),
            (Layout::Sqlx, pair(format!("12_{title}.up.sql"), format!("12_{title}.down.sql"))),
            (Layout::Sqlx, vec![(format!("12_{title}.sql"), text(&up))]),
            (Layout::GoPg, pair(format!("12_{title}.up.sql"), format!("12_{title}.tx.down.sql"))),
            (Layout::DbMigrate, pair(
                format!("sqls/20200101000012-{title}y-up.sql"), format!("sqls/20200101000012-{title}y-down.sql"),
            )),
        ] {
            let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            for dialect in Dialect::ALL {
                let found = match converted(layout, &files, dialect) {
                    Ok(found) => found,
                    Err(problems) => {
                        // A file that is one direction and asks for nothing is just SQL.
                        let is_sql = matches!(layout, Layout::GolangMigrate | Layout::DbMigrate);
                        prop_assert!(!is_sql, "{:?}", problems);
                        continue;
                    }
                };
                prop_assert_eq!(found.old.migrations.len(), found.new.migrations.len());
                for (old, new) in found.old.migrations.iter().zip(&found.new.migrations) {
                    prop_assert_eq!(old.version.text(), new.version.text());
                    prop_assert_eq!(&old.name, &new.name);
                    prop_assert_eq!(old.down.is_some(), new.down.is_some());
                    prop_assert_eq!(
                        statements(old, dialect), statements(new, dialect), "{} {:?}", layout, &found.written
                    );
                }
            }
        }
    }
}

#[test]
fn a_baseline_stays_one_without_the_down_that_only_stops_its_tool() {
    let head = "-- limosa: replaces(1..3)\n";
    let guard = "SELECT * FROM nothing;\n";
    let goose = format!("-- +goose Up\n{head}SELECT 1;\n-- +goose Down\n{guard}");
    let up = format!("{head}SELECT 1;\n");
    for (layout, files) in [
        (Layout::Goose, vec![("3_b.sql", goose.as_str())]),
        (
            Layout::GolangMigrate,
            vec![("3_b.up.sql", up.as_str()), ("3_b.down.sql", guard)],
        ),
    ] {
        let found = converted(layout, &files, Dialect::Postgres)
            .unwrap_or_else(|problems| panic!("{layout}: {problems:?}"));
        let [baseline] = found.new.migrations.as_slice() else {
            panic!("{layout}: {found:?}")
        };
        assert_eq!(baseline.replaces().to_string(), "1..3", "{layout}");
        assert!(baseline.down.is_none(), "{layout}");
    }
}
