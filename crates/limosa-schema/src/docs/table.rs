//! The section about a table.

use super::markdown::{Anchors, block, code, paragraph, plain, table as rows_of};
use super::phrase;
use super::pictures::{Pictures, columns};
use super::relations::{Relations, partitions, referenced};
use crate::{Kind, Object, Schema};

/// What a page is made of.
pub(super) struct Parts<'p> {
    pub schema: &'p Schema,
    pub relations: &'p Relations<'p>,
    pub pictures: &'p Pictures<'p>,
    pub anchors: &'p Anchors,
}

/// The section, with its heading.
pub(super) fn section(parts: &Parts<'_>, table: &Object) -> String {
    let mut text = parts.anchors.place(&table.key);
    text.push_str(&format!("### {}\n\n", plain(&table.key.dotted())));
    let what = what_it_is(parts.schema, table);
    if !what.is_empty() {
        text.push_str(&format!("{what}\n\n"));
    }
    if let Some(comment) = table.text_of("comment") {
        text.push_str(&format!("{}\n\n", paragraph(comment)));
    }
    text.push_str(&column_table(parts, table));
    text.push('\n');
    if let Some(picture) = parts.pictures.around(table) {
        text.push_str(&format!("{picture}\n"));
    }
    for part in [
        constraints(parts, table),
        indexes(parts, table),
        referenced_by(parts, table),
        others(parts, table),
    ] {
        text.push_str(&part);
    }
    text
}

/// What is special about the table, in a sentence or two.
fn what_it_is(schema: &Schema, table: &Object) -> String {
    let mut said = Vec::new();
    match table.text_of("form") {
        None | Some("ordinary") => {}
        Some("partitioned") => {
            let by = table
                .text_of("partition_by")
                .or(table.text_of("partition_key"));
            let by = by.map(|by| format!(" by {}", code(by))).unwrap_or_default();
            said.push(format!("Partitioned{by}."));
        }
        Some(form) => said.push(format!("A {} table.", plain(form))),
    }
    let parts = partitions(schema, table);
    if !parts.is_empty() {
        let names: Vec<String> = parts.iter().map(|one| plain(&one.key.dotted())).collect();
        said.push(format!("Partitions: {}.", names.join(", ")));
    }
    for (property, words) in [
        ("strict", "Strict."),
        ("without_rowid", "Without rowid."),
        ("row_security", "With row level security."),
    ] {
        if table.is(property) {
            said.push(words.to_owned());
        }
    }
    said.join(" ")
}

fn column_table(parts: &Parts<'_>, table: &Object) -> String {
    let all = parts.schema.children(&table.key, Kind::Constraint);
    let rows: Vec<Vec<String>> = (parts.schema.children(&table.key, Kind::Column).iter())
        .map(|column| {
            let name = column.key.name();
            let mut marks = Vec::new();
            for constraint in &all {
                let columns = constraint.list_of("columns");
                if !columns.contains(&name) {
                    continue;
                }
                match constraint.text_of("form") {
                    Some("primary key") => marks.push("PK".to_owned()),
                    Some("unique") if columns.len() == 1 => marks.push("unique".to_owned()),
                    Some("foreign key") => {
                        let to = referenced(parts.schema, constraint);
                        marks.push(match to {
                            Some(to) => format!("→ {}", parts.anchors.link(&to.key)),
                            None => "FK".to_owned(),
                        });
                    }
                    _ => {}
                }
            }
            let indexes = parts.schema.children(&table.key, Kind::Index);
            let is_unique = |one: &&Object| {
                one.is("unique")
                    && one.list_of("keys") == [name]
                    && !one.properties.contains_key("predicate")
            };
            if indexes.iter().any(is_unique) && !marks.iter().any(|mark| mark == "unique") {
                marks.push("unique".to_owned());
            }
            marks.dedup();
            let nullable = if column.is("nullable") { "yes" } else { "" };
            vec![
                code(name),
                code(&phrase::short(column.text_of("type").unwrap_or_default())),
                nullable.to_owned(),
                phrase::origin(column)
                    .map(|text| code(&text))
                    .unwrap_or_default(),
                marks.join(", "),
                (column.text_of("comment")).map(plain).unwrap_or_default(),
            ]
        })
        .collect();
    rows_of(
        &["Column", "Type", "Null", "Default", "Key", "Comment"],
        &rows,
    )
}

