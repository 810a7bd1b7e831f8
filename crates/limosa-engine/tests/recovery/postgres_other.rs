//! What else PostgreSQL does not run in a transaction.

use limosa_testkit::{is_older, since_postgres};

use crate::faults::{events, held, recovered, to_session};
use crate::support::Lab;

const AGAIN: &str = "unit-started unit-failed unit-started unit-done";

const TABLE: &str =
    "CREATE TABLE t (id int);\nCREATE INDEX by_id ON t (id);\nINSERT INTO t VALUES (1), (2);\n";

fn indexes(lab: &Lab) -> String {
    lab.db.value(
        "SELECT string_agg(c.relname || ' ' || i.indisvalid, ', ' ORDER BY c.relname) \
         FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = 't'::regclass",
    )
}

#[test]
fn what_an_interrupted_reindex_leaves_is_taken_away_and_it_is_done_again() {
    for statement in [
        "REINDEX TABLE CONCURRENTLY t",
        "REINDEX INDEX CONCURRENTLY by_id",
        "REINDEX (VERBOSE, CONCURRENTLY) SCHEMA public",
    ] {
        for fault in ["pg_terminate_backend", "pg_cancel_backend"] {
            let lab = lab!();
            if statement.contains('(') && is_older(&lab.db, 14, "REINDEX (…, CONCURRENTLY)") {
                continue;
            }
            lab.file(
                "1_table.sql",
                &format!("{TABLE}INSERT INTO t VALUES (1);\n"),
            );
            lab.up();
            // Somebody else's leftover, which is not valid either.
            let broken = lab
                .db
                .try_query("CREATE UNIQUE INDEX CONCURRENTLY by_id_ccnew ON t (id)");
            assert!(broken.is_err() && indexes(&lab) == "by_id true, by_id_ccnew false");
            lab.file("2_reindex.sql", &format!("{statement};\n"));
            let _ = held(
                &lab,
                &["BEGIN", "INSERT INTO t VALUES (3)"],
                "reindex ",
                |other| {
                    // It may wait for somebody before that, too.
                    lab.db
                        .wait_until("SELECT count(*) FROM pg_class WHERE relname = 'by_id_ccnew1'");
                    lab.db.value(&to_session(fault, "reindex "));
                    other.execute("COMMIT");
                },
            );
            lab.up();
            assert_eq!(
                indexes(&lab),
                "by_id true, by_id_ccnew false",
                "{statement} {fault}"
            );
            assert_eq!(events(&lab, "2", 0), AGAIN, "{statement} {fault}");
            let drop = "DROP INDEX CONCURRENTLY IF EXISTS \"public\".\"by_id_ccnew1\"".to_owned();
            assert_eq!(recovered(&lab), [("leftover".to_owned(), vec![drop])]);
        }
    }
}

#[test]
fn the_old_index_that_an_interrupted_reindex_leaves_is_taken_away() {
    let lab = lab!();
    lab.file("1_table.sql", TABLE);
    lab.up();
    lab.file("2_reindex.sql", "REINDEX INDEX CONCURRENTLY by_id;\n");
    let _ = held(
        &lab,
        &["BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1"],
        "reindex ",
        |old| {
            // It waits before it puts the new index in the place of the old one; a reader keeps it waiting after that.
            let mut reader = lab.db.open();
            reader.execute("BEGIN");
            reader.execute("SELECT * FROM t");
            old.execute("COMMIT");
            lab.db.wait_until("SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname = 'by_id_ccold'",
            );
            assert_eq!(indexes(&lab), "by_id true, by_id_ccold false");
            lab.db
                .value(&to_session("pg_terminate_backend", "reindex "));
            reader.execute("COMMIT");
        },
    );
    lab.up();
    assert_eq!(indexes(&lab), "by_id true");
    assert_eq!(events(&lab, "2", 0), AGAIN);
    assert_eq!(recovered(&lab)[0].0, "leftover");
}

