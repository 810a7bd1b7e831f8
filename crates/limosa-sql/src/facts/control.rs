//! Statements that control transactions.

use super::draft::Draft;
use super::{Control, InTransaction};
use crate::Dialect;

/// Reads such a statement; false when it is another.
pub(super) fn read(draft: &mut Draft<'_>) -> bool {
    let Some((kind, control)) = control(draft) else {
        return false;
    };
    let commits = draft.target.dialect == Dialect::Mysql
        && matches!(
            control,
            Control::Begin { .. } | Control::LockTables | Control::UnlockTables
        );
    if commits {
        draft.facts.transaction = InTransaction::CommitsImplicitly;
    } else if matches!(kind, "commit_prepared" | "rollback_prepared") {
        draft.facts.transaction = InTransaction::Forbidden;
    }
    draft.facts.kind = kind;
    draft.facts.control = Some(control);
    true
}

fn control(draft: &mut Draft<'_>) -> Option<(&'static str, Control)> {
    let dialect = draft.target.dialect;
    let postgres = dialect == Dialect::Postgres;
    let mysql = dialect == Dialect::Mysql;
    let oracle = draft.modes.oracle;
    let tokens = &mut draft.tokens;
    if tokens.peek_is("begin") {
        let next = tokens.peek(1);
        // `BEGIN NOT ATOMIC` of MariaDB, and any `BEGIN …` in its Oracle mode, is a block.
        let alone = next.is_none_or(|next| next.is_symbol(b';') || next.is_word("work"));
        if mysql && !alone && (oracle || next.is_some_and(|next| next.is_word("not"))) {
            return None;
        }
        tokens.next();
        return Some(("begin", begin(draft)));
    }
    if tokens.eat_words("start transaction") {
        return Some(("begin", begin(draft)));
    }
    if tokens.eat("commit") || (!mysql && tokens.eat("end")) {
        if postgres && tokens.eat("prepared") {
            return Some(("commit_prepared", Control::TwoPhase));
        }
        let chain = chain(draft);
        return Some(("commit", Control::Commit { chain }));
    }
    if tokens.eat("rollback") || (postgres && tokens.eat("abort")) {
        if postgres && tokens.eat("prepared") {
            return Some(("rollback_prepared", Control::TwoPhase));
        }
        let chain = chain(draft);
        if draft.tokens.eat("to") {
            return Some(("rollback_to_savepoint", Control::Savepoint));
        }
        return Some(("rollback", Control::Rollback { chain }));
    }
    if tokens.eat("savepoint") {
        return Some(("savepoint", Control::Savepoint));
    }
    if tokens.eat("release") {
        return Some(("release_savepoint", Control::Savepoint));
    }
    if dialect != Dialect::Sqlite
        && (tokens.eat_words("set transaction")
            || (postgres && tokens.eat_words("set local transaction")))
    {
        let modes = tokens.rest();
        return Some(("set_transaction", Control::SetTransaction { modes }));
    }
    if postgres && tokens.eat_words("prepare transaction") {
        return Some(("prepare_transaction", Control::TwoPhase));
    }
    if !mysql {
        return None;
    }
    if tokens.eat("xa") {
        return Some(("xa", Control::TwoPhase));
    }
    if tokens.eat_words("lock tables") || tokens.eat_words("lock table") {
        return Some(("lock_tables", Control::LockTables));
    }
    if tokens.eat_words("unlock tables") || tokens.eat_words("unlock table") {
        return Some(("unlock_tables", Control::UnlockTables));
    }
    None
}

/// The modes of a transaction that begins.
fn begin(draft: &mut Draft<'_>) -> Control {
    let mut kept = String::new();
    // `BEGIN IMMEDIATE TRANSACTION` has its mode before the word that means nothing.
    for word in draft.tokens.rest().split(' ') {
        if !matches!(word, "" | "WORK" | "TRANSACTION") {
            if !kept.is_empty() {
                kept.push(' ');
            }
            kept.push_str(word);
        }
    }
    Control::Begin { modes: kept }
}

/// Whether `AND CHAIN` follows.
fn chain(draft: &mut Draft<'_>) -> bool {
    draft.tokens.eat_any(&["work", "transaction"]);
    draft.tokens.eat_words("and chain")
}
