//! What a statement of PostgreSQL reaches beyond its database.

use limosa_sql::{Facts, TokenKind};

use super::text::Text;
use super::{Beyond, Reach, inside, outside, server, unknown};

/// What is shared by all databases of a server, by the kind of its statement.
const OF_THE_SERVER: &[(&str, &str)] = &[
    ("create_role", ROLES),
    ("alter_role", ROLES),
    ("drop_role", ROLES),
    ("drop_owned", "what a role owns is in all databases"),
    ("reassign_owned", "what a role owns is in all databases"),
    ("create_database", DATABASES),
    ("alter_database", DATABASES),
    ("drop_database", DATABASES),
    ("create_tablespace", TABLESPACES),
    ("alter_tablespace", TABLESPACES),
    ("drop_tablespace", TABLESPACES),
    (
        "alter_system",
        "ALTER SYSTEM changes the settings of the whole server",
    ),
    ("load", "LOAD loads a library into the server"),
    ("create_server", FOREIGN),
    ("alter_server", FOREIGN),
    ("create_user_mapping", FOREIGN),
    ("alter_user_mapping", FOREIGN),
    ("create_foreign_data_wrapper", FOREIGN),
    ("alter_foreign_data_wrapper", FOREIGN),
    ("create_foreign_table", FOREIGN),
    (
        "drop_subscription",
        "a subscription has a slot on another server",
    ),
    (
        "prepare_transaction",
        "names of prepared transactions belong to the whole server",
    ),
    (
        "commit_prepared",
        "names of prepared transactions belong to the whole server",
    ),
    (
        "rollback_prepared",
        "names of prepared transactions belong to the whole server",
    ),
];

const ROLES: &str = "roles belong to the whole server";
const DATABASES: &str = "it is about a whole database of the server";
const TABLESPACES: &str = "tablespaces belong to the whole server";
const FOREIGN: &str = "what is foreign is on another server";

/// Functions that act on the whole server, or read its files.
const FUNCTIONS_OF_THE_SERVER: &[&str] = &[
    "lo_import",
    "pg_backup_start",
    "pg_backup_stop",
    "pg_cancel_backend",
    "pg_copy_logical_replication_slot",
    "pg_copy_physical_replication_slot",
    "pg_create_logical_replication_slot",
    "pg_create_physical_replication_slot",
    "pg_create_restore_point",
    "pg_drop_replication_slot",
    "pg_import_system_collations",
    "pg_log_backend_memory_contexts",
    "pg_ls_dir",
    "pg_promote",
    "pg_read_binary_file",
    "pg_read_file",
    "pg_reload_conf",
    "pg_replication_origin_create",
    "pg_replication_origin_drop",
    "pg_replication_slot_advance",
    "pg_rotate_logfile",
    "pg_start_backup",
    "pg_stat_file",
    "pg_stat_reset_shared",
    "pg_stop_backup",
    "pg_switch_wal",
    "pg_terminate_backend",
    "pg_wal_replay_pause",
    "pg_wal_replay_resume",
];

/// Functions that write files.
const FUNCTIONS_ON_FILES: &[&str] = &[
    "lo_export",
    "pg_file_rename",
    "pg_file_sync",
    "pg_file_unlink",
    "pg_file_write",
];

/// Extensions by which SQL gets out of its database.
const EXTENSIONS: &[&str] = &[
    "adminpack",
    "aws_lambda",
    "aws_s3",
    "dblink",
    "http",
    "pg_background",
    "pg_cron",
    "pg_net",
    "pgsql-http",
    "plperlu",
    "plpython2u",
    "plpython3u",
    "plpythonu",
    "plsh",
    "pltclu",
];

/// Languages whose programs can be looked into.
const READABLE: &[&str] = &["sql", "plpgsql"];

/// Words of PL/pgSQL behind which a statement begins.
const OPENING: &[&str] = &["begin", "then", "else", "loop", "query"];

pub(super) fn beyond(text: &Text<'_>, facts: &Facts) -> Vec<Beyond> {
    let mut found: Vec<Beyond> = OF_THE_SERVER
        .iter()
        .filter(|(kind, _)| *kind == facts.kind)
        .map(|(_, why)| server(why))
        .collect();
    found.extend(match facts.kind {
        "unknown" => Some(unknown("it is not recognised")),
        "grant" | "revoke" => grant(text),
        "comment" | "security_label" => about(text),
        "copy" => copy(text),
        "import_foreign_schema" => Some(outside("IMPORT FOREIGN SCHEMA asks another server")),
        "create_subscription" => Some(subscription(text)),
        "alter_subscription" => Some(outside("a subscription connects to another server")),
        "create_extension" => extension(facts),
        "create_language" => Some(server("a language runs programs in the server")),
        _ => None,
    });
    found.extend(functions(text));
    let is_program = matches!(facts.kind, "create_function" | "create_procedure" | "do");
    if is_program {
        found.extend(program(text, facts));
    }
    found
}

