//! What is in a database in the end: which migrations ran, and what the tool's table looks like.

use limosa_testkit::{Database, Kind};

use crate::place::Place;

type Rows = Vec<Vec<String>>;

/// Everything that a tool could see.
#[derive(Debug, PartialEq, Eq)]
pub struct Look {
    /// Tables, columns and indexes, without those of Limosa.
    pub schema: Rows,
    /// What the migrations remember of themselves.
    pub seen: Rows,
    /// The rows of the tool's table.
    pub rows: Rows,
}

impl Look {
    pub fn of(place: &Place) -> Self {
        let db = &place.db;
        Self {
            schema: schema(db),
            seen: if has_table(db, "seen") {
                db.query("select number, word from seen order by number")
            } else {
                Rows::new()
            },
            rows: db.query(&place.original.rows(db.kind())),
        }
    }
}

/// Tables, columns and indexes, the tool's table among them, without those of Limosa.
pub fn schema(db: &Database) -> Rows {
    let rows = db.query(match db.kind() {
        Kind::Postgres => include_str!("sql/schema_postgres.sql"),
        Kind::MariaDb => include_str!("sql/schema_mariadb.sql"),
        Kind::Sqlite => include_str!("sql/schema_sqlite.sql"),
    });
    let is_ours = |row: &Vec<String>| row.first().is_some_and(|name| name.starts_with("limosa_"));
    rows.into_iter().filter(|row| !is_ours(row)).collect()
}

/// Whether a table is there.
pub fn has_table(db: &Database, name: &str) -> bool {
    tables(db).iter().any(|table| table == name)
}

/// The names of all tables, those of Limosa among them.
pub fn tables(db: &Database) -> Vec<String> {
    let rows = db.query(match db.kind() {
        Kind::Postgres => "select tablename::text from pg_tables where schemaname = 'public' order by 1",
        Kind::MariaDb => {
            "select table_name from information_schema.tables where table_schema = database() order by 1"
        }
        Kind::Sqlite => {
            "select name from sqlite_master where type = 'table' and name not like 'sqlite%' order by 1"
        }
    });
    rows.concat()
}

/// The tool's table to the last byte: how it is defined and every value in it.
pub fn every_byte(place: &Place) -> Rows {
    let table = place.original.table();
    let mut rows = place.db.query(&format!("select * from {table}"));
    rows.sort();
    let definition = schema(&place.db).into_iter();
    rows.extend(definition.filter(|row| row.first().is_some_and(|name| name == table)));
    rows
}
