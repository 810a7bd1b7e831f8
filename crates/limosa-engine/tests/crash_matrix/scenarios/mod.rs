//! The scenarios of each database.

pub mod mariadb;
pub mod mirror;
pub mod postgres;
pub mod sqlite;

/// Migrations of an empty database, of which the first three and the last two may share a transaction.
const SHARED: &[(&str, &str)] = &[
    ("1_a.sql", "CREATE TABLE a (id int PRIMARY KEY);\n"),
    (
        "2_b.sql",
        "CREATE TABLE b (id int);\nCREATE INDEX b_id ON b (id);\n",
    ),
    (
        "3_c.sql",
        "ALTER TABLE a ADD COLUMN x text;\nCREATE VIEW v AS SELECT x FROM a;\n",
    ),
    ("4_d.sql", "INSERT INTO b VALUES (1);\n"),
    ("5_e.sql", "CREATE TABLE e (id int);\n"),
    ("6_f.sql", "CREATE TABLE f (id int);\n"),
];
