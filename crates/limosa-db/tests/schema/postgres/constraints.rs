//! Constraints.

use super::case::{Case, case, check};

const TWO: &str = "CREATE TABLE t (a int PRIMARY KEY, b int, UNIQUE (b)); CREATE TABLE u (a int, b int, CONSTRAINT f FOREIGN KEY (a) REFERENCES t)";

const KEYS: &[Case] = &[
    case(TWO, "COMMENT ON INDEX t_pkey IS 'x'", &["changed constraint t.t_pkey: index_comment"]),
    case(
        TWO,
        "ALTER TABLE t RENAME TO v",
        &["changed constraint u.f: references", "left_behind table v", "lost table t"],
    ),
    case(TWO, "ALTER TABLE u ADD PRIMARY KEY (a)", &["changed column u.a: nullable", "left_behind constraint u.u_pkey"]),
    case(TWO, "ALTER TABLE u ADD UNIQUE (a) INCLUDE (b)", &["left_behind constraint u.u_a_b_key"]),
    case(TWO, "ALTER TABLE t DROP CONSTRAINT t_b_key", &["lost constraint t.t_b_key"]),
    case(
        TWO,
        "ALTER TABLE t DROP CONSTRAINT t_b_key; ALTER TABLE t ADD CONSTRAINT t_b_key UNIQUE (b, a)",
        &["changed constraint t.t_b_key: columns"],
    ),
    case(
        TWO,
        "ALTER TABLE t DROP CONSTRAINT t_b_key; ALTER TABLE t ADD CONSTRAINT t_b_key UNIQUE (b) INCLUDE (a)",
        &["changed constraint t.t_b_key: include"],
    ),
    case(
        TWO,
        "ALTER TABLE t DROP CONSTRAINT t_b_key; ALTER TABLE t ADD CONSTRAINT t_b_key UNIQUE NULLS NOT DISTINCT (b)",
        &["changed constraint t.t_b_key: nulls_not_distinct"],
    )
    .from(15),
    case(
        TWO,
        "ALTER TABLE t DROP CONSTRAINT t_b_key; ALTER TABLE t ADD CONSTRAINT t_b_key UNIQUE (b) DEFERRABLE INITIALLY DEFERRED",
        &["changed constraint t.t_b_key: deferrable, initially_deferred"],
    ),
    case(
        TWO,
        "ALTER TABLE t DROP CONSTRAINT t_b_key; ALTER TABLE t ADD CONSTRAINT t_b_key UNIQUE (b) WITH (fillfactor = 50)",
        &["changed constraint t.t_b_key: options"],
    ),
    case(TWO, "ALTER TABLE t CLUSTER ON t_b_key", &["changed constraint t.t_b_key: clustered"]),
    case(
        "CREATE TABLE t (a int NOT NULL UNIQUE)",
        "ALTER TABLE t REPLICA IDENTITY USING INDEX t_a_key",
        &["changed constraint t.t_a_key: replica_identity"],
    ),
    case(
        TWO,
        "COMMENT ON CONSTRAINT t_b_key ON t IS 'x'",
        &["changed constraint t.t_b_key: comment"],
    ),
    case(
        "CREATE TABLE t (a int, b int)",
        "CREATE UNIQUE INDEX i ON t (a); ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX i",
        &["left_behind constraint t.k"],
    ),
    case(
        "CREATE TABLE t (a int4range, b daterange, UNIQUE (a, b))",
        "ALTER TABLE t DROP CONSTRAINT t_a_b_key; ALTER TABLE t ADD CONSTRAINT t_a_b_key UNIQUE (a, b WITHOUT OVERLAPS)",
        &["changed constraint t.t_a_b_key: without_overlaps"],
    )
    .from(18),
    case(
        "CREATE TABLE t (a int PRIMARY KEY) PARTITION BY LIST (a)",
        "CREATE TABLE u PARTITION OF t FOR VALUES IN (1)",
        &["left_behind table u"],
    ),
    case(
        "CREATE TABLE t (a int PRIMARY KEY) PARTITION BY LIST (a); CREATE TABLE u PARTITION OF t FOR VALUES IN (1)",
        "ALTER TABLE t DROP CONSTRAINT t_pkey",
        &["lost constraint t.t_pkey"],
    )
    .until(17),
];

#[test]
fn keys_are_seen() {
    check(KEYS);
}

