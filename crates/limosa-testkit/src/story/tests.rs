//! Journals that people could believe, and journals that they could not.

use super::{Entry, of};

/// A journal from lines of `run event [attempt version unit]`, and the history with these versions by attempts.
fn judge(lines: &str, history: &[(&str, &str)]) -> Vec<String> {
    let entries: Vec<Entry> = lines
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            let word = |at: usize| words.get(at).copied().unwrap_or_default().to_owned();
            Entry {
                run: word(0),
                event: word(1),
                attempt: word(2),
                version: word(3),
                unit: word(4).parse().unwrap_or(-1),
                detail: word(5),
            }
        })
        .collect();
    let history: Vec<Vec<String>> = history
        .iter()
        .map(|(version, attempt)| vec![(*version).to_owned(), (*attempt).to_owned()])
        .collect();
    of(&entries, &history)
}

const GOOD: &str = "
    - format
    r1 run-started
    r1 unit-started a 1 0
    r1 unit-done a 1 0
    r1 unit-started a 1 1
    r2 run-started
    r2 unit-failed a 1 1
    r2 unit-started a 1 1
    r2 unit-done a 1 1
    r2 applied a 1
    r2 unit-undone b 2 0
    r2 run-failed
    r3 run-started
    r3 unit-started c 2 0
    r3 unit-in-doubt c 2 0
    r3 run-failed
    p unit-done c 2 0 {\"resolved\":1}
    r4 run-started
    r4 applied c 2
    r4 run-finished
    r4 reconnected
";

const HISTORY: [(&str, &str); 2] = [("1", "a"), ("2", "c")];

#[test]
fn a_story_with_crashes_failures_and_a_person_is_consistent() {
    assert_eq!(judge(GOOD, &HISTORY), [""; 0]);
}

#[test]
fn each_rule_can_be_broken() {
    for (from, to, word) in [
        ("- format", "", "the format"),
        ("r1 run-started", "r1 run-started\n- format", "the format"),
        ("r1 run-started", "", "begins with"),
        (
            "r2 applied a 1",
            "r2 applied a 1\nr2 run-finished",
            "run r2 is",
        ),
        ("r1 unit-done a 1 0", "", "unit-started of unit 1"),
        (
            "r1 unit-done a 1 0",
            "r1 unit-done a 1 0\nr1 unit-done a 1 0",
            "unit-done of unit 0",
        ),
        ("r2 unit-failed a 1 1", "", "unit-started of unit 1"),
        ("r2 unit-started a 1 1", "", "unit-done of unit 1"),
        ("r2 unit-done a 1 1", "", "applied of unit"),
        (
            "r2 applied a 1",
            "r2 applied a 1\nr2 unit-started a 1 2",
            "unit-started of unit 2",
        ),
        ("r2 applied a 1", "", "has not ended"),
        ("r4 applied c 2", "r4 applied c 2\nr4 applied d 2", "twice"),
        ("r4 applied c 2", "r4 reverted c 2", "twice"),
    ] {
        let broken = GOOD.replacen(from, to, 1);
        let wrong = judge(&broken, &HISTORY);
        assert!(
            wrong.iter().any(|one| one.contains(word)),
            "{from} -> {to}: {wrong:?}"
        );
    }
    assert!(judge(GOOD, &[("1", "a")])[0].contains("the history has"));
    assert!(judge(GOOD, &[("1", "a"), ("2", "b")])[0].contains("the history has"));
}
