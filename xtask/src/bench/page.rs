//! The page with the figures, and what of them misses a promise.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::time::Duration;

use limosa_testkit::Kind;

use super::measure::Measured;
use super::prove::{self, Proved};
use super::{MEMORY_LIMIT, client_name, shown, split};

/// A file of 10 MB is split in less.
const SPLIT_LIMIT: f64 = 1000.0;

/// Everything that was measured.
#[derive(Debug)]
pub(super) struct Figures {
    pub(super) megabytes: u64,
    /// The load average of the last minute, before the measurements.
    pub(super) load: Option<String>,
    pub(super) versions: Vec<String>,
    pub(super) large: Vec<Large>,
    pub(super) huge: Option<Measured>,
    pub(super) small: Vec<Small>,
    pub(super) proved: Vec<Proved>,
    pub(super) split: Vec<(String, String)>,
}

/// A large file, applied by `limosa` and by the database's own client.
#[derive(Debug)]
pub(super) struct Large {
    pub(super) what: &'static str,
    pub(super) kind: Kind,
    pub(super) limosa: Measured,
    pub(super) client: Option<Measured>,
}

/// Many small migrations.
#[derive(Debug)]
pub(super) struct Small {
    pub(super) kind: Kind,
    pub(super) migrations: usize,
    pub(super) up: Duration,
    pub(super) nothing: Duration,
    pub(super) status: Duration,
    /// The start of the database's own client and one query.
    pub(super) client: Option<Duration>,
}

impl Figures {
    pub(super) fn new(megabytes: u64) -> Self {
        Self {
            megabytes,
            load: load(),
            versions: Vec::new(),
            large: Vec::new(),
            huge: None,
            small: Vec::new(),
            proved: Vec::new(),
            split: Vec::new(),
        }
    }
}

/// What is promised and was not reached, in sentences.
pub(super) fn missed(figures: &Figures) -> Vec<String> {
    let large = figures.large.iter().map(|one| (one.what, &one.limosa));
    let mut missed: Vec<String> = large
        .filter(|(_, limosa)| limosa.memory >= Some(MEMORY_LIMIT))
        .map(|(what, limosa)| format!("{what}: limosa took {} of memory", memory(limosa.memory)))
        .collect();
    for (dialect, time) in &figures.split {
        if split::milliseconds(time).is_none_or(|time| time >= SPLIT_LIMIT) {
            missed.push(format!("{dialect}: 10 MB are split in {time}"));
        }
    }
    missed
}

/// The page.
pub(super) fn page(figures: &Figures) -> String {
    let mut text = String::from(
        "# Benchmarks\n\n\
         What Limosa adds to the work of the server: memory, time on the processor, time on the clock. \
         `cargo xtask bench` measures the figures and writes this page; it fails when a file takes \
         64 MiB of memory or more, or when 10 MB take a second or more to split.\n\n",
    );
    let _ = writeln!(
        text,
        "Measured on {}, on {}, with {}. The servers are private, run on the same machine and do not wait \
         for the disk (SQLite does); all programs enter them by a Unix socket. The programs of a row run one after \
         the other: where the machine has other work, compare times on the processor rather than the clock. The load \
         average was {} before.\n",
        date(),
        machine(),
        figures.versions.join(", "),
        figures.load.as_deref().unwrap_or("unknown")
    );
    large(&mut text, figures);
    small(&mut text, figures);
    text.push_str(&prove::part(&figures.proved));
    let _ = writeln!(
        text,
        "## Splitting\n\n10 MB of mixed statements in memory, split into statements \
         (`cargo bench -p limosa-sql --bench split`, median of 100).\n\n| dialect | time |\n|---|---|"
    );
    for (dialect, time) in &figures.split {
        let _ = writeln!(text, "| {dialect} | {time} |");
    }
    text
}

