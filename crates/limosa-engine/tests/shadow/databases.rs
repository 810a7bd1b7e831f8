//! What a database of a shadow is, on each server.

use limosa_db::ConnectOptions;
use limosa_engine::shadow::ShadowSettings;
use limosa_sql::Dialect;

use crate::support::{column, has_programs, open, options, refusal, run, settings};

fn on_all(test: impl Fn(Dialect, &ConnectOptions)) {
    for dialect in Dialect::ALL.into_iter().filter(|one| has_programs(*one)) {
        test(dialect, &options());
    }
}

#[test]
fn each_database_is_fresh() {
    on_all(|dialect, connect| {
        let shadow = open(&settings(dialect, connect));
        assert!(shadow.is_private(), "{}", shadow.described());
        for _ in 0..2 {
            let mut one = shadow.database().unwrap();
            run(&mut **one.session(), "CREATE TABLE t (a integer)");
        }
    });
}

#[test]
fn a_copy_has_schema_and_rows_and_is_a_database_of_its_own() {
    on_all(|dialect, connect| {
        let shadow = open(&settings(dialect, connect));
        let mut one = shadow.database().unwrap();
        run(&mut **one.session(), "CREATE TABLE t (a integer)");
        run(&mut **one.session(), "INSERT INTO t VALUES (1)");
        let mut other = shadow.copy(&mut one).unwrap();
        run(&mut **other.session(), "INSERT INTO t VALUES (2)");
        run(&mut **one.session(), "INSERT INTO t VALUES (3)");
        let read = "SELECT a FROM t ORDER BY a";
        assert_eq!(column(&mut **one.session(), read), ["1", "3"]);
        assert_eq!(column(&mut **other.session(), read), ["1", "2"]);
        // Also of a copy.
        let mut third = shadow.copy(&mut other).unwrap();
        assert_eq!(column(&mut **third.session(), read), ["1", "2"]);
    });
}

#[test]
fn the_prelude_is_in_every_database_and_what_it_makes_is_there_for_every_session() {
    on_all(|dialect, connect| {
        let mut connect = connect.clone();
        let (role, init) = match dialect {
            Dialect::Postgres => ("CREATE ROLE app;", "SET ROLE app"),
            Dialect::Mysql => ("CREATE USER app;", "SET @given = (SELECT a FROM given)"),
            Dialect::Sqlite => ("", "SELECT a FROM given"),
        };
        connect.settings.init = vec![init.to_owned()];
        let prelude = [
            format!("{role} CREATE TABLE given (a integer); INSERT INTO given VALUES (7);"),
            "CREATE VIEW seen AS SELECT a FROM given".to_owned(),
        ];
        let shadow = open(&ShadowSettings {
            prelude: &prelude,
            ..settings(dialect, &connect)
        });
        let (mut one, mut other) = (shadow.database().unwrap(), shadow.database().unwrap());
        for database in [&mut one, &mut other] {
            if dialect == Dialect::Postgres {
                let user = column(&mut **database.session(), "SELECT current_user");
                assert_eq!(user, ["app"]);
                run(&mut **database.session(), "RESET ROLE");
            }
            let rows = column(&mut **database.session(), "SELECT a FROM seen");
            assert_eq!(rows, ["7"]);
        }
    });
}

#[test]
fn a_prelude_that_fails_is_told_with_its_statement_and_without_its_secrets() {
    on_all(|dialect, connect| {
        let prelude = ["SELECT 1; CREATE USER app PASSWORD 's3cret' nonsense".to_owned()];
        let shadow = open(&ShadowSettings {
            prelude: &prelude,
            ..settings(dialect, connect)
        });
        let report = refusal(shadow.database());
        assert_eq!(report.name, "shadow-prelude");
        let text = format!("{report:?}");
        assert!(text.contains("CREATE USER app PASSWORD"), "{text}");
        assert!(!text.contains("s3cret"), "{text}");
    });
}

#[test]
fn a_statement_of_the_prelude_that_hangs_is_cancelled_when_the_person_asks_to_stop() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    on_all(|dialect, connect| {
        let prelude = [match dialect {
            Dialect::Postgres => "SELECT pg_sleep(600)",
            Dialect::Mysql => "SELECT sleep(600)",
            Dialect::Sqlite => {
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
            }
        }
        .to_owned()];
        // The statement runs by then.
        let looks = AtomicUsize::new(0);
        let interrupted = || looks.fetch_add(1, Ordering::SeqCst) > 5;
        let shadow = open(&ShadowSettings {
            prelude: &prelude,
            interrupted: &interrupted,
            ..settings(dialect, connect)
        });
        assert_eq!(refusal(shadow.database()).name, "interrupted");
    });
}

#[test]
fn what_leaves_the_server_is_refused_also_on_one_of_our_own() {
    use limosa_sql::{Modes, Target, classify};
    on_all(|dialect, connect| {
        let shadow = open(&settings(dialect, connect));
        let sql = match dialect {
            Dialect::Postgres => "COPY (SELECT 1) TO '/tmp/x'",
            Dialect::Mysql => "SELECT 1 INTO OUTFILE '/tmp/x'",
            Dialect::Sqlite => "ATTACH '/tmp/x' AS x",
        };
        let facts = classify(sql.as_bytes(), &Target::newest(dialect));
        let beyond = shadow.admit(sql, &facts, Modes::of(dialect)).unwrap_err();
        let report = beyond.diagnostic(None, &shadow.described());
        assert_eq!(report.name, "beyond-shadow");
    });
}

#[test]
fn sqlite_itself_refuses_to_open_another_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.db");
    let connect = options();
    let shadow = open(&settings(Dialect::Sqlite, &connect));
    let mut one = shadow.database().unwrap();
    let mut other = shadow.copy(&mut one).unwrap();
    for database in [&mut one, &mut other] {
        for sql in [
            format!("ATTACH '{}' AS shop", file.display()),
            format!("ATTACH '{}' || '' AS shop", file.display()),
            format!("VACUUM INTO '{}'", file.display()),
            "SELECT load_extension('x')".to_owned(),
        ] {
            let refused = database.session().run(&sql);
            assert!(refused.is_err(), "{sql}");
        }
        run(&mut **database.session(), "ATTACH ':memory:' AS other");
        run(&mut **database.session(), "VACUUM");
    }
    assert!(!file.exists());
}

#[test]
fn without_programs_it_is_said_what_was_looked_for_and_what_can_be_done() {
    use limosa_db::{Backend, Capabilities, Server};
    use limosa_sql::Target;
    let connect = options();
    let capabilities = Capabilities {
        transactional_ddl: false,
        read_only: false,
        lasting_sessions: true,
        session_locks: true,
    };
    let like = Server {
        target: Target {
            mariadb: false,
            ..Target::newest(Dialect::Mysql)
        },
        product: "MySQL",
        version: "8.4.3".to_owned(),
        place: "db-1:3306".to_owned(),
        database: "shop".to_owned(),
        user: "app".to_owned(),
        client: None,
        capabilities,
        backend: Backend::default(),
    };
    let shadow = limosa_engine::shadow::Shadow::open(&ShadowSettings {
        like: Some(&like),
        ..settings(Dialect::Mysql, &connect)
    });
    let report = refusal(shadow);
    assert_eq!(report.name, "no-shadow");
    assert!(report.message.contains("MySQL 8.4.3"), "{}", report.message);
    assert!(report.help[0].contains("--shadow URL"));
}
