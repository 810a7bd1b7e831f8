//! Scenarios for MariaDB.

use limosa_core::Layout;
use limosa_testkit::Kind;

use crate::scenario::{Person, Scenario, Way};

const UP: Scenario = Scenario {
    name: "",
    kind: Kind::MariaDb,
    given: "create table counter (n int); insert into counter values (0)",
    files: &[],
    layout: Layout::Native,
    way: Way::Up,
    person: Person::Nobody,
    since: None,
};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "rows-only",
        files: &[(
            "1_rows.sql",
            "UPDATE counter SET n = n + 1;\nINSERT INTO counter VALUES (100);\nUPDATE counter SET n = n + 1;\n",
        )],
        ..UP
    },
    Scenario {
        name: "several",
        files: &[
            ("1_a.sql", "CREATE TABLE a (id int);\n"),
            ("2_b.sql", "UPDATE counter SET n = n + 10;\n"),
            ("3_c.sql", "CREATE VIEW v AS SELECT id FROM a;\n"),
        ],
        ..UP
    },
    Scenario {
        name: "five-definitions",
        files: &[(
            "1_shop.sql",
            "CREATE TABLE shop (id int PRIMARY KEY, name varchar(20));\n\
             INSERT INTO shop VALUES (1, 'a'), (2, 'b');\n\
             UPDATE counter SET n = n + 1;\n\
             ALTER TABLE shop ADD COLUMN x int NOT NULL DEFAULT 7;\n\
             UPDATE shop SET x = x + 1;\n\
             CREATE INDEX shop_name ON shop (name);\n\
             UPDATE counter SET n = n + 10;\n\
             ALTER TABLE shop MODIFY COLUMN name varchar(40) NOT NULL;\n\
             UPDATE counter SET n = n + 100;\n\
             DROP INDEX shop_name ON shop;\n",
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
             CREATE UNIQUE INDEX shop_id ON shop (id);\n\
             UPDATE counter SET n = n + 10;\n",
        )],
        person: Person::Repairs("delete from shop where name = 'c'"),
        ..UP
    },
    Scenario {
        name: "own-commits",
        files: &[(
            "1_rows.sql",
            "START TRANSACTION;\nUPDATE counter SET n = n + 1;\nCOMMIT;\n\
             SET @step = 10;\n\
             BEGIN;\nUPDATE counter SET n = n + @step;\nCOMMIT;\n\
             UPDATE counter SET n = n + 100;\n",
        )],
        ..UP
    },
    Scenario {
        name: "drops-and-renames",
        given: "create table counter (n int); insert into counter values (0);\n\
                create table old (id int); insert into old values (1); create table gone (id int)",
        files: &[(
            "1_names.sql",
            "DROP TABLE gone;\nUPDATE counter SET n = n + 1;\nRENAME TABLE old TO fresh;\n\
             ALTER TABLE fresh RENAME COLUMN id TO number;\nUPDATE counter SET n = n + 10;\n",
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
                "2_column.sql",
                "-- limosa: up\nALTER TABLE shop ADD COLUMN x int;\n\
                 -- limosa: down\nUPDATE counter SET n = n + 10;\n\
                 ALTER TABLE shop DROP COLUMN x;\nUPDATE counter SET n = n + 100;\n",
            ),
        ],
        way: Way::Down,
        ..UP
    },
    Scenario {
        name: "foreign-keys-and-enums",
        given: "create table counter (n int); insert into counter values (0);\n\
                create table shop (id int primary key, state enum ('open', 'closed'));\n\
                insert into shop values (1, 'open')",
        files: &[(
            "1_orders.sql",
            "CREATE TABLE orders (id int, shop int);\nINSERT INTO orders VALUES (1, 1);\n\
             ALTER TABLE orders ADD CONSTRAINT orders_shop FOREIGN KEY (shop) REFERENCES shop (id);\n\
             ALTER TABLE shop MODIFY COLUMN state enum ('open', 'closed', 'moved');\n\
             UPDATE shop SET state = 'moved';\nUPDATE counter SET n = n + 1;\n",
        )],
        ..UP
    },
    Scenario {
        name: "truncate",
        given: "create table log (id int); insert into log values (1), (2)",
        files: &[(
            "1_empty.sql",
            "TRUNCATE TABLE log;\nINSERT INTO log VALUES (3);\n",
        )],
        ..UP
    },
    Scenario {
        name: "call",
        given: "create table counter (n int); insert into counter values (0);\n\
                create procedure add_one() begin update counter set n = n + 1; insert into counter values (5); end",
        files: &[(
            "1_call.sql",
            "CREATE TABLE a (id int);\nCALL add_one();\n\
             BEGIN NOT ATOMIC UPDATE counter SET n = n + 10; UPDATE counter SET n = n + 100; END;\n\
             INSERT INTO a VALUES (1);\n",
        )],
        ..UP
    },
    Scenario {
        name: "call-in-doubt",
        given: "create table counter (n int); insert into counter values (0);\n\
                create procedure add_one() begin update counter set n = n + 1; commit; end",
        files: &[(
            "1_call.sql",
            "CREATE TABLE a (id int);\nCALL add_one();\nINSERT INTO a VALUES (1);\n",
        )],
        person: Person::Decides {
            statement: 2,
            query: "select n from counter",
            because: "a procedure outside of any transaction commits by itself, and only its author knows what it leaves",
        },
        ..UP
    },
    Scenario {
        name: "myisam-in-doubt",
        given: "create table counter (n int) engine = MyISAM; insert into counter values (0)",
        files: &[("1_rows.sql", "UPDATE counter SET n = n + 1;\n")],
        person: Person::Decides {
            statement: 1,
            query: "select n from counter",
            because: "a rollback does not take the rows of such a table back, and they do not tell who wrote them",
        },
        ..UP
    },
];
