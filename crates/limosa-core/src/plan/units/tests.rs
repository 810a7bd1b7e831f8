//! Real scripts, and the units that they become.

mod mysql;
mod postgres;
mod properties;
mod sqlite;

use limosa_sql::{Dialect, Target};

use crate::plan::{Outline, PlanError, Unit, UnitMode, outline, statements};
use crate::{Layout, Script, ScriptOptions};

/// A script in the native layout.
fn script(sql: &str) -> Script {
    Script::from_text(Layout::Native, "1_a.sql", sql, ScriptOptions::default())
}

/// The same where every statement runs by itself.
fn one_by_one(sql: &str) -> Script {
    without_transaction(Layout::Native, sql)
}

/// A script of a layout whose author wants no transaction.
fn without_transaction(layout: Layout, sql: &str) -> Script {
    let options = ScriptOptions {
        no_transaction: true,
        ..ScriptOptions::default()
    };
    Script::from_text(layout, "1_a.sql", sql, options)
}

fn outlined(dialect: Dialect, script: &Script) -> Result<Outline, PlanError> {
    outline(script, &Target::newest(dialect), &|_| None, &[])
}

fn units(dialect: Dialect, sql: &str) -> Vec<Unit> {
    outlined(dialect, &script(sql)).unwrap().units
}

/// The units as `t(CREATE INSERT) a(VACUUM)`: how each runs, its modes, and the first words of what it
/// sends. What [`statements`] tells has to fit the numbers of the units.
fn shape_of(dialect: Dialect, script: &Script) -> String {
    let target = Target::newest(dialect);
    let units = outlined(dialect, script).unwrap().units;
    let mut words = vec![vec![]; units.len()];
    let mut tell = |one: crate::plan::Planned<'_>| {
        let unit = &units[one.unit];
        assert!(unit.numbers.contains(&one.number), "{one:?} in {unit:?}");
        assert!(
            unit.statements.contains(&one.text.index),
            "{one:?} in {unit:?}"
        );
        let word = one.text.sql.split_whitespace().next();
        words[one.unit].push(word.unwrap_or_default().to_owned());
    };
    statements(script, &units, &target, &|_| None, &mut tell).unwrap();
    let shown = units.iter().zip(words).map(|(unit, words)| {
        assert_eq!(unit.numbers.end - unit.numbers.start, words.len() as u64);
        let mode = match &unit.mode {
            UnitMode::Alone => "a".to_owned(),
            UnitMode::Transaction { modes } if modes.is_empty() => "t".to_owned(),
            UnitMode::Transaction { modes } => format!("t[{modes}]"),
        };
        format!("{mode}({})", words.join(" "))
    });
    shown.collect::<Vec<_>>().join(" ")
}

fn shape(dialect: Dialect, sql: &str) -> String {
    shape_of(dialect, &script(sql))
}

/// The reason why there are no units, and the place.
fn refusal(dialect: Dialect, script: &Script) -> (u64, u64, &'static str) {
    match outlined(dialect, script) {
        Err(PlanError::Unsupported {
            line,
            column,
            reason,
            ..
        }) => (line, column, reason),
        other => panic!("it should be refused: {other:?}"),
    }
}

#[test]
fn a_script_without_statements_is_one_empty_unit() {
    for dialect in Dialect::ALL {
        for sql in [
            "",
            "\n\n",
            "-- nothing\n/* at all */\n",
            ";;\n",
            "-- limosa: up\n",
        ] {
            let units = units(dialect, sql);
            assert_eq!(units.len(), 1, "{dialect} {sql:?}");
            assert_eq!(units[0].statements, 0..0, "{dialect} {sql:?}");
            assert_eq!((units[0].numbers.clone(), units[0].line), (1..1, 1));
        }
        let units = units(dialect, "BEGIN;\nCOMMIT;\n");
        assert_eq!(units.len(), 1, "{dialect}");
        assert_eq!(
            (units[0].statements.clone(), units[0].numbers.clone()),
            (0..2, 1..1)
        );
    }
}

#[test]
fn ranges_numbers_and_lines_are_those_of_the_file() {
    let units = units(
        Dialect::Postgres,
        "-- a comment\nCREATE TABLE a (id int);\n\n\nCOMMIT;\nBEGIN;\n  INSERT INTO a VALUES (1);\nINSERT INTO a VALUES (2);\nCOMMIT AND CHAIN;\n\nINSERT INTO a VALUES (3);\nCOMMIT;\nCOMMIT;\nVACUUM a;\n",
    );
    let seen: Vec<_> = units
        .iter()
        .map(|unit| (unit.statements.clone(), unit.numbers.clone(), unit.line))
        .collect();
    assert_eq!(
        seen,
        [
            (0..2, 1..2, 2),
            (2..6, 2..4, 6),
            (6..8, 4..5, 11),
            (9..10, 5..6, 14)
        ]
    );
}

#[test]
fn a_digest_is_about_the_statements_and_not_about_what_is_around_them() {
    let digests = |sql: &str| -> Vec<crate::Digest> {
        let units = units(Dialect::Postgres, sql);
        units.into_iter().map(|unit| unit.digest).collect()
    };
    let plain = digests("INSERT INTO a VALUES (1);\nVACUUM a;\nINSERT INTO a VALUES (2);\n");
    let spaced = digests(
        "-- why\n\nINSERT INTO a VALUES (1) ;\n/* then */ VACUUM a;\n\n\nINSERT INTO a VALUES (2)",
    );
    assert_eq!(plain.len(), 3);
    assert_eq!(plain[1..], spaced[1..]);
    let changed = digests("INSERT INTO a VALUES (1);\nVACUUM b;\nINSERT INTO a VALUES (2);\n");
    assert_eq!((&plain[0], &plain[2]), (&changed[0], &changed[2]));
    assert_ne!(plain[1], changed[1]);
    // Where one statement ends and the next begins counts.
    assert_ne!(digests("SELECT 1;\nSELECT 2"), digests("SELECT 1 SELECT 2"));
}

#[test]
fn a_loss_has_the_number_of_its_statement_among_those_that_are_sent() {
    let losses = |dialect, sql: &str| -> Vec<(u64, u64, String)> {
        let outline = outlined(dialect, &script(sql)).unwrap();
        let losses = outline.losses.into_iter();
        losses
            .map(|loss| (loss.number, loss.line, loss.what))
            .collect()
    };
    assert_eq!(
        losses(
            Dialect::Postgres,
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nDROP TABLE a;\nCOMMIT;\nBEGIN;\nSELECT 1;\nDROP TABLE b;\nCOMMIT;\n",
        ),
        [(1, 2, "table a".to_owned()), (3, 6, "table b".to_owned())]
    );
    assert_eq!(
        losses(Dialect::Mysql, "UNLOCK TABLES;\nDROP TABLE a;\n"),
        [(2, 2, "table a".to_owned())]
    );
}

#[test]
fn units_of_the_same_text_are_the_same() {
    let sql = "SET a = 1;\nBEGIN;\nSELECT 1;\nCOMMIT;\nVACUUM;\nSELECT 2;";
    for dialect in Dialect::ALL {
        let again = |sql| outlined(dialect, &script(sql)).map(|outline| outline.units);
        match (again(sql), again(sql)) {
            (Ok(first), Ok(second)) => assert_eq!(first, second),
            other => panic!("{dialect}: {other:?}"),
        }
    }
}
