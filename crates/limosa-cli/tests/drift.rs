//! What was changed outside of migrations, as `status` and `drift` say it.

use limosa_testkit::{Database, Kind, Output, Project, skip_or_panic};
use serde_json::{Value, json};

fn on_every_database(test: impl Fn(&Project, &Database)) {
    for kind in Kind::ALL {
        let database = match kind.try_database() {
            Ok(database) => database,
            Err(reason) => {
                skip_or_panic(reason);
                continue;
            }
        };
        let url = database.url();
        let project = Project::new(env!("CARGO_BIN_EXE_limosa"))
            .file(
                "limosa.toml",
                format!(
                    "[databases.core]\nurl = \"{url}\"\nmigrations = \"core\"\nset = \"core\"\n\
                     [databases.queue]\nurl = \"{url}\"\nmigrations = \"queue\"\nset = \"queue\"\n"
                ),
            )
            .file("core/1_a.sql", "CREATE TABLE a (x integer);\n")
            .file("queue/1_q.sql", "CREATE TABLE q (x integer);\n");
        test(&project, &database);
    }
}

#[track_caller]
fn ends(output: Output, code: i32) -> Output {
    assert_eq!(output.code, code, "{output}");
    output
}

fn json_of(output: &Output) -> Value {
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{output}"))
}

#[test]
fn two_sets_in_one_database_are_one_schema() {
    on_every_database(|project, database| {
        ends(project.limosa(&["up"]).run(), 0);
        let drift = ends(project.limosa(&["drift", "--format", "json"]).run(), 0);
        let drift = json_of(&drift);
        for one in [0, 1] {
            assert_eq!(drift["databases"][one]["replayed"], 2);
            assert_eq!(drift["databases"][one]["differences"], json!([]));
        }
        // A checkout that has the files of one service only.
        database.execute("DROP TABLE q");
        let core = ends(project.limosa(&["drift", "-d", "core"]).run(), 3);
        assert!(
            core.stdout
                .starts_with("table q is only in the migrations\n"),
            "{core}"
        );
    });
}

#[test]
fn status_names_the_run_and_its_check_does_not_count_it() {
    on_every_database(|project, database| {
        let drift_of = |output: &Output| json_of(output)["databases"][0]["drift"].clone();
        let status = || {
            project
                .limosa(&["status", "--check", "--format", "json"])
                .run()
        };
        let before = drift_of(&status());
        assert_eq!(
            (&before["changed"], &before["since_run"]),
            (&Value::Null, &Value::Null)
        );
        assert!(before["unknown"].is_string(), "{before}");
        ends(project.limosa(&["up"]).run(), 0);
        assert_eq!(drift_of(&ends(status(), 0))["changed"], json!(false));

        database.execute("ALTER TABLE a ADD COLUMN by_hand integer");
        let output = ends(status(), 0);
        let told = drift_of(&output);
        assert_eq!(
            (&told["changed"], &told["unknown"]),
            (&json!(true), &Value::Null)
        );
        let history = json_of(&project.limosa(&["history", "--format", "json"]).run());
        let run = &history["databases"][1]["runs"][0];
        assert_eq!(
            (&told["since_run"], &told["at"]),
            (&run["run"], &run["last_at"])
        );
        assert!(
            output.stderr.contains("warning[changed-outside]"),
            "{output}"
        );
    });
}

#[test]
fn the_statements_alone_are_printed_and_repair_it() {
    on_every_database(|project, database| {
        ends(project.limosa(&["up"]).run(), 0);
        let sql = || {
            project
                .limosa(&["drift", "-d", "core", "-q", "--format", "sql"])
                .run()
        };
        assert_eq!(ends(sql(), 0).stdout, "");
        database.execute("ALTER TABLE a ADD COLUMN by_hand integer");
        let repair = ends(sql(), 3).stdout;
        let mut session = database.open();
        for statement in repair.split(";\n").filter(|text| !text.trim().is_empty()) {
            session.execute(statement);
        }
        drop(session);
        assert_eq!(ends(sql(), 0).stdout, "");
    });
}
