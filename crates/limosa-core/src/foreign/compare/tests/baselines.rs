//! What another tool did, where a baseline stands for others.

use super::{having, highest, log, rows};
use crate::MigrationSet;
use crate::foreign::{ForeignHistory, compare};
use crate::history::samples::{baseline, migration, row, set};
use crate::history::{History, InEffect, Standing};

fn squashed() -> MigrationSet {
    set(vec![baseline("3", "1..3"), migration("4")])
}

/// Our history when all is taken over: each version, with `b` where it is the baseline itself.
fn taken_over(ours: &History, theirs: &ForeignHistory) -> (Vec<String>, History) {
    let moved = compare(&squashed(), ours, theirs).unwrap();
    let history = moved.onto(ours);
    let texts = history.applied.iter().map(|row| {
        let mark = if row.replaces().is_empty() { "" } else { "b" };
        format!("{}{mark}", row.version)
    });
    (texts.collect(), history)
}

fn lacks(history: &History) -> Option<usize> {
    let files = squashed();
    match InEffect::new(&history.applied).standing(&files.migrations[0]) {
        Standing::Pending => None,
        Standing::Applied => Some(0),
        Standing::Partial(lacks) => Some(lacks.len()),
    }
}

#[test]
fn what_the_other_tool_applied_before_is_no_baseline() {
    let none = History::default();
    for theirs in [rows(&[1, 2, 3]), log(&[1, 2, 3])] {
        let (texts, history) = taken_over(&none, &theirs);
        assert_eq!(texts, ["1", "2", "3"]);
        assert!(history.applied.iter().all(|row| row.up.sha256.is_none()));
        assert_eq!(lacks(&history), Some(0));
    }
    for theirs in [rows(&[1, 2]), log(&[1, 2]), highest(Some(2))] {
        let (texts, history) = taken_over(&none, &theirs);
        assert_eq!(texts, ["1", "2"]);
        assert_eq!(lacks(&history), Some(1));
    }
}

#[test]
fn the_baseline_that_the_other_tool_ran_is_one() {
    let none = History::default();
    for theirs in [rows(&[3, 4]), log(&[3, 4]), highest(Some(4))] {
        let (texts, history) = taken_over(&none, &theirs);
        assert_eq!(texts, ["3b", "4"]);
        assert_eq!(lacks(&history), Some(0));
    }
}

#[test]
fn the_other_tool_goes_on_where_we_were_before_the_squash() {
    for theirs in [rows(&[1, 2, 3, 4]), log(&[1, 2, 3, 4]), highest(Some(4))] {
        let (texts, history) = taken_over(&having(&[1]), &theirs);
        assert_eq!(texts, ["1", "2", "3", "4"]);
        assert_eq!(lacks(&history), Some(0));
        // Nothing is news to whoever has it.
        let (same, _) = taken_over(&history, &theirs);
        assert_eq!(same, texts);
    }
}

#[test]
fn both_agree_about_a_baseline_that_we_ran() {
    let files = squashed();
    let ours = History {
        applied: vec![row(1, &files.migrations[0])],
        attempts: vec![],
        ..History::default()
    };
    for theirs in [rows(&[3]), log(&[3]), highest(Some(3))] {
        assert!(compare(&files, &ours, &theirs).unwrap().is_nothing());
    }
    assert_eq!(taken_over(&ours, &rows(&[3, 4])).0, ["3b", "4"]);
}
