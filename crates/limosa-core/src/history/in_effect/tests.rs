//! Baselines held against a history.

use std::sync::Arc;

use limosa_sql::Dialect;

use crate::history::samples::{attempt, baseline, migration, row, set};
use crate::history::{Direction, History, Status};
use crate::{Migration, MigrationSet};

/// What is applied, in this order.
fn having(applied: &[Migration]) -> History {
    History {
        applied: (1..).zip(applied).map(|(at, one)| row(at, one)).collect(),
        attempts: vec![],
        ..History::default()
    }
}

fn plain(versions: &[&str]) -> Vec<Migration> {
    versions.iter().map(|one| migration(one)).collect()
}

/// Each state as `3 applied`, with what it lacks.
fn states(files: &MigrationSet, history: &History) -> Vec<String> {
    let status = Status::new(files, history, Dialect::Postgres).unwrap();
    let all = status.migrations.iter().map(|one| {
        let lacks: Vec<_> = one.lacks.iter().map(ToString::to_string).collect();
        let text = format!("{} {} {}", one.version, one.state.name(), lacks.join(","));
        text.trim_end().to_owned()
    });
    all.collect()
}

#[test]
fn a_baseline_is_applied_where_all_that_it_replaces_is() {
    let files = set(vec![baseline("3", "1..3"), migration("4")]);
    let old = having(&plain(&["1", "2", "3", "4"]));
    assert_eq!(states(&files, &old), ["3 applied", "4 applied"]);
    let old = having(&plain(&["1", "2", "3"]));
    assert_eq!(states(&files, &old), ["3 applied", "4 pending"]);
}

#[test]
fn a_baseline_is_pending_where_nothing_of_it_is_applied() {
    let files = set(vec![baseline("3", "1..3"), migration("4")]);
    assert_eq!(states(&files, &having(&[])), ["3 pending", "4 pending"]);
    assert_eq!(
        states(&files, &having(&plain(&["4"]))),
        ["3 out_of_order", "4 applied"]
    );
}

#[test]
fn a_baseline_is_partial_where_only_some_of_it_are_applied() {
    let files = set(vec![baseline("4", "1..4"), migration("5")]);
    assert_eq!(
        states(&files, &having(&plain(&["1", "2"]))),
        ["4 partial 3,4", "5 pending"]
    );
    // Its own version alone is no proof.
    assert_eq!(
        states(&files, &having(&plain(&["1", "3", "4", "5"]))),
        ["4 partial 2", "5 applied"]
    );
}

#[test]
fn a_baseline_that_was_run_is_the_file_that_was_run() {
    let files = set(vec![baseline("3", "1..3")]);
    let fresh = having(&[baseline("3", "1..3")]);
    assert_eq!(states(&files, &fresh), ["3 applied"]);
    let mut other = baseline("3", "1..3");
    other.up = migration("9").up;
    Arc::make_mut(other.up.as_mut().unwrap()).options.replaces =
        files.migrations[0].replaces().clone();
    assert_eq!(states(&set(vec![other]), &fresh), ["3 changed"]);
}

#[test]
fn a_baseline_of_a_baseline_is_applied_in_databases_of_every_age() {
    let files = set(vec![baseline("6", "1..6"), migration("7")]);
    let first = having(&plain(&["1", "2", "3", "4", "5", "6"]));
    let mut second = vec![baseline("3", "1..3")];
    second.extend(plain(&["4", "5", "6"]));
    let third = having(&[baseline("6", "1..6")]);
    for history in [&first, &having(&second), &third] {
        assert_eq!(states(&files, history), ["6 applied", "7 pending"]);
    }
    second.pop();
    assert_eq!(
        states(&files, &having(&second)),
        ["6 partial 6", "7 pending"]
    );
}

#[test]
fn an_older_release_with_the_old_files_finds_them_applied_in_a_database_of_the_baseline() {
    let files = set(plain(&["1", "2", "3"]));
    let fresh = having(&[baseline("3", "1..3")]);
    assert_eq!(
        states(&files, &fresh),
        ["1 applied", "2 applied", "3 applied"]
    );
    let fresh = having(&[baseline("4", "1..4")]);
    assert_eq!(
        states(&files, &fresh),
        ["1 applied", "2 applied", "3 applied", "4 newer"]
    );
}

#[test]
fn what_was_interrupted_is_told_though_a_baseline_stands_for_it() {
    let files = set(vec![baseline("3", "1..3")]);
    let mut history = having(&plain(&["1"]));
    history.attempts.push(attempt("2", Direction::Up));
    assert_eq!(states(&files, &history), ["2 interrupted", "3 partial 2,3"]);
}
