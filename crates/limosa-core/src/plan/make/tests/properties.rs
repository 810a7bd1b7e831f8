//! What holds for any files, any history and any goal.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseResult;

use super::{DOWN_ALL, Desk, UP, shape};
use crate::Migration;
use crate::history::samples::{attempt, row, script, set, version, with_up};
use crate::history::{Attempt, Direction, History, InDoubt};
use crate::plan::{Goal, Order, PlanOptions, Transactions};

const VERSIONS: [&str; 8] = ["1", "2", "3", "4", "7", "10", "11", "20"];

/// Scripts up, the good ones first.
const UPS: &[&str] = &[
    "CREATE TABLE a (id int);\nVACUUM a;\nINSERT INTO a VALUES (1);\n",
    "CREATE TABLE a (id int);\n",
    "BEGIN;\nSELECT 1;\nCOMMIT;\nVACUUM;\n",
    "",
    "SELECT 1;\nROLLBACK;\n",
    "SELECT 'never ends",
];

fn migrations(ups: &'static [&'static str], odd: bool) -> impl Strategy<Value = Vec<Migration>> {
    let one = (select(ups), any::<bool>(), 0..if odd { 6 } else { 1 });
    vec(proptest::option::of(one), VERSIONS.len()).prop_map(move |all| {
        let all = VERSIONS.iter().zip(all);
        let made = all.filter_map(|(text, one)| one.map(|one| (text, one)));
        made.map(|(text, (up, has_down, kind))| {
            let mut migration = with_up(text, up);
            match kind {
                1 => migration.opaque = Some("it is written in Go".to_owned()),
                2 => migration.irreversible = Some("it is gone".to_owned()),
                3 => migration.up = None,
                _ => {}
            }
            if odd && !has_down {
                migration.down = None;
            }
            migration
        })
        .collect()
    })
}

/// Rows in any order of application, and attempts at anything.
fn histories() -> impl Strategy<Value = History> {
    let rows = migrations(&UPS[..4], true).prop_shuffle();
    let attempts = vec(
        (
            select(&VERSIONS[..]),
            any::<bool>(),
            0_usize..3,
            any::<bool>(),
        ),
        0..2,
    );
    (rows, attempts, any::<bool>()).prop_map(|(rows, attempts, texts)| {
        let rows = (1..).zip(&rows).map(|(at, one)| row(at, one));
        let mut applied: Vec<_> = rows.collect();
        if !texts {
            for one in &mut applied {
                one.down.text = None;
            }
        }
        let attempts = attempts.into_iter().map(|(text, up, done, doubt)| {
            let direction = if up { Direction::Up } else { Direction::Down };
            let mut attempt = attempt(text, direction);
            attempt.done = vec!["0".repeat(64); done];
            attempt.in_doubt = doubt.then(|| InDoubt {
                unit: 0,
                backend: (1, String::new()),
                at: String::new(),
                statement: 1,
                digest: String::new(),
                failed: false,
                before: None,
            });
            attempt
        });
        History {
            applied,
            attempts: attempts.collect(),
            ..History::default()
        }
    })
}

fn goals() -> impl Strategy<Value = Goal> {
    let to = || select(&["1", "2", "3", "5", "10", "20", "99"][..]).prop_map(version);
    let limit = || proptest::option::of(0_usize..4);
    prop_oneof![
        (proptest::option::of(to()), limit()).prop_map(|(to, limit)| Goal::Up { to, limit }),
        (proptest::option::of(to()), limit()).prop_map(|(to, limit)| Goal::Down { to, limit }),
        proptest::option::of(to()).prop_map(Goal::Goto),
        Just(Goal::Redo),
        to().prop_map(Goal::Baseline),
    ]
}

fn desk(files: Vec<Migration>, history: History, late: bool) -> Desk {
    let order = if late {
        Order::OutOfOrder
    } else {
        Order::Strict
    };
    let options = PlanOptions {
        transactions: Transactions::default(),
        order,
        release: Some("1.0".to_owned()),
    };
    Desk {
        files: set(files),
        history,
        options,
    }
}

/// Histories that there can be: what is applied is not on its way up, and nothing else on its way down.
fn possible_histories() -> impl Strategy<Value = History> {
    histories().prop_map(|mut history| {
        let applied = history.applied.clone();
        history.attempts.retain(|attempt| {
            let is_applied = applied.iter().any(|one| one.version == attempt.version);
            is_applied == (attempt.direction == Direction::Down)
        });
        history
    })
}

