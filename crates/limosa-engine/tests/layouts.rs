//! Projects of other tools, on real servers: each file is applied as its own tool would apply it.

#![expect(clippy::needless_pass_by_value, reason = "each test owns its database")]

mod support;

use limosa_core::Layout;
use limosa_core::history::State;
use limosa_core::plan::Goal;
use limosa_testkit::Kind;
use support::{Lab, version};

on_every_database! {
    a_project_of_sqlx_is_recognised_and_goes_up_and_down,
    a_file_of_sqlx_that_fails_leaves_what_it_would_leave_there,
    code_beside_sql_stops_what_is_pending_and_not_what_is_applied,
}

fn a_project_of_sqlx_is_recognised_and_goes_up_and_down(mut lab: Lab) {
    lab.layout = None;
    let (alone, units) = match lab.kind() {
        Kind::Postgres => (
            "CREATE INDEX CONCURRENTLY i ON users (id)",
            &["t2", "t1", "a1"][..],
        ),
        Kind::Sqlite => ("VACUUM", &["t2", "t1", "a1"][..]),
        Kind::MariaDb => (
            "CREATE INDEX i ON users (id)",
            &["a1", "t1", "a1", "a1"][..],
        ),
    };
    lab.file(
        "1_users.sql",
        "CREATE TABLE users (id integer);\nINSERT INTO users VALUES (1)",
    );
    lab.file(
        "2_email.up.sql",
        "ALTER TABLE users ADD COLUMN email varchar(50);",
    );
    lab.file("2_email.down.sql", "ALTER TABLE users DROP COLUMN email;");
    lab.file("10_alone.up.sql", &format!("-- no-transaction\n{alone};"));
    lab.file("10_alone.down.sql", "UPDATE users SET id = 2;");
    assert_eq!(
        lab.migrations().expect("the files are right").layout,
        Layout::Sqlx
    );
    assert_eq!(lab.units(), units);
    lab.up();
    assert_eq!(lab.applied(), ["1", "2", "10"]);
    lab.down(2);
    assert_eq!(lab.db.value("SELECT id FROM users"), "2");
    let state = |text: &str, state| (text.to_owned(), state);
    assert_eq!(
        lab.states(),
        [
            state("1", State::Applied),
            state("2", State::Pending),
            state("10", State::Pending),
        ]
    );
}

fn a_file_of_sqlx_that_fails_leaves_what_it_would_leave_there(mut lab: Lab) {
    lab.layout = Some(Layout::Sqlx);
    let fails = "CREATE TABLE a (x integer);\nINSERT INTO nowhere (x) VALUES (1);\n";
    for (head, left) in [
        ("", &[Kind::MariaDb][..]),
        // On PostgreSQL it is one message, which is all or nothing as well.
        ("-- no-transaction\n", &[Kind::MariaDb, Kind::Sqlite]),
    ] {
        lab.file("1_a.sql", &format!("{head}{fails}"));
        let failure = lab.up_fails();
        assert_eq!(failure.problem.diagnostic().name, "statement-failed");
        assert_eq!(lab.has_table("a"), left.contains(&lab.kind()), "{head:?}");
        assert!(lab.applied().is_empty());
        lab.file(
            "1_a.sql",
            &format!("{head}{}", fails.replace("nowhere", "a")),
        );
        lab.up();
        assert_eq!(lab.db.value("SELECT count(*) FROM a"), "1");
        lab = again(lab);
        lab.layout = Some(Layout::Sqlx);
    }
}

/// The same kind of server, without anything in it.
fn again(lab: Lab) -> Lab {
    Lab::with(lab.kind().try_database().expect("there was one before"))
}

