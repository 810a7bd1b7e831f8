//! Units on PostgreSQL.

use limosa_sql::Dialect;

use super::{one_by_one, script, shape_of, without_transaction};
use crate::Layout;

fn shape(sql: &str) -> String {
    super::shape(Dialect::Postgres, sql)
}

fn refusal(sql: &str) -> (u64, u64, &'static str) {
    super::refusal(Dialect::Postgres, &script(sql))
}

#[test]
fn what_may_run_in_a_transaction_is_one_unit() {
    assert_eq!(
        shape(
            "CREATE TABLE a (id int); INSERT INTO a VALUES (1); DO $$ BEGIN COMMIT; END $$; CALL p()"
        ),
        "t(CREATE INSERT DO CALL)"
    );
    // What is not recognised runs in the transaction, too.
    assert_eq!(
        shape("CREATE TABLE a (id int); FROBNICATE a"),
        "t(CREATE FROBNICATE)"
    );
}

#[test]
fn a_transaction_of_the_file_is_the_transaction_of_the_unit() {
    for (begin, commit) in [
        ("BEGIN", "COMMIT"),
        ("begin work", "end"),
        ("START TRANSACTION", "COMMIT WORK"),
        ("BEGIN TRANSACTION", "END TRANSACTION"),
    ] {
        let sql = format!("{begin}; CREATE TABLE a (id int); SELECT 1; {commit};");
        assert_eq!(shape(&sql), "t(CREATE SELECT)", "{sql}");
    }
    assert_eq!(
        shape("SELECT 1; BEGIN; UPDATE a SET b = 1; COMMIT; INSERT INTO a VALUES (1)"),
        "t(SELECT) t(UPDATE) t(INSERT)"
    );
    assert_eq!(
        shape("BEGIN; SAVEPOINT s; SELECT 1; ROLLBACK TO s; RELEASE s; COMMIT"),
        "t(SAVEPOINT SELECT ROLLBACK RELEASE)"
    );
}

#[test]
fn a_begin_inside_of_a_transaction_does_nothing() {
    assert_eq!(
        shape("BEGIN; SELECT 1; BEGIN; UPDATE a SET b = 1; COMMIT; DELETE FROM a"),
        "t(SELECT UPDATE) t(DELETE)"
    );
}

#[test]
fn a_commit_without_a_transaction_is_left_out() {
    assert_eq!(shape("COMMIT; SELECT 1"), "t(SELECT)");
    assert_eq!(
        shape("SELECT 1; COMMIT; COMMIT; UPDATE a SET b = 1; COMMIT"),
        "t(SELECT) t(UPDATE)"
    );
    assert_eq!(
        shape("VACUUM; COMMIT AND CHAIN; SELECT 1"),
        "a(VACUUM) t(SELECT)"
    );
}

#[test]
fn a_chained_transaction_has_the_modes_of_the_one_before() {
    assert_eq!(
        shape(
            "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT AND CHAIN; UPDATE a SET b = 1; COMMIT; DELETE FROM a"
        ),
        "t[ISOLATION LEVEL SERIALIZABLE](SELECT) t[ISOLATION LEVEL SERIALIZABLE](UPDATE) t(DELETE)"
    );
    let (line, _, reason) = refusal("BEGIN;\nSELECT 1;\nCOMMIT AND CHAIN;\n");
    assert_eq!(line, 3);
    assert!(reason.contains("never committed"), "{reason}");
}

#[test]
fn set_transaction_at_the_head_is_about_our_transaction() {
    assert_eq!(
        shape("SET search_path = a; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT 1"),
        "t[ISOLATION LEVEL REPEATABLE READ](SET SELECT)"
    );
    assert_eq!(
        shape("BEGIN; SET LOCAL TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT"),
        "t[ISOLATION LEVEL SERIALIZABLE](SELECT)"
    );
    // After the first statement it is for the server to say what it thinks of it.
    assert_eq!(
        shape("SELECT 1; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 2"),
        "t(SELECT SET SELECT)"
    );
}

#[test]
fn the_level_of_isolation_outlives_other_modes() {
    for sql in [
        "BEGIN ISOLATION LEVEL SERIALIZABLE; SET TRANSACTION READ WRITE; SELECT 1; COMMIT",
        "BEGIN; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SET TRANSACTION NOT DEFERRABLE; SELECT 1; COMMIT",
        "BEGIN ISOLATION LEVEL REPEATABLE READ; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT",
    ] {
        assert_eq!(
            shape(sql),
            "t[ISOLATION LEVEL SERIALIZABLE](SELECT)",
            "{sql}"
        );
    }
    // Outside of a transaction it has no effect on the one that begins after it.
    assert_eq!(
        shape("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; BEGIN; SELECT 1; COMMIT"),
        "t(SELECT)"
    );
}

