//! What was changed outside of migrations since the last run.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]
#![expect(clippy::needless_pass_by_value, reason = "each test owns its database")]

mod support;

use limosa_core::Layout;
use limosa_core::config::HistoryKind;
use limosa_core::event::Silent;
use limosa_core::plan::Goal;
use limosa_engine::adopt::adopt;
use limosa_engine::{OtherTool, Outside, Texts};
use limosa_testkit::Kind;
use support::{Lab, UP, version};

on_every_database! {
    a_change_by_hand_is_seen_with_the_run_before_it_until_the_next_run,
    every_command_that_changes_the_schema_keeps_how_it_is,
    a_run_without_anything_to_do_reads_no_schema,
    nothing_is_claimed_after_a_run_that_failed,
    nothing_is_claimed_of_a_run_that_kept_no_fingerprint,
    nothing_is_claimed_across_versions_of_the_server,
    the_run_of_another_set_counts,
    a_table_that_another_tool_makes_for_itself_is_no_change,
    the_work_of_another_tool_is_no_change,
    what_is_taken_over_is_what_the_next_change_is_held_against,
    there_is_no_journal_beside_the_table_of_another_tool,
}

fn shop(lab: &Lab) {
    lab.file(
        "1_a.sql",
        "-- limosa: up\nCREATE TABLE a (x integer NOT NULL);\n-- limosa: down\nDROP TABLE a;\n",
    );
    lab.file(
        "2_b.sql",
        "-- limosa: up\nCREATE TABLE b (x integer);\n-- limosa: down\nDROP TABLE b;\n",
    );
}

fn outside(lab: &Lab) -> Outside {
    let mut database = lab.open();
    let set = lab.migrations().unwrap();
    let current = database.current(&set, Texts::Without).unwrap();
    database.changed_outside(&current.moved)
}

/// The run in whose name a change is told.
fn changed_since(lab: &Lab) -> String {
    match outside(lab) {
        Outside::Changed(since) => {
            assert!(
                since.at.starts_with("20") && since.at.ends_with('Z'),
                "{since:?}"
            );
            since.run
        }
        other => panic!("{other:?}"),
    }
}

fn unchanged_since(lab: &Lab) -> String {
    match outside(lab) {
        Outside::Unchanged(since) => since.run,
        other => panic!("{other:?}"),
    }
}

fn unknown(lab: &Lab) -> String {
    match outside(lab) {
        Outside::Unknown(why) => why,
        other => panic!("{other:?}"),
    }
}

fn last_run(lab: &Lab) -> String {
    lab.journal().last().unwrap().run.clone()
}

fn a_change_by_hand_is_seen_with_the_run_before_it_until_the_next_run(lab: Lab) {
    shop(&lab);
    assert!(unknown(&lab).contains("no run"));
    Lab::done(lab.run(Goal::Up {
        to: None,
        limit: Some(1),
    }));
    let first = last_run(&lab);
    assert_eq!(unchanged_since(&lab), first);
    lab.db.execute("CREATE INDEX by_hand ON a (x)");
    assert_eq!(changed_since(&lab), first);
    lab.up();
    let second = last_run(&lab);
    assert_ne!(first, second);
    assert_eq!(unchanged_since(&lab), second);
    lab.db.execute(match lab.kind() {
        Kind::MariaDb => "DROP INDEX by_hand ON a",
        _ => "DROP INDEX by_hand",
    });
    assert_eq!(changed_since(&lab), second);
}

fn every_command_that_changes_the_schema_keeps_how_it_is(lab: Lab) {
    shop(&lab);
    for goal in [
        UP,
        Goal::Down {
            limit: Some(1),
            to: None,
        },
        Goal::Goto(Some(version("2"))),
        Goal::Redo,
        Goal::Down {
            limit: None,
            to: None,
        },
        Goal::Baseline(version("2")),
    ] {
        let told = format!("{goal:?}");
        Lab::done(lab.run(goal));
        assert_eq!(unchanged_since(&lab), last_run(&lab), "{told}");
    }
}

fn a_run_without_anything_to_do_reads_no_schema(lab: Lab) {
    shop(&lab);
    lab.up();
    let entries = lab.journal().len();
    lab.db.execute("CREATE TABLE by_hand (x integer)");
    lab.up();
    assert_eq!(lab.journal().len(), entries);
    assert_eq!(changed_since(&lab), last_run(&lab));
}

fn nothing_is_claimed_after_a_run_that_failed(lab: Lab) {
    shop(&lab);
    lab.up();
    lab.file("3_bad.sql", "INSERT INTO nowhere (id) VALUES (1);");
    lab.up_fails();
    lab.db.execute("CREATE TABLE by_hand (x integer)");
    assert!(unknown(&lab).contains("not finished"));
    lab.file("3_bad.sql", "INSERT INTO b (x) VALUES (1);");
    lab.up();
    assert_eq!(unchanged_since(&lab), last_run(&lab));
}

