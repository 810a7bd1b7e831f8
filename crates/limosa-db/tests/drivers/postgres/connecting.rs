//! Passwords, sockets, several hosts, waiting, and the words when it does not work.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use limosa_db::{ConnectError, ConnectOptions, Session, connect};
use limosa_testkit::{Postgres, Settings, require};

use crate::support::{options, url};

pub(crate) fn try_connect(
    text: &str,
    options: &ConnectOptions,
) -> Result<Box<dyn Session>, ConnectError> {
    connect(&url(text), options)
}

/// The error of a URL that must not work, after a look that nothing in it is the password.
#[track_caller]
pub(crate) fn refused(text: &str, options: &ConnectOptions, secret: &str) -> ConnectError {
    let Err(error) = try_connect(text, options) else {
        panic!("it was let in");
    };
    let shown = format!("{error} {error:?} {:?}", std::error::Error::source(&error));
    assert!(secret.is_empty() || !shown.contains(secret), "{shown}");
    error
}

#[track_caller]
pub(crate) fn accepted(text: &str, options: &ConnectOptions) -> Box<dyn Session> {
    match try_connect(text, options) {
        Ok(session) => session,
        Err(error) => panic!("{error}: {:?} {:?}", error.hint, error.cause),
    }
}

pub(crate) fn with_environment(variables: &[(&str, &str)]) -> ConnectOptions {
    let mut options = options();
    for (name, value) in variables {
        options
            .environment
            .insert((*name).to_owned(), (*value).to_owned());
    }
    options
}

#[test]
fn a_wrong_password_is_said_without_repeating_it() {
    let server = require!(Postgres);
    let text = format!(
        "postgres://postgres:s3cret@127.0.0.1:{}/postgres",
        server.port()
    );
    let error = refused(&text, &options(), "s3cret");
    assert_eq!(error.place, format!("127.0.0.1:{}", server.port()));
    assert!(error.reason.contains("password of `postgres`"), "{error}");
    assert_eq!(error.cause.unwrap().code(), "28P01");
    assert!(!error.passing);
}

#[test]
fn a_missing_password_is_asked_for() {
    let server = require!(Postgres);
    let text = format!("postgres://postgres@127.0.0.1:{}/postgres", server.port());
    let error = refused(&text, &options(), "");
    assert!(error.reason.contains("asks for a password"), "{error}");
    assert!(error.hint.unwrap().contains("PGPASSWORD"));
}

#[test]
fn a_database_that_is_not_there_is_named() {
    let server = require!(Postgres);
    let text = server.url().replace("/postgres", "/nowhere");
    let text = text.replace("//nowhere", "//postgres");
    let error = refused(&text, &options(), server.password());
    assert_eq!(error.reason, "there is no database `nowhere`");
    assert_eq!(error.cause.unwrap().code(), "3D000");
}

#[test]
fn an_unknown_host_and_a_closed_port_are_told_apart() {
    let error = refused(
        "postgres://ada:s3cret@no-such-host.invalid/shop",
        &options(),
        "s3cret",
    );
    assert!(
        error.reason.contains("`no-such-host.invalid` is not known"),
        "{error}"
    );
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let error = refused(
        &format!("postgres://ada:s3cret@127.0.0.1:{port}/shop"),
        &options(),
        "s3cret",
    );
    assert_eq!(error.reason, "the connection was refused");
    assert!(error.passing);
    let error = refused("postgres://ada@/shop?host=/nowhere", &options(), "");
    assert_eq!(error.reason, "there is no socket of a server");
}

#[test]
fn a_server_that_does_not_answer_is_given_up() {
    // It takes the connection and then says nothing.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let options = ConnectOptions {
        timeout: Duration::from_millis(200),
        ..options()
    };
    let began = Instant::now();
    let error = refused(
        &format!("postgres://ada:s3cret@127.0.0.1:{port}/shop"),
        &options,
        "s3cret",
    );
    assert!(error.reason.contains("no answer within 200 ms"), "{error}");
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_parameter_that_is_not_known_is_refused_before_anything_is_sent() {
    let error = refused(
        "postgres://ada:s3cret@db.invalid/shop?sslmoed=require",
        &options(),
        "s3cret",
    );
    assert!(
        error.reason.contains("`sslmoed`") && error.reason.contains("sslmode"),
        "{error}"
    );
}

#[test]
fn the_password_comes_from_a_file_that_only_its_owner_reads() {
    let server = require!(Postgres);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passwords");
    let line = format!(
        "127.0.0.1:{}:*:postgres:{}\n",
        server.port(),
        server.password()
    );
    fs::write(&file, line).unwrap();
    let mode = |mode| fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    let text = format!("postgres://postgres@127.0.0.1:{}/postgres", server.port());
    let options = with_environment(&[("PGPASSFILE", file.to_str().unwrap())]);
    mode(0o600);
    accepted(&text, &options);
    accepted(
        &format!("{text}?passfile={}", file.display()),
        &self::options(),
    );
    mode(0o640);
    let error = refused(&text, &options, server.password());
    assert!(error.hint.unwrap().contains("chmod 600"));
    // And from the home folder.
    mode(0o600);
    fs::rename(&file, folder.path().join(".pgpass")).unwrap();
    accepted(
        &text,
        &with_environment(&[("HOME", folder.path().to_str().unwrap())]),
    );
}

