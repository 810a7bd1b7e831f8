//! Statements of `PostgreSQL`, after its manual and `PreventInTransactionBlock` in its source.

use super::draft::{Draft, Verb, forbidden, may_control, plain, session, verb};
use super::objects::{Definition, Object, define, holds_data, object};
use super::{Action, InTransaction, alter_table, data};
use crate::lexer::unquote;

/// Statements by their first words, the longer before the shorter.
pub(super) const VERBS: &[Verb] = &[
    verb("alter", "unknown", alter),
    verb("analyze", "analyze", plain),
    verb("analyse", "analyze", plain),
    // A procedure and a DO block may commit when they run outside of a transaction.
    verb("call", "call", may_control),
    verb("checkpoint", "checkpoint", plain),
    verb("close", "close", plain),
    verb("cluster", "cluster", cluster),
    verb("comment on", "comment", plain),
    verb("copy", "copy", copy),
    verb("create", "unknown", create),
    verb("deallocate", "deallocate", plain),
    verb("declare", "declare_cursor", plain),
    verb("delete", "delete", data::delete),
    verb("discard all", "discard", discard_all),
    verb("discard", "discard", plain),
    verb("do", "do", may_control),
    verb("drop owned by", "drop_owned", drop_owned),
    verb("drop", "unknown", drop),
    verb("execute", "execute", plain),
    verb("explain", "explain", data::explain),
    verb("fetch", "fetch", plain),
    verb("grant", "grant", plain),
    verb("import foreign schema", "import_foreign_schema", plain),
    verb("insert", "insert", plain),
    verb("listen", "listen", plain),
    verb("load", "load", plain),
    verb("lock", "lock_table", plain),
    verb("merge", "merge", data::merge),
    verb("move", "move", plain),
    verb("notify", "notify", plain),
    verb("prepare", "prepare", plain),
    verb("reassign owned", "reassign_owned", plain),
    verb(
        "refresh materialized view",
        "refresh_materialized_view",
        plain,
    ),
    verb("reindex", "reindex", reindex),
    verb("reset", "reset", session),
    verb("revoke", "revoke", plain),
    verb("security label", "security_label", plain),
    verb("select", "select", select),
    verb("set constraints", "set_constraints", plain),
    verb("set local", "set", plain),
    verb("set", "set", session),
    verb("show", "show", plain),
    verb("table", "select", plain),
    verb("truncate", "truncate", data::truncate),
    verb("unlisten", "unlisten", plain),
    verb("update", "update", plain),
    verb("vacuum", "vacuum", forbidden),
    verb("values", "select", plain),
    verb("with", "select", data::with),
];

const MODIFIERS: &[&str] = &[
    "or",
    "replace",
    "temp",
    "temporary",
    "local",
    "global",
    "unlogged",
    "unique",
    "recursive",
    "constraint",
    "trusted",
    "procedural",
    "default",
];

const OBJECTS: &[Object] = &[
    object!("access method", "access_method"),
    object!("aggregate", "aggregate"),
    object!("cast", "cast"),
    object!("collation", "collation"),
    object!("conversion", "conversion"),
    object!("database", "database", database),
    object!("default privileges", "default_privileges", nameless),
    object!("domain", "domain", holds_columns),
    object!("event trigger", "event_trigger"),
    object!("extension", "extension", holds_columns),
    object!("foreign data wrapper", "foreign_data_wrapper"),
    object!("foreign table", "foreign_table", foreign_table),
    object!("function", "function"),
    object!("group", "role"),
    object!("index", "index", index),
    object!("language", "language"),
    object!("large object", "large_object"),
    object!("materialized view", "materialized_view"),
    object!("operator class", "operator_class"),
    object!("operator family", "operator_family"),
    object!("operator", "operator"),
    object!("policy", "policy"),
    object!("procedure", "procedure"),
    object!("publication", "publication"),
    object!("role", "role"),
    object!("routine", "routine"),
    object!("rule", "rule"),
    object!("schema", "schema", schema),
    object!("sequence", "sequence"),
    object!("server", "server"),
    object!("statistics", "statistics"),
    object!("subscription", "subscription", subscription),
    object!("system", "system", system),
    object!("table", "table", table),
    object!("tablespace", "tablespace", tablespace),
    object!("text search configuration", "text_search_configuration"),
    object!("text search dictionary", "text_search_dictionary"),
    object!("text search parser", "text_search_parser"),
    object!("text search template", "text_search_template"),
    object!("transform", "transform"),
    object!("trigger", "trigger"),
    object!("type", "type", type_),
    object!("user mapping", "user_mapping"),
    object!("user", "role"),
    object!("view", "view"),
];