fn code_beside_sql_stops_what_is_pending_and_not_what_is_applied(mut lab: Lab) {
    let register = |import: &str| format!("package main\n\nimport \"{import}\"\n\nRegister(up)\n");
    let goose = "-- +goose Up\nCREATE TABLE NAME (x integer);\n-- +goose Down\nDROP TABLE NAME;\n";
    let goose = |name: &str| goose.replace("NAME", name);
    let loader = limosa_engine::scaffold::scaffold(
        Layout::DbMigrate,
        limosa_engine::scaffold::Shape::One,
        &version("20260101000000"),
        "a",
    );
    let loader = &loader.expect("a loader is made")[0].text;
    let projects = [
        (
            Layout::Goose,
            "which only goose can run",
            vec![
                ("1_a.sql", goose("a")),
                ("2_b.go", register("github.com/pressly/goose/v3")),
                ("3_c.sql", goose("c")),
            ],
        ),
        (
            Layout::LiamstaskGoose,
            "which only goose can run",
            vec![
                ("1_a.sql", goose("a")),
                (
                    "2_b.go",
                    "package main\n\nfunc Up_2(txn *sql.Tx) {}\n".to_owned(),
                ),
                (
                    "3_c.sql",
                    format!("{}\n-- +goose Up\nSELECT 1;", goose("c")),
                ),
            ],
        ),
        (
            Layout::DbMigrate,
            "only db-migrate can run it",
            vec![
                ("20260101000000-a.js", loader.clone()),
                (
                    "sqls/20260101000000-a-up.sql",
                    "CREATE TABLE a (x integer)".to_owned(),
                ),
                ("sqls/20260101000000-a-down.sql", "DROP TABLE a".to_owned()),
                (
                    "20260101000001-b.js",
                    "exports.up = db => db.createTable('b')".to_owned(),
                ),
                (
                    "20260101000002-c.js",
                    loader.replace("20260101000000-a", "20260101000002-c"),
                ),
                (
                    "sqls/20260101000002-c-up.sql",
                    "CREATE TABLE c (x integer)".to_owned(),
                ),
                ("sqls/20260101000002-c-down.sql", "DROP TABLE c".to_owned()),
            ],
        ),
        (
            Layout::GoPg,
            "which only the program around it can run",
            vec![
                ("1_a.up.sql", "CREATE TABLE a (x integer)".to_owned()),
                ("2_b.go", register("github.com/go-pg/migrations/v8")),
                ("3_c.up.sql", "CREATE TABLE c (x integer)".to_owned()),
                ("3_c.down.sql", "DROP TABLE c".to_owned()),
            ],
        ),
    ];
    for (layout, reason, files) in projects {
        if layout == Layout::GoPg && lab.kind() != Kind::Postgres {
            continue;
        }
        lab = again(lab);
        lab.layout = None;
        for (name, text) in files {
            lab.file(name, &text);
        }
        let set = lab.migrations().expect("the files are right");
        assert_eq!(set.layout, layout);
        let code = &set.migrations[1];

        let failure = lab.up_fails();
        let report = failure.problem.diagnostic();
        assert_eq!(
            (report.name, report.class.exit_code()),
            ("code-migration", 2)
        );
        let message = &report.message;
        assert!(message.contains("_b cannot be run: it"), "{message}");
        assert!(message.contains(reason), "{message}");
        let help = "run it once with the tool that it was written for, then go on here:\nlimosa up";
        assert_eq!(report.help, [help]);
        assert!(!lab.has_table("a"), "{layout}");

        // The tool has run the first two.
        lab.db.execute("CREATE TABLE a (x integer)");
        Lab::done(lab.run(Goal::Baseline(code.version.clone())));
        lab.up();
        assert!(lab.has_table("c"), "{layout}");
        let states = lab.states();
        assert!(
            states.iter().all(|(_, state)| *state == State::Applied),
            "{states:?}"
        );

        // Backwards it is in the way as well.
        lab.down(1);
        let undo = Goal::Down {
            limit: Some(1),
            to: None,
        };
        let failure = lab.run(undo).expect_err("it cannot be undone here");
        let report = failure.problem.diagnostic();
        assert_eq!(report.name, "code-migration");
        assert!(
            report.message.contains("_b cannot be undone here: it"),
            "{}",
            report.message
        );
        assert_eq!(
            report.help,
            ["undo it once with the tool that it was written for, then go on here:\nlimosa status"]
        );
    }
}

/// A folder of go-pg.
fn go_pg(files: &[(&str, &str)]) -> Option<Lab> {
    let mut lab = Lab::on(Kind::Postgres)?;
    lab.layout = Some(Layout::GoPg);
    for (name, text) in files {
        lab.file(name, text);
    }
    Some(lab)
}

#[test]
fn a_project_of_go_pg_is_recognised_and_goes_up_and_down() {
    let Some(mut lab) = go_pg(&[
        (
            "1_init.up.sql",
            "CREATE TABLE a (x integer);\n\
             CREATE TEMPORARY TABLE t (x integer) ON COMMIT DROP;\n\
             INSERT INTO t VALUES (1);\n\
             INSERT INTO a SELECT * FROM t\n\
             --gopg:split\n\
             CREATE INDEX CONCURRENTLY a_x ON a (x);\n",
        ),
        ("1_init.down.sql", "DROP TABLE a;"),
        (
            "2_more.tx.up.sql",
            "INSERT INTO a VALUES (2)\n--gopg:split\nINSERT INTO a VALUES (3)",
        ),
        ("2_more.tx.down.sql", "DELETE FROM a WHERE x > 1"),
    ]) else {
        return;
    };
    lab.layout = None;
    assert_eq!(
        lab.migrations().expect("the files are right").layout,
        Layout::GoPg
    );
    assert_eq!(lab.units(), ["t4", "a1", "t2"]);
    lab.up();
    assert_eq!(lab.db.value("SELECT count(*) FROM a"), "3");
    lab.down(1);
    assert_eq!(lab.db.value("SELECT count(*) FROM a"), "1");
    lab.down(1);
    assert!(!lab.has_table("a"));
    assert!(lab.applied().is_empty());
}

#[test]
fn a_text_of_go_pg_is_all_or_nothing_and_what_is_done_is_not_done_again() {
    let text = "CREATE TABLE a (x integer);\n--gopg:split\nCREATE TABLE b (x integer);\n\
                INSERT INTO nowhere (x) VALUES (1);\n";
    for (name, left) in [("1_x.up.sql", true), ("1_x.tx.up.sql", false)] {
        let Some(lab) = go_pg(&[(name, text)]) else {
            return;
        };
        lab.up_fails();
        assert_eq!(lab.has_table("a"), left, "{name}");
        assert!(!lab.has_table("b"), "{name}");
        lab.file(name, &text.replace("nowhere", "b"));
        lab.up();
        assert_eq!(lab.db.value("SELECT count(*) FROM b"), "1");
        assert!(lab.has_table("a"));
    }
}

#[test]
fn a_procedure_of_go_pg_may_commit_where_it_is_alone_in_its_text() {
    let procedure = "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$\nBEGIN\n  INSERT INTO a VALUES \
                     (1);\n  COMMIT;\nEND $$;\n";
    let text = format!("CREATE TABLE a (x integer);\n{procedure}--gopg:split\nCALL p()");
    let Some(lab) = go_pg(&[("1_x.up.sql", &text)]) else {
        return;
    };
    lab.up();
    assert_eq!(lab.db.value("SELECT count(*) FROM a"), "1");
}
