//! Prompts follow from the plan.

use limosa_testkit::Project;

fn shop(environment: &str) -> Project {
    let config = format!("url = \"sqlite:shop.db\"\n[environments.production]\n{environment}\n");
    let project = Project::new(env!("CARGO_BIN_EXE_limosa"))
        .file("limosa.toml", config)
        .file("migrations/1_a.sql", "-- limosa: up\nCREATE TABLE a (x integer, y integer);\n-- limosa: down\nDROP TABLE a;\n");
    assert_eq!(project.limosa(&["up"]).run().code, 0);
    project
}

fn with_rows(project: &Project) {
    project.write(
        "migrations/2_rows.sql",
        "-- limosa: up\nINSERT INTO a VALUES (1, 1);\n-- limosa: down\n",
    );
    assert_eq!(project.limosa(&["up"]).run().code, 0);
    project.write(
        "migrations/3_b.sql",
        "-- limosa: up\nCREATE TABLE b (x integer);\n-- limosa: down\nDROP TABLE b;\n",
    );
    assert_eq!(project.limosa(&["up"]).run().code, 0);
}

#[test]
fn a_database_without_rows_has_nothing_to_lose() {
    assert_eq!(shop("").limosa(&["down"]).run().code, 0);
}

#[test]
fn going_back_asks_and_off_a_terminal_needs_yes() {
    let project = shop("");
    with_rows(&project);
    let refused = project.limosa(&["down"]).run();
    assert_eq!(refused.code, 2, "{refused}");
    assert!(
        refused.stderr.contains("table b") && refused.stderr.contains("--yes"),
        "{refused}"
    );
    assert_eq!(project.limosa(&["status", "--check", "-q"]).run().code, 0);
    let variable = project.limosa(&["down"]).env("LIMOSA_YES", "1").run();
    assert_eq!(variable.code, 2, "a variable is no answer\n{variable}");
    assert_eq!(project.limosa(&["down", "--dry-run"]).run().code, 0);
    let done = project.limosa(&["down", "--yes"]).run();
    assert_eq!(done.code, 0, "{done}");
}

#[test]
fn a_protected_environment_wants_destruction_named() {
    let project = shop("protected = true");
    with_rows(&project);
    project.write(
        "migrations/4_drop.sql",
        "-- limosa: irreversible: gone\n-- limosa: up\nALTER TABLE a DROP COLUMN y;\n",
    );
    let up = |more: &[&str]| {
        let mut arguments = vec!["-e", "production", "up"];
        arguments.extend(more);
        project.limosa(&arguments).run()
    };
    let refused = up(&["--yes"]);
    assert_eq!(refused.code, 2, "{refused}");
    assert!(
        refused.stderr.contains("--allow-destructive 4"),
        "{refused}"
    );
    assert!(refused.stderr.contains("accepts-loss(a.y)"), "{refused}");
    assert_eq!(up(&["--allow-destructive", "3"]).code, 2);
    assert_eq!(up(&["--allow-destructive", "4", "--dry-run"]).code, 0);
    let done = up(&["--allow-destructive", "4"]);
    assert_eq!(done.code, 0, "{done}");
}

#[test]
fn a_loss_that_the_file_accepts_is_named() {
    let project = shop("protected = true");
    with_rows(&project);
    project.write(
        "migrations/4_drop.sql",
        "-- limosa: up\n-- limosa: accepts-loss(a.y): nobody reads it\nALTER TABLE a DROP COLUMN y;\n",
    );
    let done = project.limosa(&["-e", "production", "up"]).run();
    assert_eq!(done.code, 0, "{done}");
}

#[test]
fn going_up_asks_nothing() {
    let project = shop("");
    with_rows(&project);
    project.write(
        "migrations/4_drop.sql",
        "-- limosa: up\nALTER TABLE a DROP COLUMN y;\n",
    );
    assert_eq!(project.limosa(&["up"]).run().code, 0);
}

#[test]
fn resolve_answers_only_for_what_is_in_doubt() {
    let output = shop("").limosa(&["resolve", "1", "--as", "applied"]).run();
    assert_eq!(output.code, 2, "{output}");
    assert!(
        output.stderr.contains("nothing of 1 is in doubt"),
        "{output}"
    );
}
