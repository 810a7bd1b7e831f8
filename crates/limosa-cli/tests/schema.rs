//! `limosa schema`: what is shown, compared, written and documented, and what is refused.

use std::path::Path;

use limosa_schema::{Key, Kind, Object, Schema};
use limosa_sql::Dialect;
use limosa_testkit::{Output, Project, require};
use serde_json::Value;

const USERS: &str = "-- limosa: up\nCREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL UNIQUE);\n\
                     -- limosa: down\nDROP TABLE users;\n";
const ORDERS: &str = "-- limosa: up\n\
    CREATE TABLE orders (id integer PRIMARY KEY, user_id integer NOT NULL REFERENCES users (id), note text);\n\
    CREATE INDEX orders_user ON orders (user_id);\n\
    -- limosa: down\nDROP TABLE orders;\n";

fn shop() -> Project {
    Project::new(env!("CARGO_BIN_EXE_limosa"))
        .file("limosa.toml", "url = \"sqlite:shop.db\"\n")
        .file("migrations/1_users.sql", USERS)
        .file("migrations/2_orders.sql", ORDERS)
}

#[track_caller]
fn good(project: &Project, arguments: &[&str]) -> Output {
    ends(project, arguments, 0)
}

#[track_caller]
fn ends(project: &Project, arguments: &[&str], code: i32) -> Output {
    let output = project.limosa(arguments).run();
    assert_eq!(output.code, code, "{output}");
    output
}

/// The document on stdout, held against its published schema.
#[track_caller]
fn document(output: &Output, name: &str) -> Value {
    let value: Value =
        serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{output}"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/reference/json")
        .join(format!("{name}.schema.json"));
    let text = std::fs::read_to_string(path).expect("each document has a published schema");
    let schema = serde_json::from_str(&text).expect("a schema is JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema is one");
    let wrong: Vec<String> = (schema.iter_errors(&value))
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}\n{value:#}");
    value
}

#[test]
fn a_snapshot_is_a_document_that_can_be_compared() {
    let project = shop();
    good(&project, &["up"]);
    let shown = good(&project, &["schema", "show", "--format", "json"]);
    let snapshot = document(&shown, "schema");
    assert_eq!(snapshot["document"], "limosa.schema/1");
    project.write("before.json", &shown.stdout);
    let equal = good(
        &project,
        &[
            "schema",
            "diff",
            "before.json",
            "database",
            "--format",
            "json",
        ],
    );
    let equal = document(&equal, "diff");
    assert_eq!(equal["differences"], serde_json::json!([]));
    assert_eq!(
        equal["first"]["fingerprint"],
        equal["second"]["fingerprint"]
    );
    // The tables of limosa are no part of it.
    assert!(!shown.stdout.contains("limosa_history"), "{shown}");
}

#[test]
fn the_history_of_another_tool_is_no_part_of_the_schema() {
    let project = Project::new(env!("CARGO_BIN_EXE_limosa"))
        .file(
            "limosa.toml",
            "url = \"sqlite:shop.db\"\nhistory = \"mirror\"\n",
        )
        .file(
            "migrations/000001_users.up.sql",
            "CREATE TABLE users (id integer PRIMARY KEY);\n",
        )
        .file("migrations/000001_users.down.sql", "DROP TABLE users;\n");
    good(&project, &["up", "--layout", "golang-migrate"]);
    let there = project.shell("limosa status").run();
    assert!(there.stdout.contains("applied"), "{there}");
    let output = good(
        &project,
        &[
            "schema",
            "diff",
            "files",
            "database",
            "--layout",
            "golang-migrate",
        ],
    );
    assert!(output.stdout.contains("No difference"), "{output}");
    let named = project.file(
        "limosa.toml",
        "url = \"sqlite:shop.db\"\nhistory = \"mirror\"\nlayout = \"golang-migrate\"\ntool-table = \"steps\"\n",
    );
    good(&named, &["up", "--url", "sqlite:other.db"]);
    let output = good(&named, &["schema", "show", "--url", "sqlite:other.db"]);
    assert!(!output.stdout.contains("steps"), "{output}");
}

