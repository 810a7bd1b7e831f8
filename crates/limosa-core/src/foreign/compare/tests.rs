//! What two histories that differ tell.

mod baselines;
mod properties;

use super::*;
use crate::Layout;
use crate::history::Direction;
use crate::history::samples::{attempt, migration, row, set as set_of, version};

pub(super) fn files(versions: &[u64]) -> MigrationSet {
    set_of(
        versions
            .iter()
            .map(|number| migration(&number.to_string()))
            .collect(),
    )
}

/// Our history, in the order of application.
pub(super) fn having(versions: &[u64]) -> History {
    let rows = versions.iter().zip(1..);
    History {
        applied: rows
            .map(|(number, at)| row(at, &migration(&number.to_string())))
            .collect(),
        attempts: vec![],
        ..History::default()
    }
}

pub(super) fn of(tool: Layout, marks: Marks) -> ForeignHistory {
    ForeignHistory {
        tool,
        table: "public.t".to_owned(),
        marks,
        unfinished: None,
        ignored_chars: String::new(),
    }
}

pub(super) fn number(number: u64) -> Version {
    version(&number.to_string())
}

pub(super) fn rows(versions: &[u64]) -> ForeignHistory {
    let marks = versions.iter().map(|one| Mark::new(number(*one))).collect();
    of(Layout::Goose, Marks::Each(marks))
}

pub(super) fn highest(version: Option<u64>) -> ForeignHistory {
    of(Layout::GolangMigrate, Marks::UpTo(version.map(number)))
}

pub(super) fn log(numbers: &[u64]) -> ForeignHistory {
    let numbers = numbers.iter().map(|one| number(*one)).collect();
    of(Layout::GoPg, Marks::Numbers(numbers))
}

pub(super) fn numbers<'a>(versions: impl Iterator<Item = &'a Version>) -> Vec<u64> {
    versions.map(|one| one.text().parse().unwrap()).collect()
}

/// What is ahead and what is back.
type Parts = (Vec<u64>, Vec<u64>);

pub(super) fn parts(moved: &Moved) -> Parts {
    let ahead = moved.ahead.iter().map(|taken| &taken.row.version);
    (numbers(ahead), numbers(moved.back.iter()))
}

#[track_caller]
fn plain(set: &MigrationSet, ours: &History, theirs: &ForeignHistory) -> Parts {
    parts(&compare(set, ours, theirs).unwrap())
}

