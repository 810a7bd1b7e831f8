//! How far sequences and columns that count up are.

use std::collections::BTreeMap;

use limosa_db::{DbError, Session};
use limosa_schema::{Key, Kind, Schema, write};
use limosa_sql::Dialect;

use super::content::name_of;

/// Where the counters of these tables are, as far as their rows alone do not say it.
pub(super) fn counters(
    session: &mut dyn Session,
    schema: &Schema,
    wanted: &dyn Fn(&Key) -> bool,
) -> Result<BTreeMap<String, String>, DbError> {
    let file = match schema.dialect {
        Dialect::Postgres => include_str!("counters_postgres.sql"),
        Dialect::Mysql => include_str!("counters_mysql.sql"),
        Dialect::Sqlite => {
            let has = session.query(include_str!("has_counters_sqlite.sql"), &[])?;
            if has.is_empty() {
                return Ok(BTreeMap::new());
            }
            include_str!("counters_sqlite.sql")
        }
    };
    let mut found = BTreeMap::new();
    for row in session.query(file, &[])? {
        let (Some(name), Some(at)) = (row.text(0), row.text(1)) else {
            continue;
        };
        // Its table; of a sequence that belongs to none there is no path.
        let path: Vec<String> = [row.text(2), row.text(3)].into_iter().flatten().collect();
        let table = Key::new(Kind::Table, path);
        if !wanted(&table) {
            continue;
        }
        // Inserting the rows brings these to the highest of them.
        let after = match schema.dialect {
            Dialect::Postgres => None,
            Dialect::Mysql => Some(highest(session, schema, &table)?.map_or(1, |one| one + 1)),
            Dialect::Sqlite => highest(session, schema, &table)?,
        };
        if after.is_some_and(|after| after.to_string() == at) {
            continue;
        }
        found.insert(name, at);
    }
    Ok(found)
}

/// Whether the column of a table that counts up has a 0.
pub(super) fn has_zero(
    session: &mut dyn Session,
    schema: &Schema,
    table: &Key,
) -> Result<bool, DbError> {
    let columns = schema.children(table, Kind::Column);
    let Some(column) = columns.iter().find(|one| one.is("auto_increment")) else {
        return Ok(false);
    };
    let sql = format!(
        "SELECT 1 FROM {} WHERE {} = 0",
        write::name(schema.dialect, &table.path),
        name_of(schema.dialect, column)
    );
    Ok(!session.query(&sql, &[])?.is_empty())
}

/// The highest value of the column of a table that counts up.
fn highest(
    session: &mut dyn Session,
    schema: &Schema,
    table: &Key,
) -> Result<Option<i64>, DbError> {
    let columns = schema.children(table, Kind::Column);
    let Some(column) = columns.iter().find(|one| one.is("auto_increment")) else {
        return Ok(None);
    };
    let sql = format!(
        "SELECT MAX({}) FROM {}",
        name_of(schema.dialect, column),
        write::name(schema.dialect, &table.path)
    );
    let rows = session.query(&sql, &[])?;
    Ok(rows
        .first()
        .and_then(|row| row.text(0))
        .and_then(|text| text.parse().ok()))
}

/// Sets a counter. In SQLite a table that got rows has one already.
pub(super) fn set_counter(dialect: Dialect, name: &str, at: &str, has_rows: bool) -> String {
    let text = format!("'{}'", name.replace('\'', "''"));
    match dialect {
        // The name is quoted as an identifier already.
        Dialect::Postgres => format!("SELECT pg_catalog.setval({text}, {at}, true)"),
        Dialect::Mysql => format!(
            "ALTER TABLE {} AUTO_INCREMENT = {at}",
            write::name(dialect, &[name.to_owned()])
        ),
        Dialect::Sqlite if has_rows => {
            format!("UPDATE sqlite_sequence SET seq = {at} WHERE name = {text}")
        }
        Dialect::Sqlite => {
            format!("INSERT INTO sqlite_sequence (name, seq) VALUES ({text}, {at})")
        }
    }
}
