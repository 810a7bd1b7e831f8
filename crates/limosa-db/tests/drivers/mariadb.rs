//! What only `MariaDB` and `MySQL` have: their ways to connect, warnings, results of procedures.

use std::sync::{Arc, Mutex};

use limosa_db::{ConnectError, ConnectOptions, DbError, connect};
use limosa_testkit::{MariaDb, Settings, require};

use crate::support::{lock, locked, options, session, url};

/// The error of a URL that must not work, after a look that nothing in it is the password.
#[track_caller]
fn refused(text: &str, secret: &str) -> ConnectError {
    let Err(error) = connect(&url(text), &options()) else {
        panic!("it was let in");
    };
    let shown = format!("{error} {error:?} {:?}", std::error::Error::source(&error));
    assert!(secret.is_empty() || !shown.contains(secret), "{shown}");
    error
}

/// The cipher of a session, as the server sees it; empty without TLS.
#[track_caller]
fn cipher(text: &str) -> String {
    match connect(&url(text), &options()) {
        Ok(mut session) => {
            let rows = session
                .query("SHOW SESSION STATUS LIKE 'Ssl_cipher'", &[])
                .unwrap();
            rows[0].text(1).unwrap()
        }
        Err(error) => panic!("{error}: {:?} {:?}", error.hint, error.cause),
    }
}

#[test]
fn refusals_are_said_without_the_password() {
    let server = require!(MariaDb);
    let base = format!("mysql://root:s3cret@127.0.0.1:{}/mysql", server.port());
    let error = refused(&base, "s3cret");
    assert!(error.reason.contains("password of `root`"), "{error}");
    assert_eq!(error.cause.unwrap().code(), "1045");
    let error = refused(
        &server.url().replace("/mysql", "/nowhere"),
        server.password(),
    );
    assert_eq!(error.reason, "there is no database `nowhere`");
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let error = refused(
        &format!("mysql://root:s3cret@127.0.0.1:{port}/mysql"),
        "s3cret",
    );
    assert_eq!(error.reason, "the connection was refused");
    assert!(error.passing);
    let error = refused("mysql://root:s3cret@no-such-host.invalid/mysql", "s3cret");
    assert!(
        error.reason.contains("`no-such-host.invalid` is not known"),
        "{error}"
    );
    let error = refused("mysql://root@localhost/mysql?socket=/nowhere.sock", "");
    assert_eq!(error.reason, "there is no socket of a server");
    let error = refused(
        &format!("{}?ssl-mode=maybe", server.url()),
        server.password(),
    );
    assert!(error.reason.contains("`maybe`"), "{error}");
}

#[test]
fn the_password_may_come_from_a_variable_and_the_way_be_a_socket() {
    let server = require!(MariaDb);
    let socket = server.socket();
    let mut options: ConnectOptions = options();
    options
        .environment
        .insert("MYSQL_PWD".into(), server.password().to_owned());
    let text = format!("mysql://root@localhost/mysql?socket={}", socket.display());
    let session = connect(&url(&text), &options).unwrap();
    assert_eq!(session.server().place, socket.display().to_string());
    assert_eq!(session.server().user, "root");
}

#[test]
fn every_mode_means_what_the_client_means() {
    let server = match MariaDb::start(&Settings::new().tls()) {
        Ok(server) => server,
        Err(reason) => return limosa_testkit::skip_or_panic(&reason),
    };
    let ca = server.certificates().unwrap().authority();
    let (ca, plain) = (ca.display(), server.url());
    for (parameters, tls) in [
        (String::new(), true),
        ("?ssl-mode=disabled".to_owned(), false),
        ("?ssl-mode=preferred".to_owned(), true),
        ("?sslmode=require".to_owned(), true),
        (format!("?ssl-ca={ca}"), true),
        (format!("?ssl-mode=verify-identity&ssl-ca={ca}"), true),
    ] {
        assert_eq!(
            !cipher(&format!("{plain}{parameters}")).is_empty(),
            tls,
            "{parameters}"
        );
    }
    let stranger = MariaDb::start(&Settings::new().tls()).unwrap();
    let foreign = stranger.certificates().unwrap().authority();
    for mode in ["verify-ca", "verify-identity"] {
        let text = format!("{plain}?ssl-mode={mode}&ssl-ca={}", foreign.display());
        let error = refused(&text, server.password());
        assert!(error.reason.contains("TLS handshake failed"), "{error}");
    }
    // The certificate is for 127.0.0.1 and localhost.
    let other = plain.replace("127.0.0.1", "127.0.0.2");
    if std::net::TcpStream::connect(("127.0.0.2", server.port())).is_ok() {
        refused(
            &format!("{other}?ssl-mode=verify-identity&ssl-ca={ca}"),
            server.password(),
        );
        assert!(!cipher(&format!("{other}?ssl-mode=verify-ca&ssl-ca={ca}")).is_empty());
    }
}

