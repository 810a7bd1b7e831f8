//! Tests of the native layout.

use std::fs;
use std::time::Duration;

use limosa_sql::Dialect;

use crate::history::Direction;
use crate::layout::{Place, Reading, read};
use crate::{Layout, Migration, ScriptReader};

fn statements(migration: &Migration) -> [Vec<String>; 2] {
    [&migration.up, &migration.down].map(|script| {
        let mut found = Vec::new();
        let Some(script) = script else { return found };
        let mut reader = ScriptReader::open(script, Dialect::Postgres, &|_| None).unwrap();
        while let Some(statement) = reader.next() {
            found.push(statement.unwrap().sql.to_owned());
        }
        found
    })
}

fn with_files<T>(files: &[(&str, &str)], check: impl FnOnce(&Reading) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let place = Place {
        directory: folder.path(),
        shown: "m",
        layout: Some(Layout::Native),
        dialect: Dialect::Postgres,
    };
    check(&read(&place).unwrap())
}

/// Name, line and message of what is wrong with one file.
fn problems(text: &str) -> Vec<(&'static str, u64, String)> {
    let reading = with_files(&[("1_x.sql", text)], Reading::clone);
    let all = reading.errors.into_iter().chain(reading.set.remarks);
    all.map(|one| (one.name, one.labels[0].line, one.message))
        .collect()
}

#[test]
fn sections_and_pairs_are_read() {
    let files = [
        ("1_one.sql", "SELECT 1;\nSELECT 2;"),
        (
            "2_two.sql",
            "-- limosa: up\nSELECT 1;\n-- limosa: down\nSELECT 2;\n",
        ),
        (
            "3_down_first.sql",
            "\u{feff}-- limosa: down\r\nSELECT 2;\r\n-- limosa: up\r\nSELECT 1;",
        ),
        ("4_pair.up.sql", "-- limosa: up\nSELECT 1;"),
        ("4_pair.down.sql", "SELECT 2;"),
        ("005.sql", ""),
        ("1.given.sql", "garbage '"),
        ("1.expect.sql", "garbage '"),
        ("README.md", ""),
        (".hidden.sql", ""),
    ];
    with_files(&files, |reading| {
        assert!(reading.errors.is_empty(), "{:?}", reading.errors);
        assert!(reading.set.remarks.is_empty());
        let found: Vec<_> = reading
            .set
            .migrations
            .iter()
            .map(|one| {
                (
                    one.full_name(),
                    statements(one).map(|texts| texts.join("|")),
                )
            })
            .collect();
        let expected = [
            ("1_one", "SELECT 1|SELECT 2", ""),
            ("2_two", "SELECT 1", "SELECT 2"),
            ("3_down_first", "SELECT 1", "SELECT 2"),
            ("4_pair", "SELECT 1", "SELECT 2"),
            ("005", "", ""),
        ];
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(found.0, expected.0);
            assert_eq!(found.1, [expected.1, expected.2]);
        }
        assert_eq!(
            reading.set.migrations[3].files,
            ["m/4_pair.up.sql", "m/4_pair.down.sql"]
        );
        assert!(reading.set.migrations[0].down.is_none());
    });
}

