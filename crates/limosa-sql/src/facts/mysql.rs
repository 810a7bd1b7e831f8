//! Statements of `MySQL` and `MariaDB`, after the manuals' lists of implicit commits.

use super::draft::{Draft, Verb, commits, may_control, plain, session, verb};
use super::objects::{Definition, Object, define, holds_data, object};
use super::{Action, Control, InTransaction, alter_table, classify, data};

/// Statements by their first words, the longer before the shorter.
pub(super) const VERBS: &[Verb] = &[
    verb("alter", "unknown", alter),
    verb("analyze table", "analyze_table", commits),
    verb("analyze local table", "analyze_table", commits),
    verb("analyze no_write_to_binlog table", "analyze_table", commits),
    verb("analyze", "explain", data::analyze),
    verb("backup", "backup", commits),
    // Compound statements outside of programs (MariaDB), which may commit.
    verb("begin", "compound", may_control),
    verb("binlog", "binlog", plain),
    verb("cache index", "cache_index", commits),
    verb("call", "call", may_control),
    verb("case", "compound", may_control),
    verb("change", "change_replication", commits),
    verb("check table", "check_table", commits),
    verb("checksum", "checksum_table", plain),
    verb("create", "unknown", create),
    verb("deallocate", "deallocate", plain),
    verb("declare", "compound", may_control),
    verb("delete", "delete", data::delete),
    verb("describe", "explain", data::explain),
    verb("desc", "explain", data::explain),
    verb("do", "do", plain),
    verb("drop prepare", "deallocate", plain),
    verb("drop", "unknown", drop),
    // What was prepared is not in the text.
    verb("execute", "execute", may_control),
    verb("explain", "explain", data::explain),
    verb("flush", "flush", commits),
    verb("for", "compound", may_control),
    verb("grant", "grant", commits),
    verb("handler", "handler", plain),
    verb("help", "help", plain),
    verb("if", "compound", may_control),
    verb("import table", "import_table", commits),
    verb("insert", "insert", plain),
    verb("install", "install", commits),
    verb("kill", "kill", plain),
    verb("load index", "load_index", commits),
    verb("load", "load_data", plain),
    verb("loop", "compound", may_control),
    verb("optimize", "optimize_table", commits),
    verb("prepare", "prepare", plain),
    verb("purge", "purge_logs", commits),
    verb("rename table", "rename_table", rename_table),
    verb("rename tables", "rename_table", rename_table),
    verb("rename user", "rename_user", commits),
    verb("repair", "repair_table", commits),
    verb("repeat", "compound", may_control),
    verb("replace", "replace", plain),
    verb("reset", "reset", commits),
    verb("revoke", "revoke", commits),
    verb("select", "select", plain),
    verb("set default role", "set_default_role", commits),
    verb("set password", "set_password", commits),
    verb("set statement", "set", set_statement),
    verb("set", "set", set),
    verb("show", "show", plain),
    verb("shutdown", "shutdown", plain),
    verb("signal", "signal", plain),
    verb("start", "start_replication", commits),
    verb("stop", "stop_replication", commits),
    verb("table", "select", plain),
    verb("truncate", "truncate", truncate),
    verb("uninstall", "uninstall", commits),
    verb("update", "update", plain),
    verb("use", "use", session),
    verb("values", "select", plain),
    verb("while", "compound", may_control),
    verb("with", "select", data::with),
];

const MODIFIERS: &[&str] = &[
    "or",
    "replace",
    "temporary",
    "unique",
    "fulltext",
    "spatial",
    "vector",
    "online",
    "offline",
    "ignore",
    "aggregate",
    "undo",
];

