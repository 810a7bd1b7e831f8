//! Tests of the layout of sqlx.

use limosa_sql::Dialect;
use proptest::prelude::*;

use super::parse;
use crate::history::Direction;
use crate::layout::tests::{TestFolder, short, statements};
use crate::layout::{Place, read};
use crate::{Layout, Version};

#[test]
fn names_are_parsed_as_sqlx_does() {
    for (name, wanted) in [
        ("1_x.sql", Some(("1", "x", Direction::Up))),
        ("1_a_b.up.sql", Some(("1", "a_b", Direction::Up))),
        ("1_x.down.sql", Some(("1", "x", Direction::Down))),
        ("1_.sql", Some(("1", "", Direction::Up))),
        ("1_x.sql.sql", Some(("1", "x", Direction::Up))),
        ("1_x.up.up.sql", Some(("1", "x.up", Direction::Up))),
        ("1_x.down.up.sql", Some(("1", "x.down", Direction::Up))),
        ("x_1.sql", Some(("x", "1", Direction::Up))),
        ("_1.sql", Some(("", "1", Direction::Up))),
        ("1.sql", None),
        ("1-x.sql", None),
        ("1_x.SQL", None),
        ("1_x.sql.bak", None),
    ] {
        assert_eq!(parse(name), wanted, "{name}");
    }
}

#[test]
fn one_file_and_pairs_stand_side_by_side() {
    let folder = TestFolder::with(&[
        ("10_later.sql", "SELECT 10;"),
        ("2_pair.up.sql", "SELECT 2"),
        ("2_pair.down.sql", "SELECT -2"),
        ("3_one.sql", "SELECT 3; SELECT ';'"),
        ("3_one.down.sql", "SELECT -3"),
        ("README.md", ""),
        ("below/4_x.sql", "SELECT 4"),
    ]);
    let reading = folder.read(Layout::Sqlx);
    assert_eq!(short(&reading.errors), Vec::<String>::new());
    let found: Vec<_> = reading
        .set
        .migrations
        .iter()
        .map(|one| (one.full_name(), statements(one)))
        .collect();
    let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        found,
        [
            (
                "2_pair".to_owned(),
                [texts(&["SELECT 2"]), texts(&["SELECT -2"])]
            ),
            (
                "3_one".to_owned(),
                [texts(&["SELECT 3", "SELECT ';'"]), texts(&["SELECT -3"])]
            ),
            ("10_later".to_owned(), [texts(&["SELECT 10"]), texts(&[])]),
        ]
    );
}

#[test]
fn what_is_no_number_is_refused_and_what_is_no_name_passed_over() {
    let reading = TestFolder::with(&[
        ("seed.sql", ""),
        ("x_1.sql", ""),
        ("-1_x.sql", ""),
        ("9223372036854775808_x.sql", ""),
        ("1_a.sql", ""),
        ("01_b.up.sql", ""),
        ("2_gone.down.sql", ""),
    ])
    .read(Layout::Sqlx);
    let pattern = "does not have the name of a migration";
    let mut found = short(&reading.errors);
    found.extend(short(&reading.set.remarks));
    assert_eq!(
        found,
        [
            format!("Error unparsable-name m/-1_x.sql:1 m/-1_x.sql {pattern}"),
            "Error version-too-large m/9223372036854775808_x.sql:1 the version \
             9223372036854775808 is above 9223372036854775807, the highest version there can be"
                .to_owned(),
            format!("Error unparsable-name m/x_1.sql:1 m/x_1.sql {pattern}"),
            "Error duplicate-version m/01_b.up.sql:1,m/1_a.sql:1 the version 01 occurs more than \
             once"
                .to_owned(),
            format!("Note unparsable-name m/seed.sql:1 m/seed.sql is passed over: it {pattern}"),
            "Warning down-without-up m/2_gone.down.sql:1 m/2_gone.down.sql has a down but no up"
                .to_owned(),
        ]
    );
    assert_eq!(reading.set.migrations.len(), 1);
}

#[test]
fn a_file_asks_for_no_transaction_with_its_first_bytes() {
    for (text, asks, remarks) in [
        ("-- no-transaction\nVACUUM", true, 0),
        ("-- no-transactions are better", true, 0),
        ("--no-transaction\nVACUUM", false, 0),
        ("-- NO-TRANSACTION\nVACUUM", false, 0),
        ("\n-- no-transaction\nVACUUM", false, 1),
        ("\u{feff}-- no-transaction\nVACUUM", false, 1),
        ("SELECT 1; -- no-transaction", false, 0),
    ] {
        let folder = TestFolder::with(&[("1_x.sql", text)]);
        let path = folder.path();
        for dialect in Dialect::ALL {
            let layout = Some(Layout::Sqlx);
            let place = Place {
                directory: &path,
                shown: "m",
                layout,
                dialect,
            };
            let reading = read(&place).unwrap();
            let options = &reading.set.migrations[0].up.as_ref().unwrap().options;
            // The driver for MySQL does not look for it.
            let wanted = asks && dialect != Dialect::Mysql;
            assert_eq!(options.no_transaction, wanted, "{text:?} {dialect}");
            assert_eq!(reading.set.remarks.len(), remarks, "{text:?}");
        }
    }
}

proptest! {
    #[test]
    fn a_name_is_read_or_refused_but_never_read_as_another_version(
        name in "[0-9_a-z.+-]{0,6}(_[a-z._]{0,4})?(\\.up|\\.down|)(\\.sql)?",
    ) {
        prop_assume!(!name.is_empty() && !name.starts_with('.'));
        let reading = TestFolder::with(&[(&name, "SELECT 1")]).read(Layout::Sqlx);
        let names_a_version = name
            .split_once('_')
            .filter(|(_, rest)| rest.strip_suffix(".sql").is_some())
            .map(|(version, _)| version);
        match names_a_version {
            Some(version) => match Version::number(version) {
                Ok(version) => {
                    prop_assert!(reading.errors.is_empty());
                    for migration in &reading.set.migrations {
                        prop_assert_eq!(&migration.version, &version);
                    }
                    let is_down = name.ends_with(".down.sql");
                    prop_assert_eq!(reading.set.migrations.len(), usize::from(!is_down));
                }
                Err(_) => prop_assert_eq!(reading.errors.len(), 1),
            },
            None => prop_assert!(reading.errors.is_empty() && reading.set.migrations.is_empty()),
        }
    }
}
