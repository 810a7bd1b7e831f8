//! Schemas with something of every kind.

use limosa_testkit::{Database, Postgres, require};

use super::database::{assert_same_for_pg_dump, differences, load, run, schema, written};

pub const TABLES: &str = include_str!("tables.sql");
pub const CODE: &str = include_str!("code.sql");
pub const TYPES: &str = include_str!("types.sql");
pub const PRIVILEGES: &str = include_str!("privileges.sql");

/// Dumps a database, loads it into a new one, and compares.
#[track_caller]
pub fn comes_back(server: &Postgres, database: &Database) {
    let before = schema(database);
    let text = written(&before);
    assert_eq!(text, written(&schema(database)), "the same text each time");
    assert!(!text.contains("-- by hand"), "{text}");
    let copy = server.database_named("copy");
    load(&copy, &text);
    let after = schema(&copy);
    let differences = differences(&before, &after);
    assert!(differences.is_empty(), "{differences}\n{text}");
    assert_eq!(
        text,
        written(&after),
        "what was loaded is written in the same way"
    );
    assert_same_for_pg_dump(database, &copy);
}

#[test]
fn tables_of_all_sorts_come_back() {
    let server = require!(Postgres);
    let database = server.database_named("tables");
    run(&database, TABLES);
    comes_back(server, &database);
}

#[test]
fn code_comes_back() {
    let server = require!(Postgres);
    let database = server.database_named("code");
    run(&database, CODE);
    comes_back(server, &database);
}

#[test]
fn types_text_search_and_foreign_tables_come_back() {
    let server = require!(Postgres);
    let database = server.database_named("types");
    run(&database, TYPES);
    comes_back(server, &database);
}

#[test]
fn owners_and_grants_come_back() {
    let server = require!(Postgres);
    let database = server.database_named("rights");
    let (one, two) = (database.role("one"), database.role("two"));
    let text = PRIVILEGES
        .replace("{one}", &one.name)
        .replace("{two}", &two.name);
    run(&database, &text);
    comes_back(server, &database);
}
