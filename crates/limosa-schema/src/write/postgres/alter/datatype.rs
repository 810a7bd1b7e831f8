//! Types, domains and sequences that are different.

use serde_json::Value;

use super::super::super::by_hand;
use super::super::name::{dotted, literal, name, quoted};
use super::super::{datatype, sequence};
use super::Pair;
use crate::{Kind, Object, Schema};

/// The statements that make a sequence what it should be.
pub(super) fn sequence(pair: &mut Pair<'_>, statements: &mut Vec<String>) {
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
pub(super) fn adds_labels(before: &Object, after: &Object) -> bool {
    let (old, new) = (before.list_of("labels"), after.list_of("labels"));
    let kept: Vec<&str> = new
        .into_iter()
        .filter(|label| old.contains(label))
        .collect();
    before.text_of("form") == Some("enum") && after.text_of("form") == Some("enum") && kept == old
}

pub(super) fn type_(from: &Schema, pair: &mut Pair<'_>, statements: &mut Vec<String>) {
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
    if after.text_of("form") == Some("enum") && pair.takes("labels") {
        statements.push(by_hand(&format!(
            "{}: no statement takes a label away or puts it elsewhere; they should be {}",
            after.key,
            after.list_of("labels").join(", ")
        )));
    }
    let is_in_column = from
        .of(Kind::Column)
        .any(|one| one.needs.contains(&before.key));
    if pair.left.contains(&"attributes")
        && let Some(changes) = attributes(before, after, is_in_column)
    {
        pair.takes("attributes");
        statements.extend(changes.into_iter().map(|change| {
            if change.starts_with("COMMENT ") {
                change
            } else {
                format!("{alter} {change} CASCADE")
            }
        }));
    }
}

/// The changes of the attributes of a composite type, where they can be changed in place.
fn attributes(before: &Object, after: &Object, is_in_column: bool) -> Option<Vec<String>> {
    let (old, new) = (datatype::attributes(before), datatype::attributes(after));
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
        let written = datatype::attribute(one);
        match find(&old, &name_of(one)) {
            None => all.push(format!("ADD ATTRIBUTE {written}")),
            Some(was) if datatype::attribute(&was) != written => {
                if is_in_column {
                    return None;
                }
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

pub(super) fn domain(pair: &mut Pair<'_>, statements: &mut Vec<String>) {
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
        let (old, new) = (datatype::checks(before), datatype::checks(after));
        for check in old.iter().filter(|check| !new.contains(check)) {
            statements.push(format!("{alter} DROP CONSTRAINT {}", quoted(&check.name)));
        }
        for check in new.iter().filter(|check| !old.contains(check)) {
            statements.push(datatype::add_check(after, check));
            statements.extend(datatype::comment_on_check(after, check));
        }
    }
}
