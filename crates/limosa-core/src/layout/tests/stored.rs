//! What is stored of a file runs as the file does, whatever is in it.

use limosa_sql::Dialect;
use proptest::prelude::*;

use super::TestFolder;
use crate::layout::{Place, read};
use crate::{Layout, Script, ScriptReader};

fn environment(name: &str) -> Option<String> {
    (name == "X").then(|| "value".to_owned())
}

/// Everything that a reader gives: statements, errors without their places, checksums.
fn everything(script: &Script, dialect: Dialect) -> Vec<String> {
    let mut found = Vec::new();
    let mut reader = ScriptReader::hashing(script, dialect, &environment).unwrap();
    while let Some(statement) = reader.next() {
        match statement {
            Ok(statement) => found.push(statement.sql.to_owned()),
            Err(error) => {
                found.push(error.diagnostic(script).message);
                return found;
            }
        }
    }
    found.push(format!("{:?}", reader.finish().unwrap()));
    found
}

const LINES: &[&str] = &[
    "-- limosa: up",
    "-- limosa: down",
    "-- limosa: no-transaction",
    "-- limosa: nothing",
    "--limosa: up",
    "-- +goose Up",
    "-- +goose Down",
    "-- +goose StatementBegin",
    "-- +goose StatementEnd",
    "-- +goose ENVSUB ON",
    "-- +goose ENVSUB OFF",
    "-- +goose NO TRANSACTION",
    "--gopg:split",
    "--gopg:other",
    "-- no-transaction",
    "SELECT 1;",
    "SELECT 2",
    "SELECT '$X';",
    "'",
    "$$",
    "/*",
    "*/",
    "COPY t FROM stdin;",
    "\\.",
    "DELIMITER //",
    "//",
    "-- comment",
    "",
];

proptest! {
    // Each case reads sixteen folders.
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_stored_script_reads_as_its_file(
        lines in prop::collection::vec(prop::sample::select(LINES), 0..16),
        first in any::<bool>(),
        windows in any::<bool>(),
    ) {
        let end = if windows { "\r\n" } else { "\n" };
        for (layout, begin) in [
            (Layout::Native, "-- limosa: up"),
            (Layout::Goose, "-- +goose Up"),
            (Layout::LiamstaskGoose, "-- +goose Down"),
            (Layout::GolangMigrate, ""),
            (Layout::Sqlx, "-- no-transaction"),
            (Layout::GoPg, "--gopg:split"),
        ] {
            let begin = if first { begin } else { "\u{feff}" };
            let text = format!("{begin}{end}{}", lines.join(end));
            let folder = TestFolder::with(&[("1_x.up.sql", &text)]);
            for dialect in Dialect::ALL {
              let path = folder.path();
              let place = Place { directory: &path, shown: "m", layout: Some(layout), dialect };
              if layout == Layout::GoPg && dialect != Dialect::Postgres {
                  continue;
              }
              for migration in &read(&place).unwrap().set.migrations {
                for script in [&migration.up, &migration.down].into_iter().flatten() {
                    let stored = script.text(u64::MAX).unwrap().unwrap();
                    prop_assert_eq!(stored.len() as u64, script.length);
                    let again = Script::from_text(layout, "stored", stored, script.options.clone());
                    prop_assert_eq!(&again.sha256, &script.sha256);
                    prop_assert_eq!(
                        everything(&again, dialect),
                        everything(script, dialect),
                        "{} {} {:?}", layout, dialect, text
                    );
                }
              }
            }
        }
    }
}
