//! Streams, colours, pipes, help.

use limosa_testkit::Project;

fn shop() -> Project {
    Project::new(env!("CARGO_BIN_EXE_limosa"))
        .file("limosa.toml", "url = \"sqlite:shop.db\"\n")
        .file(
            "migrations/1_a.sql",
            "-- limosa: up\nCREATE TABLE a (x integer);\n-- limosa: down\nDROP TABLE a;\n",
        )
}

const COMMANDS: [&str; 16] = [
    "init",
    "new",
    "status",
    "history",
    "plan",
    "up",
    "down",
    "goto",
    "redo",
    "baseline",
    "lint",
    "renumber",
    "resolve",
    "explain",
    "completions",
    "man",
];

#[test]
fn results_are_on_stdout_and_the_story_on_stderr() {
    let project = shop();
    let plan = project.limosa(&["plan"]).run();
    assert!(plan.stdout.contains("CREATE TABLE a"), "{plan}");
    assert!(plan.stderr.starts_with("shop.db (SQLite "), "{plan}");
    assert!(plan.stderr.contains("url from limosa.toml"), "{plan}");
    let up = project.limosa(&["up"]).run();
    assert_eq!(up.stdout, "", "{up}");
    assert!(up.stderr.contains("Applied 1_a"), "{up}");
    let again = project.limosa(&["up", "-q"]).run();
    assert_eq!((again.code, again.stderr.as_str()), (0, ""), "{again}");
}

#[test]
fn a_plan_that_cannot_be_kept_is_not_shown_in_part() {
    let rows = "INSERT INTO a VALUES (1);\n".repeat(50_000);
    let project = shop().file("migrations/2_rows.sql", rows);
    let plan = |format| {
        let run = project.limosa(&["plan", "--format", format]);
        run.env("TMPDIR", "/nowhere").run()
    };
    for output in [plan("sql"), plan("json")] {
        assert_eq!(output.code, 1, "{output}");
        let said = "a temporary file in /nowhere: ";
        assert!(output.stderr.contains("error[cannot-write]"), "{output}");
        assert!(output.stderr.contains(said), "{output}");
        assert!(!output.stdout.contains("CREATE TABLE a"), "{output}");
    }
    // What is shown as it is read needs none.
    let text = plan("text");
    assert_eq!(text.code, 0, "{text}");
}

#[test]
fn there_is_no_colour_in_a_pipe_unless_it_is_asked_for() {
    let project = shop();
    let plain = project.limosa(&["status"]).run();
    assert!(!plain.to_string().contains('\u{1b}'), "{plain}");
    let forced = project.limosa(&["status", "--color", "always"]).run();
    assert!(forced.stdout.contains('\u{1b}'), "{forced}");
    let variable = project.limosa(&["status"]).env("CLICOLOR_FORCE", "1").run();
    assert!(variable.stdout.contains('\u{1b}'), "{variable}");
    let none = project
        .limosa(&["status"])
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1")
        .run();
    assert!(!none.stdout.contains('\u{1b}'), "{none}");
}

#[test]
fn a_closed_pipe_is_no_panic() {
    let project = shop();
    for command in [
        "status",
        "plan",
        "history",
        "man",
        "completions bash",
        "--help",
        "help up",
    ] {
        let output = project
            .shell(&format!("limosa {command} 2>err | true; cat err"))
            .run();
        assert!(!output.stdout.contains("panicked"), "{command}\n{output}");
    }
    let output = project
        .shell("limosa up --format json-lines 2>/dev/null | true; limosa status --check -q")
        .run();
    assert_eq!(
        output.code, 0,
        "the work is done though nobody listens\n{output}"
    );
}

#[test]
fn options_stand_before_or_after_the_command() {
    let project = shop();
    let before = project
        .limosa(&["--url", "sqlite:other.db", "status"])
        .run();
    let after = project
        .limosa(&["status", "--url", "sqlite:other.db"])
        .run();
    assert_eq!(before, after);
    assert!(
        before.stderr.contains("other.db") && before.stderr.contains("url from --url"),
        "{before}"
    );
}

#[test]
fn every_command_has_help_with_examples() {
    let project = shop();
    for command in COMMANDS {
        let output = project.limosa(&["help", command]).run();
        assert_eq!(output.code, 0, "{output}");
        assert!(
            output.stdout.contains("Examples:") || matches!(command, "completions"),
            "{output}"
        );
        let page = project.limosa(&["man", command]).run();
        assert!(page.stdout.contains(".TH"), "{page}");
    }
}

#[test]
fn answers_to_prompts_have_no_variable() {
    let output = shop().limosa(&["down", "--help"]).run();
    for option in ["--yes", "--allow-destructive", "--dry-run"] {
        let at = output
            .stdout
            .find(option)
            .unwrap_or_else(|| panic!("{option}\n{output}"));
        let rest = &output.stdout[at..];
        let end = rest.find("\n\n").unwrap_or(rest.len());
        assert!(!rest[..end].contains("[env:"), "{option}\n{output}");
    }
}

#[test]
fn the_exit_codes_are_a_help_topic() {
    let output = shop().limosa(&["help", "exit-codes"]).run();
    assert_eq!(output.code, 0, "{output}");
    for code in ["0", "1", "2", "3", "4", "5", "130"] {
        assert!(
            output.stdout.contains(&format!("{code:>4}  ")),
            "{code}\n{output}"
        );
    }
}

#[test]
fn control_characters_of_names_do_not_reach_the_terminal() {
    let project = shop().file(
        "migrations/2_\u{1b}[31mred.sql",
        "-- limosa: up\nSELECT 1;\n",
    );
    for command in ["status", "plan", "up", "lint"] {
        let output = project.limosa(&[command]).run();
        assert!(
            !output.to_string().contains('\u{1b}'),
            "{command}\n{output:?}"
        );
    }
}
