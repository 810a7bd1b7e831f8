//! Programs in turn: each one once a round, so that what else the machine does meets all of them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use limosa_testkit::Database;
use limosa_testkit::slow::Traffic;

use super::arena::{Arena, Entrant, Place, Wire};
use super::measure::Measured;
use super::page::cell;
use super::programs::Program;
use crate::eprint;

/// Why there is no figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Absent {
    /// It was tried and did not do what it should.
    Failed(String),
    /// It could not be tried here, or there is nothing to compare it with.
    NotHere(String),
}

/// What came of one program.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) program: Program,
    pub(super) name: String,
    /// How it came to the database.
    pub(super) by: &'static str,
    pub(super) times: Vec<Duration>,
    /// The largest of all rounds.
    pub(super) memory: Option<u64>,
    /// The least time on the processor.
    pub(super) processor: Option<Duration>,
    /// Of the last round.
    pub(super) traffic: Option<Traffic>,
    /// Why there are no times.
    pub(super) absent: Option<Absent>,
}

impl Outcome {
    pub(super) fn new(entrant: &Entrant, arena: &Arena, wire: Wire) -> Self {
        let kind = arena.place.kind();
        let by = match (arena.place, wire) {
            (Place::Sqlite, _) => "file",
            (_, Wire::Near) if entrant.program.by_socket(kind) => "socket",
            _ => "TCP",
        };
        let around = match wire {
            Wire::Near => None,
            Wire::Slow(_) => entrant.program.goes_around(kind).map(str::to_owned),
        };
        Self {
            program: entrant.program,
            name: entrant.name.clone(),
            by,
            times: Vec::new(),
            memory: None,
            processor: None,
            traffic: None,
            absent: entrant.file.clone().err().or(around).map(Absent::NotHere),
        }
    }

    /// Half of the times are not longer; `None` where it failed.
    pub(super) fn median(&self) -> Option<Duration> {
        if self.absent.is_some() || self.times.is_empty() {
            return None;
        }
        let mut times = self.times.clone();
        times.sort_unstable();
        let middle = times.len() / 2;
        Some(match times.len() % 2 {
            1 => times[middle],
            _ => (times[middle - 1] + times[middle]) / 2,
        })
    }

    /// Takes what a run gave.
    pub(super) fn add(&mut self, run: Result<(Measured, Option<Traffic>), String>) {
        match run {
            Ok((measured, traffic)) => {
                self.times.push(measured.wall);
                self.memory = measured.memory.max(self.memory);
                let both = measured.processor.into_iter().chain(self.processor);
                self.processor = both.min();
                self.traffic = traffic.or(self.traffic);
            }
            Err(reason) => {
                eprint(&format!("{} failed: {}\n", self.name, cell(&reason)));
                self.absent = Some(Absent::Failed(reason));
            }
        }
    }
}

/// Lets each program work on an empty database, in turn, so often; `check` says what is wrong with what it left.
pub(super) fn compete(
    arena: &Arena,
    entrants: &[Entrant],
    rounds: usize,
    wire: Wire,
    check: impl Fn(&Database) -> Result<(), String>,
) -> Vec<Outcome> {
    let new = |entrant| Outcome::new(entrant, arena, wire);
    let mut all: Vec<Outcome> = entrants.iter().map(new).collect();
    for round in 1..=rounds {
        for (entrant, outcome) in entrants.iter().zip(&mut all) {
            if outcome.absent.is_some() {
                continue;
            }
            let place = arena.place.name();
            eprint(&format!("{place}, round {round}: {}\n", entrant.name));
            let run = || {
                let db = arena.database();
                let run = arena.run(entrant, &db, wire)?;
                check(&db).map(|()| run)
            };
            outcome.add(guarded(run));
        }
    }
    all
}

/// Runs something in which the test kit panics where a server does not answer any more; that is a failure of this
/// run alone.
pub(super) fn guarded<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let gone = |_| Err("the server does not answer any more".to_owned());
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(gone)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// What came of a program that took these milliseconds.
    pub(in crate::bench) fn outcome(program: Program, times: &[u64]) -> Outcome {
        Outcome {
            program,
            name: program.name(limosa_testkit::Kind::Postgres),
            by: "socket",
            times: times.iter().map(|&ms| Duration::from_millis(ms)).collect(),
            memory: Some(10 << 20),
            processor: Some(Duration::from_millis(70)),
            traffic: None,
            absent: None,
        }
    }

    #[test]
    fn the_median_is_in_the_middle() {
        let median = |times: &[u64]| outcome(Program::Limosa, times).median();
        assert_eq!(median(&[90, 10, 20]), Some(Duration::from_millis(20)));
        assert_eq!(median(&[40, 10, 20, 90]), Some(Duration::from_millis(30)));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn a_server_that_is_gone_fails_one_run() {
        assert_eq!(guarded(|| Ok(1)), Ok(1));
        let gone = guarded::<()>(|| panic!("no server"));
        assert!(gone.is_err_and(|reason| reason.contains("does not answer")));
    }

    #[test]
    fn what_failed_once_has_no_median() {
        let mut one = outcome(Program::Goose, &[10]);
        one.add(Err("no such table".to_owned()));
        assert_eq!(one.median(), None);
        assert_eq!(one.absent, Some(Absent::Failed("no such table".to_owned())));
    }
}
