//! go-pg/migrations, which is for `PostgreSQL` only.

use limosa_core::Layout;
use limosa_core::foreign::Marks;
use limosa_core::history::Direction::{Down, Up};
use limosa_db::store::{Foreign, Stage};
use limosa_testkit::{Database, Kind, require};

use super::{BEGINS, BEGINS_IN_UNITS, Table, version};
use crate::every::with;
use crate::support::{locked, session};

const ROWS: &str = "SELECT version FROM gopg_migrations ORDER BY id";

fn on_postgres(test: fn(&Database)) {
    with(Kind::Postgres, test);
}

/// As `init` of go-pg makes it.
fn made(database: &Database) -> Table {
    let create = "CREATE TABLE IF NOT EXISTS gopg_migrations (id serial, version bigint, created_at timestamptz)";
    locked(database).run(create).unwrap();
    Table::find(database, Layout::GoPg, None)
}

fn insert(table: &mut Table, numbers: &str) {
    table.run(&format!(
        "INSERT INTO gopg_migrations (version, created_at) SELECT n, now() FROM unnest(ARRAY[{numbers}]::bigint[]) n"
    ));
}

#[test]
fn numbers_are_only_added() {
    on_postgres(|database| {
        let mut table = Table::create(database, Layout::GoPg);
        assert_eq!(table.read().marks, Marks::Numbers(vec![]));
        for number in ["10", "20", "40", "30"] {
            table.up(number);
        }
        assert_eq!(table.rows(ROWS), ["10", "20", "40", "40"]);
        for number in ["30", "40", "20", "10"] {
            table.down(number);
        }
        assert_eq!(table.rows(ROWS)[4..], ["29", "40", "39", "19", "0"]);
        table.up("10");
        assert!(table.write(Up, "20", BEGINS_IN_UNITS));
        assert!(table.write(Up, "20", Stage::TakenBack));
        assert_eq!(table.rows(ROWS)[9..], ["10"]);
        let missing = "SELECT count(*) FROM gopg_migrations WHERE created_at IS NULL";
        assert_eq!(table.rows(missing), ["0"]);
    });
}

#[test]
fn numbers_that_come_of_undoing_are_as_good_as_the_version_below() {
    on_postgres(|database| {
        let mut table = made(database).having(&["10", "20"]);
        insert(&mut table, "10, 20, 40, 39");
        let numbers = ["10", "20", "40", "39"].map(version).to_vec();
        assert_eq!(table.read().marks, Marks::Numbers(numbers));
        table.up("40");
        table.down("40");
        insert(&mut table, "40, 39");
        table.down("20");
        table.down("10");
        assert_eq!(table.rows(ROWS)[8..], ["19", "0"]);
        let mut table = table.having(&[]);
        insert(&mut table, "10, 9");
        table.up("10");
    });
}

#[test]
fn what_go_pg_did_meanwhile_is_not_done_again() {
    on_postgres(|database| {
        let mut table = made(database);
        insert(&mut table, "10");
        table.refuses(Up, "10");
        table.refuses(Up, "20");
        let mut table = table.having(&["10", "20"]);
        table.refuses(Down, "20");
        insert(&mut table, "20, 30");
        table.refuses(Down, "20");
        table.refuses(Up, "30");
    });
}

#[test]
fn go_pg_waits_while_a_unit_is_at_work_and_readers_do_not() {
    on_postgres(|database| {
        let mut table = made(database);
        let change = |table: &mut Table| {
            let version = version("10");
            let change = limosa_db::store::Change {
                direction: Up,
                stage: BEGINS,
                version: &version,
                name: "x",
                before: None,
                after: Some(&version),
                checksum: None,
                duration: std::time::Duration::ZERO,
            };
            assert!(table.foreign.write(&mut table.session, &change).unwrap());
        };
        table.run("BEGIN");
        change(&mut table);
        let mut other = session(database);
        assert!(other.query(ROWS, &[]).unwrap().is_empty());
        let held = "SELECT mode FROM pg_catalog.pg_locks WHERE relation = 'public.gopg_migrations'::regclass \
                    AND granted AND mode = 'ExclusiveLock'";
        assert_eq!(other.query(held, &[]).unwrap().len(), 1);
        table.run("ROLLBACK");
        assert!(other.query(held, &[]).unwrap().is_empty());
    });
}

#[test]
fn its_table_is_in_public_whatever_the_path_is() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    session
        .run("CREATE SCHEMA first; SET search_path TO first, public")
        .unwrap();
    let table = Foreign::find(&mut *session, Layout::GoPg, None, "")
        .unwrap()
        .unwrap();
    assert_eq!(
        table.shown(limosa_sql::Dialect::Postgres),
        "public.gopg_migrations"
    );
    assert!(!table.exists());
    session.run("CREATE TABLE first.gopg_migrations (id serial, version bigint, created_at timestamptz)").unwrap();
    let table = Foreign::find(&mut *session, Layout::GoPg, None, "")
        .unwrap()
        .unwrap();
    assert!(!table.exists());
    let table = Foreign::find(
        &mut *session,
        Layout::GoPg,
        Some("first.gopg_migrations"),
        "",
    )
    .unwrap()
    .unwrap();
    assert!(table.exists());
    session.run("ROLLBACK").unwrap();
}

#[test]
fn numbers_that_are_none_are_named() {
    on_postgres(|database| {
        let mut table = made(database);
        insert(&mut table, "NULL");
        assert_eq!(table.not_understood(), "a row has no version");
        table.run("DELETE FROM gopg_migrations");
        insert(&mut table, "-1");
        assert_eq!(table.not_understood(), "the version -1 is below 0");
        table.refuses(Down, "10");
    });
}
