//! What the history keeps of a baseline.

use limosa_testkit::{Kind, require};

use crate::place::{Place, SHOP};

#[test]
fn the_history_keeps_what_a_baseline_stands_for() {
    let database = require!(Postgres).database();
    let place = Place::new(Kind::Postgres, "", &SHOP);
    place.squash(&["--to", "4"]);
    place.done(&database, &["up"]);
    assert_eq!(
        database.query("SELECT version, up_options FROM limosa_history ORDER BY sequence"),
        [["0004", "{\"replaces\":\"0001..0004\"}"], ["0005", "{}"]]
    );
}

#[test]
fn a_baseline_that_is_changed_after_it_was_run_is_changed() {
    let database = require!(Postgres).database();
    let place = Place::new(Kind::Postgres, "", &SHOP);
    place.done(&database, &["up"]);
    place.squash(&["--to", "4"]);
    let new = require!(Postgres).database();
    place.done(&new, &["up"]);
    let text = place.project.read("migrations/0004_baseline.sql");
    place.project.write(
        "migrations/0004_baseline.sql",
        text + "CREATE TABLE added (id int);\n",
    );
    let refused = place.on(&new, &["up"]);
    assert_eq!(refused.code, 2, "{refused}");
    assert!(refused.stderr.contains("changed"), "{refused}");
    // Where the old files were run it was never anything else.
    place.is_up_to_date(&database);
}
