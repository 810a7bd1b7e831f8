//! The page: a head, the aims, the programs, and a marked part for each kind of measurement, which is renewed alone.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::time::Duration;

use limosa_testkit::tools::{MEASURED, Source};

use super::Bench;
use super::aims::{self, Judged};
use super::programs::Program;
use super::rounds::{Absent, Outcome};

const HEAD: &str = include_str!("head.md");

/// What a measurement gives.
#[derive(Debug)]
pub(super) struct Part {
    /// Of [`super::PARTS`].
    pub(super) name: &'static str,
    pub(super) text: String,
    pub(super) judged: Vec<Judged>,
}

/// The page with a part in the place of the old one; all others stay.
pub(super) fn renewed(old: &str, order: &[&str], part: &Part) -> String {
    let mut page = String::from(HEAD);
    let aims = aims::table(marked(old, "aims").unwrap_or_default(), &part.judged);
    put(
        &mut page,
        "aims",
        &format!(
            "## What is aimed at\n\nMemory, round trips and sizes are promised: where one is missed, the task fails. \
         Comparisons of times are shown and not promised, because what else the machine does changes them.\n\n{aims}"
        ),
    );
    put(&mut page, "programs", &programs());
    for &name in order {
        if name == part.name {
            put(&mut page, name, &part.text);
        } else if let Some(text) = marked(old, name) {
            put(&mut page, name, text);
        }
    }
    page
}

fn put(page: &mut String, name: &str, text: &str) {
    let _ = writeln!(
        page,
        "\n<!-- {name} -->\n{}\n<!-- end of {name} -->",
        text.trim_end()
    );
}

fn marked<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(&format!("<!-- {name} -->\n"))?;
    let (text, _) = rest.split_once(&format!("<!-- end of {name} -->"))?;
    Some(text)
}

/// The tools of others, with their versions, and which could not be had.
fn programs() -> String {
    let mut text = String::from(
        "## The other programs\n\n| program | version | installed by | |\n|---|---|---|---|\n",
    );
    for name in ["psql", "mariadb", "sqlite3", "node"] {
        let version = said(Command::new(name).arg("--version"));
        let there = if version.is_empty() {
            "not installed"
        } else {
            ""
        };
        let _ = writeln!(text, "| {name} | {version} | the system | {there} |");
    }
    for tool in &MEASURED {
        let by = match tool.source {
            Source::Go { .. } | Source::GoModule { .. } => "go",
            Source::Npm { .. } => "npm",
            Source::Cargo { .. } | Source::CargoPackage { .. } => "cargo",
        };
        let there = match tool.installed() {
            Ok(_) => String::new(),
            Err(reason) => cell(&reason),
        };
        let _ = writeln!(
            text,
            "| {} | {} | {by} | {there} |",
            tool.name, tool.version
        );
    }
    text
}

/// When, where and with what a part was measured, in a sentence; `servers` are their versions.
pub(super) fn measured_on(bench: &Bench, servers: &[String]) -> String {
    let mut with = said(Command::new(&bench.limosa).arg("--version"));
    let mut git = Command::new("git");
    git.current_dir(&bench.root)
        .args(["rev-parse", "--short=12", "HEAD"]);
    let commit = said(&mut git);
    if !commit.is_empty() {
        with.push_str(&format!(" ({commit})"));
    }
    for server in servers {
        with.push_str(&format!(", {server}"));
    }
    format!(
        "Measured on {}, on {}, with {with}; the load average was {} when the part ended.\n\n",
        date(),
        machine(),
        load().as_deref().unwrap_or("unknown"),
    )
}

/// What a program says, on one line; nothing where it fails.
fn said(command: &mut Command) -> String {
    let output = command.output().ok();
    let output = output.filter(|output| output.status.success());
    output.map_or_else(String::new, |output| {
        cell(&String::from_utf8_lossy(&output.stdout))
    })
}

