//! A shadow on a server that is not ours.

use std::panic::{AssertUnwindSafe, catch_unwind};

use limosa_core::DatabaseUrl;
use limosa_engine::shadow::{Shadow, ShadowSettings};
use limosa_sql::{Dialect, Modes, Target, classify};
use limosa_testkit::{Database, skip_or_panic};

use crate::support::{column, kind, open, options, refusal, run, settings_on};

const SERVERS: [Dialect; 2] = [Dialect::Postgres, Dialect::Mysql];

/// A database on each server of the test kit.
fn on_servers(test: impl Fn(Dialect, &Database, &DatabaseUrl)) {
    for dialect in SERVERS {
        match kind(dialect).try_database() {
            Ok(database) => {
                let url = DatabaseUrl::parse(&database.url()).unwrap();
                test(dialect, &database, &url);
            }
            Err(reason) => skip_or_panic(reason),
        }
    }
}

fn exists(database: &Database, name: &str) -> bool {
    let catalog = match kind_of(database) {
        Dialect::Postgres => "pg_catalog.pg_database WHERE datname",
        _ => "information_schema.schemata WHERE schema_name",
    };
    database.value(&format!("SELECT count(*) FROM {catalog} = '{name}'")) == "1"
}

fn kind_of(database: &Database) -> Dialect {
    if database.kind() == limosa_testkit::Kind::Postgres {
        Dialect::Postgres
    } else {
        Dialect::Mysql
    }
}

#[test]
fn its_databases_are_dropped_at_the_end_also_after_a_panic() {
    on_servers(|_, database, url| {
        let connect = options();
        let mut names = Vec::new();
        let result = catch_unwind(AssertUnwindSafe(|| {
            let shadow = open(&settings_on(url, &connect));
            assert!(!shadow.is_private());
            assert!(
                shadow.described().contains(" on "),
                "{}",
                shadow.described()
            );
            let mut one = shadow.database().unwrap();
            run(&mut **one.session(), "CREATE TABLE t (a integer)");
            run(&mut **one.session(), "INSERT INTO t VALUES (1)");
            let mut other = shadow.copy(&mut one).unwrap();
            assert_eq!(column(&mut **other.session(), "SELECT a FROM t"), ["1"]);
            names.extend([one.name().to_owned(), other.name().to_owned()]);
            assert!(names.iter().all(|name| exists(database, name)));
            panic!("as a test does");
        }));
        assert!(result.is_err());
        assert!(
            names.iter().all(|name| !exists(database, name)),
            "{names:?}"
        );
        if kind_of(database) == Dialect::Mysql {
            let users = "SELECT count(*) FROM mysql.db WHERE db LIKE '%shadow%' AND user NOT IN (SELECT user FROM mysql.user)";
            assert_eq!(database.value(users), "0");
        }
    });
}

#[test]
fn two_owners_do_not_remove_the_databases_of_each_other() {
    on_servers(|_, database, url| {
        let connect = options();
        let first = open(&settings_on(url, &connect));
        let mut one = first.database().unwrap();
        // Opening it is when leftovers are removed; it came in by another database of the server.
        let other = kind(kind_of(database)).try_database().unwrap();
        let other = DatabaseUrl::parse(&other.url()).unwrap();
        let second = open(&settings_on(&other, &connect));
        let two = second.database().unwrap();
        assert!(exists(database, one.name()) && exists(database, two.name()));
        run(&mut **one.session(), "CREATE TABLE t (a integer)");
        drop(second);
        assert!(exists(database, one.name()));
    });
}

#[test]
fn a_database_that_only_looks_like_one_is_left_alone() {
    on_servers(|dialect, database, url| {
        let name = "limosa_shadow_of_the_gods";
        database.execute(&format!("CREATE DATABASE {name}"));
        drop(open(&settings_on(url, &options())));
        assert!(exists(database, name));
        database.execute(&format!("DROP DATABASE {name}"));
        let _ = dialect;
    });
}

#[test]
fn the_server_of_a_protected_environment_is_refused() {
    on_servers(|_, database, url| {
        let connect = options();
        let other = kind(kind_of(database)).try_database().unwrap();
        let target = DatabaseUrl::parse(&other.socket_url()).unwrap();
        let protected = ShadowSettings {
            target: Some(&target),
            protected: true,
            ..settings_on(url, &connect)
        };
        // The same server by another way and another database.
        let report = refusal(Shadow::open(&protected));
        assert_eq!(report.name, "shadow-is-target");
        let open_one = ShadowSettings {
            protected: false,
            ..protected
        };
        drop(open(&open_one));
        // Nobody can tell where the target is.
        let nowhere = DatabaseUrl::parse(&format!("{}://ada:s3cret@127.0.0.1:1/x", url.dialect()));
        let nowhere = nowhere.unwrap();
        let report = refusal(Shadow::open(&ShadowSettings {
            target: Some(&nowhere),
            protected: true,
            ..settings_on(url, &connect)
        }));
        assert_eq!(report.name, "shadow-is-target");
        assert!(!format!("{report:?}").contains("s3cret"));
    });
}

