//! Statements of which only the tokens matter.

use limosa_sql::{Dialect, Target, classify};

use super::*;

fn aim(sql: &str) -> Option<Aim> {
    let facts = classify(sql.as_bytes(), &Target::newest(Dialect::Mysql));
    Aim::of(facts.kind, sql, &Context::in_database("shop"))
}

#[test]
fn names_are_read_as_the_server_reads_them() {
    let objects = |sql: &str| {
        let aim = aim(sql).unwrap_or_else(|| panic!("{sql}"));
        let names: Vec<String> = aim.objects.iter().map(ToString::to_string).collect();
        names.join(", ")
    };
    for (sql, names) in [
        (
            "DROP TABLE IF EXISTS a, x.`b``c`",
            "table `shop`.`a`, table `x`.`b``c`",
        ),
        (
            "ALTER TABLE a RENAME TO b",
            "table `shop`.`a`, table `shop`.`b`",
        ),
        ("ALTER TABLE x.a RENAME b", "table `x`.`a`, table `x`.`b`"),
        (
            "ALTER TABLE x.p EXCHANGE PARTITION p0 WITH TABLE t",
            "table `x`.`p`, table `shop`.`t`",
        ),
        ("DROP INDEX i ON `t`", "table `shop`.`t`"),
        (
            "CREATE DEFINER=`event`@`h` PROCEDURE x.p() SELECT 1",
            "procedure `x`.`p`",
        ),
        (
            "CREATE USER 'a'@'h' IDENTIFIED WITH x BY ',', b@localhost, c REQUIRE SSL",
            "user `a`@`h`, user `b`@`localhost`, user `c`",
        ),
        (
            "REVOKE SELECT ON `from`.* FROM a, 'b'@'%'",
            "grants `a`, grants `b`@`%`",
        ),
        (
            "RENAME TABLE a WAIT 5 TO b, b TO x.c",
            "table `shop`.`a`, table `shop`.`b`, table `x`.`c`",
        ),
    ] {
        assert_eq!(objects(sql), names, "{sql}");
    }
    assert_eq!(aim("ALTER USER CURRENT_USER() IDENTIFIED BY 'x'"), None);
    assert_eq!(aim("CREATE USER 'a\\'b'@h"), None);
}

#[test]
fn every_beginning_of_a_statement_is_read_to_its_end() {
    for sql in [
        "SET STATEMENT a = 1 FOR ALTER TABLE t ADD (a int, KEY k (a, b), c int DEFAULT (1 + (2))), DROP COLUMN d",
        "ALTER TABLE t CHANGE COLUMN IF EXISTS a b int, RENAME KEY a TO b, RENAME INDEX c TO d, ADD UNIQUE KEY (x)",
        "CREATE USER 'a'@'h' IDENTIFIED BY 'x', b@localhost WITH MAX_USER_CONNECTIONS 2",
        "RENAME TABLE a TO b, c.d TO e; RENAME USER a@b TO c",
        "REVOKE ALL PRIVILEGES, GRANT OPTION FROM a, b",
        "CREATE OR REPLACE DEFINER='a'@'b' SQL SECURITY INVOKER VIEW IF NOT EXISTS v AS SELECT (1",
        "ALTER TABLE p TRUNCATE PARTITION a, b, ALL; DROP PREPARE x",
    ] {
        for end in 0..=sql.len() {
            // It must come back, whatever it says.
            let _ = aim(&sql[..end]);
        }
    }
}