#[test]
fn files_are_compared_up_to_a_version() {
    let project = shop();
    let output = ends(
        &project,
        &["schema", "diff", "files@1", "files", "--format", "json"],
        3,
    );
    let found = document(&output, "diff");
    assert_eq!(
        found["differences"].as_array().map(Vec::len),
        Some(1),
        "{output}"
    );
    let one = &found["differences"][0];
    assert_eq!(one["object"], "orders");
    assert_eq!(one["kind"], "left_behind");
    let same = good(&project, &["schema", "diff", "migrations@1", "files@0001"]);
    assert_eq!(same.stdout, "No difference\n");
    let output = ends(&project, &["schema", "diff", "files@7", "files"], 2);
    assert!(output.stderr.contains("error[unknown-version]"), "{output}");
}

#[test]
fn what_changed_is_told_property_by_property() {
    let project = shop();
    project.write(
        "other/1_users.sql",
        "-- limosa: up\nCREATE TABLE users (email varchar(20), id integer PRIMARY KEY);\n\
         CREATE TRIGGER touch AFTER UPDATE ON users BEGIN\n  SELECT 1;\nEND;\n",
    );
    project.write(
        "third/1_users.sql",
        "-- limosa: up\nCREATE TABLE users (email varchar(20), id integer PRIMARY KEY);\n\
         CREATE TRIGGER touch AFTER UPDATE ON users BEGIN\n  SELECT 2;\nEND;\n",
    );
    let output = ends(&project, &["schema", "diff", "files@1", "other"], 3);
    for line in [
        "~ columns of table users stand in another order: id, email → email, id",
        "~ column users.email\n    nullable: no → yes\n    type: text → varchar(20)\n",
        "+ trigger users.touch is only in other",
        "1 object only in the files up to 1, 1 only in other, 1 changed, 1 in another order only",
    ] {
        let ascii = line.replace('→', "->");
        assert!(
            output.stdout.contains(line) || output.stdout.contains(&ascii),
            "{line}\n{output}"
        );
    }
    let output = ends(&project, &["schema", "diff", "other", "third"], 3);
    assert!(
        output
            .stdout
            .contains("      -   SELECT 1;\n      +   SELECT 2;\n"),
        "{output}"
    );
}

#[test]
fn a_source_that_is_none_is_refused_with_what_was_meant() {
    let project = shop();
    for (source, said) in [
        ("datebase", "did you mean `database`?"),
        ("file@1", "did you mean `files`?"),
        ("schema.jsn", "there is no file and no folder schema.jsn"),
        ("nosuch.json", "nosuch.json cannot be read"),
        ("nosuch.sql", "nosuch.sql cannot be read"),
        ("postgres://u:sesame@host:port/x", "error[bad-url]"),
    ] {
        let output = ends(&project, &["schema", "diff", source, "files"], 2);
        assert!(output.stderr.contains(said), "{source}\n{output}");
        assert!(!output.stderr.contains("sesame"), "{output}");
        let output = ends(
            &project,
            &["schema", "diff", source, "files", "--format", "json"],
            2,
        );
        let document = document(&output, "diff");
        assert_eq!(document["exit_code"], 2);
        assert_eq!(document["first"], Value::Null);
    }
}

#[test]
fn a_snapshot_that_was_changed_by_hand_is_refused() {
    let project = shop();
    let shown = good(
        &project,
        &["schema", "show", "--from", "files", "--format", "json"],
    );
    let changed = shown.stdout.replace("\"email\"", "\"mail\"");
    for (text, said) in [
        (changed.as_str(), "it was changed, or cut off"),
        ("{}", "it is no JSON of a schema"),
        (&shown.stdout[..200], "it is no JSON of a schema"),
        (
            &shown.stdout.replace("limosa.schema/1", "limosa.schema/9"),
            "limosa.schema/9",
        ),
    ] {
        project.write("changed.json", text);
        let output = ends(&project, &["schema", "diff", "changed.json", "files"], 2);
        assert!(output.stderr.contains("error[bad-snapshot]"), "{output}");
        assert!(output.stderr.contains(said), "{said}\n{output}");
    }
}

