//! What the probes of MariaDB say of each kind of statement, before and after it ran.

mod statements;

use std::time::{Duration, Instant};

use limosa_db::probe::{self, Effect, Finding, Snapshot};
use limosa_db::{Locked, Session};
use limosa_testkit::{Database, MariaDb, require};

use statements::{NONE, PARTS, STATEMENTS, Sees, TABLE};

use crate::support::{locked, options, url};

/// A session in a database of its own, with what there is before.
fn prepared(server: &MariaDb, before: &str) -> (Database, Locked) {
    let database = server.database_named("probe");
    let mut session = locked(&database);
    for statement in before.split("; ").filter(|statement| !statement.is_empty()) {
        run(&mut session, &database, statement);
    }
    (database, session)
}

#[track_caller]
fn wait_until(done: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !done() {
        assert!(Instant::now() < end, "it did not happen");
        std::thread::park_timeout(Duration::from_millis(50));
    }
}

fn named(text: &str, database: &Database) -> String {
    text.replace("{db}", database.name())
}

#[track_caller]
fn run(session: &mut Locked, database: &Database, statement: &str) {
    let sql = named(statement, database);
    if let Err(error) = session.run(&sql) {
        panic!("{sql}: {error}");
    }
}

/// What is seen before, as it is read again from the journal.
fn look(session: &mut dyn Session, sql: &str) -> Option<Snapshot> {
    let seen = probe::look(session, sql).unwrap()?;
    let text = serde_json::to_string(&seen).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

#[test]
fn each_statement_is_seen_to_have_run_or_not() {
    let server = require!(MariaDb);
    for (before, statement, sees) in STATEMENTS {
        let (database, mut session) = prepared(server, before);
        let sql = named(statement, &database);
        let Some(seen) = look(&mut session, &sql) else {
            assert_eq!(*sees, Sees::Nothing, "{sql}");
            continue;
        };
        let mut judge = || probe::judge(&mut session, &seen).unwrap();
        let is_other = |finding: &Finding| matches!(finding.effect, Effect::Other(_));
        let early = judge();
        if *sees == Sees::Neither {
            assert!(is_other(&early), "{sql}: {early:?}");
        } else {
            assert_eq!(early, Effect::Absent.alone(), "not run: {sql}: {seen:?}");
        }
        run(&mut session, &database, statement);
        let late = probe::judge(&mut session, &seen).unwrap();
        match sees {
            Sees::Effect => assert_eq!(late, Effect::Present.alone(), "run: {sql}: {seen:?}"),
            Sees::Repeats => {
                assert_eq!(late, Effect::Absent.alone(), "run: {sql}");
                run(&mut session, &database, statement);
            }
            Sees::Neither => assert!(is_other(&late), "{sql}: {late:?}"),
            Sees::Nothing => panic!("{sql}: {seen:?}"),
        }
    }
}

#[test]
fn a_column_that_takes_the_place_of_another_is_seen_by_the_time() {
    let server = require!(MariaDb);
    for statement in [
        "ALTER TABLE t DROP COLUMN a, ADD COLUMN a int FIRST",
        "ALTER TABLE t DROP COLUMN a, ADD COLUMN a bigint FIRST",
        "ALTER TABLE t CHANGE a b int, CHANGE b a int",
    ] {
        let (database, mut session) = prepared(server, TABLE);
        // The server knows it to the second.
        wait_until(|| {
            let old = "SELECT count(*) FROM information_schema.tables \
                WHERE table_schema = database() AND create_time <= now() - INTERVAL 2 SECOND";
            database.value(old) == "1"
        });
        let seen = look(&mut session, statement).unwrap();
        let early = probe::judge(&mut session, &seen).unwrap();
        assert_eq!(early, Effect::Absent.alone(), "not run: {statement}");
        run(&mut session, &database, statement);
        let late = probe::judge(&mut session, &seen).unwrap();
        assert_eq!(late, Effect::Present.alone(), "run: {statement}");
        // After a failover the times are those of another server.
        let mut elsewhere = seen.clone();
        elsewhere
            .objects
            .insert("server".to_owned(), "another".to_owned());
        let late = probe::judge(&mut session, &elsewhere).unwrap();
        let decided = late.effect == Effect::Present;
        assert_eq!(
            decided,
            statement.contains("bigint") || statement.contains("CHANGE"),
            "{late:?}"
        );
    }
}

#[test]
fn a_part_of_several_is_completed_or_taken_back() {
    let server = require!(MariaDb);
    // What there is before, the statement, what of it happened, what is found, what is run to clean up.
    let partly: &[(&str, &str, &str, Effect, &[&str])] = &[
        (
            "CREATE TABLE a (i int); CREATE TABLE b (i int); CREATE TABLE c (i int)",
            "DROP TABLE a, b, c",
            "DROP TABLE b",
            Effect::Present,
            &["DROP TABLE IF EXISTS `{db}`.`a`, `{db}`.`c`"],
        ),
        (
            "CREATE VIEW a AS SELECT 1; CREATE VIEW b AS SELECT 1",
            "DROP VIEW a, b",
            "DROP VIEW a",
            Effect::Present,
            &["DROP VIEW IF EXISTS `{db}`.`b`"],
        ),
        (
            NONE,
            "CREATE USER {db}_1, {db}_2",
            "CREATE USER {db}_1",
            Effect::Absent,
            &["DROP USER IF EXISTS `{db}_1`"],
        ),
        (
            "CREATE USER {db}_2",
            "CREATE USER {db}_1, {db}_2",
            "CREATE USER {db}_1",
            Effect::Absent,
            &["DROP USER IF EXISTS `{db}_1`"],
        ),
        (
            "CREATE ROLE {db}_1; CREATE ROLE {db}_2",
            "DROP ROLE {db}_1, {db}_2",
            "DROP ROLE {db}_2",
            Effect::Present,
            &["DROP ROLE IF EXISTS `{db}_1`"],
        ),
        (
            TABLE,
            "CREATE OR REPLACE TABLE t (i int)",
            "DROP TABLE t",
            Effect::Absent,
            &[],
        ),
    ];
    for (before, statement, happened, effect, clean_up) in partly {
        let (database, mut session) = prepared(server, before);
        let sql = named(statement, &database);
        let seen = look(&mut session, &sql).unwrap();
        run(&mut session, &database, happened);
        let found = probe::judge(&mut session, &seen).unwrap();
        let wanted: Vec<String> = clean_up.iter().map(|text| named(text, &database)).collect();
        assert_eq!((&found.effect, &found.clean_up), (effect, &wanted), "{sql}");
        // Twice: a clean-up that was interrupted is begun again.
        for statement in found.clean_up.iter().chain(&found.clean_up) {
            run(&mut session, &database, statement);
        }
        let found = probe::judge(&mut session, &seen).unwrap();
        assert_eq!(found, effect.clone().alone(), "{sql}");
        if *effect == Effect::Absent && !before.contains("USER") {
            run(&mut session, &database, statement);
        }
    }
}

#[test]
fn what_somebody_else_made_of_the_objects_is_not_guessed_at() {
    let server = require!(MariaDb);
    for (before, statement, happened, words) in [
        (
            TABLE,
            "ALTER TABLE t ADD COLUMN c int",
            "ALTER TABLE t ADD COLUMN d int",
            "it has no column `c`",
        ),
        (
            TABLE,
            "ALTER TABLE t DROP COLUMN a",
            "ALTER TABLE t ADD COLUMN d int",
            "it still has the column `a`",
        ),
        (
            TABLE,
            "CREATE INDEX i ON t (a)",
            "CREATE INDEX j ON t (a)",
            "it has no index `i`",
        ),
        (
            TABLE,
            "DROP INDEX b ON t",
            "CREATE INDEX j ON t (a)",
            "it still has the index `b`",
        ),
        (
            TABLE,
            "DROP TABLE t",
            "ALTER TABLE t ADD COLUMN d int",
            "has another definition than before",
        ),
        (
            TABLE,
            "ALTER TABLE t MODIFY a bigint",
            "DROP TABLE t",
            "is gone",
        ),
        (
            TABLE,
            "DROP TABLE t, nosuch",
            "DROP TABLE t",
            "`t` is gone, table",
        ),
        (
            TABLE,
            "RENAME TABLE t TO u",
            "DROP TABLE t",
            "`t` is gone, table",
        ),
        (
            PARTS,
            "TRUNCATE p",
            "ALTER TABLE p TRUNCATE PARTITION p1",
            "some of the partitions are emptied",
        ),
    ] {
        let (database, mut session) = prepared(server, before);
        let seen = look(&mut session, statement).unwrap();
        run(&mut session, &database, happened);
        let found = probe::judge(&mut session, &seen).unwrap();
        let Effect::Other(why) = &found.effect else {
            panic!("{statement}: {found:?}");
        };
        assert!(why.contains(words), "{statement}: {why}");
    }
}

#[test]
fn the_session_of_the_file_does_not_matter_to_whoever_judges() {
    let server = require!(MariaDb);
    let (database, mut session) = prepared(
        server,
        "CREATE TABLE \"t\" (a timestamp DEFAULT '2020-01-01 00:00:00')"
            .replace('"', "`")
            .as_str(),
    );
    run(&mut session, &database, "CREATE DATABASE {db}_x");
    run(
        &mut session,
        &database,
        "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', time_zone = '+05:00', sql_quote_show_create = 0, \
         character_set_results = latin1",
    );
    let qualified = named(
        "ALTER TABLE \"{db}\".\"t\" COMMENT '\\', ADD COLUMN b int",
        &database,
    );
    let seen = look(&mut session, &qualified).unwrap();
    run(&mut session, &database, "USE {db}_x");
    let unqualified = "CREATE TABLE \"u\" (a int COMMENT 'ä')";
    let not_there = look(&mut session, unqualified).unwrap();
    let mut other = crate::support::session(&database);
    let found = probe::judge(&mut *other, &seen).unwrap();
    assert_eq!(found, Effect::Absent.alone());
    let found = probe::judge(&mut *other, &not_there).unwrap();
    assert_eq!(found, Effect::Absent.alone());
    run(&mut session, &database, &qualified);
    run(&mut session, &database, unqualified);
    let found = probe::judge(&mut *other, &seen).unwrap();
    assert_eq!(found, Effect::Present.alone());
    let found = probe::judge(&mut *other, &not_there).unwrap();
    assert_eq!(found, Effect::Present.alone());
}

#[test]
fn who_may_see_less_is_told_less_and_nothing_wrong() {
    let server = require!(MariaDb);
    let (database, mut root) =
        prepared(server, "CREATE TABLE t (a int); CREATE TABLE full (a int)");
    run(&mut root, &database, "INSERT INTO full VALUES (1)");
    let role = database.role("few");
    run(
        &mut root,
        &database,
        &format!("GRANT ALL ON {{db}}.* TO {}", role.name),
    );
    let mut few = limosa_db::connect(&url(&database.url_as(&role)), &options()).unwrap();
    // Without the numbers of InnoDB a table that is empty has lost its rows, or had none.
    let seen = look(&mut *few, "TRUNCATE full").unwrap();
    let found = probe::judge(&mut *few, &seen).unwrap();
    assert!(matches!(found.effect, Effect::Other(_)), "{found:?}");
    run(&mut root, &database, "TRUNCATE full");
    let found = probe::judge(&mut *few, &seen).unwrap();
    assert_eq!(found, Effect::Present.alone());
    assert!(look(&mut *few, "DROP USER nobody").is_none());
    assert!(look(&mut *few, "DROP TABLE mysql.user").is_none());
    assert!(look(&mut *few, "ALTER TABLE t TRUNCATE PARTITION p0").is_none());
    assert!(look(&mut *few, "ALTER TABLE t ADD COLUMN b int").is_some());
}

#[test]
fn what_the_server_would_do_by_half_is_known_before() {
    let server = require!(MariaDb);
    let before = "CREATE TABLE a (i int); CREATE TABLE b (i int); CREATE VIEW v AS SELECT 1";
    let (database, mut session) = prepared(server, before);
    let mut refused = |sql: &str| probe::refused(&look(&mut session, sql).unwrap());
    for sql in ["DROP TABLE a, nosuch", "DROP TABLE a, v"] {
        assert!(refused(sql).unwrap().contains("is not there"), "{sql}");
    }
    for sql in [
        "DROP TABLE a, b",
        "DROP TABLE IF EXISTS a, nosuch",
        "DROP TABLE nosuch",
        "DROP VIEW v",
    ] {
        assert_eq!(refused(sql), None, "{sql}");
    }
    run(&mut session, &database, "SET sql_if_exists = 1");
    let seen = look(&mut session, "DROP TABLE a, nosuch").unwrap();
    assert_eq!(probe::refused(&seen), None);
    run(&mut session, &database, "DROP TABLE a, nosuch");
    let found = probe::judge(&mut session, &seen).unwrap();
    assert_eq!(found, Effect::Present.alone());
}
