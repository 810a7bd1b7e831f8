//! `limosa verify`, as its user runs it.

use limosa_testkit::{Output, Project, require};
use serde_json::Value;

const GOOD: &str = "-- limosa: up\nCREATE TABLE users (id integer PRIMARY KEY, email text);\n-- limosa: down\nDROP TABLE users;\n";
const BAD: &str = "-- limosa: up\nCREATE TABLE orders (id integer PRIMARY KEY);\nCREATE INDEX orders_id ON users (email);\n-- limosa: down\nDROP TABLE orders;\n";

fn project(files: &[(&str, &str)]) -> Project {
    let project = Project::new(env!("CARGO_BIN_EXE_limosa"));
    for (name, text) in files {
        project.write(format!("migrations/{name}"), text);
    }
    project
}

fn on_sqlite(project: &Project, arguments: &[&str]) -> Output {
    let all = [&["verify", "--dialect", "sqlite"], arguments].concat();
    project.limosa(&all).run()
}

fn json(output: &Output) -> Value {
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{output}"))
}

fn versions(output: &Output) -> Vec<String> {
    let document = json(output);
    let findings = document["databases"][0]["findings"].as_array();
    let line = |one: &Value| {
        let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
        format!("{} {}", text("version"), text("name"))
    };
    findings.into_iter().flatten().map(line).collect()
}

#[test]
fn what_comes_back_is_proved_without_a_database() {
    let project = project(&[("1_users.sql", GOOD)]);
    let output = on_sqlite(&project, &[]);
    assert_eq!(output.code, 0, "{output}");
    let expected = "No findings in 1 migration, tried in ";
    assert!(output.stdout.starts_with(expected), "{output}");
    assert_eq!(output.stderr, "", "{output}");
}

#[test]
fn a_finding_reads_like_a_compilers_and_exits_with_3() {
    let project = project(&[("1_users.sql", GOOD), ("2_orders.sql", BAD)]);
    let output = on_sqlite(&project, &[]);
    assert_eq!(output.code, 3, "{output}");
    for part in [
        "error[down-leaves-difference]: the down of 2_orders does not restore: index orders_id is left behind",
        "migrations/2_orders.sql:5:1",
        "DROP TABLE orders",
        "CREATE INDEX orders_id ON users (email)",
        "hint: `limosa explain down-leaves-difference` tells more",
    ] {
        assert!(output.stdout.contains(part), "{part}\n{output}");
    }
}

#[test]
fn the_document_has_a_line_for_each_finding() {
    let project = project(&[("1_users.sql", GOOD), ("2_orders.sql", BAD)]);
    let output = on_sqlite(&project, &["--format", "json"]);
    let document = json(&output);
    assert_eq!(document["document"], "limosa.verify/1");
    assert_eq!(document["exit_code"], 3);
    let database = &document["databases"][0];
    assert_eq!(database["checked"], 2);
    let finding = &database["findings"][0];
    for (key, value) in [
        ("version", "2"),
        ("name", "down-leaves-difference"),
        ("severity", "error"),
        ("object", "index orders_id"),
        ("kind", "left_behind"),
        ("file", "migrations/2_orders.sql"),
    ] {
        assert_eq!(finding[key], value, "{output}");
    }
    assert_eq!(finding["line"], 5);
}

#[test]
fn another_order_of_columns_is_a_note_and_an_error_where_that_is_asked_for() {
    let moved = "-- limosa: up\n-- limosa: accepts-loss(users.email): empty\nALTER TABLE users DROP COLUMN email;\n-- limosa: down\nALTER TABLE users ADD COLUMN email text;\n";
    let three = GOOD.replace("email text", "email text, name text");
    let project = project(&[("1_users.sql", &three), ("2_email.sql", moved)]);
    let output = on_sqlite(&project, &[]);
    assert_eq!(output.code, 0, "{output}");
    assert!(output.stdout.contains("note"), "{output}");
    let strict = on_sqlite(&project, &["--strict"]);
    assert_eq!(strict.code, 3, "{strict}");
}

