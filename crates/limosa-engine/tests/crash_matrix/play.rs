//! One scenario, from a fresh database to its end, with what dies on the way.

use std::collections::VecDeque;
use std::time::Duration;

use limosa_core::event::Silent;
use limosa_core::history::Attempt;
use limosa_core::{DatabaseUrl, Layout};
use limosa_engine::{Resolution, Texts, resolve};
use limosa_testkit::proxy::Message;
use limosa_testkit::{Database, story};
use tempfile::TempDir;

use crate::arena::Arena;
use crate::evidence;
use crate::position::{Mode, Strike};
use crate::scenario::{Person, Scenario, Way};
use crate::victim::{self, Ended, Order};

/// The exit code that asks for a decision.
const UNDECIDED: u8 = 5;

/// How it went.
#[derive(Debug, Default)]
pub struct Played {
    /// What is in the database in the end.
    pub evidence: Vec<String>,
    /// What must not be.
    pub wrong: Vec<String>,
    /// The messages of limosa, up to the first strike and behind it.
    pub messages: Vec<Message>,
    /// Its events, when nothing struck.
    pub events: usize,
    /// How many strikes there were: one that comes after the end does not strike.
    pub struck: usize,
    /// How often a person decided what became of a statement.
    pub decisions: usize,
    /// How many runs lost a connection and reached their goal all the same.
    pub survived: usize,
    /// How each run ended, for people.
    pub runs: Vec<String>,
}

/// Plays a scenario.
pub fn play(arena: &Arena, scenario: &Scenario, strikes: &[Strike], mode: Mode) -> Played {
    let folder = TempDir::new().expect("a temporary folder can be made");
    for (name, text) in scenario.files {
        std::fs::write(folder.path().join(name), text).expect("a file can be written");
    }
    let db = arena.database();
    db.execute(scenario.given);
    arena.arm([]);
    let mut order = Order {
        url: arena.url(&db),
        folder: folder.path().display().to_string(),
        layout: scenario.layout.name().to_owned(),
        way: Way::Up,
        retry_for: mode.retry_for(),
        die_at: None,
    };
    if scenario.way == Way::Down {
        let ended = victim::send(&order).expect("nobody kills it");
        assert!(ended.failure.is_none(), "{ended:?}");
        order.way = Way::Down;
    }
    let mut play = Play {
        arena,
        scenario,
        db: &db,
        order,
        mode,
        pending: strikes.iter().copied().collect(),
        seen: 0,
        events: 0,
        repaired: false,
        played: Played::default(),
    };
    arena.arm(&play.pending);
    play.reach_the_goal(strikes.len());
    let mut played = play.played;
    if let Some(proxy) = &arena.proxy {
        played.messages = proxy.seen().messages;
    }
    db.wait_until_alone();
    played.evidence = evidence::gather(&db);
    played.wrong.extend(story::contradictions(&db));
    arena.take_back(db);
    played
}

struct Play<'a> {
    arena: &'a Arena,
    scenario: &'a Scenario,
    db: &'a Database,
    order: Order,
    mode: Mode,
    pending: VecDeque<Strike>,
    /// How many faults of the proxy are dealt with since it was armed.
    seen: usize,
    /// How many events there were since the last strike.
    events: usize,
    repaired: bool,
    played: Played,
}

/// What follows from a run.
enum Next {
    Again,
    End,
}

