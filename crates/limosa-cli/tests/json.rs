//! Every JSON document is as its published schema says, also when a command fails.

use std::path::Path;

use limosa_testkit::{Kind, Output, Project};
use serde_json::Value;

fn shop() -> Project {
    Project::new(env!("CARGO_BIN_EXE_limosa"))
        .file("limosa.toml", "url = \"sqlite:shop.db\"\n")
        .file(
            "migrations/1_a.sql",
            "-- limosa: up\nCREATE TABLE a (x integer);\n-- limosa: down\nDROP TABLE a;\n",
        )
        .file(
            "migrations/2_b.sql",
            "-- limosa: up\nCREATE TABLE b (x integer);\nINSERT INTO nosuch VALUES (1);\n",
        )
}

/// The document on stdout, held against its schema.
#[track_caller]
fn document(output: &Output, name: &str) -> Value {
    let value: Value =
        serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{output}"));
    valid(&value, name);
    let first = value.as_object().and_then(|keys| keys.keys().next());
    assert_eq!(first.map(String::as_str), Some("document"), "{output}");
    assert_eq!(value["document"], format!("limosa.{name}/1"));
    assert_eq!(value["exit_code"], output.code, "{output}");
    value
}

#[track_caller]
fn valid(value: &Value, name: &str) {
    let wrong: Vec<String> = schema(name)
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}\n{value:#}");
}

fn schema(name: &str) -> jsonschema::Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/reference/json")
        .join(format!("{name}.schema.json"));
    let text = std::fs::read_to_string(path).expect("each document has a published schema");
    let schema = serde_json::from_str(&text).expect("a schema is JSON");
    jsonschema::validator_for(&schema).expect("a schema is one")
}

#[test]
fn the_schemas_can_fail() {
    assert!(!schema("run").is_valid(&serde_json::json!({ "document": "limosa.run/2" })));
}

#[test]
fn a_whole_session_is_valid() {
    let project = shop();
    let json = |arguments: &[&str]| {
        let mut all = arguments.to_vec();
        all.extend(["--format", "json"]);
        project.limosa(&all).run()
    };
    let status = document(&json(&["status", "--check"]), "status");
    assert_eq!(status["databases"][0]["counts"]["pending"], 2);
    let plan = document(&json(&["plan"]), "plan");
    let statement = &plan["databases"][0]["steps"][1]["units"][0]["statements"][1];
    assert_eq!(
        (statement["index"].as_u64(), statement["line"].as_u64()),
        (Some(2), Some(3))
    );
    assert_eq!(statement["kind"], "insert");

    let run = document(&json(&["up"]), "run");
    let database = &run["databases"][0];
    assert_eq!(database["applied"][0]["version"], "1");
    assert_eq!(database["applied"][0]["direction"], "up");
    let failed = &database["failed"];
    assert_eq!(failed["version"], "2");
    assert_eq!(failed["statement"], 2);
    assert_eq!(failed["file"], "migrations/2_b.sql");
    assert_eq!(failed["line"], 3);
    assert_eq!(run["exit_code"], 1);

    let down = document(&json(&["down", "--yes"]), "run");
    assert_eq!(down["databases"][0]["applied"][0]["direction"], "down");
    assert_eq!(down["databases"][0]["failed"], Value::Null);
    document(&json(&["history"]), "history");
    document(&json(&["lint"]), "lint");
    let verify = document(&json(&["verify"]), "verify");
    assert_eq!(verify["databases"][0]["checked"], 2);
    let drift = document(&json(&["drift"]), "drift");
    assert_eq!(drift["databases"][0]["differences"], serde_json::json!([]));
    document(&json(&["up", "--dry-run"]), "plan");
    document(&json(&["down", "--dry-run"]), "plan");
    document(&json(&["baseline", "1"]), "run");
}

#[test]
fn a_command_that_cannot_begin_still_prints_its_document() {
    let project = shop().file("limosa.toml", "nosuch = 1\n");
    for (command, name) in [
        ("status", "status"),
        ("plan", "plan"),
        ("up", "run"),
        ("down", "run"),
        ("lint", "lint"),
        ("history", "history"),
        ("drift", "drift"),
    ] {
        let output = project.limosa(&[command, "--format", "json"]).run();
        assert_eq!(output.code, 2, "{output}");
        let value = document(&output, name);
        assert_eq!(value["problems"][0]["name"], "unknown-key", "{output}");
        assert_eq!(value["problems"][0]["line"], 1, "{output}");
    }
}

