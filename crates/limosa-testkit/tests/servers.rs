//! The private servers keep their promises.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use limosa_testkit::{Kind, MariaDb, Postgres, Settings, require};

#[test]
fn a_postgres_database_is_fresh_and_goes_with_its_value() {
    let server = require!(Postgres);
    let db = server.database();
    db.execute("create table t (a int, b text); insert into t values (1, 'x'), (2, null)");
    assert_eq!(
        db.query("select a, b from t order by a"),
        [["1", "x"], ["2", "NULL"]]
    );
    assert!(
        server
            .database()
            .query("select 1 from pg_class where relname = 't'")
            .is_empty()
    );

    let (name, observer) = (db.name().to_owned(), server.database());
    let count = format!("select count(*) from pg_database where datname = '{name}'");
    assert_eq!(observer.value(&count), "1");
    drop(db);
    assert_eq!(observer.value(&count), "0");
}

#[test]
fn a_mariadb_database_is_fresh_and_goes_with_its_value() {
    let server = require!(MariaDb);
    let db = server.database();
    db.execute("create table t (a int, b text); insert into t values (1, 'x'), (2, null)");
    assert_eq!(
        db.query("select a, b from t order by a"),
        [["1", "x"], ["2", "NULL"]]
    );

    let (name, observer) = (db.name().to_owned(), server.database());
    let count =
        format!("select count(*) from information_schema.schemata where schema_name = '{name}'");
    assert_eq!(observer.value(&count), "1");
    drop(db);
    assert_eq!(observer.value(&count), "0");
}

#[test]
fn postgres_checks_passwords_over_tcp() {
    let db = require!(Postgres).database();
    let role = db.role("app");
    let connect = |url: &str| {
        postgres::Client::connect(url, postgres::NoTls).map(|mut client| {
            let row = client.query_one("select current_user::text", &[]);
            row.expect("a session answers").get::<_, String>(0)
        })
    };
    assert_eq!(
        connect(&db.url()).expect("the superuser may enter"),
        "postgres"
    );
    assert_eq!(
        connect(&db.socket_url()).expect("the socket is open"),
        "postgres"
    );
    assert_eq!(
        connect(&db.url_as(&role)).expect("the role may enter"),
        role.name
    );
    let wrong = db.url_as(&role).replace(&role.password, "wrong");
    let refused = connect(&wrong).expect_err("a wrong password is refused");
    assert_eq!(
        refused.code().map(postgres::error::SqlState::code),
        Some("28P01")
    );
}

#[test]
fn mariadb_checks_passwords_over_tcp() {
    let db = require!(MariaDb).database();
    let role = db.role("app");
    db.execute(&format!(
        "grant all on `{}`.* to `{}`@'%'",
        db.name(),
        role.name
    ));
    let connect = |url: &str| {
        use mysql::prelude::Queryable;
        let mut conn = mysql::Conn::new(mysql::Opts::from_url(url).expect("a URL"))?;
        conn.query_first::<String, _>("select user()")
    };
    let user = |url: &str| connect(url).expect("may enter").expect("a row");
    assert!(user(&db.url()).starts_with("root@"));
    assert_eq!(user(&db.socket_url()), "root@localhost");
    assert!(user(&db.url_as(&role)).starts_with(&role.name));
    assert!(connect(&db.url_as(&role).replace(&role.password, "wrong")).is_err());
}

#[test]
fn a_refused_statement_is_reported_with_its_code() {
    let error = require!(Postgres)
        .database()
        .try_query("select * from nowhere");
    assert_eq!(error.expect_err("there is no such table").code, "42P01");
    let error = require!(MariaDb)
        .database()
        .try_query("select * from nowhere");
    assert_eq!(error.expect_err("there is no such table").code, "1146");
}

#[test]
fn the_kit_works_inside_an_asynchronous_test() {
    let server = require!(Postgres);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        assert_eq!(server.database().value("select 1"), "1");
    });
}

#[test]
fn a_killed_postgres_recovers_on_the_same_port_with_what_was_committed() {
    require!(Postgres);
    let settings = Settings::new().durable().set("max_connections", "11");
    let server = Postgres::start(&settings).expect("starts");
    let (port, pid) = (server.port(), server.pid());
    let db = server.database();
    assert_eq!(db.value("show max_connections"), "11");
    assert_eq!(db.value("show fsync"), "on");
    db.execute("create table t (a int); insert into t values (1)");
    let mut open = db.open();
    open.execute("begin; insert into t values (2)");
    server.kill();
    assert!(
        open.try_query("select 1").is_err(),
        "a session died with its server"
    );
    assert!(db.try_open().is_err());
    assert_eq!(server.pid(), None);
    server.restart().expect("starts again");
    assert_eq!(server.port(), port);
    assert_ne!(server.pid(), pid);
    assert_eq!(db.query("select a from t"), [["1"]]);
    server.stop();
    assert!(db.try_open().is_err());
    server.restart().expect("starts again");
    assert_eq!(db.query("select a from t"), [["1"]]);
}

