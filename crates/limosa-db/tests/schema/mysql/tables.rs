//! Each change of a table is seen, and nothing else.

use limosa_testkit::Kind;

use crate::changes::{Case, hold};

/// A change of a table `t` that is there.
macro_rules! altered {
    ($table:literal, $change:literal, $seen:expr) => {
        Case {
            setup: concat!("CREATE TABLE u (x int, y int, z varchar(9), PRIMARY KEY (x), KEY y (y)); CREATE TABLE t ", $table),
            change: concat!("ALTER TABLE t ", $change),
            seen: &$seen,
        }
    };
}

#[test]
fn each_property_of_a_column_is_seen_alone() {
    hold(
        Kind::MariaDb,
        &[
            altered!(
                "(a int)",
                "ADD b text NOT NULL DEFAULT ''",
                ["column t.b: left_behind"]
            ),
            altered!("(a int, b int)", "DROP a", ["column t.a: lost"]),
            altered!(
                "(a int, b int)",
                "MODIFY a int AFTER b",
                ["table t: order_only b a"]
            ),
            altered!("(a int)", "MODIFY a bigint", ["column t.a: changed type"]),
            altered!(
                "(a int)",
                "MODIFY a int unsigned",
                ["column t.a: changed type"]
            ),
            altered!(
                "(a int)",
                "MODIFY a int(5) zerofill",
                ["column t.a: changed type"]
            ),
            altered!(
                "(a varchar(10))",
                "MODIFY a varchar(11)",
                ["column t.a: changed type"]
            ),
            altered!(
                "(a enum('x','y'))",
                "MODIFY a enum('y','x')",
                ["column t.a: changed type"]
            ),
            altered!(
                "(a int)",
                "MODIFY a int NOT NULL",
                ["column t.a: changed nullable"]
            ),
            altered!(
                "(a int)",
                "ALTER a SET DEFAULT 3",
                ["column t.a: changed default"]
            ),
            altered!(
                "(a varchar(9) DEFAULT '')",
                "ALTER a DROP DEFAULT",
                ["column t.a: changed default"]
            ),
            altered!(
                "(a varchar(9) DEFAULT 'NULL')",
                "ALTER a SET DEFAULT NULL",
                ["column t.a: changed default"]
            ),
            altered!("(a int NULL)", "ALTER a SET DEFAULT NULL", []),
            altered!(
                "(a varchar(40))",
                "ALTER a SET DEFAULT (uuid())",
                ["column t.a: changed default"]
            ),
            altered!(
                "(a datetime)",
                "MODIFY a datetime DEFAULT CURRENT_TIMESTAMP",
                ["column t.a: changed default"]
            ),
            altered!(
                "(a datetime)",
                "MODIFY a datetime ON UPDATE CURRENT_TIMESTAMP",
                ["column t.a: changed on_update"]
            ),
            altered!(
                "(a varchar(9))",
                "MODIFY a varchar(9) COLLATE utf8mb4_bin",
                ["column t.a: changed collation"]
            ),
            altered!(
                "(a varchar(9))",
                "MODIFY a varchar(9) CHARACTER SET latin1",
                ["column t.a: changed collation"]
            ),
            altered!(
                "(a int NOT NULL PRIMARY KEY)",
                "MODIFY a int NOT NULL AUTO_INCREMENT",
                ["column t.a: changed auto_increment"]
            ),
            altered!(
                "(a int AUTO_INCREMENT PRIMARY KEY)",
                "AUTO_INCREMENT = 77",
                []
            ),
            altered!(
                "(a int, b int AS (a + 1))",
                "MODIFY b int AS (a + 2)",
                ["column t.b: changed generated"]
            ),
            Case {
                setup: "CREATE TABLE t (a int, b int AS (a + 1))",
                change: "ALTER TABLE t DROP b; ALTER TABLE t ADD b int AS (a + 1) STORED",
                seen: &["column t.b: changed generated_kind"],
            },
            altered!(
                "(a int, b int)",
                "MODIFY a int INVISIBLE",
                ["column t.a: changed invisible"]
            ),
            altered!(
                "(a int)",
                "MODIFY a int COMMENT 'it''s'",
                ["column t.a: changed comment"]
            ),
            altered!(
                "(a int, b int) WITH SYSTEM VERSIONING",
                "COMMENT ''; SET system_versioning_alter_history = KEEP; ALTER TABLE t MODIFY a int WITHOUT SYSTEM VERSIONING",
                ["column t.a: changed without_system_versioning"]
            ),
        ],
    );
}