#[test]
fn a_server_without_tls_is_told() {
    let server = require!(MariaDb);
    let error = refused(
        &format!("{}?ssl-mode=required", server.url()),
        server.password(),
    );
    assert_eq!(error.reason, "the server does not offer TLS");
    assert!(cipher(&format!("{}?ssl-mode=preferred", server.url())).is_empty());
}

#[test]
fn warnings_arrive() {
    let database = require!(MariaDb).database();
    let mut session = locked(&database);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    session.on_notice(Box::new(move |severity, text| {
        ear.lock().unwrap().push(format!("{severity}: {text}"));
    }));
    session.run("DROP TABLE IF EXISTS nowhere").unwrap();
    session.reset_session().unwrap();
    let heard = heard.lock().unwrap();
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert!(heard[0].starts_with("Note: Unknown table"), "{heard:?}");
}

#[test]
fn all_results_of_a_procedure_are_read() {
    let database = require!(MariaDb).database();
    let mut session = locked(&database);
    session
        .run("CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; SELECT 3; END")
        .unwrap();
    session.run("CALL p()").unwrap();
    assert_eq!(session.query("SELECT 7", &[]).unwrap()[0].int(0), Some(7));
    session
        .run("CREATE PROCEDURE q() BEGIN SELECT 1; SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END")
        .unwrap();
    let error = session.run("CALL q()").unwrap_err();
    assert_eq!(error.failure().unwrap().sqlstate.as_deref(), Some("45000"));
    assert_eq!(session.query("SELECT 7", &[]).unwrap()[0].int(0), Some(7));
}

#[test]
fn a_killed_session_is_a_lost_connection() {
    let database = require!(MariaDb).database();
    let mut session = locked(&database);
    database.execute(&format!("KILL {}", session.server().backend.id));
    let error = session.query("SELECT 1", &[]).unwrap_err();
    assert!(matches!(error, DbError::Connection(_)), "{error}");
    let error = session.run("SELECT 1").unwrap_err();
    assert!(matches!(error, DbError::Connection(_)), "{error}");
    let next = self::session(&database);
    drop(lock(next, &database));
}

#[test]
fn a_syntax_error_has_its_place() {
    let database = require!(MariaDb).database();
    let mut session = locked(&database);
    let sql = "CREATE TABLE t (\n  a int,, -- ä\n  b int\n)";
    let error = session.run(sql).unwrap_err();
    let position = error.failure().unwrap().position.unwrap();
    assert!(sql[position..].starts_with(" -- ä"), "{error:?}");
}

#[test]
fn a_read_only_server_is_told_by_what_the_user_may() {
    let server = match MariaDb::start(&Settings::new().set("read_only", "1")) {
        Ok(server) => server,
        Err(reason) => return limosa_testkit::skip_or_panic(&reason),
    };
    let database = server.database();
    assert!(!session(&database).server().capabilities.read_only);
    let role = database.role("app");
    database.execute(&format!(
        "GRANT ALL ON `{}`.* TO `{}`@'%'",
        database.name(),
        role.name
    ));
    let session = connect(&url(&database.url_as(&role)), &options()).unwrap();
    assert!(session.server().capabilities.read_only);
}

#[test]
fn a_role_that_was_set_is_put_back() {
    let database = require!(MariaDb).database();
    let role = format!("r_{}", database.name());
    database.execute(&format!("CREATE ROLE `{role}`"));
    database.execute(&format!("GRANT `{role}` TO root@'%'"));
    let mut session = locked(&database);
    session.run(&format!("SET ROLE `{role}`")).unwrap();
    session.reset_settings().unwrap();
    let rows = session.query("SELECT CURRENT_ROLE()", &[]).unwrap();
    assert_eq!(rows[0].text(0).filter(|role| role != "NONE"), None);
    database.execute(&format!("DROP ROLE `{role}`"));
}

/// So a tool that waits like this (sqlx) has no lock there, and there is nothing to take against it.
#[test]
fn a_lock_that_is_waited_for_without_a_limit_is_not_taken() {
    let database = require!(MariaDb).database();
    let mut tool = database.open();
    let name = database.name();
    assert_eq!(
        tool.value(&format!("SELECT GET_LOCK('{name}', -1)")),
        "NULL"
    );
    let warning = tool.query("SHOW WARNINGS");
    assert_eq!(warning[0][1], "1411");
    assert_eq!(tool.value(&format!("SELECT IS_FREE_LOCK('{name}')")), "1");
}
