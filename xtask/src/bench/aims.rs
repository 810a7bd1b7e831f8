//! What the page aims at: promises, which the task fails without, and figures that are shown with how far they are off.

use super::page::shown_ratio;
use super::programs::{Glue, Program};
use super::rounds::{Absent, Outcome};

/// One aim.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Aim {
    /// What is measured, which names the aim on the page.
    pub(super) what: &'static str,
    pub(super) at_most: f64,
    pub(super) unit: Unit,
    pub(super) weight: Weight,
}

/// What a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Ratio,
    Milliseconds,
    Mebibytes,
    Megabytes,
    RoundTrips,
}

/// What it means when it is missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// The task fails.
    Promise,
    /// The page says by how much, and why.
    Shown(&'static str),
}

/// A comparison of times, and what makes it as long as it is.
const fn ratio(what: &'static str, at_most: f64, because: &'static str) -> Aim {
    Aim {
        what,
        at_most,
        unit: Unit::Ratio,
        weight: Weight::Shown(because),
    }
}

const RECORDS: &str =
    "each migration also has a guard and records of its own, which the server writes";
const DEFINITIONS: &str = "the server's work on the definitions is most of it: one message of `psql`, without a history, takes nearly as long";
const ONE_MESSAGE: &str =
    "one message of `psql` for everything, without a history, takes about a tenth itself";
const COLD: &str = "half of it is the server's, whose new process plans its first statements with empty caches; then \
                    1,000 files are read and checked, and 1,000 rows compared with them";
const COMMITS: &str = "each definition has a commit of ours and two messages before it, so that none is done twice: \
                       design 0029 has the limits";

pub(super) const TOGETHER_CLIENT: Aim = ratio(
    "1,000 migrations, empty durable PostgreSQL: time to that of `psql -1 -f`",
    1.0,
    RECORDS,
);
pub(super) const TOGETHER_PEER: Aim = ratio(
    "the same: time to that of the best migration tool",
    0.75,
    DEFINITIONS,
);
pub(super) const EACH_CLIENT: Aim = ratio(
    "1,000 migrations, a transaction each: time to that of `psql -f` with a transaction each",
    1.0,
    RECORDS,
);
pub(super) const EACH_PEER: Aim = ratio(
    "the same, a transaction each: time to that of the best migration tool",
    1.0,
    DEFINITIONS,
);
pub(super) const MARIADB_CLIENT: Aim = ratio(
    "1,000 migrations on MariaDB: time to that of `mariadb` with one file",
    1.1,
    COMMITS,
);
pub(super) const SQLITE_CLIENT: Aim = ratio(
    "1,000 migrations on SQLite: time to that of `sqlite3` with one transaction",
    1.1,
    RECORDS,
);
pub(super) const SLOW_PEER: Aim = ratio(
    "100 migrations over 10 ms: time to that of the best migration tool",
    0.1,
    ONE_MESSAGE,
);
pub(super) const SLOW_MESSAGE: Aim = ratio(
    "100 migrations over 10 ms: time to that of `psql` with one message",
    3.0,
    RECORDS,
);
pub(super) const STATUS: Aim = Aim {
    what: "`limosa status`: round trips after connecting",
    at_most: 1.0,
    unit: Unit::RoundTrips,
    weight: Weight::Shown(
        "the session is set up, and the catalog looked into, in a round trip that a bare connection does not have",
    ),
};
pub(super) const NOTHING_PEER: Aim = ratio(
    "nothing to do, 1,000 applied on PostgreSQL: time to that of the best migration tool",
    0.5,
    COLD,
);
pub(super) const NOTHING_TIME: Aim = Aim {
    what: "nothing to do, 1,000 applied on PostgreSQL: time",
    at_most: 10.0,
    unit: Unit::Milliseconds,
    weight: Weight::Shown(COLD),
};
pub(super) const LARGE_PEER: Aim = ratio(
    "500 MB of INSERT statements: time to that of the best migration tool",
    1.05,
    "the file is read and planned before anything is sent; what follows takes as long as the best tool",
);
pub(super) const LARGE_MEMORY: Aim = Aim {
    what: "files of 500 MB: the largest memory",
    at_most: 64.0,
    unit: Unit::Mebibytes,
    weight: Weight::Promise,
};
pub(super) const SPLIT: Aim = Aim {
    what: "10 MB split into statements, the slowest dialect (100 MB/s)",
    at_most: 100.0,
    unit: Unit::Milliseconds,
    weight: Weight::Promise,
};
pub(super) const BINARY: Aim = Aim {
    what: "the program as it is released",
    at_most: 10.0,
    unit: Unit::Megabytes,
    weight: SIZE,
};
pub(super) const STATIC: Aim = Aim {
    what: "a static program (musl) that works on SQLite and PostgreSQL",
    at_most: 10.0,
    unit: Unit::Megabytes,
    weight: SIZE,
};

