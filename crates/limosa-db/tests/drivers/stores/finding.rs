//! Which table is meant, and whether it is one of the tool.

use limosa_core::Layout;
use limosa_core::history::Direction::Up;
use limosa_db::store::{Foreign, Stage, StoreError};
use limosa_sql::Dialect;
use limosa_testkit::{Database, Kind, require};

use super::Table;
use crate::every::on_every_server;
use crate::support::{locked, session};

on_every_server!(
    a_table_with_other_columns_is_named,
    a_view_is_no_table,
    every_tool_whose_table_is_there_is_found,
    names_are_what_they_are,
    a_name_that_is_none_is_refused,
    a_table_that_refuses_a_row_is_named_and_stays_as_it_is,
);

const TOOLS: [Layout; 5] = [
    Layout::GolangMigrate,
    Layout::Goose,
    Layout::LiamstaskGoose,
    Layout::DbMigrate,
    Layout::Sqlx,
];

#[track_caller]
fn not_theirs(database: &Database, tool: Layout) -> String {
    let mut session = session(database);
    match Foreign::find(&mut *session, tool, None, "") {
        Err(StoreError::NotTheirs { table, reason, .. }) => {
            let dialect = session.dialect();
            assert_eq!(table.contains('.'), dialect != Dialect::Sqlite, "{table}");
            reason
        }
        other => panic!("{other:?}"),
    }
}

fn a_table_with_other_columns_is_named(database: &Database) {
    let text = match database.kind() {
        Kind::Postgres => "character varying",
        Kind::MariaDb => "varchar",
        Kind::Sqlite => "varchar(128)",
    };
    for (create, tool, reason) in [
        // As dbmate makes it, and Rails.
        (
            "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY)",
            Layout::GolangMigrate,
            format!("its column version has the type {text}"),
        ),
        (
            "CREATE TABLE schema_migrations (version bigint PRIMARY KEY)",
            Layout::GolangMigrate,
            "it has no column dirty".to_owned(),
        ),
        (
            "CREATE TABLE goose_db_version (id int, version_id bigint, is_applied boolean)",
            Layout::LiamstaskGoose,
            "it has no column tstamp".to_owned(),
        ),
        // As rambler makes it.
        (
            "CREATE TABLE migrations (migration varchar(255) NOT NULL)",
            Layout::DbMigrate,
            "it has no column id".to_owned(),
        ),
        (
            "CREATE TABLE _sqlx_migrations (version varchar(128), description text, installed_on timestamp, \
             success boolean, checksum int, execution_time bigint)",
            Layout::Sqlx,
            format!("its column version has the type {text}"),
        ),
    ] {
        database.execute(create);
        assert_eq!(not_theirs(database, tool), reason);
        assert!(
            Foreign::find_all(&mut *session(database))
                .unwrap()
                .is_empty()
        );
        let table = create.split(' ').nth(2).unwrap();
        database.execute(&format!("DROP TABLE {table}"));
    }
}

fn a_view_is_no_table(database: &Database) {
    database.execute("CREATE TABLE t (version bigint, dirty boolean)");
    database.execute("CREATE VIEW schema_migrations AS SELECT version, dirty FROM t");
    assert_eq!(not_theirs(database, Layout::GolangMigrate), "it is a view");
    assert!(
        Foreign::find_all(&mut *session(database))
            .unwrap()
            .is_empty()
    );
}

fn every_tool_whose_table_is_there_is_found(database: &Database) {
    for tool in TOOLS
        .into_iter()
        .filter(|tool| *tool != Layout::LiamstaskGoose)
    {
        Table::create(database, tool);
    }
    let mut session = session(database);
    let mut found = Foreign::find_all(&mut *session).unwrap();
    found.sort_by_key(|(tool, _)| tool.name());
    let names: Vec<(&str, &str)> = found
        .iter()
        .map(|(tool, name)| (tool.name(), name.as_str()))
        .collect();
    let wanted = [
        ("db-migrate", "migrations"),
        ("golang-migrate", "schema_migrations"),
        // Nobody can tell these two by their table.
        ("goose", "goose_db_version"),
        ("liamstask-goose", "goose_db_version"),
        ("sqlx", "_sqlx_migrations"),
    ];
    assert_eq!(names, wanted);
    for (tool, name) in &found {
        let table = Foreign::find(&mut *session, *tool, Some(name), "")
            .unwrap()
            .unwrap();
        assert!(table.exists());
    }
}

fn names_are_what_they_are(database: &Database) {
    let odd = match database.kind() {
        Kind::Postgres => "\"it's; DROP TABLE x, \"\"y\"\".:z {table} $1\"",
        Kind::MariaDb => "`it's; DROP TABLE x, ``y``.:z {table} ?`",
        Kind::Sqlite => "\"it's; DROP TABLE x, \"\"y\"\".:z {table} ?1\"",
    };
    for tool in TOOLS {
        let mut table = Table::find(database, tool, Some(odd));
        assert!(table.foreign.create(&mut table.session, &[]).unwrap());
        let mut session = session(database);
        let found = Foreign::find(&mut *session, tool, Some(odd), "")
            .unwrap()
            .unwrap();
        assert_eq!(found, table.foreign);
        table.up("20200101000001");
        table.up("20200101000002");
        table.down("20200101000002");
        table.foreign.read(&mut *session).unwrap();
        table.run(&format!("DROP TABLE {odd}"));
    }
}