/// A table of programs. Where bytes were counted it has columns for them.
pub(super) fn table(outcomes: &[Outcome]) -> String {
    let counted = outcomes.iter().any(|one| one.traffic.is_some());
    let mut text =
        String::from("| program | by | median | from, to | limosa to it | memory | processor |");
    if counted {
        text.push_str(" round trips | connections | sent | received |");
    }
    text.push('\n');
    text.push_str(&"|---".repeat(if counted { 11 } else { 7 }));
    text.push_str("|\n");
    let limosa = outcomes
        .iter()
        .find(|one| one.program == Program::Limosa)
        .and_then(Outcome::median);
    for one in outcomes {
        let Some(median) = one.median() else {
            let (word, reason) = match &one.absent {
                Some(Absent::NotHere(reason)) => ("not here", reason.as_str()),
                Some(Absent::Failed(reason)) => ("failed", reason.as_str()),
                None => ("failed", "it did not run"),
            };
            let _ = write!(
                text,
                "| {} | {} | {word}: {} | | | | |",
                one.name,
                one.by,
                cell(reason)
            );
            text.push_str(if counted { " | | | |\n" } else { "\n" });
            continue;
        };
        let range = match (one.times.iter().min(), one.times.iter().max()) {
            (Some(least), Some(most)) if least != most => {
                format!("{}, {}", shown(*least), shown(*most))
            }
            _ => String::new(),
        };
        let _ = write!(
            text,
            "| {} | {} | {} | {range} | {} | {} | {} |",
            one.name,
            one.by,
            shown(median),
            ratio(limosa, Some(median)),
            memory(one.memory),
            match one.processor {
                // It is counted in larger steps.
                Some(Duration::ZERO) => String::new(),
                processor => processor.map_or_else(|| "?".to_owned(), shown),
            },
        );
        match one.traffic {
            Some(traffic) => {
                let _ = write!(
                    text,
                    " {} | {} | {} | {} |",
                    traffic.round_trips,
                    traffic.connections,
                    bytes(traffic.sent),
                    bytes(traffic.received)
                );
            }
            None if counted => text.push_str(" | | | |"),
            None => {}
        }
        text.push('\n');
    }
    text.push('\n');
    text
}

/// One time to another.
pub(super) fn ratio(one: Option<Duration>, other: Option<Duration>) -> String {
    match (one, other) {
        (Some(one), Some(other)) if !other.is_zero() => {
            shown_ratio(one.as_secs_f64() / other.as_secs_f64())
        }
        _ => String::new(),
    }
}

pub(super) fn shown_ratio(ratio: f64) -> String {
    match ratio {
        ..0.0995 => format!("{ratio:.3}"),
        _ => format!("{ratio:.2}"),
    }
}

/// Seconds or milliseconds to three digits.
pub(super) fn shown(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        ..0.1 => format!("{:.1} ms", seconds * 1e3),
        ..1.0 => format!("{:.0} ms", seconds * 1e3),
        ..10.0 => format!("{seconds:.2} s"),
        _ => format!("{seconds:.1} s"),
    }
}

pub(super) fn memory(bytes: Option<u64>) -> String {
    bytes.map_or_else(
        || "?".to_owned(),
        |bytes| format!("{}.{} MiB", bytes >> 20, (bytes >> 10) % 1024 * 10 / 1024),
    )
}