#[test]
fn schemas_of_two_dialects_are_not_compared() {
    let project = shop();
    let table = Object::new(Key::new(Kind::Table, ["public", "users"]));
    let other = Schema::new(Dialect::Postgres, "PostgreSQL 15.18", [table]);
    project.write("other.json", other.to_snapshot());
    let output = ends(&project, &["schema", "diff", "other.json", "files"], 2);
    assert!(output.stderr.contains("error[two-dialects]"), "{output}");
    assert!(output.stdout.is_empty(), "{output}");
}

#[test]
fn a_dump_is_loaded_and_a_broken_one_says_where() {
    let project = shop();
    let same = "CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL UNIQUE);\n";
    project.write("users.sql", same);
    let output = good(&project, &["schema", "diff", "files@1", "users.sql"]);
    assert_eq!(output.stdout, "No difference\n");
    project.write("empty.sql", "-- nothing\n");
    let output = ends(&project, &["schema", "diff", "files@1", "empty.sql"], 2);
    assert!(
        output.stderr.contains("empty.sql has no statement"),
        "{output}"
    );
    project.write(
        "broken.sql",
        format!("{same}\nCREATE TABEL x (y integer);\n"),
    );
    let output = ends(&project, &["schema", "diff", "files@1", "broken.sql"], 3);
    assert!(output.stderr.contains("error[dump-not-loaded]"), "{output}");
    assert!(output.stderr.contains("broken.sql:3"), "{output}");
}

#[test]
fn a_dump_is_written_and_checked_and_gives_the_same_schema() {
    let project = shop();
    let dump = ["schema", "dump", "--from", "files"];
    let write = [&dump[..], &["--output", "schema.sql"]].concat();
    let check = [&write[..], &["--check"]].concat();
    let missing = ends(&project, &check, 3);
    assert!(
        missing.stderr.contains("schema.sql is not there"),
        "{missing}"
    );
    good(&project, &write);
    assert_eq!(good(&project, &dump).stdout, project.read("schema.sql"));
    good(&project, &check);
    let same = good(&project, &["schema", "diff", "files", "schema.sql"]);
    assert_eq!(same.stdout, "No difference\n");
    project.write(
        "migrations/3_more.sql",
        "-- limosa: up\nCREATE TABLE more (x integer);\n",
    );
    let stale = ends(&project, &check, 3);
    let again = "limosa schema dump --output schema.sql --from files";
    assert!(stale.stderr.contains(again), "{stale}");
    assert!(stale.stdout.contains("+ CREATE TABLE more"), "{stale}");
    let none = ends(&project, &["schema", "dump", "--check"], 2);
    assert!(none.stderr.contains("needs a file"), "{none}");
}

#[test]
fn of_several_databases_one_is_chosen() {
    let project = shop().file(
        "limosa.toml",
        "[databases.core]\nurl = \"sqlite:core.db\"\nmigrations = \"migrations\"\n\
         [databases.bill]\nurl = \"sqlite:bill.db\"\nmigrations = \"bills\"\n",
    );
    project.write(
        "bills/1_bills.sql",
        "-- limosa: up\nCREATE TABLE bills (id integer);\n",
    );
    good(&project, &["up"]);
    let output = ends(&project, &["schema", "show"], 2);
    assert!(output.stderr.contains("-d core"), "{output}");
    let output = ends(&project, &["schema", "diff", "core", "bill"], 3);
    assert!(
        output.stdout.contains("table bills is only in bill"),
        "{output}"
    );
    good(&project, &["-d", "bill", "schema", "docs"]);
    let page = project.read("docs/schema-bill.md");
    assert!(page.starts_with("# Schema of bill\n"), "{page}");
    good(&project, &["-d", "bill", "schema", "docs", "--check"]);
}

