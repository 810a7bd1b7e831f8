//! Databases of every age, and the baseline.

use limosa_testkit::{Kind, require};

use crate::place::{Place, SHOP, client, contents};

#[test]
fn a_new_database_by_the_baseline_is_the_one_by_all_migrations() {
    let server = require!(Postgres);
    let place = Place::new(Kind::Postgres, "", &SHOP);
    let (old, new) = (server.database(), server.database());
    place.done(&old, &["up"]);
    let output = place.squash(&["--to", "4"]);
    assert!(output.stdout.contains("5 rows in 3 tables"), "{output}");
    assert_eq!(place.files(), ["0004_baseline.sql", "0005_last.sql"]);
    assert!(
        place
            .project
            .read("migrations/0004_baseline.sql")
            .contains("\n-- limosa: replaces(0001..0004)\n")
    );
    place.done(&new, &["up"]);
    assert_eq!(contents(&place, &new), contents(&place, &old));
    place.is_up_to_date(&old);
    place.is_up_to_date(&new);
    // The next number and the next row are the same, too.
    for database in [&old, &new] {
        database
            .execute("INSERT INTO users (email) VALUES ('x'); INSERT INTO orders DEFAULT VALUES");
        assert_eq!(database.value("SELECT max(id) FROM users"), "3");
        assert_eq!(database.value("SELECT max(id) FROM orders"), "1003");
    }
}

#[test]
fn a_database_that_has_a_part_is_refused_until_the_old_files_have_brought_the_rest() {
    let database = require!(Postgres).database();
    let place = Place::new(Kind::Postgres, "", &SHOP);
    place.done(&database, &["up", "--to", "2"]);
    place.squash(&["--to", "4"]);
    for command in [&["up"][..], &["plan"], &["goto", "5"], &["up", "--to", "4"]] {
        let refused = place.on(&database, command);
        assert_eq!(refused.code, 2, "{refused}");
        assert!(refused.stderr.contains("partial-baseline"), "{refused}");
        assert!(
            refused.stderr.contains("note: 0003\n") && refused.stderr.contains("note: 0004\n"),
            "{refused}"
        );
    }
    let status = place.on(&database, &["status", "--check"]);
    assert_eq!(status.code, 3, "{status}");
    assert!(
        status
            .stdout
            .contains("of the 4 that 0004_baseline stands for, not applied: 0003, 0004"),
        "{status}"
    );
    let status = place.done(&database, &["status", "--format", "json", "-q"]);
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    let first = &status["databases"][0]["migrations"][0];
    assert_eq!(first["state"], "partial");
    assert_eq!(first["replaces"], 4);
    assert_eq!(first["lacks"], serde_json::json!(["0003", "0004"]));

    // The way out: a checkout that still has the files.
    let before = Place::new(Kind::Postgres, "", &SHOP[..4]);
    before.done(&database, &["up"]);
    place.done(&database, &["up"]);
    place.is_up_to_date(&database);
}

#[test]
fn what_was_squashed_is_undone_by_the_downs_in_the_database() {
    let server = require!(Postgres);
    let (old, new) = (server.database(), server.database());
    let place = Place::new(Kind::Postgres, "", &SHOP);
    let empty = contents(&place, &new);
    place.done(&old, &["up"]);
    place.squash(&["--to", "4"]);
    place.done(&new, &["up"]);

    let story = place.done(&old, &["down", "-n", "2", "--yes"]);
    assert!(
        story.contains("0004_baseline stands for 4 migrations as a whole"),
        "{story}"
    );
    place.done(&old, &["down", "--all", "--yes"]);
    assert_eq!(contents(&place, &old), empty);
    // Nothing of it is left, so the baseline is run.
    place.done(&old, &["up"]);
    assert_eq!(contents(&place, &old), contents(&place, &new));

    let refused = place.on(&new, &["down", "--all", "--yes"]);
    assert_eq!(refused.code, 2, "{refused}");
    assert!(
        refused
            .stderr
            .contains("0004_baseline is irreversible: it replaces 4 migrations"),
        "{refused}"
    );
    let redo = place.on(&old, &["goto", "2"]);
    assert_eq!(redo.code, 2, "{redo}");
    assert!(
        redo.stderr.contains("2 is replaced by 0004_baseline"),
        "{redo}"
    );
}

#[test]
fn a_baseline_of_a_baseline_stands_for_both() {
    let server = require!(Postgres);
    let place = Place::new(Kind::Postgres, "", &SHOP);
    let [first, second, third] = [(); 3].map(|()| server.database());
    place.done(&first, &["up"]);
    place.squash(&["--to", "2"]);
    place.commit();
    place.done(&second, &["up"]);
    place.squash(&["--to", "5", "--name", "second baseline"]);
    assert_eq!(place.files(), ["0005_second_baseline.sql"]);
    assert!(
        place
            .project
            .read("migrations/0005_second_baseline.sql")
            .contains("\n-- limosa: replaces(0001..0005)\n")
    );
    place.done(&third, &["up"]);
    for database in [&first, &second, &third] {
        place.is_up_to_date(database);
        assert_eq!(contents(&place, database), contents(&place, &first));
    }
}

#[test]
fn an_older_checkout_finds_everything_applied_in_a_database_of_the_baseline() {
    let database = require!(Postgres).database();
    let place = Place::new(Kind::Postgres, "", &SHOP);
    place.squash(&["--to", "4"]);
    place.done(&database, &["up", "--to", "4"]);
    let before = Place::new(Kind::Postgres, "", &SHOP);
    before.done(&database, &["up"]);
    before.is_up_to_date(&database);
    place.is_up_to_date(&database);
}

#[test]
fn a_script_for_somebody_else_records_what_the_baseline_stands_for() {
    let server = require!(Postgres);
    let place = Place::new(Kind::Postgres, "", &SHOP);
    place.squash(&["--to", "4"]);
    let (ran, scripted) = (server.database(), server.database());
    place.done(&ran, &["up"]);
    let script = place.on(&scripted, &["plan", "--format", "sql"]);
    assert_eq!(script.code, 0, "{script}");
    let url = scripted.url();
    let psql = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", &url];
    let ran_it = place.project.program(client("psql"), &psql);
    let ran_it = ran_it.stdin(&script.stdout).run();
    assert_eq!(ran_it.code, 0, "{ran_it}");
    assert_eq!(contents(&place, &scripted), contents(&place, &ran));
    place.is_up_to_date(&scripted);
    // Its row stands for the old files, too.
    Place::new(Kind::Postgres, "", &SHOP).is_up_to_date(&scripted);
}

#[test]
fn the_command_baseline_takes_a_baseline_as_applied() {
    let database = require!(Postgres).database();
    let place = Place::new(Kind::Postgres, "", &SHOP);
    for (_, text) in &SHOP[..4] {
        let up = text.split("-- limosa: down").next().unwrap();
        database.execute(up);
    }
    place.squash(&["--to", "4"]);
    let refused = place.on(&database, &["baseline", "3"]);
    assert_eq!(refused.code, 2, "{refused}");
    assert!(
        refused.stderr.contains("3 is replaced by 0004_baseline"),
        "{refused}"
    );
    place.done(&database, &["baseline", "4"]);
    place.done(&database, &["up"]);
    place.is_up_to_date(&database);
}