#[test]
fn a_killed_mariadb_recovers_on_the_same_port_with_what_was_committed() {
    require!(MariaDb);
    let settings = Settings::new().durable().set("max-connections", "11");
    let server = MariaDb::start(&settings).expect("starts");
    let port = server.port();
    let db = server.database();
    assert_eq!(db.value("select @@max_connections"), "11");
    db.execute("create table t (a int); insert into t values (1)");
    server.kill();
    assert!(db.try_open().is_err());
    server.restart().expect("starts again");
    assert_eq!(server.port(), port);
    assert_eq!(db.query("select a from t"), [["1"]]);
}

#[test]
fn a_server_of_ones_own_leaves_nothing_behind() {
    require!(Postgres);
    let server = Postgres::start(&Settings::new()).expect("starts");
    let (folder, pid) = (server.folder(), server.pid().expect("runs"));
    assert!(folder.exists());
    drop(server);
    assert!(!folder.exists());
    assert!(!is_alive(pid));
}

#[test]
fn tls_is_offered_with_the_certificate_of_the_kit() {
    require!(Postgres);
    let settings = Settings::new()
        .tls()
        .hba("hostssl all app 127.0.0.1/32 cert");
    let server = Postgres::start(&settings).expect("starts");
    let certificates = server.certificates().expect("was started with TLS");
    assert!(certificates.authority().is_file());
    let (certificate, key) = certificates.client("app").expect("can be made");
    assert!(certificate.is_file() && key.is_file());
    let db = server.database();
    assert_eq!(db.value("show ssl"), "on");

    require!(MariaDb);
    let server = MariaDb::start(&Settings::new().tls()).expect("starts");
    assert_eq!(server.database().value("select @@have_ssl"), "YES");
}

#[test]
fn a_wrong_setting_is_reported_with_the_words_of_the_server() {
    require!(Postgres);
    let error = Postgres::start(&Settings::new().set("no_such_setting", "1"));
    let text = error.expect_err("is refused").to_string();
    assert!(
        text.contains("unrecognized configuration parameter \"no_such_setting\""),
        "{text}"
    );
}

#[test]
fn missing_programs_are_reported_with_the_way_to_get_them() {
    let empty = tempfile::tempdir().expect("a folder");
    let output = this_test_again("child_starts_postgres_and_waits")
        .env("LIMOSA_TEST_PG_BIN", empty.path())
        .env_remove("LIMOSA_TEST_ALLOW_SKIP")
        .output()
        .expect("the test program runs again");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(
        text.contains("not found (looked for initdb and postgres); cargo xtask test"),
        "{text}"
    );
}

#[test]
fn missing_programs_skip_a_test_only_when_asked_to_and_never_in_ci() {
    let empty = tempfile::tempdir().expect("a folder");
    let mut command = this_test_again("child_starts_postgres_and_waits");
    command
        .env("LIMOSA_TEST_PG_BIN", empty.path())
        .env("LIMOSA_TEST_ALLOW_SKIP", "1");
    let output = command
        .env_remove("CI")
        .output()
        .expect("the test program runs again");
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("skipped: the PostgreSQL server"));
    assert!(
        !command
            .env("CI", "true")
            .output()
            .expect("runs again")
            .status
            .success()
    );
}

#[test]
fn the_server_of_the_whole_run_is_used_and_cannot_be_stopped_by_one_test() {
    require!(Postgres);
    let server = Postgres::start(&Settings::new()).expect("starts");
    let output = this_test_again("child_uses_the_server_of_the_run")
        .env("LIMOSA_TEST_POSTGRES", server.folder())
        .env("LIMOSA_KIT_PORT", server.port().to_string())
        .output()
        .expect("the test program runs again");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("is shared by the whole test run"), "{text}");
    assert!(server.try_open().is_ok());
}

