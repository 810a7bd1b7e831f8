//! What real migrations contain.

mod mysql;
mod postgres;
mod sqlite;

use super::{Action, Control, InTransaction, classify};
use crate::{Dialect, Target};

/// The facts in one line: the kind, then what is not the usual.
fn line(sql: &str, target: &Target) -> String {
    let facts = classify(sql.as_bytes(), target);
    let mut line = facts.kind.to_owned();
    match facts.transaction {
        InTransaction::Allowed => {}
        InTransaction::Forbidden => line += ", forbidden",
        InTransaction::CommitsImplicitly => line += ", commits",
        InTransaction::MayControl => line += ", may control",
    }
    match &facts.control {
        None => {}
        Some(Control::Begin { modes }) => push(&mut line, &["begin [", modes, "]"]),
        Some(Control::SetTransaction { modes }) => {
            push(&mut line, &["set transaction [", modes, "]"]);
        }
        Some(Control::Commit { chain: true }) => push(&mut line, &["commit and chain"]),
        Some(Control::Rollback { chain: true }) => push(&mut line, &["rollback and chain"]),
        Some(other) => {
            let name = format!("{other:?}");
            push(&mut line, &[name.trim_end_matches(" { chain: false }")]);
        }
    }
    if facts.session_setting {
        line += ", session";
    }
    for change in &facts.changes {
        let sign = match change.action {
            Action::Create => "+",
            Action::Alter => "~",
            Action::Drop => "-",
        };
        push(&mut line, &[sign, change.object, " ", &change.name]);
    }
    for loss in &facts.destroys {
        push(&mut line, &["loses ", loss.object, " ", &loss.name]);
    }
    line
}

fn push(line: &mut String, parts: &[&str]) {
    line.push_str(", ");
    line.push_str(&parts.concat());
}

#[track_caller]
fn all(target: &Target, cases: &[(&str, &str)]) {
    let found: Vec<_> = cases
        .iter()
        .map(|(sql, _)| (*sql, line(sql, target)))
        .collect();
    let wrong: Vec<_> = cases
        .iter()
        .zip(&found)
        .filter(|((_, expected), (_, line))| expected != line)
        .map(|((sql, expected), (_, line))| {
            format!("{sql}\n  found:    {line}\n  expected: {expected}\n")
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn newest(dialect: Dialect) -> Target {
    Target::newest(dialect)
}

#[test]
fn what_is_no_statement_is_unknown() {
    for dialect in Dialect::ALL {
        for sql in [
            "",
            ";",
            "frobnicate the table",
            "CREATE",
            "DROP BANANA x",
            "\u{0}",
            "'a'",
        ] {
            assert_eq!(line(sql, &newest(dialect)), "unknown", "{dialect}: {sql}");
        }
    }
}

#[test]
fn statements_inside_of_each_other_do_not_overflow_the_stack() {
    for (dialect, sql) in [
        (Dialect::Postgres, "EXPLAIN ANALYZE "),
        (Dialect::Mysql, "SET STATEMENT a = 1 FOR "),
        (Dialect::Mysql, "ANALYZE "),
    ] {
        classify(sql.repeat(100_000).as_bytes(), &newest(dialect));
    }
    line("SELECT set_config ) (", &newest(Dialect::Postgres));
}

#[test]
fn a_huge_statement_is_not_read_whole() {
    let sql = format!("INSERT INTO t VALUES {}(1);", "(1),".repeat(1_000_000));
    for dialect in Dialect::ALL {
        assert_eq!(line(&sql, &newest(dialect)), "insert");
    }
}

#[test]
fn comments_and_case_do_not_matter() {
    for dialect in Dialect::ALL {
        assert_eq!(
            line(
                "-- x\ndrop /* y */ Table\n\"Users\" ;"
                    .replace('"', "")
                    .as_str(),
                &newest(dialect)
            ),
            match dialect {
                Dialect::Mysql => "drop_table, commits, -table Users, loses table Users",
                _ => "drop_table, -table Users, loses table Users",
            }
        );
    }
}
