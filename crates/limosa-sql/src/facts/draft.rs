//! Facts in the making.

use super::reader::Reader;
use super::{Action, Change, Facts, InTransaction, Loss};
use crate::Target;
use crate::lexer::Modes;

/// A statement that is being read, and what is known of it so far.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) tokens: Reader<'a>,
    pub(super) target: &'a Target,
    pub(super) modes: Modes,
    pub(super) facts: Facts,
    /// How many statements are inside of each other (`EXPLAIN ANALYZE …`).
    pub(super) depth: u32,
}

/// A statement by its first words.
#[derive(Debug)]
pub(super) struct Verb {
    pub(super) words: &'static str,
    pub(super) kind: &'static str,
    /// Reads what follows those words.
    pub(super) read: fn(&mut Draft<'_>),
}

pub(super) const fn verb(
    words: &'static str,
    kind: &'static str,
    read: fn(&mut Draft<'_>),
) -> Verb {
    Verb { words, kind, read }
}

impl<'a> Draft<'a> {
    pub(super) fn new(sql: &'a [u8], target: &'a Target, modes: Modes) -> Self {
        Self {
            tokens: Reader::new(target.dialect, modes, sql),
            target,
            modes,
            facts: Facts {
                kind: "unknown",
                transaction: InTransaction::Allowed,
                control: None,
                session_setting: false,
                destroys: Vec::new(),
                changes: Vec::new(),
            },
            depth: 0,
        }
    }

    pub(super) fn change(&mut self, action: Action, object: &'static str, name: String) {
        self.facts.changes.push(Change {
            action,
            object,
            name,
        });
    }

    pub(super) fn lose(&mut self, object: &'static str, name: String) {
        self.facts.destroys.push(Loss { object, name });
    }
}

/// Nothing more is to be known.
pub(super) fn plain(_: &mut Draft<'_>) {}

/// The server refuses it inside of a transaction.
pub(super) fn forbidden(draft: &mut Draft<'_>) {
    draft.facts.transaction = InTransaction::Forbidden;
}

/// It commits the open transaction.
pub(super) fn commits(draft: &mut Draft<'_>) {
    draft.facts.transaction = InTransaction::CommitsImplicitly;
}

/// It may end transactions by itself.
pub(super) fn may_control(draft: &mut Draft<'_>) {
    draft.facts.transaction = InTransaction::MayControl;
}

/// It changes the session.
pub(super) fn session(draft: &mut Draft<'_>) {
    draft.facts.session_setting = true;
}
