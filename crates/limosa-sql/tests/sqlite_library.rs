//! The splitter and the classifier of `SQLite` against the library itself.

use limosa_sql::facts::InTransaction;
use limosa_sql::{Dialect, PieceKind, Splitter, Target, classify};
use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::{Batch, Connection};

const SCRIPT: &str = r#"
    -- it's a script; with everything
    CREATE TABLE [a;b] (`c;` TEXT, "d;""e" TEXT DEFAULT ';''', "end" INT, "begin" INT) STRICT;
    CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT) STRICT, WITHOUT ROWID;;
    CREATE TABLE u (id, begin, end); /* ; /* ' */
    CREATE TRIGGER t1 AFTER INSERT ON t BEGIN
        UPDATE t SET x = CASE WHEN new.x IS NULL THEN ';' ELSE CASE new.id WHEN 1 THEN 'a' END END;
        DELETE FROM [a;b]; -- END;
    END;
    CREATE TEMP TRIGGER IF NOT EXISTS t2 BEFORE UPDATE OF begin, end ON u FOR EACH ROW
        WHEN new.begin > 1 AND CASE new.end WHEN 1 THEN 1 END BEGIN SELECT end FROM u; SELECT 1; END;
    BEGIN IMMEDIATE;
    INSERT INTO t VALUES (1, x''), (2, 'it''s;');
    END;
    SELECT CASE WHEN begin THEN end END FROM u;
    BEGIN; END TRANSACTION;
    EXPLAIN QUERY PLAN SELECT 1;
    PRAGMA user_version = 3;
    SELECT 1"#;

fn split(text: &str) -> Vec<String> {
    let mut splitter = Splitter::new(Dialect::Sqlite, text.as_bytes());
    let mut statements = Vec::new();
    while let Some(piece) = splitter.next() {
        let piece = piece.expect("the text can be split");
        if matches!(piece.kind, PieceKind::Statement { .. }) {
            statements.push(String::from_utf8_lossy(piece.sql()).into_owned());
        }
    }
    statements
}

fn execute(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}

#[test]
fn a_script_has_as_many_statements_as_the_library_sees() {
    let connection = Connection::open_in_memory().expect("there is memory");
    // The temporary trigger writes quotes that are names only where there is such a column.
    let script = SCRIPT.replace("x'')", "'')");
    let mut seen = 0;
    let mut batch = Batch::new(&connection, &script);
    while let Some(mut statement) = batch.next().expect("the script is right") {
        let mut rows = statement.query([]).expect("it runs");
        while rows.next().expect("it runs").is_some() {}
        seen += 1;
    }
    assert_eq!(split(&script).len(), seen);
}

#[test]
fn every_statement_runs_alone() {
    let connection = Connection::open_in_memory().expect("there is memory");
    for sql in split(&SCRIPT.replace("x'')", "'')")) {
        // The library refuses to prepare two statements at once.
        execute(&connection, &sql).unwrap_or_else(|error| panic!("{sql}\n{error}"));
    }
}

#[test]
fn what_is_forbidden_in_a_transaction_is_refused_or_without_effect_there() {
    let folder = tempfile::tempdir().expect("there is room");
    let connection = Connection::open(folder.path().join("db")).expect("there is room");
    let target = Target::newest(Dialect::Sqlite);
    execute(&connection, "CREATE TABLE t (a, b)").expect("it runs");
    for (sql, refused) in [
        ("VACUUM", true),
        ("PRAGMA journal_mode = wal", true),
        ("PRAGMA synchronous = off", true),
        ("PRAGMA temp_store = memory", true),
        ("PRAGMA wal_checkpoint", true),
        ("ATTACH ':memory:' AS other", false),
        ("DETACH other", false),
        ("PRAGMA user_version = 1", false),
        ("PRAGMA cache_size = 100", false),
        ("PRAGMA optimize", false),
        ("ANALYZE", false),
        ("REINDEX", false),
        ("ALTER TABLE t DROP COLUMN b", false),
        ("CREATE VIRTUAL TABLE f USING fts5(a)", false),
    ] {
        execute(&connection, "BEGIN").expect("it runs");
        if sql.contains("wal_checkpoint") {
            execute(&connection, "INSERT INTO t (a) VALUES (1)").expect("it runs");
        }
        if sql == "PRAGMA temp_store = memory" {
            execute(&connection, "CREATE TEMP TABLE x (a)").expect("it runs");
        }
        let ran = execute(&connection, sql);
        execute(&connection, "ROLLBACK").expect("it runs");
        assert_eq!(ran.is_err(), refused, "{sql}: {ran:?}");
        let transaction = classify(sql.as_bytes(), &target).transaction;
        assert_eq!(transaction == InTransaction::Forbidden, refused, "{sql}");
    }
    execute(&connection, "PRAGMA foreign_keys = off").expect("it runs");
    execute(&connection, "BEGIN; ").expect("it runs");
    execute(&connection, "PRAGMA foreign_keys = on").expect("it runs");
    execute(&connection, "COMMIT").expect("it runs");
    let on: i64 = connection
        .query_row("PRAGMA foreign_keys", [], |row| row.get(0))
        .expect("it runs");
    assert_eq!(on, 0, "it has no effect in a transaction");
}
