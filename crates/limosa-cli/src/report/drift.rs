//! What differs from the migrations, as text.

use limosa_engine::drift::{About, Drift, Found};
use limosa_schema::describe::{describe_as, summary};
use limosa_schema::{Difference, Sides};

use crate::terminal::{NAME, NOTE, Terminal, clean_line, count, paint, printable_source};

/// The two that are held against each other.
const SIDES: Sides<'static> = Sides::Beside {
    first: "the migrations",
    second: "the database",
};

/// What is different, the statements that would repair it, and a last line that says how it is.
pub fn drift_text(drift: &Drift, shadow: &str, terminal: &Terminal) -> String {
    let mut text = String::new();
    for one in drift.found.iter().filter(|one| one.counts) {
        for line in describe_as(&one.difference, SIDES) {
            text.push_str(&format!("{}\n", clean_line(&line)));
        }
    }
    text.push_str(&uncounted(drift, terminal));
    if !text.is_empty() {
        text.push('\n');
    }
    if !drift.repair.is_empty() {
        let head = "would repair it; for review, nothing was run:";
        text.push_str(&format!("{}\n\n", paint(NAME, head)));
        text.push_str(printable_source(&drift.script()).trim_end());
        text.push_str("\n\n");
    }
    let counted: Vec<Difference> = (drift.found.iter())
        .filter(|one| one.counts)
        .map(|one| one.difference.clone())
        .collect();
    let played = format!(
        "{} played in {}",
        count(drift.replayed, "migration"),
        clean_line(shadow)
    );
    let verdict = if counted.is_empty() {
        "the database is what its migrations make".to_owned()
    } else {
        summary(&counted, SIDES)
    };
    text.push_str(&format!("{verdict}; {played}\n"));
    text
}

/// What is only mentioned: partitions by their number, the rest line by line.
fn uncounted(drift: &Drift, terminal: &Terminal) -> String {
    let mut text = String::new();
    let mut note = |said: &str| {
        text.push_str(&format!("{}: {}\n", paint(NOTE, "note"), clean_line(said)));
    };
    let of = |about: About| {
        let those = drift.found.iter();
        those.filter(move |one: &&Found| !one.counts && one.about == about)
    };
    let lines = |one: &Found| describe_as(&one.difference, SIDES);
    for line in of(About::Structure).flat_map(lines) {
        note(&line);
    }
    for (about, what, how) in [
        (About::Partitions, "in partitions", "--strict"),
        (About::Privileges, "in owners and grants", "--privileges"),
    ] {
        let all: Vec<&Found> = of(about).collect();
        if terminal.verbose {
            for line in all.iter().flat_map(|one| lines(one)) {
                note(&line);
            }
        }
        if !all.is_empty() {
            let differences = count(all.len(), "difference");
            note(&format!(
                "{differences} {what}, which only count with {how}; -v shows them"
            ));
        }
    }
    text
}
