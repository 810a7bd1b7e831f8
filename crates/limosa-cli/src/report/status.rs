//! The state of a database as text.

use limosa_core::full_name;
use limosa_core::history::{MigrationState, Origin, State, Status, TEXT_LIMIT};

use crate::terminal::{
    ERROR, GOOD, NAME, NOTE, Terminal, WARNING, clean_line, duration, pad, paint,
};

/// At most so many names of one state are listed.
const LISTED: usize = 20;

/// The table, the problems with their ways out, and a last line that says how it is.
pub fn status_text(status: &Status<'_>, terminal: &Terminal) -> String {
    let counts = status.counts();
    let mut text = String::new();
    if terminal.verbose && !status.migrations.is_empty() {
        text.push_str(&every(status));
        text.push('\n');
    }
    text.push_str(&format!(
        "{} {:>6}{}\n",
        label(GOOD, "applied"),
        counts.applied,
        last(status)
    ));
    if counts.pending > 0 || status.migrations.is_empty() {
        text.push_str(&format!(
            "{} {:>6}\n",
            label(NAME, "pending"),
            counts.pending
        ));
        text.push_str(&names(status.in_state(State::Pending)));
    }
    for (state, style, way_out) in [
        (
            State::Interrupted,
            ERROR,
            "began and has not ended: another migrator is at work, or `limosa up` goes on with it and says what it needs to know",
        ),
        (
            State::Changed,
            ERROR,
            "the file differs from what was applied: put it back, and write what is new as a new migration",
        ),
        (
            State::Partial,
            ERROR,
            "stands for others, of which only some are applied: apply the rest from a checkout that still has the replaced files",
        ),
        (
            State::Missing,
            ERROR,
            "applied, and without a file here: get the file back, or `limosa goto` the version below to undo it",
        ),
        (
            State::OutOfOrder,
            WARNING,
            "pending below the highest applied version: `limosa up --out-of-order` applies it, `limosa renumber` moves it, `out-of-order = \"apply\"` in limosa.toml allows it for good",
        ),
        (
            State::Newer,
            NOTE,
            "applied by a newer release, above every version here",
        ),
    ] {
        if status.in_state(state).next().is_none() {
            continue;
        }
        let word = state.name().replace('_', " ");
        text.push_str(&format!(
            "{} {:>6}\n",
            label(style, &word),
            status.in_state(state).count()
        ));
        text.push_str(&names(status.in_state(state)));
        for lacking in lacking(status).filter(|_| state == State::Partial) {
            text.push_str(&wrap(&lacking, terminal.width));
        }
        for doubt in in_doubt(status).filter(|_| state == State::Interrupted) {
            text.push_str(&wrap(&doubt, terminal.width));
        }
        text.push_str(&wrap(way_out, terminal.width));
    }
    for (one, reason) in code(status) {
        let name = clean_line(&full_name(one.version.text(), one.name));
        text.push_str(&format!(
            "{}: {name} cannot be run here: {reason}\n",
            paint(NOTE, "note")
        ));
    }
    let unstored: Vec<String> = status
        .migrations
        .iter()
        .filter_map(|one| one.applied)
        .filter(|row| row.down.sha256.is_some() && !row.down.text_stored)
        .map(|row| clean_line(&full_name(row.version.text(), &row.name)))
        .collect();
    if !unstored.is_empty() {
        text.push_str(&format!(
            "{}: the down of {} is above {} MiB and not stored; undoing it needs the file\n",
            paint(NOTE, "note"),
            unstored.join(", "),
            TEXT_LIMIT >> 20
        ));
    }
    text.push_str(verdict(status));
    text
}

/// The pending migrations that are code of another tool, with the reason why they are not run.
fn code<'s>(status: &'s Status<'_>) -> impl Iterator<Item = (&'s MigrationState<'s>, &'s str)> {
    let waiting = status.migrations.iter().filter(|one| one.applied.is_none());
    waiting.filter_map(|one| Some((one, one.migration?.opaque.as_deref()?)))
}

