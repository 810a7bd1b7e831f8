//! Where something dies: a scenario, one or two strikes, and whether the run reconnects.
//!
//! A position has a name, such as `postgres/copy:sent@17+limosa@3:again`, by which it can be tried again.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use limosa_testkit::proxy::When;

/// One fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Strike {
    /// SIGKILL of limosa at this event, from 1.
    Limosa(usize),
    /// The connection is cut at this message, from 1.
    Connection(usize, When),
    /// SIGKILL of the server, and its restart, at this message.
    Server(usize, When),
}

/// What limosa does about a lost connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Nothing: the run ends, and the next one goes on.
    Again,
    /// It reconnects, and the same run goes on.
    Reconnect,
}

impl Mode {
    /// For how long a run reconnects.
    pub fn retry_for(self) -> Duration {
        match self {
            Self::Again => Duration::ZERO,
            Self::Reconnect => Duration::from_secs(30),
        }
    }
}

/// One way of dying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The full name of the scenario.
    pub scenario: String,
    /// In the order in which they strike; the second is counted from the first on.
    pub strikes: Vec<Strike>,
    pub mode: Mode,
}

const WHENS: [(&str, When); 3] = [
    ("before", When::Before),
    ("sent", When::Sent),
    ("answered", When::Answered),
];

impl fmt::Display for Strike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |when| {
            let found = WHENS.iter().find(|(_, one)| *one == when);
            found.map_or("", |(word, _)| *word)
        };
        match *self {
            Self::Limosa(at) => write!(f, "limosa@{at}"),
            Self::Connection(at, when) => write!(f, "{}@{at}", word(when)),
            Self::Server(at, when) => write!(f, "server-{}@{at}", word(when)),
        }
    }
}

impl FromStr for Strike {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text} is no strike");
        let (what, at) = text.split_once('@').ok_or_else(wrong)?;
        let at = at.parse().map_err(|_| wrong())?;
        if what == "limosa" {
            return Ok(Self::Limosa(at));
        }
        let word = what.strip_prefix("server-").unwrap_or(what);
        let (_, when) = WHENS
            .iter()
            .find(|(one, _)| *one == word)
            .ok_or_else(wrong)?;
        Ok(if word == what {
            Self::Connection(at, *when)
        } else {
            Self::Server(at, *when)
        })
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let strikes: Vec<String> = self.strikes.iter().map(Strike::to_string).collect();
        let mode = match self.mode {
            Mode::Again => "again",
            Mode::Reconnect => "reconnect",
        };
        write!(f, "{}:{}:{mode}", self.scenario, strikes.join("+"))
    }
}

impl FromStr for Position {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.splitn(3, ':');
        let scenario = parts.next().unwrap_or_default().to_owned();
        let strikes = parts
            .next()
            .ok_or_else(|| format!("{text} says no strike"))?
            .split('+')
            .map(str::parse)
            .collect::<Result<_, _>>()?;
        let mode = match parts.next() {
            None | Some("again") => Mode::Again,
            Some("reconnect") => Mode::Reconnect,
            Some(other) => return Err(format!("{other} is neither again nor reconnect")),
        };
        Ok(Self {
            scenario,
            strikes,
            mode,
        })
    }
}
