//! goose of liamstask, and its forks.

use limosa_core::Layout;
use limosa_core::history::Direction::{Down, Up};
use limosa_db::store::Stage;
use limosa_testkit::{Database, Kind};

use super::{BEGINS_IN_UNITS, Table};
use crate::every::on_every_server;

on_every_server!(
    rows_are_only_added,
    those_above_a_late_version_are_written_again_in_their_order,
    a_table_of_the_old_goose_is_read,
    what_the_old_goose_did_meanwhile_is_not_done_again,
    an_empty_table_is_named,
);

const ROWS: &str = "SELECT version_id, is_applied FROM goose_db_version ORDER BY id";

fn rows_are_only_added(database: &Database) {
    let mut table = Table::create(database, Layout::LiamstaskGoose);
    assert_eq!(table.rows(ROWS), ["0 1"]);
    table.up("1");
    table.up("2");
    table.down("2");
    assert_eq!(table.versions(), ["1"]);
    table.up("2");
    assert_eq!(table.rows(ROWS), ["0 1", "1 1", "2 1", "2 0", "2 1"]);
    assert_eq!(table.versions(), ["1", "2"]);
    assert!(table.write(Down, "2", BEGINS_IN_UNITS));
    assert!(table.write(Down, "2", Stage::TakenBack));
    assert_eq!(table.versions(), ["1", "2"]);
}

/// What is current for the old goose: the newest row that says so, of versions whose newest row says so.
const CURRENT: &str = "SELECT t.version_id FROM goose_db_version t WHERE t.is_applied AND NOT EXISTS \
     (SELECT 1 FROM goose_db_version n WHERE n.version_id = t.version_id AND n.id > t.id) ORDER BY t.id DESC LIMIT 1";

fn those_above_a_late_version_are_written_again_in_their_order(database: &Database) {
    let mut table = Table::create(database, Layout::LiamstaskGoose);
    for number in ["1", "3", "4", "2"] {
        table.up(number);
    }
    assert_eq!(
        table.rows(ROWS),
        ["0 1", "1 1", "3 1", "4 1", "2 1", "3 1", "4 1"]
    );
    assert_eq!(table.rows(CURRENT), ["4"]);
    // The tool goes back one by one, and never finds itself below what is applied.
    table.down("4");
    assert_eq!(table.rows(CURRENT), ["3"]);
    table.up("4");
    table.down("3");
    assert_eq!(table.rows(CURRENT), ["4"]);
    table.down("4");
    assert_eq!(table.rows(CURRENT), ["2"]);
    table.down("2");
    table.down("1");
    assert_eq!(table.rows(CURRENT), ["0"]);
    assert!(table.versions().is_empty());
}

/// As that tool makes it.
fn create(kind: Kind) -> &'static str {
    match kind {
        Kind::Postgres | Kind::MariaDb => {
            "CREATE TABLE goose_db_version (id serial NOT NULL, version_id bigint NOT NULL,
             is_applied boolean NOT NULL, tstamp timestamp NULL default now(), PRIMARY KEY(id))"
        }
        Kind::Sqlite => {
            "CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL,
             is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')))"
        }
    }
}

fn made(database: &Database) -> Table {
    crate::support::locked(database)
        .run(create(database.kind()))
        .unwrap();
    Table::find(database, Layout::LiamstaskGoose, None)
}

fn insert(table: &mut Table, rows: &str) {
    table.run(&format!(
        "INSERT INTO goose_db_version (version_id, is_applied) VALUES {rows}"
    ));
}

fn a_table_of_the_old_goose_is_read(database: &Database) {
    let mut table = made(database);
    insert(
        &mut table,
        "(0, TRUE), (1, TRUE), (2, TRUE), (3, TRUE), (3, FALSE), (2, FALSE), (2, TRUE)",
    );
    assert_eq!(table.versions(), ["1", "2"]);
    let mut table = table.having(&["1", "2"]);
    table.down("2");
    table.up("2");
    table.up("3");
    assert_eq!(table.versions(), ["1", "2", "3"]);
}

fn what_the_old_goose_did_meanwhile_is_not_done_again(database: &Database) {
    let mut table = made(database);
    insert(&mut table, "(0, TRUE), (1, TRUE), (2, TRUE), (2, FALSE)");
    table.refuses(Up, "1");
    table.refuses(Down, "2");
    table.refuses(Down, "3");
}

fn an_empty_table_is_named(database: &Database) {
    let mut table = made(database);
    assert!(table.not_understood().contains("it is empty"));
}
