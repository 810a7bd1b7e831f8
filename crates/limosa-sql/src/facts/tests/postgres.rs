//! Statements of `PostgreSQL`.

use super::*;

#[test]
fn definitions_say_what_they_create_change_and_drop() {
    all(
        &newest(Dialect::Postgres),
        &[
            (
                "CREATE TABLE IF NOT EXISTS shop.\"Users\" (id int)",
                "create_table, +table shop.Users",
            ),
            (
                "CREATE UNLOGGED TABLE a AS SELECT 1",
                "create_table, +table a",
            ),
            ("SELECT a INTO TEMP b FROM c", "select, +table b"),
            ("CREATE UNIQUE INDEX i ON t (a)", "create_index, +index i"),
            ("CREATE INDEX ON t (a)", "create_index"),
            (
                "CREATE OR REPLACE FUNCTION f(a int) RETURNS int AS $$$$",
                "create_function, +function f",
            ),
            (
                "CREATE OR REPLACE TEMP RECURSIVE VIEW v AS SELECT 1",
                "create_view, +view v",
            ),
            (
                "CREATE MATERIALIZED VIEW v AS SELECT 1",
                "create_materialized_view, +materialized_view v",
            ),
            (
                "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON a",
                "create_trigger, +trigger t",
            ),
            (
                "CREATE EXTENSION IF NOT EXISTS pgcrypto",
                "create_extension, +extension pgcrypto",
            ),
            (
                "CREATE TYPE mood AS ENUM ('sad')",
                "create_type, +type mood",
            ),
            ("CREATE DOMAIN d AS int", "create_domain, +domain d"),
            (
                "CREATE SCHEMA IF NOT EXISTS s AUTHORIZATION joe",
                "create_schema, +schema s",
            ),
            (
                "CREATE SCHEMA AUTHORIZATION joe",
                "create_schema, +schema joe",
            ),
            ("CREATE SEQUENCE s", "create_sequence, +sequence s"),
            (
                "CREATE USER MAPPING FOR joe SERVER s",
                "create_user_mapping, +user_mapping joe",
            ),
            ("CREATE POLICY p ON t", "create_policy, +policy p"),
            (
                "CREATE TEXT SEARCH CONFIGURATION c (PARSER = p)",
                "create_text_search_configuration, +text_search_configuration c",
            ),
            ("CREATE CAST (a AS b) WITHOUT FUNCTION", "create_cast"),
            ("CREATE OPERATOR + (LEFTARG = a)", "create_operator"),
            (
                "CREATE RULE r AS ON INSERT TO t DO NOTHING",
                "create_rule, +rule r",
            ),
            ("CREATE ROLE r", "create_role, +role r"),
            (
                "ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT ALL ON TABLES TO r",
                "alter_default_privileges",
            ),
            ("ALTER INDEX a RENAME TO b", "alter_index, ~index a"),
            (
                "ALTER SEQUENCE s OWNED BY t.a",
                "alter_sequence, ~sequence s",
            ),
            (
                "DROP FUNCTION f(int, text), g",
                "drop_function, -function f, -function g",
            ),
            ("DROP TRIGGER t ON a", "drop_trigger, -trigger t"),
            (
                "DROP INDEX IF EXISTS a, s.b CASCADE",
                "drop_index, -index a, -index s.b",
            ),
            ("DROP SEQUENCE s", "drop_sequence, -sequence s"),
            (
                "DROP MATERIALIZED VIEW v",
                "drop_materialized_view, -materialized_view v",
            ),
            ("DROP TYPE t", "drop_type, -type t"),
            ("COMMENT ON TABLE t IS 'x'", "comment"),
            ("GRANT SELECT ON t TO r", "grant"),
            (
                "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
                "refresh_materialized_view",
            ),
            ("LOCK TABLE t IN SHARE MODE", "lock_table"),
        ],
    );
}

