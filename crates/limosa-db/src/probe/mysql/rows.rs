//! What tells the rows of a table from those that were there before under the same definition.

use std::collections::BTreeMap;

use super::definition::Unseen;
use super::object::Object;
use crate::{Session, Value};

const NUMBERS_MARIADB: &str = include_str!("numbers_mariadb.sql");
const NUMBERS_MYSQL: &str = include_str!("numbers_mysql.sql");
const MADE: &str = include_str!("made.sql");
/// The mark of a table that was made so lately that the time says nothing.
const LATELY: &str = "lately";
/// The error of a table whose file is given up.
const DISCARDED: &str = "1814";

/// What is known of the rows of a table.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    /// A mark for each partition; for a table without partitions one with an empty name. `TRUNCATE` and whatever makes a
    /// table anew change it, and it moves with the rows. Nothing when the user may not see it, or the engine has none.
    pub(super) marks: BTreeMap<String, String>,
    /// Whether there are none, where there is no mark.
    pub(super) empty: Option<bool>,
}

/// The rows of a table: the numbers that `InnoDB` gives to them.
pub(super) fn of(session: &mut dyn Session, table: &Object) -> Result<Rows, Unseen> {
    let sql = if session.server().target.mariadb {
        NUMBERS_MARIADB
    } else {
        NUMBERS_MYSQL
    };
    let (database, name) = table.place();
    let parameters = [Value::from(database), Value::from(name)];
    let marks: BTreeMap<String, String> = match unless_hidden(session.query(sql, &parameters))? {
        Some(rows) => rows
            .iter()
            .filter_map(|row| Some((row.text(0)?.to_lowercase(), row.text(1)?)))
            .collect(),
        None => BTreeMap::new(),
    };
    let empty = if marks.is_empty() {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {})", table.quoted());
        let rows = unless_hidden(session.query(&sql, &[]))?;
        rows.and_then(|rows| rows.first().map(|row| !row.is_true(0)))
    } else {
        None
    };
    Ok(Rows { marks, empty })
}

/// When a table got its definition, to the second; only `MariaDB` says it of every change.
pub(super) fn made(session: &mut dyn Session, table: &Object) -> Result<Rows, Unseen> {
    let mut rows = Rows::default();
    if session.server().target.mariadb {
        let (database, name) = table.place();
        let found = session.query(MADE, &[Value::from(database), Value::from(name)])?;
        if let Some(found) = found.first()
            && let Some(time) = found.text(0)
        {
            let time = if found.is_true(1) {
                time
            } else {
                LATELY.to_owned()
            };
            rows.marks.insert("made".to_owned(), time);
        }
    }
    Ok(rows)
}

/// Whether the file with the rows is there.
pub(super) fn file(session: &mut dyn Session, table: &Object) -> Result<Rows, Unseen> {
    let sql = format!("SELECT 1 FROM {} LIMIT 1", table.quoted());
    let state = match session.query(&sql, &[]) {
        Ok(_) => "there",
        Err(error) if error.code() == DISCARDED => "discarded",
        Err(error) => return Err(error.into()),
    };
    let marks = BTreeMap::from([("file".to_owned(), state.to_owned())]);
    Ok(Rows { marks, empty: None })
}

/// `None` where the server does not show it.
fn unless_hidden<T>(result: Result<T, crate::DbError>) -> Result<Option<T>, Unseen> {
    match result.map_err(Unseen::from) {
        Ok(value) => Ok(Some(value)),
        Err(Unseen::Hidden(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Marks as a snapshot keeps them: `18`, or `p0=18, p1=19`.
pub(super) fn written(marks: &BTreeMap<String, String>) -> String {
    let mark = |(name, mark): (&String, &String)| match name.as_str() {
        "" => mark.clone(),
        name => format!("{name}={mark}"),
    };
    marks.iter().map(mark).collect::<Vec<_>>().join(", ")
}

/// The marks of a snapshot.
pub(super) fn read(written: &str) -> BTreeMap<String, String> {
    let mark = |part: &str| match part.split_once('=') {
        Some((name, mark)) => (name.to_owned(), mark.to_owned()),
        None => (String::new(), part.to_owned()),
    };
    let parts = written.split(", ").filter(|part| !part.is_empty());
    let marks = parts.map(mark);
    marks.filter(|(_, mark)| mark != LATELY).collect()
}

/// Whether a mark is of this partition, or of a part of it.
pub(super) fn is_of(mark: &str, partition: &str) -> bool {
    let partition = partition.to_lowercase();
    mark.strip_prefix(&partition)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("#sp#"))
}
