//! A process that is killed with SIGKILL while a statement runs alone, and what people then see.

use limosa_testkit::{Database, Kind, Project};
use serde_json::Value;

fn project(database: &Database) -> Project {
    Project::new(env!("CARGO_BIN_EXE_limosa"))
        .file("limosa.toml", format!("url = \"{}\"\n", database.url()))
}

/// A database on PostgreSQL, or the end of the test where there is no server.
macro_rules! database {
    () => {
        match Kind::Postgres.try_database() {
            Ok(database) => database,
            Err(reason) => return limosa_testkit::skip_or_panic(reason),
        }
    };
}

/// Sessions of limosa that run a statement which begins like this.
fn running(statement: &str) -> String {
    format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE '{statement}%' \
         AND application_name = 'limosa' AND state = 'active'"
    )
}

fn json(project: &Project, arguments: &[&str]) -> Value {
    let output = project.limosa(arguments).run();
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output}"))
}

#[test]
fn a_build_whose_process_was_killed_is_continued_and_nothing_deadlocks() {
    let database = database!();
    let project = project(&database)
        .file("migrations/1_a.sql", "CREATE TABLE a (id int);\n")
        .file("migrations/2_index.sql", "CREATE INDEX CONCURRENTLY by_id ON a (id);\nCREATE INDEX CONCURRENTLY again ON a (id);\n");
    assert_eq!(project.limosa(&["up", "-n", "1"]).run().code, 0);
    let mut other = database.open();
    other.execute("BEGIN");
    other.execute("INSERT INTO a VALUES (1)");
    let first = project.limosa(&["up"]).start();
    database.wait_until(&running("create index"));
    first.kill();
    assert_eq!(first.finish().code, 137);
    // The server does not know yet. Whoever looks writes nothing, and is told.
    let journal = "SELECT count(*) FROM limosa_journal";
    let before = database.value(journal);
    let status = json(&project, &["status", "--format", "json"]);
    let migration = &status["databases"][0]["migrations"][1];
    assert_eq!(
        (&migration["state"], &migration["in_doubt"]["statement"]),
        (&"interrupted".into(), &1.into())
    );
    let plan = json(&project, &["up", "--dry-run", "--format", "json"]);
    assert_eq!(
        plan["databases"][0]["steps"][0]["in_doubt"]["statement"], 1,
        "{plan}"
    );
    for command in ["status", "plan"] {
        let output = project.limosa(&[command]).run();
        let said = output
            .stdout
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert!(
            said.contains("nobody recorded how it ended: that is decided first"),
            "{output}"
        );
    }
    assert_eq!(database.value(journal), before);
    // The next run waits for the session of the first, until the server notices that its process is gone; then
    // it takes away what that left, which waits for whoever uses the table.
    let second = project.limosa(&["up"]).start();
    database.wait_until("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'limosa' \
         AND (query ILIKE '%pg_try_advisory_lock%' OR query ILIKE 'drop index%')",
    );
    other.execute("COMMIT");
    let output = second.finish();
    assert_eq!(output.code, 0, "{output}");
    let valid = "SELECT count(*) FROM pg_index WHERE indrelid = 'a'::regclass AND indisvalid";
    assert_eq!(database.value(valid), "2");
    let all = "SELECT count(*) FROM pg_index WHERE indrelid = 'a'::regclass";
    assert_eq!(database.value(all), "2");
    let recovered = "SELECT count(*) FROM limosa_journal WHERE detail LIKE '%recovered%'";
    assert_eq!(database.value(recovered), "1");
}

#[test]
fn what_cannot_be_seen_is_asked_with_the_statement_and_both_answers() {
    let database = database!();
    database.execute(
        "CREATE TABLE log (x int); \
         CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (1); COMMIT; PERFORM pg_sleep(300); END $$",
    );
    let project = project(&database).file(
        "migrations/1_fill.sql",
        "-- limosa: no-transaction\nCREATE TABLE a (id int);\n\nCALL fill();\n",
    );
    let first = project.limosa(&["up"]).start();
    database.wait_until(&running("call"));
    first.kill();
    assert_eq!(first.finish().code, 137);
    database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'call%'");
    for _ in 0..2 {
        let output = project.limosa(&["up"]).run();
        assert_eq!(output.code, 5, "{output}");
        for expected in [
            "error[in-doubt]: it is not known whether statement 2 of 1_fill took effect",
            "migrations/1_fill.sql:4:1",
            "CALL fill()",
            "limosa resolve 1 --statement 2 --as applied",
            "limosa resolve 1 --statement 2 --as not-applied",
        ] {
            assert!(output.stderr.contains(expected), "{expected}: {output}");
        }
    }
    let other = project
        .limosa(&["resolve", "1", "--statement", "1", "--as", "applied"])
        .run();
    assert_eq!(other.code, 2, "{other}");
    assert!(other.stderr.contains("statement 2 is"), "{other}");
    let output = project
        .limosa(&["resolve", "1", "--statement", "2", "--as", "applied"])
        .run();
    assert_eq!(output.code, 0, "{output}");
    assert_eq!(project.limosa(&["up"]).run().code, 0);
    assert_eq!(database.value("SELECT count(*) FROM log"), "1");
}
