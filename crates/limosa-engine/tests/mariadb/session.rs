//! What a script does to its session, and how far that reaches.

use crate::support::Lab;

#[test]
fn quotes_are_read_as_the_script_has_set_them() {
    let lab = lab!();
    lab.file(
        "1_a.sql",
        "CREATE TABLE a (x varchar(20));\nINSERT INTO a VALUES (\"it's; \\\"\");\n\
         SET sql_mode='ANSI_QUOTES,NO_BACKSLASH_ESCAPES';\n\
         CREATE TABLE \"b;\"\"c\" (\"x;\" varchar(20));\nINSERT INTO \"b;\"\"c\" VALUES ('\\');\nINSERT INTO \"b;\"\"c\" VALUES (';');\n",
    );
    lab.file("2_b.sql", "INSERT INTO a VALUES (\"two; \\'\");\n");
    lab.up();
    assert_eq!(lab.db.query("SELECT x FROM a"), [["it's; \""], ["two; '"]]);
    assert_eq!(lab.db.query("SELECT `x;` FROM `b;\"c`"), [["\\"], [";"]]);
}

#[test]
fn blocks_of_oracle_mode_run_as_blocks() {
    let lab = lab!();
    lab.file(
        "1_a.sql",
        "CREATE TABLE a (x int);\nSET sql_mode=ORACLE;\n\
         BEGIN\n  INSERT INTO a VALUES (1);\n  INSERT INTO a VALUES (2);\nEND;\n\
         CREATE PROCEDURE p AS i int := 0; BEGIN WHILE i < 2 LOOP i := i + 1; INSERT INTO a VALUES (i + 2); END LOOP; END;\n\
         CALL p;\n",
    );
    lab.up();
    assert_eq!(
        lab.db.value("SELECT group_concat(x ORDER BY x) FROM a"),
        "1,2,3,4"
    );
}

#[test]
fn another_database_reaches_neither_our_tables_nor_the_next_migration() {
    let lab = lab!();
    let other = Lab::on(limosa_testkit::Kind::MariaDb).unwrap();
    lab.file(
        "1_a.sql",
        &format!(
            "USE {};\nCREATE TABLE a (x int);\nINSERT INTO a VALUES (1);\nALTER TABLE a ADD COLUMN y int;\nINSERT INTO a VALUES (2, 2);\n",
            other.db.name()
        ),
    );
    lab.file("2_b.sql", "CREATE TABLE b (x int);\n");
    lab.up();
    assert_eq!(other.db.value("SELECT count(*) FROM a"), "2");
    assert!(lab.has_table("b") && lab.has_table("limosa_history"));
    assert!(!lab.has_table("a") && !other.has_table("limosa_journal"));
    assert_eq!(lab.applied(), ["1", "2"]);
}

#[test]
fn nothing_of_a_session_reaches_the_next_migration() {
    let lab = lab!();
    let seen = "concat_ws('/', @@sql_mode, @@foreign_key_checks, @@unique_checks, @@time_zone, @@autocommit, \
         @@character_set_client, @@collation_connection, @@tx_isolation, @@tx_read_only, @@sql_safe_updates, \
         @@lock_wait_timeout, @@max_statement_time, database(), ifnull(current_role(), 'none'))";
    lab.file(
        "1_seen.sql",
        &format!("CREATE TABLE seen (x varchar(1000));\nINSERT INTO seen SELECT {seen};\n"),
    );
    lab.file(
        "2_change.sql",
        "SET NAMES latin1;\nSET sql_mode = 'ANSI,NO_ZERO_DATE';\nSET foreign_key_checks = 0, unique_checks = OFF;\n\
         SET time_zone = '+09:00';\nSET autocommit = 0;\nSET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY;\n\
         SET SESSION lock_wait_timeout = 77;\nSET max_statement_time = 99;\nSET @@session.sql_safe_updates = 1;\n\
         USE information_schema;\nSELECT 1;\nLOCK TABLES TABLES READ;\n",
    );
    lab.file("3_seen.sql", &format!("INSERT INTO seen SELECT {seen};\n"));
    // In information_schema nothing can be locked; the failure must not leave anything either.
    lab.up_fails();
    let kept = std::fs::read_to_string(lab.folder().join("2_change.sql")).unwrap();
    lab.file(
        "2_change.sql",
        kept.trim_end_matches("LOCK TABLES TABLES READ;\n"),
    );
    lab.up();
    let rows = lab.db.query("SELECT x FROM seen");
    assert_eq!(rows[0], rows[1]);
    assert_eq!(rows.len(), 2);
}

#[test]
fn settings_hold_in_every_later_unit_of_the_migration() {
    let lab = lab!();
    lab.file(
        "1_a.sql",
        "SET @zone = @@time_zone, time_zone = '+09:00';\nCREATE TABLE a (x varchar(20));\nINSERT INTO a VALUES (@@time_zone);\n\
         ALTER TABLE a ADD COLUMN y int;\nINSERT INTO a (x) VALUES (@@time_zone);\nSET time_zone = @zone;\nCREATE TABLE b (x int);\n\
         INSERT INTO a (x) VALUES (@@time_zone);\n",
    );
    lab.up();
    let zone = lab.db.value("SELECT @@time_zone");
    assert_eq!(
        lab.db.query("SELECT x FROM a"),
        [["+09:00"], ["+09:00"], [zone.as_str()]]
    );
}
