//! The rows of a database as SQL: what migrations put into their tables.
//!
//! Each row is read as the text that inserts it, which the server itself writes, so that two databases have the same
//! content where these texts are the same.

use std::collections::{BTreeMap, BTreeSet};

use limosa_db::Session;
use limosa_schema::{Key, Kind, Object, Schema, write};
use limosa_sql::Dialect;

use super::counters::{counters, has_zero, set_counter};
use crate::Problem;

/// Rows of one INSERT.
const TOGETHER: usize = 500;

/// The rows of tables, and where their counters are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Content {
    /// `(1, 'x')` for each row of a table, in the order of its primary key. Tables without rows are not in it.
    tables: BTreeMap<Key, Vec<String>>,
    /// The last value of each sequence that was used, or the next one of a column that counts up, by its name.
    counters: BTreeMap<String, String>,
    /// Whether a column that counts up has a 0, which MySQL would take for "the next one".
    has_zero: bool,
}

/// Reads the rows of tables, all of them unless some are named.
///
/// # Errors
/// When a table cannot be read.
pub(super) fn read(
    session: &mut dyn Session,
    schema: &Schema,
    named: Option<&BTreeSet<Key>>,
) -> Result<Content, Problem> {
    let wanted = |key: &Key| named.is_none_or(|named| named.contains(key));
    let failed = |cause| Problem::Db {
        doing: "reading the rows of the migrations",
        cause,
    };
    if let Some(sql) = preparation(schema.dialect) {
        session.query(sql, &[]).map_err(failed)?;
    }
    let mut content = Content::default();
    for table in schema.of(Kind::Table).filter(|one| has_rows(one)) {
        if !wanted(&table.key) {
            continue;
        }
        let columns = written_columns(schema, &table.key);
        if columns.is_empty() {
            continue;
        }
        let rows = session
            .query(&select(schema, table, &columns), &[])
            .map_err(failed)?;
        let mut rows: Vec<String> = rows.iter().filter_map(|row| row.text(0)).collect();
        if schema.primary_key(&table.key).is_empty() {
            rows.sort_unstable();
        }
        if schema.dialect == Dialect::Mysql {
            content.has_zero |= has_zero(session, schema, &table.key).map_err(failed)?;
        }
        if !rows.is_empty() {
            content.tables.insert(table.key.clone(), rows);
        }
    }
    content.counters = counters(session, schema, &wanted).map_err(failed)?;
    Ok(content)
}

impl Content {
    /// Without what another one has: the rows of tables that were there before, and counters that have not moved.
    pub(super) fn without(mut self, before: &Self) -> Self {
        self.tables
            .retain(|key, _| !before.tables.contains_key(key));
        let moved = |name: &String, at: &mut String| before.counters.get(name) != Some(at);
        self.counters.retain(moved);
        self
    }