#[test]
fn the_password_comes_from_a_variable() {
    let server = require!(Postgres);
    let text = format!("postgres://postgres@127.0.0.1:{}/postgres", server.port());
    accepted(
        &text,
        &with_environment(&[("PGPASSWORD", server.password())]),
    );
}

#[test]
fn a_socket_is_entered_in_every_spelling() {
    let server = require!(Postgres);
    let (folder, port) = (server.socket_dir(), server.port());
    let encoded = folder.display().to_string().replace('/', "%2F");
    for text in [
        format!(
            "postgres://postgres@/postgres?host={}&port={port}",
            folder.display()
        ),
        format!("postgres://postgres@{encoded}:{port}/postgres"),
    ] {
        let session = accepted(&text, &options());
        let place = Path::new(&session.server().place).to_path_buf();
        assert_eq!(place, folder.join(format!(".s.PGSQL.{port}")));
    }
    let variables = with_environment(&[
        ("PGHOST", folder.to_str().unwrap()),
        ("PGPORT", &port.to_string()),
        ("PGUSER", "postgres"),
    ]);
    accepted("postgres:///postgres", &variables);
}

#[test]
fn the_first_host_that_accepts_writes_is_taken() {
    let primary = require!(Postgres);
    let readonly = Settings::new().set("default_transaction_read_only", "on");
    let standby = Postgres::start(&readonly).unwrap();
    let hosts = format!("127.0.0.1:{},127.0.0.1:{}", standby.port(), primary.port());
    // The two have different passwords.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passwords");
    let lines = [standby.port(), primary.port()]
        .into_iter()
        .zip([standby.password(), primary.password()])
        .map(|(port, password)| format!("*:{port}:*:*:{password}\n"));
    fs::write(&file, lines.collect::<String>()).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let options = with_environment(&[("PGPASSFILE", file.to_str().unwrap())]);
    let text = format!("postgres://postgres@{hosts}/postgres?target_session_attrs=");
    let place = |wanted: &str| {
        accepted(&format!("{text}{wanted}"), &options)
            .server()
            .place
            .clone()
    };
    assert_eq!(place("read-write"), format!("127.0.0.1:{}", primary.port()));
    assert_eq!(place("any"), format!("127.0.0.1:{}", standby.port()));
    assert_eq!(place("read-only"), format!("127.0.0.1:{}", standby.port()));
    assert_eq!(
        place("prefer-standby"),
        format!("127.0.0.1:{}", standby.port())
    );
    // Neither is a standby: each says so.
    let error = refused(&format!("{text}standby"), &options, primary.password());
    assert_eq!(
        error.reason.matches("is not a standby").count(),
        2,
        "{error}"
    );
    // One that is down does not matter as long as another one is up.
    standby.stop();
    assert_eq!(place("any"), format!("127.0.0.1:{}", primary.port()));
    let error = refused(&format!("{text}read-only"), &options, primary.password());
    assert!(
        error.reason.contains("refused; ") && error.reason.contains("accepts writes"),
        "{error}"
    );
}

#[test]
fn a_server_that_is_starting_is_waited_for() {
    let server = match Postgres::start(&Settings::new()) {
        Ok(server) => server,
        Err(reason) => return limosa_testkit::skip_or_panic(&reason),
    };
    let text = server.url();
    server.stop();
    let error = refused(&text, &options(), server.password());
    assert!(error.passing, "{error}");
    let options = ConnectOptions {
        wait: Duration::from_secs(60),
        ..options()
    };
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| accepted(&text, &options).server().product);
        server.restart().unwrap();
        assert_eq!(waiting.join().unwrap(), "PostgreSQL");
    });
}

#[test]
fn the_session_goes_by_its_name() {
    let server = require!(Postgres);
    let mut session = accepted(&server.url(), &options());
    let sql = "SELECT current_setting('application_name'), current_setting('idle_in_transaction_session_timeout'),
               current_setting('client_connection_check_interval', true)";
    let rows = session.query(sql, &[]).unwrap();
    let seen: Vec<_> = (0..3).map(|index| rows[0].text(index)).collect();
    // The last one is new in 14.
    let looks = (session.server().target.version.0 >= 14).then_some("2s");
    let seen: Vec<_> = seen.iter().map(Option::as_deref).collect();
    assert_eq!(seen, [Some("limosa"), Some("0"), looks]);
    let mut session = accepted(
        &format!("{}?application_name=other", server.url()),
        &options(),
    );
    let rows = session
        .query("SELECT current_setting('application_name')", &[])
        .unwrap();
    assert_eq!(rows[0].text(0).as_deref(), Some("other"));
    let started = &session.server().backend.started;
    assert!(started.ends_with('Z') && started.len() == 27, "{started}");
}
