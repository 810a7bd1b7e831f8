//! The journal for people: run by run, what each did, and what came in between.

use std::time::Duration;

use limosa_core::full_name;
use limosa_core::journal::{Happening, Kind, Outcome, Run, Work};

use super::time;
use crate::terminal::{
    DIM, ERROR, GOOD, NAME, NOTE, Terminal, WARNING, clean_line, count, duration, one_line, pad,
    paint,
};

/// The column in which verbs end, as while a run is at work.
const VERB: usize = 12;

/// The runs, oldest first.
pub fn history_text(runs: &[Run], terminal: &Terminal) -> String {
    let mut text = String::new();
    for run in runs {
        text.push_str(&head(run));
        let names = run.migrations.iter().map(|work| name(work).chars().count());
        let widest = names.max().unwrap_or(0).min(60);
        for work in &run.migrations {
            text.push_str(&migration(work, widest, terminal));
        }
        for one in &run.reconnections {
            let waited =
                took(one.waited_ms).map_or_else(String::new, |took| format!(" for {took}"));
            let after = one.after.as_deref().unwrap_or("the connection was lost");
            text.push_str(&line(
                NOTE,
                "Reconnected",
                &format!("no connection{waited}: {}", words(after)),
            ));
        }
        if let Some(said) = ending(run) {
            text.push_str(&format!("  {said}\n"));
        }
        text.push('\n');
    }
    text
}

/// What a run was, how it ended, who did it.
fn head(run: &Run) -> String {
    let after = took(run.duration_ms).map_or_else(String::new, |took| format!(" after {took}"));
    let (style, outcome) = match run.outcome {
        Outcome::Finished => (GOOD, format!("finished{after}")),
        Outcome::Failed => (ERROR, format!("failed{after}")),
        Outcome::Interrupted => (WARNING, format!("interrupted by a signal{after}")),
        Outcome::Answered => (NOTE, "answered by a person".to_owned()),
        Outcome::AtWork => (NOTE, "still at work".to_owned()),
        Outcome::NoEnd if can_be_seen(run) => (
            WARNING,
            "no end recorded: its process or its connection died".to_owned(),
        ),
        Outcome::NoEnd => (
            WARNING,
            "no end recorded: its process died, or it is still at work".to_owned(),
        ),
    };
    let what = planned(run).map_or_else(String::new, |what| format!("{what}, "));
    let mut who = format!("by {}", clean_line(&run.actor));
    if let Some(process) = run.process {
        who.push_str(&format!(" (pid {process})"));
    }
    if let Some(user) = run.seen.user.as_deref().filter(|user| !user.is_empty()) {
        who.push_str(&format!(", as {}", clean_line(user)));
    }
    if let Some(address) = &run.seen.address {
        who.push_str(&format!(" from {}", clean_line(address)));
    }
    if let Some(version) = &run.tool_version {
        who.push_str(&format!(", limosa {}", clean_line(version)));
    }
    if let Some(release) = &run.release {
        who.push_str(&format!(", release {}", clean_line(release)));
    }
    format!(
        "{}  {what}{}\n  {}\n",
        time(&run.started_at),
        paint(style, outcome),
        paint(DIM, format!("{who}, run {}", clean_line(&run.run)))
    )
}

/// Whether somebody could say that the session is still there: the server, or the system.
fn can_be_seen(run: &Run) -> bool {
    let has_user = (run.seen.user.as_deref()).is_some_and(|user| !user.is_empty());
    let mut entries = run.entries.iter();
    let has_beginning = entries.any(|entry| {
        entry
            .backend_start
            .as_deref()
            .is_some_and(|start| !start.is_empty())
    });
    run.seen.backend.is_some() && (has_user || has_beginning)
}

/// `up 2 migrations`, `down 1 migration and up 1`.
fn planned(run: &Run) -> Option<String> {
    let of = |direction: &str| {
        let steps = run.steps.iter();
        steps.filter(|step| step.starts_with(direction)).count()
    };
    let (downs, ups) = (of("down "), of("up "));
    // The journal lists the first hundred.
    let all = run.planned.unwrap_or_default();
    match (downs, ups) {
        (0, 0) => None,
        (0, _) => Some(format!("up {}", count(all, "migration"))),
        (_, 0) => Some(format!("down {}", count(all, "migration"))),
        (downs, ups) => Some(format!("down {} and up {ups}", count(downs, "migration"))),
    }
}

fn name(work: &Work) -> String {
    clean_line(&full_name(&work.version, &work.name))
}

