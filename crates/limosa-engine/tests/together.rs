//! Migrations that share a transaction, and that are sent ahead: what is left is what a transaction each leaves.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::time::Duration;

use limosa_core::event::{Event, Observer};
use limosa_core::plan::{PlanError, Transactions};
use limosa_engine::Problem;
use limosa_testkit::{Client, Kind};
use support::Lab;

/// What is told of a run, without times.
#[derive(Default)]
struct Told(Vec<String>);

impl Observer for Told {
    fn observe(&mut self, event: &Event<'_>) {
        self.0.push(match event {
            Event::StepStarted { step } => format!("{} begins", step.version),
            Event::StatementStarted { step, number, sql } => {
                format!("{} {number} {sql}", step.version)
            }
            Event::StatementFinished {
                step, number, rows, ..
            } => format!("{} {number} done, rows {rows:?}", step.version),
            Event::StepFinished { step, .. } => format!("{} done", step.version),
            Event::StepFailed { step, number, .. } => {
                format!("{} failed at {number:?}", step.version)
            }
            Event::Notice { severity, message } => format!("{severity} {message}"),
            Event::LockRetry { step, number, .. } => format!("{} {number} again", step.version),
            _ => return,
        });
    }
}

fn lab(kind: Kind, transactions: Transactions) -> Option<Lab> {
    let mut lab = Lab::on(kind)?;
    lab.options.transactions = transactions;
    Some(lab)
}

/// Two databases of a kind: with a transaction each, and as it is without an option.
fn labs(kind: Kind) -> Option<[Lab; 2]> {
    Some([
        lab(kind, Transactions::Each)?,
        lab(kind, Transactions::Auto)?,
    ])
}

/// What our tables say, without times, names and attempts.
fn recorded(lab: &Lab) -> Vec<Vec<String>> {
    let history = "select sequence, version, name, layout, origin, coalesce(up_sha256, ''), coalesce(up_text, ''), \
                   coalesce(down_sha256, ''), statements, applied_by from limosa_history order by sequence";
    let journal = "select event, coalesce(version, ''), coalesce(direction, ''), coalesce(unit, -1), \
                   coalesce(digest, ''), coalesce(statement, -1) from limosa_journal order by id";
    [lab.db.query(history), lab.db.query(journal)].concat()
}

/// Whether the attempts of our tables fit to each other, and times do not go back.
fn is_consistent(lab: &Lab) {
    let strangers = "select count(*) from limosa_history h where 3 > \
                     (select count(*) from limosa_journal j where j.attempt = h.attempt)";
    assert_eq!(lab.db.value(strangers), "0");
    let backwards = "select count(*) from limosa_journal a join limosa_journal b on b.id = a.id + 1 \
                     where b.at < a.at";
    assert_eq!(lab.db.value(backwards), "0");
    let instant =
        "select count(*) from limosa_history where duration_ms < 0 or duration_ms > 60000";
    assert_eq!(lab.db.value(instant), "0");
}

/// In how many transactions migrations were recorded, on `PostgreSQL`.
fn transactions(lab: &Lab) -> String {
    lab.db.value(
        "select count(distinct transaction_id) from limosa_journal where event = 'unit-started'",
    )
}

/// How many transactions have written to a file of `SQLite`: its header counts them.
fn writes(lab: &Lab) -> u32 {
    let path = lab
        .db
        .value("select file from pragma_database_list where name = 'main'");
    let bytes = std::fs::read(path).unwrap();
    u32::from_be_bytes(bytes[24..28].try_into().unwrap())
}

fn many_definitions(lab: &Lab) {
    for number in 10..60 {
        lab.file(
            &format!("{number}_t.sql"),
            &format!(
                "-- limosa: up\nCREATE TABLE t{number} (id integer PRIMARY KEY, name text);\n\
                 CREATE INDEX t{number}_name ON t{number} (name);\n\
                 ALTER TABLE t{number} ADD COLUMN note text;\n\
                 -- limosa: down\nDROP TABLE t{number};\n"
            ),
        );
    }
}

fn leave_the_same(kind: Kind, prepare: impl Fn(&Lab)) {
    let Some(labs) = labs(kind) else { return };
    let mut told = [Told::default(), Told::default()];
    for (lab, told) in labs.iter().zip(&mut told) {
        prepare(lab);
        Lab::done(lab.up_observed(told));
        is_consistent(lab);
    }
    assert_eq!(told[0].0, told[1].0);
    assert_eq!(recorded(&labs[0]), recorded(&labs[1]));
    let [each, auto] = labs.each_ref().map(|lab| lab.open().schema().unwrap());
    assert!(each == auto, "{:?}", limosa_schema::diff(&each, &auto));
    for lab in &labs {
        let count = lab.history().applied.len();
        lab.down(count);
    }
    assert_eq!(recorded(&labs[0]), recorded(&labs[1]));
}

