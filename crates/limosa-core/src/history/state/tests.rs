//! Files held against a history: every state, and which of two wins.

use limosa_sql::Dialect;

use super::{Counts, State, Status};
use crate::history::samples::{attempt, migration, row, script, set, version, with_up};
use crate::history::{Direction, EMPTY_SHA256, History};
use crate::{Migration, MigrationSet};

fn states(set: &MigrationSet, history: &History) -> Vec<(String, State)> {
    let status = Status::new(set, history, Dialect::Postgres).unwrap();
    let all = status.migrations.iter();
    all.map(|one| (one.version.text().to_owned(), one.state))
        .collect()
}

fn seen(wanted: &[(&str, State)]) -> Vec<(String, State)> {
    let wanted = wanted.iter();
    wanted
        .map(|(text, state)| ((*text).to_owned(), *state))
        .collect()
}

#[test]
fn every_state_is_found() {
    let files = set(vec![
        migration("2"),
        with_up("3", "CREATE TABLE other (id int);\n"),
        migration("4"),
        migration("5"),
        migration("6"),
        migration("9"),
        migration("10"),
    ]);
    let history = History {
        applied: vec![
            row(1, &migration("1")),
            row(2, &migration("2")),
            row(3, &migration("3")),
            row(4, &migration("6")),
            row(5, &migration("11")),
        ],
        attempts: vec![attempt("5", Direction::Up)],
        ..History::default()
    };
    assert_eq!(
        states(&files, &history),
        seen(&[
            ("1", State::Missing),
            ("2", State::Applied),
            ("3", State::Changed),
            ("4", State::OutOfOrder),
            ("5", State::Interrupted),
            ("6", State::Applied),
            ("9", State::OutOfOrder),
            ("10", State::OutOfOrder),
            ("11", State::Newer),
        ])
    );
    let counts = Status::new(&files, &history, Dialect::Postgres)
        .unwrap()
        .counts();
    let wanted = Counts {
        applied: 2,
        pending: 0,
        changed: 1,
        partial: 0,
        missing: 1,
        newer: 1,
        interrupted: 1,
        out_of_order: 3,
    };
    assert_eq!(counts, wanted);
}

#[test]
fn without_a_history_everything_is_pending_and_without_files_everything_is_newer() {
    let files = set(vec![migration("1"), migration("2")]);
    assert_eq!(
        states(&files, &History::default()),
        seen(&[("1", State::Pending), ("2", State::Pending)])
    );
    let history = History {
        applied: vec![row(1, &migration("1")), row(2, &migration("2"))],
        attempts: vec![],
        ..History::default()
    };
    assert_eq!(
        states(&set(vec![]), &history),
        seen(&[("1", State::Newer), ("2", State::Newer)])
    );
    assert!(states(&set(vec![]), &History::default()).is_empty());
}

#[test]
fn where_several_states_fit_it_is_the_first() {
    // Changed and on its way down; gone and on its way down, below and above; pending below an
    // applied one and on its way up.
    let files = set(vec![
        with_up("2", "CREATE TABLE other (id int);\n"),
        migration("3"),
        migration("5"),
    ]);
    let history = History {
        applied: vec![
            row(1, &migration("1")),
            row(2, &migration("2")),
            row(3, &migration("5")),
            row(4, &migration("7")),
        ],
        attempts: vec![
            attempt("1", Direction::Down),
            attempt("2", Direction::Down),
            attempt("3", Direction::Up),
            attempt("7", Direction::Down),
        ],
        ..History::default()
    };
    assert_eq!(
        states(&files, &history),
        seen(&[
            ("1", State::Interrupted),
            ("2", State::Interrupted),
            ("3", State::Interrupted),
            ("5", State::Applied),
            ("7", State::Interrupted),
        ])
    );
    let mut sorted = State::ALL;
    sorted.sort_unstable();
    assert_eq!(
        sorted,
        State::ALL,
        "the order of the enum is the order of precedence"
    );
}

#[test]
fn what_began_and_has_neither_file_nor_row_is_interrupted() {
    let history = History {
        applied: vec![],
        attempts: vec![attempt("2", Direction::Up)],
        ..History::default()
    };
    let files = set(vec![migration("1")]);
    assert_eq!(
        states(&files, &history),
        seen(&[("1", State::Pending), ("2", State::Interrupted)])
    );
    let status = Status::new(&files, &history, Dialect::Postgres).unwrap();
    let one = status.in_state(State::Interrupted).next().unwrap();
    assert_eq!(one.name, "m");
    assert!(one.migration.is_none() && one.applied.is_none());
}

