//! Baselines from an existing database.

use limosa_testkit::{Kind, require};

use crate::place::{Place, contents};

/// goose with a migration in Go, which Limosa cannot run.
const CODE: [(&str, &str); 3] = [
    (
        "00001_a.sql",
        "-- +goose Up\nCREATE TABLE a (id int PRIMARY KEY, n text);\n-- +goose Down\nDROP TABLE a;\n",
    ),
    (
        "00002_b.go",
        "package migrations\n\nimport \"github.com/pressly/goose/v3\"\n\nfunc init() { goose.AddMigrationContext(up, down) }\n",
    ),
    (
        "00003_c.sql",
        "-- +goose Up\nALTER TABLE b ADD COLUMN c int;\n-- +goose Down\nALTER TABLE b DROP COLUMN c;\n",
    ),
];

/// What the code does.
const BY_CODE: &str = "CREATE TABLE b (id bigserial PRIMARY KEY, a int REFERENCES a)";

#[test]
fn what_only_a_program_can_run_comes_from_a_database_that_has_it() {
    let server = require!(Postgres);
    let (old, new) = (server.database(), server.database());
    let place = Place::new(
        Kind::Postgres,
        "layout = \"goose\"\nhistory = \"mirror\"\n",
        &CODE,
    );
    let refused = place.limosa(&["squash", "--to", "2"]);
    assert_eq!(refused.code, 2, "{refused}");
    assert!(
        refused.stderr.contains("code-migration") && refused.stderr.contains("--from-database URL"),
        "{refused}"
    );

    place.done(&old, &["up", "--to", "1"]);
    let at_one = place.limosa(&["squash", "--to", "2", "--from-database", &old.url()]);
    assert_eq!(at_one.code, 2, "{at_one}");
    assert!(
        at_one.stderr.contains("not-at-version")
            && at_one.stderr.contains("not applied there: 00002"),
        "{at_one}"
    );

    // The program that has the code.
    old.execute(BY_CODE);
    old.execute("INSERT INTO goose_db_version (version_id, is_applied) VALUES (2, true)");
    old.execute("INSERT INTO a VALUES (1, 'kept'); INSERT INTO b (a) VALUES (1)");
    place.squash(&[
        "--to",
        "2",
        "--from-database",
        &old.url(),
        "--with-rows",
        "a",
    ]);
    assert_eq!(place.files(), ["00002_baseline.sql", "00003_c.sql"]);

    place.done(&old, &["up"]);
    place.done(&new, &["up"]);
    assert_eq!(new.query("SELECT * FROM a"), [["1", "kept"]]);
    // The other tables are without their rows.
    old.execute("TRUNCATE b RESTART IDENTITY");
    let tools = ["limosa_history", "limosa_journal", "goose_db_version*"];
    assert_eq!(
        crate::place::dump(&place, &new, &tools),
        crate::place::dump(&place, &old, &tools)
    );
    place.is_up_to_date(&old);
    place.is_up_to_date(&new);
}

#[test]
fn a_database_that_is_further_is_not_taken() {
    let server = require!(Postgres);
    let database = server.database();
    let place = Place::new(Kind::Postgres, "", &crate::place::SHOP);
    place.done(&database, &["up"]);
    let before = contents(&place, &database);
    let refused = place.limosa(&["squash", "--to", "4", "--from-database", &database.url()]);
    assert_eq!(refused.code, 2, "{refused}");
    assert!(
        refused
            .stderr
            .contains("applied there, and not to be replaced: 0005"),
        "{refused}"
    );
    let refused = place.limosa(&[
        "squash",
        "--to",
        "5",
        "--from-database",
        &database.url(),
        "--with-rows",
        "nothing",
    ]);
    assert_eq!(refused.code, 2, "{refused}");
    assert!(
        refused.stderr.contains("there is no table nothing"),
        "{refused}"
    );
    assert_eq!(contents(&place, &database), before);
}
