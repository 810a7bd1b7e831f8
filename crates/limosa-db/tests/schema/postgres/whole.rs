//! What holds for every schema: who reads it, and how, makes no difference.

use limosa_db::schema::{self, LeftOut};
use limosa_schema::{Key, Kind, diff};
use limosa_testkit::require;

use super::case::read;
use crate::support::{line, locked, locked_at, session_at};

/// Something of everything whose text depends on settings.
const MUCH: &str = include_str!("much.sql");

#[test]
fn a_fresh_database_has_a_schema_and_an_extension() {
    let database = require!(Postgres).database();
    let schema = read(&mut *session_at(&database.url()));
    let keys: Vec<String> = schema.objects().map(|one| one.key.to_string()).collect();
    assert_eq!(keys, ["schema public", "extension plpgsql"]);
    let public = schema.get(&Key::new(Kind::Schema, ["public"])).unwrap();
    assert!(public.properties.is_empty(), "{public:?}");
}

#[test]
fn another_sessions_settings_make_no_difference() {
    let database = require!(Postgres).database();
    database.execute(MUCH);
    let before = schema::read_with_texts(&mut *session_at(&database.url()), &[]).unwrap();
    assert!(before.len() > 10);
    let mut other = session_at(&database.url());
    let settings = [
        ("search_path", "app, public"),
        ("DateStyle", "German, DMY"),
        ("IntervalStyle", "sql_standard"),
        ("bytea_output", "escape"),
        ("extra_float_digits", "-3"),
        ("quote_all_identifiers", "on"),
        ("standard_conforming_strings", "off"),
        ("TimeZone", "Asia/Kolkata"),
    ];
    for (name, value) in settings {
        let set = format!("SELECT set_config('{name}', '{value}', false)");
        other.query(&set, &[]).unwrap();
    }
    let after = schema::read_with_texts(&mut *other, &[]).unwrap();
    let differences: Vec<String> = diff(&before, &after).iter().map(line).collect();
    assert!(differences.is_empty(), "{differences:?}");
    assert_eq!(before.to_snapshot(), after.to_snapshot());
    for (name, value) in settings {
        let rows = other.query(&format!("SHOW {name}"), &[]).unwrap();
        assert_eq!(rows[0].text(0).as_deref(), Some(value), "{name}");
    }
}

#[test]
fn texts_and_needs_are_not_in_the_fingerprint() {
    let database = require!(Postgres).database();
    database.execute(MUCH);
    let mut session = session_at(&database.url());
    let whole = schema::read_with_texts(&mut *session, &[]).unwrap();
    let part = read(&mut *session);
    assert!(diff(&whole, &part).is_empty());
    assert_eq!(whole.fingerprint(), part.fingerprint());
    assert!(
        part.objects()
            .all(|one| one.text.is_none() && one.needs.is_empty())
    );
}

#[test]
fn another_owner_and_another_name_make_no_difference() {
    let server = require!(Postgres);
    let (first, second) = (server.database(), server.database_named("other"));
    let owner = second.role("owner");
    let name = second.name();
    second.execute(&format!(
        "ALTER DATABASE \"{name}\" OWNER TO \"{}\"",
        owner.name
    ));
    // Before version 15 everybody may make objects in `public`, but not be given it.
    second.execute("GRANT ALL ON SCHEMA public TO PUBLIC");
    first.execute("GRANT ALL ON SCHEMA public TO PUBLIC");
    first.execute(MUCH);
    first.execute(GRANTED);
    let mut session = locked_at(&second, &second.url_as(&owner));
    session.run(MUCH).unwrap();
    session.run(GRANTED).unwrap();
    let (before, after) = (read(&mut *session_at(&first.url())), read(&mut *session));
    let differences: Vec<String> = diff(&before, &after).iter().map(line).collect();
    assert!(differences.is_empty(), "{differences:?}");
    assert_eq!(before.fingerprint(), after.fingerprint());
}

/// What the owner gives to everybody.
const GRANTED: &str = "GRANT SELECT ON app.users TO PUBLIC; REVOKE INSERT ON orders FROM CURRENT_USER;
    REVOKE EXECUTE ON FUNCTION app.twice FROM PUBLIC; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC";

#[test]
fn whoever_may_connect_can_read_it() {
    let database = require!(Postgres).database();
    database.execute(MUCH);
    database.execute(
        "CREATE SUBSCRIPTION s CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false);
         REVOKE ALL ON SCHEMA app FROM PUBLIC; REVOKE ALL ON SCHEMA public FROM PUBLIC",
    );
    let before = read(&mut *session_at(&database.url()));
    let reader = database.role("reader");
    let after = read(&mut *session_at(&database.url_as(&reader)));
    database.execute("ALTER SUBSCRIPTION s SET (slot_name = NONE); DROP SUBSCRIPTION s");
    let differences: Vec<String> = diff(&before, &after).iter().map(line).collect();
    assert!(differences.is_empty(), "{differences:?}");
}

#[test]
fn a_transaction_that_only_reads_can_read_it() {
    let database = require!(Postgres).database();
    database.execute(MUCH);
    let mut session = locked(&database);
    let outside = read(&mut *session);
    session
        .run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .unwrap();
    session
        .run("SET LOCAL search_path = app; SET LOCAL DateStyle = 'German'")
        .unwrap();
    let inside = read(&mut *session);
    assert!(diff(&outside, &inside).is_empty());
    let path = session.query("SHOW search_path", &[]).unwrap();
    assert_eq!(path[0].text(0).as_deref(), Some("app"));
    session.run("COMMIT").unwrap();
    let path = session.query("SHOW search_path", &[]).unwrap();
    assert_ne!(path[0].text(0).as_deref(), Some("app"));
}