const OBJECTS: &[Object] = &[
    object!("database", "database", database),
    object!("event", "event", program),
    object!("function", "function", program),
    object!("index", "index", program),
    object!("library", "library", program),
    object!("logfile group", "logfile_group", program),
    object!("package body", "package_body", program),
    object!("package", "package", program),
    object!("procedure", "procedure", program),
    object!("resource group", "resource_group", program),
    object!("role", "role", program),
    object!("schema", "database", database),
    object!("sequence", "sequence", program),
    object!("server", "server", program),
    object!(
        "spatial reference system",
        "spatial_reference_system",
        program
    ),
    object!("table", "table", table),
    object!("tables", "table", table),
    object!("tablespace", "tablespace", program),
    object!("trigger", "trigger", program),
    object!("user", "user", program),
    object!("view", "view", program),
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

/// Every definition commits, but for those of temporary tables.
fn program(draft: &mut Draft<'_>, _: &Definition) {
    commits(draft);
}

fn database(draft: &mut Draft<'_>, definition: &Definition) {
    commits(draft);
    holds_data(draft, definition);
}

fn table(draft: &mut Draft<'_>, definition: &Definition) {
    // A temporary table is the session's own: creating and dropping it commits nothing.
    if definition.has("temporary") {
        return;
    }
    commits(draft);
    holds_data(draft, definition);
    let [table] = definition.names.as_slice() else {
        return;
    };
    if definition.action == Action::Create && definition.has("replace") {
        draft.lose("table", table.clone());
    }
    if definition.action != Action::Alter {
        return;
    }
    if draft.tokens.eat("wait") {
        draft.tokens.next();
    }
    draft.tokens.eat("nowait");
    loop {
        action(draft, table);
        if !draft.tokens.skip_item() {
            return;
        }
    }
}

/// What stands behind `DROP` or `ADD` and is no column, and what is lost when it is dropped.
const PARTS: &[(&str, &str)] = &[
    ("primary key", ""),
    ("foreign key", "constraint"),
    ("index", "index"),
    ("key", "index"),
    ("unique index", "index"),
    ("unique key", "index"),
    ("unique", "index"),
    ("fulltext index", "index"),
    ("fulltext key", "index"),
    ("fulltext", "index"),
    ("spatial index", "index"),
    ("spatial key", "index"),
    ("spatial", "index"),
    ("vector index", "index"),
    ("vector key", "index"),
    ("vector", "index"),
    ("check", "constraint"),
    ("constraint", "constraint"),
    ("period", ""),
];

/// One action of `ALTER TABLE`.
fn action(draft: &mut Draft<'_>, table: &str) {
    let tokens = &mut draft.tokens;
    if tokens.eat_words("drop partition") || tokens.eat_words("truncate partition") {
        draft.tokens.eat_if_exists();
        while let Some(partition) = draft.tokens.name() {
            draft.lose("partition", format!("{table}.{partition}"));
            if !draft.tokens.eat_symbol(b',') {
                break;
            }
        }
    } else if tokens.eat_words("drop system versioning") || tokens.eat_words("discard tablespace") {
        // The history of the rows, or the file with all of them.
        draft.lose("rows", table.to_owned());
    } else if tokens.eat_words("add partition") || tokens.eat_words("add system") {
    } else if tokens.eat_any(&["modify", "change"]) {
        tokens.eat("column");
        alter_table::part(draft, Action::Alter, "column", table);
    } else if tokens.eat_words("rename index") || tokens.eat_words("rename key") {
        alter_table::part(draft, Action::Alter, "index", table);
    } else if tokens.eat_words("rename as") || tokens.eat_words("alter index") {
    } else if tokens.eat_words("rename column") {
        alter_table::part(draft, Action::Alter, "column", table);
    } else if tokens.eat("rename") {
        tokens.eat("to");
    } else if tokens.peek_is_any(&["add", "drop"]) {
        add_or_drop(draft, table);
    } else {
        alter_table::action(draft, table, false);
    }
}

fn add_or_drop(draft: &mut Draft<'_>, table: &str) {
    for (words, object) in PARTS {
        for (verb, action) in [("add", Action::Create), ("drop", Action::Drop)] {
            if draft.tokens.eat_words(&format!("{verb} {words}")) {
                // `ADD UNIQUE (c)` and `ADD CONSTRAINT PRIMARY KEY (c)` have no name here.
                if !object.is_empty()
                    && !draft.tokens.peek_is_any(&["primary", "unique", "foreign"])
                {
                    alter_table::part(draft, action, object, table);
                }
                return;
            }
        }
    }
    // `ADD [COLUMN] (a INT, b INT)`
    let list = usize::from(
        draft
            .tokens
            .peek(1)
            .is_some_and(|token| token.is_word("column")),
    ) + 1;
    if !draft
        .tokens
        .peek(list)
        .is_some_and(|token| token.is_symbol(b'('))
    {
        alter_table::action(draft, table, false);
        return;
    }
    for _ in 0..=list {
        draft.tokens.next();
    }
    loop {
        let index = [
            "index",
            "key",
            "primary",
            "unique",
            "constraint",
            "foreign",
            "check",
            "fulltext",
        ];
        if !draft.tokens.peek_is_any(&index) {
            alter_table::part(draft, Action::Create, "column", table);
        }
        while !draft.tokens.at_end() && !draft.tokens.peek_is_symbol(b',') {
            if draft.tokens.eat_symbol(b')') {
                return;
            }
            if !draft.tokens.skip_parentheses() {
                draft.tokens.next();
            }
        }
        if !draft.tokens.eat_symbol(b',') {
            return;
        }
    }
}

fn rename_table(draft: &mut Draft<'_>) {
    commits(draft);
    draft.tokens.eat_if_exists();
    while let Some(table) = draft.tokens.name() {
        draft.change(Action::Alter, "table", table);
        if !draft.tokens.skip_item() {
            return;
        }
    }
}

fn truncate(draft: &mut Draft<'_>) {
    commits(draft);
    data::truncate(draft);
}

/// `SET STATEMENT a = 1 FOR …` sets for that statement only.
fn set_statement(draft: &mut Draft<'_>) {
    if draft.tokens.seek(&["for"]) {
        draft.tokens.next();
        classify::read(draft);
    }
}

/// Everything but global variables is of the session, user variables too. A scope counts for the
/// assignments behind it until there is another one.
fn set(draft: &mut Draft<'_>) {
    let mut global = false;
    for assignment in 0.. {
        if draft.tokens.eat_any(&["global", "persist", "persist_only"]) {
            global = true;
        } else if draft.tokens.eat_any(&["session", "local"]) {
            global = false;
        }
        let Some(name) = draft.tokens.peek(0) else {
            return;
        };
        let name = name.text.to_ascii_lowercase();
        let of_server = name.starts_with(b"@@global.") || name.starts_with(b"@@persist");
        draft.facts.session_setting |= !of_server && (!global || name.starts_with(b"@"));
        let autocommit = !global
            && matches!(
                name.as_slice(),
                b"autocommit" | b"@@autocommit" | b"@@session.autocommit" | b"@@local.autocommit"
            );
        if autocommit {
            draft.tokens.next();
            draft.tokens.eat_symbol(b':');
            draft.tokens.eat_symbol(b'=');
            let off = draft.tokens.peek(0).is_some_and(|value| {
                value.text == b"0" || value.is_word("off") || value.is_word("false")
            });
            if !off {
                draft.facts.transaction = InTransaction::CommitsImplicitly;
            }
        }
        if !draft.tokens.skip_item() {
            if autocommit && assignment == 0 {
                draft.facts.control = Some(Control::Autocommit);
            }
            return;
        }
    }
}
