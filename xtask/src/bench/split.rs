//! The bench of the splitter in `limosa-sql`, whose table is read.

use std::fmt::Write as _;
use std::path::Path;

use super::aims::{self, Judged};
use super::page::{Part, measured_on};
use super::{Bench, NAMES};

pub(super) fn measure(bench: &Bench) -> Result<Part, String> {
    let medians = split(&bench.root)?;
    let mut text = format!(
        "## Splitting\n\n10 MB of mixed statements in memory, split into statements (`cargo bench -p limosa-sql --bench \
         split`, median of 100). {}| dialect | time |\n|---|---|\n",
        measured_on(bench, &[])
    );
    for (dialect, time) in &medians {
        let _ = writeln!(text, "| {dialect} | {time} |");
    }
    // A time that cannot be read must not pass for a fast one.
    let times = medians
        .iter()
        .map(|(_, time)| milliseconds(time).unwrap_or(f64::INFINITY));
    Ok(Part {
        name: NAMES.split,
        text,
        judged: vec![Judged {
            aim: &aims::SPLIT,
            figure: Ok(times.fold(0.0, f64::max)),
        }],
    })
}

/// The dialects with the median time for 10 MB.
fn split(root: &Path) -> Result<Vec<(String, String)>, String> {
    let output = super::cargo(root)
        .args(["bench", "--quiet", "-p", "limosa-sql", "--bench", "split"])
        .output()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let medians = medians(&text);
    if medians.is_empty() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!("the bench of the splitter failed: {errors}"));
    }
    Ok(medians)
}

/// The rows of divan's table: fastest, slowest, median, ….
fn medians(table: &str) -> Vec<(String, String)> {
    let row = |line: &str| {
        let line = line.trim_start_matches([' ', '├', '╰', '─']);
        let mut columns = line.split('│').map(str::trim);
        let (name, _fastest) = columns.next()?.split_once("  ")?;
        let median = columns.nth(1)?;
        median
            .ends_with('s')
            .then(|| (name.to_owned(), median.to_owned()))
    };
    table.lines().filter_map(row).collect()
}

/// The milliseconds of a time as divan writes it.
fn milliseconds(time: &str) -> Option<f64> {
    let (number, unit) = time.split_once(' ')?;
    let number: f64 = number.parse().ok()?;
    match unit {
        "s" => Some(number * 1e3),
        "ms" => Some(number),
        "µs" => Some(number / 1e3),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_found_in_the_table() {
        let table = "\
split           fastest       │ slowest       │ median        │ mean          │ samples │ iters
╰─ split                      │               │               │               │         │
   ├─ Postgres  41.01 ms      │ 60.3 ms       │ 44.52 ms      │ 45 ms         │ 100     │ 100
   │            244 MB/s      │ 166 MB/s      │ 225 MB/s      │ 222 MB/s      │         │
   ╰─ Sqlite    1.1 s         │ 1.3 s         │ 1.2 s         │ 1.2 s         │ 100     │ 100
";
        let found = medians(table);
        let wanted = [("Postgres", "44.52 ms"), ("Sqlite", "1.2 s")];
        assert_eq!(found, wanted.map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert_eq!(milliseconds("1.2 s"), Some(1200.0));
        assert_eq!(milliseconds("44.52 ms"), Some(44.52));
        assert_eq!(milliseconds("225 MB/s"), None);
    }
}