/// Data that comes with the script is another thing than a file of the server.
fn copy(draft: &mut Draft<'_>) {
    draft.tokens.seek(&["from", "to"]);
    if draft.tokens.eat_words("from stdin") {
        draft.facts.kind = "copy_from_stdin";
    }
}

fn create(draft: &mut Draft<'_>) {
    define(draft, Action::Create, OBJECTS, MODIFIERS);
}

fn alter(draft: &mut Draft<'_>) {
    define(draft, Action::Alter, OBJECTS, MODIFIERS);
}

fn drop(draft: &mut Draft<'_>) {
    define(draft, Action::Drop, OBJECTS, MODIFIERS);
}

/// What was read as a name is the begin of the rest.
fn nameless(draft: &mut Draft<'_>, _: &Definition) {
    draft.facts.changes.clear();
}

/// `ALTER SYSTEM` writes a file.
fn system(draft: &mut Draft<'_>, definition: &Definition) {
    nameless(draft, definition);
    forbidden(draft);
}

fn database(draft: &mut Draft<'_>, definition: &Definition) {
    holds_data(draft, definition);
    let moved = definition.action == Action::Alter && draft.tokens.eat_words("set tablespace");
    if definition.action != Action::Alter || moved {
        forbidden(draft);
    }
}

fn tablespace(draft: &mut Draft<'_>, definition: &Definition) {
    if definition.action != Action::Alter {
        forbidden(draft);
    }
}

fn index(draft: &mut Draft<'_>, definition: &Definition) {
    if definition.concurrently {
        forbidden(draft);
    }
}

/// `CREATE SCHEMA AUTHORIZATION joe` makes a schema `joe`.
fn schema(draft: &mut Draft<'_>, definition: &Definition) {
    holds_data(draft, definition);
    if definition.names.is_empty()
        && draft.tokens.eat("authorization")
        && let Some(role) = draft.tokens.name()
    {
        draft.change(definition.action, "schema", role);
    }
}

/// Columns of a type, a domain or the types of an extension go with it when `CASCADE` says so.
fn holds_columns(draft: &mut Draft<'_>, definition: &Definition) {
    if definition.action == Action::Drop && draft.tokens.eat("cascade") {
        holds_data(draft, definition);
    }
}

fn type_(draft: &mut Draft<'_>, definition: &Definition) {
    holds_columns(draft, definition);
    let [name] = definition.names.as_slice() else {
        return;
    };
    if definition.action != Action::Alter {
        return;
    }
    if draft.tokens.eat_words("add value") {
        // Since 12 it may run in a transaction, but the value cannot be used before the commit.
        draft.facts.kind = "alter_type_add_value";
        if draft.target.version < (12, 0) {
            forbidden(draft);
        }
        return;
    }
    loop {
        if draft.tokens.eat_words("drop attribute")
            && let Some(attribute) = alter_table::part(draft, Action::Drop, "attribute", name)
        {
            draft.lose("attribute", attribute);
        }
        if !draft.tokens.skip_item() {
            return;
        }
    }
}

fn table(draft: &mut Draft<'_>, definition: &Definition) {
    holds_data(draft, definition);
    alter_columns(draft, definition, false);
}

/// Its rows are elsewhere, so nothing of it is lost.
fn foreign_table(draft: &mut Draft<'_>, definition: &Definition) {
    alter_columns(draft, definition, true);
}

fn alter_columns(draft: &mut Draft<'_>, definition: &Definition, keeps_data: bool) {
    let (Action::Alter, [table]) = (definition.action, definition.names.as_slice()) else {
        return;
    };
    draft.tokens.eat_symbol(b'*');
    loop {
        if draft.tokens.eat_words("detach partition") {
            draft.tokens.name();
            // `FINALIZE` may run in a transaction.
            if draft.tokens.eat("concurrently") {
                forbidden(draft);
            }
        } else {
            alter_table::action(draft, table, keeps_data);
        }
        if !draft.tokens.skip_item() {
            return;
        }
    }
}

