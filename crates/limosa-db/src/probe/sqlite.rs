//! Probes on `SQLite`: what runs outside of a transaction there (`VACUUM`, pragmas) can be repeated, but for
//! `VACUUM INTO`, which refuses a file that is there.

use limosa_sql::lexer::significant_tokens;
use limosa_sql::{Dialect, Facts};

use super::Snapshot;

pub(super) fn look(facts: &Facts, sql: &str) -> Option<Snapshot> {
    let into =
        || significant_tokens(Dialect::Sqlite, sql.as_bytes()).any(|one| one.is_word("into"));
    let repeatable = match facts.kind {
        "vacuum" => !into(),
        kind => kind == "pragma",
    };
    repeatable.then(Snapshot::default)
}