#[test]
fn a_page_is_checked_without_a_database() {
    let project = shop();
    let missing = ends(&project, &["schema", "docs", "--check"], 3);
    assert!(
        missing
            .stderr
            .contains("error[stale-file]: docs/schema.md is not there"),
        "{missing}"
    );
    good(&project, &["schema", "docs"]);
    let page = project.read("docs/schema.md");
    good(&project, &["schema", "docs", "--check"]);
    // A checkout on another system.
    project.write("docs/schema.md", page.replace('\n', "\r\n"));
    good(&project, &["schema", "docs", "--check"]);
    project.write("docs/schema.md", page.replace("orders_user", "orders_usr"));
    let stale = ends(&project, &["schema", "docs", "--check"], 3);
    assert!(stale.stdout.contains("- | orders_usr |"), "{stale}");
    assert!(stale.stdout.contains("+ | orders_user |"), "{stale}");
    assert!(
        stale
            .stderr
            .contains("write it again\n      limosa schema docs\n"),
        "{stale}"
    );
    assert!(
        !project.path().join("shop.db").exists(),
        "no database was needed"
    );
    let out = good(&project, &["schema", "docs", "--output", "-"]);
    assert_eq!(out.stdout, page);
    let none = ends(&project, &["schema", "docs", "--output", "-", "--check"], 2);
    assert!(none.stderr.contains("needs a file"), "{none}");
}

#[test]
fn a_file_that_cannot_be_written_stays_as_it_was() {
    let project = shop();
    project.write("docs", "a file where a folder should be");
    let output = ends(&project, &["schema", "docs"], 2);
    assert!(
        output.stderr.contains("error[file-not-written]"),
        "{output}"
    );
    assert_eq!(project.read("docs"), "a file where a folder should be");
    std::fs::create_dir(project.path().join("folder.sql")).expect("a folder");
    let output = ends(
        &project,
        &["schema", "dump", "--from", "files", "-o", "folder.sql"],
        2,
    );
    assert!(
        output.stderr.contains("error[file-not-written]"),
        "{output}"
    );
    let entries = std::fs::read_dir(project.path()).expect("a folder").count();
    assert_eq!(entries, 4, "nothing half-written is left");
}

#[cfg(unix)]
#[test]
fn a_file_is_replaced_with_its_rights_and_behind_its_link() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let project = shop();
    let path = |name: &str| project.path().join(name);
    project.write("kept/page.md", "old");
    std::fs::set_permissions(path("kept/page.md"), std::fs::Permissions::from_mode(0o640))
        .expect("it is ours");
    symlink("kept/page.md", path("page.md")).expect("a link");
    good(&project, &["schema", "docs", "-o", "page.md"]);
    assert!(project.read("kept/page.md").starts_with("# Schema"));
    assert!(path("page.md").is_symlink());
    let mode = std::fs::metadata(path("kept/page.md"))
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
    good(&project, &["schema", "docs", "-o", "new.md"]);
    let mode = std::fs::metadata(path("new.md"))
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o044, 0o044, "others read it");
}

#[test]
fn a_hundred_tables_are_shown_and_a_reader_that_goes_away_is_no_error() {
    let project = shop();
    let tables: Vec<String> = (0..100)
        .map(|number| {
            let other = number / 3;
            format!("CREATE TABLE t{number} (id integer PRIMARY KEY, other integer REFERENCES t{other} (id));")
        })
        .collect();
    let tables = tables.join("\n");
    project.write("many/1_many.sql", format!("-- limosa: up\n{tables}"));
    let output = good(&project, &["schema", "show", "--from", "many"]);
    assert!(
        output.stdout.contains("\n100 tables, 200 columns, "),
        "{output}"
    );
    let output = project
        .shell("limosa schema show --from many | head -n 1; limosa schema docs --from many -o - | head -n 1")
        .run();
    assert_eq!(output.code, 0, "{output}");
    assert!(!output.stderr.contains("panicked"), "{output}");
}

#[test]
fn a_shadow_of_another_kind_is_refused() {
    let project = shop().file("limosa.toml", "dialect = \"postgres\"\n");
    let output = ends(&project, &["schema", "docs", "--shadow", "sqlite:x.db"], 2);
    assert!(
        output.stderr.contains("the shadow is one of `sqlite`"),
        "{output}"
    );
    let gone = "postgres://localhost:1/postgres";
    let output = ends(&project, &["schema", "docs", "--shadow", gone], 4);
    assert!(output.stderr.contains("error[cannot-connect]"), "{output}");
    let project = shop().file("limosa.toml", "");
    let output = ends(&project, &["schema", "docs"], 2);
    assert!(output.stderr.contains("dialect"), "{output}");
}