fn constraints(parts: &Parts<'_>, table: &Object) -> String {
    let mut all = parts.schema.children(&table.key, Kind::Constraint);
    all.sort_by_key(|one| phrase::rank(one));
    let rows: Vec<Vec<String>> = all
        .into_iter()
        // The table of the columns says it.
        .filter(|one| one.text_of("form") != Some("not null"))
        .map(|one| {
            let to = referenced(parts.schema, one).map(|to| to.key.dotted());
            let phrase = phrase::constraint(one, to.as_deref());
            vec![
                phrase::name(one, &phrase).map(plain).unwrap_or_default(),
                code(&phrase),
                one.text_of("comment").map(plain).unwrap_or_default(),
            ]
        })
        .collect();
    under(
        "Constraints",
        &rows_of(&["Name", "Definition", "Comment"], &rows),
    )
}

fn indexes(parts: &Parts<'_>, table: &Object) -> String {
    let all = parts.schema.children(&table.key, Kind::Index).into_iter();
    let rows: Vec<Vec<String>> = all
        .map(|one| {
            vec![
                plain(one.key.name()),
                code(&phrase::index(one)),
                one.text_of("comment").map(plain).unwrap_or_default(),
            ]
        })
        .collect();
    under(
        "Indexes",
        &rows_of(&["Name", "Definition", "Comment"], &rows),
    )
}

fn referenced_by(parts: &Parts<'_>, table: &Object) -> String {
    let mut tables = parts.relations.tables.iter();
    let Some(at) = tables.position(|one| one.key == table.key) else {
        return String::new();
    };
    let mut by: Vec<(usize, Vec<String>)> = Vec::new();
    for one in parts.relations.to(at) {
        match by.last_mut().filter(|(from, _)| *from == one.from) {
            Some((_, all)) => all.push(columns(one)),
            None => by.push((one.from, vec![columns(one)])),
        }
    }
    let links: Vec<String> = (by.into_iter())
        .map(|(from, columns)| {
            let other = &parts.relations.tables[from].key;
            format!("{} ({})", parts.anchors.link(other), columns.join("; "))
        })
        .collect();
    if links.is_empty() {
        return String::new();
    }
    format!("**Referenced by** {}\n\n", links.join(", "))
}

/// Triggers, rules, policies and extended statistics.
fn others(parts: &Parts<'_>, table: &Object) -> String {
    let mut text = String::new();
    for (kind, title) in [
        (Kind::Trigger, "Triggers"),
        (Kind::Rule, "Rules"),
        (Kind::Policy, "Policies"),
        (Kind::Statistics, "Statistics"),
    ] {
        let all = parts.schema.children(&table.key, kind);
        if all.is_empty() {
            continue;
        }
        text.push_str(&format!("**{title}**\n\n"));
        for one in all {
            let when = phrase::when(one).map(|when| format!(", {}", plain(&when)));
            let comment = phrase::comment(one).map(|text| format!(": {}", plain(text)));
            let (line, lines) = match one.text_of("definition") {
                Some(definition) if definition.contains('\n') => (None, Some(definition)),
                definition => (definition.map(|text| line_of(one, text)), None),
            };
            text.push_str(&format!(
                "- {}{}{}{}\n",
                plain(one.key.name()),
                when.unwrap_or_default(),
                line.unwrap_or_default(),
                comment.unwrap_or_default()
            ));
            if let Some(definition) = lines {
                text.push_str(&format!("\n{}\n", indented(&block("sql", definition))));
            }
        }
        if !text.ends_with("\n\n") {
            text.push('\n');
        }
    }
    text
}

/// A definition behind the name of its object, which it need not repeat.
fn line_of(object: &Object, definition: &str) -> String {
    let name = format!(" {} ", object.key.name());
    let rest = match definition.split_once(&name) {
        Some((head, rest)) if head.starts_with("CREATE") => rest,
        _ => definition,
    };
    format!(": {}", code(&phrase::short(rest)))
}

fn under(title: &str, table: &str) -> String {
    if table.is_empty() {
        return String::new();
    }
    format!("**{title}**\n\n{table}\n")
}

/// A block in an item of a list.
fn indented(block: &str) -> String {
    let lines = block.lines().map(|line| {
        if line.is_empty() {
            "\n".to_owned()
        } else {
            format!("  {line}\n")
        }
    });
    lines.collect()
}
