//! What holds for the units of any sequence of statements.

use limosa_sql::{Dialect, Target, classify};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{one_by_one, script, without_transaction};
use crate::plan::{Part, PlanError, Planned, outline, statements};
use crate::{Layout, Script};

/// Statements of every kind that matters to units, of all dialects.
const STATEMENTS: &[&str] = &[
    "BEGIN",
    "START TRANSACTION ISOLATION LEVEL SERIALIZABLE",
    "COMMIT",
    "COMMIT AND CHAIN",
    "END",
    "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
    "SAVEPOINT s",
    "RELEASE s",
    "SET x = 1",
    "RESET x",
    "SET autocommit = 0",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA journal_mode = WAL",
    "PRAGMA user_version = 1",
    "ATTACH 'x' AS x",
    "USE x",
    "CREATE TABLE a (id int)",
    "DROP TABLE a",
    "ALTER TABLE a ADD b int",
    "CREATE INDEX CONCURRENTLY i ON a (id)",
    "VACUUM",
    "INSERT INTO a VALUES (1)",
    "DELETE FROM a",
    "SELECT 1",
    "CALL p()",
    "LOCK TABLES a WRITE",
    "UNLOCK TABLES",
    "FROBNICATE a",
];

/// The ways in which statements are put together.
const MAKERS: &[fn(&str) -> Script] = &[script, one_by_one, |sql| {
    without_transaction(Layout::GoPg, sql)
}];

fn dialects() -> impl Strategy<Value = Dialect> {
    select(Dialect::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(512)
    })]

    #[test]
    fn every_statement_that_is_sent_belongs_to_exactly_one_unit(
        dialect in dialects(),
        make in select(MAKERS),
        parts in vec(select(STATEMENTS), 0..14),
    ) {
        let sql = parts.join(";\n") + ";\n";
        let script = make(&sql);
        let target = Target::newest(dialect);
        let units = match outline(&script, &target, &|_| None, &[]) {
            Ok(outline) => outline.units,
            Err(PlanError::Unsupported { line, .. }) => {
                prop_assert!(line >= 1 && line <= parts.len() as u64, "line {line} of {sql}");
                return Ok(());
            }
            Err(other) => return Err(TestCaseError::fail(format!("{other:?}"))),
        };
        let again = outline(&script, &target, &|_| None, &[]).unwrap().units;
        prop_assert_eq!(&units, &again, "the units are the same every time");
        prop_assert!(!units.is_empty());

        // In order, without overlap, and counted from 1 without gaps.
        let (mut statement, mut number) = (0, 1);
        for unit in &units {
            prop_assert!(unit.statements.start >= statement, "{units:?}");
            prop_assert!(unit.statements.end >= unit.statements.start, "{units:?}");
            prop_assert_eq!(unit.numbers.start, number, "{:?}", units);
            prop_assert!(unit.numbers.end >= number, "{units:?}");
            statement = unit.statements.end;
            number = unit.numbers.end;
            if !unit.statements.is_empty() {
                prop_assert_eq!(unit.line, unit.statements.start + 1, "one statement a line");
            }
        }

        // What is in no unit is a COMMIT of nothing, or settings at the very end.
        let outside = |index: u64| !units.iter().any(|unit| unit.statements.contains(&index));
        for (index, part) in parts.iter().enumerate() {
            if outside(index as u64) {
                let facts = classify(part.as_bytes(), &target);
                let part = Part::of(&facts, true);
                prop_assert!(
                    part == Part::Control || (part == Part::Setting && index as u64 >= statement),
                    "statement {index} of {sql} is lost: {units:?}"
                );
            }
        }

        // What is shown is what the units say.
        let mut told = Vec::new();
        let mut tell = |one: Planned<'_>| told.push((one.unit, one.number, one.text.index));
        statements(&script, &units, &target, &|_| None, &mut tell).unwrap();
        prop_assert_eq!(told.len() as u64, number - 1, "{:?} of {}", units, sql);
        for (at, (unit, number, index)) in told.into_iter().enumerate() {
            prop_assert_eq!(number, at as u64 + 1);
            prop_assert!(units[unit].numbers.contains(&number));
            prop_assert!(units[unit].statements.contains(&index));
        }
    }
}
