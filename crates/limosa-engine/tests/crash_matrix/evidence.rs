//! What is in the database in the end, read past Limosa.

use limosa_testkit::{Database, Kind};

/// The schema, the rows and the history, as lines.
pub fn gather(db: &Database) -> Vec<String> {
    let (schema, tables) = match db.kind() {
        Kind::Postgres => (
            include_str!("sql/schema_postgres.sql"),
            include_str!("sql/tables_postgres.sql"),
        ),
        Kind::MariaDb => (
            include_str!("sql/schema_mariadb.sql"),
            include_str!("sql/tables_mariadb.sql"),
        ),
        Kind::Sqlite => (
            include_str!("sql/schema_sqlite.sql"),
            include_str!("sql/tables_sqlite.sql"),
        ),
    };
    let mut client = db.open();
    let mut lines: Vec<String> = client.query(schema).into_iter().flatten().collect();
    for table in client.query(tables).into_iter().flatten() {
        if db.kind() == Kind::MariaDb {
            let shown = client.query(&format!("SHOW CREATE TABLE {table}"));
            lines.extend(shown.into_iter().flatten());
        }
        let rows = client.query(&format!("SELECT * FROM {table}"));
        let mut rows: Vec<String> = rows
            .iter()
            .map(|row| format!("row of {table}: {}", row.join(" | ")))
            .collect();
        rows.sort();
        lines.extend(rows);
    }
    // Times and numbers of rows differ between two runs.
    for other in [
        "SELECT version, description, success FROM _sqlx_migrations ORDER BY version",
        "SELECT version_id, is_applied FROM goose_db_version ORDER BY id",
    ] {
        for row in client.try_query(other).unwrap_or_default() {
            lines.push(format!("history of the other tool: {}", row.join(" | ")));
        }
    }
    let history = client.try_query(include_str!("sql/history.sql"));
    for row in history.unwrap_or_default() {
        lines.push(format!("history: {}", row.join(" | ")));
    }
    lines
}

/// The differences, for people.
pub fn differences(expected: &[String], found: &[String]) -> Vec<String> {
    let lacks = expected
        .iter()
        .filter(|line| !found.contains(line))
        .map(|line| format!("missing: {line}"));
    let exceeds = found
        .iter()
        .filter(|line| !expected.contains(line))
        .map(|line| format!("unexpected: {line}"));
    let mut all: Vec<String> = lacks.chain(exceeds).collect();
    if all.is_empty() && expected != found {
        all.push("the same lines, another number of times".to_owned());
    }
    all
}
