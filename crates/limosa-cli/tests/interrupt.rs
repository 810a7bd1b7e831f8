//! Ctrl-C cancels the running statement and leaves clean.

use limosa_testkit::Project;

#[test]
fn an_interrupted_run_leaves_with_130_and_goes_on_next_time() {
    let endless = "-- limosa: up\nCREATE TABLE b (x integer);\n\
                   INSERT INTO b WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n;\n";
    let project = Project::new(env!("CARGO_BIN_EXE_limosa"))
        .file("limosa.toml", "url = \"sqlite:shop.db\"\n")
        .file(
            "migrations/1_a.sql",
            "-- limosa: up\nCREATE TABLE a (x integer);\n-- limosa: down\n",
        )
        .file("migrations/2_b.sql", endless);
    let mut running = project.limosa(&["up", "--format", "json-lines"]).start();
    running.wait_for("RECURSIVE");
    running.interrupt();
    let output = running.finish();
    assert_eq!(output.code, 130, "{output}");
    assert!(output.stdout.contains("\"exit_code\":130"), "{output}");
    project.write(
        "migrations/2_b.sql",
        "-- limosa: up\nCREATE TABLE b (x integer);\n-- limosa: down\n",
    );
    let output = project.limosa(&["up"]).run();
    assert_eq!(output.code, 0, "{output}");
}
