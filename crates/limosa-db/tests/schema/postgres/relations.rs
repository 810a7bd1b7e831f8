//! Schemas, tables, columns, sequences and views.

use super::case::{Case, case, check};

const TABLE: &str = "CREATE TABLE t (a int, b text, c numeric(8, 2) DEFAULT 1)";

const SCHEMAS: &[Case] = &[
    case("", "CREATE SCHEMA s", &["left_behind schema s"]),
    case("", "DROP SCHEMA public", &["lost schema public"]),
    case(
        "",
        "COMMENT ON SCHEMA public IS 'x'",
        &["changed schema public: comment"],
    ),
    case("", "COMMENT ON SCHEMA public IS NULL", &[]),
    case(
        "CREATE SCHEMA s",
        "COMMENT ON SCHEMA s IS 'x'",
        &["changed schema s: comment"],
    ),
    case(
        "CREATE SCHEMA s; CREATE TABLE s.t (a int)",
        "DROP SCHEMA s CASCADE",
        &["lost schema s", "lost table s.t"],
    ),
    case(
        "CREATE SCHEMA s; CREATE TABLE s.t (a int)",
        "ALTER SCHEMA s RENAME TO r",
        &[
            "lost schema s",
            "left_behind schema r",
            "lost table s.t",
            "left_behind table r.t",
        ],
    ),
];

#[test]
fn schemas_are_seen() {
    check(SCHEMAS);
}

const TABLES: &[Case] = &[
    case(
        "CREATE ACCESS METHOD other TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE t (a int)",
        "DROP TABLE t; CREATE TABLE t (a int) USING other",
        &["changed table t: access_method"],
    ),
    case(
        "CREATE TABLE t (a int) PARTITION BY RANGE (a); CREATE TABLE u PARTITION OF t FOR VALUES FROM (1) TO (10)",
        "ALTER TABLE u ALTER COLUMN a SET DEFAULT 5",
        &["changed column u.a: default"],
    ),
    case(TABLE, "CREATE TABLE u (a int)", &["left_behind table u"]),
    case(TABLE, "DROP TABLE t", &["lost table t"]),
    case(
        TABLE,
        "CREATE TEMPORARY TABLE u (a int PRIMARY KEY, b serial UNIQUE)",
        &[],
    ),
    case(
        TABLE,
        "ALTER TABLE t RENAME TO u",
        &["left_behind table u", "lost table t"],
    ),
    case(
        TABLE,
        "ALTER TABLE t SET UNLOGGED",
        &["changed table t: persistence"],
    ),
    case(
        TABLE,
        "ALTER TABLE t SET (fillfactor = 70)",
        &["changed table t: options"],
    ),
    case(
        "CREATE TABLE t (a int) WITH (fillfactor = 70, autovacuum_enabled = false)",
        "ALTER TABLE t RESET (fillfactor); ALTER TABLE t SET (fillfactor = 70)",
        &[],
    ),
    case(
        TABLE,
        "ALTER TABLE t SET (toast.autovacuum_enabled = false)",
        &["changed table t: toast_options"],
    ),
    case(
        TABLE,
        "ALTER TABLE t REPLICA IDENTITY FULL",
        &["changed table t: replica_identity"],
    ),
    case(
        TABLE,
        "ALTER TABLE t REPLICA IDENTITY NOTHING",
        &["changed table t: replica_identity"],
    ),
    case(
        TABLE,
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        &["changed table t: row_security"],
    ),
    case(
        TABLE,
        "ALTER TABLE t FORCE ROW LEVEL SECURITY",
        &["changed table t: force_row_security"],
    ),
    case(
        TABLE,
        "COMMENT ON TABLE t IS 'x'",
        &["changed table t: comment"],
    ),
    case(
        "CREATE TYPE k AS (a int); CREATE TABLE t OF k",
        "ALTER TABLE t NOT OF",
        &["changed table t: of_type"],
    ),
    case(
        "CREATE TABLE p (a int); CREATE TABLE t (a int)",
        "ALTER TABLE t INHERIT p",
        &[
            "changed table t: inherits",
            "changed column t.a: inherited, local",
        ],
    ),
    case(
        "CREATE TABLE p (a int); CREATE TABLE q (a int); CREATE TABLE t () INHERITS (p, q)",
        "ALTER TABLE t NO INHERIT p; ALTER TABLE t INHERIT p",
        &["changed table t: inherits"],
    ),
    case(
        "CREATE TABLE t (a int) PARTITION BY RANGE (a); CREATE TABLE u (a int)",
        "ALTER TABLE t ATTACH PARTITION u FOR VALUES FROM (1) TO (10)",
        &[
            "changed table u: partition_bound, partition_of",
            "changed column u.a: inherited",
        ],
    ),
    case(
        "CREATE TABLE t (a int) PARTITION BY RANGE (a); CREATE TABLE u PARTITION OF t FOR VALUES FROM (1) TO (10)",
        "ALTER TABLE t DETACH PARTITION u; ALTER TABLE t ATTACH PARTITION u FOR VALUES FROM (1) TO (20)",
        &["changed table u: partition_bound"],
    ),
    case(
        "CREATE TABLE t (a int, b int) PARTITION BY RANGE (a)",
        "DROP TABLE t; CREATE TABLE t (a int, b int) PARTITION BY RANGE (b)",
        &["changed table t: partition_key"],
    ),
    case(
        "CREATE TABLE t (a int)",
        "DROP TABLE t; CREATE TABLE t (a int) PARTITION BY LIST (a)",
        &["changed table t: form, partition_key"],
    ),
];

