//! Several sets of migrations in one database, and several databases, from one limosa.toml and one command.

use limosa_testkit::{Database, Output, Project, Sqlite, require};
use serde_json::Value;

const CORE: &str = "schema_migrations_core";
const QUEUE: &str = "schema_migrations_queue";

/// Two folders of golang-migrate, with the same numbers.
fn project() -> Project {
    let project = Project::new(env!("CARGO_BIN_EXE_limosa"));
    for (folder, table) in [("core", "c"), ("queue", "q")] {
        for number in 1..=2 {
            let stem = format!("{folder}/00000{number}_{table}{number}");
            let name = format!("{table}{number}");
            project.write(
                format!("{stem}.up.sql"),
                format!("CREATE TABLE {name} (x integer);\nINSERT INTO {name} VALUES (1);\n"),
            );
            project.write(format!("{stem}.down.sql"), format!("DROP TABLE {name};\n"));
        }
    }
    project
}

/// Both in one database: the table of one stands in limosa.toml, that of the other in the URL as golang-migrate has it.
fn config(db: &Database) -> String {
    let url = db.url();
    let more = if url.contains('?') { '&' } else { '?' };
    format!(
        "[databases.core]\nurl = \"{url}\"\nmigrations = \"core\"\nset = \"core\"\ntool-table = \"{CORE}\"\n\
         [databases.queue]\nurl = \"{url}{more}x-migrations-table={QUEUE}\"\nmigrations = \"queue\"\nset = \"queue\"\n"
    )
}

fn good(project: &Project, arguments: &[&str]) -> Output {
    let output = project.limosa(arguments).run();
    assert_eq!(output.code, 0, "{output}");
    output
}

fn refused(project: &Project, arguments: &[&str], name: &str) -> Output {
    let output = project.limosa(arguments).run();
    assert_eq!(output.code, 2, "{output}");
    assert!(
        output.stderr.contains(&format!("error[{name}]")),
        "{output}"
    );
    output
}

/// For each database its name, and how many migrations are applied and pending.
fn states(project: &Project, more: &[&str]) -> Vec<(String, u64, u64)> {
    let output = good(project, &[&["status", "--format", "json"], more].concat());
    let document: Value = serde_json::from_str(&output.stdout).expect("a document");
    let databases = document["databases"].as_array().expect("databases");
    let state = |one: &Value| {
        let count = |state: &str| one["counts"][state].as_u64().expect("a number");
        let others = ["changed", "missing", "newer", "interrupted", "out_of_order"];
        assert!(others.iter().all(|state| count(state) == 0), "{one}");
        let name = one["name"].as_str().expect("a name").to_owned();
        (name, count("applied"), count("pending"))
    };
    databases.iter().map(state).collect()
}

fn both(core: (u64, u64), queue: (u64, u64)) -> Vec<(String, u64, u64)> {
    vec![
        ("core".to_owned(), core.0, core.1),
        ("queue".to_owned(), queue.0, queue.1),
    ]
}

/// What golang-migrate sees.
fn versions(db: &Database) -> [Vec<Vec<String>>; 2] {
    [CORE, QUEUE].map(|table| db.query(&format!("SELECT version FROM {table}")))
}

fn one(version: &str) -> Vec<Vec<String>> {
    vec![vec![version.to_owned()]]
}

fn with_two_sets(db: &Database) {
    let project = project().file(
        "limosa.toml",
        format!("history = \"mirror\"\n{}", config(db)),
    );
    assert_eq!(states(&project, &[]), both((0, 2), (0, 2)));
    let up = good(&project, &["up"]);
    for (name, set, table) in [("core", "core", CORE), ("queue", "queue", QUEUE)] {
        let line = up
            .stderr
            .lines()
            .find(|line| line.starts_with(&format!("{name}: ")));
        let line = line.unwrap_or_else(|| panic!("{name} has no line\n{up}"));
        assert!(line.contains(&format!(", set {set}, ")), "{up}");
        assert!(line.contains(&format!("table {table} from ")), "{up}");
    }
    assert_eq!(states(&project, &[]), both((2, 0), (2, 0)));
    assert_eq!(versions(db), [one("2"), one("2")]);
    good(&project, &["down", "-d", "queue", "--yes"]);
    assert_eq!(states(&project, &[]), both((2, 0), (1, 1)));
    assert_eq!(versions(db), [one("2"), one("1")]);
    // golang-migrate goes on with one of them.
    db.execute("CREATE TABLE q2 (x integer)");
    db.execute(&format!("UPDATE {QUEUE} SET version = 2"));
    good(&project, &["up"]);
    assert_eq!(states(&project, &[]), both((2, 0), (2, 0)));
    let status = good(&project, &["status"]);
    assert!(
        status.stdout.contains("core:\n") && status.stdout.contains("queue:\n"),
        "{status}"
    );
    let journal = good(&project, &["history", "-d", "queue"]);
    assert!(
        journal.stdout.contains("_q1") && !journal.stdout.contains("_c1"),
        "{journal}"
    );
}