fn bytes(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..10_000_000 => format!("{} kB", bytes / 1000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

/// A reason in a table: one line, without its marks, not too long, without the folders of this run.
pub(super) fn cell(text: &str) -> String {
    let folder = std::env::temp_dir();
    let shown = |word: &'_ str| -> String {
        if word.contains(&*folder.to_string_lossy()) {
            return "…".to_owned();
        }
        word.to_owned()
    };
    let line: Vec<String> = text.split_whitespace().map(shown).collect();
    let line = line.join(" ").replace('|', "/");
    match line.char_indices().nth(160) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn date() -> String {
    said(Command::new("date").args(["-u", "+%Y-%m-%d"]))
}

/// The machine in words: processors, memory, system.
fn machine() -> String {
    let number = std::thread::available_parallelism().map_or(1, usize::from);
    let processors = match number {
        1 => "1 processor".to_owned(),
        number => format!("{number} processors"),
    };
    let model = first("/proc/cpuinfo", "model name").map_or(String::new(), |model| {
        format!(" ({})", model.trim_start_matches([':', ' ']))
    });
    let memory = first("/proc/meminfo", "MemTotal:")
        .and_then(|line| line.split_ascii_whitespace().next()?.parse::<u64>().ok())
        .map_or(String::new(), |kilobytes| {
            format!(" with {} GiB of memory", kilobytes.div_ceil(1 << 20))
        });
    format!("{processors}{model}{memory}, {}", std::env::consts::OS)
}

/// The load average of the last minute.
fn load() -> Option<String> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    Some(text.split_ascii_whitespace().next()?.to_owned())
}

fn first(file: &str, begin: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(begin))?;
    Some(line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use limosa_testkit::slow::Traffic;

    use super::super::rounds::tests::outcome;
    use super::*;

    #[test]
    fn programs_are_compared_with_limosa() {
        let text = table(&[
            outcome(Program::Limosa, &[500, 400, 600]),
            outcome(Program::Sqlx, &[1000, 1000, 1000]),
        ]);
        assert!(
            text.contains(
                "| limosa up | socket | 500 ms | 400 ms, 600 ms | 1.00 | 10.0 MiB | 70.0 ms |\n"
            ),
            "{text}"
        );
        assert!(
            text.contains("| sqlx-cli | socket | 1.00 s |  | 0.50 | 10.0 MiB | 70.0 ms |\n"),
            "{text}"
        );
    }

    #[test]
    fn a_tool_that_is_missing_or_fails_keeps_its_row_and_the_others_their_figures() {
        let mut missing = outcome(Program::Goose, &[]);
        missing.absent = Some(Absent::NotHere(
            "goose v3 could not be installed: no network".into(),
        ));
        let mut failed = outcome(Program::Diesel, &[]);
        failed.absent = Some(Absent::Failed("syntax error | at\n\"COPY\"".into()));
        let mut counted = outcome(Program::Limosa, &[500]);
        counted.traffic = Some(Traffic {
            connections: 1,
            round_trips: 7,
            sent: 12_345,
            received: 678,
        });
        let text = table(&[counted, missing, failed]);
        let columns = |line: &str| line.matches('|').count();
        assert!(
            text.trim_end().lines().all(|line| columns(line) == 12),
            "{text}"
        );
        assert!(text.contains("| 7 | 1 | 12 kB | 678 B |"), "{text}");
        assert!(
            text.contains("not here: goose v3 could not be installed"),
            "{text}"
        );
        assert!(
            text.contains("failed: syntax error / at \"COPY\""),
            "{text}"
        );
    }

    #[test]
    fn without_limosa_there_is_no_ratio() {
        let text = table(&[outcome(Program::Sqlx, &[1000])]);
        assert!(
            text.contains("| sqlx-cli | socket | 1.00 s |  |  | 10.0 MiB | 70.0 ms |"),
            "{text}"
        );
    }

    #[test]
    fn a_part_is_renewed_alone() {
        let part = |name, text: &str| Part {
            name,
            text: text.to_owned(),
            judged: Vec::new(),
        };
        let order = ["one", "two"];
        let page = renewed("", &order, &part("two", "## Two\n\nold\n"));
        let page = renewed(&page, &order, &part("one", "## One\n"));
        let page = renewed(&page, &order, &part("two", "## Two\n\nnew\n"));
        assert!(
            page.contains("## Two\n\nnew\n<!-- end of two -->"),
            "{page}"
        );
        assert!(!page.contains("old"), "{page}");
        assert!(page.find("## One") < page.find("## Two"), "{page}");
        assert_eq!(renewed(&page, &order, &part("one", "## One\n")), page);
    }

    #[test]
    fn small_ratios_have_three_digits() {
        assert_eq!(shown_ratio(0.0512), "0.051");
        assert_eq!(shown_ratio(0.2), "0.20");
        assert_eq!(shown_ratio(0.0999), "0.10");
    }
}
