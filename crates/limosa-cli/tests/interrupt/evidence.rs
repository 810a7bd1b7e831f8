//! What `limosa history` says about all of it.

use limosa_testkit::{Kind, Output};
use serde_json::Value;

use crate::on_every_shop;
use crate::shop::{Shop, until};

on_every_shop! {
    each_run_is_told_with_its_end,
    a_process_that_was_killed_left_no_end,
}

/// The runs as JSON, which the schema allows.
fn runs(shop: &Shop) -> Vec<Value> {
    let output = shop.limosa(&["history", "--format", "json"]).run();
    assert_eq!(output.code, 0, "{output}");
    let document: Value = serde_json::from_str(&output.stdout).expect("the output is JSON");
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/reference/json/history.schema.json"
    );
    let schema = std::fs::read_to_string(path).expect("the schema is there");
    let schema: Value = serde_json::from_str(&schema).expect("the schema is JSON");
    let valid = jsonschema::validate(&schema, &document);
    assert!(valid.is_ok(), "{valid:?}\n{output}");
    let runs = document["databases"][0]["runs"].as_array();
    runs.expect("there is a list of runs").clone()
}

fn told(shop: &Shop) -> Output {
    let output = shop.limosa(&["history", "-q"]).run();
    assert_eq!(output.code, 0, "{output}");
    output
}

fn says(output: &Output, text: &str) {
    assert!(output.stdout.contains(text), "no {text:?} in\n{output}");
}

fn each_run_is_told_with_its_end(shop: Shop) {
    let mut running = shop.up().start();
    running.wait_for(shop.slow_statement());
    running.interrupt();
    shop.is_interrupted_in_the_second(&running.finish());
    shop.goes_on();
    shop.project
        .write("migrations/3_bad.sql", "INSERT INTO nowhere VALUES (1);\n");
    let failed = shop.limosa(&["up", "--release", "1.4.0"]).run();
    assert_eq!(failed.code, 1, "{failed}");

    let runs = runs(&shop);
    let outcomes: Vec<&str> = runs
        .iter()
        .filter_map(|run| run["outcome"].as_str())
        .collect();
    assert_eq!(outcomes, ["interrupted", "finished", "failed"]);
    assert_eq!(runs[0]["migrations"][0]["ended"], "applied");
    assert_eq!(runs[0]["problem"], "interrupted");
    assert_eq!(runs[1]["migrations"][0]["ended"], "applied");
    assert_eq!(runs[2]["release"], "1.4.0");
    assert_eq!(runs[2]["migrations"][0]["version"], "3");
    let happening = &runs[2]["migrations"][0]["happenings"][0];
    assert_eq!(
        (&happening["what"], &happening["statement"]),
        (&"undone".into(), &1.into())
    );
    for run in &runs {
        assert!(
            run["actor"]
                .as_str()
                .is_some_and(|actor| actor.contains('@')),
            "{run}"
        );
        assert!(
            run["process"].is_u64() && run["seen"]["backend"].is_i64(),
            "{run}"
        );
        let address = if shop.db.kind() == Kind::Sqlite {
            Value::Null
        } else {
            "127.0.0.1".into()
        };
        assert_eq!(run["seen"]["address"], address, "{run}");
    }

    let output = told(&shop);
    for text in [
        "up 2 migrations, interrupted by a signal after",
        "Applied 1_a",
        "Applied 2_b",
        "up 1 migration, failed after",
        "Failed 3_bad",
        "unit 1, statement 1: failed",
        "release 1.4.0",
        "3 runs",
    ] {
        says(&output, text);
    }
    // One of them alone, and those of one migration.
    let name = runs[2]["run"].as_str().expect("a run has a name");
    let one = shop.limosa(&["history", "-q", "--run", name]).run();
    assert!(
        one.stdout.contains("3_bad") && !one.stdout.contains("1_a"),
        "{one}"
    );
    let first = shop.limosa(&["history", "-q", "0001"]).run();
    assert!(first.stdout.ends_with("1 run\n"), "{first}");
    let newest = shop.limosa(&["history", "-q", "-n", "1"]).run();
    assert!(
        newest.stdout.contains("3_bad") && !newest.stdout.contains("1_a"),
        "{newest}"
    );
    let wrong = shop.limosa(&["history", "--run", "%"]).run();
    assert_eq!(wrong.code, 2, "{wrong}");
}

#[test]
fn an_interrupted_concurrent_build_is_told_with_what_was_taken_away() {
    let Some(shop) = Shop::on(Kind::Postgres) else {
        return;
    };
    shop.goes_on();
    let build = "CREATE INDEX CONCURRENTLY on_x ON a (x);\n";
    shop.project.write("migrations/3_index.sql", build);
    // The build waits for this transaction after it has begun.
    let mut other = shop.db.open();
    other.execute("BEGIN; INSERT INTO a VALUES (1)");
    let mut running = shop.up().start();
    running.wait_for("CONCURRENTLY");
    let invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid";
    until("the build", || shop.db.value(invalid) == "1");
    running.interrupt();
    let building = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' \
        AND query LIKE 'CREATE INDEX CONCURRENTLY%' AND datname = current_database()";
    until("the end of the build", || shop.db.value(building) == "0");
    // What it left is taken away at once, which waits for that transaction, too.
    other.execute("COMMIT");
    let output = running.finish();
    assert_eq!(output.code, 130, "{output}");
    let again = shop.limosa(&["up"]).run();
    assert_eq!(again.code, 0, "{again}");
    assert_eq!(shop.db.value(invalid), "0", "{again}");
    let output = told(&shop);
    says(&output, "interrupted by a signal");
    says(&output, "Applied 3_index");
}

fn a_process_that_was_killed_left_no_end(shop: Shop) {
    if shop.db.kind() != Kind::Sqlite {
        shop.db.execute("UPDATE slow SET seconds = 3");
    }
    let mut running = shop.up().start();
    running.wait_for(shop.slow_statement());
    let at_work = runs(&shop);
    assert_eq!(at_work[0]["outcome"], "at_work", "{at_work:?}");
    running.kill();
    let output = running.finish();
    assert_eq!(output.code, 137, "{output}");
    shop.goes_on();
    // The next run had the lock, so the session of the first is gone.
    let runs = runs(&shop);
    assert_eq!(runs[0]["outcome"], "no_end", "{runs:?}");
    assert_eq!(runs[1]["outcome"], "finished", "{runs:?}");
    let why = "its process or its connection died";
    says(&told(&shop), &format!("no end recorded: {why}"));
}