#[test]
fn heads_say_how_a_migration_runs() {
    let text = "-- Why this is done.\n-- limosa: lock-timeout=5s\n-- limosa: allow(no-down): x\n\
                -- limosa: up\n-- limosa: no-transaction\n-- limosa: accepts-loss(t.c): unused\n\
                SELECT 1;\n-- limosa: down\n-- limosa: lock-timeout=1min\n\
                -- limosa: min-release=2.0\n-- limosa: accepts-loss(u): copy\nSELECT 2;\n";
    with_files(&[("1_x.sql", text)], |reading| {
        assert!(reading.errors.is_empty(), "{:?}", reading.errors);
        let migration = &reading.set.migrations[0];
        let (up, down) = (
            migration.up.as_ref().unwrap(),
            migration.down.as_ref().unwrap(),
        );
        assert!(up.options.no_transaction && !down.options.no_transaction);
        assert_eq!(up.options.lock_timeout, Some(Duration::from_secs(5)));
        assert_eq!(down.options.lock_timeout, Some(Duration::from_secs(60)));
        assert_eq!(migration.min_release.as_deref(), Some("2.0"));
        assert_eq!(migration.allows("no-down"), Some("x"));
        let losses: Vec<_> = migration
            .accepted_losses
            .iter()
            .map(|one| (one.object.as_str(), one.direction.map(Direction::name)))
            .collect();
        assert_eq!(losses, [("t.c", Some("up")), ("u", Some("down"))]);
        assert_eq!(statements(migration), [vec!["SELECT 1"], vec!["SELECT 2"]]);
        // What is stored runs as the file does.
        let stored = down.text(1 << 20).unwrap().unwrap();
        assert!(stored.contains("lock-timeout=1min") && !stored.contains("SELECT 1"));
    });
}

#[test]
fn a_directive_in_a_string_is_none() {
    let text = "-- limosa: up\nCREATE FUNCTION f() RETURNS text AS $$\n-- limosa: down\n\
                --limosa:nothing\nSELECT 1 $$ LANGUAGE sql;\n";
    with_files(&[("1_x.sql", text)], |reading| {
        assert!(reading.errors.is_empty(), "{:?}", reading.errors);
        assert!(reading.set.migrations[0].down.is_none());
    });
}

#[test]
fn what_is_wrong_in_a_file_is_said_with_its_line() {
    let text = "SELECT 0;\n-- limosa: up\nSELECT 1;\n-- limosa: no-transaction\n-- limosa: \
                no_transaction\n-- limosa: up\n  --Limosa: down\n-- limosa: down\n-- x\n";
    let found = problems(text);
    let found: Vec<_> = found.iter().map(|(name, line, _)| (*name, *line)).collect();
    assert_eq!(
        found,
        [
            ("misplaced-directive", 4),
            ("unknown-directive", 5),
            ("duplicate-section", 6),
            ("unknown-directive", 7),
            ("text-before-section", 1),
            ("empty-down", 8),
        ]
    );
    assert_eq!(
        problems("-- limosa: down\nSELECT 1;")[0].0,
        "down-without-up"
    );
}

#[test]
fn a_text_that_cannot_be_split_keeps_its_sections() {
    let text = "-- limosa: up\nSELECT 'x;\n-- limosa: down\nSELECT 2;\n";
    with_files(&[("1_x.sql", text)], |reading| {
        assert!(reading.errors.is_empty());
        let migration = &reading.set.migrations[0];
        assert!(
            migration
                .up
                .as_ref()
                .unwrap()
                .checksums(Dialect::Postgres)
                .is_err()
        );
        assert!(
            migration
                .down
                .as_ref()
                .unwrap()
                .checksums(Dialect::Postgres)
                .is_ok()
        );
    });
}

#[test]
fn versions_that_collide_are_reported_with_all_their_files() {
    let files = [
        ("1_a.sql", ""),
        ("01_b.sql", ""),
        ("2_a.up.sql", ""),
        ("2_b.up.sql", ""),
        ("3_x.down.sql", ""),
        ("x.sql", ""),
    ];
    let reading = with_files(&files, Reading::clone);
    let found: Vec<_> = reading
        .errors
        .iter()
        .map(|one| {
            (
                one.name,
                one.labels.iter().map(|label| label.file.as_str()).collect(),
            )
        })
        .collect::<Vec<(_, Vec<_>)>>();
    assert_eq!(
        found,
        [
            ("unparsable-name", vec!["m/x.sql"]),
            ("duplicate-version", vec!["m/01_b.sql", "m/1_a.sql"]),
            ("duplicate-version", vec!["m/2_a.up.sql", "m/2_b.up.sql"]),
            ("down-without-up", vec!["m/3_x.down.sql"]),
        ]
    );
}