fn with_two_sets_of_the_tool(db: &Database) {
    for (table, version) in [(CORE, 2), (QUEUE, 1)] {
        db.execute(&format!(
            "CREATE TABLE {table} (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)"
        ));
        db.execute(&format!("INSERT INTO {table} VALUES ({version}, false)"));
    }
    for sql in [
        "CREATE TABLE c1 (x integer)",
        "CREATE TABLE c2 (x integer)",
        "CREATE TABLE q1 (x integer)",
    ] {
        db.execute(sql);
    }
    let project = project().file("limosa.toml", config(db));
    assert_eq!(states(&project, &[]), both((2, 0), (1, 1)));
    let adopted = good(&project, &["adopt"]);
    assert!(
        adopted
            .stdout
            .contains(&format!("2 migrations from {CORE}"))
            || adopted
                .stdout
                .contains(&format!("{CORE} of golang-migrate")),
        "{adopted}"
    );
    let rows = "SELECT set_name, count(*) FROM limosa_history GROUP BY set_name ORDER BY set_name";
    assert_eq!(db.query(rows), [["core", "2"], ["queue", "1"]]);
    good(&project, &["up"]);
    assert_eq!(versions(db), [one("2"), one("2")]);
    good(&project, &["adopt", "--undo", "-d", "core"]);
    assert_eq!(db.query(rows), [["queue", "2"]]);
    assert_eq!(states(&project, &[]), both((2, 0), (2, 0)));
    good(&project, &["adopt", "--undo", "-d", "queue"]);
    assert!(
        db.try_query(rows).is_err(),
        "the tables of Limosa are gone with the last set"
    );
    assert_eq!(states(&project, &[]), both((2, 0), (2, 0)));
}

#[test]
fn two_sets_share_a_database_on_postgresql() {
    let server = require!(Postgres);
    with_two_sets(&server.database());
    with_two_sets_of_the_tool(&server.database());
}

#[test]
fn two_sets_share_a_database_on_mariadb() {
    let server = require!(MariaDb);
    with_two_sets(&server.database());
    with_two_sets_of_the_tool(&server.database());
}

#[test]
fn two_sets_share_a_database_on_sqlite() {
    with_two_sets(&Sqlite::database());
    with_two_sets_of_the_tool(&Sqlite::database());
}

#[test]
fn two_sets_of_one_name_in_one_database_are_refused() {
    let db = Sqlite::database();
    let config = config(&db)
        .replace("set = \"core\"\n", "")
        .replace("set = \"queue\"\n", "");
    let project = project().file("limosa.toml", config);
    // Whether or not both were chosen.
    for more in [&[][..], &["-d", "queue"]] {
        let said = refused(&project, &[&["up"], more].concat(), "same-set");
        assert!(
            said.stderr.contains("[databases.queue]") && said.stderr.contains("`main`"),
            "{said}"
        );
    }
    assert_eq!(db.query("SELECT count(*) FROM sqlite_schema"), [["0"]]);
}

#[test]
fn two_sets_of_one_name_in_two_databases_are_none_of_anybodys_business() {
    let (core, queue) = (Sqlite::database(), Sqlite::database());
    let (core_url, queue_url) = (core.url(), queue.url());
    let config = format!(
        "history = \"mirror\"\n[databases.core]\nurl = \"{core_url}\"\nmigrations = \"core\"\n\
         [databases.queue]\nurl = \"{queue_url}\"\nmigrations = \"queue\"\n"
    );
    let project = project().file("limosa.toml", config);
    good(&project, &["up"]);
    assert_eq!(states(&project, &[]), both((2, 0), (2, 0)));
    good(&project, &["down", "-d", "queue", "--yes"]);
    let version = "SELECT version FROM schema_migrations";
    assert_eq!(
        (core.query(version), queue.query(version)),
        (one("2"), one("1"))
    );
}

#[test]
fn one_table_of_a_tool_for_two_sets_is_refused() {
    let db = Sqlite::database();
    db.execute("CREATE TABLE schema_migrations (version uint64, dirty bool)");
    db.execute("INSERT INTO schema_migrations VALUES (2, false)");
    let url = db.url();
    let config = format!(
        "[databases.core]\nurl = \"{url}\"\nmigrations = \"core\"\nset = \"core\"\n\
         [databases.queue]\nurl = \"{url}\"\nmigrations = \"queue\"\nset = \"queue\"\n"
    );
    let project = project().file("limosa.toml", &config);
    for command in ["status", "up", "adopt"] {
        refused(&project, &[command], "same-table");
    }
    // The tool never worked on the second one.
    project.write("limosa.toml", format!("{config}history = \"native\"\n"));
    assert_eq!(states(&project, &[]), both((2, 0), (0, 2)));
}

