//! COPY, notices, a hostile search path, ended sessions.

use std::sync::{Arc, Mutex};

use limosa_db::{DbError, Value};
use limosa_testkit::require;

use crate::support::{lock, locked, session};

#[test]
fn copy_reads_its_data_from_a_stream() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    session.run("CREATE TABLE t (a int, b text)").unwrap();
    let lines: Vec<String> = (0..200_000).map(|n| format!("{n}\tä{n}\n")).collect();
    let data = lines.concat();
    let outcome = session
        .copy_in("COPY t (a, b) FROM stdin", &mut data.as_bytes())
        .unwrap();
    assert_eq!(outcome.rows, Some(200_000));
    assert_eq!(
        database.value("SELECT b FROM t WHERE a = 199999"),
        "ä199999"
    );
}

#[test]
fn copy_that_fails_leaves_the_session_usable() {
    struct Broken(usize);
    impl std::io::Read for Broken {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            if self.0 == 0 {
                return Err(std::io::Error::other("the disk is gone"));
            }
            self.0 -= 1;
            into[..2].copy_from_slice(b"1\n");
            Ok(2)
        }
    }
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    session.run("CREATE TABLE t (a int)").unwrap();
    let error = session
        .copy_in("COPY t FROM stdin", &mut &b"1\nx\n2\n"[..])
        .unwrap_err();
    assert_eq!(error.code(), "22P02");
    assert!(
        error
            .failure()
            .unwrap()
            .context
            .as_ref()
            .unwrap()
            .contains("line 2")
    );
    let error = session
        .copy_in("COPY t FROM stdin", &mut Broken(3))
        .unwrap_err();
    assert!(matches!(error, DbError::Input(_)), "{error}");
    assert_eq!(database.value("SELECT count(*) FROM t"), "0");
    let error = session
        .copy_in("COPY nowhere FROM stdin", &mut &b""[..])
        .unwrap_err();
    assert_eq!(error.code(), "42P01");
    session.query("SELECT 1", &[]).unwrap();
}

#[test]
fn copy_inside_other_text_does_not_hang() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    session.run("CREATE TABLE t (a int)").unwrap();
    // The data belongs to `copy_in`; the driver can only give up here.
    let error = session.run("COPY t FROM stdin").unwrap_err();
    assert!(
        matches!(&error, DbError::Connection(reason) if reason.contains("COPY")),
        "{error}"
    );
}

#[test]
fn notices_arrive_while_a_statement_runs() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    session.on_notice(Box::new(move |severity, text| {
        ear.lock().unwrap().push(format!("{severity}: {text}"));
    }));
    session
        .run("DO $$ BEGIN RAISE NOTICE 'one'; RAISE WARNING 'two'; END $$")
        .unwrap();
    session.reset_session().unwrap();
    assert_eq!(*heard.lock().unwrap(), ["NOTICE: one", "WARNING: two"]);
}

#[test]
fn a_failure_has_all_that_the_server_says() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    let sql =
        "DO $$ BEGIN RAISE EXCEPTION 'm' USING DETAIL = 'd', HINT = 'h', ERRCODE = 'ZZ001'; END $$";
    let error = session.run(sql).unwrap_err();
    let failure = error.failure().unwrap();
    assert_eq!(
        (failure.message.as_str(), failure.code.as_str()),
        ("m", "ZZ001")
    );
    assert_eq!(
        (failure.detail.as_deref(), failure.hint.as_deref()),
        (Some("d"), Some("h"))
    );
    assert!(failure.context.as_ref().unwrap().contains("PL/pgSQL"));
}

#[test]
fn an_ended_session_is_a_lost_connection() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    let pid = session.server().backend.id;
    database.end_sessions(&format!("SELECT {pid}"));
    let error = session.query("SELECT 1", &[]).unwrap_err();
    assert!(
        matches!(&error, DbError::Connection(reason) if reason.contains("administrator")),
        "{error}"
    );
    let error = session.run("SELECT 1").unwrap_err();
    assert!(matches!(error, DbError::Connection(_)), "{error}");
    // And its lock is free for the next one.
    let next = self::session(&database);
    drop(lock(next, &database));
}

#[test]
fn a_hostile_search_path_changes_nothing_of_ours() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    session
        .run(
            "CREATE SCHEMA evil;
             CREATE FUNCTION evil.set_config(text, text, boolean) RETURNS text LANGUAGE sql AS $$ SELECT 'no' $$;
             CREATE FUNCTION evil.pg_backend_pid() RETURNS int LANGUAGE sql AS $$ SELECT 0 $$;
             CREATE VIEW evil.pg_locks AS SELECT 1 AS pid;
             SET search_path = evil, pg_catalog",
        )
        .unwrap();
    let guard = format!("SELECT {}", session.guard());
    assert!(session.query(&guard, &[]).unwrap()[0].is_true(0));
    session
        .set_timeouts(Some(std::time::Duration::from_secs(3)), None)
        .unwrap();
    let rows = session
        .query("SELECT pg_catalog.current_setting('lock_timeout')", &[])
        .unwrap();
    assert_eq!(rows[0].text(0).as_deref(), Some("3s"));
    session.reset_settings().unwrap();
}

#[test]
fn a_column_of_another_type_is_named() {
    let database = require!(Postgres).database();
    let mut session = session(&database);
    let error = session.query("SELECT now() AS moment", &[]).unwrap_err();
    assert!(error.to_string().contains("`moment`"), "{error}");
    let rows = session
        .query(
            "SELECT $1::timestamptz::text, $2::jsonb",
            &[Value::from("2026-01-02 03:04:05+00"), Value::from("{}")],
        )
        .unwrap();
    assert!(rows[0].text(0).unwrap().starts_with("2026-01-02"));
    assert_eq!(rows[0].text(1).as_deref(), Some("{}"));
}

#[test]
fn all_tools_agree_on_the_key_of_the_lock() {
    let database = require!(Postgres).database();
    let _held = locked(&database);
    // The formula of the documentation, computed by the server.
    let sql = format!(
        "SELECT count(*) FROM pg_locks
         WHERE locktype = 'advisory' AND granted
           AND (classid::bigint << 32 | objid::bigint) =
               ('x' || encode(substr(sha256('limosa\\000'::bytea || '{}'::bytea || '\\000limosa_history'::bytea), 1, 8), 'hex'))::bit(64)::bigint",
        database.name()
    );
    assert_eq!(database.value(&sql), "1");
}
