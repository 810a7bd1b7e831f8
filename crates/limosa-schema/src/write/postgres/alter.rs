//! How an object of one schema becomes that of another.

use serde_json::Value;

use super::super::by_hand;
use super::column::{self, alter_table, only};
use super::name::{dotted, literal, name, quoted};
use super::table::{attach_statement, storage_options};
use super::value::{foreign_options, number, setting_names, settings, tables};
use super::{code, rights, routine, sequence, types};
use crate::{Key, Kind, Object, Schema};

/// What is done about an object that is different.
pub(super) enum Alter {
    /// These statements.
    InPlace(Vec<String>),
    /// These statements, which nothing may be in the way of that was made of the object: views of a column.
    Rewritten(Vec<String>),
    /// It is dropped and made again.
    Again,
}

/// What differs.
pub(super) struct Pair<'s> {
    pub schema: &'s Schema,
    pub before: &'s Object,
    pub after: &'s Object,
    /// The properties that differ and about which nothing was said yet.
    left: Vec<&'s str>,
}

impl<'s> Pair<'s> {
    fn of(schema: &'s Schema, before: &'s Object, after: &'s Object) -> Self {
        let names = before.properties.keys().chain(after.properties.keys());
        let mut left: Vec<&str> = names
            .map(String::as_str)
            .filter(|name| before.properties.get(*name) != after.properties.get(*name))
            .collect();
        left.sort_unstable();
        left.dedup();
        Self {
            schema,
            before,
            after,
            left,
        }
    }

    /// Whether a property differs, about which something is said now.
    pub fn takes(&mut self, property: &str) -> bool {
        let before = self.left.len();
        self.left.retain(|name| *name != property);
        self.left.len() < before
    }

    /// The same for several, of which one is enough.
    pub fn takes_any(&mut self, properties: &[&str]) -> bool {
        properties
            .iter()
            .fold(false, |taken, name| self.takes(name) | taken)
    }

    /// Remarks about what is left.
    fn remarks(&self) -> Vec<String> {
        let shown = |value: Option<&Value>| match value {
            None => "none".to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        self.left
            .iter()
            .map(|name| {
                let (before, after) = (
                    self.before.properties.get(*name),
                    self.after.properties.get(*name),
                );
                by_hand(&format!(
                    "{}: {} is {} and should be {}",
                    self.after.key,
                    name.replace('_', " "),
                    shown(before),
                    shown(after)
                ))
            })
            .collect()
    }
}

/// What is done.
pub(super) fn alter(from: &Schema, to: &Schema, before: &Object, after: &Object) -> Alter {
    let mut pair = Pair::of(to, before, after);
    let mut statements = Vec::new();
    let mut rewritten = false;
    if before.parent != after.parent && after.key.kind != Kind::Sequence {
        return Alter::Again;
    }
    match after.key.kind {
        Kind::Table => table(&mut pair, &mut statements),
        Kind::Column => rewritten = column(&mut pair, &mut statements),
        Kind::Constraint => {
            if pair.takes("not_valid") && !after.is("not_valid") && pair.only_rights_left() {
                let table = pair.parent().map(alter_table).unwrap_or_default();
                statements.push(format!(
                    "{table} VALIDATE CONSTRAINT {}",
                    quoted(after.key.name())
                ));
            } else if !pair.only_rights_left() || before.is("not_valid") != after.is("not_valid") {
                return Alter::Again;
            }
        }
        Kind::Sequence => alter_sequence(&mut pair, &mut statements),
        Kind::Type => {
            if !is_used(from, &before.key)
                && !pair.only_rights_left()
                && !adds_labels(before, after)
            {
                return Alter::Again;
            }
            alter_type(&mut pair, &mut statements);
        }
        Kind::Domain => domain(&mut pair, &mut statements),
        Kind::Routine => {
            if !pair.only_rights_left() {
                let fixed = ["kind", "returns", "arguments", "aggregate_kind"];
                if fixed.iter().any(|name| pair.left.contains(name)) || routine::is_aggregate(after)
                {
                    return Alter::Again;
                }
                statements.push(routine::replace(after));
                pair.left.retain(|name| RIGHTS.contains(name));
            }
        }
        Kind::Trigger | Kind::Rule => {
            if pair.takes("enabled") && pair.only_rights_left() {
                let mut switched = after.clone();
                switched
                    .properties
                    .entry("enabled".to_owned())
                    .or_insert_with(|| "origin".into());
                let what = if after.key.kind == Kind::Rule {
                    "RULE"
                } else {
                    "TRIGGER"
                };
                statements.extend(
                    pair.parent()
                        .and_then(|table| code::switch(table, &switched, what)),
                );
            } else if !pair.only_rights_left() {
                return Alter::Again;
            }
        }
        Kind::Schema | Kind::Database | Kind::Language => {}
        Kind::Extension => {
            if pair.takes("version") {
                let version = literal(after.text_of("version").unwrap_or_default());
                statements.push(format!(
                    "ALTER EXTENSION {} UPDATE TO {version}",
                    name(&after.key)
                ));
            }
            if pair.takes("schema") {
                let schema = quoted(after.text_of("schema").unwrap_or_default());
                statements.push(format!(
                    "ALTER EXTENSION {} SET SCHEMA {schema}",
                    name(&after.key)
                ));
            }
        }
        _ if !pair.only_rights_left() => return Alter::Again,
        _ => {}
    }
    statements.extend(rights::changes(&mut pair));
    statements.extend(pair.remarks());
    if rewritten {
        Alter::Rewritten(statements)
    } else {
        Alter::InPlace(statements)
    }
}

/// What every object may have.
const RIGHTS: [&str; 5] = [
    "comment",
    "owner",
    "grants",
    "identity_comment",
    "identity_grants",
];

impl Pair<'_> {
    fn only_rights_left(&self) -> bool {
        self.left.iter().all(|name| RIGHTS.contains(name))
    }

