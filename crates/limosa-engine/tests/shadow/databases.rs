//! What a database of a shadow is, on each server.

use limosa_db::ConnectOptions;
use limosa_engine::shadow::{Shadow, ShadowSettings};
use limosa_sql::Dialect;

use crate::support::{column, options, run, settings};

const ALL: &[Dialect] = &[Dialect::Postgres, Dialect::Sqlite];

fn on_all(test: impl Fn(Dialect, &ConnectOptions)) {
    for dialect in ALL {
        test(*dialect, &options());
    }
}

#[test]
fn each_database_is_fresh() {
    on_all(|dialect, connect| {
        let shadow = Shadow::open(&settings(dialect, connect)).unwrap();
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
        let shadow = Shadow::open(&settings(dialect, connect)).unwrap();
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
            _ => ("", "SELECT a FROM given"),
        };
        connect.settings.init = vec![init.to_owned()];
        let prelude = [
            format!("{role} CREATE TABLE given (a integer); INSERT INTO given VALUES (7);"),
            "CREATE VIEW seen AS SELECT a FROM given".to_owned(),
        ];
        let shadow = Shadow::open(&ShadowSettings {
            prelude: &prelude,
            ..settings(dialect, &connect)
        });
        let shadow = shadow.unwrap();
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