#[test]
fn a_setting_that_a_transaction_makes_lasts_after_it_although_the_schema_was_read() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    session.run("BEGIN; SET search_path = pg_temp").unwrap();
    read(&mut *session);
    session.run("COMMIT").unwrap();
    let path = session.query("SHOW search_path", &[]).unwrap();
    assert_eq!(path[0].text(0).as_deref(), Some("pg_temp"));
}

#[test]
fn after_a_failure_the_settings_are_as_before() {
    let database = require!(Postgres).database();
    database.execute(MUCH);
    let mut session = locked(&database);
    session
        .run("SET search_path = app; SET DateStyle = 'German, DMY'")
        .unwrap();
    // The server writes the condition of a view by looking at the table, which somebody else has locked.
    let mut other = database.open();
    other.execute("BEGIN; LOCK TABLE app.users IN ACCESS EXCLUSIVE MODE");
    session.run("SET lock_timeout = '50ms'").unwrap();
    let error = schema::read(&mut *session, &[]).unwrap_err();
    assert_eq!(error.code(), "55P03", "{error}");
    other.execute("ROLLBACK");
    for (name, value) in [("search_path", "app"), ("DateStyle", "German, DMY")] {
        let rows = session.query(&format!("SHOW {name}"), &[]).unwrap();
        assert_eq!(rows[0].text(0).as_deref(), Some(value), "{name}");
    }
}

#[test]
fn a_table_is_left_out_with_all_that_belongs_to_it() {
    let database = require!(Postgres).database();
    database.execute("CREATE TABLE public.other (id int)");
    let before = read(&mut *session_at(&database.url()));
    database.execute(
        "CREATE TABLE journal (id serial PRIMARY KEY, number int GENERATED ALWAYS AS IDENTITY, a text CHECK (a <> ''));
         CREATE INDEX ON journal (a);
         CREATE STATISTICS s ON id, a FROM journal;
         COMMENT ON TABLE journal IS 'x'; COMMENT ON COLUMN journal.a IS 'x'; COMMENT ON CONSTRAINT journal_pkey ON journal IS 'x';
         GRANT SELECT ON journal TO PUBLIC;
         CREATE POLICY p ON journal USING (true);
         CREATE RULE r AS ON UPDATE TO journal DO INSTEAD NOTHING;
         CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
         CREATE TRIGGER t BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION f();",
    );
    let left_out = [LeftOut {
        schema: Some("public".to_owned()),
        table: "journal".to_owned(),
    }];
    let after = schema::read(&mut *session_at(&database.url()), &left_out).unwrap();
    let differences: Vec<String> = diff(&before, &after).iter().map(line).collect();
    assert_eq!(differences, ["left_behind routine f()"]);
}

#[test]
fn what_must_be_there_before_is_named() {
    let database = require!(Postgres).database();
    database.execute(MUCH);
    database.execute(
        "CREATE EXTENSION citext;
         CREATE TABLE public.a (b app.mood[], c public.citext, d app.users);
         CREATE TABLE public.child (e int) INHERITS (public.orders);
         CREATE VIEW public.sum AS SELECT count(*) FROM app.counts;",
    );
    let schema = schema::read_with_texts(&mut *session_at(&database.url()), &[]).unwrap();
    let needs = |kind, path: &[&str]| -> Vec<String> {
        let object = schema.get(&Key::new(kind, path.iter().copied())).unwrap();
        object.needs.iter().map(ToString::to_string).collect()
    };
    let users = [
        "type app.mood",
        "domain app.email",
        "sequence app.numbers",
        "routine app.twice(integer)",
    ];
    assert_eq!(needs(Kind::Table, &["app", "users"]), users);
    assert_eq!(
        needs(Kind::Column, &["app", "users", "number"]),
        ["sequence app.numbers"]
    );
    assert_eq!(
        needs(Kind::Table, &["public", "a"]),
        ["extension citext", "type app.mood", "table app.users"]
    );
    assert_eq!(
        needs(Kind::Table, &["public", "child"]),
        ["sequence orders_id_seq", "table orders"]
    );
    assert_eq!(
        needs(Kind::Constraint, &["public", "orders", "orders_user_fkey"]),
        ["table app.users", "constraint app.users.users_pkey"]
    );
    assert_eq!(
        needs(Kind::View, &["public", "happy"]),
        ["type app.mood", "table app.users", "table orders"]
    );
    assert_eq!(
        needs(Kind::View, &["public", "sum"]),
        ["materialized view app.counts"]
    );
    assert_eq!(
        needs(Kind::Index, &["app", "seen"]),
        ["routine app.twice(integer)"]
    );
    assert_eq!(
        needs(Kind::Trigger, &["public", "orders", "note"]),
        ["routine note()"]
    );
}

#[test]
fn grants_say_who_may_do_what() {
    let database = require!(Postgres).database();
    let role = database.role("app");
    let name = &role.name;
    database.execute(&format!(
        "CREATE TABLE t (a int); GRANT SELECT ON t TO \"{name}\" WITH GRANT OPTION; REVOKE TRUNCATE ON t FROM CURRENT_USER;
         GRANT SELECT ON t TO PUBLIC"
    ));
    let schema = read(&mut *session_at(&database.url()));
    let table = schema.get(&Key::new(Kind::Table, ["public", "t"])).unwrap();
    let grants = [
        "SELECT to PUBLIC".to_owned(),
        format!("SELECT to {name} with grant option"),
        "no TRUNCATE to owner".to_owned(),
    ];
    assert_eq!(table.list_of("grants"), grants);
}
