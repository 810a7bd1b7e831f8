//! Tests of the layout of go-pg/migrations.

use limosa_sql::Dialect;
use proptest::prelude::*;

use crate::layout::tests::{TestFolder, short, statements};
use crate::layout::{Place, read};
use crate::script::annotation::{Annotation, Malformed};
use crate::{Class, Layout, Version};

const CODE: &str = "package main\n\nimport \"github.com/go-pg/migrations/v8\"\n\n\
                    func init() {\n\tmigrations.MustRegisterTx(up, down)\n}\n";

#[test]
fn the_name_says_the_direction_and_whether_there_is_a_transaction() {
    let reading = TestFolder::with(&[
        ("1_a.up.sql", "SELECT 1"),
        ("1_a.tx.down.sql", "SELECT -1"),
        ("10_c.tx.up.sql", "SELECT 10"),
        ("2_b_c.up.sql", "SELECT 2"),
        ("readme.txt", ""),
        ("below/3_x.up.sql", ""),
    ])
    .read(Layout::GoPg);
    assert_eq!(short(&reading.errors), Vec::<String>::new());
    let found: Vec<_> = reading
        .set
        .migrations
        .iter()
        .map(|one| {
            let alone = [&one.up, &one.down]
                .map(|script| script.as_ref().map(|script| script.options.no_transaction));
            (one.full_name(), alone)
        })
        .collect();
    assert_eq!(
        found,
        [
            ("1_a".to_owned(), [Some(true), Some(false)]),
            ("2_b_c".to_owned(), [Some(true), None]),
            ("10_c".to_owned(), [Some(false), None]),
        ]
    );
}

#[test]
fn go_pg_knows_one_word_alone_in_its_line() {
    let parse = |line: &str| Annotation::parse(Layout::GoPg, line.as_bytes());
    for line in ["--gopg:split", "--gopg:split\n", "--gopg:split\r\n"] {
        assert_eq!(parse(line), Some(Ok(Annotation::Split)));
    }
    let unknown = |said: &str| Some(Err(Malformed::Unknown(said.to_owned())));
    assert_eq!(parse("--gopg:split \n"), unknown("split "));
    assert_eq!(parse("--gopg:Split"), unknown("Split"));
    assert_eq!(parse("--gopg:"), Some(Err(Malformed::Empty)));
    assert_eq!(parse(" --gopg:split"), None);
    assert_eq!(parse("-- gopg:split"), None);
}

#[test]
fn a_split_line_ends_a_statement_and_no_other_line_does() {
    let text = "SELECT 1\n--gopg:split\nSELECT 'a;\n -- gopg:split\nb';\nSELECT 3\r\n\
                --gopg:split\r\n--gopg:split\nSELECT 4";
    let folder = TestFolder::with(&[("1_x.up.sql", text)]);
    let reading = folder.read(Layout::GoPg);
    assert_eq!(
        statements(&reading.set.migrations[0])[0],
        [
            "SELECT 1",
            "SELECT 'a;\n -- gopg:split\nb'",
            "SELECT 3",
            "SELECT 4"
        ]
    );
    assert_eq!(
        short(&reading.set.remarks),
        ["Warning unknown-directive m/1_x.up.sql:4 this line is not read as a directive of go-pg"]
    );
}