/// Work on the other server cannot be undone, so it is refused where it happens. Whether a
/// subscription has a slot is not in the text: dropping one counts as refused.
fn subscription(draft: &mut Draft<'_>, definition: &Definition) {
    let refused = match definition.action {
        Action::Create => {
            let options = draft.tokens.rest();
            !has_option(&options, "CREATE_SLOT FALSE") && !has_option(&options, "CONNECT FALSE")
        }
        Action::Alter => {
            let options = draft.tokens.rest();
            let refreshes =
                options.contains("PUBLICATION") && !has_option(&options, "REFRESH FALSE");
            refreshes || options.contains("FAILOVER") || options.contains("TWO_PHASE")
        }
        Action::Drop => true,
    };
    if refused {
        forbidden(draft);
    }
}

/// Whether the option (`NAME FALSE`) stands there in one of the spellings of false.
fn has_option(options: &str, option: &str) -> bool {
    let name = option.trim_end_matches("FALSE");
    ["FALSE", "OFF", "0", "'FALSE'", "'OFF'", "'0'", "NO"]
        .iter()
        .any(|value| format!(" {options} ").contains(&format!(" {name}{value} ")))
}

/// Without a table it goes over all of them, each in its own transaction. (So it does with a
/// partitioned table, which is not in the text.)
fn cluster(draft: &mut Draft<'_>) {
    draft.tokens.skip_parentheses();
    draft.tokens.eat("verbose");
    if draft.tokens.at_end() {
        forbidden(draft);
    }
}

fn discard_all(draft: &mut Draft<'_>) {
    session(draft);
    forbidden(draft);
}

fn drop_owned(draft: &mut Draft<'_>) {
    while let Some(role) = draft.tokens.name() {
        draft.lose("owned", role);
        if !draft.tokens.eat_symbol(b',') {
            return;
        }
    }
}

/// Refused when it goes over many tables or does not block them. (So it is for a partitioned
/// table or index, which is not in the text.)
fn reindex(draft: &mut Draft<'_>) {
    let mut concurrently = false;
    if draft.tokens.eat_symbol(b'(') {
        while let Some(token) = draft.tokens.next() {
            if token.is_symbol(b')') {
                break;
            }
            concurrently |= token.is_word("concurrently");
        }
    }
    let many = draft.tokens.eat_any(&["schema", "database", "system"]);
    if !many {
        draft.tokens.eat_any(&["table", "index"]);
    }
    if many || concurrently || draft.tokens.eat("concurrently") {
        draft.facts.transaction = InTransaction::Forbidden;
    }
}

/// `SELECT set_config(…, false)` is a `SET`; `SELECT … INTO t` makes a table.
fn select(draft: &mut Draft<'_>) {
    loop {
        if draft.tokens.eat("pg_catalog") {
            draft.tokens.eat_symbol(b'.');
        }
        if !draft.tokens.peek_is("set_config") {
            break;
        }
        draft.tokens.next();
        if lasts(draft) {
            session(draft);
        }
        if !draft.tokens.eat_symbol(b',') {
            break;
        }
    }
    if draft.tokens.seek(&["into"]) {
        draft.tokens.next();
        draft.tokens.eat_any(&["temp", "temporary", "unlogged"]);
        draft.tokens.eat("table");
        if let Some(table) = draft.tokens.name() {
            draft.change(Action::Create, "table", table);
        }
    }
}

/// Whether the arguments of `set_config` let the setting outlive the transaction.
fn lasts(draft: &mut Draft<'_>) -> bool {
    let mut depth = 0_u32;
    let mut local = false;
    while let Some(token) = draft.tokens.next() {
        match token.text {
            b"(" => depth += 1,
            b")" => depth = depth.saturating_sub(1),
            _ => {
                let word = unquote(token.text).to_ascii_lowercase();
                local = matches!(word.as_slice(), b"true" | b"t" | b"on" | b"yes" | b"1");
            }
        }
        if depth == 0 {
            break;
        }
    }
    !local
}