#[test]
fn each_property_of_a_table_is_seen_alone() {
    hold(
        Kind::MariaDb,
        &[
            Case {
                setup: "CREATE TABLE t (a int)",
                change: "DROP TABLE t",
                seen: &["table t: lost"],
            },
            altered!("(a int)", "ENGINE = MyISAM", ["table t: changed engine"]),
            altered!(
                "(a int)",
                "CHARACTER SET latin1",
                ["table t: changed collation"]
            ),
            altered!(
                "(a varchar(9))",
                "CONVERT TO CHARACTER SET latin1",
                ["table t: changed collation"]
            ),
            altered!(
                "(a varchar(9))",
                "COLLATE utf8mb4_bin",
                [
                    "table t: changed collation",
                    "column t.a: changed collation"
                ]
            ),
            altered!(
                "(a int)",
                "ROW_FORMAT = COMPACT",
                ["table t: changed row_format"]
            ),
            altered!(
                "(a int)",
                "STATS_PERSISTENT = 0",
                ["table t: changed options"]
            ),
            altered!("(a int)", "COMMENT 'it''s'", ["table t: changed comment"]),
            altered!(
                "(a int)",
                "ADD SYSTEM VERSIONING",
                ["table t: changed system_versioned"]
            ),
            altered!(
                "(a int) PARTITION BY HASH (a) PARTITIONS 2",
                "PARTITION BY HASH (a + 1) PARTITIONS 2",
                ["table t: changed partition_by"]
            ),
            altered!(
                "(a int) PARTITION BY HASH (a) PARTITIONS 2",
                "ADD PARTITION PARTITIONS 1",
                ["table t: changed partitions"]
            ),
            altered!(
                "(a int) PARTITION BY RANGE (a) (PARTITION p VALUES LESS THAN (5), PARTITION q VALUES LESS THAN (9))",
                "REORGANIZE PARTITION p, q INTO (PARTITION p VALUES LESS THAN (6), PARTITION q VALUES LESS THAN (9))",
                ["table t: changed partitions"]
            ),
            altered!(
                "(a int) PARTITION BY LIST (a) (PARTITION p VALUES IN (1, 2))",
                "REORGANIZE PARTITION p INTO (PARTITION p VALUES IN (1, 2) COMMENT 'x')",
                ["table t: changed partitions"]
            ),
            altered!(
                "(a int, b int) PARTITION BY RANGE (a) (PARTITION p VALUES LESS THAN (5))",
                "PARTITION BY RANGE (a) SUBPARTITION BY HASH (b) (PARTITION p VALUES LESS THAN (5) (SUBPARTITION s))",
                ["table t: changed partitions subpartition_by"]
            ),
            altered!(
                "(a int) PARTITION BY HASH (a) PARTITIONS 2",
                "REMOVE PARTITIONING",
                ["table t: changed partition_by partitions"]
            ),
        ],
    );
}

#[test]
fn each_property_of_an_index_is_seen_alone() {
    hold(
        Kind::MariaDb,
        &[
            altered!(
                "(a int, b text)",
                "ADD KEY k (a)",
                ["index t.k: left_behind"]
            ),
            altered!(
                "(a int, b text, KEY k (a))",
                "DROP KEY k",
                ["index t.k: lost"]
            ),
            altered!(
                "(a int, b text, KEY k (a))",
                "DROP KEY k, ADD UNIQUE KEY k (a)",
                ["index t.k: changed unique"]
            ),
            altered!(
                "(a int, b int, KEY k (a))",
                "DROP KEY k, ADD KEY k (a, b)",
                ["index t.k: changed keys"]
            ),
            altered!(
                "(a int, b int, KEY k (a))",
                "DROP KEY k, ADD KEY k (a DESC)",
                ["index t.k: changed orders"]
            ),
            altered!(
                "(a int, b text, KEY k (b(9)))",
                "DROP KEY k, ADD KEY k (b(10))",
                ["index t.k: changed prefixes"]
            ),
            altered!(
                "(a int, b text, KEY k (b(9)))",
                "DROP KEY k, ADD FULLTEXT KEY k (b)",
                ["index t.k: changed method prefixes"]
            ),
            altered!(
                "(a int, b point NOT NULL, KEY k (a))",
                "ADD SPATIAL KEY s (b)",
                ["index t.s: left_behind"]
            ),
            altered!(
                "(a int, KEY k (a))",
                "ALTER KEY k IGNORED",
                ["index t.k: changed invisible"]
            ),
            altered!(
                "(a int, KEY k (a))",
                "DROP KEY k, ADD KEY k (a) COMMENT 'x'",
                ["index t.k: changed comment"]
            ),
        ],
    );
}

