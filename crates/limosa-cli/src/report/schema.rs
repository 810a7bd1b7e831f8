//! A schema as text: tables with their columns and what holds for them, then everything else in a line each.

use limosa_schema::describe::plural;
use limosa_schema::docs::{phrase, relations};
use limosa_schema::{Kind, Object, Schema};

use crate::terminal::{DIM, NAME, Terminal, clean_line, fit, one_line, pad, paint};

/// Kinds that are shown with their table or view.
const WITHIN: &[Kind] = &[
    Kind::Column,
    Kind::Constraint,
    Kind::Index,
    Kind::Trigger,
    Kind::Rule,
    Kind::Policy,
    Kind::Statistics,
];
/// The widest a column of the list becomes.
const WIDEST: usize = 32;

/// The text, ending with a line that counts.
pub fn schema_text(schema: &Schema, terminal: &Terminal) -> String {
    let mut text = String::new();
    let kinds = [Kind::Table, Kind::View, Kind::MaterializedView];
    for object in kinds.into_iter().flat_map(|kind| schema.of(kind)) {
        text.push_str(&section(schema, object, terminal));
        text.push('\n');
    }
    let mut others = String::new();
    for object in schema.objects() {
        let is_own = object.parent.is_none() || object.key.kind == Kind::Sequence;
        let is_shown = !WITHIN.contains(&object.key.kind) && !kinds.contains(&object.key.kind);
        if is_own && is_shown && says_something(object) {
            others.push_str(&line(object, terminal));
        }
    }
    if !others.is_empty() {
        text.push_str(&format!("{others}\n"));
    }
    text.push_str(&format!("{}\n", counted(schema)));
    text
}

/// Whether it is worth a line: not the sequence of a column, nor what every database has.
fn says_something(object: &Object) -> bool {
    match object.key.kind {
        Kind::Database => false,
        Kind::Schema => object.key.name() != "public",
        Kind::Sequence => !object.properties.contains_key("owned_by"),
        _ => true,
    }
}

/// What is special about a table, behind its name.
fn remark(schema: &Schema, object: &Object) -> String {
    let partition_of = (object.properties.get("partition_of"))
        .and_then(|path| relations::table_named(schema, path))
        .map(|of| format!(" partition of {}", of.key.dotted()));
    let by = object
        .text_of("partition_key")
        .map(|by| format!(" partitioned by {by}"));
    let form = match object.text_of("form") {
        None | Some("ordinary" | "partitioned") => None,
        Some(form) => Some(format!(" {form}")),
    };
    let all = [form, partition_of, by].into_iter().flatten();
    clean_line(&all.collect::<String>())
}

fn section(schema: &Schema, object: &Object, terminal: &Terminal) -> String {
    let comment = match phrase::comment(object) {
        Some(comment) => paint(DIM, format!("  {}", clean_line(comment))),
        None => String::new(),
    };
    let mut text = format!(
        "{} {}{}{comment}\n",
        object.key.kind,
        paint(NAME, clean_line(&object.key.dotted())),
        remark(schema, object)
    );
    let columns: Vec<[String; 3]> = (schema.children(&object.key, Kind::Column).iter())
        .map(|column| {
            let mut rest = Vec::new();
            if object.key.kind == Kind::Table && !column.is("nullable") {
                rest.push("not null".to_owned());
            }
            rest.extend(phrase::origin(column).map(
                |origin| match column.properties.get("default") {
                    Some(_) => format!("default {origin}"),
                    None => origin.to_lowercase(),
                },
            ));
            let kind = column.text_of("type").unwrap_or_default();
            [
                clean_line(column.key.name()),
                clean_line(&phrase::short(kind)),
                clean_line(&one_line(&rest.join(" "))),
            ]
        })
        .collect();
    let width = |at: usize| {
        let widths = columns.iter().map(|row| row[at].chars().count());
        widths.max().unwrap_or_default().min(WIDEST)
    };
    let (names, types) = (width(0), width(1));
    for [name, kind, rest] in &columns {
        let row = format!("    {}  {}  {rest}", pad(name, names), pad(kind, types));
        text.push_str(&format!(
            "{}\n",
            fit(row.trim_end(), terminal.width, terminal.unicode)
        ));
    }
    for below in below(schema, object) {
        let below = clean_line(&one_line(&below));
        text.push_str(&format!(
            "  {}\n",
            fit(&below, terminal.width, terminal.unicode)
        ));
    }
    text
}

/// What stands below the columns.
fn below(schema: &Schema, object: &Object) -> Vec<String> {
    let mut lines = Vec::new();
    let mut constraints = schema.children(&object.key, Kind::Constraint);
    constraints.sort_by_key(|one| phrase::rank(one));
    for one in constraints {
        // The columns say it.
        if one.text_of("form") == Some("not null") {
            continue;
        }
        let to = relations::referenced(schema, one).map(|to| to.key.dotted());
        let phrase = phrase::constraint(one, to.as_deref());
        lines.push(named(phrase::name(one, &phrase), &phrase));
    }
    for one in schema.children(&object.key, Kind::Index) {
        let phrase = format!("INDEX {}", phrase::index(one));
        lines.push(named(Some(one.key.name()), &phrase));
    }
    for kind in [Kind::Trigger, Kind::Rule, Kind::Policy, Kind::Statistics] {
        for one in schema.children(&object.key, kind) {
            let when = phrase::when(one).map(|when| format!(" {when}"));
            let phrase = format!("{}{}", kind.name(), when.unwrap_or_default()).to_uppercase();
            lines.push(named(Some(one.key.name()), &phrase));
        }
    }
    lines
}

fn named(name: Option<&str>, phrase: &str) -> String {
    match name {
        Some(name) => format!("{name}: {phrase}"),
        None => phrase.to_owned(),
    }
}

/// An object in a line.
fn line(object: &Object, terminal: &Terminal) -> String {
    let mut text = object.key.to_string();
    let labels = object.list_of("labels");
    if !labels.is_empty() {
        text.push_str(&format!(": {}", labels.join(", ")));
    } else if let Some(base) = object.text_of("base") {
        text.push_str(&format!(": {}", phrase::short(base)));
    } else if let Some(version) = object.text_of("version") {
        text.push_str(&format!(" {version}"));
    }
    if let Some(comment) = phrase::comment(object) {
        text.push_str(&format!("  {comment}"));
    }
    let text = clean_line(&one_line(&text));
    format!("{}\n", fit(&text, terminal.width, terminal.unicode))
}

/// `12 tables, 30 indexes, 2 views`.
fn counted(schema: &Schema) -> String {
    let counts: Vec<String> = (Kind::ALL.iter())
        .filter(|kind| **kind != Kind::Database)
        .filter_map(|kind| {
            let count = schema.of(*kind).count();
            (count > 0).then(|| format!("{count} {}", plural(*kind, count)))
        })
        .collect();
    if counts.is_empty() {
        return "nothing is in it".to_owned();
    }
    counts.join(", ")
}
