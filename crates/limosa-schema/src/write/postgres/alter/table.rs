//! Tables and columns that are different.

use super::super::column::{self, alter_table, only};
use super::super::name::{name, quoted};
use super::super::sequence;
use super::super::table::{attach_statement, storage_options};
use super::super::value::{foreign_options, number, setting_names, settings};
use super::Pair;
use crate::{Kind, Object};

/// The statements that make a table what it should be.
pub(super) fn table(pair: &mut Pair<'_>, statements: &mut Vec<String>) {
    let (before, after) = (pair.before, pair.after);
    let only = only(after);
    if pair.takes("persistence") {
        let unlogged = after.text_of("persistence") == Some("unlogged");
        let word = if unlogged { "UNLOGGED" } else { "LOGGED" };
        statements.push(format!("{only} SET {word}"));
    }
    if pair.takes("tablespace") {
        let space = after.text_of("tablespace").unwrap_or("pg_default");
        statements.push(format!("{only} SET TABLESPACE {}", quoted(space)));
    }
    if pair.takes("access_method") {
        let method = after.text_of("access_method").unwrap_or("heap");
        statements.push(format!("{only} SET ACCESS METHOD {}", quoted(method)));
    }
    if pair.takes_any(&["options", "toast_options"]) {
        let mut old = setting_names(before, "options", "");
        old.extend(setting_names(before, "toast_options", "toast."));
        if !old.is_empty() {
            statements.push(format!("{only} RESET ({})", old.join(", ")));
        }
        let new = storage_options(after);
        if !new.is_empty() {
            statements.push(format!("{only} SET ({})", new.join(", ")));
        }
    }
    if pair.takes("replica_identity") {
        let how = after
            .text_of("replica_identity")
            .unwrap_or("default")
            .to_uppercase();
        statements.push(format!("{only} REPLICA IDENTITY {how}"));
    }
    if pair.takes("row_security") {
        let word = if after.is("row_security") {
            "ENABLE"
        } else {
            "DISABLE"
        };
        statements.push(format!("{only} {word} ROW LEVEL SECURITY"));
    }
    if pair.takes("force_row_security") {
        let word = if after.is("force_row_security") {
            "FORCE"
        } else {
            "NO FORCE"
        };
        statements.push(format!("{only} {word} ROW LEVEL SECURITY"));
    }
    if pair.takes("of_type") {
        match after.text_of("of_type") {
            Some(of) => statements.push(format!("{only} OF {of}")),
            None => statements.push(format!("{only} NOT OF")),
        }
    }
    if pair.takes_any(&["partition_of", "partition_bound"]) {
        if let Some(parent) = before.tables_of("partition_of").first() {
            let (parent, own) = (name(parent), name(&before.key));
            statements.push(format!("ALTER TABLE {parent} DETACH PARTITION {own}"));
        }
        statements.extend(attach_statement(after));
    }
    if pair.takes("inherits") {
        let (old, new) = (before.tables_of("inherits"), after.tables_of("inherits"));
        let gone = old.iter().filter(|key| !new.contains(key));
        statements.extend(gone.map(|key| format!("{only} NO INHERIT {}", name(key))));
        let more = new.iter().filter(|key| !old.contains(key));
        statements.extend(more.map(|key| format!("{only} INHERIT {}", name(key))));
    }
    if pair.takes("server_options") {
        statements.extend(change_foreign_options(&only, before, after));
    }
}

/// `OPTIONS (DROP …)` and `OPTIONS (…)`.
fn change_foreign_options(head: &str, before: &Object, after: &Object) -> Vec<String> {
    let old = setting_names(before, "server_options", "");
    let old: Vec<String> = old.iter().map(|name| format!("DROP {name}")).collect();
    let mut all = Vec::new();
    if !old.is_empty() {
        all.push(format!("{head} OPTIONS ({})", old.join(", ")));
    }
    let new = foreign_options(after, "server_options");
    if !new.is_empty() {
        all.push(format!("{head}{new}"));
    }
    all
}