#[test]
fn definitions_in_one_transaction_leave_what_a_transaction_each_leaves() {
    for kind in [Kind::Postgres, Kind::Sqlite] {
        leave_the_same(kind, many_definitions);
    }
}

/// Two databases of a kind with many definitions: with a transaction each, and as it is without an option.
fn built(kind: Kind) -> Option<[Lab; 2]> {
    let labs = labs(kind)?;
    for lab in &labs {
        many_definitions(lab);
        lab.up();
    }
    Some(labs)
}

#[test]
fn an_empty_database_is_built_in_few_transactions() {
    let Some([each, auto]) = built(Kind::Postgres) else {
        return;
    };
    assert_eq!(
        (transactions(&each), transactions(&auto)),
        ("50".into(), "1".into())
    );
}

#[test]
fn an_empty_file_is_built_in_few_transactions() {
    let Some([each, auto]) = built(Kind::Sqlite) else {
        return;
    };
    assert_eq!(writes(&each) - writes(&auto), 49);
}

#[test]
fn what_a_migration_leaves_behind_never_reaches_one_that_would_share_its_transaction() {
    leave_the_same(Kind::Postgres, |lab| {
        lab.file("1.sql", "CREATE TABLE a (id int, at timestamptz DEFAULT now());")
            .file("2.sql", "INSERT INTO a (id) VALUES (1);")
            .file("3.sql", "INSERT INTO a (id) VALUES (2); SET search_path = nowhere;")
            .file("4.sql", "CREATE TABLE b (id int);")
            .file("5.sql", "CREATE TEMP TABLE c (id int) ON COMMIT DROP; SET LOCAL search_path = nowhere;")
            .file("6.sql", "CREATE TABLE c (id int); CREATE TYPE mood AS ENUM ('a');")
            .file("7.sql", "ALTER TYPE mood ADD VALUE 'b';")
            .file("8.sql", "CREATE TABLE d (m mood DEFAULT 'b');")
            .file("9.sql", "BEGIN; CREATE TABLE e (id int); COMMIT; INSERT INTO e VALUES (1);")
            .file("10.sql", "DO $$ BEGIN RAISE NOTICE 'hello'; END $$; SELECT count(*) FROM a;")
            .file("11.sql", "DROP TABLE IF EXISTS nobody; CREATE VIEW v AS SELECT * FROM a;")
            .file("12.sql", "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f();")
            .file("13.sql", "CREATE INDEX CONCURRENTLY i ON a (id);")
            .file("14.sql", "COPY a (id) FROM stdin;\n7\n8\n\\.\n")
            .file("15.sql", "")
            .file("16.sql", "SAVEPOINT s; INSERT INTO a VALUES (1); ROLLBACK TO SAVEPOINT s; COMMENT ON TABLE a IS 'x';");
        for number in 1..17 {
            let name = format!("{number}.sql");
            let text = std::fs::read_to_string(lab.folder().join(&name)).unwrap();
            lab.remove(&name);
            let down = "-- limosa: down\nSELECT 1;\n";
            lab.file(
                &format!("{number}_m.sql"),
                &format!("-- limosa: up\n{text}\n{down}"),
            );
        }
    });
}

#[test]
fn the_times_of_rows_in_different_migrations_differ() {
    let Some(lab) = lab(Kind::Postgres, Transactions::Auto) else {
        return;
    };
    lab.file(
        "1_a.sql",
        "CREATE TABLE a (id int, at timestamptz DEFAULT now());",
    )
    .file("2_a.sql", "INSERT INTO a VALUES (1);")
    .file("3_a.sql", "INSERT INTO a VALUES (2);")
    .file(
        "4_a.sql",
        "ALTER TABLE a ADD COLUMN one timestamptz DEFAULT now();",
    )
    .file(
        "5_a.sql",
        "ALTER TABLE a ADD COLUMN other timestamptz DEFAULT now();",
    );
    lab.up();
    assert_eq!(lab.db.value("select count(distinct at) from a"), "2");
    assert_eq!(
        lab.db.value("select count(*) from a where one = other"),
        "0"
    );
}