#[test]
fn every_line_of_events_is_valid_and_the_last_one_ends_the_run() {
    let output = shop().limosa(&["up", "--format", "json-lines"]).run();
    assert_eq!(output.code, 1, "{output}");
    let events: Vec<Value> = output
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for event in &events {
        valid(event, "event");
    }
    let last = events.last().unwrap();
    assert_eq!(
        (last["event"].as_str(), last["exit_code"].as_i64()),
        (Some("run-finished"), Some(1))
    );
    let failed = &events[events.len() - 2];
    assert_eq!(failed["event"], "failed");
    assert_eq!(failed["problem"]["name"], "statement-failed");
    let started: Vec<_> = events
        .iter()
        .filter(|event| event["event"] == "statement-started")
        .collect();
    assert_eq!(started[0]["statement"], 1, "{output}");
}

#[test]
fn whoever_keeps_a_statement_waiting_is_in_the_events_and_in_the_document() {
    let database = match Kind::Postgres.try_database() {
        Ok(database) => database,
        Err(reason) => return limosa_testkit::skip_or_panic(reason),
    };
    let project = Project::new(env!("CARGO_BIN_EXE_limosa"))
        .file(
            "limosa.toml",
            "timeouts = { lock = \"100ms\", lock-budget = \"500ms\" }\n",
        )
        .file("migrations/1_a.sql", "ALTER TABLE a ADD COLUMN b int;\n");
    database.execute("CREATE TABLE a (x int)");
    let mut reader = database.open();
    let pid = reader.value("SELECT pg_backend_pid()");
    reader.execute("BEGIN");
    reader.execute("SELECT x FROM a");
    let up = |format: &str| {
        let arguments = ["up", "--format", format, "--url", &database.url()];
        let output = project.limosa(&arguments).run();
        assert_eq!(output.code, 1, "{output}");
        output
    };
    let output = up("json-lines");
    let lines = output.stdout.lines();
    let events: Vec<Value> = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for name in ["table-waiting", "lock-retry"] {
        let event = events.iter().find(|event| event["event"] == name);
        let event = event.unwrap_or_else(|| panic!("{name} is missing in {output}"));
        valid(event, "event");
        assert_eq!(event["blockers"][0]["id"].to_string(), pid, "{output}");
    }
    let run = document(&up("json"), "run");
    let failed = &run["databases"][0]["failed"];
    assert_eq!(failed["problem"], "lock-timeout");
    assert_eq!(failed["blockers"][0]["query"], "SELECT x FROM a");
    assert_eq!(failed["blockers"][0]["state"], "idle in transaction");
    // For people, too.
    let story = project.limosa(&["up", "--url", &database.url()]).run();
    let named = format!("pid {pid} (");
    assert_eq!(story.stderr.matches(&named).count(), 2, "{story}");
    reader.execute("COMMIT");
    let output = project.limosa(&["up", "--url", &database.url()]).run();
    assert_eq!(output.code, 0, "{output}");
}

#[test]
fn long_sql_is_cut_and_says_so() {
    let values = "x".repeat(100_000);
    let project = shop().file(
        "migrations/2_b.sql",
        format!("-- limosa: up\nINSERT INTO a VALUES ('{values}');\n"),
    );
    let output = project.limosa(&["plan", "--format", "json"]).run();
    let plan = document(&output, "plan");
    let statement = &plan["databases"][0]["steps"][1]["units"][0]["statements"][0];
    assert_eq!(statement["sql_truncated"], true);
    assert_eq!(statement["sql"].as_str().unwrap().len(), 64 << 10);
}

#[test]
fn passwords_in_statements_are_masked() {
    let project = shop().file(
        "migrations/2_b.sql",
        "-- limosa: up\nCREATE ROLE app PASSWORD 's3cret';\n",
    );
    let output = project
        .limosa(&["plan", "--format", "json", "--url", "sqlite:shop.db"])
        .run();
    assert!(!output.to_string().contains("s3cret"), "{output}");
    let text = project.limosa(&["up", "-v"]).run();
    assert!(!text.to_string().contains("s3cret"), "{text}");
}