impl Play<'_> {
    /// Runs until one reaches the goal. Behind the last strike only a person's part makes another run necessary.
    fn reach_the_goal(&mut self, strikes: usize) {
        // Each strike ends at most one run, and a person has at most one part in each.
        let limit = 2 * (strikes + 2);
        for _ in 0..limit {
            match self.once() {
                Next::Again => {}
                Next::End => return,
            }
        }
        self.wrong(format!("the goal is not reached after {limit} runs"));
    }

    fn once(&mut self) -> Next {
        self.arena.wait_for_the_server();
        self.order.die_at = match self.pending.front() {
            Some(Strike::Limosa(event)) => Some(event.saturating_sub(self.events).max(1)),
            _ => None,
        };
        let ended = victim::send(&self.order);
        self.arena.wait_for_the_server();
        let cuts = self.cuts();
        let Some(ended) = ended else {
            self.played.runs.push("killed".to_owned());
            self.pending.pop_front();
            self.played.struck += 1;
            self.events = 0;
            self.seen = 0;
            self.see_what_the_other_tool_sees();
            self.arena.arm(&self.pending);
            return Next::Again;
        };
        self.events = if cuts > 0 {
            0
        } else {
            self.events + ended.events
        };
        self.played.events += ended.events;
        self.after(&ended, cuts)
    }

    /// Whether the other tool can tell that a migration is half applied, and only then. golang-migrate and sqlx
    /// keep a mark for that.
    fn see_what_the_other_tool_sees(&mut self) {
        let mark = match self.scenario.layout {
            Layout::GolangMigrate => "SELECT count(*) FROM schema_migrations WHERE dirty",
            Layout::Sqlx => "SELECT count(*) FROM _sqlx_migrations WHERE NOT success",
            _ => return,
        };
        self.db.wait_until_alone();
        let (Ok(begun), Ok(marks)) = (
            self.db.try_query(include_str!("sql/begun.sql")),
            self.db.try_query(mark),
        ) else {
            // It died before the tables were made.
            return;
        };
        let marked = marks[0][0] != "0";
        if begun[0][0] != "0" && !marked {
            self.wrong("the other tool does not see that a migration is half applied".to_owned());
        }
        if marked && begun[0][1] == "0" {
            self.wrong("the other tool sees a migration that nobody has begun".to_owned());
        }
    }

    /// How many connections were cut in the last run.
    fn cuts(&mut self) -> usize {
        let faults = match &self.arena.proxy {
            Some(proxy) => proxy.seen().faults.len(),
            None => 0,
        };
        let cuts = faults - self.seen;
        self.seen = faults;
        self.played.struck += cuts;
        self.pending.drain(..cuts);
        cuts
    }

    fn after(&mut self, ended: &Ended, cuts: usize) -> Next {
        let Some(failure) = &ended.failure else {
            self.played.runs.push("done".to_owned());
            self.played.survived += usize::from(cuts > 0);
            return Next::End;
        };
        let said = format!("{} ({}): {}", failure.name, failure.code, failure.message);
        self.played.runs.push(said.clone());
        match self.scenario.person {
            Person::Repairs(sql) if failure.name == "statement-failed" && !self.repaired => {
                self.db.execute(sql);
                self.repaired = true;
                return Next::Again;
            }
            Person::Decides {
                statement, query, ..
            } if failure.code == UNDECIDED => {
                self.decide(statement, query);
                return Next::Again;
            }
            _ => {}
        }
        let is_expected = cuts > 0 && self.mode == Mode::Again && [1, 4].contains(&failure.code);
        if is_expected {
            return Next::Again;
        }
        self.wrong(format!("a run with {cuts} faults ended with {said}"));
        Next::End
    }

    /// A person looks and answers.
    fn decide(&mut self, statement: i64, query: &str) {
        self.db.wait_until_alone();
        let resolution = match self.db.value(query).as_str() {
            "1" => Resolution::Applied,
            _ => Resolution::NotApplied,
        };
        let url = DatabaseUrl::parse(&self.db.url()).expect("the test kit made it");
        let patient = Order {
            retry_for: Duration::ZERO,
            ..self.order.clone()
        };
        let open = || victim::open(&url, &patient).expect("the server is there");
        let history = open().history(Texts::Without).expect("it can be read");
        let in_doubt = |one: &&Attempt| {
            let doubt = one.in_doubt.as_ref();
            doubt.is_some_and(|doubt| doubt.statement == statement)
        };
        let Some(doubt) = history.attempts.iter().find(in_doubt) else {
            self.wrong(format!("the statement {statement} is not what is in doubt"));
            return;
        };
        let set = victim::migrations(&patient, &url);
        match resolve(open(), &set, &doubt.version, None, resolution, &mut Silent) {
            Ok(_) => self.played.decisions += 1,
            Err(problem) => self.wrong(format!("the decision is refused: {problem}")),
        }
    }

    fn wrong(&mut self, what: String) {
        self.played.wrong.push(what);
    }
}
