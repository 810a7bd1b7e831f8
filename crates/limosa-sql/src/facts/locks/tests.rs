//! Which locks real statements take.

use super::{Children, Named, table_locks};
use crate::{Dialect, Modes, Target};

/// The locks in one line: `t AX`, `ONLY` before the name where children are left out.
fn line(dialect: Dialect, sql: &str) -> String {
    let target = Target::newest(dialect);
    let locks = table_locks(sql.as_bytes(), &target, Modes::of(dialect));
    let one = |lock: &super::TableLock| {
        let named = match lock.named {
            Named::Table => "",
            Named::Index => "table of ",
            Named::Dropped => "dropped ",
            Named::DefaultPartition => "default of ",
        };
        let children = match lock.children {
            Children::Without => "ONLY ",
            Children::Partitions => "",
            Children::With => "all ",
        };
        let mode: String = lock
            .mode
            .sql()
            .split(' ')
            .map(|word| if word == "EXCLUSIVE" { "X" } else { &word[..1] })
            .collect();
        format!("{named}{children}{} {mode}", lock.name.join("."))
    };
    locks.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[track_caller]
fn all(dialect: Dialect, cases: &[(&str, &str)]) {
    for (sql, expected) in cases {
        assert_eq!(line(dialect, sql), *expected, "{sql}");
    }
}

#[test]
fn what_keeps_others_from_a_table_on_postgresql() {
    all(
        Dialect::Postgres,
        &[
            ("ALTER TABLE t ADD COLUMN c int", "all t AX"),
            ("ALTER TABLE ONLY t ADD COLUMN c int", "ONLY t AX"),
            ("alter table IF EXISTS App.\"T.x\" drop c", "all app.T.x AX"),
            (
                "ALTER TABLE t ADD c int REFERENCES p (id), ADD d int",
                "all t AX, p SRX",
            ),
            (
                "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES p (a, b) NOT VALID",
                "t SRX, p SRX",
            ),
            ("ALTER TABLE t ADD PRIMARY KEY (id)", "t AX"),
            ("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)", "all t AX"),
            ("ALTER TABLE t VALIDATE CONSTRAINT c", ""),
            (
                "ALTER TABLE t SET (fillfactor = 70), ALTER c SET STATISTICS 100, ALTER d RESET (n_distinct)",
                "",
            ),
            (
                "ALTER TABLE t ALTER c SET STATISTICS 100, ALTER COLUMN c SET NOT NULL",
                "all t AX",
            ),
            (
                "ALTER TABLE t ALTER COLUMN \"set\" TYPE text USING f(a, b), DISABLE TRIGGER ALL",
                "all t AX",
            ),
            ("ALTER TABLE t DISABLE TRIGGER ALL", "t SRX"),
            ("ALTER TABLE t ENABLE ROW LEVEL SECURITY", "ONLY t AX"),
            ("ALTER TABLE t RENAME TO u", "ONLY t AX"),
            ("ALTER TABLE t RENAME a TO b", "all t AX"),
            ("ALTER TABLE t OWNER TO joe", "ONLY t AX"),
            (
                "ALTER TABLE t ATTACH PARTITION p1 FOR VALUES FROM (1) TO (2)",
                "all p1 AX, default of all t AX",
            ),
            (
                "ALTER TABLE t DETACH PARTITION p1",
                "all p1 AX, default of all t AX, ONLY t AX",
            ),
            ("ALTER TABLE t DETACH PARTITION p1 CONCURRENTLY", ""),
            ("ALTER TABLE ALL IN TABLESPACE a SET TABLESPACE b", ""),
            ("CREATE INDEX ON t (c)", "t S"),
            (
                "CREATE UNIQUE INDEX IF NOT EXISTS i ON ONLY t (c)",
                "ONLY t S",
            ),
            ("CREATE INDEX CONCURRENTLY i ON t (c)", ""),
            (
                "CREATE TABLE t (id int, p int REFERENCES p, q int REFERENCES x.q (id))",
                "p SRX, x.q SRX",
            ),
            (
                "CREATE TABLE t PARTITION OF p FOR VALUES IN (1)",
                "default of all p AX, ONLY p AX",
            ),
            ("CREATE TABLE t (id int)", ""),
            (
                "CREATE OR REPLACE TRIGGER g BEFORE UPDATE OF a, b ON t FOR EACH ROW EXECUTE FUNCTION f()",
                "t SRX",
            ),
            ("CREATE POLICY p ON t USING (true)", "ONLY t AX"),
            ("CREATE RULE r AS ON INSERT TO t DO NOTHING", "ONLY t AX"),
            ("ALTER POLICY p ON t TO joe", "ONLY t AX"),
            (
                "DROP TABLE IF EXISTS a, b CASCADE",
                "dropped all a AX, dropped all b AX",
            ),
            (
                "DROP INDEX a, s.b",
                "table of all a AX, table of all s.b AX",
            ),
            ("DROP INDEX CONCURRENTLY a", ""),
            ("DROP TRIGGER IF EXISTS g ON t", "t AX"),
            (
                "TRUNCATE ONLY a, b *, c CASCADE",
                "ONLY a AX, all b AX, all c AX",
            ),
            ("CLUSTER t USING i", "t AX"),
            ("INSERT INTO t SELECT * FROM u", ""),
            ("VACUUM FULL t", ""),
            ("COMMENT ON TABLE t IS 'x'", ""),
            ("ALTER TABLE", ""),
            ("CREATE TRIGGER", ""),
        ],
    );
}

#[test]
fn what_keeps_others_from_a_table_on_mysql() {
    all(
        Dialect::Mysql,
        &[
            ("ALTER TABLE `T`.`x y` ADD COLUMN c int", "all T.x y AX"),
            ("ALTER IGNORE TABLE IF EXISTS T DROP c", "all T AX"),
            ("ALTER TABLE t WAIT 5 ADD c int", ""),
            ("CREATE UNIQUE INDEX i USING BTREE ON t (c)", "all t AX"),
            ("DROP INDEX i ON t", "all t AX"),
            ("DROP TABLE IF EXISTS a, b", "all a AX, all b AX"),
            ("DROP TEMPORARY TABLE a", ""),
            ("RENAME TABLE a TO b, c TO d", "all a AX, all c AX"),
            ("TRUNCATE t", "all t AX"),
            (
                "CREATE DEFINER=`a`@`b` TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
                "all t AX",
            ),
            ("CREATE OR REPLACE TABLE t (id int)", "all t AX"),
            ("CREATE TABLE t (id int)", ""),
            ("CREATE PROCEDURE p() BEGIN DROP TRIGGER x; END", ""),
            ("ALTER DATABASE d CHARACTER SET utf8mb4", ""),
            ("UPDATE t SET a = 1", ""),
        ],
    );
}
