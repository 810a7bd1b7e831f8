//! Changes by hand: each is found, seen by `status`, and taken back by the statements that are shown.

use limosa_schema::write;
use limosa_testkit::Kind;

use super::support::Lab;
use super::{Bench, told};
use crate::on_every_database;

on_every_database! {
    each_change_by_hand_is_found_and_repaired,
}

const POSTGRES: &str = "\
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email varchar(100) NOT NULL DEFAULT '',
    born date,
    mood mood
);
CREATE TABLE orders (
    id bigint PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    total numeric(10, 2) CHECK (total >= 0)
);
CREATE INDEX orders_user_id ON orders (user_id);
CREATE VIEW grown AS SELECT id, email FROM users WHERE born < '2000-01-01';
CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql AS $$SELECT n * 2$$;
COMMENT ON TABLE users IS 'people';
";
const MARIADB: &str = "\
CREATE TABLE users (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    email varchar(100) NOT NULL DEFAULT '',
    born date
) COMMENT = 'people';
CREATE TABLE orders (
    id bigint NOT NULL PRIMARY KEY,
    user_id bigint NOT NULL,
    total decimal(10, 2) CHECK (total >= 0),
    KEY orders_user_id (user_id),
    CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE VIEW grown AS SELECT id, email FROM users WHERE born < '2000-01-01';
";
const SQLITE: &str = "\
CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL DEFAULT '', born text);
CREATE TABLE orders (
    id integer PRIMARY KEY,
    user_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
    total numeric CHECK (total >= 0)
);
CREATE INDEX orders_user_id ON orders (user_id);
CREATE VIEW grown AS SELECT id, email FROM users WHERE born < '2000-01-01';
";

/// What somebody does in a console, and the beginning of what is told of it.
const EVERYWHERE: &[(&str, &[&str])] = &[
    (
        "CREATE TABLE extra (x integer)",
        &["table extra is only in the database"],
    ),
    (
        "ALTER TABLE users ADD COLUMN note integer",
        &["column users.note is only in the database"],
    ),
    (
        "ALTER TABLE orders DROP COLUMN total",
        &["column orders.total is only in the migrations"],
    ),
    ("DROP VIEW grown", &["view grown is only in the migrations"]),
    ("CREATE UNIQUE INDEX by_hand ON users (email)", &["index"]),
];
const ON_POSTGRES: &[(&str, &[&str])] = &[
    (
        "DROP TABLE orders",
        &["table orders is only in the migrations"],
    ),
    (
        "DROP INDEX orders_user_id",
        &["index orders_user_id is only in the migrations"],
    ),
    (
        "DROP VIEW grown | ALTER TABLE users ALTER COLUMN born TYPE timestamp",
        &[
            "view grown is only in the migrations",
            "column users.born: type: date → timestamp",
        ],
    ),
    (
        "ALTER TABLE users ALTER COLUMN email DROP NOT NULL",
        &["column users.email: nullable: no → yes"],
    ),
    (
        "ALTER TABLE users ALTER COLUMN email SET DEFAULT 'nobody'",
        &["column users.email: default: "],
    ),
    (
        "ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey",
        &["constraint orders.orders_user_id_fkey is only in the migrations"],
    ),
    (
        "ALTER TABLE orders ADD CONSTRAINT low CHECK (total < 1000)",
        &["constraint orders.low is only in the database"],
    ),
    (
        "CREATE OR REPLACE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql AS $$SELECT n + n$$",
        &["routine twice"],
    ),
    ("ALTER TYPE mood ADD VALUE 'mad'", &["type mood: labels: "]),
    (
        "COMMENT ON TABLE users IS NULL",
        &["table users: comment: people → none"],
    ),
    (
        "CREATE SCHEMA hidden",
        &["schema hidden is only in the database"],
    ),
];
/// No statement takes a label away.
const BY_HAND: &[&str] = &["ALTER TYPE mood ADD VALUE 'mad'"];
const ON_MARIADB: &[(&str, &[&str])] = &[
    (
        "DROP TABLE orders",
        &["table orders is only in the migrations"],
    ),
    (
        "ALTER TABLE users MODIFY born datetime",
        &["column users.born: type: date → datetime"],
    ),
    (
        "ALTER TABLE users MODIFY email varchar(100) NULL DEFAULT ''",
        &["column users.email: nullable: no → yes"],
    ),
    (
        "ALTER TABLE users COMMENT = ''",
        &["table users: comment: people → none"],
    ),
    (
        "ALTER TABLE orders DROP FOREIGN KEY orders_user",
        &["constraint orders.orders_user is only in the migrations"],
    ),
    (
        "ALTER TABLE orders ADD CONSTRAINT low CHECK (total < 1000)",
        &["constraint orders.low is only in the database"],
    ),
    (
        "CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW SET NEW.email = lower(NEW.email)",
        &["trigger users.t is only in the database"],
    ),
];
const ON_SQLITE: &[(&str, &[&str])] = &[
    (
        "DROP TABLE orders",
        &["table orders is only in the migrations"],
    ),
    ("DROP INDEX orders_user_id", &["index"]),
    (
        "CREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM orders; END",
        &["trigger"],
    ),
];

fn each_change_by_hand_is_found_and_repaired(lab: Lab) {
    let (schema, own) = match lab.kind() {
        Kind::Postgres => (POSTGRES, ON_POSTGRES),
        Kind::MariaDb => (MARIADB, ON_MARIADB),
        Kind::Sqlite => (SQLITE, ON_SQLITE),
    };
    let mut bench = Bench::of(lab);
    begin(&bench, schema);
    for (by_hand, expected) in EVERYWHERE.iter().chain(own) {
        for statement in by_hand.split(" | ") {
            bench.db.execute(statement);
        }
        assert_eq!(bench.changed_outside(), Some(true), "{by_hand}");
        let drift = bench.look();
        let told = told(&drift);
        assert!(drift.is_there(), "{by_hand}");
        for one in *expected {
            let is_told = told.iter().any(|line| line.starts_with(one));
            assert!(is_told, "{by_hand}: {told:?}");
        }
        if write::remarks(&drift.repair).is_empty() {
            let mut session = bench.db.open();
            for statement in &drift.repair {
                session.execute(statement);
            }
            drop(session);
            // What belongs to whoever has repaired it is mentioned.
            let drift = bench.look();
            assert!(!drift.is_there(), "{by_hand}: {:?}", super::told(&drift));
            assert_eq!(bench.changed_outside(), Some(false), "{by_hand}");
        } else {
            let by_hand_only = BY_HAND.contains(by_hand) || bench.kind() != Kind::Postgres;
            assert!(by_hand_only, "{by_hand}: {:#?}", drift.repair);
            bench.lab = Lab::on(bench.kind()).unwrap();
            begin(&bench, schema);
        }
    }
}

fn begin(bench: &Bench, schema: &str) {
    bench.file("1_shop.sql", schema);
    bench.up();
    assert_eq!(bench.changed_outside(), Some(false));
    bench.no_drift();
}