/// What holds for every plan, whatever it was made from.
fn is_sound(desk: &Desk, goal: &Goal) -> TestCaseResult {
    let Ok(plan) = desk.try_plan(goal) else {
        return Ok(());
    };
    let again = desk.plan(goal);
    prop_assert_eq!(
        shape(&plan),
        shape(&again),
        "the same goal has the same plan"
    );
    let mut applied: Vec<_> = desk
        .history
        .applied
        .iter()
        .map(|one| &one.version)
        .collect();
    for step in plan.steps() {
        match step.direction {
            Direction::Up => {
                prop_assert!(!applied.contains(&&step.version), "{}", shape(&plan));
                applied.push(&step.version);
            }
            Direction::Down => {
                prop_assert!(applied.contains(&&step.version), "{}", shape(&plan));
                applied.retain(|one| **one != step.version);
            }
        }
        prop_assert!(step.done <= step.units.len());
        // Redo goes on with a half undone migration and then begins anew.
        let goes_on = |attempt: &&Attempt| {
            attempt.version == step.version && attempt.direction == step.direction
        };
        let attempt = desk.history.attempts.iter().find(goes_on);
        prop_assert_eq!(&step.attempt, &attempt.map(|one| one.id.clone()));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(512)
    })]

    #[test]
    fn a_plan_is_made_or_refused_and_never_undoes_what_is_not_applied(
        files in migrations(UPS, true),
        history in histories(),
        goal in goals(),
        late in any::<bool>(),
    ) {
        is_sound(&desk(files, history, late), &goal)?;
    }

    #[test]
    fn after_its_plan_there_is_nothing_left_to_do(
        files in migrations(UPS, true),
        history in possible_histories(),
        goal in goals(),
        late in any::<bool>(),
    ) {
        let mut desk = desk(files, history, late);
        let Ok(plan) = desk.try_plan(&goal) else { return Ok(()) };
        desk.carry_out(&plan);
        let again = match &goal {
            Goal::Up { to, limit: None } => Some(Goal::Up { to: to.clone(), limit: None }),
            Goal::Down { to: Some(to), .. } => Some(Goal::Down { to: Some(to.clone()), limit: None }),
            Goal::Down { limit: None, .. } | Goal::Goto(_) => Some(goal.clone()),
            _ => None,
        };
        if let Some(again) = again {
            prop_assert_eq!(desk.steps(&again), "", "after {} for {:?}", shape(&plan), goal);
        }
        match &goal {
            Goal::Down { limit: None, to: None } | Goal::Goto(None) => {
                prop_assert!(desk.history.applied.is_empty() && desk.history.attempts.is_empty());
            }
            Goal::Goto(Some(to)) => {
                let rows = &desk.history.applied;
                prop_assert!(rows.iter().all(|one| one.version <= *to));
                let here = desk.files.migrations.iter().filter(|one| one.version <= *to);
                for one in here {
                    prop_assert!(desk.history.get(&one.version).is_some());
                }
                prop_assert!(desk.history.attempts.iter().all(|one| one.direction == Direction::Up));
            }
            _ => {}
        }
    }

    #[test]
    fn wherever_a_run_stops_the_next_one_ends_the_same(
        files in migrations(&UPS[..4], false),
        applied in 0_usize..8,
        goal in prop_oneof![Just(UP), Just(DOWN_ALL), select(&VERSIONS[..]).prop_map(|to| Goal::Goto(Some(version(to))))],
        at in any::<prop::sample::Index>(),
        units in any::<prop::sample::Index>(),
    ) {
        let mut files = files;
        for file in &mut files {
            let down = "DROP TABLE a;\nVACUUM;\nSELECT 1;\n";
            file.down = Some(script("down.sql", down));
        }
        let mut desk = Desk::with_applied(files.clone(), &files[..applied.min(files.len())]);
        let Ok(plan) = desk.try_plan(&goal) else { return Ok(()) };
        if plan.is_empty() {
            return Ok(());
        }
        let mut whole = Desk::with_applied(files, &[]);
        whole.history = desk.history.clone();
        whole.carry_out(&plan);

        let at = at.index(plan.steps().len());
        plan.steps()[..at].iter().for_each(|step| desk.finish(step));
        let step = &plan.steps()[at];
        let done = units.index(step.units.len());
        let mut stopped = attempt(step.version.text(), step.direction);
        stopped.done = step.units[..done].iter().map(|unit| unit.digest.to_string()).collect();
        desk.history.attempts.push(stopped);

        let rest = desk.plan(&goal);
        prop_assert_eq!(rest.steps().len(), plan.steps().len() - at);
        prop_assert_eq!(rest.steps()[0].done, done);
        desk.carry_out(&rest);
        prop_assert_eq!(desk.applied(), whole.applied());
    }
}
