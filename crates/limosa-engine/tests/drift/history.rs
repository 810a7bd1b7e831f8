//! What is played: files, what is stored, what other sets and tools applied.

use limosa_core::Layout;
use limosa_core::config::HistoryKind;
use limosa_core::plan::Goal;
use limosa_engine::OtherTool;

use super::support::Lab;
use super::{Bench, USUAL, told};
use crate::on_every_database;

on_every_database! {
    what_is_pending_is_no_drift,
    what_has_no_file_is_played_from_what_is_stored,
    a_file_that_was_changed_is_what_the_database_is_held_against,
    what_another_set_applied_is_no_drift,
    what_was_recorded_as_a_baseline_is_held_against_its_files,
    what_another_tool_applied_is_no_drift,
    a_migration_that_cannot_be_played_again_is_named,
    migrations_are_played_in_the_order_of_their_application,
}

fn shop(lab: &Lab) {
    for (number, name) in [(1, "a"), (2, "b"), (3, "c")] {
        lab.file(&format!("{number}_{name}.sql"), &text(name));
    }
}

fn text(name: &str) -> String {
    format!(
        "-- limosa: up\nCREATE TABLE {name} (x integer);\n-- limosa: down\nDROP TABLE {name};\n"
    )
}

fn what_is_pending_is_no_drift(lab: Lab) {
    let bench = Bench::of(lab);
    shop(&bench);
    bench.no_drift();
    Lab::done(bench.run(Goal::Up {
        to: None,
        limit: Some(2),
    }));
    bench.no_drift();
    assert_eq!(bench.look().replayed, 2);
    bench.down(1);
    bench.no_drift();
}

fn what_has_no_file_is_played_from_what_is_stored(lab: Lab) {
    let bench = Bench::of(lab);
    shop(&bench);
    bench.up();
    bench.remove("1_a.sql");
    bench.remove("3_c.sql");
    let (drift, remarks) = bench.looked(USUAL).unwrap();
    assert_eq!((told(&drift), drift.replayed), (vec![], 3));
    assert_eq!(remarks, ["stored-up"]);
}

fn a_file_that_was_changed_is_what_the_database_is_held_against(lab: Lab) {
    let bench = Bench::of(lab);
    shop(&bench);
    bench.up();
    bench.file("2_b.sql", "CREATE TABLE b (x integer, y integer);");
    let (drift, remarks) = bench.looked(USUAL).unwrap();
    assert_eq!(told(&drift), ["column b.y is only in the migrations"]);
    assert_eq!(remarks, ["not-as-applied"]);
}

fn what_another_set_applied_is_no_drift(lab: Lab) {
    let mut bench = Bench::of(lab);
    shop(&bench);
    bench.up();
    "other".clone_into(&mut bench.set);
    for name in ["1_a.sql", "2_b.sql", "3_c.sql"] {
        bench.remove(name);
    }
    bench.file("1_d.sql", &text("d"));
    bench.up();
    let drift = bench.look();
    assert_eq!((told(&drift), drift.replayed), (vec![], 4));
    bench.db.execute("DROP TABLE a");
    assert_eq!(told(&bench.look()), ["table a is only in the migrations"]);
}

fn what_was_recorded_as_a_baseline_is_held_against_its_files(lab: Lab) {
    let bench = Bench::of(lab);
    shop(&bench);
    bench.db.execute("CREATE TABLE a (x integer)");
    Lab::done(bench.run(Goal::Baseline(super::support::version("2"))));
    assert_eq!(told(&bench.look()), ["table b is only in the migrations"]);
    bench.db.execute("CREATE TABLE b (x integer)");
    bench.up();
    bench.no_drift();
}

fn what_another_tool_applied_is_no_drift(lab: Lab) {
    let mut bench = Bench::of(lab);
    for history in [HistoryKind::Foreign, HistoryKind::Mirror] {
        for number in 1..=2 {
            let create = format!("CREATE TABLE t{number} (id integer PRIMARY KEY);\n");
            bench.file(&format!("000{number}_t{number}.up.sql"), &create);
        }
        let tool = Some(Layout::GolangMigrate);
        bench.layout = tool;
        bench.other = Some(OtherTool {
            history: Some(history),
            tool,
            ..OtherTool::default()
        });
        let first = Goal::Up {
            to: None,
            limit: Some(1),
        };
        if history == HistoryKind::Foreign {
            Lab::done(bench.run(first));
            bench.db.execute("CREATE TABLE t2 (id integer PRIMARY KEY)");
            bench.db.execute("UPDATE schema_migrations SET version = 2");
        }
        let drift = bench.look();
        assert_eq!((told(&drift), drift.replayed), (vec![], 2), "{history:?}");
    }
    bench.up();
    bench.no_drift();
}

fn a_migration_that_cannot_be_played_again_is_named(lab: Lab) {
    let bench = Bench::of(lab);
    shop(&bench);
    bench.up();
    bench.remove("2_b.sql");
    bench
        .db
        .execute("UPDATE limosa_history SET up_text = NULL WHERE version = '2'");
    let problem = bench.looked(USUAL).unwrap_err().diagnostic();
    assert_eq!(problem.name, "not-replayable");
    assert!(problem.message.contains("2_b"), "{}", problem.message);
    assert_eq!(problem.class.exit_code(), 2);
}

fn migrations_are_played_in_the_order_of_their_application(lab: Lab) {
    let bench = Bench::of(lab.out_of_order());
    bench.file("1_a.sql", "CREATE TABLE a (x integer);");
    bench.file("3_z.sql", "ALTER TABLE a ADD COLUMN z integer;");
    bench.up();
    bench.file("2_y.sql", "ALTER TABLE a ADD COLUMN y integer;");
    bench.up();
    bench.no_drift();
}
