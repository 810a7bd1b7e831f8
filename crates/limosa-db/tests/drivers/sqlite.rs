//! What only `SQLite` has: files that are not there, cannot be written, or are no databases.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use limosa_db::{Access, ConnectError, ConnectOptions, LockWait, Locked, Locks, Session, connect};

use crate::support::{options, url};

fn options_in(folder: &Path, access: Access) -> ConnectOptions {
    ConnectOptions {
        directory: folder.to_path_buf(),
        access,
        ..options()
    }
}

fn open(folder: &Path, text: &str, access: Access) -> Result<Box<dyn Session>, ConnectError> {
    connect(&url(text), &options_in(folder, access))
}

fn write(folder: &Path, text: &str) -> Locked {
    let locks = Locks {
        schema: "main".into(),
        table: "limosa_history".into(),
        others: vec![],
    };
    let mut wait = LockWait {
        limit: Duration::ZERO,
        lost: None,
        waiting: &mut |_, _| {},
        interrupted: &|| false,
    };
    open(folder, text, Access::Write)
        .unwrap()
        .lock(&locks, &mut wait)
        .unwrap()
}

#[test]
fn a_missing_file_is_created_only_for_writing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.db");
    let mut reading = open(folder.path(), "sqlite:shop.db", Access::Read).unwrap();
    assert_eq!(reading.server().place, file.display().to_string());
    assert!(!reading.server().capabilities.read_only);
    assert!(
        reading
            .query("SELECT name FROM sqlite_schema", &[])
            .unwrap()
            .is_empty()
    );
    assert!(reading.query("CREATE TABLE t (a)", &[]).is_err());
    drop(reading);
    assert!(!file.exists());
    write(folder.path(), "sqlite:shop.db")
        .run("CREATE TABLE t (a)")
        .unwrap();
    assert!(file.exists());
    let mut reading = open(folder.path(), "sqlite://shop.db", Access::Read).unwrap();
    assert_eq!(
        reading
            .query("SELECT name FROM sqlite_schema", &[])
            .unwrap()
            .len(),
        1
    );
    assert!(reading.query("DROP TABLE t", &[]).is_err());
}

#[test]
fn what_cannot_be_opened_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("letter.txt"),
        "not a database at all, but long enough to be read as one".repeat(20),
    )
    .unwrap();
    let words = |text: &str| {
        let error = open(folder.path(), text, Access::Write).err().unwrap();
        format!("{} ({})", error.reason, error.hint.unwrap_or_default())
    };
    assert!(words("sqlite:letter.txt").contains("not an SQLite database"));
    assert!(words("sqlite:none/shop.db").contains("none is not there"));
    assert!(words("sqlite:shop.db?mode=rw").contains("no such file"));
    assert!(words("sqlite:shop.db?mode=wr").contains("`wr`"));
    assert!(words("sqlite:.").contains("a folder"));
    assert!(!folder.path().join("shop.db").exists());
}

#[test]
fn a_file_that_is_opened_for_reading_says_so() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "sqlite:shop.db")
        .run("CREATE TABLE t (a)")
        .unwrap();
    for text in ["sqlite:shop.db?mode=ro", "sqlite:shop.db?immutable=1"] {
        let mut session = open(folder.path(), text, Access::Write).unwrap();
        assert!(session.server().capabilities.read_only, "{text}");
        assert!(session.query("SELECT * FROM t", &[]).unwrap().is_empty());
        assert!(session.query("INSERT INTO t VALUES (1)", &[]).is_err());
    }
}

#[test]
fn two_writers_exclude_each_other_by_their_transactions() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = write(folder.path(), "sqlite:shop.db");
    let mut second = write(folder.path(), "sqlite:shop.db");
    first.run("BEGIN IMMEDIATE").unwrap();
    second
        .set_timeouts(Some(Duration::from_millis(100)), None)
        .unwrap();
    let began = Instant::now();
    let error = second.run("BEGIN IMMEDIATE").unwrap_err();
    assert_eq!(error.code(), "SQLITE_BUSY");
    assert!(began.elapsed() >= Duration::from_millis(80));
    first.run("COMMIT").unwrap();
    second.run("BEGIN IMMEDIATE").unwrap();
}

#[test]
fn rebuilding_a_table_keeps_the_rows_that_refer_to_it() {
    // The bundled library enforces foreign keys by default, which would empty `child` here.
    let folder = tempfile::tempdir().unwrap();
    let mut session = write(folder.path(), "sqlite:shop.db");
    session
        .run(
            "CREATE TABLE parent (id INTEGER PRIMARY KEY);
             CREATE TABLE child (p INTEGER REFERENCES parent (id) ON DELETE CASCADE);
             INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1);
             BEGIN; CREATE TABLE new (id INTEGER PRIMARY KEY, x); INSERT INTO new (id) SELECT id FROM parent;
             DROP TABLE parent; ALTER TABLE new RENAME TO parent; COMMIT",
        )
        .unwrap();
    assert_eq!(
        session.query("SELECT count(*) FROM child", &[]).unwrap()[0].int(0),
        Some(1)
    );
    assert!(
        session
            .query("PRAGMA foreign_key_check", &[])
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_database_in_memory_is_a_session_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = write(folder.path(), "sqlite::memory:");
    session.run("CREATE TABLE t (a)").unwrap();
    assert_eq!(session.server().place, ":memory:");
    let mut other = open(folder.path(), "sqlite::memory:", Access::Write).unwrap();
    assert!(other.query("SELECT * FROM t", &[]).is_err());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn an_error_in_a_later_statement_has_its_place_in_the_whole_text() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = write(folder.path(), "sqlite:shop.db");
    let sql = "CREATE TABLE t (a);\n-- äöü\nSELECT nowhere FROM t";
    let error = session.run(sql).unwrap_err();
    let failure = error.failure().unwrap();
    assert_eq!(failure.code, "SQLITE_ERROR");
    assert!(
        sql[failure.position.unwrap()..].starts_with("nowhere"),
        "{failure:?}"
    );
}