fn a_name_that_is_none_is_refused(database: &Database) {
    let mut session = session(database);
    for name in ["", "\"open", "\"a\"b"] {
        let found = Foreign::find(&mut *session, Layout::Goose, Some(name), "");
        assert!(
            matches!(found, Err(StoreError::TableName(_))),
            "{name}: {found:?}"
        );
    }
}

#[test]
fn each_tool_looks_where_it_looks_itself() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    session
        .run(
            "CREATE SCHEMA first;
             CREATE TABLE public.schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL);
             CREATE TABLE public.goose_db_version (id serial, version_id bigint, is_applied boolean, tstamp timestamp);
             SET search_path TO first, public",
        )
        .unwrap();
    let mut find = |tool, name| {
        let table = Foreign::find(&mut *session, tool, name, "")
            .unwrap()
            .unwrap();
        (table.shown(Dialect::Postgres), table.exists())
    };
    let table = |name: &str, exists| (name.to_owned(), exists);
    // It creates one in the first schema when there is none, whatever the others have.
    assert_eq!(
        find(Layout::GolangMigrate, None),
        table("first.schema_migrations", false)
    );
    assert_eq!(
        find(Layout::GolangMigrate, Some("public.schema_migrations")),
        table("public.schema_migrations", true)
    );
    // goose takes what the path gives.
    assert_eq!(
        find(Layout::Goose, None),
        table("public.goose_db_version", true)
    );
    assert_eq!(
        find(Layout::Goose, Some("first.goose_db_version")),
        table("first.goose_db_version", false)
    );
    let found = Foreign::find_all(&mut *session).unwrap();
    assert!(
        found.iter().all(|(tool, _)| *tool != Layout::GolangMigrate),
        "{found:?}"
    );
    let nowhere = Foreign::find(&mut *session, Layout::Goose, Some("nowhere.t"), "");
    assert!(
        matches!(nowhere, Err(StoreError::NoSchema { .. })),
        "{nowhere:?}"
    );
}

#[test]
fn a_schema_with_an_odd_name_is_no_problem() {
    let database = require!(Postgres).database();
    database.execute("CREATE SCHEMA \"Odd\"\"Schema\"");
    for tool in Layout::of_tools() {
        let name = Some("\"Odd\"\"Schema\".\"my table\"");
        let mut table = Table::find(&database, tool, name);
        assert!(table.foreign.create(&mut table.session, &[]).unwrap());
        table.up("20200101000001");
        assert!(Table::find_beside(&database, tool, name).exists());
        table.run("DROP TABLE \"Odd\"\"Schema\".\"my table\"");
    }
}

#[test]
fn names_that_differ_in_case_are_different_where_the_server_says_so() {
    let database = require!(MariaDb).database();
    let create = "(version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)";
    database.execute(&format!("CREATE TABLE Schema_Migrations {create}"));
    let differ = database.value("SELECT @@lower_case_table_names") == "0";
    let mut session = session(&database);
    let found = Foreign::find(&mut *session, Layout::GolangMigrate, None, "")
        .unwrap()
        .unwrap();
    assert_eq!(found.exists(), !differ);
    let name = Some("Schema_Migrations");
    let found = Foreign::find(&mut *session, Layout::GolangMigrate, name, "")
        .unwrap()
        .unwrap();
    assert!(found.exists());
}

#[test]
fn a_table_that_may_not_be_read_is_named_with_the_words_of_the_server() {
    let database = require!(Postgres).database();
    Table::create(&database, Layout::Sqlx);
    let role = database.role("nobody");
    let url = crate::support::url(&database.url_as(&role));
    let mut session = limosa_db::connect(&url, &crate::support::options()).unwrap();
    let table = Foreign::find(&mut *session, Layout::Sqlx, None, "")
        .unwrap()
        .unwrap();
    assert!(table.exists());
    let error = table.read(&mut *session).unwrap_err();
    assert_eq!(
        error.to_string(),
        "reading public._sqlx_migrations, the table of sqlx, failed"
    );
    let StoreError::Foreign { cause, .. } = error else {
        panic!("{error:?}");
    };
    assert!(cause.to_string().contains("permission denied"), "{cause}");
}

/// What makes a server refuse every row of a table.
fn guard(kind: Kind, table: &str) -> String {
    match kind {
        Kind::Postgres => format!(
            "CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS \
             $$BEGIN RAISE EXCEPTION 'only the release team may'; END$$;
             CREATE TRIGGER guard BEFORE INSERT ON {table} EXECUTE FUNCTION guard()"
        ),
        Kind::MariaDb => format!(
            "CREATE TRIGGER guard BEFORE INSERT ON {table} FOR EACH ROW \
             SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'only the release team may'"
        ),
        Kind::Sqlite => format!(
            "CREATE TRIGGER guard BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'only the release team may'); END"
        ),
    }
}

fn a_table_that_refuses_a_row_is_named_and_stays_as_it_is(database: &Database) {
    let mut table = Table::create(database, Layout::GolangMigrate);
    table.up("1");
    table.run(&guard(database.kind(), "schema_migrations"));
    let error = table.try_write(Up, "2", Stage::Done).unwrap_err();
    assert!(error.to_string().starts_with("writing "), "{error}");
    let StoreError::Foreign { cause, .. } = error else {
        panic!("{error:?}");
    };
    assert!(
        cause.to_string().contains("only the release team may"),
        "{cause}"
    );
    let rows = "SELECT version, dirty FROM schema_migrations";
    assert_eq!(table.rows(rows), ["1 0"]);
}
