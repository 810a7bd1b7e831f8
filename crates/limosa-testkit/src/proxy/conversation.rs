//! What both sides of a connection say, cut into messages.

use crate::Kind;

use super::{mysql, postgres};

/// A message of the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What the protocol calls it.
    pub name: &'static str,
    /// The beginning of the SQL in it.
    pub sql: String,
    /// Whether the server answers it by itself, and not only together with a later one.
    pub answered: bool,
}

impl std::fmt::Display for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)?;
        if !self.sql.is_empty() {
            write!(f, " {}", self.sql)?;
        }
        Ok(())
    }
}

impl Message {
    pub(super) fn new(name: &'static str, answered: bool) -> Self {
        Self {
            name,
            sql: String::new(),
            answered,
        }
    }

    /// Whether nothing comes after it.
    pub(super) fn is_goodbye(&self) -> bool {
        ["Terminate", "COM_QUIT"].contains(&self.name)
    }

    /// With the beginning of its SQL, on one line.
    pub(super) fn with_sql(mut self, bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(400)]);
        let words: Vec<&str> = text.split_whitespace().collect();
        self.sql = words.join(" ").chars().take(100).collect();
        self
    }
}

/// One connection's state, as far as counting messages and seeing the ends of answers needs it.
pub(super) trait Conversation: Send {
    /// The first whole message of the client in these bytes, and its length. It counts as sent.
    fn ask(&mut self, bytes: &[u8]) -> Option<(usize, Message)>;

    /// The length of the first whole message of the server in these bytes. It counts as received.
    fn answer(&mut self, bytes: &[u8]) -> Option<(usize, Progress)>;

    /// How many answers were asked for, and how many have ended.
    fn counts(&self) -> (u64, u64);
}

/// What a message of the server means for the answer that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// More comes.
    GoesOn,
    /// The client has to speak now.
    Ends,
}

pub(super) fn of(kind: Kind) -> Box<dyn Conversation> {
    match kind {
        Kind::MariaDb => Box::<mysql::Mysql>::default(),
        Kind::Postgres | Kind::Sqlite => Box::<postgres::Postgres>::default(),
    }
}