/// What is not applied of that for which each baseline stands.
fn lacking(status: &Status<'_>) -> impl Iterator<Item = String> {
    status.in_state(State::Partial).filter_map(|one| {
        let replaces = one.migration?.replaces().len();
        let name = clean_line(&full_name(one.version.text(), one.name));
        let shown = one.lacks.iter().take(LISTED);
        let mut lacks: Vec<String> = shown.map(|version| clean_line(version.text())).collect();
        if one.lacks.len() > LISTED {
            lacks.push(format!("and {} more", one.lacks.len() - LISTED));
        }
        let lacks = lacks.join(", ");
        Some(format!(
            "of the {replaces} that {name} stands for, not applied: {lacks}"
        ))
    })
}

/// Each statement of which nobody recorded how it ended.
fn in_doubt(status: &Status<'_>) -> impl Iterator<Item = String> {
    status.in_state(State::Interrupted).filter_map(|one| {
        let doubt = one.attempt?.in_doubt.as_ref()?;
        let name = clean_line(&full_name(one.version.text(), one.name));
        Some(format!(
            "statement {} of {name} was begun at {}, and nobody recorded how it ended: that is decided first",
            doubt.statement,
            time(&doubt.at)
        ))
    })
}

/// Every migration with its state: the versions to choose from.
fn every(status: &Status<'_>) -> String {
    let mut text = String::new();
    for one in &status.migrations {
        let word = one.state.name().replace('_', " ");
        let when = one
            .applied
            .map_or_else(String::new, |row| time(&row.applied_at));
        let name = clean_line(&full_name(one.version.text(), one.name));
        let line = format!("{}  {}  {when}", pad(&word, 12), pad(&name, 40));
        let replaces = one.migration.map_or(0, |file| file.replaces().len());
        let line = match replaces {
            0 => line,
            _ => format!("{}  stands for {replaces}", line.trim_end()),
        };
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn label(style: anstyle::Style, word: &str) -> String {
    paint(style, pad(word, 12))
}

fn last(status: &Status<'_>) -> String {
    let rows = status.migrations.iter().filter_map(|one| one.applied);
    rows.max_by_key(|row| row.sequence)
        .map_or_else(String::new, |row| {
            let milliseconds = u64::try_from(row.duration_ms).unwrap_or(0);
            let took = duration(std::time::Duration::from_millis(milliseconds));
            // Of what another tool applied it is not known how long it took, and not always when.
            let took = Some(took).filter(|_| row.origin != Origin::Adopted);
            let at = Some(time(&row.applied_at)).filter(|at| !at.is_empty());
            let name = clean_line(&full_name(row.version.text(), &row.name));
            let by = format!("by {}", clean_line(&row.applied_by));
            let parts: Vec<String> = [Some(name), at, took, Some(by)]
                .into_iter()
                .flatten()
                .collect();
            format!("  last {}", parts.join(", "))
        })
}

/// `2026-11-20 15:02:10 UTC` of an RFC 3339 text in UTC.
pub fn time(rfc3339: &str) -> String {
    match (rfc3339.get(..10), rfc3339.get(11..19)) {
        (Some(day), Some(time)) => clean_line(&format!("{day} {time} UTC")),
        _ => clean_line(rfc3339),
    }
}

fn names<'s, 'a: 's>(mut all: impl Iterator<Item = &'s MigrationState<'a>>) -> String {
    let mut text = String::new();
    for one in all.by_ref().take(LISTED) {
        let name = clean_line(&full_name(one.version.text(), one.name));
        text.push_str(&format!("  {name}\n"));
    }
    let more = all.count();
    if more > 0 {
        text.push_str(&format!("  and {more} more\n"));
    }
    text
}

fn wrap(text: &str, width: usize) -> String {
    let mut lines = String::new();
    let mut line = String::from("    ");
    for word in text.split(' ') {
        if line.len() + word.len() >= width && line.len() > 4 {
            lines.push_str(line.trim_end());
            lines.push('\n');
            "    ".clone_into(&mut line);
        }
        line.push_str(word);
        line.push(' ');
    }
    format!("{lines}{}\n", line.trim_end())
}

fn verdict(status: &Status<'_>) -> &'static str {
    let counts = status.counts();
    if counts.changed + counts.missing + counts.out_of_order + counts.partial > 0 {
        "files and history disagree\n"
    } else if counts.interrupted > 0 {
        "a migration has begun and has not ended\n"
    } else if status.migrations.is_empty() {
        "there are no migrations; `limosa new NAME` makes one\n"
    } else if counts.pending > 0 {
        "files and history agree; `limosa plan` shows what `limosa up` will do\n"
    } else {
        "files and history agree, nothing is pending\n"
    }
}
