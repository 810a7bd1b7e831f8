//! golang-migrate.

use limosa_core::Layout;
use limosa_core::foreign::Marks;
use limosa_core::history::Direction::{Down, Up};
use limosa_db::store::Stage;
use limosa_testkit::{Database, Kind};

use super::{BEGINS_IN_UNITS, Table, version};
use crate::every::on_every_server;

on_every_server!(
    there_is_one_row_with_the_highest_version,
    a_migration_at_work_is_dirty,
    an_undoing_at_work_is_dirty,
    a_person_says_what_became_of_what_golang_migrate_began,
    a_table_of_golang_migrate_is_read,
    what_golang_migrate_did_meanwhile_is_not_done_again,
    rows_that_golang_migrate_never_writes_are_named,
);

const ROWS: &str = "SELECT version, dirty FROM schema_migrations ORDER BY version";

fn reached(table: &mut Table) -> Option<String> {
    match table.read().marks {
        Marks::UpTo(version) => version.map(|version| version.text().to_owned()),
        other => panic!("{other:?}"),
    }
}

fn there_is_one_row_with_the_highest_version(database: &Database) {
    let mut table = Table::create(database, Layout::GolangMigrate);
    assert_eq!(reached(&mut table), None);
    for number in ["1", "4", "2"] {
        table.up(number);
    }
    assert_eq!(table.rows(ROWS), ["4 0"]);
    assert_eq!(reached(&mut table).as_deref(), Some("4"));
    table.down("2");
    assert_eq!(table.rows(ROWS), ["4 0"]);
    table.down("4");
    assert_eq!(table.rows(ROWS), ["1 0"]);
    table.down("1");
    assert!(table.rows(ROWS).is_empty());
}

fn a_migration_at_work_is_dirty(database: &Database) {
    let mut table = Table::create(database, Layout::GolangMigrate);
    for number in ["1", "2"] {
        let before = table.rows(ROWS);
        for _ in 0..2 {
            // The second time it was interrupted, and begins again.
            assert!(table.write(Up, number, BEGINS_IN_UNITS));
            assert_eq!(table.rows(ROWS), [format!("{number} 1")]);
        }
        assert_eq!(
            table.read().unfinished.unwrap().version,
            Some(version(number))
        );
        assert!(table.write(Up, number, Stage::TakenBack));
        assert_eq!(table.rows(ROWS), before);
        assert!(table.write(Up, number, BEGINS_IN_UNITS));
        assert!(table.write(Up, number, Stage::Done));
        assert_eq!(table.rows(ROWS), [format!("{number} 0")]);
    }
}

fn an_undoing_at_work_is_dirty(database: &Database) {
    let mut table = Table::create(database, Layout::GolangMigrate);
    table.up("1");
    table.up("2");
    for number in ["2", "1"] {
        assert!(table.write(Down, number, BEGINS_IN_UNITS));
        assert_eq!(table.rows(ROWS), [format!("{number} 1")]);
        assert!(table.write(Down, number, Stage::TakenBack));
        assert_eq!(table.rows(ROWS), [format!("{number} 0")]);
        assert!(table.write(Down, number, BEGINS_IN_UNITS));
        assert!(table.write(Down, number, Stage::Done));
    }
    assert!(table.rows(ROWS).is_empty());
}

fn a_person_says_what_became_of_what_golang_migrate_began(database: &Database) {
    let mut table = made(database).having(&["1"]);
    let settled = |applied| Stage::Settled { applied };
    insert(&mut table, "(2, TRUE)");
    assert!(table.write(Up, "2", settled(true)));
    assert_eq!(table.rows(ROWS), ["2 0"]);
    // It is said once, and nobody says it of what is not begun.
    assert!(!table.write(Up, "2", settled(true)));
    insert(&mut table, "(-1, TRUE)");
    let mut table = table.having(&[]);
    assert!(table.write(Down, "1", settled(false)));
    assert!(table.rows(ROWS).is_empty());
}

/// As golang-migrate 4.20 makes it.
fn made(database: &Database) -> Table {
    let create = match database.kind() {
        Kind::Postgres | Kind::MariaDb => {
            "CREATE TABLE schema_migrations (version bigint not null primary key, dirty boolean not null)"
        }
        Kind::Sqlite => {
            "CREATE TABLE schema_migrations (version uint64,dirty bool);
             CREATE UNIQUE INDEX version_unique ON schema_migrations (version)"
        }
    };
    crate::support::locked(database).run(create).unwrap();
    Table::find(database, Layout::GolangMigrate, None)
}

fn insert(table: &mut Table, row: &str) {
    table.run("DELETE FROM schema_migrations");
    table.run(&format!(
        "INSERT INTO schema_migrations (version, dirty) VALUES {row}"
    ));
}

fn a_table_of_golang_migrate_is_read(database: &Database) {
    let mut table = made(database);
    assert_eq!(reached(&mut table), None);
    insert(&mut table, "(20200101000000, FALSE)");
    assert_eq!(reached(&mut table).as_deref(), Some("20200101000000"));
    insert(&mut table, "(-1, TRUE)");
    assert_eq!(table.read().unfinished.unwrap().version, None);
    insert(&mut table, "(4, TRUE)");
    assert_eq!(table.read().unfinished.unwrap().version, Some(version("4")));
}

fn what_golang_migrate_did_meanwhile_is_not_done_again(database: &Database) {
    let mut table = made(database);
    insert(&mut table, "(1, FALSE)");
    table.refuses(Up, "1");
    assert!(!table.write(Up, "1", BEGINS_IN_UNITS));
    let mut table = table.having(&["1"]);
    for row in ["(2, FALSE)", "(1, TRUE)", "(-1, TRUE)"] {
        insert(&mut table, row);
        table.refuses(Up, "3");
        assert!(!table.write(Up, "3", BEGINS_IN_UNITS));
        assert!(!table.write(Up, "3", Stage::TakenBack));
    }
    // Emptied meanwhile.
    table.run("DELETE FROM schema_migrations");
    table.refuses(Up, "3");
    table.refuses(Down, "1");
    assert!(table.rows(ROWS).is_empty());
}

fn rows_that_golang_migrate_never_writes_are_named(database: &Database) {
    let mut table = made(database);
    insert(&mut table, "(1, FALSE), (2, FALSE)");
    assert!(table.not_understood().contains("a single row"));
    insert(&mut table, "(-7, FALSE)");
    assert_eq!(table.not_understood(), "the version -7 is below 0");
    if database.kind() == Kind::Sqlite {
        for (row, reason) in [
            ("('x', FALSE)", "the version `x` is not a number"),
            ("(1.5, FALSE)", "the version `1.5` is not a number"),
            ("(NULL, FALSE)", "a row has no version"),
            (
                "(1, 'true')",
                "dirty of version 1 is neither yes nor no, but `true`",
            ),
        ] {
            insert(&mut table, row);
            assert_eq!(table.not_understood(), reason);
        }
    }
}