#[test]
fn tables_are_seen() {
    check(TABLES);
}

const COLUMNS: &[Case] = &[
    case(TABLE, "ALTER TABLE t ADD COLUMN d int", &["left_behind column t.d"]),
    case(TABLE, "ALTER TABLE t DROP COLUMN a", &["lost column t.a"]),
    case(TABLE, "ALTER TABLE t RENAME COLUMN b TO d", &["lost column t.b", "left_behind column t.d"]),
    case(
        TABLE,
        "ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a int",
        &["order_only table t: b, c, a"],
    ),
    case(
        TABLE,
        "ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a bigint",
        &["order_only table t: b, c, a", "changed column t.a: type"],
    ),
    case(TABLE, "ALTER TABLE t DROP COLUMN c; ALTER TABLE t ADD COLUMN c numeric(8, 2) DEFAULT 1", &[]),
    case(TABLE, "ALTER TABLE t ALTER COLUMN a TYPE bigint", &["changed column t.a: type"]),
    case(TABLE, "ALTER TABLE t ALTER COLUMN c TYPE numeric(9, 2)", &["changed column t.c: type"]),
    case(TABLE, "ALTER TABLE t ALTER COLUMN a SET NOT NULL", &["changed column t.a: nullable"]),
    case(TABLE, "ALTER TABLE t ALTER COLUMN c DROP DEFAULT", &["changed column t.c: default"]),
    case(TABLE, "ALTER TABLE t ALTER COLUMN c SET DEFAULT 2", &["changed column t.c: default"]),
    case(TABLE, "ALTER TABLE t ALTER COLUMN b TYPE text COLLATE \"C\"", &["changed column t.b: collation"]),
    case(TABLE, "ALTER TABLE t ALTER COLUMN b SET STORAGE EXTERNAL", &["changed column t.b: storage"]),
    case(TABLE, "ALTER TABLE t ALTER COLUMN b SET COMPRESSION pglz", &["changed column t.b: compression"]).from(14),
    case(TABLE, "ALTER TABLE t ALTER COLUMN b SET STATISTICS 10", &["changed column t.b: statistics"]),
    case(TABLE, "ALTER TABLE t ALTER COLUMN b SET (n_distinct = 5)", &["changed column t.b: options"]),
    case(TABLE, "COMMENT ON COLUMN t.b IS 'x'", &["changed column t.b: comment"]),
    case(
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) STORED)",
        "ALTER TABLE t DROP COLUMN b; ALTER TABLE t ADD COLUMN b int GENERATED ALWAYS AS (a + 2) STORED",
        &["changed column t.b: generated"],
    ),
    case(
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) STORED)",
        "ALTER TABLE t DROP COLUMN b; ALTER TABLE t ADD COLUMN b int GENERATED ALWAYS AS (a + 1) VIRTUAL",
        &["changed column t.b: generated_kind"],
    )
    .from(18),
    case(
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) STORED)",
        "ALTER TABLE t ALTER COLUMN b DROP EXPRESSION",
        &["changed column t.b: generated, generated_kind"],
    )
    .from(13),
    case(
        "CREATE TABLE t (a int NOT NULL)",
        "ALTER TABLE t ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY",
        &["changed column t.a: identity"],
    ),
    case(
        "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY)",
        "ALTER TABLE t ALTER COLUMN a SET GENERATED BY DEFAULT",
        &["changed column t.a: identity"],
    ),
    case(
        "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY)",
        "ALTER TABLE t ALTER COLUMN a SET INCREMENT 2 SET START 7 SET CACHE 3 SET CYCLE",
        &["changed column t.a: identity_cache, identity_cycle, identity_increment, identity_start"],
    ),
    case(
        "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY)",
        "ALTER SEQUENCE t_a_seq RENAME TO s",
        &["changed column t.a: identity_sequence"],
    ),
    case(
        "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY)",
        "COMMENT ON SEQUENCE t_a_seq IS 'x'",
        &["changed column t.a: identity_comment"],
    ),
    case(
        "CREATE TABLE p (a int); CREATE TABLE t (b int) INHERITS (p)",
        "ALTER TABLE p ADD COLUMN b int",
        &["left_behind column p.b", "changed column t.b: inherited, local"],
    ),
];

#[test]
fn columns_are_seen() {
    check(COLUMNS);
}