const FOREIGN_KEYS: &[Case] = &[
    case(TWO, "ALTER TABLE u DROP CONSTRAINT f", &["lost constraint u.f"]),
    case(
        TWO,
        "ALTER TABLE u DROP CONSTRAINT f, ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES t",
        &["changed constraint u.f: columns"],
    ),
    case(
        TWO,
        "ALTER TABLE u DROP CONSTRAINT f, ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES t (b)",
        &["changed constraint u.f: referenced_columns, referenced_index"],
    ),
    case(
        "CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE v (a int PRIMARY KEY); CREATE TABLE u (a int, CONSTRAINT f FOREIGN KEY (a) REFERENCES t)",
        "ALTER TABLE u DROP CONSTRAINT f, ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES v",
        &["changed constraint u.f: references"],
    ),
    case(
        TWO,
        "ALTER TABLE u DROP CONSTRAINT f, ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES t ON DELETE CASCADE ON UPDATE SET NULL",
        &["changed constraint u.f: on_delete, on_update"],
    ),
    case(
        "CREATE TABLE t (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE u (a int, b int, CONSTRAINT f FOREIGN KEY (a, b) REFERENCES t ON DELETE SET NULL)",
        "ALTER TABLE u DROP CONSTRAINT f, ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES t ON DELETE SET NULL (b)",
        &["changed constraint u.f: on_delete_columns"],
    )
    .from(15),
    case(
        TWO,
        "ALTER TABLE u DROP CONSTRAINT f, ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES t MATCH FULL",
        &["changed constraint u.f: match"],
    ),
    case(
        TWO,
        "ALTER TABLE u ALTER CONSTRAINT f DEFERRABLE INITIALLY DEFERRED",
        &["changed constraint u.f: deferrable, initially_deferred"],
    ),
    case(
        TWO,
        "ALTER TABLE u DROP CONSTRAINT f, ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES t NOT VALID",
        &["changed constraint u.f: not_valid"],
    ),
    case(TWO, "ALTER TABLE u ALTER CONSTRAINT f NOT ENFORCED", &["changed constraint u.f: not_enforced"]).from(18),
    case(TWO, "ALTER TABLE u RENAME CONSTRAINT f TO g", &["lost constraint u.f", "left_behind constraint u.g"]),
    case(TWO, "ALTER TABLE u DISABLE TRIGGER ALL", &["changed constraint u.f: triggers_disabled"]),
    case(
        "CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE u (a int REFERENCES t) PARTITION BY LIST (a)",
        "CREATE TABLE v PARTITION OF u FOR VALUES IN (1)",
        &["left_behind table v"],
    ),
];

#[test]
fn foreign_keys_are_seen() {
    check(FOREIGN_KEYS);
}

const OTHERS: &[Case] = &[
    case(
        "CREATE TABLE t (a int)",
        "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0)",
        &["left_behind constraint t.k"],
    ),
    case(
        "CREATE TABLE t (a int CONSTRAINT k CHECK (a > 0))",
        "ALTER TABLE t DROP CONSTRAINT k, ADD CONSTRAINT k CHECK (a > 1)",
        &["changed constraint t.k: expression"],
    ),
    case(
        "CREATE TABLE t (a int CONSTRAINT k CHECK (a > 0))",
        "ALTER TABLE t DROP CONSTRAINT k, ADD CONSTRAINT k CHECK (a > 0) NO INHERIT",
        &["changed constraint t.k: no_inherit"],
    ),
    case(
        "CREATE TABLE t (a int CONSTRAINT k CHECK (a > 0))",
        "ALTER TABLE t DROP CONSTRAINT k, ADD CONSTRAINT k CHECK (a > 0) NOT VALID",
        &["changed constraint t.k: not_valid"],
    ),
    case(
        "CREATE TABLE t (a int CONSTRAINT k CHECK (a > 0))",
        "ALTER TABLE t DROP CONSTRAINT k, ADD CONSTRAINT k CHECK (a > 0) NOT ENFORCED",
        &["changed constraint t.k: not_enforced"],
    )
    .from(18),
    case(
        "CREATE TABLE p (a int CONSTRAINT k CHECK (a > 0)); CREATE TABLE t (a int CONSTRAINT k CHECK (a > 0))",
        "ALTER TABLE t INHERIT p",
        &[
            "changed table t: inherits",
            "changed column t.a: inherited, local",
            "changed constraint t.k: inherited",
        ],
    ),
    case(
        "CREATE TABLE p (a int); CREATE TABLE t () INHERITS (p)",
        "ALTER TABLE p ADD CONSTRAINT k CHECK (a > 0)",
        &["left_behind constraint p.k"],
    ),
    case(
        "CREATE TABLE t (a int4range)",
        "ALTER TABLE t ADD CONSTRAINT k EXCLUDE USING gist (a WITH &&)",
        &["left_behind constraint t.k"],
    ),
    case(
        "CREATE TABLE t (a int4range, CONSTRAINT k EXCLUDE USING gist (a WITH &&))",
        "ALTER TABLE t DROP CONSTRAINT k, ADD CONSTRAINT k EXCLUDE USING gist (a WITH =)",
        &["changed constraint t.k: elements"],
    ),
    case(
        "CREATE TABLE t (a int4range, CONSTRAINT k EXCLUDE USING gist (a WITH =))",
        "ALTER TABLE t DROP CONSTRAINT k, ADD CONSTRAINT k EXCLUDE USING btree (a WITH =)",
        &["changed constraint t.k: method"],
    ),
    case(
        "CREATE TABLE t (a int4range, CONSTRAINT k EXCLUDE USING gist (a WITH &&))",
        "ALTER TABLE t DROP CONSTRAINT k, ADD CONSTRAINT k EXCLUDE USING gist (a WITH &&) WHERE (lower(a) > 0)",
        &["changed constraint t.k: predicate"],
    ),
    case(
        "CREATE TABLE t (a int)",
        "ALTER TABLE t ADD CONSTRAINT n NOT NULL a",
        &["changed column t.a: nullable", "left_behind constraint t.n"],
    )
    .from(18),
    case(
        "CREATE TABLE t (a int)",
        "ALTER TABLE t ADD CONSTRAINT t_a_not_null NOT NULL a NOT VALID",
        &[
            "changed column t.a: nullable",
            "left_behind constraint t.t_a_not_null",
        ],
    )
    .from(18),
    case(
        "CREATE TABLE t (a int)",
        "ALTER TABLE t ADD CONSTRAINT t_a_not_null NOT NULL a NO INHERIT",
        &[
            "changed column t.a: nullable",
            "left_behind constraint t.t_a_not_null",
        ],
    )
    .from(18),
];

#[test]
fn other_constraints_are_seen() {
    check(OTHERS);
}
