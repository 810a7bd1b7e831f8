//! What holds for any two histories.

use std::collections::BTreeSet;

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::subsequence;

use super::*;

const VERSIONS: std::ops::Range<u64> = 1..12;

/// Different versions in some order.
fn order() -> impl Strategy<Value = Vec<u64>> {
    subsequence(VERSIONS.collect::<Vec<_>>(), 0..VERSIONS.count()).prop_shuffle()
}

fn any_history() -> impl Strategy<Value = ForeignHistory> {
    prop_oneof![
        order().prop_map(|versions| rows(&versions)),
        prop::option::of(VERSIONS).prop_map(highest),
        vec(0..VERSIONS.end, 0..8).prop_map(|numbers| log(&numbers)),
    ]
}

fn applied(history: &History) -> BTreeSet<u64> {
    numbers(history.applied.iter().map(|row| &row.version))
        .into_iter()
        .collect()
}

/// Changes by us: each applies a version, or undoes it when it is applied. With the log of numbers that we write then.
fn changed(changes: &[u64]) -> (Vec<u64>, Vec<u64>) {
    let (mut ours, mut log) = (Vec::new(), Vec::new());
    for version in changes {
        let before = ours.iter().max().copied();
        let is_undone = ours.contains(version);
        if is_undone {
            ours.retain(|one| one != version);
        } else {
            ours.push(*version);
        }
        let after = ours.iter().max().copied().unwrap_or(0);
        if is_undone && after > 0 {
            log.push(version - 1);
        }
        if !is_undone || after == 0 || before != Some(*version) {
            log.push(after);
        }
    }
    (ours, log)
}

/// A log as go-pg writes it, when it goes from one number of files to another, and back.
fn written(files: &[u64], targets: &[usize]) -> (Vec<u64>, usize) {
    let (mut log, mut here) = (Vec::new(), 0);
    for target in targets {
        while here < *target {
            log.push(files[here]);
            here += 1;
        }
        while here > *target {
            here -= 1;
            log.push(files[here] - 1);
        }
    }
    (log, here)
}

proptest! {
    #[test]
    fn what_was_taken_over_is_agreed_on(
        here in btree_set(VERSIONS, 0..8),
        ours in order(),
        theirs in any_history(),
    ) {
        let set = files(&here.into_iter().collect::<Vec<_>>());
        let ours = having(&ours);
        let moved = difference(&set, &ours, &theirs).unwrap();
        let onto = moved.onto(&ours);
        prop_assert!(difference(&set, &onto, &theirs).unwrap().is_nothing());
        // Nothing comes twice, and nothing goes that is not named.
        prop_assert_eq!(applied(&onto).len(), onto.applied.len());
        let (ahead, back) = parts(&moved);
        let named = |list: &[u64]| list.iter().copied().collect::<BTreeSet<_>>();
        prop_assert!(named(&ahead).is_disjoint(&applied(&ours)));
        prop_assert!(named(&back).is_subset(&applied(&ours)));
        let wanted: BTreeSet<u64> = &(&applied(&ours) - &named(&back)) | &named(&ahead);
        prop_assert_eq!(applied(&onto), wanted);
        match &theirs.marks {
            Marks::Each(marks) => {
                let theirs = numbers(marks.iter().map(|mark| &mark.version));
                prop_assert_eq!(applied(&onto), named(&theirs));
            }
            Marks::UpTo(version) => {
                prop_assert_eq!(onto.highest(), version.as_ref());
            }
            Marks::Numbers(numbers) => {
                prop_assert!(onto.highest() <= numbers.last());
            }
        }
        if let Ok(plain) = compare(&set, &ours, &theirs) {
            prop_assert_eq!(parts(&plain), (ahead, back));
        }
    }

    #[test]
    fn what_we_write_ourselves_is_no_difference(
        here in btree_set(VERSIONS, 0..8),
        changes in vec(VERSIONS, 0..12),
    ) {
        let set = files(&here.into_iter().collect::<Vec<_>>());
        let (ours, numbers) = changed(&changes);
        let top = ours.iter().max().copied();
        for theirs in [rows(&ours), highest(top), log(&numbers)] {
            prop_assert!(compare(&set, &having(&ours), &theirs).unwrap().is_nothing());
        }
    }

    #[test]
    fn a_tool_that_works_in_its_order_is_followed(
        here in btree_set(1_u64..40, 1..8),
        targets in vec(0_usize..8, 1..5),
        from in 0_usize..8,
    ) {
        let here: Vec<u64> = here.into_iter().collect();
        let set = files(&here);
        let targets: Vec<usize> = targets.iter().map(|one| one % (here.len() + 1)).collect();
        let (numbers, to) = written(&here, &targets);
        let from = from % (here.len() + 1);
        let ours = having(&here[..from]);
        let truth: BTreeSet<u64> = here[..to].iter().copied().collect();
        for theirs in [rows(&here[..to]), highest(here[..to].last().copied()), log(&numbers)] {
            let never_wrote = matches!(&theirs.marks, Marks::Numbers(numbers) if numbers.is_empty());
            if to == 0 && (from > 1 || from == 1 && never_wrote) {
                prop_assert!(compare(&set, &ours, &theirs).is_err());
                continue;
            }
            let moved = compare(&set, &ours, &theirs).unwrap();
            prop_assert_eq!(applied(&moved.onto(&ours)), truth.clone());
        }
    }
}