/// Makes the last entry say something else.
fn rewrite(lab: &Lab, from: &str, to: &str) {
    let changed = lab
        .journal()
        .last()
        .unwrap()
        .detail
        .clone()
        .unwrap()
        .replace(from, to);
    assert!(changed.contains(to), "{changed}");
    lab.db.execute(&format!(
        "UPDATE limosa_journal SET detail = '{}' WHERE event = 'run-finished'",
        changed.replace('\'', "''")
    ));
}

fn nothing_is_claimed_of_a_run_that_kept_no_fingerprint(lab: Lab) {
    shop(&lab);
    lab.up();
    lab.db.execute("CREATE TABLE by_hand (x integer)");
    rewrite(&lab, "\"schema\"", "\"of_old\"");
    assert!(unknown(&lab).contains("kept no fingerprint"));
    rewrite(&lab, "\"of_old\"", "\"schema\"");
    changed_since(&lab);
    rewrite(&lab, "\"fingerprint\":\"limosa", "\"fingerprint\":\"other");
    assert!(unknown(&lab).contains("another way"));
}

fn nothing_is_claimed_across_versions_of_the_server(lab: Lab) {
    shop(&lab);
    lab.up();
    lab.db.execute("CREATE TABLE by_hand (x integer)");
    let product = lab.open().server().product;
    rewrite(&lab, &format!("\"{product} "), &format!("\"{product} 1"));
    let said = unknown(&lab);
    assert!(
        said.contains(&format!("the server was {product} 1")),
        "{said}"
    );
}

fn the_run_of_another_set_counts(mut lab: Lab) {
    shop(&lab);
    lab.up();
    let first = last_run(&lab);
    "other".clone_into(&mut lab.set);
    lab.remove("1_a.sql");
    lab.remove("2_b.sql");
    lab.file("1_c.sql", "CREATE TABLE c (x integer);");
    assert_eq!(unchanged_since(&lab), first);
    lab.up();
    let second = last_run(&lab);
    assert_eq!(unchanged_since(&lab), second);
    "main".clone_into(&mut lab.set);
    assert_eq!(unchanged_since(&lab), second);
    lab.db.execute("DROP TABLE c");
    assert_eq!(changed_since(&lab), second);
}

fn a_table_that_another_tool_makes_for_itself_is_no_change(lab: Lab) {
    shop(&lab);
    lab.up();
    lab.db.execute("CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)");
    assert_eq!(unchanged_since(&lab), last_run(&lab));
    lab.db.execute("CREATE TABLE by_hand (x integer)");
    assert_eq!(changed_since(&lab), last_run(&lab));
}

fn beside_golang_migrate(mut lab: Lab, history: HistoryKind) -> Lab {
    for number in 1..=3 {
        let create = format!("CREATE TABLE t{number} (id integer PRIMARY KEY);\n");
        lab.file(&format!("000{number}_t{number}.up.sql"), &create);
    }
    lab.layout = Some(Layout::GolangMigrate);
    lab.other = Some(OtherTool {
        history: Some(history),
        tool: lab.layout,
        ..OtherTool::default()
    });
    lab
}

fn the_work_of_another_tool_is_no_change(lab: Lab) {
    let lab = beside_golang_migrate(lab, HistoryKind::Mirror);
    Lab::done(lab.run(Goal::Up {
        to: None,
        limit: Some(1),
    }));
    assert_eq!(unchanged_since(&lab), last_run(&lab));
    lab.db.execute("CREATE TABLE t2 (id integer PRIMARY KEY)");
    changed_since(&lab);
    lab.db.execute("UPDATE schema_migrations SET version = 2");
    assert!(unknown(&lab).contains("another tool"));
    lab.up();
    assert_eq!(unchanged_since(&lab), last_run(&lab));
}

fn what_is_taken_over_is_what_the_next_change_is_held_against(lab: Lab) {
    let lab = beside_golang_migrate(lab, HistoryKind::Mirror);
    lab.up();
    let moved = |to: i64| {
        let sql = format!("UPDATE schema_migrations SET version = {to}");
        lab.db.execute(&sql);
    };
    lab.db.execute("DROP TABLE t3");
    moved(2);
    let set = lab.migrations().unwrap();
    adopt(lab.open(), &set, None, &|| false, &mut Silent).unwrap();
    assert_eq!(unchanged_since(&lab), last_run(&lab));
    // A run that has nothing to do takes over, too.
    lab.db.execute("CREATE TABLE t3 (id integer PRIMARY KEY)");
    moved(3);
    assert!(lab.up().plan.is_empty());
    assert_eq!(unchanged_since(&lab), last_run(&lab));
    lab.db.execute("DROP TABLE t3");
    assert_eq!(changed_since(&lab), last_run(&lab));
}

fn there_is_no_journal_beside_the_table_of_another_tool(lab: Lab) {
    let lab = beside_golang_migrate(lab, HistoryKind::Foreign);
    lab.up();
    assert!(unknown(&lab).contains("no journal"));
}