/// Without `ON` it is about membership; with it mostly about what is in this database.
fn grant(text: &Text<'_>) -> Option<Beyond> {
    if !text.has("on") {
        return Some(server(ROLES));
    }
    let shared = ["on database", "on tablespace", "on parameter"];
    (shared.iter().any(|words| text.has_words(words)))
        .then(|| server("the grant is on what belongs to the whole server"))
}

fn about(text: &Text<'_>) -> Option<Beyond> {
    let shared = ["on role", "on database", "on tablespace"];
    (shared.iter().any(|words| text.has_words(words)))
        .then(|| server("it is about what belongs to the whole server"))
}

/// `FROM` reads a file of the server, `TO` writes one, and both can be a program.
fn copy(text: &Text<'_>) -> Option<Beyond> {
    let tokens = text.tokens();
    for pair in tokens.windows(2) {
        let (word, next) = (&pair[0], &pair[1]);
        let (from, to) = (word.is_word("from"), word.is_word("to"));
        if (from || to) && next.is_word("program") {
            return Some(outside("COPY runs a program"));
        }
        if to && next.kind == TokenKind::String {
            return Some(outside("COPY writes a file"));
        }
        if from && next.kind == TokenKind::String {
            return Some(server("COPY reads a file of the server"));
        }
    }
    None
}

fn subscription(text: &Text<'_>) -> Beyond {
    let off =
        (text.option("connect")).is_some_and(|value| matches!(&*value, "false" | "off" | "0"));
    if off {
        server("subscriptions belong to the whole server")
    } else {
        outside("a subscription connects to another server")
    }
}

fn extension(facts: &Facts) -> Option<Beyond> {
    let name = facts.changes.first()?.name.to_ascii_lowercase();
    let reaches = EXTENSIONS.contains(&name.as_str()) || name.ends_with("_fdw");
    reaches.then(|| server(&format!("the extension {name} gets out of its database")))
}

fn functions(text: &Text<'_>) -> Option<Beyond> {
    text.called().find_map(|name| {
        if FUNCTIONS_ON_FILES.contains(&name.as_str()) {
            Some(outside(&format!("{name} writes a file")))
        } else if name.starts_with("dblink") {
            Some(outside(&format!("{name} reaches another server")))
        } else if FUNCTIONS_OF_THE_SERVER.contains(&name.as_str()) {
            Some(server(&format!("{name} acts on the server")))
        } else {
            None
        }
    })
}

/// What the text of a function, a procedure or a DO block does.
fn program(text: &Text<'_>, facts: &Facts) -> Vec<Beyond> {
    let language = match (text.option("language"), facts.kind) {
        (Some(language), _) => language,
        (None, "do") => "plpgsql".to_owned(),
        (None, _) => "sql".to_owned(),
    };
    if matches!(language.as_str(), "c" | "internal") {
        return vec![server("a program in C runs in the server")];
    }
    if !READABLE.contains(&language.as_str()) {
        return vec![unknown(&format!("its program is in {language}"))];
    }
    let mut found = Vec::new();
    // `BEGIN ATOMIC … END`, `RETURN …`, and the defaults of parameters.
    found.extend(body(text));
    for string in text.strings() {
        let inner = text.inner(&string);
        found.extend(body(&inner));
        if language == "sql" {
            found.extend(inside(&string, text));
        }
    }
    found
}

fn body(text: &Text<'_>) -> Vec<Beyond> {
    let mut found: Vec<Beyond> = functions(text).into_iter().collect();
    for part in text.parts(OPENING) {
        let inner = text.inner(part);
        // `EXECUTE FUNCTION f()` of a trigger stands behind other words.
        if inner.begins("execute") {
            found.push(unknown("it runs SQL that is put together while it runs"));
        }
        found.extend(inside(part, text));
    }
    // `FOR r IN EXECUTE …`, `RETURN QUERY EXECUTE …`, `OPEN c FOR EXECUTE …`
    if ["in execute", "query execute", "for execute"]
        .iter()
        .any(|words| text.has_words(words))
    {
        found.push(unknown("it runs SQL that is put together while it runs"));
    }
    found.retain(|one| one.reach != Reach::Unknown || one.why.contains("while it runs"));
    found
}
