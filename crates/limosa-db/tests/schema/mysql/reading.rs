//! The same schema gives the same, whatever the session, the way and the name of the database.

use std::time::Instant;

use limosa_db::schema::{LeftOut, read};
use limosa_schema::{Key, Kind};
use limosa_testkit::require;

use super::RICH;
use crate::changes::{differences, schema, schema_without, session};

#[test]
fn the_name_of_the_database_does_not_count() {
    let server = require!(MariaDb);
    let schemas = ["one", "o-t.her"].map(|name| {
        let database = server.database_named(name);
        let name = format!("`{}`", database.name().replace('`', "``"));
        database.execute(&RICH.replace("{db}", &name));
        schema(&database)
    });
    let [one, other] = schemas;
    assert_eq!(differences(&one, &other), [""; 0]);
    assert_eq!(one.fingerprint(), other.fingerprint());
    assert!(!one.to_snapshot().contains("one_"), "{}", one.to_snapshot());
}

#[test]
fn the_settings_of_the_session_do_not_count() {
    let server = require!(MariaDb);
    let database = server.database();
    database.execute(&RICH.replace("{db}", &format!("`{}`", database.name())));
    let plain = schema(&database);
    let mut session = session(&database);
    for setting in [
        "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,NO_TABLE_OPTIONS,ORACLE'",
        "SET NAMES latin1",
        "SET character_set_results = ascii",
        "SET collation_connection = utf8mb4_bin",
        "SET sql_quote_show_create = 0",
        "SET sql_select_limit = 3",
        "SET time_zone = '-07:30'",
        "SET lc_messages = 'de_DE'",
        "SET group_concat_max_len = 4",
    ] {
        session.query(setting, &[]).unwrap();
    }
    let other = read(&mut *session, &[]).unwrap();
    assert_eq!(differences(&plain, &other), [""; 0]);
    assert_eq!(plain.fingerprint(), other.fingerprint());
}

#[test]
fn what_is_left_out_is_not_there_with_everything_that_belongs_to_it() {
    let database = require!(MariaDb).database();
    database.execute("CREATE TABLE t (a int)");
    let before = schema(&database);
    database.execute(
        "CREATE TABLE log (a int PRIMARY KEY AUTO_INCREMENT, b int UNIQUE CHECK (b > 1)); \
         CREATE TRIGGER r BEFORE INSERT ON log FOR EACH ROW SET @a = 1",
    );
    let left_out = |schema: Option<&str>| {
        [LeftOut {
            schema: schema.map(str::to_owned),
            table: "log".to_owned(),
        }]
    };
    for schema in [None, Some(database.name())] {
        let after = schema_without(&database, &left_out(schema));
        assert_eq!(differences(&before, &after), [""; 0]);
    }
    let after = schema_without(&database, &left_out(Some("elsewhere")));
    assert_eq!(differences(&before, &after), ["table log: left_behind"]);
}

/// Temporary tables are of one session.
#[test]
fn temporary_tables_are_not_seen() {
    let database = require!(MariaDb).database();
    database.execute("CREATE TABLE t (a int)");
    let before = schema(&database);
    let mut session = session(&database);
    session
        .query("CREATE TEMPORARY TABLE x (a int)", &[])
        .unwrap();
    session
        .query("CREATE TEMPORARY TABLE t (b int)", &[])
        .unwrap();
    let after = read(&mut *session, &[]).unwrap();
    assert_eq!(differences(&before, &after), [""; 0]);
}

/// Whoever reads may do what it wants; another administrator may not do the same.
#[test]
fn our_own_rights_are_not_seen() {
    let database = require!(MariaDb).database();
    let mut session = session(&database);
    let us = session.query("SELECT CURRENT_USER()", &[]).unwrap()[0]
        .text(0)
        .unwrap();
    let (user, host) = us.rsplit_once('@').unwrap();
    for statement in [
        "CREATE TABLE t (a int)".to_owned(),
        "CREATE PROCEDURE p () SELECT 1".to_owned(),
        format!(
            "GRANT SELECT ON `{}`.t TO '{user}'@'{host}'",
            database.name()
        ),
        format!(
            "GRANT EXECUTE ON PROCEDURE `{}`.p TO '{user}'@'{host}'",
            database.name()
        ),
        format!(
            "GRANT SELECT ON `{}`.* TO '{user}'@'{host}'",
            database.name()
        ),
    ] {
        session.query(&statement, &[]).unwrap();
    }
    let schema = read(&mut *session, &[]).unwrap();
    let with_rights = schema.objects().filter(|one| {
        one.properties
            .keys()
            .any(|name| name == "grants" || name == "owner")
    });
    assert_eq!(with_rights.count(), 0);
}

#[test]
fn a_view_needs_what_it_is_made_of() {
    let database = require!(MariaDb).database();
    database.execute(
        "CREATE TABLE t (a int); CREATE SEQUENCE s; CREATE FUNCTION f (a int) RETURNS int RETURN a; \
         CREATE VIEW z AS SELECT a, f(a) AS b, nextval(s) AS c FROM t; CREATE VIEW a AS SELECT b, b AS t FROM z",
    );
    let schema = schema(&database);
    let needs = |name: &str| &schema.get(&Key::new(Kind::View, [name])).unwrap().needs;
    assert_eq!(needs("a"), &[Key::new(Kind::View, ["z"])]);
    let all = [
        Key::new(Kind::Sequence, ["s"]),
        Key::new(Kind::Table, ["t"]),
        Key::new(Kind::Routine, ["f"]),
    ];
    assert_eq!(needs("z"), &all);
}

/// A user who may not see the bodies of others' code still sees the rest.
#[test]
fn a_user_with_few_rights_reads_what_it_sees() {
    let database = require!(MariaDb).database();
    database.execute(&RICH.replace("{db}", &format!("`{}`", database.name())));
    let role = database.role("few");
    database.execute(&format!(
        "GRANT SELECT ON `{}`.u TO `{}`@'%'",
        database.name(),
        role.name
    ));
    let url = limosa_core::DatabaseUrl::parse(&database.url_as(&role)).unwrap();
    let mut session = limosa_db::connect(&url, &limosa_db::ConnectOptions::default()).unwrap();
    let schema = read(&mut *session, &[]).unwrap();
    let tables: Vec<&str> = schema.of(Kind::Table).map(|one| one.key.name()).collect();
    assert_eq!(tables, ["u"]);
}

/// The whole catalog in two queries.
#[test]
fn three_hundred_tables_take_a_moment() {
    let database = require!(MariaDb).database();
    let mut client = database.open();
    client.execute("CREATE TABLE t0 (id bigint PRIMARY KEY AUTO_INCREMENT)");
    for number in 1..300 {
        client.execute(&format!(
            "CREATE TABLE t{number} (id bigint PRIMARY KEY AUTO_INCREMENT, a int NOT NULL DEFAULT 3 CHECK (a > 1), \
             b varchar(50) DEFAULT 'x', c datetime, d decimal(10, 2), e text, f enum('a', 'b'), p bigint, \
             KEY k1 (a, b), UNIQUE KEY k2 (d), FOREIGN KEY (p) REFERENCES t0 (id))"
        ));
    }
    let mut session = session(&database);
    let first = read(&mut *session, &[]).unwrap();
    assert_eq!(first.of(Kind::Table).count(), 300);
    let begun = Instant::now();
    let again = read(&mut *session, &[]).unwrap();
    println!("{} objects in {:?}", again.len(), begun.elapsed());
    assert_eq!(first.fingerprint(), again.fingerprint());
}
