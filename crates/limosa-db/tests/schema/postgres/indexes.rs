//! Indexes.

use super::case::{Case, case, check};

const INDEX: &str = "CREATE TABLE t (a int, b text, c text); CREATE INDEX i ON t (b)";

const INDEXES: &[Case] = &[
    case(
        "CREATE TABLE t (a text COLLATE \"C\"); CREATE INDEX i ON t (a)",
        "DROP INDEX i; CREATE INDEX i ON t (a COLLATE \"default\")",
        &["changed index i: collations"],
    ),
    case(
        INDEX,
        "DROP INDEX i; CREATE INDEX i ON t (lower(b) COLLATE \"C\" text_pattern_ops DESC, (a + 1), c)",
        &["changed index i: collations, keys, operator_classes, orders"],
    ),
    case(INDEX, "DROP INDEX i", &["lost index i"]),
    case(INDEX, "DROP TABLE t", &["lost table t"]),
    case(
        INDEX,
        "ALTER INDEX i RENAME TO j",
        &["lost index i", "left_behind index j"],
    ),
    case(
        INDEX,
        "DROP INDEX i; CREATE UNIQUE INDEX i ON t (b)",
        &["changed index i: unique"],
    ),
    case(
        INDEX,
        "DROP INDEX i; CREATE INDEX i ON t (c)",
        &["changed index i: keys"],
    ),
    case(
        INDEX,
        "DROP INDEX i; CREATE INDEX i ON t (lower(b))",
        &["changed index i: keys"],
    ),
    case(
        INDEX,
        "DROP INDEX i; CREATE INDEX i ON t (b DESC)",
        &["changed index i: orders"],
    ),
    case(
        INDEX,
        "DROP INDEX i; CREATE INDEX i ON t (b NULLS FIRST)",
        &["changed index i: orders"],
    ),
    case(
        INDEX,
        "DROP INDEX i; CREATE INDEX i ON t (b COLLATE \"C\")",
        &["changed index i: collations"],
    ),
    case(
        INDEX,
        "DROP INDEX i; CREATE INDEX i ON t (b text_pattern_ops)",
        &["changed index i: operator_classes"],
    ),
    case(
        INDEX,
        "DROP INDEX i; CREATE INDEX i ON t (b) INCLUDE (a)",
        &["changed index i: include"],
    ),
    case(
        INDEX,
        "DROP INDEX i; CREATE INDEX i ON t (b) WHERE a > 0",
        &["changed index i: predicate"],
    ),
    case(
        INDEX,
        "DROP INDEX i; CREATE INDEX i ON t USING hash (b)",
        &["changed index i: method"],
    ),
    case(
        INDEX,
        "ALTER INDEX i SET (fillfactor = 50)",
        &["changed index i: options"],
    ),
    case(
        INDEX,
        "ALTER TABLE t CLUSTER ON i",
        &["changed index i: clustered"],
    ),
    case(
        INDEX,
        "COMMENT ON INDEX i IS 'x'",
        &["changed index i: comment"],
    ),
    case(INDEX, "DROP INDEX i; CREATE INDEX i ON t (b)", &[]),
    case(
        INDEX,
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass",
        &["changed index i: invalid"],
    ),
    case(
        INDEX,
        "UPDATE pg_index SET indisready = false WHERE indexrelid = 'i'::regclass",
        &["changed index i: not_ready"],
    ),
    case(
        "CREATE TABLE t (a int, b text); CREATE UNIQUE INDEX i ON t (a)",
        "DROP INDEX i; CREATE UNIQUE INDEX i ON t (a) NULLS NOT DISTINCT",
        &["changed index i: nulls_not_distinct"],
    )
    .from(15),
    case(
        "CREATE TABLE t (a int NOT NULL); CREATE UNIQUE INDEX i ON t (a)",
        "ALTER TABLE t REPLICA IDENTITY USING INDEX i",
        &["changed index i: replica_identity"],
    ),
    case(
        "CREATE TABLE t (a int); CREATE INDEX i ON t ((a + 1))",
        "ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 10",
        &["changed index i: statistics"],
    ),
    case(
        "CREATE TABLE t (a tsvector); CREATE INDEX i ON t USING gist (a)",
        "DROP INDEX i; CREATE INDEX i ON t USING gist (a tsvector_ops (siglen = 100))",
        &["changed index i: operator_class_options"],
    )
    .from(13),
    case(
        "CREATE TABLE t (a int, b int) PARTITION BY LIST (a); CREATE TABLE u PARTITION OF t FOR VALUES IN (1)",
        "CREATE INDEX i ON t (b)",
        &["left_behind index i"],
    ),
    case(
        "CREATE TABLE t (a int, b int) PARTITION BY LIST (a); CREATE TABLE u PARTITION OF t FOR VALUES IN (1)",
        "CREATE INDEX i ON u (b); CREATE INDEX j ON ONLY t (b)",
        &["left_behind index i", "left_behind index j"],
    ),
    case(
        "CREATE TABLE t (a int, b int) PARTITION BY LIST (a); CREATE TABLE u PARTITION OF t FOR VALUES IN (1); CREATE INDEX i ON u (b); CREATE INDEX j ON ONLY t (b)",
        "ALTER INDEX j ATTACH PARTITION i",
        &["lost index i", "changed index j: invalid"],
    ),
];

#[test]
fn indexes_are_seen() {
    check(INDEXES);
}