#[test]
fn an_interrupted_detach_is_completed() {
    for (fault, expected) in [
        ("pg_terminate_backend", "unit-started unit-done"),
        ("pg_cancel_backend", "unit-started unit-done"),
    ] {
        let lab = lab!();
        since_postgres!(lab.db, 14, "DETACH PARTITION … CONCURRENTLY");
        lab.file("1_table.sql", "CREATE SCHEMA s;\nCREATE TABLE s.p (id int) PARTITION BY RANGE (id);\nCREATE TABLE s.\"P 1\" PARTITION OF s.p FOR VALUES FROM (0) TO (9);\n");
        lab.up();
        lab.file(
            "2_detach.sql",
            "SET search_path = s;\nALTER TABLE P DETACH PARTITION \"P 1\" CONCURRENTLY;\n",
        );
        let _ = held(
            &lab,
            &["BEGIN", "SELECT * FROM s.p"],
            "alter table p detach",
            |other| {
                assert_eq!(
                    lab.db.value(
                        "SELECT inhdetachpending FROM pg_inherits WHERE inhparent = 's.p'::regclass"
                    ),
                    "t"
                );
                lab.db.value(&to_session(fault, "alter table p detach"));
                other.execute("COMMIT");
            },
        );
        lab.up();
        assert_eq!(
            lab.db
                .value("SELECT count(*) FROM pg_inherits WHERE inhparent = 's.p'::regclass"),
            "0"
        );
        assert_eq!(events(&lab, "2", 0), expected, "{fault}");
        let finalize = "ALTER TABLE \"s\".\"p\" DETACH PARTITION \"s\".\"P 1\" FINALIZE".to_owned();
        assert_eq!(
            recovered(&lab),
            [("present".to_owned(), vec![finalize])],
            "{fault}"
        );
        assert_eq!(lab.applied(), ["1", "2"]);
    }
}

#[test]
fn what_is_a_row_of_a_catalog_is_made_and_dropped_once() {
    let lab = lab!();
    // Their names are of the whole server.
    let name = format!("\"{}_Twin\"", lab.db.name());
    let in_place = "SET allow_in_place_tablespaces = on;\n";
    let steps = [
        (format!("CREATE DATABASE {name};\n"), 0),
        (format!("DROP DATABASE IF EXISTS {name};\n"), 0),
        (format!("{in_place}CREATE TABLESPACE {name} LOCATION '';\n"), 0),
        (format!("DROP TABLESPACE {name};\n"), 0),
        ("CREATE SUBSCRIPTION Twin CONNECTION '' PUBLICATION p WITH (connect = false, slot_name = NONE);\nDROP SUBSCRIPTION twin;\n".to_owned(), 1),
    ];
    for (number, (text, unit)) in steps.into_iter().enumerate() {
        let version = (number + 1).to_string();
        lab.file(&format!("{version}_step.sql"), &text);
        lab.up();
        let found = recovered(&lab).len();
        // What a process leaves that was killed before it could record the statement: a second time it would fail.
        lab.db.execute(&format!(
            "DELETE FROM limosa_history WHERE version = '{version}'; \
             DELETE FROM limosa_journal WHERE version = '{version}' AND (event = 'applied' OR event = 'unit-done' AND unit = {unit})"
        ));
        lab.up();
        assert_eq!(
            events(&lab, &version, unit),
            "unit-started unit-done",
            "{text}"
        );
        assert_eq!(recovered(&lab).len(), found + 1, "{text}");
        assert_eq!(recovered(&lab)[found].0, "present", "{text}");
    }
}

