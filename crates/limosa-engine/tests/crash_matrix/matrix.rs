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
        if played.struck == 0
            && played.wrong.is_empty()
            && is_near_the_end(&position, counts.messages)
        {
            continue;
        }
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

/// Whether the first fault is due within the last messages, of which each run has one less when its process ends before
/// it has said goodbye.
fn is_near_the_end(position: &Position, messages: usize) -> bool {
    const GOODBYES: usize = 4;
    match position.strikes.first() {
        Some(Strike::Connection(at, _) | Strike::Server(at, _)) => at + GOODBYES > messages,
        _ => false,
    }
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
    let kinds = [
        connections(undisturbed),
        limosas(undisturbed),
        servers(undisturbed),
    ];
    let first: Vec<(Strike, Mode)> = match options.extent {
        Extent::Full => kinds.concat(),
        Extent::Sampled => kinds
            .iter()
            .zip([12, 3, 2])
            .flat_map(|(from, count)| sample(from, count, &mut random))
            .collect(),
    };
    let mut positions = Vec::new();
    for (strike, mode) in first {
        // Events are few.
        let is_event = matches!(strike, Strike::Limosa(_));
        if random.below(options.stride) > 0 && !is_event {
            continue;
        }
        for _ in 0..options.seconds {
            let second = second_strike(undisturbed, mode, &mut random);
            let position = Position {
                scenario: name.to_owned(),
                strikes: [Some(strike), second].into_iter().flatten().collect(),
                mode,
            };
            let read = position.to_string().parse();
            assert_eq!(read.as_ref(), Ok(&position), "a name can be tried again");
            positions.push(position);
        }
    }
    positions
}

const MODES: [Mode; 2] = [Mode::Again, Mode::Reconnect];

/// A connection is cut at every message. One without an answer of its own is followed by others at once, so that
/// after it is before the next one; there the modes take turns.
fn connections(undisturbed: &Played) -> Vec<(Strike, Mode)> {
    let mut all = Vec::new();
    // A process that ends may do so before it has said goodbye.
    let is_goodbye = |message: &Message| ["Terminate", "COM_QUIT"].contains(&message.name);
    for (at, message) in undisturbed.messages.iter().enumerate() {
        if is_goodbye(message) {
            continue;
        }
        if message.answered {
            for when in When::ALL {
                let strike = Strike::Connection(at + 1, when);
                all.extend(MODES.map(|mode| (strike, mode)));
            }
        } else {
            let strike = Strike::Connection(at + 1, When::Before);
            all.push((strike, MODES[at % 2]));
        }
    }
    all
}

/// Limosa is killed at every event. Who is killed does not reconnect.
fn limosas(undisturbed: &Played) -> Vec<(Strike, Mode)> {
    let events = 1..=undisturbed.events;
    events
        .map(|event| (Strike::Limosa(event), Mode::Again))
        .collect()
}

/// The server is killed at every message that it answers: while it works or when it has, with both modes, in turn.
fn servers(undisturbed: &Played) -> Vec<(Strike, Mode)> {
    let answered = undisturbed.messages.iter().enumerate();
    let answered = answered.filter(|(_, message)| message.answered);
    answered
        .enumerate()
        .map(|(turn, (at, _))| {
            let when = [When::Sent, When::Answered][turn / 2 % 2];
            (Strike::Server(at + 1, when), MODES[turn % 2])
        })
        .collect()
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

fn sample(from: &[(Strike, Mode)], count: usize, random: &mut Random) -> Vec<(Strike, Mode)> {
    let mut left = from.to_vec();
    let mut chosen = Vec::new();
    while chosen.len() < count && !left.is_empty() {
        chosen.push(left.swap_remove(random.below(left.len())));
    }
    chosen
}
