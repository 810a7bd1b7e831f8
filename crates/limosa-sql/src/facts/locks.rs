//! Which tables a statement keeps others from using, judged from its tokens.
//!
//! Only locks that stop rows from being read or written matter: whoever waits for such a lock makes all wait
//! who come after. What is not known here (what a function does, a foreign key that is dropped) is not listed,
//! so an empty list is no promise. `PostgreSQL`'s modes were measured on versions 12 to 18, and are the same on
//! all of them.

mod mysql;
mod postgres;

use super::reader::Reader;
use crate::lexer::{Modes, Token, TokenKind, unquote};
use crate::{Dialect, Target};

/// A lock that a statement takes on a table that is there before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableLock {
    /// The name with its qualification, as the server stores it: unquoted, folded where it folds.
    pub name: Vec<String>,
    /// What the name is.
    pub named: Named,
    /// How strong the lock is.
    pub mode: LockMode,
    /// Which of its children are locked with it.
    pub children: Children,
}

/// What stands in the statement for a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// The table itself.
    Table,
    /// An index of the table.
    Index,
    /// A table that goes, and its foreign keys with it: the tables that they refer to are locked, too.
    Dropped,
    /// A partitioned table, of whose partitions the default one is locked.
    DefaultPartition,
}

/// The modes that stop rows from being written or read, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockMode {
    /// `SHARE`: rows are read and not written.
    Share,
    /// `SHARE ROW EXCLUSIVE`: the same, and it excludes itself.
    ShareRowExclusive,
    /// `ACCESS EXCLUSIVE`: the table is not even read. On `MySQL` and `MariaDB` the exclusive metadata lock.
    AccessExclusive,
}

impl LockMode {
    /// The words of `LOCK TABLE`.
    pub fn sql(self) -> &'static str {
        match self {
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }
}

/// Which children of a table are locked with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Children {
    /// None.
    Without,
    /// Partitions, but not tables that inherit.
    Partitions,
    /// All.
    With,
}

/// The strong locks of a statement, as far as they are known.
///
/// ```
/// use limosa_sql::facts::{LockMode, table_locks};
/// use limosa_sql::{Dialect, Modes, Target};
///
/// let target = Target::newest(Dialect::Postgres);
/// let modes = Modes::of(target.dialect);
/// let locks = table_locks(b"CREATE INDEX ON Shop.users (email)", &target, modes);
/// assert_eq!(locks[0].name, ["shop", "users"]);
/// assert_eq!(locks[0].mode, LockMode::Share);
/// ```
pub fn table_locks(sql: &[u8], target: &Target, modes: Modes) -> Vec<TableLock> {
    let mut list = List {
        tokens: Reader::new(target.dialect, modes, sql),
        dialect: target.dialect,
        locks: Vec::new(),
    };
    match target.dialect {
        Dialect::Postgres => postgres::read(&mut list),
        Dialect::Mysql => mysql::read(&mut list),
        // The whole file is locked, whatever is written.
        Dialect::Sqlite => {}
    }
    list.locks
}

/// A statement that is being read, and the locks so far.
struct List<'a> {
    tokens: Reader<'a>,
    dialect: Dialect,
    locks: Vec<TableLock>,
}

impl List<'_> {
    fn push(&mut self, name: Vec<String>, named: Named, mode: LockMode, children: Children) {
        if name.is_empty() {
            return;
        }
        match self
            .locks
            .iter_mut()
            .find(|lock| lock.name == name && lock.named == named)
        {
            Some(lock) => {
                lock.mode = lock.mode.max(mode);
                lock.children = lock.children.max(children);
            }
            None => self.locks.push(TableLock {
                name,
                named,
                mode,
                children,
            }),
        }
    }

    /// A name as the server stores it; empty when there is none.
    fn name(&mut self) -> Vec<String> {
        let mut name = Vec::new();
        loop {
            let part = self.tokens.peek(0).and_then(|token| self.part(&token));
            let Some(part) = part else {
                return name;
            };
            self.tokens.next();
            name.push(part);
            if !self.tokens.eat_symbol(b'.') {
                return name;
            }
        }
    }

    fn part(&self, token: &Token<'_>) -> Option<String> {
        let text = match token.kind {
            TokenKind::Word => {
                let word = String::from_utf8_lossy(token.text);
                return Some(match self.dialect {
                    Dialect::Postgres => word.to_ascii_lowercase(),
                    _ => word.into_owned(),
                });
            }
            TokenKind::QuotedIdentifier => unquote(token.text),
            _ => return None,
        };
        Some(String::from_utf8_lossy(&text).into_owned())
    }

    /// Every name of a list with commas between, with a strong lock on each.
    fn names(&mut self, named: Named, mode: LockMode) {
        loop {
            let only = self.tokens.eat("only");
            let name = self.name();
            let children = if only {
                Children::Without
            } else {
                Children::With
            };
            self.push(name, named, mode, children);
            self.tokens.eat_symbol(b'*');
            if !self.tokens.eat_symbol(b',') {
                return;
            }
        }
    }

    /// The table behind the next `ON` outside of parentheses.
    fn on(&mut self, mode: LockMode, children: Children) {
        if !self.tokens.seek(&["on"]) {
            return;
        }
        self.tokens.next();
        let only = self.tokens.eat("only");
        let name = self.name();
        let children = if only { Children::Without } else { children };
        self.push(name, Named::Table, mode, children);
    }
}

#[cfg(test)]
mod tests;