fn migration(work: &Work, widest: usize, terminal: &Terminal) -> String {
    let (style, verb) = match (work.ended.as_deref(), work.happenings.last()) {
        (Some("applied"), _) => (GOOD, "Applied"),
        (Some("reverted"), _) => (GOOD, "Reverted"),
        (Some("baselined"), _) => (GOOD, "Recorded"),
        (Some("adopted"), _) => (GOOD, "Taken over"),
        (_, Some(last)) if last.answered => (NOTE, "Answered"),
        (_, Some(last)) => match last.what {
            Kind::Failed | Kind::Undone if last.found.is_none() || last.message.is_some() => {
                (ERROR, "Failed")
            }
            Kind::InDoubt => (ERROR, "In doubt"),
            Kind::Started => (WARNING, "Begun"),
            Kind::Failed | Kind::Undone | Kind::Done => (WARNING, "Stopped"),
        },
        (_, None) => (WARNING, "Stopped"),
    };
    let down = if work.direction == "down" && work.ended.is_none() {
        " (down)"
    } else {
        ""
    };
    let about = paint(NAME, pad(&format!("{}{down}", name(work)), widest));
    let after = took(work.duration_ms).unwrap_or_default();
    let mut text = line(style, verb, &format!("{about}  {after:>8}"));
    let units: Vec<i64> = work.happenings.iter().map(|one| one.unit).collect();
    let one_unit = units.windows(2).all(|pair| pair[0] == pair[1]);
    let eventful = work.happenings.iter().any(|one| !is_plain(one));
    if !one_unit || eventful || terminal.verbose {
        let mut rest = work.happenings.as_slice();
        while let Some(first) = rest.first() {
            let plain = rest.iter().take_while(|one| is_plain(one)).count();
            let same = rest.iter().take_while(|one| is_same(one, first)).count();
            let told = if plain > 1 && !terminal.verbose {
                text.push_str(&format!("{:VERB$} {}\n", "", done(&rest[..plain])));
                plain
            } else {
                text.push_str(&format!("{:VERB$} {}\n", "", happening(first, same)));
                same
            };
            rest = &rest[told..];
        }
    }
    text
}

/// Whether nothing happened to a unit but that it was done.
fn is_plain(one: &Happening) -> bool {
    one.what == Kind::Done && one.found.is_none() && !one.answered
}

/// `units 1 to 5: done after 12ms`
fn done(units: &[Happening]) -> String {
    let number = |one: Option<&Happening>| one.map_or(0, |one| one.unit + 1);
    let all = units.iter().map(|one| one.duration_ms);
    let took = took(all.sum()).map_or_else(String::new, |took| format!(" after {took}"));
    let (first, last) = (number(units.first()), number(units.last()));
    format!("units {first} to {last}: done{took}")
}

/// Whether it happened again in the same way, as every attempt at a locked table does.
fn is_same(one: &Happening, other: &Happening) -> bool {
    let what = |it: &Happening| (it.unit, it.statement, it.what, it.code.clone());
    one.code.is_some() && what(one) == what(other) || std::ptr::eq(one, other)
}

/// `unit 2, statement 3: failed after 12ms, rolled back: relation "x" does not exist (42P01)`
fn happening(one: &Happening, times: usize) -> String {
    let statement = match (one.statement, one.what) {
        (None, _) => String::new(),
        (Some(number), Kind::Started | Kind::Done) => format!(", from statement {number}"),
        (Some(number), _) => format!(", statement {number}"),
    };
    let took = took(one.duration_ms).map_or_else(String::new, |took| format!(" after {took}"));
    // After an error it was looked at once what was left.
    let found = one.found.as_deref().filter(|_| one.message.is_none());
    let found = match (found, one.answered, one.what) {
        (Some("present"), ..) => Some("recovered: it had taken effect"),
        (Some("leftover"), ..) => Some("recovered: it was half there"),
        (Some(_), ..) => Some("recovered: it had left nothing"),
        (None, true, Kind::Done) => Some("a person said that it took effect"),
        (None, true, _) => Some("a person said that it did not take effect"),
        (None, false, _) => None,
    };
    let what = match (found, one.what) {
        (Some(found), _) => found.to_owned(),
        (None, Kind::Started) => "begun, and no end recorded".to_owned(),
        (None, Kind::Done) => format!("done{took}"),
        (None, Kind::Failed) => format!("failed{took}, nothing of it is left"),
        (None, Kind::Undone) => format!("failed{took}, rolled back"),
        (None, Kind::InDoubt) => format!("failed{took}, and something of it may have stayed"),
    };
    let mut text = format!("unit {}{statement}: {what}", one.unit + 1);
    if times > 1 {
        text.push_str(&format!(", {times} times"));
    }
    if !one.cleaned.is_empty() {
        let by = if one.found.as_deref() == Some("present") {
            "completed by"
        } else {
            "taken away by"
        };
        text.push_str(&format!("; {by} {}", words(&one.cleaned.join("; "))));
    }
    if let Some(message) = &one.message {
        text.push_str(&format!(": {}", words(message)));
    }
    if let Some(code) = one.code.as_deref().filter(|code| !code.is_empty()) {
        text.push_str(&format!(" ({})", clean_line(code)));
    }
    text
}

/// Why a run ended, unless one of its units has said it.
fn ending(run: &Run) -> Option<String> {
    let message = run.message.as_deref()?;
    let mut all = run.migrations.iter().flat_map(|work| &work.happenings);
    if all.any(|one| one.message.as_deref() == Some(message)) {
        return None;
    }
    let problem = run.problem.as_deref().unwrap_or("failed");
    Some(format!("{}: {}", clean_line(problem), words(message)))
}

fn line(style: anstyle::Style, verb: &str, rest: &str) -> String {
    format!("{} {rest}\n", paint(style, format!("{verb:>VERB$}")))
}

fn words(text: &str) -> String {
    clean_line(&one_line(text))
}

fn took(milliseconds: Option<u64>) -> Option<String> {
    milliseconds.map(|ms| duration(Duration::from_millis(ms)))
}