#[test]
fn the_files_of_mariadb_are_held_against_a_database() {
    let database = require!(MariaDb).database();
    let project = Project::new(env!("CARGO_BIN_EXE_limosa"))
        .file("limosa.toml", format!("url = \"{}\"\n", database.url()))
        .file(
            "migrations/1_a.sql",
            "-- limosa: up\nCREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY,\n\
             name varchar(20) NOT NULL COMMENT 'as they like', UNIQUE KEY one_name (name));\n\
             CREATE TABLE notes (user_id bigint, text text, KEY start (text(10)),\n\
             FOREIGN KEY (user_id) REFERENCES users (id));\n\
             CREATE PROCEDURE one() BEGIN SELECT 1; SELECT 2; END;\n",
        );
    good(&project, &["up"]);
    let same = good(&project, &["schema", "diff", "files", "database"]);
    assert_eq!(same.stdout, "No difference\n", "{same}");
    let page = good(
        &project,
        &["schema", "docs", "--from", "database", "-o", "-"],
    )
    .stdout;
    for line in [
        "| `name` | `varchar(20)` |  | unique | as they like |",
        "| start | `(text(10))` |",
        "**Referenced by** [notes](#table-notes) (`user_id`)",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
    good(&project, &["schema", "dump", "-o", "schema.sql"]);
    let same = good(&project, &["schema", "diff", "schema.sql", "database"]);
    assert_eq!(same.stdout, "No difference\n", "{same}");
    database.execute("ALTER TABLE users ADD COLUMN age int, MODIFY name varchar(30) NOT NULL COMMENT 'as they like'");
    let output = ends(&project, &["schema", "diff", "schema.sql", "database"], 3);
    assert!(
        output
            .stdout
            .contains("+ column users.age is only in the database"),
        "{output}"
    );
    assert!(
        output
            .stdout
            .contains("~ column users.name\n    type: varchar(20) "),
        "{output}"
    );
}

#[test]
fn the_files_of_postgresql_are_held_against_a_database() {
    let server = require!(Postgres);
    let database = server.database();
    let project = Project::new(env!("CARGO_BIN_EXE_limosa"))
        .file("limosa.toml", format!("url = \"{}\"\n", database.url()))
        .file(
            "migrations/1_a.sql",
            "-- limosa: up\nCREATE TYPE mood AS ENUM ('sad', 'glad');\n\
             CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mood mood, name text);\n\
             COMMENT ON TABLE users IS 'who is here';\n\
             CREATE FUNCTION one() RETURNS integer LANGUAGE plpgsql AS $$\nBEGIN\n  RETURN 1;\nEND\n$$;\n",
        );
    good(&project, &["up"]);
    let same = good(&project, &["schema", "diff", "files", "database"]);
    assert_eq!(same.stdout, "No difference\n", "{same}");
    let page = good(&project, &["schema", "docs", "-o", "-"]).stdout;
    assert!(
        page.contains("who is here") && page.contains("`sad`, `glad`"),
        "{page}"
    );
    assert!(!page.contains(&database.url()), "no address is in it");
    assert_eq!(
        page,
        good(
            &project,
            &["schema", "docs", "--from", "database", "-o", "-"]
        )
        .stdout
    );

    for statement in [
        "CREATE OR REPLACE FUNCTION one() RETURNS integer LANGUAGE plpgsql AS $$\nBEGIN\n  RETURN 2;\nEND\n$$",
        "ALTER TYPE mood ADD VALUE 'calm'",
        "ALTER TABLE users ALTER name TYPE varchar(5)",
        "GRANT SELECT ON users TO PUBLIC",
    ] {
        database.execute(statement);
    }
    let output = ends(&project, &["schema", "diff", "files", "database"], 3);
    for line in [
        "~ table users\n    grant SELECT to PUBLIC is only in the database\n",
        "type: text → character varying(5)",
        "labels: sad, glad → sad, glad, calm",
        "      -   RETURN 1;\n      +   RETURN 2;\n",
    ] {
        let ascii = line.replace('→', "->");
        assert!(
            output.stdout.contains(line) || output.stdout.contains(&ascii),
            "{line}\n{output}"
        );
    }
    let output = ends(
        &project,
        &["schema", "diff", "database", "files", "--format", "sql"],
        3,
    );
    assert!(!output.stdout.is_empty(), "{output}");
}