#[test]
fn the_padding_of_a_version_does_not_count() {
    let mut padded = migration("1");
    padded.version = version("0001");
    let history = History {
        applied: vec![row(1, &migration("1"))],
        attempts: vec![],
        ..History::default()
    };
    assert_eq!(
        states(&set(vec![padded]), &history),
        seen(&[("0001", State::Applied)])
    );
}

/// The state of a file that is applied, after the row is changed.
fn state_with(file: Migration, change: impl FnOnce(&mut crate::history::Applied)) -> State {
    let mut row = row(1, &migration("1"));
    change(&mut row);
    let history = History {
        applied: vec![row],
        attempts: vec![],
        ..History::default()
    };
    states(&set(vec![file]), &history)[0].1
}

#[test]
fn blanks_comments_and_line_endings_are_no_change_and_tokens_are() {
    for same in [
        "CREATE TABLE t1 (id int);\n",
        "-- why\r\nCREATE  TABLE t1\r\n(id int)\r\n;\r\n",
        "\u{feff}CREATE TABLE t1 (id int)",
    ] {
        assert_eq!(
            state_with(with_up("1", same), |_| {}),
            State::Applied,
            "{same:?}"
        );
    }
    for other in ["CREATE TABLE t1 (id bigint);\n", "", "-- gone\n"] {
        assert_eq!(
            state_with(with_up("1", other), |_| {}),
            State::Changed,
            "{other:?}"
        );
    }
    // A change of the down is none of the migration's.
    let mut file = migration("1");
    file.down = Some(script("1_m.sql", "DROP TABLE t1 CASCADE;\n"));
    assert_eq!(state_with(file, |_| {}), State::Applied);
}

#[test]
fn either_checksum_means_unchanged_and_none_is_not_a_change() {
    let other = || with_up("1", "-- a comment more\nCREATE TABLE t1 (id int);\n");
    assert_eq!(
        state_with(other(), |row| row.up.tokens = None),
        State::Changed
    );
    assert_eq!(
        state_with(migration("1"), |row| row.up.tokens = None),
        State::Applied
    );
    assert_eq!(
        state_with(with_up("1", "SELECT 1"), |row| row.up.sha256 = None),
        State::Applied,
        "nothing is known of what was applied"
    );
}

#[test]
fn a_file_without_an_up_is_unchanged_when_nothing_was_run() {
    let mut file = migration("1");
    file.up = None;
    assert_eq!(state_with(file.clone(), |_| {}), State::Changed);
    let empty = |row: &mut crate::history::Applied| row.up.sha256 = Some(EMPTY_SHA256.to_owned());
    assert_eq!(state_with(file, empty), State::Applied);
    assert_eq!(state_with(with_up("1", ""), empty), State::Applied);
}

#[test]
fn a_code_migration_has_no_text_to_compare() {
    let mut file = with_up("1", "SELECT 1");
    file.opaque = Some("it is written in Go".to_owned());
    assert_eq!(state_with(file, |_| {}), State::Applied);
}

#[test]
fn a_changed_file_that_cannot_be_read_is_reported() {
    let history = History {
        applied: vec![row(1, &migration("1"))],
        attempts: vec![],
        ..History::default()
    };
    let files = set(vec![with_up("1", "SELECT 'never ends")]);
    assert!(Status::new(&files, &history, Dialect::Postgres).is_err());
}

#[test]
fn a_history_of_other_migrations_is_noticed() {
    let named = |version: &str, name: &str, sql: &str| {
        let mut file = with_up(version, sql);
        file.name = name.to_owned();
        file
    };
    let history = |files: &[Migration]| History {
        applied: files
            .iter()
            .zip(1..)
            .map(|(file, at)| row(at, file))
            .collect(),
        attempts: vec![],
        ..History::default()
    };
    let fits_nothing = |files: Vec<Migration>, history: &History| {
        let set = set(files);
        let status = Status::new(&set, history, Dialect::Postgres).unwrap();
        status.fits_nothing()
    };
    let theirs = history(&[named("1", "a", "SELECT 1"), named("2", "b", "SELECT 2")]);
    assert!(fits_nothing(vec![named("1", "x", "SELECT 3")], &theirs));
    assert!(fits_nothing(vec![named("3", "x", "SELECT 3")], &theirs));
    for file in [
        named("1", "a", "SELECT 3"),
        named("2", "renamed", "SELECT 2"),
    ] {
        let files = vec![named("0", "x", "SELECT 0"), file];
        assert!(!fits_nothing(files, &theirs));
    }
    assert!(!fits_nothing(vec![], &theirs));
    assert!(!fits_nothing(
        vec![named("1", "a", "SELECT 1")],
        &history(&[])
    ));
}
