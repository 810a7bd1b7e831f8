//! What a statement of `SQLite` reaches beyond its database. The library itself refuses the same
//! (`ConnectOptions::is_confined`); here it is said before anything runs.

use limosa_sql::Facts;

use super::text::Text;
use super::{Beyond, outside};

pub(super) fn beyond(text: &Text<'_>, facts: &Facts) -> Vec<Beyond> {
    let mut found = Vec::new();
    let attaches_a_file = facts.kind == "attach"
        && !(text.strings().next()).is_some_and(|name| matches!(name.as_str(), "" | ":memory:"));
    if attaches_a_file {
        found.push(outside("ATTACH opens another file"));
    }
    if facts.kind == "vacuum" && text.has("into") {
        found.push(outside("VACUUM INTO writes another file"));
    }
    if text.called().any(|name| name == "load_extension") {
        found.push(outside("load_extension loads a library"));
    }
    found
}
