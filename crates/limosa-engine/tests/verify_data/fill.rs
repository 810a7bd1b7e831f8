//! Every table takes rows, of every shape.

use limosa_engine::verify::rows::{Shape, fill_with};
use limosa_testkit::{Kind, is_older};

use crate::kit::Bench;
use crate::on_every_bench;

on_every_bench!(
    a_schema_with_every_type_is_filled,
    a_column_that_is_not_unique_has_a_value_twice,
    rows_that_are_there_stay_and_others_come_beside_them,
    a_table_whose_trigger_refuses_is_not_proved_and_neither_is_what_needs_it,
    the_same_schema_gets_the_same_rows,
    numbers_that_migrations_name_are_left_free,
    ordinary_rows_are_neither_long_nor_strange,
);

fn rich(kind: Kind) -> &'static str {
    match kind {
        Kind::Postgres => include_str!("rich_postgres.sql"),
        Kind::MariaDb => include_str!("rich_mariadb.sql"),
        Kind::Sqlite => include_str!("rich_sqlite.sql"),
    }
}

fn a_schema_with_every_type_is_filled(mut bench: Bench) {
    if bench.db.kind() == Kind::Sqlite {
        bench.run("PRAGMA foreign_keys = ON");
    }
    let mut rich = rich(bench.db.kind()).to_owned();
    if bench.db.kind() == Kind::Postgres && is_older(&bench.db, 14, "a type of several ranges") {
        rich = rich.replace("int4multirange", "int4range");
    }
    bench.run(&rich);
    bench.fill_all();
    assert_eq!(bench.count("every_type"), 5, "a row of each shape");
    assert_eq!(bench.count("settings"), 1, "there can only be one");
    assert!(bench.count("users") >= 3);
    assert!(bench.count("memberships") >= 3);
    assert!(bench.count("parents") >= 3);
    assert!(bench.count("checked") >= 3);
    assert_eq!(
        bench.number("SELECT count(*) FROM ring_a WHERE b_id IS NOT NULL"),
        1,
        "a circle of keys is closed where a key may be NULL"
    );
    assert!(
        bench.number("SELECT count(*) FROM users WHERE manager_id IS NOT NULL") > 0,
        "a row refers to another one of its table"
    );
}

fn a_column_that_is_not_unique_has_a_value_twice(mut bench: Bench) {
    bench.run("CREATE TABLE users (id integer PRIMARY KEY, email varchar(100), age integer)");
    bench.fill_all();
    for column in ["email", "age"] {
        let twice = format!(
            "SELECT count(*) FROM (SELECT {column} FROM users WHERE {column} IS NOT NULL GROUP BY {column} HAVING count(*) > 1) t"
        );
        assert_eq!(bench.number(&twice), 1, "{column}");
        let nulls = format!("SELECT count(*) FROM users WHERE {column} IS NULL");
        assert_eq!(bench.number(&nulls), 1, "{column}");
    }
}

fn rows_that_are_there_stay_and_others_come_beside_them(mut bench: Bench) {
    let id = match bench.db.kind() {
        Kind::Postgres => "serial",
        Kind::MariaDb => "integer AUTO_INCREMENT",
        Kind::Sqlite => "integer",
    };
    bench.run(&format!(
        "CREATE TABLE roles (id {id} PRIMARY KEY, name varchar(20) NOT NULL UNIQUE);
         INSERT INTO roles (id, name) VALUES (1, 'admin'), (2, 'name 1'), (3, 'guest');"
    ));
    bench.fill_all();
    assert!(bench.count("roles") >= 6, "{}", bench.count("roles"));
    assert_eq!(
        bench.number("SELECT count(*) FROM roles WHERE name = 'admin'"),
        1
    );
}

fn a_table_whose_trigger_refuses_is_not_proved_and_neither_is_what_needs_it(mut bench: Bench) {
    bench.run(
        "CREATE TABLE locked (id integer PRIMARY KEY);
         CREATE TABLE child (id integer PRIMARY KEY, locked_id integer NOT NULL, FOREIGN KEY (locked_id) REFERENCES locked (id));
         CREATE TABLE free (id integer PRIMARY KEY, locked_id integer, FOREIGN KEY (locked_id) REFERENCES locked (id));",
    );
    match bench.db.kind() {
        Kind::Postgres => bench.run(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no rows here'; END $$;
             CREATE TRIGGER refuse BEFORE INSERT ON locked FOR EACH ROW EXECUTE FUNCTION refuse();",
        ),
        Kind::MariaDb => bench.run(
            "CREATE TRIGGER refuse BEFORE INSERT ON locked FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no rows here'",
        ),
        Kind::Sqlite => bench.run(
            "CREATE TRIGGER refuse BEFORE INSERT ON locked BEGIN SELECT RAISE(ABORT, 'no rows here'); END",
        ),
    }
    let filled = bench.fill();
    let unproved: Vec<(String, &str)> = filled
        .unproved
        .iter()
        .map(|one| (one.key.dotted(), one.reason.as_str()))
        .collect();
    assert_eq!(unproved.len(), 2, "{unproved:?}");
    let of = |name: &str| {
        let found = unproved.iter().find(|(key, _)| key == name);
        found.unwrap_or_else(|| panic!("{name} in {unproved:?}")).1
    };
    assert!(of("locked").contains("no rows here"), "{unproved:?}");
    assert_eq!(
        of("child"),
        "it needs a row of table locked, which has none"
    );
    assert!(bench.count("free") > 0);
}

fn the_same_schema_gets_the_same_rows(mut bench: Bench) {
    let schema = "CREATE TABLE t (id integer PRIMARY KEY, a varchar(50), b decimal(9, 2), c date, d varchar(5) UNIQUE)";
    let read = |bench: &mut Bench| {
        bench.fill_all();
        let rows = bench
            .session
            .query("SELECT id, a, d FROM t ORDER BY id", &[]);
        rows.unwrap()
    };
    bench.run(schema);
    let first = read(&mut bench);
    bench.run("DROP TABLE t");
    bench.run(schema);
    assert_eq!(first, read(&mut bench));
}

fn numbers_that_migrations_name_are_left_free(mut bench: Bench) {
    let id = match bench.db.kind() {
        Kind::Postgres => "bigserial",
        Kind::MariaDb => "bigint AUTO_INCREMENT",
        Kind::Sqlite => "integer",
    };
    bench.run(&format!(
        "CREATE TABLE roles (id {id} PRIMARY KEY, name varchar(20) NOT NULL)"
    ));
    bench.fill_all();
    bench.run("INSERT INTO roles (id, name) VALUES (1, 'admin'), (2, 'guest')");
}

fn ordinary_rows_are_neither_long_nor_strange(mut bench: Bench) {
    bench.run("CREATE TABLE t (id integer PRIMARY KEY, name varchar(200), n integer)");
    let schema = bench.schema();
    let shapes = [Shape::Ordinary, Shape::Bare, Shape::Duplicate];
    let filled = fill_with(&mut bench.session, &schema, &shapes).unwrap();
    assert_eq!((filled.rows, filled.unproved), (3, vec![]));
    let long = "SELECT count(*) FROM t WHERE name <> 'name 1' OR n < 0 OR n > 1000";
    assert_eq!(bench.number(long), 0);
}
