//! Configuration with real files and variables.

use limosa_testkit::Project;

const TABLE: &str = "-- limosa: up\nCREATE TABLE a (x integer);\n-- limosa: down\nDROP TABLE a;\n";

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_limosa")).file("migrations/1_a.sql", TABLE)
}

#[test]
fn the_origin_of_the_url_is_always_shown() {
    let project = project().file(".env", "DATABASE_URL=sqlite:from-file.db\nPATH=/nowhere\n");
    let file = project.limosa(&["status"]).run();
    assert!(
        file.stderr.contains("from-file.db")
            && file.stderr.contains("url from DATABASE_URL in .env"),
        "{file}"
    );
    let process = project
        .limosa(&["status"])
        .env("DATABASE_URL", "sqlite:mine.db")
        .run();
    assert!(
        process.stderr.contains("mine.db") && process.stderr.contains("url from DATABASE_URL\n"),
        "{process}"
    );
    let none = project.limosa(&["status", "--no-env-file"]).run();
    assert_eq!(none.code, 2, "{none}");
}

#[test]
fn from_a_folder_below_the_project_is_the_same_project() {
    let project = project()
        .file("limosa.toml", "url = \"sqlite:shop.db\"\n")
        .file(".git/config", "");
    let output = project
        .shell("cd migrations && limosa up && limosa status")
        .run();
    assert_eq!(output.code, 0, "{output}");
    assert!(project.path().join("shop.db").exists(), "{output}");
    assert!(
        output.stdout.contains("url from ../limosa.toml"),
        "{output}"
    );
}

#[test]
fn several_databases_are_planned_before_the_first_is_changed() {
    let project = project()
        .file("limosa.toml", "[databases.core]\nurl = \"sqlite:core.db\"\n[databases.auth]\nurl = \"sqlite:auth.db\"\nmigrations = \"auth\"\n")
        .file("auth/1_b.sql", "-- limosa: up\nCREATE TABLE b (x integer;\n");
    let output = project
        .limosa(&["up"])
        .env("DATABASE_URL", "sqlite:x.db")
        .run();
    assert_eq!(output.code, 1, "{output}");
    assert!(
        output.stderr.contains("DATABASE_URL is ignored"),
        "{output}"
    );
    project.write(
        "auth/1_b.sql",
        "-- limosa: up\nCREATE TABLE b (x 'integer);\n",
    );
    let output = project.limosa(&["down", "-d", "core"]).run();
    assert_eq!(output.code, 0, "{output}");
    let output = project.limosa(&["up"]).run();
    assert_eq!(
        output.code, 2,
        "the second cannot be read, so the first is left alone\n{output}"
    );
    let core = project.limosa(&["status", "-d", "core", "--check"]).run();
    assert_eq!(core.code, 3, "{core}");
}

#[test]
fn an_environment_has_its_own_database_and_is_named() {
    let project = project().file(
        "limosa.toml",
        "url = \"sqlite:dev.db\"\n[environments.production]\nurl = { command = [\"echo\", \"sqlite:prod.db\"] }\nprotected = true\n",
    );
    let output = project.limosa(&["up", "-e", "production"]).run();
    assert_eq!(output.code, 0, "{output}");
    assert!(
        output.stderr.contains("prod.db")
            && output.stderr.contains("environment production (protected)"),
        "{output}"
    );
    assert!(!project.path().join("dev.db").exists());
}

#[test]
fn a_command_that_fails_is_a_clear_error() {
    let project = project().file(
        "limosa.toml",
        "url = { command = [\"sh\", \"-c\", \"echo s3cret; exit 7\"] }\n",
    );
    let output = project.limosa(&["up"]).run();
    assert_eq!(output.code, 2, "{output}");
    assert!(
        output.stderr.contains("`sh`") && output.stderr.contains("exit code 7"),
        "{output}"
    );
    assert!(!output.to_string().contains("s3cret"), "{output}");
}

#[test]
fn init_never_overwrites_and_says_what_comes_next() {
    let project = Project::new(env!("CARGO_BIN_EXE_limosa"));
    let output = project.limosa(&["init", "--url", "sqlite:shop.db"]).run();
    assert_eq!(output.code, 0, "{output}");
    assert!(output.stderr.contains("limosa new NAME"), "{output}");
    let before = project.read("limosa.toml");
    assert_eq!(project.limosa(&["init", "--sequential"]).run().code, 0);
    assert_eq!(project.read("limosa.toml"), before);
    assert_eq!(
        project
            .limosa(&["new", "first", "step", "--sequential"])
            .run()
            .code,
        0
    );
    assert_eq!(project.limosa(&["up"]).run().code, 0);
    let secret = project
        .limosa(&[
            "init",
            "--url",
            "postgres://a:s3cret@db/x",
            "--config",
            "b.toml",
        ])
        .run();
    assert_eq!(secret.code, 2, "{secret}");
    assert!(!secret.to_string().contains("s3cret"), "{secret}");
}
