//! What a statement of MySQL or MariaDB reaches beyond its database.

use std::collections::HashSet;

use limosa_sql::lexer::identifier;
use limosa_sql::{Facts, Token, TokenKind};

use super::text::Text;
use super::{Beyond, inside, outside, server, unknown};

/// What is shared by all databases of a server, by the kind of its statement.
const OF_THE_SERVER: &[(&str, &str)] = &[
    ("create_user", USERS),
    ("alter_user", USERS),
    ("drop_user", USERS),
    ("rename_user", USERS),
    ("create_role", USERS),
    ("drop_role", USERS),
    ("grant", USERS),
    ("revoke", USERS),
    ("set_default_role", USERS),
    ("set_password", USERS),
    ("create_database", DATABASES),
    ("drop_database", DATABASES),
    ("use", DATABASES),
    ("create_server", FILES),
    ("alter_server", FILES),
    ("drop_server", FILES),
    ("create_tablespace", FILES),
    ("alter_tablespace", FILES),
    ("drop_tablespace", FILES),
    ("create_logfile_group", FILES),
    ("alter_logfile_group", FILES),
    ("drop_logfile_group", FILES),
    ("create_resource_group", SERVER),
    ("alter_resource_group", SERVER),
    ("drop_resource_group", SERVER),
    ("create_spatial_reference_system", SERVER),
    ("drop_spatial_reference_system", SERVER),
    ("install", SERVER),
    ("uninstall", SERVER),
    ("flush", SERVER),
    ("reset", SERVER),
    ("purge_logs", SERVER),
    ("kill", SERVER),
    ("shutdown", SERVER),
    ("start_replication", SERVER),
    ("stop_replication", SERVER),
    ("change_replication", SERVER),
    ("backup", SERVER),
    ("binlog", SERVER),
    ("cache_index", SERVER),
    ("load_index", SERVER),
    ("load_data", "LOAD DATA reads a file"),
    ("import_table", "IMPORT TABLE reads a file"),
];

const USERS: &str = "users, roles and grants belong to the whole server";
const DATABASES: &str = "it is about another database of the server";
const FILES: &str = "files and connections of the server belong to all databases";
const SERVER: &str = "it acts on the whole server";

/// Engines whose tables are somewhere else.
const ENGINES: &[&str] = &[
    "connect",
    "federated",
    "federatedx",
    "mroonga",
    "s3",
    "spider",
];

/// Words behind which the name of an object stands, perhaps with that of its database.
const BEFORE_NAMES: &[&str] = &[
    "call",
    "event",
    "exists",
    "from",
    "function",
    "into",
    "join",
    "package",
    "procedure",
    "references",
    "sequence",
    "table",
    "tables",
    "trigger",
    "truncate",
    "update",
    "view",
];

/// What may stand before a point and is no database: reading about the server changes nothing, and a trigger has its rows.
const HARMLESS: &[&str] = &["information_schema", "new", "old"];

/// Words behind which a statement begins inside of a program.
const OPENING: &[&str] = &[
    "atomic", "begin", "do", "else", "loop", "repeat", "row", "then",
];

pub(super) fn beyond(text: &Text<'_>, facts: &Facts) -> Vec<Beyond> {
    let mut found: Vec<Beyond> = OF_THE_SERVER
        .iter()
        .filter(|(kind, _)| *kind == facts.kind)
        .map(|(_, why)| server(why))
        .collect();
    found.extend(match facts.kind {
        "unknown" => Some(unknown("it is not recognised")),
        // Without a name it is about the database that it runs in.
        "alter_database" => (facts.changes.first())
            .filter(|change| {
                !matches!(
                    &*change.name.to_ascii_lowercase(),
                    "character" | "default" | "collate" | "charset" | "comment"
                )
            })
            .map(|_| server(DATABASES)),
        "execute" | "prepare" => Some(unknown("it runs SQL that is put together while it runs")),
        "set" => set(text),
        "create_function" if text.has("soname") => {
            Some(server("it loads a library into the server"))
        }
        _ => None,
    });
    if text.has_words("into outfile") || text.has_words("into dumpfile") {
        found.push(outside("INTO OUTFILE writes a file"));
    }
    if (text.option("engine")).is_some_and(|engine| ENGINES.contains(&engine.as_str())) {
        found.push(outside("tables of this engine are outside of the server"));
    }
    if text.has_words("data directory") || text.has_words("index directory") {
        found.push(outside("it names a folder for its files"));
    }
    for name in text.called() {
        match name.as_str() {
            "load_file" => found.push(server("load_file reads a file")),
            "sys_exec" | "sys_eval" => found.push(outside("it runs a program")),
            _ => {}
        }
    }
    found.extend(other_database(text));
    let program = matches!(
        facts.kind,
        "compound"
            | "create_event"
            | "create_function"
            | "alter_event"
            | "create_package"
            | "create_package_body"
            | "create_procedure"
            | "create_trigger"
    );
    // All statements inside of a program, however deep, are parts of the whole.
    if program && text.depth == 0 {
        for part in text.parts(OPENING) {
            found.extend(inside(part, text));
        }
    }
    found
}

/// `SET GLOBAL`, `SET PERSIST`, `SET @@global.x`.
fn set(text: &Text<'_>) -> Option<Beyond> {
    let of_server = text.tokens().iter().any(|token| {
        let name = token.text.to_ascii_lowercase();
        ["global", "persist", "persist_only"]
            .iter()
            .any(|scope| token.is_word(scope))
            || name.starts_with(b"@@global")
            || name.starts_with(b"@@persist")
    });
    of_server.then(|| server("it changes a setting of the whole server"))
}

/// A name that is qualified with another database. `a.b` can be a table of a database or a column of a table; the
/// table, or its alias, then stands somewhere else without a point.
fn other_database(text: &Text<'_>) -> Option<Beyond> {
    let tokens = text.tokens();
    let at = |index: usize| tokens.get(index);
    let is_point = |index: Option<usize>| {
        let token: Option<&Token<'_>> = index.and_then(at);
        token.is_some_and(|token| token.is_symbol(b'.'))
    };
    let names = |index: usize| {
        let token = at(index)?;
        matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier)
            .then(|| identifier(token))?
            .map(|name| name.to_ascii_lowercase())
    };
    let alone: HashSet<String> = (0..tokens.len())
        .filter(|index| !is_point(index.checked_sub(1)) && !is_point(Some(index + 1)))
        .filter_map(names)
        .collect();
    for index in 0..tokens.len() {
        if !is_point(Some(index + 1)) || is_point(index.checked_sub(1)) {
            continue;
        }
        let Some(name) = names(index) else { continue };
        if HARMLESS.contains(&name.as_str()) {
            continue;
        }
        let before = index.checked_sub(1).and_then(at);
        let is_object =
            before.is_some_and(|before| BEFORE_NAMES.iter().any(|word| before.is_word(word)));
        let of_three = is_point(Some(index + 3));
        if is_object || of_three || !alone.contains(&name) {
            return Some(server(&format!("{name} may be another database")));
        }
    }
    None
}
