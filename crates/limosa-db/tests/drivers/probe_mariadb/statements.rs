//! The kinds of statements, and what is to be seen of each.

/// What is to be seen of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sees {
    /// That it ran.
    Effect,
    /// Nothing, and it can be run again.
    Repeats,
    /// Neither that it ran nor that it did not.
    Neither,
    /// There is no probe.
    Nothing,
}
use Sees::{Effect as Ran, Neither, Nothing, Repeats};

pub(super) const TABLE: &str = "CREATE TABLE t (a int, b int, KEY b (b))";
pub(super) const PARTS: &str = "CREATE TABLE p (a int) PARTITION BY RANGE (a) \
    (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))";
const SEQUENCE: &str = "CREATE SEQUENCE s";
pub(super) const NONE: &str = "";

/// What there is before, the statement, what is seen of it. `{db}` is the database: users are of the whole server.
pub(super) const STATEMENTS: &[(&str, &str, Sees)] = &[
    // Tables
    (NONE, "CREATE TABLE t (a int)", Ran),
    (NONE, "CREATE TABLE IF NOT EXISTS t (a int)", Ran),
    (TABLE, "CREATE TABLE IF NOT EXISTS t (a int)", Repeats),
    (TABLE, "CREATE TABLE `u v` LIKE t", Ran),
    (TABLE, "CREATE TABLE u SELECT a FROM t", Ran),
    (NONE, "CREATE OR REPLACE TABLE t (a int)", Ran),
    (TABLE, "CREATE OR REPLACE TABLE t (a bigint)", Ran),
    (
        TABLE,
        "CREATE OR REPLACE TABLE t (a int, b int, KEY b (b))",
        Ran,
    ),
    (NONE, "CREATE TABLE {db}.t (a int) ENGINE=MyISAM", Ran),
    (NONE, "/*!50000 CREATE TABLE t (a int) */", Ran),
    (TABLE, "DROP TABLE t", Ran),
    (TABLE, "DROP TABLE IF EXISTS t, u", Ran),
    (NONE, "DROP TABLE IF EXISTS t, u", Repeats),
    (TABLE, "TRUNCATE TABLE t", Ran),
    (TABLE, "TRUNCATE t", Ran),
    (PARTS, "TRUNCATE p", Ran),
    (TABLE, "RENAME TABLE t TO u", Ran),
    (TABLE, "RENAME TABLE t TO x, x TO y", Ran),
    (
        "CREATE TABLE t (a int); CREATE TABLE u (b int)",
        "RENAME TABLE t TO x, u TO t, x TO u",
        Ran,
    ),
    (
        "CREATE TABLE t (a int); CREATE TABLE u (a int)",
        "RENAME TABLE t TO x, u TO t, x TO u",
        Ran,
    ),
    (TABLE, "OPTIMIZE TABLE t", Repeats),
    (TABLE, "ANALYZE TABLE t", Repeats),
    (TABLE, "CHECK TABLE t", Repeats),
    (TABLE, "REPAIR TABLE t", Repeats),
    (NONE, "FLUSH TABLES", Repeats),
    // Changes of tables
    (TABLE, "ALTER TABLE t ADD COLUMN c int", Ran),
    (TABLE, "ALTER TABLE t ADD c int, ADD KEY (c), DROP b", Ran),
    (
        TABLE,
        "ALTER TABLE t ADD (c int, d int DEFAULT (1 + 2), INDEX d (d))",
        Ran,
    ),
    (
        TABLE,
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS a int",
        Repeats,
    ),
    (TABLE, "ALTER TABLE t DROP COLUMN a", Ran),
    (
        TABLE,
        "ALTER TABLE t DROP COLUMN a, ADD COLUMN a int FIRST",
        Neither,
    ),
    (TABLE, "ALTER TABLE t MODIFY a bigint NOT NULL", Ran),
    (TABLE, "ALTER TABLE t MODIFY a int", Repeats),
    (TABLE, "ALTER TABLE t CHANGE a c bigint", Ran),
    (TABLE, "ALTER TABLE t RENAME COLUMN a TO c", Ran),
    (TABLE, "ALTER TABLE t RENAME INDEX b TO c", Ran),
    (TABLE, "ALTER TABLE t ALTER a SET DEFAULT 3", Ran),
    (TABLE, "ALTER TABLE t ADD UNIQUE INDEX u (a)", Ran),
    (TABLE, "ALTER TABLE t ADD PRIMARY KEY (a)", Ran),
    (TABLE, "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)", Ran),
    (
        TABLE,
        "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES t (b)",
        Ran,
    ),
    (TABLE, "ALTER TABLE t DROP INDEX b", Ran),
    (TABLE, "ALTER TABLE t RENAME TO u", Ran),
    (TABLE, "ALTER TABLE t RENAME u, ADD COLUMN c int", Ran),
    (TABLE, "ALTER TABLE t ENGINE=InnoDB", Repeats),
    (TABLE, "ALTER TABLE t FORCE", Repeats),
    (TABLE, "ALTER TABLE t ENGINE=MyISAM", Ran),
    (TABLE, "ALTER TABLE t CONVERT TO CHARACTER SET utf16", Ran),
    (TABLE, "ALTER TABLE t COMMENT 'about AUTO_INCREMENT=5'", Ran),
    (
        "CREATE TABLE t (a int AUTO_INCREMENT PRIMARY KEY)",
        "ALTER TABLE t AUTO_INCREMENT = 100",
        Repeats,
    ),
    (TABLE, "ALTER TABLE t ADD SYSTEM VERSIONING", Ran),
    (
        TABLE,
        "SET STATEMENT max_statement_time=60 FOR ALTER TABLE t ADD COLUMN c int",
        Ran,
    ),
    (
        TABLE,
        "ALTER TABLE IF EXISTS nosuch ADD COLUMN c int",
        Repeats,
    ),
    (TABLE, "ALTER TABLE t WAIT 5 ADD COLUMN c int", Ran),
    (TABLE, "ALTER TABLE t DISCARD TABLESPACE", Ran),
    (
        PARTS,
        "ALTER TABLE p ADD PARTITION (PARTITION p2 VALUES LESS THAN (30))",
        Ran,
    ),
    (PARTS, "ALTER TABLE p DROP PARTITION p0", Ran),
    (PARTS, "ALTER TABLE p TRUNCATE PARTITION p0", Ran),
    (PARTS, "ALTER TABLE p TRUNCATE PARTITION ALL", Ran),
    (PARTS, "ALTER TABLE p REBUILD PARTITION p0", Repeats),
    (
        PARTS,
        "ALTER TABLE p REORGANIZE PARTITION p1 INTO (PARTITION p1 VALUES LESS THAN (15), PARTITION p2 VALUES LESS THAN (20))",
        Ran,
    ),
    (PARTS, "ALTER TABLE p REMOVE PARTITIONING", Ran),
    (
        "CREATE TABLE p (a int) PARTITION BY HASH (a) PARTITIONS 2; CREATE TABLE t (a int)",
        "ALTER TABLE p EXCHANGE PARTITION p0 WITH TABLE t",
        Ran,
    ),
    (TABLE, "CREATE INDEX i ON t (a)", Ran),
    (TABLE, "CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a)", Ran),
    (TABLE, "CREATE INDEX IF NOT EXISTS b ON t (a)", Repeats),
    (TABLE, "DROP INDEX b ON t", Ran),
    // Views, sequences, programs
    (TABLE, "CREATE VIEW v AS SELECT a FROM t", Ran),
    (
        NONE,
        "CREATE OR REPLACE ALGORITHM=MERGE DEFINER=CURRENT_USER() SQL SECURITY INVOKER VIEW v AS SELECT 1 AS a",
        Ran,
    ),
    (
        "CREATE VIEW v AS SELECT 1",
        "CREATE OR REPLACE VIEW v AS SELECT 2",
        Ran,
    ),
    (
        "CREATE VIEW v AS SELECT 1",
        "CREATE OR REPLACE VIEW v AS SELECT 1",
        Repeats,
    ),
    ("CREATE VIEW v AS SELECT 1", "ALTER VIEW v AS SELECT 2", Ran),
    (
        "CREATE VIEW v AS SELECT 1; CREATE VIEW w AS SELECT 1",
        "DROP VIEW v, w",
        Ran,
    ),
    ("CREATE VIEW v AS SELECT 1", "RENAME TABLE v TO w", Ran),
    (NONE, "CREATE SEQUENCE s START WITH 5", Ran),
    (SEQUENCE, "CREATE OR REPLACE SEQUENCE s", Ran),
    (SEQUENCE, "ALTER SEQUENCE s MAXVALUE 1000", Ran),
    (SEQUENCE, "ALTER SEQUENCE s RESTART 5", Nothing),
    (SEQUENCE, "DROP SEQUENCE s", Ran),
    (NONE, "CREATE PROCEDURE pr() BEGIN SELECT 1; END", Ran),
    (
        "CREATE PROCEDURE pr() SELECT 1",
        "CREATE OR REPLACE PROCEDURE pr() SELECT 2",
        Ran,
    ),
    (
        "CREATE PROCEDURE pr() SELECT 1",
        "ALTER PROCEDURE pr SQL SECURITY INVOKER",
        Ran,
    ),
    ("CREATE PROCEDURE pr() SELECT 1", "DROP PROCEDURE pr", Ran),
    (
        NONE,
        "CREATE DEFINER='root'@'localhost' FUNCTION f() RETURNS int RETURN 1",
        Ran,
    ),
    (
        "CREATE FUNCTION f() RETURNS int RETURN 1",
        "DROP FUNCTION IF EXISTS f",
        Ran,
    ),
    (
        NONE,
        "CREATE FUNCTION f RETURNS string SONAME 'nosuch.so'",
        Nothing,
    ),
    (
        TABLE,
        "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
        Ran,
    ),
    (
        "CREATE TABLE t (a int); CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
        "DROP TRIGGER tr",
        Ran,
    ),
    (
        NONE,
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
        Ran,
    ),
    (
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
        "ALTER EVENT e DISABLE",
        Ran,
    ),
    (
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
        "ALTER EVENT e RENAME TO f",
        Ran,
    ),
    (
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
        "DROP EVENT e",
        Ran,
    ),
    // Of the whole server
    (NONE, "CREATE DATABASE {db}_x", Ran),
    ("CREATE DATABASE {db}_x", "DROP SCHEMA {db}_x", Ran),
    (
        "CREATE DATABASE {db}_x",
        "CREATE OR REPLACE DATABASE {db}_x",
        Nothing,
    ),
    (NONE, "ALTER DATABASE CHARACTER SET utf16", Ran),
    (NONE, "ALTER DATABASE {db} COLLATE utf16_bin", Ran),
    (
        NONE,
        "CREATE USER {db}@localhost IDENTIFIED BY 'secret'",
        Ran,
    ),
    (
        NONE,
        "CREATE USER '{db}'@'%' IDENTIFIED BY 'secret', {db}_2 IDENTIFIED BY 'x' WITH MAX_USER_CONNECTIONS 2",
        Ran,
    ),
    (
        "CREATE USER {db}",
        "ALTER USER {db} IDENTIFIED BY 'other'",
        Ran,
    ),
    (
        "CREATE USER {db}",
        "SET PASSWORD FOR {db} = PASSWORD('x')",
        Repeats,
    ),
    (
        "CREATE USER {db}; CREATE USER {db}_2",
        "DROP USER {db}, {db}_2",
        Ran,
    ),
    (
        "CREATE USER {db}",
        "RENAME USER {db} TO {db}_2@localhost",
        Ran,
    ),
    (
        "CREATE USER {db}",
        "GRANT SELECT ON {db}.* TO {db}",
        Repeats,
    ),
    (
        "CREATE USER {db}; GRANT SELECT ON {db}.* TO {db}",
        "REVOKE SELECT ON {db}.* FROM {db}",
        Ran,
    ),
    (
        "CREATE USER {db}; GRANT SELECT ON {db}.* TO {db}",
        "REVOKE ALL PRIVILEGES, GRANT OPTION FROM {db}@'%'",
        Ran,
    ),
    (NONE, "CREATE ROLE {db}", Ran),
    ("CREATE ROLE {db}", "DROP ROLE {db}", Ran),
    (
        NONE,
        "CREATE SERVER {db} FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'h')",
        Ran,
    ),
    (
        "CREATE SERVER {db} FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'h')",
        "ALTER SERVER {db} OPTIONS (HOST 'i')",
        Ran,
    ),
    (
        "CREATE SERVER {db} FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'h')",
        "DROP SERVER {db}",
        Ran,
    ),
];
