//! Statements of `MySQL` and `MariaDB`.

use super::*;

#[test]
fn definitions_commit_but_for_temporary_tables() {
    all(
        &newest(Dialect::Mysql),
        &[
            (
                "CREATE TABLE IF NOT EXISTS `shop`.`users` (id INT)",
                "create_table, commits, +table shop.users",
            ),
            ("CREATE TEMPORARY TABLE t (a INT)", "create_table, +table t"),
            ("DROP TEMPORARY TABLE IF EXISTS t", "drop_table, -table t"),
            (
                "CREATE OR REPLACE TABLE t (a INT)",
                "create_table, commits, +table t, loses table t",
            ),
            (
                "CREATE UNIQUE INDEX i ON t (a)",
                "create_index, commits, +index i",
            ),
            (
                "CREATE FULLTEXT INDEX i ON t (a)",
                "create_index, commits, +index i",
            ),
            (
                "CREATE OR REPLACE ALGORITHM=MERGE DEFINER=`a`@`%` SQL SECURITY INVOKER VIEW v AS SELECT 1",
                "create_view, commits, +view v",
            ),
            (
                "CREATE DEFINER = CURRENT_USER() TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.a = 1",
                "create_trigger, commits, +trigger t",
            ),
            (
                "/*!50003 CREATE*/ /*!50017 DEFINER=root@localhost*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @a = 1 */",
                "create_trigger, commits, +trigger t",
            ),
            (
                "CREATE PROCEDURE p() BEGIN DELETE FROM a; END",
                "create_procedure, commits, +procedure p",
            ),
            (
                "CREATE FUNCTION f() RETURNS INT RETURN 1",
                "create_function, commits, +function f",
            ),
            (
                "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM a",
                "create_event, commits, +event e",
            ),
            ("CREATE DATABASE d", "create_database, commits, +database d"),
            (
                "DROP SCHEMA d",
                "drop_database, commits, -database d, loses database d",
            ),
            ("CREATE USER 'a'@'%'", "create_user, commits"),
            (
                "DROP TABLE a, b",
                "drop_table, commits, -table a, -table b, loses table a, loses table b",
            ),
            ("DROP INDEX i ON t", "drop_index, commits, -index i"),
            ("DROP VIEW v", "drop_view, commits, -view v"),
            (
                "RENAME TABLE a TO b, c TO d",
                "rename_table, commits, ~table a, ~table c",
            ),
            ("TRUNCATE t", "truncate, commits, loses rows t"),
            ("GRANT ALL ON *.* TO a", "grant, commits"),
            ("ANALYZE TABLE t", "analyze_table, commits"),
            ("FLUSH PRIVILEGES", "flush, commits"),
            ("SET PASSWORD = 'x'", "set_password, commits"),
            (
                "CREATE SPATIAL REFERENCE SYSTEM 1 NAME 'x'",
                "create_spatial_reference_system, commits",
            ),
            ("OPTIMIZE TABLE t", "optimize_table, commits"),
        ],
    );
}

#[test]
fn alter_table_says_what_happens_to_its_parts() {
    all(
        &newest(Dialect::Mysql),
        &[
            (
                "ALTER TABLE t ADD a DECIMAL(1, 2) AFTER b, ADD COLUMN c INT, DROP COLUMN d, DROP e, \
                 MODIFY f INT, CHANGE COLUMN g h INT, RENAME COLUMN i TO j, ALTER k SET DEFAULT 1",
                "alter_table, commits, ~table t, +column t.a, +column t.c, -column t.d, -column t.e, \
                 ~column t.f, ~column t.g, ~column t.i, ~column t.k, loses column t.d, loses column t.e",
            ),
            (
                "ALTER TABLE t ADD UNIQUE KEY u (a), ADD INDEX (b), ADD CONSTRAINT c FOREIGN KEY (d) REFERENCES x (y), \
                 DROP PRIMARY KEY, DROP FOREIGN KEY g, DROP INDEX h, ADD CONSTRAINT UNIQUE (z), DROP CHECK k",
                "alter_table, commits, ~table t, +index t.u, +constraint t.c, -constraint t.g, -index t.h, -constraint t.k",
            ),
            (
                "ALTER TABLE t ADD COLUMN (a INT DEFAULT (1), b INT, KEY k (a)), ENGINE=InnoDB",
                "alter_table, commits, ~table t, +column t.a, +column t.b",
            ),
            (
                "ALTER ONLINE IGNORE TABLE t DROP PARTITION p0, p1",
                "alter_table, commits, ~table t, loses partition t.p0, loses partition t.p1",
            ),
            (
                "ALTER TABLE t TRUNCATE PARTITION ALL",
                "alter_table, commits, ~table t, loses partition t.ALL",
            ),
            (
                "ALTER TABLE t DROP SYSTEM VERSIONING",
                "alter_table, commits, ~table t, loses rows t",
            ),
            (
                "ALTER TABLE t ADD PARTITION (PARTITION p VALUES LESS THAN (1))",
                "alter_table, commits, ~table t",
            ),
            (
                "ALTER TABLE t RENAME TO u",
                "alter_table, commits, ~table t",
            ),
            (
                "ALTER TABLE t RENAME u, ENGINE InnoDB",
                "alter_table, commits, ~table t",
            ),
        ],
    );
}

