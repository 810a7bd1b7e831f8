//! sqlx.

use limosa_core::Layout;
use limosa_core::foreign::Marks;
use limosa_core::history::Direction::{Down, Up};
use limosa_db::store::Stage;
use limosa_testkit::{Database, Kind};

use super::{BEGINS_IN_UNITS, Table, version};
use crate::every::on_every_server;

on_every_server!(
    rows_come_and_go_as_sqlx_has_it,
    a_migration_at_work_is_marked,
    an_undoing_at_work_is_marked,
    a_person_says_what_became_of_what_sqlx_began,
    a_table_of_sqlx_is_read,
    what_sqlx_did_meanwhile_is_not_done_again,
);

const ROWS: &str =
    "SELECT version, description, success, execution_time FROM _sqlx_migrations ORDER BY version";

fn rows_come_and_go_as_sqlx_has_it(database: &Database) {
    let mut table = Table::create(database, Layout::Sqlx);
    table.up("1");
    table.up("3");
    table.up("2");
    let rows = [
        "1 add t1 1 1500000",
        "2 add t2 1 1500000",
        "3 add t3 1 1500000",
    ];
    assert_eq!(table.rows(ROWS), rows);
    let Marks::Each(marks) = table.read().marks else {
        panic!("sqlx has a row for each");
    };
    assert_eq!(marks.len(), 3);
    assert_eq!(marks[0].checksum.as_deref(), Some(&[1, 255][..]));
    assert_eq!(marks[0].name.as_deref(), Some("add t1"));
    assert!(marks[0].at.is_some());
    table.down("2");
    assert_eq!(table.rows(ROWS), [rows[0], rows[2]]);
}

fn a_migration_at_work_is_marked(database: &Database) {
    let mut table = Table::create(database, Layout::Sqlx);
    table.up("1");
    assert!(table.write(Up, "2", BEGINS_IN_UNITS));
    let marked = ["1 add t1 1 1500000", "2 add t2 0 -1"];
    assert_eq!(table.rows(ROWS), marked);
    let unfinished = table.read().unfinished.unwrap();
    assert_eq!(unfinished.version, Some(version("2")));
    assert_eq!(table.versions(), ["1"]);
    // It was interrupted, and begins again.
    assert!(table.write(Up, "2", BEGINS_IN_UNITS));
    assert_eq!(table.rows(ROWS), marked);
    assert!(table.write(Up, "2", Stage::TakenBack));
    assert_eq!(table.rows(ROWS), marked[..1]);
    assert!(table.write(Up, "2", BEGINS_IN_UNITS));
    assert!(table.write(Up, "2", Stage::Done));
    assert_eq!(table.rows(ROWS)[1], "2 add t2 1 1500000");
}

fn an_undoing_at_work_is_marked(database: &Database) {
    let mut table = Table::create(database, Layout::Sqlx);
    table.up("1");
    for _ in 0..2 {
        assert!(table.write(Down, "1", BEGINS_IN_UNITS));
        assert_eq!(table.rows(ROWS), ["1 add t1 0 1500000"]);
    }
    assert!(table.write(Down, "1", Stage::TakenBack));
    assert_eq!(table.rows(ROWS), ["1 add t1 1 1500000"]);
    assert!(table.write(Down, "1", BEGINS_IN_UNITS));
    assert!(table.write(Down, "1", Stage::Done));
    assert!(table.rows(ROWS).is_empty());
    assert!(!table.write(Down, "1", BEGINS_IN_UNITS));
}

fn a_person_says_what_became_of_what_sqlx_began(database: &Database) {
    let mut table = made(database);
    insert(&mut table, "1", "FALSE");
    assert!(table.write(Up, "1", Stage::Settled { applied: true }));
    assert_eq!(table.rows(ROWS), ["1 x y 1 7"]);
    for applied in [true, false] {
        assert!(!table.write(Up, "1", Stage::Settled { applied }));
    }
    insert(&mut table, "2", "FALSE");
    assert!(table.write(Up, "2", Stage::Settled { applied: false }));
    assert_eq!(table.rows(ROWS), ["1 x y 1 7"]);
}

/// As sqlx-cli 0.9 makes it.
fn made(database: &Database) -> Table {
    let (time, bytes) = match database.kind() {
        Kind::Postgres => ("TIMESTAMPTZ NOT NULL DEFAULT now()", "BYTEA"),
        Kind::MariaDb | Kind::Sqlite => ("TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP", "BLOB"),
    };
    let create = format!(
        "CREATE TABLE IF NOT EXISTS _sqlx_migrations (
             version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on {time},
             success BOOLEAN NOT NULL, checksum {bytes} NOT NULL, execution_time BIGINT NOT NULL)"
    );
    crate::support::locked(database).run(&create).unwrap();
    Table::find(database, Layout::Sqlx, None)
}

fn insert(table: &mut Table, number: &str, success: &str) {
    table.run(&format!(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES ({number}, 'x y', {success}, '', 7)"
    ));
}

fn a_table_of_sqlx_is_read(database: &Database) {
    let mut table = made(database);
    assert!(table.versions().is_empty());
    insert(&mut table, "1", "TRUE");
    if database.kind() == Kind::Sqlite {
        // A text, which sqlx does not read either.
        let reason = "the checksum of version 1 is not one";
        assert_eq!(table.not_understood(), reason);
        table.run("UPDATE _sqlx_migrations SET checksum = x''");
    }
    assert_eq!(table.versions(), ["1"]);
    insert(&mut table, "2", "FALSE");
    assert_eq!(table.read().unfinished.unwrap().version, Some(version("2")));
    insert(&mut table, "3", "FALSE");
    assert!(table.not_understood().contains("version 2 and version 3"));
}

fn what_sqlx_did_meanwhile_is_not_done_again(database: &Database) {
    let mut table = made(database);
    insert(&mut table, "1", "TRUE");
    table.refuses(Up, "1");
    assert!(!table.write(Up, "1", BEGINS_IN_UNITS));
    assert!(!table.write(Up, "1", Stage::TakenBack));
    table.refuses(Down, "2");
    assert!(!table.write(Down, "2", BEGINS_IN_UNITS));
    assert!(!table.write(Down, "2", Stage::TakenBack));
}
