//! What a failed unit has left behind, on servers that do not undo all of it (`MySQL` and `MariaDB`).
//!
//! There a procedure call or a block of locked tables runs outside of our transaction, since it may
//! commit. A savepoint before its first change shows afterwards whether it did: a commit takes the
//! savepoint away. And tables without transactions (`MyISAM`, Aria) keep their rows at a rollback,
//! which the server says in a warning.

use limosa_db::{DbError, Locked};
use limosa_sql::facts::{Control, InTransaction};
use limosa_sql::lexer::significant_tokens;
use limosa_sql::{Dialect, Facts, TokenKind};

use super::StepError;

/// Shows afterwards whether something was committed.
pub(super) const SAVEPOINT: &str = "SAVEPOINT limosa_unit";
/// Fails when it was.
pub(super) const RELEASE: &str = "RELEASE SAVEPOINT limosa_unit";

/// The server's warning that a rollback left something in tables without transactions.
const NOT_COMPLETE: i64 = 1196;

/// Whether a rollback has undone everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rollback {
    Complete,
    Partial,
}

/// How a statement stands to the savepoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It can be repeated, as far as it changes anything.
    Repeatable,
    /// `LOCK TABLES`.
    Locks,
    /// It changes rows.
    Rows,
    /// It may commit in the middle.
    MayCommit,
    /// The same, and its author wants no transaction around it.
    Bare,
    /// It commits before it begins, and is undone by the server when it fails.
    Commits,
}

impl Kind {
    pub(super) fn of(facts: &Facts, sql: &str, no_transaction: bool) -> Self {
        match (&facts.control, facts.transaction) {
            (Some(Control::LockTables), _) => Self::Locks,
            (Some(Control::UnlockTables), _) => Self::Repeatable,
            _ if facts.session_setting => Self::Repeatable,
            (_, InTransaction::MayControl) if no_transaction => Self::Bare,
            (_, InTransaction::MayControl) => Self::MayCommit,
            (_, InTransaction::CommitsImplicitly) if switches_keys(facts, sql) => Self::Repeatable,
            (_, InTransaction::CommitsImplicitly | InTransaction::Forbidden) => Self::Commits,
            (_, InTransaction::Allowed) => Self::Rows,
        }
    }
}

/// Whether it is `ALTER TABLE … DISABLE KEYS` or `… ENABLE KEYS`, which dump files have around rows.
fn switches_keys(facts: &Facts, sql: &str) -> bool {
    if facts.kind != "alter_table" || sql.len() > 1000 {
        return false;
    }
    let words: Vec<_> = significant_tokens(Dialect::Mysql, sql.as_bytes())
        .filter(|token| token.kind == TokenKind::Word)
        .collect();
    matches!(&words[..], [.., switch, keys] if keys.is_word("keys")
        && (switch.is_word("disable") || switch.is_word("enable")))
}

/// What a unit that runs outside of our transaction has done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Trace {
    /// Nothing that a repetition would not do again.
    #[default]
    Nothing,
    /// Tables are locked; autocommit is off.
    Locked,
    /// Everything is behind the savepoint, unless that is gone.
    Savepoint,
    /// Something is committed.
    Committed,
}

impl Trace {
    /// Prepares for a statement.
    pub(super) fn before(&mut self, session: &mut Locked, kind: Kind) -> Result<(), DbError> {
        *self = match (*self, kind) {
            (Self::Nothing, Kind::Locks) => {
                // START TRANSACTION would unlock the tables.
                session.run("SET autocommit = 0")?;
                Self::Locked
            }
            (Self::Nothing, Kind::MayCommit) => {
                session.run("START TRANSACTION")?;
                session.run(SAVEPOINT)?;
                Self::Savepoint
            }
            (Self::Locked, Kind::Rows | Kind::MayCommit) => {
                session.run(SAVEPOINT)?;
                Self::Savepoint
            }
            (Self::Savepoint, Kind::Commits) | (_, Kind::Bare) => Self::Committed,
            (same, _) => same,
        };
        Ok(())
    }

    /// Notes that a statement succeeded.
    pub(super) fn after(&mut self, kind: Kind) {
        if kind == Kind::Commits {
            *self = Self::Committed;
        }
    }

    /// Commits what succeeded, or finds out whether what failed is undone.
    pub(super) fn end(
        self,
        session: &mut Locked,
        fed: Result<(), StepError>,
    ) -> Result<(), StepError> {
        match (fed, self) {
            (Ok(()), Self::Locked | Self::Savepoint) => super::unit::commit(session),
            (Ok(()), _) => Ok(()),
            (Err(mut error), Self::Savepoint) => {
                if session.run("ROLLBACK TO SAVEPOINT limosa_unit").is_err() {
                    error.not_undone();
                }
                Err(error)
            }
            (Err(mut error), Self::Committed) => {
                error.not_undone();
                Err(error)
            }
            (Err(error), _) => Err(error),
        }
    }
}

/// Rolls back. The error before it is the one to report: where this fails, too, the connection is
/// gone, and the server rolls back by itself.
pub(super) fn rolls_back_all(session: &mut Locked) -> Rollback {
    let rolled_back = session.run("ROLLBACK");
    if rolled_back.is_err() || session.dialect() != Dialect::Mysql {
        return Rollback::Complete;
    }
    let warnings = session.query("SHOW WARNINGS", &[]);
    // Under locked tables, or without autocommit, the failure could not be noted.
    let _ = session.run("UNLOCK TABLES");
    let _ = session.run("SET autocommit = 1");
    match warnings {
        Ok(warnings) if warnings.iter().any(|row| row.int(1) == Some(NOT_COMPLETE)) => {
            Rollback::Partial
        }
        _ => Rollback::Complete,
    }
}