#[test]
fn only_what_is_new_since_a_revision_is_tried() {
    let project = project(&[("1_users.sql", GOOD), ("2_orders.sql", BAD)]);
    let git = |line: &str| {
        let output = project.shell(line).run();
        assert_eq!(output.code, 0, "{output}");
    };
    git(
        "git init -q . && git config user.email a@b && git config user.name a && git add -A && git commit -qm a",
    );
    let output = on_sqlite(&project, &["--since", "HEAD", "--format", "json"]);
    assert_eq!((output.code, versions(&output)), (0, vec![]), "{output}");
    project.write(
        "migrations/3_more.sql",
        "-- limosa: up\nCREATE TABLE more (id int);\n",
    );
    let output = on_sqlite(&project, &["--since", "HEAD", "--format", "json"]);
    assert_eq!(json(&output)["databases"][0]["checked"], 1);
    assert_eq!(versions(&output), ["3 down-empty"], "{output}");
    let output = on_sqlite(&project, &["--since", "nosuch"]);
    assert_eq!(output.code, 2, "{output}");
}

#[test]
fn what_cannot_be_asked_for_is_refused_in_words() {
    let project = project(&[("1_users.sql", GOOD)]);
    for (arguments, part) in [
        (&["--from", "7"][..], "there is no migration 7"),
        (&["--range", "1"], "`1` is no range of versions"),
        (&["--range", "1..9"], "there is no migration 9"),
        (&["--from", "1", "--range", "1..1"], "cannot be used with"),
        (&["--shadow", "nonsense"], "--shadow"),
        (
            &["--shadow", "postgres://localhost/x"],
            "the migrations are written for `sqlite`",
        ),
    ] {
        let output = on_sqlite(&project, arguments);
        assert_eq!(output.code, 2, "{output}");
        assert!(output.stderr.contains(part), "{part}\n{output}");
    }
}

#[test]
fn what_a_set_needs_around_it_is_configured() {
    let _ = require!(Postgres);
    let uses = "-- limosa: up\nCREATE TABLE notes (host integer REFERENCES host_users, who text DEFAULT current_setting('app.who'));\n-- limosa: down\nDROP TABLE notes;\n";
    let project = project(&[("1_notes.sql", uses)]);
    let postgres = ["verify", "--dialect", "postgres"];
    let output = project.limosa(&postgres).run();
    assert_eq!(output.code, 3, "{output}");
    assert!(output.stdout.contains("error[up-fails]"), "{output}");
    assert!(output.stdout.contains("shadow-prelude"), "{output}");
    project.write(
        "limosa.toml",
        "[databases.app]\nsession-init = \"SET app.who = 'x'\"\nshadow-prelude = \"CREATE TABLE host_users (id integer PRIMARY KEY); CREATE ROLE app;\"\n",
    );
    let output = project.limosa(&postgres).run();
    assert_eq!(output.code, 0, "{output}");
}

#[test]
fn a_server_that_is_not_ours_is_left_as_it_was() {
    let server = require!(Postgres).database();
    let files = [("1_users.sql", GOOD), ("2_orders.sql", BAD)];
    let project = project(&files);
    let url = server.url();
    let before =
        server.query("SELECT datname FROM pg_database WHERE datname LIKE 'limosa_shadow%'");
    let arguments = ["verify", "--dialect", "postgres", "--shadow", &url];
    let output = project.limosa(&arguments).run();
    assert_eq!(output.code, 3, "{output}");
    let after = server.query("SELECT datname FROM pg_database WHERE datname LIKE 'limosa_shadow%'");
    assert_eq!(before, after);
    // What reaches beyond the database is refused before anything runs.
    project.write(
        "migrations/3_role.sql",
        "-- limosa: up\nCREATE ROLE limosa_beyond;\n-- limosa: down\nDROP ROLE limosa_beyond;\n",
    );
    let output = project.limosa(&arguments).run();
    assert_eq!(output.code, 2, "{output}");
    assert!(output.stderr.contains("beyond-shadow"), "{output}");
    assert!(
        output.stderr.contains("migrations/3_role.sql:2:1"),
        "{output}"
    );
    assert_eq!(output.stdout, "", "{output}");
}