/// Why the program is larger than it should be.
const SIZE: Weight = Weight::Shown(
    "73% are code (Limosa, the drivers with TLS, SQLite, the readers of settings), compiled for size; 10% are tables \
     with which a panic still releases what is held",
);

/// All of them, in the order of the page.
const ALL: [&Aim; 16] = [
    &TOGETHER_CLIENT,
    &TOGETHER_PEER,
    &EACH_CLIENT,
    &EACH_PEER,
    &SLOW_PEER,
    &SLOW_MESSAGE,
    &STATUS,
    &NOTHING_PEER,
    &NOTHING_TIME,
    &LARGE_PEER,
    &LARGE_MEMORY,
    &SQLITE_CLIENT,
    &MARIADB_CLIENT,
    &SPLIT,
    &BINARY,
    &STATIC,
];

/// What came of an aim.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) aim: &'static Aim,
    /// The figure, or why there is none.
    pub(super) figure: Result<f64, Absent>,
}

impl Judged {
    /// What makes the task fail.
    pub(super) fn broken(&self) -> Option<String> {
        let what = self.aim.what;
        match &self.figure {
            Err(Absent::Failed(reason)) => Some(format!("{what}: {reason}")),
            Ok(figure) if *figure > self.aim.at_most && self.aim.weight == Weight::Promise => {
                let unit = self.aim.unit;
                let (figure, most) = (unit.shown(*figure), unit.shown(self.aim.at_most));
                Some(format!("{what}: {figure}, and at most {most} are promised"))
            }
            _ => None,
        }
    }

    fn row(&self) -> String {
        let aim = self.aim;
        let (figure, result) = match &self.figure {
            Ok(figure) => {
                let result = match aim.weight {
                    _ if *figure <= aim.at_most => "reached".to_owned(),
                    Weight::Promise => format!("**missed by {}**", excess(*figure, aim.at_most)),
                    Weight::Shown(because) => {
                        let excess = excess(*figure, aim.at_most);
                        format!("missed by {excess}: {because}")
                    }
                };
                (aim.unit.shown(*figure), result)
            }
            Err(Absent::Failed(reason)) => ("–".to_owned(), format!("**failed**: {reason}")),
            Err(Absent::NotHere(reason)) => ("–".to_owned(), format!("not measured: {reason}")),
        };
        format!(
            "| {} | {} | {figure} | {result} |\n",
            aim.what,
            aim.unit.shown(aim.at_most)
        )
    }
}

impl Unit {
    fn shown(self, figure: f64) -> String {
        match self {
            Self::Ratio => shown_ratio(figure),
            Self::Milliseconds => format!("{figure:.1} ms"),
            Self::Mebibytes => format!("{figure:.1} MiB"),
            Self::Megabytes => format!("{figure:.1} MB"),
            Self::RoundTrips => format!("{figure:.0}"),
        }
    }
}

fn excess(figure: f64, at_most: f64) -> String {
    format!("{:.0}%", (figure / at_most - 1.0) * 100.0)
}

/// The table of all aims: those that were judged now, the others as the old table has them.
pub(super) fn table(old: &str, judged: &[Judged]) -> String {
    let mut text = String::from("| what | at most | measured | |\n|---|---|---|---|\n");
    for aim in ALL {
        let row = judged.iter().find(|one| one.aim == aim).map(Judged::row);
        let begin = format!("| {} |", aim.what);
        let kept = || old.lines().find(|line| line.starts_with(&begin));
        match row.or_else(|| kept().map(|line| format!("{line}\n"))) {
            Some(row) => text.push_str(&row),
            None => text.push_str(&format!(
                "{begin} {} | – | not measured yet |\n",
                aim.unit.shown(aim.at_most)
            )),
        }
    }
    text
}

/// The time of one program to that of another.
pub(super) fn to_client(
    aim: &'static Aim,
    outcomes: &[Outcome],
    ours: Program,
    glue: Glue,
) -> Judged {
    let other = |one: &&Outcome| one.program == Program::Client(glue);
    judge(aim, outcomes, ours, outcomes.iter().find(other))
}

