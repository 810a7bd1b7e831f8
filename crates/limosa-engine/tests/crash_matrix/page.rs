//! `docs/reliability.md`.

use limosa_testkit::Sqlite;

use crate::matrix::Counts;
use crate::options::Options;
use crate::table;

const HEAD: &str = include_str!("page_head.md");
const TAIL: &str = include_str!("page_tail.md");

/// The page about what was tried.
pub fn page(options: &Options, versions: &[String], all: &[Counts]) -> String {
    let sum = table::sum(all);
    let tried: usize = sum.tried.iter().sum();
    let date = Sqlite::database().value("select date('now')");
    let (last, others) = versions
        .split_last()
        .map_or(("", &[][..]), |(last, others)| (last, others));
    let versions = if others.is_empty() {
        last.to_owned()
    } else {
        format!("{} and {last}", others.join(", "))
    };
    let mut decisions = String::new();
    for counts in all {
        if let Some(because) = counts.because {
            decisions.push_str(&format!(
                "- `{}`, {} times: {because}.\n",
                counts.scenario, counts.decided
            ));
        }
    }
    let extent = match options.stride {
        1 => "for each place".to_owned(),
        stride => format!("for one in {stride} of all places, at random, and for every event"),
    };
    let head = HEAD
        .replace("{extent}", &extent)
        .replace("{date}", &date)
        .replace("{versions}", &versions)
        .replace("{tried}", &tried.to_string())
        .replace("{twice}", &sum.twice.to_string())
        .replace("{seed}", &options.seed.to_string())
        .replace("{failed}", &sum.failed.to_string());
    let tail = TAIL
        .replace("{decided}", &sum.decided.to_string())
        .replace("{decisions}", &decisions);
    format!("{head}\n{}\n{tail}", table::table(all))
}
