//! Values to the server and back.

use limosa_db::{Row, Value};
use limosa_testkit::{Database, Kind};

use crate::every::{on_every_server, places};
use crate::support::{locked, session};

on_every_server!(
    every_value_comes_back_as_it_went,
    the_server_is_known,
    many_parameters_keep_their_order,
    a_statement_that_changes_rows_counts_them,
);

fn every_value_comes_back_as_it_went(database: &Database) {
    let mut session = locked(database);
    let columns = match database.kind() {
        Kind::Postgres => "a text, b bigint, c boolean, d bytea",
        Kind::MariaDb => "a longtext, b bigint, c boolean, d longblob",
        Kind::Sqlite => "a text, b integer, c boolean, d blob",
    };
    session
        .run(&format!("CREATE TABLE t (n int, {columns})"))
        .unwrap();
    let insert = format!("INSERT INTO t VALUES ({})", places(database, 5));
    let rows = [
        [
            Value::from("x"),
            Value::Int(1),
            Value::Bool(true),
            Value::Bytes(vec![0, 1, 255]),
        ],
        [
            Value::from(""),
            Value::Int(i64::MIN),
            Value::Bool(false),
            Value::Bytes(vec![]),
        ],
        [
            Value::from("'\\\"ä\u{1f426}\n%s$1?"),
            Value::Int(i64::MAX),
            Value::Null,
            Value::Null,
        ],
        [
            Value::Null,
            Value::Null,
            Value::Bool(true),
            Value::Bytes(vec![7; 3_000_000]),
        ],
        [
            Value::from("y".repeat(3_000_000)),
            Value::Int(0),
            Value::Null,
            Value::Null,
        ],
    ];
    for (number, row) in (0..).zip(&rows) {
        let mut parameters = vec![Value::Int(number)];
        parameters.extend(row.iter().cloned());
        assert_eq!(session.execute(&insert, &parameters).unwrap(), 1);
    }
    let back = session
        .query("SELECT a, b, c, d FROM t ORDER BY n", &[])
        .unwrap();
    assert_eq!(back.len(), rows.len());
    for (Row(values), row) in back.iter().zip(&rows) {
        let mut expected = row.to_vec();
        // Only PostgreSQL has a type for booleans.
        if let (Value::Bool(value), true) = (&expected[2], database.kind() != Kind::Postgres) {
            expected[2] = Value::Int(i64::from(*value));
        }
        assert!(*values == expected, "{:?}", &expected[1..3]);
    }
}

fn the_server_is_known(database: &Database) {
    let session = session(database);
    let server = session.server();
    let product = match database.kind() {
        Kind::Postgres => "PostgreSQL",
        Kind::MariaDb => "MariaDB",
        Kind::Sqlite => "SQLite",
    };
    assert_eq!(server.product, product);
    assert!(
        server
            .version
            .starts_with(&server.target.version.0.to_string()),
        "{server:?}"
    );
    assert!(server.database.ends_with(database.name()), "{server:?}");
    assert!(server.backend.id > 0, "{server:?}");
    assert!(!server.capabilities.read_only, "{server:?}");
    assert_eq!(
        server.capabilities.transactional_ddl,
        database.kind() != Kind::MariaDb
    );
}

fn many_parameters_keep_their_order(database: &Database) {
    let mut session = session(database);
    let cast = match database.kind() {
        Kind::Postgres => "SELECT $1::text, $2::bigint, $3::text, $4::boolean",
        _ => "SELECT ?, ?, ?, ?",
    };
    let rows = session
        .query(cast, &["a".into(), 2_i64.into(), Value::Null, true.into()])
        .unwrap();
    assert_eq!(rows[0].text(0).as_deref(), Some("a"));
    assert_eq!(rows[0].int(1), Some(2));
    assert_eq!(rows[0].text(2), None);
    assert!(rows[0].is_true(3));
}

fn a_statement_that_changes_rows_counts_them(database: &Database) {
    let mut session = locked(database);
    session.run("CREATE TABLE t (a int)").unwrap();
    session.run("INSERT INTO t VALUES (1), (2), (3)").unwrap();
    let place = places(database, 1);
    let sql = format!("UPDATE t SET a = a + 1 WHERE a > {place}");
    assert_eq!(session.execute(&sql, &[Value::Int(1)]).unwrap(), 2);
    assert_eq!(session.execute(&sql, &[Value::Int(9)]).unwrap(), 0);
    assert_eq!(session.run("DELETE FROM t").unwrap().rows, Some(3));
}