/// The time of one program to that of the fastest tool of others.
pub(super) fn to_best_peer(aim: &'static Aim, outcomes: &[Outcome], ours: Program) -> Judged {
    let peers = outcomes.iter().filter(|one| one.program.is_peer());
    let best = peers
        .filter(|one| one.median().is_some())
        .min_by_key(|one| one.median());
    judge(aim, outcomes, ours, best)
}

fn judge(
    aim: &'static Aim,
    outcomes: &[Outcome],
    ours: Program,
    other: Option<&Outcome>,
) -> Judged {
    let figure = || {
        let ours = outcomes.iter().find(|one| one.program == ours);
        let ours = ours.ok_or_else(|| Absent::NotHere("limosa did not run".to_owned()))?;
        let nothing = || Absent::Failed("it did not run".to_owned());
        let time = (ours.median()).ok_or_else(|| ours.absent.clone().unwrap_or_else(nothing))?;
        let other = other.and_then(Outcome::median);
        let other = other.filter(|other| !other.is_zero());
        let other =
            other.ok_or_else(|| Absent::NotHere("there is nothing to compare with".to_owned()))?;
        Ok(time.as_secs_f64() / other.as_secs_f64())
    };
    Judged {
        aim,
        figure: figure(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::rounds::tests::outcome;
    use super::*;

    fn promise(figure: Result<f64, Absent>) -> Judged {
        Judged {
            aim: &LARGE_MEMORY,
            figure,
        }
    }

    #[test]
    fn only_a_missed_promise_and_a_failure_break_the_task() {
        assert_eq!(promise(Ok(64.0)).broken(), None);
        assert_eq!(
            promise(Ok(65.5)).broken().as_deref(),
            Some(
                "files of 500 MB: the largest memory: 65.5 MiB, and at most 64.0 MiB are promised"
            )
        );
        assert_eq!(promise(Err(Absent::NotHere("x".to_owned()))).broken(), None);
        assert!(
            promise(Err(Absent::Failed("x".to_owned())))
                .broken()
                .is_some()
        );
        let shown = Judged {
            aim: &SLOW_PEER,
            figure: Ok(0.2),
        };
        assert_eq!(shown.broken(), None);
        assert!(
            shown
                .row()
                .contains("| 0.10 | 0.20 | missed by 100%: one message of"),
            "{}",
            shown.row()
        );
    }

    #[test]
    fn the_best_tool_is_the_fastest_that_did_not_fail() {
        let mut failed = outcome(Program::Goose, &[1]);
        failed.absent = Some(Absent::Failed("no".to_owned()));
        let all = [
            outcome(Program::Limosa, &[30]),
            outcome(Program::Client(Glue::OneTransaction), &[10]),
            failed,
            outcome(Program::Sqlx, &[60]),
            outcome(Program::Dbmate, &[90]),
        ];
        let judged = to_best_peer(&TOGETHER_PEER, &all, Program::Limosa);
        assert!((judged.figure.expect("there is one") - 0.5).abs() < 1e-9);
        let judged = to_client(
            &TOGETHER_CLIENT,
            &all,
            Program::Limosa,
            Glue::OneTransaction,
        );
        assert!((judged.figure.expect("there is one") - 3.0).abs() < 1e-9);
    }

    #[test]
    fn without_the_others_nothing_is_judged_and_without_limosa_it_fails() {
        let alone = [outcome(Program::Limosa, &[30])];
        let judged = to_best_peer(&TOGETHER_PEER, &alone, Program::Limosa);
        assert!(matches!(judged.figure, Err(Absent::NotHere(_))));
        let mut failed = outcome(Program::Limosa, &[]);
        failed.absent = Some(Absent::Failed("no".to_owned()));
        let judged = to_best_peer(&TOGETHER_PEER, &[failed], Program::Limosa);
        assert!(judged.broken().is_some());
    }

    #[test]
    fn aims_that_were_not_judged_keep_their_row() {
        let first = table("", &[promise(Ok(8.0))]);
        assert!(
            first.contains("| 64.0 MiB | 8.0 MiB | reached |"),
            "{first}"
        );
        assert!(first.contains("not measured yet"));
        let judged = Judged {
            aim: &BINARY,
            figure: Ok(9.0),
        };
        let second = table(&first, &[judged]);
        assert!(
            second.contains("| 64.0 MiB | 8.0 MiB | reached |"),
            "{second}"
        );
        assert!(
            second.contains("| 10.0 MB | 9.0 MB | reached |"),
            "{second}"
        );
    }
}