pub(super) fn column(pair: &mut Pair<'_>, statements: &mut Vec<String>) -> bool {
    let (before, after) = (pair.before, pair.after);
    let Some(table) = pair.parent().cloned() else {
        return false;
    };
    let alter = format!(
        "{} ALTER COLUMN {}",
        alter_table(&table),
        quoted(after.key.name())
    );
    if table.key.kind != Kind::Table {
        if pair.takes("default") {
            statements.push(match after.text_of("default") {
                Some(default) => format!("{alter} SET DEFAULT {default}"),
                None => format!("{alter} DROP DEFAULT"),
            });
        }
        column_details(pair, &alter, statements);
        return false;
    }
    let inherits = !column::is_its_own(after);
    let rewritten = pair.takes("type") | pair.takes("collation");
    let defaults = pair.takes("default");
    if (defaults || rewritten) && before.text_of("default").is_some() {
        statements.push(format!("{alter} DROP DEFAULT"));
    }
    if rewritten && !inherits {
        let (name, new) = (
            quoted(after.key.name()),
            after.text_of("type").unwrap_or_default(),
        );
        let collation = column::collation(after);
        let using = if before.text_of("type") == after.text_of("type") {
            String::new()
        } else {
            format!(" USING {name}::{new}")
        };
        statements.push(format!("{alter} TYPE {new}{collation}{using}"));
    }
    let identity = [
        "identity",
        "identity_sequence",
        "identity_start",
        "identity_increment",
        "identity_minimum",
        "identity_maximum",
        "identity_cache",
        "identity_cycle",
        "identity_type",
    ];
    let identities = pair.takes_any(&identity);
    if identities && before.text_of("identity").is_some() {
        statements.push(format!("{alter} DROP IDENTITY"));
    }
    if pair.takes("nullable") && !inherits {
        let word = if column::is_required(after) {
            "SET"
        } else {
            "DROP"
        };
        statements.push(format!("{alter} {word} NOT NULL"));
    }
    if identities && let Some(identity) = sequence::identity(after) {
        statements.push(format!("{alter} ADD {identity}"));
    }
    if (defaults || rewritten)
        && let Some(default) = after.text_of("default")
    {
        statements.push(format!("{alter} SET DEFAULT {default}"));
    }
    if before.properties.contains_key("generated")
        && !after.properties.contains_key("generated")
        && pair.takes("generated")
    {
        pair.takes("generated_kind");
        statements.push(format!("{alter} DROP EXPRESSION"));
    }
    column_details(pair, &alter, statements);
    if pair.takes("server_options") {
        statements.extend(change_foreign_options(&alter, before, after));
    }
    rewritten && !inherits
}

fn column_details(pair: &mut Pair<'_>, alter: &str, statements: &mut Vec<String>) {
    let (before, after) = (pair.before, pair.after);
    if pair.left.contains(&"storage") && after.text_of("storage").is_some() {
        pair.takes("storage");
        let storage = after.text_of("storage").unwrap_or_default().to_uppercase();
        statements.push(format!("{alter} SET STORAGE {storage}"));
    }
    if pair.takes("compression") {
        let compression = after.text_of("compression").unwrap_or("default");
        statements.push(format!("{alter} SET COMPRESSION {compression}"));
    }
    if pair.takes("statistics") {
        let target = number(after, "statistics").unwrap_or_else(|| "-1".to_owned());
        statements.push(format!("{alter} SET STATISTICS {target}"));
    }
    if pair.takes("options") {
        let old = setting_names(before, "options", "");
        if !old.is_empty() {
            statements.push(format!("{alter} RESET ({})", old.join(", ")));
        }
        let new = settings(after, "options", "");
        if !new.is_empty() {
            statements.push(format!("{alter} SET ({})", new.join(", ")));
        }
    }
}