#[test]
fn alter_table_says_what_happens_to_columns() {
    all(
        &newest(Dialect::Postgres),
        &[
            (
                "ALTER TABLE IF EXISTS ONLY s.t ADD COLUMN IF NOT EXISTS a numeric(1, 2), DROP b, \
                 DROP COLUMN IF EXISTS \"C\" CASCADE, ALTER d TYPE text, ADD e int;",
                "alter_table, ~table s.t, +column s.t.a, -column s.t.b, -column s.t.C, \
                 ~column s.t.d, +column s.t.e, loses column s.t.b, loses column s.t.C",
            ),
            (
                "ALTER TABLE t ADD CONSTRAINT c UNIQUE (a), ADD PRIMARY KEY (b), DROP CONSTRAINT IF EXISTS d, \
                 VALIDATE CONSTRAINT e",
                "alter_table, ~table t, +constraint t.c, -constraint t.d, ~constraint t.e",
            ),
            (
                "ALTER TABLE t RENAME a TO b",
                "alter_table, ~table t, ~column t.a",
            ),
            (
                "ALTER TABLE t RENAME COLUMN a TO b",
                "alter_table, ~table t, ~column t.a",
            ),
            ("ALTER TABLE t RENAME TO u", "alter_table, ~table t"),
            (
                "ALTER TABLE t ALTER COLUMN a DROP NOT NULL",
                "alter_table, ~table t, ~column t.a",
            ),
            (
                "ALTER FOREIGN TABLE t DROP a",
                "alter_foreign_table, ~foreign_table t, -column t.a",
            ),
            ("ALTER TABLE t DETACH PARTITION p", "alter_table, ~table t"),
            (
                "ALTER TABLE t DETACH PARTITION p FINALIZE",
                "alter_table, ~table t",
            ),
            (
                "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
                "alter_table, forbidden, ~table t",
            ),
            (
                "ALTER TYPE t DROP ATTRIBUTE a, ADD ATTRIBUTE b int",
                "alter_type, ~type t, -attribute t.a, loses attribute t.a",
            ),
        ],
    );
}

#[test]
fn what_destroys_data_is_named() {
    all(
        &newest(Dialect::Postgres),
        &[
            (
                "DROP TABLE IF EXISTS a, s.b CASCADE",
                "drop_table, -table a, -table s.b, loses table a, loses table s.b",
            ),
            ("DROP SCHEMA s", "drop_schema, -schema s, loses schema s"),
            (
                "DROP FOREIGN TABLE f",
                "drop_foreign_table, -foreign_table f",
            ),
            (
                "DROP TYPE a, b CASCADE",
                "drop_type, -type a, -type b, loses type a, loses type b",
            ),
            (
                "DROP DOMAIN d CASCADE",
                "drop_domain, -domain d, loses domain d",
            ),
            (
                "DROP EXTENSION e CASCADE",
                "drop_extension, -extension e, loses extension e",
            ),
            (
                "DROP OWNED BY a, b",
                "drop_owned, loses owned a, loses owned b",
            ),
            (
                "TRUNCATE TABLE ONLY a, b * CASCADE",
                "truncate, loses rows a, loses rows b",
            ),
            ("DELETE FROM ONLY s.t WHERE a = 1", "delete, loses rows s.t"),
            (
                "WITH x AS (DELETE FROM a RETURNING *) SELECT * FROM x",
                "select, loses rows a",
            ),
            (
                "WITH x AS (SELECT 1) DELETE FROM b USING x",
                "delete, loses rows b",
            ),
            (
                "MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE",
                "merge, loses rows a",
            ),
            (
                "MERGE INTO a USING b ON true WHEN MATCHED THEN DO NOTHING",
                "merge",
            ),
            (
                "EXPLAIN (ANALYZE, COSTS) DELETE FROM a",
                "explain, loses rows a",
            ),
            ("EXPLAIN VERBOSE DELETE FROM a", "explain"),
            (
                "EXPLAIN ANALYZE VERBOSE DELETE FROM a",
                "explain, loses rows a",
            ),
            ("UPDATE t SET a = NULL", "update"),
        ],
    );
}