const SEQUENCES: &[Case] = &[
    case("", "CREATE SEQUENCE s", &["left_behind sequence s"]),
    case(
        "CREATE SEQUENCE s",
        "ALTER SEQUENCE s AS int",
        &["changed sequence s: type"],
    ),
    case(
        "CREATE SEQUENCE s",
        "ALTER SEQUENCE s START 5",
        &["changed sequence s: start"],
    ),
    case(
        "CREATE SEQUENCE s",
        "ALTER SEQUENCE s INCREMENT 5",
        &["changed sequence s: increment"],
    ),
    case(
        "CREATE SEQUENCE s",
        "ALTER SEQUENCE s MINVALUE -5",
        &["changed sequence s: minimum, start"],
    ),
    case(
        "CREATE SEQUENCE s",
        "ALTER SEQUENCE s MAXVALUE 500",
        &["changed sequence s: maximum"],
    ),
    case(
        "CREATE SEQUENCE s",
        "ALTER SEQUENCE s CACHE 5",
        &["changed sequence s: cache"],
    ),
    case(
        "CREATE SEQUENCE s",
        "ALTER SEQUENCE s CYCLE",
        &["changed sequence s: cycle"],
    ),
    case(
        "CREATE SEQUENCE s",
        "ALTER SEQUENCE s SET UNLOGGED",
        &["changed sequence s: persistence"],
    )
    .from(15),
    case(
        "CREATE SEQUENCE s",
        "COMMENT ON SEQUENCE s IS 'x'",
        &["changed sequence s: comment"],
    ),
    case(
        "CREATE SEQUENCE s",
        "SELECT setval('s', 100); ALTER SEQUENCE s RESTART 7",
        &[],
    ),
    case(
        "CREATE SEQUENCE s INCREMENT -1",
        "DROP SEQUENCE s; CREATE SEQUENCE s INCREMENT -1 MAXVALUE -1 START -1",
        &[],
    ),
    case(
        "CREATE SEQUENCE s; CREATE TABLE t (a int)",
        "ALTER SEQUENCE s OWNED BY t.a",
        &["changed sequence s: owned_by, belongs_to"],
    ),
    case(
        "CREATE TABLE t (a serial, b int)",
        "ALTER SEQUENCE t_a_seq OWNED BY t.b",
        &["changed sequence t_a_seq: owned_by"],
    ),
    case(
        "CREATE TABLE t (a serial, b int)",
        "DROP TABLE t",
        &["lost table t"],
    ),
];

#[test]
fn sequences_are_seen() {
    check(SEQUENCES);
}

const VIEWS: &[Case] = &[
    case(
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t",
        "ALTER TABLE t RENAME TO u",
        &[
            "lost table t",
            "left_behind table u",
            "changed view v: definition",
        ],
    ),
    case(
        "CREATE ACCESS METHOD other TYPE TABLE HANDLER heap_tableam_handler; CREATE MATERIALIZED VIEW v AS SELECT 1 AS a",
        "DROP MATERIALIZED VIEW v; CREATE MATERIALIZED VIEW v USING other AS SELECT 1 AS a",
        &["changed materialized view v: access_method"],
    ),
    case(
        TABLE,
        "CREATE VIEW v AS SELECT a FROM t",
        &["left_behind view v"],
    ),
    case(
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t",
        "CREATE OR REPLACE VIEW v AS SELECT a FROM t WHERE a > 0",
        &["changed view v: definition"],
    ),
    case(
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t",
        "ALTER VIEW v SET (security_barrier = true)",
        &["changed view v: options"],
    ),
    case(
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t",
        "ALTER VIEW v SET (security_invoker = true)",
        &["changed view v: options"],
    )
    .from(15),
    case(
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t",
        "ALTER VIEW v ALTER COLUMN a SET DEFAULT 5",
        &["left_behind column v.a"],
    ),
    case(
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t",
        "COMMENT ON COLUMN v.a IS 'x'",
        &["left_behind column v.a"],
    ),
    case(
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; COMMENT ON VIEW v IS 'x'",
        "DROP VIEW v; CREATE VIEW v AS SELECT a FROM t",
        &["changed view v: comment"],
    ),
    case(
        "CREATE TABLE t (a int); CREATE MATERIALIZED VIEW v AS SELECT a FROM t",
        "REFRESH MATERIALIZED VIEW v WITH NO DATA",
        &["changed materialized view v: unpopulated"],
    ),
    case(
        "CREATE TABLE t (a int); CREATE MATERIALIZED VIEW v AS SELECT a FROM t",
        "ALTER MATERIALIZED VIEW v SET (fillfactor = 50)",
        &["changed materialized view v: options"],
    ),
    case(
        "CREATE TABLE t (a text); CREATE MATERIALIZED VIEW v AS SELECT a FROM t",
        "ALTER MATERIALIZED VIEW v ALTER COLUMN a SET STATISTICS 5",
        &["left_behind column v.a"],
    ),
    case(
        "CREATE TABLE t (a text); CREATE MATERIALIZED VIEW v AS SELECT a FROM t",
        "CREATE INDEX i ON v (a)",
        &["left_behind index i"],
    ),
];

#[test]
fn views_are_seen() {
    check(VIEWS);
}
