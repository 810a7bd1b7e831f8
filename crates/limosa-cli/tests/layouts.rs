//! Whose files a folder has, where the files alone do not tell, and what follows the last one.

use limosa_testkit::{Output, Project};
use serde_json::Value;

const SQLX: &str = "[package]\nname = \"shop\"\n[dependencies]\nsqlx = \"0.8\"\n";

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_limosa"))
        .file("migrations/1_a.sql", "CREATE TABLE a (x integer);\n")
}

fn good(project: &Project, arguments: &[&str]) -> Output {
    let run = project
        .limosa(arguments)
        .env("LIMOSA_URL", "sqlite:shop.db")
        .run();
    assert_eq!(run.code, 0, "{run}");
    run
}

fn status(project: &Project) -> Value {
    let output = good(project, &["status", "--format", "json"]);
    let document: Value = serde_json::from_str(&output.stdout).expect("a document");
    document["databases"][0].clone()
}

#[test]
fn a_project_that_sends_its_queries_by_sqlx_keeps_its_native_migrations() {
    let project = project();
    assert_eq!(status(&project)["layout"], "native");
    good(&project, &["up"]);
    // The dependency comes later; what was applied says whose files they are.
    project.write("Cargo.toml", SQLX);
    assert_eq!(status(&project)["layout"], "native");
    assert_eq!(status(&project)["counts"]["applied"], 1);
}

#[test]
fn a_new_project_that_depends_on_sqlx_has_files_of_sqlx() {
    let project = project().file("Cargo.toml", SQLX);
    assert_eq!(status(&project)["layout"], "sqlx");
    good(&project, &["up"]);
    assert_eq!(status(&project)["layout"], "sqlx");
    project.write("limosa.toml", "");
    // So it stays, whatever comes.
    assert_eq!(status(&project)["layout"], "sqlx");
    assert_eq!(status(&project)["counts"]["applied"], 1);
}

#[test]
fn a_new_migration_is_a_pair_where_the_last_one_is() {
    let names = |project: &Project| {
        let entries = std::fs::read_dir(project.path().join("migrations")).expect("a folder");
        let mut names: Vec<String> = entries
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .into_string()
                    .expect("a name")
            })
            .collect();
        names.sort();
        names
    };
    for (layout, last, wanted) in [
        ("sqlx", "2_b.up.sql", &["3_c.down.sql", "3_c.up.sql"][..]),
        ("sqlx", "2_b.sql", &["3_c.sql"]),
        ("native", "2_b.up.sql", &["3_c.down.sql", "3_c.up.sql"]),
        ("native", "2_b.sql", &["3_c.sql"]),
        ("native", "0_b.up.sql", &["2_c.sql"]),
    ] {
        let project = project().file(format!("migrations/{last}"), "SELECT 1;\n");
        good(&project, &["new", "c", "--layout", layout]);
        let mut found = names(&project);
        found.retain(|name| name.contains("_c"));
        assert_eq!(found, wanted, "{layout} {last}");
    }
}

#[test]
fn migrations_in_code_are_marked() {
    let goose = "-- +goose Up\nCREATE TABLE g (x integer);\n";
    let project = Project::new(env!("CARGO_BIN_EXE_limosa"))
        .file("migrations/00001_a.sql", goose)
        .file("migrations/00002_b.go", "goose.AddMigration(up, down)");
    let status = status(&project);
    assert_eq!(status["migrations"][0]["code"], Value::Null);
    assert_eq!(status["migrations"][1]["state"], "pending");
    let why = status["migrations"][1]["code"].as_str().expect("a reason");
    assert!(why.contains("only goose can run"), "{why}");
    assert_eq!(status["set"], "main");
}