#[test]
fn what_did_not_take_effect_is_done_again() {
    let lab = lab!();
    let name = format!("\"{}_Twin\"", lab.db.name());
    for (number, (text, undo)) in [
        (
            format!("CREATE DATABASE {name};\n"),
            format!("DROP DATABASE {name}"),
        ),
        ("VACUUM;\n".to_owned(), "SELECT 1".to_owned()),
        (
            "ALTER SYSTEM RESET work_mem;\n".to_owned(),
            "SELECT 1".to_owned(),
        ),
        ("CLUSTER;\n".to_owned(), "SELECT 1".to_owned()),
        ("REINDEX SCHEMA public;\n".to_owned(), "SELECT 1".to_owned()),
        (
            format!("DROP DATABASE {name};\n"),
            format!("CREATE DATABASE {name}"),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let version = (number + 1).to_string();
        lab.file(&format!("{version}_step.sql"), &text);
        lab.up();
        lab.db.execute(&undo);
        lab.db.execute(&format!(
            "DELETE FROM limosa_history WHERE version = '{version}'; \
             DELETE FROM limosa_journal WHERE version = '{version}' AND event <> 'unit-started'"
        ));
        lab.up();
        assert_eq!(events(&lab, &version, 0), AGAIN, "{text}");
        assert_eq!(
            recovered(&lab).last(),
            Some(&("absent".to_owned(), vec![])),
            "{text}"
        );
    }
}

#[test]
fn a_call_that_may_have_committed_before_its_error_is_in_doubt_and_another_is_not() {
    let commits = "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (1); COMMIT; RAISE 'no'; END $$";
    let not = "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (1); RAISE 'no'; END $$";
    for (procedure, statement, event, rows) in [
        (commits, "CALL p()", "unit-in-doubt", "1"),
        (commits, "CALL public.p(1)", "unit-failed", "0"),
        (not, "CALL p()", "unit-failed", "0"),
        (
            not,
            "DO $$ BEGIN INSERT INTO log VALUES (1); COMMIT; RAISE 'no'; END $$",
            "unit-in-doubt",
            "1",
        ),
        (
            not,
            "DO $$ BEGIN INSERT INTO log VALUES (1); RAISE 'no'; END $$",
            "unit-failed",
            "0",
        ),
    ] {
        let lab = lab!();
        lab.db
            .execute(&format!("CREATE TABLE log (x int); {procedure}"));
        lab.file(
            "1_call.sql",
            &format!("-- limosa: no-transaction\n{statement};\n"),
        );
        let first = lab.up_fails().problem.diagnostic();
        assert_eq!(first.name, "statement-failed");
        assert_eq!(
            events(&lab, "1", 0),
            format!("unit-started {event}"),
            "{statement}"
        );
        assert_eq!(
            lab.db.value("SELECT count(*) FROM log"),
            rows,
            "{statement}"
        );
        let answers = first
            .help
            .iter()
            .any(|help| help.contains("limosa resolve 1 --statement 1 --as"));
        assert_eq!(answers, event == "unit-in-doubt", "{:?}", first.help);
        // It is not done a second time where that would do it twice.
        let again = lab.up_fails().problem.diagnostic();
        let expected = if answers {
            "in-doubt"
        } else {
            "statement-failed"
        };
        assert_eq!(again.name, expected);
        assert_eq!(
            lab.db.value("SELECT count(*) FROM log"),
            rows,
            "{statement}"
        );
    }
}

#[test]
fn a_partitioned_table_is_reindexed_and_clustered_in_a_file_without_a_transaction() {
    let lab = lab!();
    since_postgres!(lab.db, 15, "CLUSTER of a partitioned table");
    lab.file("1_table.sql", "CREATE TABLE t (id int) PARTITION BY RANGE (id);\nCREATE TABLE p PARTITION OF t FOR VALUES FROM (0) TO (9);\nCREATE INDEX by_id ON t (id);\n");
    lab.up();
    lab.file(
        "2_again.sql",
        "-- limosa: no-transaction\nREINDEX TABLE t;\nREINDEX TABLE CONCURRENTLY t;\nCLUSTER t USING by_id;\n",
    );
    lab.up();
    assert_eq!(lab.applied(), ["1", "2"]);
}