fn large(text: &mut String, figures: &Figures) {
    let _ = writeln!(
        text,
        "## Large files\n\nA migration of {} MB is applied by `limosa up`, and run by the database's own client in \
         one transaction. The INSERT statements have about 150 bytes each. *Memory* is the largest resident \
         memory of the process, the program itself included; *processor* is its user and system time, without \
         the server's (SQLite has no server: its work is in both columns).\n\n\
         | database | file | limosa: memory | processor | clock | client | memory | processor | clock | \
         processor, limosa to client |\n|---|---|---|---|---|---|---|---|---|---|",
        figures.megabytes
    );
    for one in &figures.large {
        let columns = |run: &Measured| {
            let processor = run.processor.map_or_else(|| "?".to_owned(), shown);
            format!("{} | {processor} | {}", memory(run.memory), shown(run.wall))
        };
        let name = client_name(one.kind);
        let (client, ratio) = match &one.client {
            Some(client) => (
                columns(client),
                ratio(one.limosa.processor, client.processor),
            ),
            None => ("not installed | |".to_owned(), String::new()),
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {name} | {client} | {ratio} |",
            one.kind.label(),
            one.what,
            columns(&one.limosa),
        );
    }
    if let Some(huge) = &figures.huge {
        let _ = writeln!(
            text,
            "\nA single statement of 200 MB is refused before anything is changed (exit code 2), after {} \
             and with {} of memory: statements may have 64 MiB.\n",
            shown(huge.wall),
            memory(huge.memory)
        );
    }
}

fn small(text: &mut String, figures: &Figures) {
    let number = figures.small.first().map_or(0, |one| one.migrations);
    let _ = writeln!(
        text,
        "## Many migrations\n\nA folder of {number} migrations of one table each, with their downs. *Nothing to do* \
         is `limosa up` after that, *client* the start of the database's own client with `select 1`; both are \
         medians.\n\n| database | up | for each migration | nothing to do | status | client | nothing to do, \
         limosa to client |\n|---|---|---|---|---|---|---|"
    );
    for one in &figures.small {
        let each = one.up / u32::try_from(one.migrations).unwrap_or(1).max(1);
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            one.kind.label(),
            shown(one.up),
            shown(each),
            shown(one.nothing),
            shown(one.status),
            one.client.map_or_else(|| "not installed".to_owned(), shown),
            ratio(Some(one.nothing), one.client),
        );
    }
    text.push('\n');
}

fn ratio(one: Option<Duration>, other: Option<Duration>) -> String {
    match (one, other) {
        (Some(one), Some(other)) if !other.is_zero() => {
            format!("{:.2}", one.as_secs_f64() / other.as_secs_f64())
        }
        _ => String::new(),
    }
}

pub(super) fn memory(bytes: Option<u64>) -> String {
    bytes.map_or_else(
        || "?".to_owned(),
        |bytes| format!("{}.{} MiB", bytes >> 20, (bytes >> 10) % 1024 * 10 / 1024),
    )
}

pub(super) fn date() -> String {
    let output = Command::new("date").args(["-u", "+%Y-%m-%d"]).output();
    output.map_or_else(
        |_| "an unknown day".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

/// The machine in words: processors, memory, system.
pub(super) fn machine() -> String {
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
pub(super) fn load() -> Option<String> {
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
    use super::*;

    fn run(memory: u64) -> Measured {
        Measured {
            name: "limosa".to_owned(),
            code: Some(0),
            stderr: String::new(),
            wall: Duration::from_secs(2),
            processor: Some(Duration::from_secs(1)),
            memory: Some(memory),
        }
    }

    fn figures(memory: u64, time: &str) -> Figures {
        Figures {
            large: vec![Large {
                what: "INSERT statements",
                kind: Kind::Sqlite,
                limosa: run(memory),
                client: Some(run(5 << 20)),
            }],
            split: vec![("sqlite".to_owned(), time.to_owned())],
            ..Figures::new(500)
        }
    }

    #[test]
    fn what_takes_too_much_is_missed() {
        assert!(missed(&figures(MEMORY_LIMIT - 1, "999 ms")).is_empty());
        let missed = missed(&figures(MEMORY_LIMIT, "1.2 s"));
        assert_eq!(
            missed,
            [
                "INSERT statements: limosa took 64.0 MiB of memory",
                "sqlite: 10 MB are split in 1.2 s"
            ]
        );
    }

    #[test]
    fn the_page_compares_limosa_with_the_client() {
        let page = page(&figures(11_796_480, "60 ms"));
        assert!(page.contains(
            "| sqlite | INSERT statements | 11.2 MiB | 1.00 s | 2.00 s | sqlite3 | 5.0 MiB | 1.00 s | 2.00 s | 1.00 |"
        ), "{page}");
    }
}