#[test]
fn what_cannot_be_recorded_is_refused_with_its_place() {
    for (sql, place, words) in [
        ("SELECT 1;\n  ROLLBACK;\n", (2, 3), "rolls itself back"),
        ("BEGIN;\nSELECT 1;\nABORT;\n", (3, 1), "rolls itself back"),
        (
            "BEGIN;\nSELECT 1;\nROLLBACK AND CHAIN;\n",
            (3, 1),
            "rolls itself back",
        ),
        (
            "BEGIN READ ONLY;\nSELECT 1;\nCOMMIT;\n",
            (1, 1),
            "read-only",
        ),
        (
            "BEGIN;\nSET TRANSACTION READ ONLY;\nCOMMIT;\n",
            (2, 1),
            "read-only",
        ),
        ("SELECT 1;\n BEGIN;\nSELECT 2;\n", (2, 2), "never committed"),
        (
            "BEGIN;\nSELECT 1;\nBEGIN;\nSELECT 2;\n",
            (1, 1),
            "never committed",
        ),
        (
            "BEGIN;\nSELECT 1;\nPREPARE TRANSACTION 'x';\n",
            (3, 1),
            "two-phase",
        ),
        ("COMMIT PREPARED 'x';\n", (1, 1), "two-phase"),
        (
            "BEGIN;\nVACUUM a;\nCOMMIT;\n",
            (2, 1),
            "inside a transaction",
        ),
        (
            "BEGIN;\nCREATE INDEX CONCURRENTLY i ON a (b);\nCOMMIT;\n",
            (2, 1),
            "inside a transaction",
        ),
    ] {
        let (line, column, reason) = refusal(sql);
        assert_eq!((line, column), place, "{sql}");
        assert!(reason.contains(words), "{sql}: {reason}");
    }
}

#[test]
fn statements_that_cannot_run_in_a_transaction_run_alone() {
    assert_eq!(
        shape(
            "CREATE TABLE a (id int); SELECT 1; CREATE INDEX CONCURRENTLY i ON a (id); VACUUM a; SELECT 2; SELECT 3"
        ),
        "t(CREATE SELECT) a(CREATE) a(VACUUM) t(SELECT SELECT)"
    );
    assert_eq!(
        shape("SELECT 1; COMMIT; VACUUM; BEGIN; SELECT 2; COMMIT"),
        "t(SELECT) a(VACUUM) t(SELECT)"
    );
}

#[test]
fn settings_go_with_the_unit_that_they_are_in_or_before() {
    assert_eq!(shape("SET a.b = 1; SELECT 1"), "t(SET SELECT)");
    assert_eq!(
        shape("SELECT 1; SET a.b = 1; SELECT 2"),
        "t(SELECT SET SELECT)"
    );
    assert_eq!(
        shape("SET a.b = 1; VACUUM; SET a.b = 2; VACUUM"),
        "a(SET VACUUM) a(SET VACUUM)"
    );
    assert_eq!(
        shape("SET a.b = 1; BEGIN; SELECT 1; COMMIT; RESET a.b; SELECT 2"),
        "t(SET SELECT) t(RESET SELECT)"
    );
    assert_eq!(
        shape("SELECT pg_catalog.set_config('search_path', '', false); VACUUM"),
        "a(SELECT VACUUM)"
    );
}

#[test]
fn settings_at_the_end_are_part_of_an_open_unit_or_nothing() {
    assert_eq!(shape("SELECT 1; SET a.b = 1"), "t(SELECT SET)");
    assert_eq!(shape("VACUUM; SET a.b = 1"), "a(VACUUM)");
    assert_eq!(
        shape("BEGIN; SELECT 1; COMMIT; SET a.b = 1; RESET a.b"),
        "t(SELECT)"
    );
    assert_eq!(shape("SET a.b = 1; RESET a.b"), "t(SET RESET)");
}