#[test]
fn another_server_may_be_used_for_a_protected_environment() {
    let Ok(target) = limosa_testkit::Postgres::try_shared() else {
        return;
    };
    let own = limosa_testkit::Postgres::start(&limosa_testkit::Settings::new()).unwrap();
    let (url, target) = (own.url(), target.url());
    let [url, target] = [url, target].map(|text| DatabaseUrl::parse(&text).unwrap());
    drop(open(&ShadowSettings {
        target: Some(&target),
        protected: true,
        ..settings_on(&url, &options())
    }));
}

#[test]
fn a_statement_that_reaches_beyond_is_refused_and_does_nothing() {
    on_servers(|dialect, database, url| {
        let role = database.role("app");
        database.execute("CREATE TABLE users (a integer)");
        let connect = options();
        let shadow = open(&settings_on(url, &connect));
        let mut one = shadow.database().unwrap();
        let sql = match dialect {
            Dialect::Postgres => format!("ALTER ROLE \"{}\" NOLOGIN", role.name),
            _ => format!("ALTER TABLE {}.users ADD b integer", database.name()),
        };
        let facts = classify(sql.as_bytes(), &Target::newest(dialect));
        match shadow.admit(&sql, &facts, Modes::of(dialect)) {
            Ok(()) => run(&mut **one.session(), &sql),
            Err(beyond) => {
                let report = beyond.diagnostic(None, &shadow.described());
                assert_eq!(report.name, "beyond-shadow");
            }
        }
        if dialect == Dialect::Mysql {
            // Here the server itself says no.
            assert!(one.session().run(&sql).is_err());
        }
        let unchanged = match dialect {
            Dialect::Postgres => format!(
                "SELECT count(*) FROM pg_catalog.pg_roles WHERE rolcanlogin AND rolname = '{}'",
                role.name
            ),
            _ => format!(
                "SELECT count(*) FROM information_schema.columns WHERE table_schema = '{}'",
                database.name()
            ),
        };
        assert_eq!(database.value(&unchanged), "1");
    });
}

#[test]
fn a_prelude_must_not_reach_beyond_either() {
    on_servers(|_, _, url| {
        let prelude = ["CREATE ROLE limosa_never".to_owned()];
        let connect = options();
        let shadow = open(&ShadowSettings {
            prelude: &prelude,
            ..settings_on(url, &connect)
        });
        assert_eq!(refusal(shadow.database()).name, "beyond-shadow");
    });
}

#[test]
fn a_login_that_may_not_make_databases_is_told_so_without_its_password() {
    on_servers(|_, database, _| {
        let role = database.role("app");
        let url = DatabaseUrl::parse(&database.url_as(&role)).unwrap();
        let connect = options();
        let made = Shadow::open(&settings_on(&url, &connect)).and_then(|one| one.database());
        let report = refusal(made);
        assert!(
            !format!("{report:?}").contains(&role.password),
            "{report:?}"
        );
    });
}

#[test]
fn who_may_make_databases_but_no_users_gets_a_shadow_where_only_known_sql_runs() {
    let server = match limosa_testkit::MariaDb::try_shared() {
        Ok(server) => server,
        Err(reason) => return skip_or_panic(reason),
    };
    let database = server.database();
    let role = database.role("shadower");
    database.execute(&format!(
        "GRANT ALL ON `limosa\\_shadow\\_%`.* TO '{}'@'%'",
        role.name
    ));
    let url = DatabaseUrl::parse(&database.url_as(&role)).unwrap();
    let connect = options();
    let shadow = open(&settings_on(&url, &connect));
    let mut one = shadow.database().unwrap();
    run(&mut **one.session(), "CREATE TABLE t (a integer)");
    let mut other = shadow.copy(&mut one).unwrap();
    run(&mut **other.session(), "INSERT INTO t VALUES (1)");
    let dynamic = "EXECUTE IMMEDIATE 'SELECT 1'";
    let facts = classify(dynamic.as_bytes(), &Target::newest(Dialect::Mysql));
    let modes = Modes::of(Dialect::Mysql);
    assert!(shadow.admit(dynamic, &facts, modes).is_err());
    // With a user of its own it may.
    let root = DatabaseUrl::parse(&database.url()).unwrap();
    let shadow = open(&settings_on(&root, &connect));
    assert!(shadow.admit(dynamic, &facts, modes).is_ok());
}
