//! Scenarios in which the history table of another tool is kept beside ours: at the end both say the same, and in
//! between the other tool never takes a half applied migration for one that is applied, or for one that is not.

use limosa_core::Layout;
use limosa_testkit::Kind;

use crate::scenario::{Person, Scenario, Way};

const UP: Scenario = Scenario {
    name: "",
    kind: Kind::Postgres,
    given: "create table counter (n int); insert into counter values (0)",
    files: &[],
    layout: Layout::GolangMigrate,
    way: Way::Up,
    person: Person::Nobody,
    since: None,
};

const BUILDS: &[(&str, &str)] = &[
    (
        "1_shop.up.sql",
        "CREATE TABLE shop (id int PRIMARY KEY, name text);\nUPDATE counter SET n = n + 1;\n",
    ),
    (
        "1_shop.down.sql",
        "UPDATE counter SET n = n - 1;\nDROP TABLE shop;\n",
    ),
    (
        "2_index.up.sql",
        "UPDATE counter SET n = n + 10;\nCREATE INDEX CONCURRENTLY shop_name ON shop (name);\n\
         UPDATE counter SET n = n + 100;\n",
    ),
    (
        "2_index.down.sql",
        "DROP INDEX CONCURRENTLY shop_name;\nUPDATE counter SET n = n - 110;\n",
    ),
];

const DEFINITIONS: &[(&str, &str)] = &[
    (
        "1_shop.up.sql",
        "CREATE TABLE shop (id int PRIMARY KEY, name varchar(20));\nUPDATE counter SET n = n + 1;\n\
         ALTER TABLE shop ADD COLUMN x int NOT NULL DEFAULT 7;\n",
    ),
    (
        "1_shop.down.sql",
        "UPDATE counter SET n = n - 1;\nDROP TABLE shop;\n",
    ),
    ("2_rows.up.sql", "UPDATE counter SET n = n + 10;\n"),
    ("2_rows.down.sql", "UPDATE counter SET n = n - 10;\n"),
];

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "mirror-of-golang-migrate",
        files: BUILDS,
        ..UP
    },
    Scenario {
        name: "mirror-of-golang-migrate-down",
        files: BUILDS,
        way: Way::Down,
        ..UP
    },
    Scenario {
        name: "mirror-of-sqlx",
        files: &[
            (
                "1_shop.sql",
                "CREATE TABLE shop (id int PRIMARY KEY, name text);\nUPDATE counter SET n = n + 1;\n",
            ),
            (
                "2_index.sql",
                "-- no-transaction\nCREATE INDEX CONCURRENTLY shop_name ON shop (name);\n",
            ),
            ("3_rows.sql", "UPDATE counter SET n = n + 10;\n"),
        ],
        layout: Layout::Sqlx,
        ..UP
    },
    Scenario {
        name: "mirror-of-golang-migrate",
        kind: Kind::MariaDb,
        files: DEFINITIONS,
        ..UP
    },
    Scenario {
        name: "mirror-of-golang-migrate-down",
        kind: Kind::MariaDb,
        files: DEFINITIONS,
        way: Way::Down,
        ..UP
    },
    Scenario {
        name: "mirror-of-sqlx",
        kind: Kind::MariaDb,
        files: DEFINITIONS,
        layout: Layout::Sqlx,
        ..UP
    },
    Scenario {
        name: "mirror-of-goose",
        kind: Kind::MariaDb,
        files: &[(
            "1_shop.sql",
            "-- +goose Up\nCREATE TABLE shop (id int PRIMARY KEY);\nUPDATE counter SET n = n + 1;\n\
             ALTER TABLE shop ADD COLUMN x int;\n-- +goose Down\nDROP TABLE shop;\n",
        )],
        layout: Layout::Goose,
        ..UP
    },
    Scenario {
        name: "mirror-of-goose",
        kind: Kind::Sqlite,
        files: &[(
            "1_shop.sql",
            "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE shop (id int PRIMARY KEY);\nVACUUM;\n\
             UPDATE counter SET n = n + 1;\n-- +goose Down\nDROP TABLE shop;\n",
        )],
        layout: Layout::Goose,
        ..UP
    },
];
