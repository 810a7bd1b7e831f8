//! db-migrate.

use limosa_core::Layout;
use limosa_core::foreign::Marks;
use limosa_core::history::Direction::{Down, Up};
use limosa_testkit::{Database, Kind};

use super::Table;
use crate::every::on_every_server;

on_every_server!(
    rows_come_and_go_as_db_migrate_has_it,
    a_table_of_db_migrate_is_read,
    db_migrate_would_undo_ours_first,
    what_db_migrate_did_meanwhile_is_not_done_again,
    names_that_are_none_are_named,
);

const ROWS: &str = "SELECT name FROM migrations ORDER BY id";

fn rows_come_and_go_as_db_migrate_has_it(database: &Database) {
    let mut table = Table::create(database, Layout::DbMigrate);
    table.up("20200101000001");
    table.up("20200101000002");
    let rows = [
        "/20200101000001-add_t20200101000001",
        "/20200101000002-add_t20200101000002",
    ];
    assert_eq!(table.rows(ROWS), rows);
    let Marks::Each(marks) = table.read().marks else {
        panic!("db-migrate has a row for each");
    };
    assert_eq!(marks[1].name.as_deref(), Some("add_t20200101000002"));
    let at = marks[1].at.as_deref().unwrap();
    assert!(
        at.len() == 24 && at.starts_with("20") && at.ends_with('Z'),
        "{at}"
    );
    table.down("20200101000002");
    assert_eq!(table.rows(ROWS), rows[..1]);
}

/// As db-migrate 0.11 makes it.
fn made(database: &Database) -> Table {
    let create = match database.kind() {
        Kind::Postgres => {
            "CREATE TABLE IF NOT EXISTS \"migrations\" (\"id\" SERIAL PRIMARY KEY NOT NULL,
             \"name\" VARCHAR (255) NOT NULL, \"run_on\" TIMESTAMP NOT NULL)"
        }
        Kind::MariaDb => {
            "CREATE TABLE migrations (id int(11) NOT NULL PRIMARY KEY AUTO_INCREMENT, name varchar(255) NOT NULL,
             run_on datetime NOT NULL)"
        }
        Kind::Sqlite => {
            "CREATE TABLE \"migrations\" (\"id\" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
             \"name\" VARCHAR (255) NOT NULL, \"run_on\" datetime NOT NULL)"
        }
    };
    crate::support::locked(database).run(create).unwrap();
    Table::find(database, Layout::DbMigrate, None)
}

/// A row with a time in milliseconds since 1970.
fn insert(table: &mut Table, kind: Kind, name: &str, time: i64) {
    let seconds = time / 1000;
    let run_on = match kind {
        Kind::Postgres => format!("to_timestamp({seconds})"),
        Kind::MariaDb => format!("from_unixtime({seconds})"),
        Kind::Sqlite => time.to_string(),
    };
    table.run(&format!(
        "INSERT INTO migrations (name, run_on) VALUES ('{name}', {run_on})"
    ));
}

const STAMP: i64 = 1_600_000_000_000;

fn a_table_of_db_migrate_is_read(database: &Database) {
    let mut table = made(database);
    let kind = database.kind();
    assert!(table.versions().is_empty());
    insert(&mut table, kind, "/20200101000002-second", STAMP + 1000);
    insert(&mut table, kind, "20200101000001-without-slash", STAMP);
    insert(&mut table, kind, "seeds/20200101000009-other-set", STAMP);
    insert(
        &mut table,
        kind,
        "/20200101000001-without-slash",
        STAMP + 9000,
    );
    assert_eq!(table.versions(), ["20200101000001", "20200101000002"]);
    let Marks::Each(marks) = table.read().marks else {
        panic!("db-migrate has a row for each");
    };
    assert_eq!(marks[0].at.as_deref(), Some("2020-09-13T12:26:40.000Z"));
    assert_eq!(marks[0].name.as_deref(), Some("without-slash"));
    // Both of them, as db-migrate does it, and those of the other set stay.
    let mut table = table.having(&["20200101000001", "20200101000002"]);
    table.down("20200101000001");
    assert_eq!(
        table.rows(ROWS),
        ["/20200101000002-second", "seeds/20200101000009-other-set"]
    );
    table.refuses(Down, "20200101000009");
}

fn db_migrate_would_undo_ours_first(database: &Database) {
    let mut table = made(database);
    // The clock of whoever wrote that is ahead.
    insert(
        &mut table,
        database.kind(),
        "/20200101000001-x",
        2_000_000_000_000,
    );
    table.up("20200101000003");
    let newest = "SELECT name FROM migrations ORDER BY run_on DESC, name DESC";
    assert_eq!(table.rows(newest)[0], "/20200101000003-add_t20200101000003");
    table.run("DELETE FROM migrations");
    table.up("20200101000002");
    let types = match database.kind() {
        Kind::Sqlite => "SELECT typeof(run_on) FROM migrations",
        Kind::Postgres => {
            "SELECT CASE WHEN run_on = date_trunc('milliseconds', run_on) THEN 'integer' END FROM migrations"
        }
        Kind::MariaDb => "SELECT 'integer' FROM migrations",
    };
    assert_eq!(table.rows(types), ["integer"]);
}

fn what_db_migrate_did_meanwhile_is_not_done_again(database: &Database) {
    let mut table = made(database);
    let kind = database.kind();
    insert(
        &mut table,
        kind,
        "/20200101000001-with-another-title",
        STAMP,
    );
    insert(&mut table, kind, "20200101000002-without-slash", STAMP);
    table.refuses(Up, "20200101000001");
    table.refuses(Up, "20200101000002");
    table.refuses(Down, "20200101000003");
}

fn names_that_are_none_are_named(database: &Database) {
    let mut table = made(database);
    let kind = database.kind();
    for name in ["/2020-x", "create_users_table", "/20200101000001-", ""] {
        insert(&mut table, kind, name, STAMP);
        let reason = format!("the name `{name}` is not `/<14 digits>-<title>`");
        assert_eq!(table.not_understood(), reason);
        table.run("DELETE FROM migrations");
    }
    insert(&mut table, kind, "/20200101000001-a", STAMP);
    insert(&mut table, kind, "/20200101000001-b", STAMP);
    assert!(table.not_understood().contains("have the same version"));
}
