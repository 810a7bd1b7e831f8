//! Reads the rows of all tables.

use std::collections::BTreeMap;
use std::time::SystemTime;

use limosa_db::store::quote_identifier;
use limosa_db::{DbError, Locked, Row, Value};
use limosa_schema::{Key, Kind, Object, Schema};
use limosa_sql::Dialect;

use super::stamp::days_around;
use super::{Cell, Column, Content, Table};
use crate::verify::rows::{Within, quoted_path};

/// A shadow has few rows; of a table with more only so many are looked at.
const MOST: usize = 5_000;
/// How many tables are read by one statement.
const TOGETHER: usize = 50;

/// Reads the rows of all tables of a schema: those that are ordinary, and partitioned ones as a whole.
///
/// # Errors
/// When a table cannot be read.
pub fn read(session: &mut Locked, schema: &Schema) -> Result<Content, DbError> {
    let mut content = Content {
        tables: tables(schema),
        days: days_around(SystemTime::now()),
        cut: Vec::new(),
    };
    match schema.dialect {
        Dialect::Postgres => {
            // The settings in which values are written last as long as the savepoint.
            let within = Within::enter(session)?;
            let done = session
                .run(include_str!("settings_postgres.sql"))
                .and_then(|_| postgres(session, &mut content));
            within.undo(session)?;
            done?;
        }
        Dialect::Mysql => {
            let zone = session.query("SELECT @@session.time_zone", &[])?;
            let zone = zone.first().and_then(|row| row.text(0));
            session.run("SET time_zone = '+00:00'")?;
            let done = one_by_one(session, &mut content);
            if let Some(zone) = zone {
                session.execute("SET time_zone = ?", &[zone.into()])?;
            }
            done?;
        }
        Dialect::Sqlite => one_by_one(session, &mut content)?,
    }
    for (key, table) in &mut content.tables {
        if table.rows.len() > MOST {
            table.rows.truncate(MOST);
            content.cut.push(key.clone());
        }
    }
    Ok(content)
}

/// The tables, without rows.
fn tables(schema: &Schema) -> BTreeMap<Key, Table> {
    let mut tables: BTreeMap<Key, Table> = BTreeMap::new();
    for table in schema.of(Kind::Table) {
        let form = table.text_of("form").unwrap_or("ordinary");
        let is_part = table.properties.contains_key("partition_of");
        if matches!(form, "ordinary" | "partitioned") && !is_part {
            tables.insert(table.key.clone(), Table::default());
        }
    }
    let mut columns: Vec<&Object> = schema.of(Kind::Column).collect();
    columns.sort_by_key(|one| one.position);
    for column in columns {
        let table = column.parent.as_ref().and_then(|key| tables.get_mut(key));
        // What is generated is told by the others.
        if let Some(table) = table.filter(|_| !column.properties.contains_key("generated")) {
            table.columns.push(Column {
                name: column.key.name().to_owned(),
                of: column.text_of("type").unwrap_or_default().to_owned(),
                is_stamped: column.properties.contains_key("on_update"),
            });
        }
    }
    for constraint in schema.of(Kind::Constraint) {
        let form = constraint.text_of("form").unwrap_or_default();
        add_key(
            &mut tables,
            constraint,
            "columns",
            form == "primary key",
            form == "unique",
        );
    }
    for index in schema.of(Kind::Index) {
        let whole = index.is("unique") && !index.properties.contains_key("predicate");
        add_key(&mut tables, index, "keys", false, whole);
    }
    for trigger in schema.of(Kind::Trigger) {
        let table = trigger.parent.as_ref().and_then(|key| tables.get_mut(key));
        let text = trigger.properties.values().map(ToString::to_string);
        let text = text.chain(trigger.text.clone()).collect::<String>();
        if let Some(table) = table.filter(|_| text.to_lowercase().contains("update")) {
            table.is_stamped = true;
        }
    }
    tables
}