#[test]
fn the_table_of_another_set_is_not_taken_for_ones_own() {
    let server = require!(Postgres);
    let goose = "-- +goose Up\nCREATE TABLE g (x integer);\n-- +goose Down\nDROP TABLE g;\n";
    for (tool, file, text, seed) in [
        (
            "goose",
            "00001_g.sql",
            goose,
            &[
                "CREATE TABLE goose_db_version (id serial PRIMARY KEY, version_id bigint NOT NULL, is_applied boolean \
                 NOT NULL, tstamp timestamp NOT NULL DEFAULT now())",
                "INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, true), (1, true)",
            ][..],
        ),
        (
            "sqlx",
            "1_g.sql",
            "CREATE TABLE g (x integer);\n",
            &[
                "CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL, installed_on \
               timestamptz NOT NULL DEFAULT now(), success boolean NOT NULL, checksum bytea NOT NULL, execution_time \
               bigint NOT NULL)",
            ][..],
        ),
    ] {
        let db = server.database();
        for sql in seed {
            db.execute(sql);
        }
        let url = db.url();
        let config = format!(
            "[databases.core]\nurl = \"{url}\"\nmigrations = \"other\"\nset = \"core\"\nlayout = \"{tool}\"\n\
             [databases.queue]\nurl = \"{url}\"\nmigrations = \"queue\"\nset = \"queue\"\n"
        );
        let project = project()
            .file(format!("other/{file}"), text)
            .file("limosa.toml", &config);
        let applied = if tool == "goose" { (1, 0) } else { (0, 1) };
        // First only the second set, which has no table of a tool.
        for more in [&["-d", "queue"][..], &["-d", "core"], &[]] {
            let all = both(applied, (0, 2));
            let wanted: Vec<_> = (all.into_iter())
                .filter(|(name, ..)| more.last().is_none_or(|chosen| chosen == name))
                .collect();
            assert_eq!(states(&project, more), wanted, "{tool}");
        }
        good(&project, &["up"]);
        assert_eq!(states(&project, &[]), both((1, 0), (2, 0)));
        let tables = "SELECT count(*) FROM pg_tables WHERE tablename = 'schema_migrations'";
        assert_eq!(db.value(tables), "0", "nobody asked for it");
    }
}

#[test]
fn two_databases_of_go_pg_are_migrated_by_one_command() {
    let server = require!(Postgres);
    let (core, queue) = (server.database(), server.database());
    let (core_url, queue_url) = (core.url(), queue.url());
    let config = format!(
        "history = \"mirror\"\nlayout = \"go-pg\"\n[databases.core]\nurl = \"{core_url}\"\nmigrations = \"core\"\n\
         [databases.queue]\nurl = \"{queue_url}\"\nmigrations = \"queue\"\n"
    );
    let project = project().file("limosa.toml", config);
    good(&project, &["up"]);
    good(&project, &["down", "-d", "core", "--yes"]);
    assert_eq!(states(&project, &[]), both((1, 1), (2, 0)));
    let last = "SELECT version FROM gopg_migrations ORDER BY id DESC LIMIT 1";
    assert_eq!(
        (core.value(last), queue.value(last)),
        ("1".to_owned(), "2".to_owned())
    );
    // The second one cannot be planned, so the first one is left alone.
    project.write("queue/000003_q3.up.sql", "SELECT 'open;\n");
    project.write("core/000003_c3.up.sql", "CREATE TABLE c3 (x integer);\n");
    let up = project.limosa(&["up"]).run();
    assert_eq!(up.code, 2, "{up}");
    assert_eq!(core.value(last), "1");
}

#[test]
fn a_history_of_other_migrations_is_not_taken_for_ones_own() {
    let db = Sqlite::database();
    let project = project();
    let run = |arguments: &[&str]| {
        let run = project.limosa(arguments).env("LIMOSA_URL", db.url());
        run.env("LIMOSA_HISTORY", "native").run()
    };
    assert_eq!(run(&["up", "--dir", "core"]).code, 0);
    let status = run(&["status", "--dir", "queue"]);
    assert!(
        status.stderr.contains("warning[other-migrations]"),
        "{status}"
    );
    let up = run(&["up", "--dir", "queue"]);
    assert_eq!(up.code, 2, "{up}");
    assert!(
        up.stderr.contains("set = \"…\"") && !up.stderr.contains("limosa redo"),
        "{up}"
    );
    assert_eq!(run(&["up", "--dir", "queue", "--set", "queue"]).code, 0);
    let own = run(&["status", "--dir", "queue", "--set", "queue", "--check"]);
    assert_eq!(own.code, 0, "{own}");
    assert!(!own.stderr.contains("other-migrations"), "{own}");
}