#[test]
fn rows_are_lost_by_every_form_of_delete() {
    all(
        &newest(Dialect::Mysql),
        &[
            ("DELETE FROM t WHERE a", "delete, loses rows t"),
            (
                "DELETE QUICK a, b FROM a JOIN b",
                "delete, loses rows a, loses rows b",
            ),
            (
                "DELETE FROM a, s.b USING a JOIN s.b",
                "delete, loses rows a, loses rows s.b",
            ),
            (
                "DELETE a.*, b.* FROM a, b",
                "delete, loses rows a, loses rows b",
            ),
            ("REPLACE INTO t VALUES (1)", "replace"),
        ],
    );
}

#[test]
fn settings_and_transactions() {
    all(
        &newest(Dialect::Mysql),
        &[
            ("/*!40101 SET NAMES utf8 */", "set, session"),
            ("SET sql_mode = ''", "set, session"),
            ("SET @a = 1, GLOBAL b = 2", "set, session"),
            ("SET GLOBAL a = 1, b = 2", "set"),
            ("SET GLOBAL a = 1, SESSION b = 2", "set, session"),
            ("SET @@global.a = 1", "set"),
            ("SET PERSIST a = 1", "set"),
            ("SET autocommit = 0", "set, Autocommit, session"),
            (
                "SET SESSION autocommit = 1",
                "set, commits, Autocommit, session",
            ),
            ("SET @a = @@autocommit, autocommit = 0", "set, session"),
            ("SET autocommit = 1, @a = 1", "set, commits, session"),
            (
                "SET STATEMENT max_statement_time = 1 FOR DELETE FROM t",
                "delete, loses rows t",
            ),
            ("SET SESSION TRANSACTION READ ONLY", "set, session"),
            (
                "SET TRANSACTION READ ONLY",
                "set_transaction, set transaction [READ ONLY]",
            ),
            ("USE shop", "use, session"),
            ("BEGIN", "begin, commits, begin []"),
            ("BEGIN WORK", "begin, commits, begin []"),
            (
                "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
                "begin, commits, begin [WITH CONSISTENT SNAPSHOT READ ONLY]",
            ),
            ("COMMIT WORK AND CHAIN", "commit, commit and chain"),
            ("ROLLBACK TO a", "rollback_to_savepoint, Savepoint"),
            ("LOCK TABLES a WRITE", "lock_tables, commits, LockTables"),
            ("UNLOCK TABLES", "unlock_tables, commits, UnlockTables"),
            ("XA START 'a'", "xa, TwoPhase"),
            ("BEGIN NOT ATOMIC SELECT 1; END", "compound, may control"),
            ("IF @a THEN SELECT 1; END IF", "compound, may control"),
            ("CALL p()", "call, may control"),
            ("DO SLEEP(1)", "do"),
            ("INSERT INTO t VALUES (1)", "insert"),
            ("ANALYZE FORMAT=JSON DELETE FROM t", "explain, loses rows t"),
            ("EXPLAIN FORMAT=TREE DELETE FROM t", "explain"),
        ],
    );
}