#[test]
fn each_property_of_a_constraint_is_seen_alone() {
    hold(
        Kind::MariaDb,
        &[
            altered!(
                "(a int NOT NULL)",
                "ADD PRIMARY KEY (a)",
                ["constraint t.PRIMARY: left_behind"]
            ),
            altered!(
                "(a int NOT NULL, b int NOT NULL, PRIMARY KEY (a))",
                "DROP PRIMARY KEY, ADD PRIMARY KEY (a, b)",
                ["constraint t.PRIMARY: changed columns"]
            ),
            altered!(
                "(a varchar(9), PRIMARY KEY (a))",
                "DROP PRIMARY KEY, ADD PRIMARY KEY (a(5))",
                ["constraint t.PRIMARY: changed prefixes"]
            ),
            altered!(
                "(a int)",
                "ADD CHECK (a > 1)",
                ["constraint t.CONSTRAINT_1: left_behind"]
            ),
            altered!(
                "(a int, CONSTRAINT c CHECK (a > 1))",
                "DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (a > 2)",
                ["constraint t.c: changed expression"]
            ),
            altered!(
                "(a int CHECK (a > 1))",
                "MODIFY a int CHECK (a > 2)",
                ["constraint t.a: changed expression"]
            ),
            altered!(
                "(a int)",
                "MODIFY a int CHECK (a > 2)",
                ["constraint t.a: left_behind"]
            ),
            altered!(
                "(a int, KEY k (a))",
                "ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u (x)",
                ["constraint t.f: left_behind"]
            ),
            altered!(
                "(a int)",
                "ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u (x)",
                ["index t.f: left_behind", "constraint t.f: left_behind"]
            ),
            altered!(
                "(a int, KEY k (a), CONSTRAINT f FOREIGN KEY (a) REFERENCES u (x))",
                "DROP FOREIGN KEY f; ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u (x) ON DELETE CASCADE",
                ["constraint t.f: changed on_delete"]
            ),
            Case {
                setup: "CREATE TABLE u (x int PRIMARY KEY, y int UNIQUE); CREATE TABLE t (a int, KEY k (a), \
                CONSTRAINT f FOREIGN KEY (a) REFERENCES u (x))",
                change: "ALTER TABLE t DROP FOREIGN KEY f; ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u (x) ON UPDATE SET NULL",
                seen: &["constraint t.f: changed on_update"],
            },
            Case {
                setup: "CREATE TABLE u (x int PRIMARY KEY, y int UNIQUE); CREATE TABLE t (a int, KEY k (a), \
                CONSTRAINT f FOREIGN KEY (a) REFERENCES u (x))",
                change: "ALTER TABLE t DROP FOREIGN KEY f; ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u (y)",
                seen: &["constraint t.f: changed referenced_columns"],
            },
            Case {
                setup: "CREATE TABLE u (x int PRIMARY KEY); CREATE TABLE v (x int PRIMARY KEY); CREATE TABLE t (a int, KEY k (a), \
                CONSTRAINT f FOREIGN KEY (a) REFERENCES u (x))",
                change: "ALTER TABLE t DROP FOREIGN KEY f; ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES v (x)",
                seen: &["constraint t.f: changed references"],
            },
        ],
    );
}

#[test]
fn each_property_of_a_sequence_is_seen_alone() {
    let change = |change, seen| Case {
        setup: "CREATE SEQUENCE s START WITH 5 INCREMENT BY 2",
        change,
        seen,
    };
    hold(
        Kind::MariaDb,
        &[
            change("DROP SEQUENCE s", &["sequence s: lost"]),
            change(
                "ALTER SEQUENCE s START WITH 7",
                &["sequence s: changed start"],
            ),
            change(
                "ALTER SEQUENCE s INCREMENT BY 3",
                &["sequence s: changed increment"],
            ),
            change(
                "ALTER SEQUENCE s MINVALUE 2",
                &["sequence s: changed minimum"],
            ),
            change(
                "ALTER SEQUENCE s MAXVALUE 99",
                &["sequence s: changed maximum"],
            ),
            change("ALTER SEQUENCE s CYCLE", &["sequence s: changed cycle"]),
            change("ALTER SEQUENCE s CACHE 9", &["sequence s: changed cache"]),
            change("ALTER SEQUENCE s RESTART 50; SELECT nextval(s)", &[]),
        ],
    );
}