    /// Whether there is nothing to write.
    pub(super) fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.counters.is_empty()
    }

    /// How many rows each table has.
    pub(super) fn counts(&self) -> impl Iterator<Item = (&Key, usize)> {
        self.tables.iter().map(|(key, rows)| (key, rows.len()))
    }

    /// In what two differ, in words.
    pub(super) fn differences(&self, other: &Self) -> Vec<String> {
        let mut found = Vec::new();
        let none = Vec::new();
        let keys: BTreeSet<&Key> = self.tables.keys().chain(other.tables.keys()).collect();
        for key in keys {
            let ours = self.tables.get(key).unwrap_or(&none);
            let theirs = other.tables.get(key).unwrap_or(&none);
            if ours == theirs {
                continue;
            }
            let (one, two) = (ours.len(), theirs.len());
            if one == two {
                found.push(format!("{key}: its rows differ"));
            } else {
                found.push(format!("{key}: {one} rows → {two} rows"));
            }
        }
        let names: BTreeSet<&String> = self.counters.keys().chain(other.counters.keys()).collect();
        for name in names {
            let at = |content: &Self| content.counters.get(name).cloned();
            let (one, two) = (at(self), at(other));
            if one != two {
                let shown = |at: Option<String>| at.unwrap_or_else(|| "unused".to_owned());
                found.push(format!("{name} is at {} → {}", shown(one), shown(two)));
            }
        }
        found
    }

    /// The statements that insert the rows, in an order that satisfies foreign keys, and set the counters.
    pub(super) fn statements(&self, schema: &Schema) -> Vec<String> {
        let dialect = schema.dialect;
        let mut statements = Vec::new();
        let (set, reset) = if !self.tables.is_empty() && dialect == Dialect::Mysql {
            self.settings(schema)
        } else {
            (vec![], vec![])
        };
        statements.extend(set);
        for key in in_order(schema, self.tables.keys()) {
            let rows = &self.tables[key];
            let columns = written_columns(schema, key);
            let names: Vec<String> = (columns.iter())
                .map(|column| name_of(dialect, column))
                .collect();
            let always = columns
                .iter()
                .any(|column| column.text_of("identity") == Some("always"));
            let overriding = if always {
                " OVERRIDING SYSTEM VALUE"
            } else {
                ""
            };
            // A row of SQLite may refer to one that follows it in the same statement.
            let together = match dialect {
                Dialect::Sqlite => rows.len(),
                Dialect::Postgres | Dialect::Mysql => TOGETHER,
            };
            for some in rows.chunks(together) {
                statements.push(format!(
                    "INSERT INTO {} ({}){overriding} VALUES\n  {}",
                    write::name(dialect, &key.path),
                    names.join(", "),
                    some.join(",\n  ")
                ));
            }
        }
        statements.extend(reset);
        for (name, at) in &self.counters {
            let has_rows = self.tables.keys().any(|key| key.path == [name.as_str()]);
            statements.push(set_counter(dialect, name, at, has_rows));
        }
        statements
    }

    /// What the rows need in the session of MySQL, and how that is taken back: what is made after them would keep it.
    fn settings(&self, schema: &Schema) -> (Vec<String>, Vec<String>) {
        let mut all = vec![(
            "SET foreign_key_checks = 0",
            "SET foreign_key_checks = DEFAULT",
        )];
        if self.has_zero {
            all.push((
                "SET sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')",
                "SET sql_mode = REPLACE(@@sql_mode, 'NO_AUTO_VALUE_ON_ZERO', '')",
            ));
        }
        let is_timestamp = |column: &&Object| type_of(column).starts_with("timestamp");
        let has_timestamps = self.tables.keys().any(|key| {
            let columns = written_columns(schema, key);
            columns.iter().any(is_timestamp)
        });
        if has_timestamps {
            all.push(("SET time_zone = '+00:00'", "SET time_zone = DEFAULT"));
        }
        all.into_iter()
            .map(|(set, reset)| (set.to_owned(), reset.to_owned()))
            .unzip()
    }
}

/// What the texts of values depend on.
fn preparation(dialect: Dialect) -> Option<&'static str> {
    match dialect {
        Dialect::Postgres => Some(include_str!("prepare_postgres.sql")),
        // A variable is set by a query, since only reading is allowed here.
        Dialect::Mysql => Some(include_str!("prepare_mysql.sql")),
        Dialect::Sqlite => None,
    }
}

/// Whether a table has rows of its own.
fn has_rows(table: &Object) -> bool {
    !matches!(table.text_of("form"), Some("partitioned" | "foreign"))
}

/// The columns that are inserted, in their order.
fn written_columns<'s>(schema: &'s Schema, table: &Key) -> Vec<&'s Object> {
    let mut columns = schema.children(table, Kind::Column);
    columns.retain(|column| !column.properties.contains_key("generated"));
    columns
}

fn type_of(column: &Object) -> String {
    column.text_of("type").unwrap_or_default().to_lowercase()
}