/// Not a test of its own: the one above runs it with the server that it has started.
#[test]
fn child_uses_the_server_of_the_run() {
    let Some(port) = std::env::var_os("LIMOSA_KIT_PORT") else {
        return;
    };
    let server = Postgres::shared();
    assert_eq!(server.port().to_string(), port.to_string_lossy());
    assert_eq!(server.database().value("select 1"), "1");
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| server.kill()))
        .expect_err("is not ours to kill");
}

#[test]
fn a_folder_that_is_not_a_server_of_the_kit_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = this_test_again("child_starts_postgres_and_waits")
        .env("LIMOSA_TEST_POSTGRES", folder.path())
        .env("LIMOSA_TEST_ALLOW_SKIP", "1")
        .output()
        .expect("the test program runs again");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(
        text.contains("which is not a running server of the test kit"),
        "{text}"
    );
}

#[test]
fn nothing_is_left_when_the_test_process_is_killed() {
    use std::io::{BufRead, BufReader};
    require!(Postgres);
    require!(MariaDb);
    let mut child = this_test_again("child_starts_postgres_and_waits")
        .env("LIMOSA_KIT_CHILD", "1")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the test program runs again");
    let stderr = child.stderr.take().expect("is piped");
    let lines = BufReader::new(stderr).lines().map_while(Result::ok);
    let mut started: Vec<(u32, String)> = lines
        .filter_map(|line| line.strip_prefix("started ").map(str::to_owned))
        .filter_map(|line| {
            line.split_once(' ')
                .map(|(a, b)| (a.to_owned(), b.to_owned()))
        })
        .map(|(pid, folder)| (pid.parse().expect("a pid"), folder))
        .take(2)
        .collect();
    assert_eq!(started.len(), 2);
    child.kill().expect("can be killed");
    child.wait().expect("is gone");
    let deadline = Instant::now() + Duration::from_secs(20);
    while !started.is_empty() && Instant::now() < deadline {
        started.retain(|(pid, folder)| is_alive(*pid) || Path::new(folder).exists());
        std::thread::yield_now();
    }
    assert!(started.is_empty(), "left behind: {started:?}");
}

/// Not a test of its own: the tests above run it in a process that they may kill.
#[test]
fn child_starts_postgres_and_waits() {
    if std::env::var_os("LIMOSA_KIT_CHILD").is_none() {
        require!(Postgres);
        return;
    }
    let postgres = Postgres::start(&Settings::new()).expect("starts");
    let maria = MariaDb::start(&Settings::new()).expect("starts");
    eprintln!(
        "started {} {}",
        postgres.pid().expect("runs"),
        postgres.folder().display()
    );
    eprintln!(
        "started {} {}",
        maria.pid().expect("runs"),
        maria.folder().display()
    );
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .expect("blocks until this process is killed");
}

#[test]
fn every_kind_gives_a_database() {
    require!(Postgres);
    require!(MariaDb);
    for kind in Kind::ALL {
        let db = kind.try_database().expect("the servers are there");
        db.execute("create table t (a int)");
        db.execute("insert into t values (7)");
        assert_eq!(db.value("select a from t"), "7");
    }
}

fn this_test_again(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("has a path"));
    command.args([name, "--exact", "--nocapture"]);
    command
        .env_remove("LIMOSA_TEST_POSTGRES")
        .env_remove("LIMOSA_TEST_MARIADB");
    command
}

/// A process that has ended but that nobody has waited for yet (a zombie) is not alive.
fn is_alive(pid: u32) -> bool {
    if Path::new("/proc/self/cmdline").exists() {
        return std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty());
    }
    let output = Command::new("ps")
        .args(["-o", "stat=", "-p", &pid.to_string()])
        .output();
    let state = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let state = state.expect("ps runs");
    !state.is_empty() && !state.starts_with('Z')
}

#[test]
fn what_one_node_of_a_cluster_commits_is_seen_on_the_other() {
    let cluster = require!(Galera);
    let db = cluster.database();
    db.execute("create table t (a int primary key); insert into t values (1)");
    let mut other = cluster.node(1).try_open().expect("both nodes answer");
    assert_eq!(
        other.query(&format!("select a from {}.t", db.name())),
        [["1"]]
    );
}

#[test]
fn behind_the_pooler_one_session_of_the_server_serves_many_clients() {
    let pooler = require!(PgBouncer);
    let db = Postgres::shared().database();
    let mut clients = [pooler.open(&db), pooler.open(&db)];
    let pids = clients
        .each_mut()
        .map(|client| client.value("select pg_backend_pid()"));
    assert_eq!(pids[0], pids[1]);
}