#[test]
fn what_the_server_refuses_in_a_transaction_is_forbidden() {
    all(
        &newest(Dialect::Postgres),
        &[
            (
                "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)",
                "create_index, forbidden, +index i",
            ),
            (
                "CREATE INDEX CONCURRENTLY ON t (a)",
                "create_index, forbidden",
            ),
            (
                "DROP INDEX CONCURRENTLY i",
                "drop_index, forbidden, -index i",
            ),
            ("REINDEX TABLE CONCURRENTLY t", "reindex, forbidden"),
            (
                "REINDEX (VERBOSE, CONCURRENTLY) INDEX i",
                "reindex, forbidden",
            ),
            ("REINDEX SCHEMA s", "reindex, forbidden"),
            ("REINDEX DATABASE", "reindex, forbidden"),
            ("REINDEX TABLE t", "reindex"),
            ("VACUUM FULL t", "vacuum, forbidden"),
            ("ANALYZE t", "analyze"),
            (
                "CREATE DATABASE d",
                "create_database, forbidden, +database d",
            ),
            (
                "DROP DATABASE d",
                "drop_database, forbidden, -database d, loses database d",
            ),
            (
                "ALTER DATABASE d SET TABLESPACE s",
                "alter_database, forbidden, ~database d",
            ),
            (
                "ALTER DATABASE d SET search_path = a",
                "alter_database, ~database d",
            ),
            (
                "CREATE TABLESPACE s LOCATION '/x'",
                "create_tablespace, forbidden, +tablespace s",
            ),
            (
                "DROP TABLESPACE s",
                "drop_tablespace, forbidden, -tablespace s",
            ),
            ("ALTER SYSTEM SET a = 1", "alter_system, forbidden"),
            ("CLUSTER", "cluster, forbidden"),
            ("CLUSTER (VERBOSE);", "cluster, forbidden"),
            ("CLUSTER t USING i", "cluster"),
            ("DISCARD ALL", "discard, forbidden, session"),
            ("DISCARD PLANS", "discard"),
            (
                "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
                "create_subscription, forbidden, +subscription s",
            ),
            (
                "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (create_slot = false)",
                "create_subscription, +subscription s",
            ),
            (
                "ALTER SUBSCRIPTION s REFRESH PUBLICATION",
                "alter_subscription, forbidden, ~subscription s",
            ),
            (
                "ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = off)",
                "alter_subscription, ~subscription s",
            ),
            (
                "ALTER SUBSCRIPTION s ENABLE",
                "alter_subscription, ~subscription s",
            ),
            (
                "DROP SUBSCRIPTION s",
                "drop_subscription, forbidden, -subscription s",
            ),
            (
                "ALTER TYPE t ADD VALUE 'x'",
                "alter_type_add_value, ~type t",
            ),
            ("DO $$ BEGIN END $$", "do, may control"),
            ("CALL p()", "call, may control"),
        ],
    );
    let eleven = Target {
        version: (11, 22),
        ..newest(Dialect::Postgres)
    };
    all(
        &eleven,
        &[(
            "ALTER TYPE t ADD VALUE IF NOT EXISTS 'x'",
            "alter_type_add_value, forbidden, ~type t",
        )],
    );
}

#[test]
fn transactions_are_controlled_by_these() {
    all(
        &newest(Dialect::Postgres),
        &[
            ("BEGIN", "begin, begin []"),
            (
                "begin work isolation level Serializable, read only;",
                "begin, begin [ISOLATION LEVEL SERIALIZABLE READ ONLY]",
            ),
            (
                "START TRANSACTION NOT DEFERRABLE",
                "begin, begin [NOT DEFERRABLE]",
            ),
            ("COMMIT", "commit, Commit"),
            ("END TRANSACTION AND CHAIN", "commit, commit and chain"),
            ("COMMIT AND NO CHAIN", "commit, Commit"),
            ("ROLLBACK AND CHAIN", "rollback, rollback and chain"),
            ("ABORT", "rollback, Rollback"),
            (
                "ROLLBACK WORK TO SAVEPOINT a",
                "rollback_to_savepoint, Savepoint",
            ),
            ("SAVEPOINT a", "savepoint, Savepoint"),
            ("RELEASE a", "release_savepoint, Savepoint"),
            (
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                "set_transaction, set transaction [ISOLATION LEVEL REPEATABLE READ]",
            ),
            ("PREPARE TRANSACTION 'x'", "prepare_transaction, TwoPhase"),
            (
                "COMMIT PREPARED 'x'",
                "commit_prepared, forbidden, TwoPhase",
            ),
            (
                "ROLLBACK PREPARED 'x'",
                "rollback_prepared, forbidden, TwoPhase",
            ),
            ("PREPARE p AS SELECT 1", "prepare"),
        ],
    );
}

#[test]
fn settings_of_the_session_are_told_from_those_of_the_transaction() {
    all(
        &newest(Dialect::Postgres),
        &[
            ("SET search_path = ''", "set, session"),
            ("SET SESSION AUTHORIZATION joe", "set, session"),
            ("SET ROLE joe", "set, session"),
            ("SET LOCAL lock_timeout = '1s'", "set"),
            ("SET CONSTRAINTS ALL DEFERRED", "set_constraints"),
            (
                "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
                "set, session",
            ),
            ("RESET ALL", "reset, session"),
            (
                "SELECT pg_catalog.set_config('search_path', '', false);",
                "select, session",
            ),
            ("SELECT set_config('a', lower('B'), true)", "select"),
            (
                "SELECT set_config('a', 'b', true), set_config('c', 'd', false)",
                "select, session",
            ),
            ("SELECT pg_catalog.setval('s', 1, false)", "select"),
            ("INSERT INTO t VALUES (1)", "insert"),
            ("COPY t FROM stdin", "copy_from_stdin"),
            ("(SELECT 1) UNION (SELECT 2)", "select"),
            ("VALUES (1)", "select"),
        ],
    );
}
