//! Scenarios for SQLite, which has no connections to cut: only the process dies.

use limosa_core::Layout;
use limosa_testkit::Kind;

use crate::scenario::{Person, Scenario, Way};

const UP: Scenario = Scenario {
    name: "",
    kind: Kind::Sqlite,
    given: "create table counter (n int); insert into counter values (0)",
    files: &[],
    layout: Layout::Native,
    way: Way::Up,
    person: Person::Nobody,
    since: None,
};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "one-transaction",
        files: &[(
            "1_shop.sql",
            "CREATE TABLE shop (id int PRIMARY KEY, name text);\n\
             INSERT INTO shop VALUES (1, 'a'), (2, 'b');\n\
             UPDATE counter SET n = n + 1;\n\
             CREATE INDEX shop_name ON shop (name);\n",
        )],
        ..UP
    },
    Scenario {
        name: "several",
        files: &[
            (
                "1_a.sql",
                "CREATE TABLE a (id int);\nUPDATE counter SET n = n + 1;\n",
            ),
            (
                "2_b.sql",
                "ALTER TABLE a ADD COLUMN x text;\nUPDATE counter SET n = n + 10;\n",
            ),
            (
                "3_c.sql",
                "CREATE VIEW v AS SELECT id FROM a;\nUPDATE counter SET n = n + 100;\n",
            ),
        ],
        ..UP
    },
    Scenario {
        name: "shared",
        given: "",
        files: super::SHARED,
        ..UP
    },
    Scenario {
        name: "own-commits",
        files: &[(
            "1_shop.sql",
            "BEGIN;\nCREATE TABLE shop (id int);\nUPDATE counter SET n = n + 1;\nCOMMIT;\n\
             BEGIN;\nINSERT INTO shop VALUES (1);\nUPDATE counter SET n = n + 10;\nCOMMIT;\n",
        )],
        ..UP
    },
    Scenario {
        name: "vacuum",
        files: &[(
            "1_shop.sql",
            "CREATE TABLE shop (id int);\nUPDATE counter SET n = n + 1;\nVACUUM;\n\
             UPDATE counter SET n = n + 10;\n",
        )],
        ..UP
    },
    Scenario {
        name: "foreign-keys",
        given: "create table counter (n int); insert into counter values (0);\n\
                create table shop (id integer primary key); insert into shop values (1);\n\
                create table orders (id int, shop int references shop (id) on delete cascade);\n\
                insert into orders values (1, 1)",
        files: &[(
            "1_rebuild.sql",
            "CREATE TABLE shop_new (id integer PRIMARY KEY, name text);\n\
             INSERT INTO shop_new SELECT id, 'x' FROM shop;\nDROP TABLE shop;\n\
             ALTER TABLE shop_new RENAME TO shop;\nUPDATE counter SET n = n + 1;\n",
        )],
        ..UP
    },
    Scenario {
        name: "down",
        files: &[
            (
                "1_shop.sql",
                "-- limosa: up\nCREATE TABLE shop (id int);\n\
                 -- limosa: down\nUPDATE counter SET n = n + 1;\nDROP TABLE shop;\n",
            ),
            (
                "2_index.sql",
                "-- limosa: up\nCREATE INDEX shop_id ON shop (id);\n\
                 -- limosa: down\nUPDATE counter SET n = n + 10;\nDROP INDEX shop_id;\nVACUUM;\n",
            ),
        ],
        way: Way::Down,
        ..UP
    },
];
