//! Every position of a scenario, or some of them, held against the undisturbed run.

use std::panic::{AssertUnwindSafe, catch_unwind};

use limosa_testkit::proxy::{Message, When};

use crate::arena::Arena;
use crate::evidence::differences;
use crate::options::{Extent, Options};
use crate::play::{Played, play};
use crate::position::{Mode, Position, Strike};
use crate::random::Random;
use crate::scenario::{Person, Scenario};

/// What was counted for one scenario.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    pub scenario: String,
    pub messages: usize,
    pub events: usize,
    /// Positions tried, by what struck first: connection, limosa, server.
    pub tried: [usize; 3],
    /// How many of these had a second fault during recovery.
    pub twice: usize,
    /// In how many a run lost its connection and reached its goal all the same.
    pub survived: usize,
    /// In how many a person had to decide.
    pub decided: usize,
    /// Why it has to be so, where the scenario is built for that.
    pub because: Option<&'static str>,
    pub failed: usize,
    /// What was left out, with the reasons.
    pub excluded: Vec<String>,
}

/// What goes wrong at a position.
pub struct Defect {
    pub position: Position,
    pub wrong: Vec<String>,
}

/// Tries a scenario.
pub fn try_scenario(
    arena: &Arena,
    scenario: &Scenario,
    options: &Options,
    found: &mut dyn FnMut(&Defect),
) -> Counts {
    let name = scenario.full_name();
    let mut counts = Counts {
        scenario: name.clone(),
        because: match scenario.person {
            Person::Decides { because, .. } => Some(because),
            _ => None,
        },
        ..Counts::default()
    };
    for mode in [Mode::Again, Mode::Reconnect] {
        if let Some(reason) = excluded(&name, mode) {
            counts.excluded.push(format!("{mode:?}: {reason}"));
        }
    }
    if counts.excluded.len() == 2 {
        return counts;
    }
    let undisturbed = guarded(|| play(arena, scenario, &[], Mode::Again));
    if !undisturbed.wrong.is_empty() {
        counts.failed = 1;
        let position = Position {
            scenario: name,
            strikes: vec![],
            mode: Mode::Again,
        };
        let wrong = undisturbed.wrong;
        found(&Defect { position, wrong });
        return counts;
    }
    counts.messages = undisturbed.messages.len();
    counts.events = undisturbed.events;
    for position in positions(&name, &undisturbed, options) {
        let played = guarded(|| play(arena, scenario, &position.strikes, position.mode));
        let kind = match position.strikes.first() {
            Some(Strike::Limosa(_)) => 1,
            Some(Strike::Server(..)) => 2,
            _ => 0,
        };
        counts.tried[kind] += 1;
        counts.twice += usize::from(played.struck > 1);
        counts.survived += usize::from(played.survived > 0);
        counts.decided += usize::from(played.decisions > 0);
        let mut wrong = played.wrong;
        if played.struck == 0 {
            wrong.push("nothing struck".to_owned());
        }
        if wrong.is_empty() {
            wrong.extend(differences(&undisturbed.evidence, &played.evidence));
        }
        if !wrong.is_empty() {
            counts.failed += 1;
            wrong.push(format!("its runs: {}", played.runs.join("; ")));
            found(&Defect { position, wrong });
        }
    }
    counts
}

/// A panic is one more way of going wrong.
fn guarded(play: impl FnOnce() -> Played) -> Played {
    catch_unwind(AssertUnwindSafe(play)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().cloned();
        let said = said.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Played {
            wrong: vec![said.unwrap_or_else(|| "a panic".to_owned())],
            ..Played::default()
        }
    })
}

fn positions(name: &str, undisturbed: &Played, options: &Options) -> Vec<Position> {
    if let Some(position) = &options.position {
        return vec![position.clone()];
    }
    let mut random = Random::new(options.seed, name);
    let (connections, limosas, servers) = first_strikes(undisturbed);
    let chosen: Vec<Strike> = match options.extent {
        Extent::Full => [connections, limosas, servers].concat(),
        Extent::Sampled => [(&connections, 8), (&limosas, 3), (&servers, 1)]
            .into_iter()
            .flat_map(|(from, count)| sample(from, count, &mut random))
            .collect(),
    };
    let seconds = match options.extent {
        Extent::Full => options.seconds,
        Extent::Sampled => 1,
    };
    let mut positions = Vec::new();
    for strike in chosen {
        for mode in modes(strike) {
            if excluded(name, mode).is_some() {
                continue;
            }
            for _ in 0..seconds {
                let second = second_strike(undisturbed, mode, &mut random);
                positions.push(Position {
                    scenario: name.to_owned(),
                    strikes: [Some(strike), second].into_iter().flatten().collect(),
                    mode,
                });
            }
        }
    }
    positions
}

/// Why positions are left out, for now.
pub fn excluded(scenario: &str, _mode: Mode) -> Option<&'static str> {
    let (_, reason) = EXCLUDED.iter().find(|(name, _)| *name == scenario)?;
    Some(reason)
}

/// Scenarios that are left out, each with the reason.
const EXCLUDED: &[(&str, &str)] = &[
    ("postgres/concurrent-indexes", NO_PROBE),
    ("postgres/duplicate-repaired", NO_PROBE),
    ("postgres/down", NO_PROBE),
    ("postgres/detached-partition", NO_PROBE),
];
const NO_PROBE: &str = "it cannot be seen yet what became of its statements";

/// Every way in which a first fault can strike: connections, limosa, the server.
fn first_strikes(undisturbed: &Played) -> (Vec<Strike>, Vec<Strike>, Vec<Strike>) {
    let (mut connections, mut servers) = (Vec::new(), Vec::new());
    for (at, message) in undisturbed.messages.iter().enumerate() {
        for when in whens(message) {
            connections.push(Strike::Connection(at + 1, when));
            // Before a message the server is where it was after the last answer.
            if message.answered && when != When::Before {
                servers.push(Strike::Server(at + 1, when));
            }
        }
    }
    let limosas = (1..=undisturbed.events).map(Strike::Limosa).collect();
    (connections, limosas, servers)
}

/// A message that has no answer of its own cannot be answered.
fn whens(message: &Message) -> Vec<When> {
    let possible = |when: &When| *when != When::Answered || message.answered;
    When::ALL.into_iter().filter(possible).collect()
}

/// Somebody who is killed does not reconnect.
fn modes(strike: Strike) -> Vec<Mode> {
    match strike {
        Strike::Limosa(_) => vec![Mode::Again],
        Strike::Connection(..) | Strike::Server(..) => vec![Mode::Again, Mode::Reconnect],
    }
}

/// A second fault: usually the connection, which a run that reconnects is at risk of, too.
fn second_strike(undisturbed: &Played, mode: Mode, random: &mut Random) -> Option<Strike> {
    let dies = mode == Mode::Again && (undisturbed.messages.is_empty() || random.below(3) == 0);
    if dies {
        return Some(Strike::Limosa(random.below(undisturbed.events) + 1));
    }
    let at = random.below(undisturbed.messages.len());
    let when = *random.pick(&When::ALL)?;
    Some(Strike::Connection(at + 1, when))
}

fn sample(from: &[Strike], count: usize, random: &mut Random) -> Vec<Strike> {
    let mut left = from.to_vec();
    let mut chosen = Vec::new();
    while chosen.len() < count && !left.is_empty() {
        chosen.push(left.swap_remove(random.below(left.len())));
    }
    chosen
}