#[test]
fn what_fails_among_others_leaves_and_tells_what_it_does_by_itself() {
    for kind in [Kind::Postgres, Kind::Sqlite] {
        let Some(labs) = labs(kind) else { continue };
        let mut reports = Vec::new();
        let mut told = [Told::default(), Told::default()];
        for (lab, told) in labs.iter().zip(&mut told) {
            many_definitions(lab);
            lab.file(
                "30_t.sql",
                "CREATE TABLE u (id integer);\nCREATE TABLE t29 (id integer);\nCREATE TABLE v (id integer);",
            );
            let failure = lab.up_observed(told).unwrap_err();
            assert_eq!(failure.done.len(), 20);
            let failed = failure.failed.unwrap();
            assert_eq!(
                (failed.version.as_str(), failed.statement, failed.line),
                ("30", Some(2), Some(2))
            );
            reports.push(format!("{:?}", failure.problem.diagnostic()));
            assert!(lab.has_table("t29") && !lab.has_table("u") && !lab.has_table("t31"));
        }
        assert_eq!(reports[0], reports[1]);
        assert_eq!(told[0].0, told[1].0);
        assert_eq!(recorded(&labs[0]), recorded(&labs[1]));
        for lab in &labs {
            lab.file("30_t.sql", "CREATE TABLE u (id integer);");
            assert_eq!(lab.up().done.len(), 30);
        }
        assert_eq!(recorded(&labs[0]), recorded(&labs[1]));
    }
}

#[test]
fn a_database_with_tables_gets_a_transaction_for_each_migration() {
    let Some(lab) = lab(Kind::Postgres, Transactions::Auto) else {
        return;
    };
    lab.db
        .execute("create schema other; create table other.mine (id int)");
    many_definitions(&lab);
    lab.up();
    assert_eq!(transactions(&lab), "50");
}

#[test]
fn all_in_one_transaction_is_all_or_nothing() {
    for kind in [Kind::Postgres, Kind::Sqlite] {
        let Some(lab) = lab(kind, Transactions::All) else {
            continue;
        };
        lab.db.execute("create table mine (id integer)");
        many_definitions(&lab);
        lab.file(
            "59_t.sql",
            "INSERT INTO mine VALUES (1);\nINSERT INTO nobody VALUES (1);",
        );
        let mut told = Told::default();
        let failure = lab.up_observed(&mut told).unwrap_err();
        assert_eq!(failure.done.len(), 0);
        assert_eq!(failure.failed.as_ref().unwrap().line, Some(2));
        assert!(
            !told.0.iter().any(|one| one.ends_with(" done")),
            "{told:?}",
            told = told.0
        );
        assert!(!lab.has_table("t10"));
        assert_eq!(lab.applied().len(), 0);
        lab.file(
            "59_t.sql",
            "-- limosa: up\nINSERT INTO mine VALUES (1);\n-- limosa: down\nDELETE FROM mine;\n",
        );
        assert_eq!(lab.up().done.len(), 50);
        is_consistent(&lab);
        if kind == Kind::Postgres {
            assert_eq!(transactions(&lab), "1");
        }
        assert_eq!(lab.down(50).done.len(), 50);
        assert!(!lab.has_table("t10"));
    }
}

#[test]
fn a_setting_of_one_migration_does_not_reach_the_next_in_the_same_transaction() {
    let Some(lab) = lab(Kind::Postgres, Transactions::All) else {
        return;
    };
    lab.file(
        "1_a.sql",
        "CREATE TEMP TABLE c (id int); SET search_path = pg_catalog; SET LOCAL lock_timeout = 7;",
    )
    .file(
        "2_a.sql",
        "CREATE TABLE c AS SELECT current_setting('lock_timeout') AS t;",
    );
    lab.up();
    assert_eq!(lab.db.value("select t from public.c"), "2s");
}

#[test]
fn what_cannot_be_in_one_transaction_is_refused_before_anything_is_done() {
    for (kind, sql) in [
        (Kind::Postgres, "VACUUM"),
        (Kind::MariaDb, "CREATE TABLE b (id int)"),
        (
            Kind::Sqlite,
            "PRAGMA foreign_keys = off;\nCREATE TABLE b (id int)",
        ),
    ] {
        let Some(lab) = lab(kind, Transactions::All) else {
            continue;
        };
        lab.file("1_a.sql", sql);
        let failure = lab.up_fails();
        assert!(
            matches!(
                failure.problem,
                Problem::Plan(PlanError::NotTogether { .. })
            ),
            "{failure:?}"
        );
        assert!(!lab.has_table("limosa_history") && !lab.has_table("b"));
    }
}

/// Ends the transaction of somebody else as soon as it was in the way.
struct Gives(Option<Client>, usize);

impl Observer for Gives {
    fn observe(&mut self, event: &Event<'_>) {
        if let Event::LockRetry { .. } = event {
            self.1 += 1;
            if let Some(mut other) = self.0.take() {
                other.execute("COMMIT");
            }
        }
    }
}

