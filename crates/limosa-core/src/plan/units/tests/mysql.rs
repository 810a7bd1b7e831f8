//! Units on MySQL and MariaDB.

use limosa_sql::Dialect;

use super::{one_by_one, script, shape_of};

fn shape(sql: &str) -> String {
    super::shape(Dialect::Mysql, sql)
}

fn refusal(sql: &str) -> (u64, u64, &'static str) {
    super::refusal(Dialect::Mysql, &script(sql))
}

#[test]
fn definitions_are_units_and_runs_of_data_are_transactions() {
    assert_eq!(
        shape(
            "CREATE TABLE a (id int); INSERT INTO a VALUES (1); UPDATE a SET id = 2; ALTER TABLE a ADD b int; DROP TABLE c; DELETE FROM a"
        ),
        "a(CREATE) t(INSERT UPDATE) a(ALTER) a(DROP) t(DELETE)"
    );
}

#[test]
fn a_transaction_of_the_file_holds_its_data() {
    assert_eq!(
        shape(
            "INSERT INTO a VALUES (1); START TRANSACTION; UPDATE a SET b = 1; DELETE FROM a; COMMIT; INSERT INTO a VALUES (2)"
        ),
        "t(INSERT) t(UPDATE DELETE) t(INSERT)"
    );
    assert_eq!(
        shape(
            "BEGIN; INSERT INTO a VALUES (1); COMMIT AND CHAIN; INSERT INTO a VALUES (2); COMMIT"
        ),
        "t(INSERT) t(INSERT)"
    );
}

#[test]
fn a_definition_ends_the_transaction_that_it_is_in() {
    assert_eq!(
        shape(
            "START TRANSACTION; INSERT INTO a VALUES (1); CREATE TABLE b (id int); INSERT INTO b VALUES (1); COMMIT"
        ),
        "t(INSERT) a(CREATE) t(INSERT)"
    );
    assert_eq!(
        shape("BEGIN; CREATE TABLE b (id int); COMMIT;"),
        "a(CREATE)"
    );
}

#[test]
fn a_transaction_inside_of_a_transaction_is_refused() {
    let (line, column, reason) =
        refusal("BEGIN;\nINSERT INTO a VALUES (1);\n START TRANSACTION;\nCOMMIT;\n");
    assert_eq!((line, column), (3, 2));
    assert!(reason.contains("inside a transaction"), "{reason}");
    assert!(
        refusal("SELECT 1;\nROLLBACK;\n")
            .2
            .contains("rolls itself back")
    );
    assert!(refusal("XA START 'x';\n").2.contains("two-phase"));
    assert!(
        refusal("START TRANSACTION READ ONLY;\nCOMMIT;\n")
            .2
            .contains("read-only")
    );
    assert_eq!(refusal("SELECT 1;\nBEGIN;\nSELECT 2;\n").0, 2);
}

#[test]
fn set_transaction_is_about_the_transaction_after_it() {
    assert_eq!(
        shape(
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; START TRANSACTION; INSERT INTO a VALUES (1); COMMIT; SELECT 1"
        ),
        "t[ISOLATION LEVEL SERIALIZABLE](INSERT) t(SELECT)"
    );
    assert_eq!(
        shape(
            "INSERT INTO a VALUES (1); SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; INSERT INTO a VALUES (2)"
        ),
        "t(INSERT) t[ISOLATION LEVEL SERIALIZABLE](INSERT)"
    );
    // For the whole session it is a setting like others.
    assert_eq!(
        shape("SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE; INSERT INTO a VALUES (2)"),
        "t(SET INSERT)"
    );
}

#[test]
fn locked_tables_are_one_unit_until_they_are_unlocked() {
    assert_eq!(
        shape(
            "CREATE TABLE a (id int); LOCK TABLES a WRITE; ALTER TABLE a DISABLE KEYS; INSERT INTO a VALUES (1); ALTER TABLE a ENABLE KEYS; UNLOCK TABLES; INSERT INTO a VALUES (2)"
        ),
        "a(CREATE) a(LOCK ALTER INSERT ALTER UNLOCK) t(INSERT)"
    );
    assert_eq!(
        shape("INSERT INTO a VALUES (1); LOCK TABLE a READ; SELECT 1"),
        "t(INSERT) a(LOCK SELECT)"
    );
    assert_eq!(
        shape(
            "LOCK TABLES a WRITE; SET autocommit = 0; INSERT INTO a VALUES (1); UNLOCK TABLES; COMMIT; SELECT 1"
        ),
        "a(LOCK INSERT UNLOCK) t(SELECT)"
    );
    // Nothing is locked here.
    assert_eq!(
        shape("INSERT INTO a VALUES (1); UNLOCK TABLES; INSERT INTO a VALUES (2)"),
        "t(INSERT UNLOCK INSERT)"
    );
}

#[test]
fn what_cannot_be_recorded_is_refused_with_locked_tables_too() {
    assert!(
        refusal("LOCK TABLES a WRITE;\nINSERT INTO a VALUES (1);\nROLLBACK;\nUNLOCK TABLES;\n")
            .2
            .contains("rolls itself back")
    );
    assert!(
        refusal("LOCK TABLES a WRITE;\nXA START 'x';\nUNLOCK TABLES;\n")
            .2
            .contains("two-phase")
    );
}

#[test]
fn a_procedure_may_commit_and_runs_alone() {
    assert_eq!(
        shape("INSERT INTO a VALUES (1); CALL p(); INSERT INTO a VALUES (2)"),
        "t(INSERT) a(CALL) t(INSERT)"
    );
}

#[test]
fn settings_go_with_what_comes_next() {
    assert_eq!(
        shape(
            "SET foreign_key_checks = 0; DROP TABLE a; SET foreign_key_checks = 1; CREATE TABLE a (id int); SET @x = 1; INSERT INTO a VALUES (@x)"
        ),
        "a(SET DROP) a(SET CREATE) t(SET INSERT)"
    );
    assert_eq!(
        shape("INSERT INTO a VALUES (1); SET sql_mode = ''; INSERT INTO a VALUES (2)"),
        "t(INSERT SET INSERT)"
    );
    assert_eq!(
        shape("CREATE TABLE a (id int); SET foreign_key_checks = 1"),
        "a(CREATE)"
    );
    assert_eq!(
        shape("SET NAMES utf8mb4; SET foreign_key_checks = 0"),
        "t(SET SET)"
    );
    // What the server keeps is not the session's.
    assert_eq!(
        shape("CREATE TABLE a (id int); SET GLOBAL max_connections = 200"),
        "a(CREATE) t(SET)"
    );
}

#[test]
fn bodies_of_procedures_are_one_statement() {
    assert_eq!(
        shape(
            "DELIMITER //\nCREATE PROCEDURE p() BEGIN START TRANSACTION; INSERT INTO a VALUES (1); ROLLBACK; END//\nDELIMITER ;\nINSERT INTO a VALUES (1);\n"
        ),
        "a(CREATE) t(INSERT)"
    );
}

#[test]
fn one_by_one_every_statement_is_a_unit() {
    assert_eq!(
        shape_of(
            Dialect::Mysql,
            &one_by_one(
                "INSERT INTO a VALUES (1); INSERT INTO a VALUES (2); FROBNICATE; START TRANSACTION; UPDATE a SET b = 1; DELETE FROM a; COMMIT"
            )
        ),
        "t(INSERT) t(INSERT) a(FROBNICATE) t(UPDATE DELETE)"
    );
}