fn add_key(
    tables: &mut BTreeMap<Key, Table>,
    object: &Object,
    property: &str,
    is_first: bool,
    is_other: bool,
) {
    let table = object.parent.as_ref().and_then(|key| tables.get_mut(key));
    let Some(table) = table.filter(|_| is_first || is_other) else {
        return;
    };
    let names = object.list_of(property);
    let columns: Option<Vec<usize>> = names.iter().map(|name| table.column(name)).collect();
    if let Some(columns) = columns.filter(|all| !all.is_empty()) {
        let place = if is_first { 0 } else { table.keys.len() };
        table.keys.insert(place, columns);
    }
}

/// All columns of a row as one JSON array, so that tables can be read together.
fn postgres(session: &mut Locked, content: &mut Content) -> Result<(), DbError> {
    let dialect = Dialect::Postgres;
    let keys: Vec<Key> = content.tables.keys().cloned().collect();
    for chunk in keys.chunks(TOGETHER) {
        let selects = chunk.iter().enumerate().map(|(index, key)| {
            let columns = content.tables[key].columns.iter();
            let columns: Vec<String> = columns
                .map(|column| format!("{}::text", quote_identifier(dialect, &column.name)))
                .collect();
            let path = quoted_path(dialect, key);
            format!(
                "(SELECT {index}, pg_catalog.to_json(ARRAY[{}]::text[])::text FROM {path} LIMIT {})",
                columns.join(", "),
                MOST + 1,
            )
        });
        let sql = selects.collect::<Vec<_>>().join("\nUNION ALL ");
        for row in session.query(&sql, &[])? {
            let index = row.int(0).and_then(|at| usize::try_from(at).ok());
            let (Some(key), Some(text)) = (index.and_then(|at| chunk.get(at)), row.text(1)) else {
                continue;
            };
            let cells: Vec<Cell> = serde_json::from_str(&text)
                .map_err(|error| DbError::Client(format!("a row is no JSON: {error}")))?;
            if let Some(table) = content.tables.get_mut(key) {
                table.rows.push(cells);
            }
        }
    }
    Ok(())
}

fn one_by_one(session: &mut Locked, content: &mut Content) -> Result<(), DbError> {
    let dialect = session.dialect();
    for (key, table) in &mut content.tables {
        if table.columns.is_empty() {
            continue;
        }
        let columns = table.columns.iter().map(|column| {
            let name = quote_identifier(dialect, &column.name);
            match dialect {
                Dialect::Mysql => mysql_column(&name, &column.of),
                _ => sqlite_column(&name),
            }
        });
        let sql = format!(
            "SELECT {} FROM {} LIMIT {}",
            columns.collect::<Vec<_>>().join(", "),
            quoted_path(dialect, key),
            MOST + 1
        );
        let rows = session.query(&sql, &[])?;
        table.rows = rows.iter().map(cells).collect();
    }
    Ok(())
}

fn mysql_column(name: &str, of: &str) -> String {
    let of = of.to_lowercase();
    let begins = |words: &[&str]| words.iter().any(|word| of.starts_with(word));
    let spatial = ["geom", "point", "line", "polygon", "multi"];
    if of.contains("blob")
        || of.contains("binary")
        || begins(&["bit", "vector"])
        || begins(&spatial)
    {
        format!("HEX({name})")
    } else if begins(&["float"]) {
        // Written by itself it has six digits.
        format!("CAST(CAST({name} AS DOUBLE) AS CHAR)")
    } else {
        format!("CAST({name} AS CHAR)")
    }
}

fn sqlite_column(name: &str) -> String {
    format!(
        "CASE typeof({name}) WHEN 'blob' THEN '\\x' || lower(hex({name})) \
         WHEN 'real' THEN printf('%!.17g', {name}) ELSE CAST({name} AS TEXT) END"
    )
}

fn cells(row: &Row) -> Vec<Cell> {
    let text = |value: &Value| match value {
        Value::Null => None,
        Value::Bool(value) => Some(value.to_string()),
        Value::Int(value) => Some(value.to_string()),
        Value::Text(text) => Some(text.clone()),
        Value::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
    };
    row.0.iter().map(text).collect()
}