pub(super) fn name_of(dialect: Dialect, column: &Object) -> String {
    write::name(dialect, &[column.key.name().to_owned()])
}

/// Reads each row as `(1, 'x')`.
fn select(schema: &Schema, table: &Object, columns: &[&Object]) -> String {
    let dialect = schema.dialect;
    let values: Vec<String> = columns
        .iter()
        .map(|column| literal(dialect, column))
        .collect();
    let only = match dialect {
        Dialect::Postgres => "ONLY ",
        Dialect::Mysql | Dialect::Sqlite => "",
    };
    let row = match dialect {
        Dialect::Mysql => format!("CONCAT('(', {}, ')')", values.join(", ', ', ")),
        Dialect::Postgres | Dialect::Sqlite => {
            format!("'(' || {} || ')'", values.join(" || ', ' || "))
        }
    };
    let key: Vec<String> = (schema.primary_key(&table.key).into_iter())
        .map(|column| write::name(dialect, &[column.to_owned()]))
        .collect();
    let order = if key.is_empty() {
        String::new()
    } else {
        format!(" ORDER BY {}", key.join(", "))
    };
    format!(
        "SELECT {row} FROM {only}{}{order}",
        write::name(dialect, &table.key.path)
    )
}

/// An expression that is the literal of a column's value.
fn literal(dialect: Dialect, column: &Object) -> String {
    let name = name_of(dialect, column);
    match dialect {
        Dialect::Postgres => match type_of(column).as_str() {
            "smallint" | "integer" | "bigint" | "boolean" => {
                format!("coalesce({name}::text, 'NULL')")
            }
            _ => format!("quote_nullable({name}::text)"),
        },
        Dialect::Sqlite => format!("quote({name})"),
        Dialect::Mysql => {
            let type_of = type_of(column);
            let word: String = type_of
                .chars()
                .take_while(char::is_ascii_alphabetic)
                .collect();
            let value = match word.as_str() {
                "binary" | "varbinary" | "blob" | "tinyblob" | "mediumblob" | "longblob" => {
                    format!("CONCAT('x''', HEX({name}), '''')")
                }
                "bit" => format!("CONCAT('b''', BIN({name} + 0), '''')"),
                "geometry" | "point" | "linestring" | "polygon" | "multipoint"
                | "multilinestring" | "multipolygon" | "geometrycollection" | "geomcollection" => {
                    format!(
                        "CONCAT('ST_GeomFromWKB(x''', HEX(ST_AsWKB({name})), ''', ', ST_SRID({name}), ')')"
                    )
                }
                // As a number of double precision it has all of its digits.
                "float" => format!("CAST({name} + 0e0 AS CHAR)"),
                "tinyint" | "smallint" | "mediumint" | "int" | "integer" | "bigint" | "decimal"
                | "numeric" | "double" | "year" => format!("CAST({name} AS CHAR)"),
                _ => return format!("QUOTE({name})"),
            };
            format!("COALESCE({value}, 'NULL')")
        }
    }
}

/// Tables so that what a foreign key refers to comes first, as far as there is such an order.
fn in_order<'k>(schema: &Schema, tables: impl Iterator<Item = &'k Key>) -> Vec<&'k Key> {
    let mut waiting: Vec<&Key> = tables.collect();
    let mut done: Vec<&Key> = Vec::new();
    while !waiting.is_empty() {
        let is_free = |key: &&Key| {
            let referenced = references(schema, key);
            referenced
                .iter()
                .all(|other| other == *key || !waiting.contains(&other))
        };
        let free = waiting.iter().position(is_free).unwrap_or(0);
        done.push(waiting.remove(free));
    }
    done
}

/// The tables that a table refers to.
fn references(schema: &Schema, table: &Key) -> Vec<Key> {
    let constraints = schema.children(table, Kind::Constraint);
    let tables = constraints
        .iter()
        .flat_map(|one| one.tables_of("references"));
    tables.collect()
}
