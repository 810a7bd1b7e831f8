//! Probes on `PostgreSQL`, for the statements that it does not run in a transaction: a file for each kind that
//! leaves something to look at. What leads to the same when it is done again needs none.

mod call;
mod catalog;
mod create_index;
mod detach;
mod drop_index;
mod enum_value;
mod reindex;
mod words;

use limosa_sql::Facts;
use limosa_sql::facts::InTransaction;

use super::{Finding, Snapshot};
use crate::store::quote_identifier;
use crate::{DbError, Row, Session};

/// What a snapshot calls the kind of its statement, so that it can be judged when the file has another one by then.
const STATEMENT: &str = "statement";

pub(super) fn look(
    session: &mut dyn Session,
    facts: &Facts,
    sql: &str,
) -> Result<Option<Snapshot>, DbError> {
    let forbidden = facts.transaction == InTransaction::Forbidden;
    let seen = match facts.kind {
        "alter_database" | "alter_system" | "cluster" | "vacuum" => Some(Snapshot::default()),
        "reindex" => reindex::look(session, sql)?,
        "create_index" if forbidden => create_index::look(session, sql)?,
        "drop_index" if forbidden => drop_index::look(session, sql)?,
        "alter_table" if forbidden => detach::look(session, sql)?,
        "alter_type_add_value" if forbidden => enum_value::look(session, sql)?,
        kind => catalog::look(session, kind, sql)?,
    };
    Ok(seen.map(|mut snapshot| {
        let kind = facts.kind.to_owned();
        snapshot.objects.insert(STATEMENT.to_owned(), kind);
        snapshot
    }))
}

pub(super) fn judge(session: &mut dyn Session, before: &Snapshot) -> Result<Finding, DbError> {
    match before.get(STATEMENT).unwrap_or_default() {
        "reindex" => reindex::judge(session, before),
        "create_index" => create_index::judge(session, before),
        "drop_index" => drop_index::judge(session, before),
        "alter_table" => detach::judge(session, before),
        "alter_type_add_value" => enum_value::judge(session, before),
        kind => catalog::judge(session, kind, before),
    }
}

pub(super) fn may_have_committed(
    session: &mut dyn Session,
    facts: &Facts,
    sql: &str,
) -> Result<bool, DbError> {
    match facts.kind {
        "call" => call::may_have_committed(session, sql),
        "do" => Ok(call::commits(sql)),
        _ => Ok(false),
    }
}

impl Snapshot {
    /// Nothing but this is known.
    fn of<const N: usize>(objects: [(&str, String); N]) -> Self {
        Self {
            objects: objects
                .map(|(name, what)| (name.to_owned(), what))
                .into_iter()
                .collect(),
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.objects.get(name).map(String::as_str)
    }
}

/// The numbers of a column, as a list for [`Snapshot`].
fn numbers(rows: &[Row], column: usize) -> String {
    let numbers = rows.iter().filter_map(|row| row.int(column));
    let texts: Vec<String> = numbers.map(|number| number.to_string()).collect();
    texts.join(" ")
}

/// A name of two parts for a statement of ours.
fn qualified(schema: &str, name: &str) -> String {
    let quoted = |name| quote_identifier(limosa_sql::Dialect::Postgres, name);
    format!("{}.{}", quoted(schema), quoted(name))
}

/// What takes an index away that is not valid. It waits for whoever uses its table, and stops nobody.
fn drop_concurrently(schema: &str, index: &str) -> String {
    let index = qualified(schema, index);
    format!("DROP INDEX CONCURRENTLY IF EXISTS {index}")
}