#[test]
fn one_by_one_every_statement_is_a_unit() {
    let shape = |sql: &str| shape_of(Dialect::Postgres, &one_by_one(sql));
    assert_eq!(
        shape(
            "CREATE TABLE a (id int); INSERT INTO a VALUES (1); CREATE INDEX CONCURRENTLY i ON a (id); CALL p(); DO $$ BEGIN COMMIT; END $$; FROBNICATE"
        ),
        "t(CREATE) t(INSERT) a(CREATE) a(CALL) a(DO) a(FROBNICATE)"
    );
    // The file's own transaction stays one.
    assert_eq!(
        shape("SELECT 1; BEGIN; SELECT 2; CALL p(); FROBNICATE; COMMIT; SELECT 3; SELECT 4"),
        "t(SELECT) t(SELECT CALL FROBNICATE) t(SELECT) t(SELECT)"
    );
    assert_eq!(
        shape("SET a.b = 1; SELECT 1; SELECT 2; SET a.b = 2; VACUUM"),
        "t(SET SELECT) t(SELECT SET) a(VACUUM)"
    );
    assert_eq!(
        shape("SELECT 1; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 2; SELECT 3"),
        "t(SELECT) t[ISOLATION LEVEL SERIALIZABLE](SELECT) t(SELECT)"
    );
}

#[test]
fn copy_blocks_are_statements_like_others() {
    assert_eq!(
        shape("CREATE TABLE a (id int);\nCOPY a FROM stdin;\n1\n2\n\\.\nSELECT 1;\n"),
        "t(CREATE COPY SELECT)"
    );
}

#[test]
fn each_text_of_go_pg_is_committed_by_itself_unless_the_name_says_tx() {
    for (sql, without, with) in [
        // PostgreSQL runs the statements of one message in a transaction.
        (
            "INSERT INTO t VALUES (1); DELETE FROM t",
            "t(INSERT DELETE)",
            "t(INSERT DELETE)",
        ),
        (
            "INSERT INTO t VALUES (1)\n--gopg:split\nDELETE FROM t; SELECT 1;\n--gopg:split\n",
            "t(INSERT) t(DELETE SELECT)",
            "t(INSERT DELETE SELECT)",
        ),
        (
            "SELECT 1\n--gopg:split\nCREATE INDEX CONCURRENTLY i ON t (a);",
            "t(SELECT) a(CREATE)",
            "t(SELECT) a(CREATE)",
        ),
        // A procedure may commit where it is alone in its message.
        (
            "CALL p()\n--gopg:split\nCALL p(); SELECT 1;\n--gopg:split\nSELECT 1; CALL p();",
            "a(CALL) t(CALL SELECT) t(SELECT CALL)",
            "t(CALL CALL SELECT SELECT CALL)",
        ),
        ("FROBNICATE", "a(FROBNICATE)", "t(FROBNICATE)"),
        (
            "FROBNICATE; FROBNICATE",
            "t(FROBNICATE FROBNICATE)",
            "t(FROBNICATE FROBNICATE)",
        ),
        // Settings hold on for the texts that follow.
        (
            "SET a.b = 1\n--gopg:split\nSELECT 1\n--gopg:split\nSELECT 2",
            "t(SET SELECT) t(SELECT)",
            "t(SET SELECT SELECT)",
        ),
        (
            "SET a.b = 1; CALL p()\n--gopg:split\nCALL p(); SET a.b = 2",
            "a(SET CALL) t(CALL SET)",
            "t(SET CALL CALL SET)",
        ),
        // The file's own transaction goes on over the texts: they have one connection.
        (
            "BEGIN\n--gopg:split\nSELECT 1; SELECT 2\n--gopg:split\nCOMMIT\n--gopg:split\nSELECT 3",
            "t(SELECT SELECT) t(SELECT)",
            "t(SELECT SELECT) t(SELECT)",
        ),
        ("", "t()", "t()"),
    ] {
        let mut script = without_transaction(Layout::GoPg, sql);
        assert_eq!(shape_of(Dialect::Postgres, &script), without, "{sql}");
        script.options.no_transaction = false;
        assert_eq!(shape_of(Dialect::Postgres, &script), with, "{sql}");
    }
}

#[test]
fn a_file_of_sqlx_is_one_message_also_without_a_transaction() {
    let shape = |sql: &str| shape_of(Dialect::Postgres, &without_transaction(Layout::Sqlx, sql));
    let head = "-- no-transaction\n";
    assert_eq!(
        shape(&format!("{head}SELECT 1; DELETE FROM t")),
        "t(SELECT DELETE)"
    );
    assert_eq!(shape(&format!("{head}CALL p()")), "a(CALL)");
    assert_eq!(
        shape(&format!("{head}CALL p(); SELECT 1")),
        "t(CALL SELECT)"
    );
    assert_eq!(
        shape(&format!("{head}CREATE INDEX CONCURRENTLY i ON t (a)")),
        "a(CREATE)"
    );
    // Lines of go-pg are nothing there.
    assert_eq!(
        shape("SELECT 1;\n--gopg:split\nDELETE FROM t"),
        "t(SELECT DELETE)"
    );
}
