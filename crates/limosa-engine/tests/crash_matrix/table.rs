//! The numbers, as a table.

use crate::matrix::Counts;

const HEAD: [&str; 10] = [
    "scenario",
    "messages",
    "events",
    "connection cut",
    "limosa killed",
    "server killed",
    "second fault",
    "survived",
    "decided",
    "failed",
];

/// A table in Markdown, with its sums.
pub fn table(all: &[Counts]) -> String {
    let mut rows: Vec<Vec<String>> = vec![HEAD.iter().map(|head| (*head).to_owned()).collect()];
    rows.extend(all.iter().map(row));
    rows.push(row(&sum(all)));
    let widths: Vec<usize> = (0..HEAD.len())
        .map(|at| rows.iter().map(|row| row[at].len()).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        let cell = |(at, text): (usize, &String)| {
            let width = widths[at];
            if at == 0 {
                format!("{text:<width$}")
            } else {
                format!("{text:>width$}")
            }
        };
        let cells: Vec<String> = row.iter().enumerate().map(cell).collect();
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
        if number == 0 {
            let line = |(at, width): (usize, &usize)| {
                let dashes = "-".repeat(width - usize::from(at > 0));
                if at == 0 {
                    dashes
                } else {
                    format!("{dashes}:")
                }
            };
            let cells: Vec<String> = widths.iter().enumerate().map(line).collect();
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
    }
    text
}

fn row(counts: &Counts) -> Vec<String> {
    let Counts {
        scenario,
        messages,
        events,
        tried,
        twice,
        survived,
        decided,
        failed,
        ..
    } = counts;
    let [connections, limosas, servers] = tried;
    let numbers = [
        messages,
        events,
        connections,
        limosas,
        servers,
        twice,
        survived,
        decided,
        failed,
    ];
    let numbers = numbers.iter().map(ToString::to_string);
    std::iter::once(scenario.clone()).chain(numbers).collect()
}

/// All scenarios together.
pub fn sum(all: &[Counts]) -> Counts {
    let mut sum = Counts {
        scenario: "all".to_owned(),
        ..Counts::default()
    };
    for one in all {
        sum.messages += one.messages;
        sum.events += one.events;
        for (total, tried) in sum.tried.iter_mut().zip(one.tried) {
            *total += tried;
        }
        sum.twice += one.twice;
        sum.survived += one.survived;
        sum.decided += one.decided;
        sum.failed += one.failed;
    }
    sum
}
