//! Runs from entries.

use serde_json::json;

use super::*;

/// Entries of one run about one migration, a second apart.
fn entries(of: &[(&str, serde_json::Value)]) -> Vec<JournalEntry> {
    let one = |(index, (event, detail)): (usize, &(&str, serde_json::Value))| {
        let about = !event.starts_with("run-") && *event != "reconnected";
        let text = |text: &str| about.then(|| text.to_owned());
        JournalEntry {
            id: i64::try_from(index).unwrap(),
            at: format!("2026-11-20T15:02:{:02}.500Z", index + 10),
            run: "r1".to_owned(),
            event: (*event).to_owned(),
            attempt: text("a1"),
            version: text("1"),
            name: text("customers"),
            direction: text("up"),
            unit: about.then_some(0),
            statement: about.then_some(2),
            actor: "ada@web-3".to_owned(),
            detail: (!detail.is_null()).then(|| detail.to_string()),
            ..JournalEntry::default()
        }
    };
    of.iter().enumerate().map(one).collect()
}

fn only(of: &[(&str, serde_json::Value)]) -> Run {
    let mut runs = runs(entries(of));
    assert_eq!(runs.len(), 1);
    runs.remove(0)
}

#[test]
fn a_run_that_reached_its_goal_is_finished() {
    let run = only(&[
        (
            "run-started",
            json!({"steps": ["up 1_customers"], "count": 1, "tool_version": "0.1.0", "user": "shop",
                   "address": "10.1.2.3", "process": 812}),
        ),
        ("unit-started", json!(null)),
        ("unit-done", json!(null)),
        ("applied", json!(null)),
        ("run-finished", json!({})),
    ]);
    assert_eq!(run.outcome, Outcome::Finished);
    assert_eq!((run.planned, run.process), (Some(1), Some(812)));
    assert_eq!(run.seen.address.as_deref(), Some("10.1.2.3"));
    assert_eq!(run.duration_ms, Some(4000));
    let work = &run.migrations[0];
    assert_eq!(work.ended.as_deref(), Some("applied"));
    assert_eq!(work.happenings.len(), 1);
    assert_eq!(work.happenings[0].duration_ms, Some(1000));
    assert_eq!(run.entries.len(), 5);
}

#[test]
fn what_has_no_end_stays_begun() {
    let run = only(&[("run-started", json!({})), ("unit-started", json!(null))]);
    assert_eq!(run.outcome, Outcome::NoEnd);
    assert_eq!(run.migrations[0].happenings[0].what, Kind::Started);
    assert_eq!(run.migrations[0].ended, None);
}

#[test]
fn what_was_taken_over_needs_no_other_end() {
    let taken = ("adopted", json!({"by": "goose"}));
    let adopt = only(std::slice::from_ref(&taken));
    assert_eq!(adopt.outcome, Outcome::Finished);
    let up = only(&[taken, ("run-started", json!({}))]);
    assert_eq!(up.outcome, Outcome::NoEnd);
}

#[test]
fn failures_recoveries_and_reconnections_are_kept() {
    let run = only(&[
        ("run-started", json!({})),
        (
            "unit-failed",
            json!({"recovered": {"found": "leftover", "cleaned": ["DROP INDEX x"]}}),
        ),
        ("unit-started", json!({"probe": {}})),
        ("reconnected", json!({"after": "gone", "waited_ms": 70})),
        ("unit-undone", json!({"message": "no", "code": "42P01"})),
        (
            "run-failed",
            json!({"problem": "statement-failed", "message": "no", "done": 0}),
        ),
    ]);
    assert_eq!(run.outcome, Outcome::Failed);
    assert_eq!(run.problem.as_deref(), Some("statement-failed"));
    assert_eq!(run.reconnections[0].waited_ms, Some(70));
    let happenings = &run.migrations[0].happenings;
    assert_eq!(happenings[0].found.as_deref(), Some("leftover"));
    assert_eq!(happenings[0].cleaned, ["DROP INDEX x"]);
    assert_eq!(happenings[1].code.as_deref(), Some("42P01"));
    assert_eq!(happenings[1].duration_ms, Some(2000));
}

#[test]
fn an_answer_of_a_person_is_one() {
    let run = only(&[("unit-done", json!({"resolved": "by a person"}))]);
    assert_eq!(run.outcome, Outcome::Answered);
    assert!(run.migrations[0].happenings[0].answered);
}

#[test]
fn runs_at_the_same_time_are_kept_apart() {
    let mut entries = entries(&[
        ("run-started", json!({})),
        ("run-started", json!({})),
        ("run-failed", json!({})),
        ("run-finished", json!({})),
    ]);
    entries[1].run = "r2".to_owned();
    entries[3].run = "r2".to_owned();
    let outcomes: Vec<_> = runs(entries).iter().map(|run| run.outcome).collect();
    assert_eq!(outcomes, [Outcome::Failed, Outcome::Finished]);
}

#[test]
fn times_are_compared_over_days_and_leap_years() {
    assert_eq!(
        between("2026-12-31T23:59:59.900Z", "2027-01-01T00:00:00.100Z"),
        Some(200)
    );
    assert_eq!(
        between("2028-02-28T00:00:00.000Z", "2028-03-01T00:00:00.000Z"),
        Some(2 * 86_400_000)
    );
    // A clock that was set back gives no duration.
    assert_eq!(
        between("2026-01-01T00:00:01.000Z", "2026-01-01T00:00:00.000Z"),
        None
    );
    assert_eq!(between("yesterday", "today"), None);
}