    fn parent(&self) -> Option<&Object> {
        self.after
            .parent
            .as_ref()
            .and_then(|key| self.schema.get(key))
    }
}

/// Whether anything needs an object.
fn is_used(schema: &Schema, key: &Key) -> bool {
    schema.objects().any(|one| one.needs.contains(key))
}

fn table(pair: &mut Pair<'_>, statements: &mut Vec<String>) {
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
        if let Some(parent) = tables(before, "partition_of").first() {
            let (parent, own) = (name(parent), name(&before.key));
            statements.push(format!("ALTER TABLE {parent} DETACH PARTITION {own}"));
        }
        statements.extend(attach_statement(after));
    }
    if pair.takes("inherits") {
        let (old, new) = (tables(before, "inherits"), tables(after, "inherits"));
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

fn column(pair: &mut Pair<'_>, statements: &mut Vec<String>) -> bool {
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

fn alter_sequence(pair: &mut Pair<'_>, statements: &mut Vec<String>) {
    let after = pair.after;
    let alter = format!("ALTER SEQUENCE {}", name(&after.key));
    if pair.takes_any(&[
        "type",
        "start",
        "increment",
        "minimum",
        "maximum",
        "cache",
        "cycle",
    ]) {
        let kind = after.text_of("type").unwrap_or("bigint");
        let options = sequence::all_options(after, "");
        statements.push(format!("{alter} AS {kind} {}", options.join(" ")));
    }
    if pair.takes("persistence") {
        let unlogged = after.text_of("persistence") == Some("unlogged");
        statements.push(format!(
            "{alter} SET {}",
            if unlogged { "UNLOGGED" } else { "LOGGED" }
        ));
    }
    if pair.takes("owned_by") {
        statements.push(sequence::owned_by(after));
    }
}

/// Whether the new labels of an enum stand among all the old ones.
fn adds_labels(before: &Object, after: &Object) -> bool {
    let (old, new) = (before.list_of("labels"), after.list_of("labels"));
    let kept: Vec<&str> = new
        .into_iter()
        .filter(|label| old.contains(label))
        .collect();
    before.text_of("form") == Some("enum") && after.text_of("form") == Some("enum") && kept == old
}

fn alter_type(pair: &mut Pair<'_>, statements: &mut Vec<String>) {
    let (before, after) = (pair.before, pair.after);
    let alter = format!("ALTER TYPE {}", name(&after.key));
    if adds_labels(before, after) && pair.takes("labels") {
        let mut there = before.list_of("labels");
        for (place, label) in after.list_of("labels").into_iter().enumerate() {
            if there.get(place) == Some(&label) {
                continue;
            }
            let at = match there.get(place) {
                Some(next) => format!(" BEFORE {}", literal(next)),
                None => String::new(),
            };
            statements.push(format!("{alter} ADD VALUE {}{at}", literal(label)));
            there.insert(place, label);
        }
    }
    if pair.left.contains(&"attributes") {
        if let Some(changes) = attributes(before, after) {
            pair.takes("attributes");
            statements.extend(changes.into_iter().map(
                |change| match change.strip_prefix("COMMENT ") {
                    Some(_) => change,
                    None => format!("{alter} {change} CASCADE"),
                },
            ));
        }
    }
}

/// The changes of the attributes of a composite type, where they can be changed in place.
fn attributes(before: &Object, after: &Object) -> Option<Vec<String>> {
    let (old, new) = (types::attributes(before), types::attributes(after));
    let name_of = |of: &Value| {
        of.get("name")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let find = |all: &[Value], name: &str| all.iter().find(|one| name_of(one) == name).cloned();
    let stay: Vec<String> = old
        .iter()
        .map(name_of)
        .filter(|name| find(&new, name).is_some())
        .collect();
    let more: Vec<String> = new
        .iter()
        .map(name_of)
        .filter(|name| find(&old, name).is_none())
        .collect();
    if !stay
        .iter()
        .chain(&more)
        .cloned()
        .eq(new.iter().map(name_of))
    {
        return None;
    }
    let mut all = Vec::new();
    for one in &old {
        if find(&new, &name_of(one)).is_none() {
            all.push(format!("DROP ATTRIBUTE {}", quoted(&name_of(one))));
        }
    }
    for one in &new {
        let written = types::attribute(one);
        match find(&old, &name_of(one)) {
            None => all.push(format!("ADD ATTRIBUTE {written}")),
            Some(was) if types::attribute(&was) != written => {
                let (name, rest) = (
                    quoted(&name_of(one)),
                    &written[quoted(&name_of(one)).len()..],
                );
                all.push(format!("ALTER ATTRIBUTE {name} TYPE{rest}"));
            }
            Some(_) => {}
        }
        let comment = |of: &Value| of.get("comment").and_then(Value::as_str).map(str::to_owned);
        if find(&old, &name_of(one)).as_ref().and_then(comment) != comment(one) {
            let text = comment(one).map_or_else(|| "NULL".to_owned(), |text| literal(&text));
            let mut path = after.key.path.clone();
            path.push(name_of(one));
            all.push(format!("COMMENT ON COLUMN {} IS {text}", dotted(&path)));
        }
    }
    Some(all)
}

fn domain(pair: &mut Pair<'_>, statements: &mut Vec<String>) {
    let (before, after) = (pair.before, pair.after);
    let alter = format!("ALTER DOMAIN {}", name(&after.key));
    if pair.takes("default") {
        statements.push(match after.text_of("default") {
            Some(default) => format!("{alter} SET DEFAULT {default}"),
            None => format!("{alter} DROP DEFAULT"),
        });
    }
    if pair.takes_any(&["not_null", "not_null_name"]) {
        let word = if after.is("not_null") { "SET" } else { "DROP" };
        statements.push(format!("{alter} {word} NOT NULL"));
    }
    if pair.takes_any(&[
        "checks",
        "check_names",
        "checks_not_valid",
        "check_comments",
    ]) {
        let (old, new) = (types::checks(before), types::checks(after));
        for check in old.iter().filter(|check| !new.contains(check)) {
            statements.push(format!("{alter} DROP CONSTRAINT {}", quoted(&check.name)));
        }
        for check in new.iter().filter(|check| !old.contains(check)) {
            statements.push(types::add_check(after, check));
            statements.extend(types::comment_on_check(after, check));
        }
    }
}
