//! The tables that migration tools keep in a database, which are no part of its schema.

use limosa_sql::Dialect;

use super::foreign::{candidates, usual, usual_question};
use super::statement::without_comments;
use super::{Foreign, Prepared, StoreError};
use crate::schema::LeftOut;
use crate::{Row, Session};

/// The statements that ask for the tables of tools.
pub fn questions(dialect: Dialect) -> Vec<Prepared> {
    let file = match dialect {
        Dialect::Postgres => include_str!("sql/own_postgres.sql"),
        Dialect::Mysql => include_str!("sql/own_mysql.sql"),
        Dialect::Sqlite => include_str!("sql/own_sqlite.sql"),
    };
    let own = Prepared {
        sql: without_comments(file),
        parameters: Vec::new(),
    };
    vec![own, usual_question(dialect)]
}

/// The tables of tools in the answers: ours wherever they are, those of other tools under their usual names, and those
/// of `kept`.
pub fn answered(
    dialect: Dialect,
    answers: impl IntoIterator<Item = Vec<Row>>,
    kept: Option<&Foreign>,
) -> Vec<LeftOut> {
    let mut answers = answers.into_iter();
    let own = answers.next().unwrap_or_default();
    let text = |row: &Row, at| row.text(at).unwrap_or_default();
    let mut places: Vec<(String, String)> =
        own.iter().map(|row| (text(row, 0), text(row, 1))).collect();
    let others = candidates(&answers.next().unwrap_or_default());
    let others = usual(dialect, &others).into_iter();
    places.extend(others.map(|(_, found)| found.place()));
    places.extend(kept.map(Foreign::place));
    let left_out = |(schema, table)| LeftOut {
        schema: (dialect == Dialect::Postgres).then_some(schema),
        table,
    };
    let mut all: Vec<LeftOut> = places.into_iter().map(left_out).collect();
    all.sort_by(|a, b| (&a.schema, &a.table).cmp(&(&b.schema, &b.table)));
    all.dedup();
    all
}

/// Asks for the tables of tools. Writes nothing.
///
/// # Errors
/// When the catalog cannot be read.
pub fn tables_of_tools(
    session: &mut dyn Session,
    kept: Option<&Foreign>,
) -> Result<Vec<LeftOut>, StoreError> {
    let dialect = session.dialect();
    let answers = session.query_all(&questions(dialect));
    let answers = answers.map_err(|cause| StoreError::Db {
        doing: "looking for the tables of Limosa",
        cause,
    })?;
    Ok(answered(dialect, answers, kept))
}