#[test]
fn every_other_directive_and_name_is_refused() {
    let reading = TestFolder::with(&[
        ("1_a.up.sql", "--gopg:split \n--gopg:\nSELECT 1"),
        ("2_b.sql", ""),
        ("3-c.up.sql", ""),
        ("c_3.up.sql", ""),
        ("0_zero.up.sql", ""),
        ("-4_d.up.sql", ""),
        ("9223372036854775808_e.up.sql", ""),
        ("5_f.down.sql", ""),
        ("6_g.up.sql", ""),
        ("6_h.tx.up.sql", ""),
    ])
    .read(Layout::GoPg);
    let mut found = short(&reading.errors);
    found.sort();
    let name = "does not have the name of a migration";
    assert_eq!(
        found,
        [
            "Error down-without-up m/5_f.down.sql:1 m/5_f.down.sql has a down but no up".to_owned(),
            "Error duplicate-version m/6_g.up.sql:1,m/6_h.tx.up.sql:1 the version 6 occurs more \
             than once"
                .to_owned(),
            "Error unknown-directive m/1_a.up.sql:1 `--gopg:split ` is not a directive of go-pg"
                .to_owned(),
            "Error unknown-directive m/1_a.up.sql:2 `--gopg:` is not a directive of go-pg"
                .to_owned(),
            format!("Error unparsable-name m/-4_d.up.sql:1 m/-4_d.up.sql {name}"),
            format!("Error unparsable-name m/0_zero.up.sql:1 m/0_zero.up.sql {name}"),
            format!("Error unparsable-name m/2_b.sql:1 m/2_b.sql {name}"),
            format!("Error unparsable-name m/3-c.up.sql:1 m/3-c.up.sql {name}"),
            format!("Error unparsable-name m/c_3.up.sql:1 m/c_3.up.sql {name}"),
            "Error version-too-large m/9223372036854775808_e.up.sql:1 the version \
             9223372036854775808 is above 9223372036854775807, the highest version there can be"
                .to_owned(),
        ]
    );
}

#[test]
fn code_that_registers_a_migration_is_one_and_stands_beside_sql() {
    let reading = TestFolder::with(&[
        ("1_a.up.sql", "SELECT 1"),
        ("2_b.go", CODE),
        ("2_b_test.go", CODE),
        ("3_helpers.go", "package main\n"),
        ("main.go", CODE),
    ])
    .try_read(None)
    .unwrap();
    assert_eq!(reading.set.layout, Layout::GoPg);
    assert_eq!(short(&reading.errors), Vec::<String>::new());
    let found: Vec<_> = reading
        .set
        .migrations
        .iter()
        .map(|one| (one.full_name(), one.opaque.is_some(), one.up.is_some()))
        .collect();
    assert_eq!(
        found,
        [
            ("1_a".to_owned(), false, true),
            ("2_b".to_owned(), true, false)
        ]
    );
    let both = TestFolder::with(&[("1_a.up.sql", ""), ("1_a.go", CODE)]).read(Layout::GoPg);
    assert_eq!(
        short(&both.errors),
        ["Error duplicate-version m/1_a.go:1,m/1_a.up.sql:1 the version 1 occurs more than once"]
    );
}

#[test]
fn it_is_only_for_postgresql() {
    let folder = TestFolder::with(&[("1_a.tx.up.sql", "SELECT 1")]);
    let path = folder.path();
    for (dialect, name) in [
        (Dialect::Mysql, "MySQL and MariaDB"),
        (Dialect::Sqlite, "SQLite"),
    ] {
        for layout in [None, Some(Layout::GoPg)] {
            let place = Place {
                directory: &path,
                shown: "m",
                layout,
                dialect,
            };
            let problems = read(&place).unwrap_err();
            assert_eq!(
                short(&problems),
                [format!(
                    "Error layout-for-other-server  the files in m are of the layout go-pg, which \
                     is only for PostgreSQL; this is {name}"
                )]
            );
            assert_eq!(problems[0].class, Class::Usage);
        }
    }
}

proptest! {
    #[test]
    fn a_name_is_read_or_refused_but_never_read_as_another_version(
        name in "[0-9_a-z.+-]{0,6}(_[a-z._]{0,4})?(\\.tx|)(\\.up|\\.down|)(\\.sql)?",
    ) {
        prop_assume!(!name.is_empty() && !name.starts_with('.'));
        let reading = TestFolder::with(&[(&name, "SELECT 1")]).read(Layout::GoPg);
        let version = name
            .split_once('_')
            .filter(|(version, _)| version.bytes().any(|digit| digit != b'0'))
            .and_then(|(version, _)| Version::number(version).ok());
        let is_up = name.ends_with(".up.sql");
        let is_sql = name.strip_suffix(".sql").is_some();
        match (version, is_sql) {
            (Some(version), true) if is_up => {
                prop_assert!(reading.errors.is_empty());
                prop_assert_eq!(&reading.set.migrations[0].version, &version);
            }
            (_, true) => prop_assert_eq!(reading.errors.len(), 1),
            (_, false) => prop_assert!(reading.errors.is_empty()),
        }
        let count = reading.set.migrations.len() + reading.errors.len();
        prop_assert_eq!(count, usize::from(is_sql));
    }
}