#[track_caller]
fn differs(set: &MigrationSet, ours: &History, theirs: &ForeignHistory) -> Parts {
    match compare(set, ours, theirs) {
        Err(ForeignError::Differs {
            only_theirs,
            only_ours,
            ..
        }) => {
            let parse = |texts: Vec<String>| texts.iter().map(|one| one.parse().unwrap()).collect();
            (parse(only_theirs), parse(only_ours))
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_tool_that_only_went_on_or_back_is_followed() {
    let set = files(&[1, 2, 3, 4]);
    let ours = having(&[1, 2]);
    for (each, up_to, written, wanted) in [
        (&[1, 2][..], Some(2), &[1, 2][..], (vec![], vec![])),
        (&[1, 2, 3, 4], Some(4), &[1, 2, 3, 4], (vec![3, 4], vec![])),
        (&[1], Some(1), &[1, 2, 1], (vec![], vec![2])),
    ] {
        assert_eq!(plain(&set, &ours, &rows(each)), wanted);
        assert_eq!(plain(&set, &ours, &highest(up_to)), wanted);
        assert_eq!(plain(&set, &ours, &log(written)), wanted);
    }
    // Nothing of ours yet.
    let wanted = (vec![1, 2, 3], vec![]);
    assert_eq!(plain(&set, &having(&[]), &highest(Some(3))), wanted);
    assert_eq!(plain(&set, &having(&[]), &log(&[3])), wanted);
    let wanted = (vec![3, 1], vec![]);
    assert_eq!(plain(&set, &having(&[]), &rows(&[3, 1])), wanted);
}

#[test]
fn the_only_migration_may_be_undone_and_several_at_once_may_be_an_emptied_table() {
    let set = files(&[1, 2]);
    let one = having(&[1]);
    let undone = (vec![], vec![1]);
    assert_eq!(plain(&set, &one, &rows(&[])), undone);
    assert_eq!(plain(&set, &one, &highest(None)), undone);
    assert_eq!(plain(&set, &one, &log(&[1, 0])), undone);
    // Such a table is never emptied by its tool.
    assert_eq!(differs(&set, &one, &log(&[])), undone);
    let two = having(&[1, 2]);
    let emptied = (vec![], vec![2, 1]);
    for theirs in [rows(&[]), highest(None), log(&[]), log(&[1, 2, 1, 0])] {
        assert_eq!(differs(&set, &two, &theirs), emptied);
    }
}

#[test]
fn a_hole_and_both_directions_at_once_are_not_plain() {
    let set = files(&[1, 2, 3, 4]);
    let ours = having(&[1, 2, 3]);
    assert_eq!(differs(&set, &ours, &rows(&[1, 3])), (vec![], vec![2]));
    assert_eq!(differs(&set, &ours, &rows(&[1, 2, 4])), (vec![4], vec![3]));
    // What was applied last is undone first, and so is the highest one.
    let ours = having(&[1, 3, 2]);
    assert_eq!(plain(&set, &ours, &rows(&[1, 3])), (vec![], vec![2]));
    assert_eq!(plain(&set, &ours, &rows(&[1, 2])), (vec![], vec![3]));
    assert_eq!(differs(&set, &ours, &rows(&[3, 2])), (vec![], vec![1]));
    // A lower one that the tool applied late is one ahead.
    assert_eq!(
        plain(&set, &having(&[1, 3]), &rows(&[1, 3, 2])),
        (vec![2], vec![])
    );
}

#[test]
fn a_number_says_nothing_about_those_below_ours() {
    let set = files(&[1, 2, 3, 4]);
    let ours = having(&[1, 3]);
    let nothing = (vec![], vec![]);
    assert_eq!(plain(&set, &ours, &highest(Some(3))), nothing);
    assert_eq!(plain(&set, &ours, &log(&[1, 3])), nothing);
    assert_eq!(plain(&set, &ours, &highest(Some(4))), (vec![4], vec![]));
    // It goes back to one that was not applied here.
    assert_eq!(differs(&set, &ours, &highest(Some(2))), (vec![2], vec![3]));
    assert_eq!(plain(&set, &ours, &highest(Some(1))), (vec![], vec![3]));
}

#[test]
fn the_number_before_a_version_is_no_version() {
    let set = files(&[10, 30, 50]);
    // 30 was merged late, and nobody applied it.
    let ours = having(&[10, 50]);
    assert_eq!(plain(&set, &ours, &log(&[10, 50, 49])), (vec![], vec![50]));
    assert_eq!(
        plain(&set, &having(&[10]), &log(&[10, 50, 49])),
        (vec![], vec![])
    );
    // Nor is a version applied by it that nobody applied, even when there is such a file.
    let consecutive = files(&[1, 2, 3]);
    let log_of_3 = log(&[1, 3, 2]);
    assert_eq!(
        plain(&consecutive, &having(&[1]), &log_of_3),
        (vec![], vec![])
    );
    assert_eq!(
        plain(&consecutive, &having(&[1, 3]), &log_of_3),
        (vec![], vec![3])
    );
    assert_eq!(
        plain(&consecutive, &having(&[]), &log_of_3),
        (vec![1, 2], vec![])
    );
    assert_eq!(
        differs(&consecutive, &having(&[3]), &log(&[3, 2])),
        (vec![1, 2], vec![3])
    );
    let ours = having(&[10, 30, 50]);
    assert_eq!(
        plain(&set, &ours, &log(&[10, 30, 50, 49, 29])),
        (vec![], vec![50, 30])
    );
    // The beginning of the log is lost.
    assert_eq!(plain(&set, &ours, &log(&[49])), (vec![], vec![50]));
    assert_eq!(
        plain(&set, &having(&[]), &log(&[49])),
        (vec![10, 30], vec![])
    );
    assert_eq!(plain(&set, &having(&[]), &log(&[9])), (vec![], vec![]));
    // golang-migrate never writes such a number by itself.
    assert_eq!(
        differs(&set, &ours, &highest(Some(49))),
        (vec![49], vec![50])
    );
}

#[test]
fn versions_without_files_are_of_a_newer_release() {
    let older = files(&[1, 2]);
    let newer = files(&[1, 2, 6, 7, 8]);
    let ours = having(&[1, 2]);
    assert_eq!(
        plain(&older, &ours, &rows(&[1, 2, 6, 8])),
        (vec![6, 8], vec![])
    );
    assert_eq!(
        plain(&older, &ours, &log(&[1, 2, 6, 7, 8])),
        (vec![6, 7, 8], vec![])
    );
    let theirs = highest(Some(8));
    let moved = compare(&older, &ours, &theirs).unwrap();
    assert_eq!(parts(&moved), (vec![8], vec![]));
    let onto = moved.onto(&ours);
    assert!(compare(&older, &onto, &theirs).unwrap().is_nothing());
    // With its files it is seen that there was more.
    let moved = compare(&newer, &onto, &theirs).unwrap();
    assert_eq!(parts(&moved), (vec![6, 7], vec![]));
    let onto = moved.onto(&onto);
    assert!(compare(&newer, &onto, &theirs).unwrap().is_nothing());
    // What Limosa applied itself is no such thing.
    assert_eq!(
        plain(&newer, &having(&[1, 2, 8]), &theirs),
        (vec![], vec![])
    );
}

#[test]
fn a_version_twice_is_one() {
    let set = files(&[1, 2]);
    assert_eq!(
        plain(&set, &having(&[1]), &rows(&[1, 2, 2, 1])),
        (vec![2], vec![])
    );
    assert_eq!(
        plain(&set, &having(&[1]), &log(&[1, 2, 2])),
        (vec![2], vec![])
    );
}

#[test]
fn our_own_mark_is_no_difference_and_what_others_did_meanwhile_is_one() {
    let set = files(&[1, 2, 3]);
    for direction in [Direction::Up, Direction::Down] {
        let mut ours = having(if direction == Direction::Up {
            &[1]
        } else {
            &[1, 2]
        });
        ours.attempts.push(attempt("2", direction));
        let marked = |theirs: ForeignHistory| ForeignHistory {
            unfinished: Some(Unfinished {
                version: Some(number(2)),
            }),
            ..theirs
        };
        assert_eq!(plain(&set, &ours, &marked(highest(None))), (vec![], vec![]));
        assert_eq!(plain(&set, &ours, &marked(rows(&[1]))), (vec![], vec![]));
        assert_eq!(
            plain(&set, &ours, &marked(rows(&[1, 3]))),
            (vec![3], vec![])
        );
        // Somebody wrote that it is done.
        let theirs = if direction == Direction::Up {
            rows(&[1, 2])
        } else {
            rows(&[1])
        };
        let (ahead, back) = differs(&set, &ours, &theirs);
        assert_eq!([ahead, back].concat(), [2]);
    }
}

#[test]
fn what_another_tool_left_unfinished_is_said_with_its_neighbours() {
    let set = files(&[1, 2, 3]);
    for (version, wanted) in [
        (Some(2), (Some("2"), Some("1"), Some("3"))),
        (Some(3), (Some("3"), Some("2"), None)),
        (None, (None, None, Some("1"))),
    ] {
        let theirs = ForeignHistory {
            unfinished: Some(Unfinished {
                version: version.map(number),
            }),
            ..highest(None)
        };
        let Err(ForeignError::Unfinished {
            version,
            before,
            after,
            ..
        }) = compare(&set, &having(&[1]), &theirs)
        else {
            panic!("it is finished");
        };
        assert_eq!(
            (version.as_deref(), before.as_deref(), after.as_deref()),
            wanted
        );
    }
}

#[test]
fn a_file_with_another_name_would_be_applied_once_more_where_names_count() {
    let set = files(&[1]);
    let named = |tool, name: &str| {
        let name = Some(name.to_owned());
        of(
            tool,
            Marks::Each(vec![Mark {
                name,
                ..Mark::new(number(1))
            }]),
        )
    };
    for ours in [having(&[]), having(&[1])] {
        assert!(compare(&set, &ours, &named(Layout::DbMigrate, "m")).is_ok());
        assert!(compare(&set, &ours, &named(Layout::Sqlx, "another")).is_ok());
        let renamed = compare(&set, &ours, &named(Layout::DbMigrate, "another"));
        let Err(error @ ForeignError::Renamed { .. }) = renamed else {
            panic!("{renamed:?}");
        };
        assert_eq!(
            error.to_string(),
            "db-migrate has 1 as `another`; here it is `m`, which db-migrate would apply once more"
        );
    }
}

#[test]
fn sequences_are_never_used_again() {
    let set = files(&[1, 2, 3]);
    let ours = having(&[1, 2]);
    let back = compare(&set, &ours, &rows(&[1])).unwrap();
    assert_eq!(back.onto(&ours).applied.len(), 1);
    let ahead = compare(&set, &ours, &rows(&[1, 2, 3])).unwrap().onto(&ours);
    assert_eq!(ahead.get(&number(3)).unwrap().sequence, 3);
}
