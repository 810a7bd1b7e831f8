//! Scenarios for PostgreSQL.

use limosa_core::Layout;
use limosa_testkit::Kind;

use crate::scenario::{Person, Scenario, Way};

const UP: Scenario = Scenario {
    name: "",
    kind: Kind::Postgres,
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
            "CREATE TABLE shop (id int PRIMARY KEY, name text NOT NULL DEFAULT 'none');\n\
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
        name: "concurrent-indexes",
        files: &[(
            "1_shop.sql",
            "CREATE TABLE shop (id int, name text);\n\
             INSERT INTO shop SELECT i, 'n' || i FROM generate_series(1, 500) i;\n\
             CREATE INDEX CONCURRENTLY shop_name ON shop (name);\n\
             UPDATE counter SET n = n + 1;\n\
             CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS shop_id ON shop (id);\n\
             REINDEX INDEX CONCURRENTLY shop_name;\n\
             UPDATE counter SET n = n + 10;\n\
             DROP INDEX CONCURRENTLY shop_name;\n",
        )],
        ..UP
    },
    Scenario {
        name: "duplicate-repaired",
        given: "create table counter (n int); insert into counter values (0);\n\
                create table shop (id int, name text);\n\
                insert into shop values (1, 'a'), (2, 'b'), (2, 'c')",
        files: &[(
            "1_unique.sql",
            "UPDATE counter SET n = n + 1;\n\
             CREATE UNIQUE INDEX CONCURRENTLY shop_id ON shop (id);\n\
             UPDATE counter SET n = n + 10;\n",
        )],
        person: Person::Repairs("delete from shop where name = 'c'"),
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
             SET search_path = pg_catalog, public;\n\
             BEGIN;\nINSERT INTO shop VALUES (1);\nUPDATE counter SET n = n + 10;\nCOMMIT;\n\
             UPDATE counter SET n = n + 100;\n",
        )],
        ..UP
    },
    Scenario {
        name: "counter-beside-ddl",
        files: &[(
            "1_shop.sql",
            "-- limosa: no-transaction\n\
             CREATE TABLE shop (id int);\nUPDATE counter SET n = n + 1;\n\
             ALTER TABLE shop ADD COLUMN x int;\nUPDATE counter SET n = n + 1;\n\
             VACUUM shop;\nINSERT INTO shop VALUES (1, 2);\n",
        )],
        ..UP
    },
    Scenario {
        name: "copy",
        files: &[(
            "1_shop.sql",
            "CREATE TABLE shop (id int, name text);\n\
             COPY shop (id, name) FROM stdin;\n1\ta\n2\tb\n3\t\\N\n\\.\n\
             UPDATE counter SET n = n + 1;\n\
             COPY shop FROM stdin WITH (FORMAT csv);\n4,d\n\\.\n",
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
                 -- limosa: down\nUPDATE counter SET n = n + 10;\n\
                 DROP INDEX CONCURRENTLY shop_id;\nUPDATE counter SET n = n + 100;\n",
            ),
        ],
        way: Way::Down,
        ..UP
    },
    Scenario {
        name: "foreign-keys-and-enums",
        given: "create table counter (n int); insert into counter values (0);\n\
                create table shop (id int primary key, state text); insert into shop values (1, 'open');\n\
                create type state as enum ('open', 'closed')",
        files: &[
            (
                "1_orders.sql",
                "CREATE TABLE orders (id int, shop int);\nINSERT INTO orders VALUES (1, 1);\n\
                 ALTER TABLE orders ADD CONSTRAINT orders_shop FOREIGN KEY (shop) REFERENCES shop (id) NOT VALID;\n",
            ),
            (
                "2_validate.sql",
                "ALTER TABLE orders VALIDATE CONSTRAINT orders_shop;\nUPDATE counter SET n = n + 1;\n",
            ),
            (
                "3_state.sql",
                "-- limosa: no-transaction\nALTER TYPE state ADD VALUE 'moved' BEFORE 'closed';\n\
                 ALTER TABLE orders ADD COLUMN state state DEFAULT 'moved';\nUPDATE counter SET n = n + 10;\n",
            ),
        ],
        ..UP
    },
    Scenario {
        name: "detached-partition",
        given: "create table counter (n int); insert into counter values (0);\n\
                create table log (id int) partition by range (id);\n\
                create table log_1 partition of log for values from (0) to (10);\n\
                insert into log values (1)",
        files: &[(
            "1_detach.sql",
            "ALTER TABLE log DETACH PARTITION log_1 CONCURRENTLY;\nUPDATE counter SET n = n + 1;\n\
             REINDEX TABLE CONCURRENTLY counter;\n",
        )],
        since: Some(14),
        ..UP
    },
    Scenario {
        name: "call-in-doubt",
        given: "create table counter (n int); insert into counter values (0);\n\
                create procedure add_one() language plpgsql as \
                $$ begin update counter set n = n + 1; commit; end $$",
        files: &[(
            "1_call.sql",
            "-- limosa: no-transaction\nCREATE TABLE a (id int);\nCALL add_one();\nINSERT INTO a VALUES (1);\n",
        )],
        person: Person::Decides {
            statement: 2,
            query: "select n from counter",
            because: "a procedure outside of any transaction commits by itself, and only its author knows what it leaves",
        },
        ..UP
    },
];