#[test]
fn one_transaction_for_all_is_tried_again_when_somebody_was_in_the_way() {
    let Some(mut lab) = lab(Kind::Postgres, Transactions::All) else {
        return;
    };
    lab.lock_timeout = Duration::from_millis(100);
    lab.db.execute("create table mine (id integer)");
    lab.file("1_a.sql", "CREATE TABLE a (id int);")
        .file("2_a.sql", "ALTER TABLE mine ADD COLUMN b int;");
    let mut other = lab.db.open();
    other.execute("BEGIN; INSERT INTO mine VALUES (1)");
    let mut gives = Gives(Some(other), 0);
    assert_eq!(Lab::done(lab.up_observed(&mut gives)).done.len(), 2);
    assert_eq!((gives.1, transactions(&lab).as_str()), (1, "1"));
    // Without patience it fails, and nothing is applied.
    lab.lock_budget = Duration::ZERO;
    lab.file("3_a.sql", "CREATE TABLE c (id int);")
        .file("4_a.sql", "ALTER TABLE mine ADD COLUMN d int;");
    let mut other = lab.db.open();
    other.execute("BEGIN; INSERT INTO mine VALUES (1)");
    let failure = lab.up_fails();
    assert_eq!(failure.failed.as_ref().unwrap().version, "4");
    let notes = failure.problem.diagnostic().notes.clone();
    assert!(
        notes
            .iter()
            .any(|note| note.contains("nothing of this run")),
        "{notes:?}"
    );
    assert_eq!(lab.applied(), ["1", "2"]);
}

#[test]
fn a_server_with_few_locks_gets_small_transactions() {
    let settings = limosa_testkit::Settings::new()
        .set("max_locks_per_transaction", "10")
        .set("max_connections", "20");
    limosa_testkit::require!(Postgres);
    let server = limosa_testkit::Postgres::start(&settings).unwrap();
    let built = |transactions| {
        let mut lab = Lab::with(server.database());
        lab.options.transactions = transactions;
        for number in 100..400 {
            let sql = format!("CREATE TABLE t{number} (id bigserial PRIMARY KEY, a text UNIQUE);");
            lab.file(&format!("{number}_t.sql"), &sql);
        }
        let ran = lab.run(support::UP);
        ran.map(|report| (report.done.len(), transactions_of(&lab)))
    };
    let (done, transactions) = built(Transactions::Auto).unwrap();
    assert_eq!(done, 300);
    assert!(transactions > 50, "{transactions}");
    // Which is what would happen otherwise.
    let failure = built(Transactions::All).unwrap_err();
    let failed = failure.failed.as_ref().unwrap();
    assert_eq!(failed.code.as_deref(), Some("53200"), "{failure:?}");
}

fn transactions_of(lab: &Lab) -> u32 {
    transactions(lab).parse().unwrap()
}

#[test]
fn what_an_event_trigger_sets_does_not_reach_the_next_migration() {
    let Some(lab) = lab(Kind::Postgres, Transactions::Auto) else {
        return;
    };
    lab.db.execute(
        "CREATE SCHEMA aside; \
         CREATE FUNCTION public.redirect() RETURNS event_trigger LANGUAGE plpgsql AS \
         $$ BEGIN PERFORM set_config('search_path', 'aside', false); END $$; \
         CREATE EVENT TRIGGER redirect ON ddl_command_end EXECUTE FUNCTION public.redirect()",
    );
    lab.file("1_a.sql", "CREATE TABLE a (id int);")
        .file("2_b.sql", "CREATE TABLE b (id int);");
    lab.up();
    let places = "select distinct schemaname from pg_tables where tablename in ('a', 'b')";
    assert_eq!(lab.db.query(places), [["public"]]);
}

#[test]
fn the_timeouts_of_one_migration_are_not_those_of_the_next() {
    let Some(labs) = labs(Kind::Postgres) else {
        return;
    };
    for lab in labs {
        lab.file(
            "1_a.sql",
            "-- limosa: lock-timeout=7s\n-- limosa: statement-timeout=8s\nCREATE TABLE a (id int);",
        )
        .file(
            "2_b.sql",
            "CREATE TABLE b AS SELECT current_setting('lock_timeout') AS l, current_setting('statement_timeout') AS s;",
        );
        lab.up();
        assert_eq!(lab.db.query("select s from b"), [["0"]]);
        // Its statement has made all that it locks, or does not wait at all.
        assert_ne!(lab.db.value("select l from b"), "7s");
    }
}
