//! Statements of `SQLite`, after its documentation.

use super::draft::{Draft, Verb, forbidden, plain, session, verb};
use super::objects::{Definition, Object, define, holds_data, object};
use super::{Action, alter_table, data};

/// Statements by their first words, the longer before the shorter.
pub(super) const VERBS: &[Verb] = &[
    verb("alter", "unknown", alter),
    verb("analyze", "analyze", plain),
    verb("attach", "attach", session),
    verb("create", "unknown", create),
    verb("delete", "delete", data::delete),
    verb("detach", "detach", session),
    verb("drop", "unknown", drop),
    verb("explain", "explain", plain),
    verb("insert", "insert", plain),
    verb("pragma", "pragma", pragma),
    verb("reindex", "reindex", plain),
    verb("replace", "replace", plain),
    verb("select", "select", plain),
    verb("update", "update", plain),
    verb("vacuum", "vacuum", forbidden),
    verb("values", "select", plain),
    verb("with", "select", data::with),
];

const MODIFIERS: &[&str] = &["temp", "temporary", "unique", "virtual"];

const OBJECTS: &[Object] = &[
    object!("index", "index"),
    object!("table", "table", table),
    object!("trigger", "trigger"),
    object!("view", "view"),
];

/// Refused inside of a transaction, or without any effect there (`foreign_keys`, `page_size`
/// with what follows it), so that they have to run outside.
const OUTSIDE_OF_TRANSACTIONS: &[&str] = &[
    "foreign_keys",
    "journal_mode",
    "synchronous",
    "temp_store",
    "wal_checkpoint",
];

/// Written to the file with the transaction, or of this transaction only.
const OF_THE_TRANSACTION: &[&str] = &[
    "application_id",
    "auto_vacuum",
    "default_cache_size",
    "defer_foreign_keys",
    "encoding",
    "incremental_vacuum",
    "optimize",
    "page_size",
    "schema_version",
    "user_version",
];

/// Queries that take an argument.
const QUERIES: &[&str] = &[
    "foreign_key_check",
    "foreign_key_list",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "quick_check",
    "table_info",
    "table_list",
    "table_xinfo",
];

fn create(draft: &mut Draft<'_>) {
    define(draft, Action::Create, OBJECTS, MODIFIERS);
}

fn alter(draft: &mut Draft<'_>) {
    define(draft, Action::Alter, OBJECTS, MODIFIERS);
}

fn drop(draft: &mut Draft<'_>) {
    define(draft, Action::Drop, OBJECTS, MODIFIERS);
}

fn table(draft: &mut Draft<'_>, definition: &Definition) {
    holds_data(draft, definition);
    if let (Action::Alter, [table]) = (definition.action, definition.names.as_slice()) {
        alter_table::action(draft, table, false);
    }
}

/// `PRAGMA name = value` and `PRAGMA name(value)` set what `PRAGMA name` only shows, but for
/// those that are queries with an argument or that work without one.
fn pragma(draft: &mut Draft<'_>) {
    let Some(name) = draft.tokens.name() else {
        return;
    };
    let name = name.to_ascii_lowercase();
    let name = name.rsplit('.').next().unwrap_or_default();
    let sets = draft.tokens.peek_is_symbol(b'=') || draft.tokens.peek_is_symbol(b'(');
    if OUTSIDE_OF_TRANSACTIONS.contains(&name) && (sets || name == "wal_checkpoint") {
        forbidden(draft);
    }
    let other = [OF_THE_TRANSACTION, QUERIES].concat();
    draft.facts.session_setting = sets && !other.contains(&name) && name != "wal_checkpoint";
}
