//! Runs the tests that stand beside migrations: `<version>.given.sql` makes the rows that are there before,
//! `<version>.expect.sql` has queries that return no row afterwards.

use limosa_core::migration::Case;
use limosa_core::script::Environment;
use limosa_core::{Class, Diagnostic, MigrationSet, Script, ScriptError, ScriptReader, Version};
use limosa_db::{DbError, Locked, Row, Session as _};
use limosa_schema::Schema;
use limosa_sql::Dialect;
use limosa_sql::lexer::significant_tokens;

use super::content;
use super::rows::{Within, settle};
use crate::apply::Place;

/// The test of a migration.
pub fn of<'s>(set: &'s MigrationSet, version: &Version) -> Option<&'s Case> {
    set.cases.iter().find(|one| one.version == *version)
}

/// What is wrong with the tests as files, with their versions: those whose migration is not there, and what cannot be
/// read.
pub fn remarks(set: &MigrationSet) -> Vec<(Version, Diagnostic)> {
    let mut found = Vec::new();
    for case in &set.cases {
        let problems = case.problems.iter().cloned();
        found.extend(problems.map(|one| (case.version.clone(), one)));
        if set.get(&case.version).is_none() {
            let message = format!(
                "there is a test of {}, and no migration of that version",
                case.version
            );
            let mut remark = Diagnostic::warning("case-without-migration", message);
            for file in &case.files {
                remark = remark.in_file(file);
            }
            let remark = remark.with_help("give it the version of its migration, or remove it");
            found.push((case.version.clone(), remark));
        }
    }
    found
}

/// Puts the rows of a test into the tables, which are those of the schema. The inner error is a finding, `given-fails`.
///
/// # Errors
/// When the session is of no use any more.
pub fn run_given(
    session: &mut Locked,
    schema: &Schema,
    script: &Script,
    environment: Environment<'_>,
) -> Result<Result<(), Diagnostic>, DbError> {
    let target = session.server().target;
    let mut reader = match ScriptReader::open(script, target.dialect, environment) {
        Ok(reader) => reader,
        Err(error) => return Ok(Err(unreadable(script, &error))),
    };
    while let Some(text) = reader.next() {
        let text = match text {
            Ok(text) => text,
            Err(error) => return Ok(Err(unreadable(script, &error))),
        };
        let facts = text.facts(&target);
        // Whether there is a transaction is not for a test to say.
        if facts.control.is_some() {
            continue;
        }
        let place = Place::of(&script.file, &text, target.dialect);
        let sql = text.sql.to_owned();
        let sent = if facts.kind == "copy_from_stdin" {
            session.copy_in(&sql, &mut reader.copy_data())
        } else {
            session.run(&sql)
        };
        match sent {
            Ok(_) => {}
            Err(error @ DbError::Connection(_)) => return Err(error),
            Err(error) => {
                return Ok(Err(refused(
                    "given-fails",
                    "the rows of the test",
                    &place,
                    &error,
                )));
            }
        }
    }
    match settle(session, schema) {
        Ok(()) => {}
        Err(error @ DbError::Connection(_)) => return Err(error),
        Err(error) => {
            let message = format!("the rows of the test are refused: {error}");
            let diagnostic = Diagnostic::error("given-fails", Class::Finding, message);
            return Ok(Err(diagnostic.in_file(&script.file)));
        }
    }
    Ok(Ok(()))
}

/// Runs the queries of a test and returns a finding, `expectation-failed`, for each that returns a row or fails.
///
/// # Errors
/// When the session is of no use any more.
pub fn run_expect(
    session: &mut Locked,
    script: &Script,
    environment: Environment<'_>,
) -> Result<Vec<Diagnostic>, DbError> {
    let target = session.server().target;
    let mut found = Vec::new();
    let mut reader = match ScriptReader::open(script, target.dialect, environment) {
        Ok(reader) => reader,
        Err(error) => return Ok(vec![unreadable(script, &error)]),
    };
    while let Some(text) = reader.next() {
        let text = match text {
            Ok(text) => text,
            Err(error) => {
                found.push(unreadable(script, &error));
                break;
            }
        };
        let place = Place::of(&script.file, &text, target.dialect);
        if !is_query(target.dialect, text.sql) {
            found.push(
                Diagnostic::error(
                    "expectation-failed",
                    Class::Finding,
                    "this is no query, and a test only looks",
                )
                .at(place.label(String::new(), None))
                .with_help("write a `SELECT` that returns the rows that are wrong"),
            );
            continue;
        }
        match rows(session, target.dialect, text.sql)? {
            Ok(rows) => found.extend(rows.first().map(|row| returned(&place, row, rows.len()))),
            Err(error) => found.push(refused(
                "expectation-failed",
                "a query of the test",
                &place,
                &error,
            )),
        }
    }
    Ok(found)
}

/// The rows of a query, as text. Nothing that it does is kept.
fn rows(
    session: &mut Locked,
    dialect: Dialect,
    sql: &str,
) -> Result<Result<Vec<Row>, DbError>, DbError> {
    let within = Within::enter(session)?;
    let sql = match dialect {
        // Whatever types its columns have, and nothing that writes stands there.
        Dialect::Postgres => {
            format!("SELECT pg_catalog.to_json(q)::text FROM (\n{sql}\n) AS q LIMIT 10")
        }
        Dialect::Mysql | Dialect::Sqlite => sql.to_owned(),
    };
    let answer = session.query(&sql, &[]);
    if let Err(error @ DbError::Connection(_)) = answer {
        return Err(error);
    }
    within.undo(session)?;
    Ok(answer)
}

/// Whether a statement begins as one that only reads.
fn is_query(dialect: Dialect, sql: &str) -> bool {
    let mut tokens = significant_tokens(dialect, sql.as_bytes());
    let first = tokens.find(|token| !token.is_symbol(b'('));
    let words = ["select", "with", "values", "table"];
    first.is_some_and(|token| words.iter().any(|word| token.is_word(word)))
}

fn returned(place: &Place, row: &Row, count: usize) -> Diagnostic {
    let values: Vec<String> = (0..row.0.len())
        .map(|index| content::shown(row.text(index).as_deref()))
        .collect();
    let rows = match count {
        1 => "a row".to_owned(),
        count => format!("{count} rows"),
    };
    Diagnostic::error(
        "expectation-failed",
        Class::Finding,
        format!("a query of the test returns {rows}, where there should be none"),
    )
    .at(place.label("this returns a row".to_owned(), None))
    .with_note(format!("the first one: {}", values.join(", ")))
}

fn refused(name: &'static str, what: &str, place: &Place, error: &DbError) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(
        name,
        Class::Finding,
        format!("{what} cannot be run: {error}"),
    )
    .at(place.label(String::new(), None));
    let failure = error.failure();
    if let Some(detail) = failure.and_then(|failure| failure.detail.clone()) {
        diagnostic = diagnostic.with_note(detail);
    }
    diagnostic
}

fn unreadable(script: &Script, error: &ScriptError) -> Diagnostic {
    error.diagnostic(script)
}
