//! Operators, their families and classes.

use super::super::order::Item;
use super::make::Maker;
use super::name::{dotted, quoted};
use super::rank::Rank;
use super::rights;
use super::value::qualified;
use crate::{Key, Object};

/// The name of an operator, which is never in quotes, after its schema, and the types of its sides.
pub(super) fn parts(key: &Key) -> (String, Vec<&str>) {
    let schema = key.path.first().map_or("", String::as_str);
    let (operator, types) = key.name().split_once('(').unwrap_or((key.name(), ")"));
    let types = types.strip_suffix(')').unwrap_or(types);
    (
        format!("{}.{operator}", quoted(schema)),
        types.split(", ").collect(),
    )
}

/// An operator as lists of options name it, of a text that has the types of its sides.
pub(super) fn in_option(text: &str) -> String {
    format!("OPERATOR({})", text.split('(').next().unwrap_or(text))
}

/// `CREATE OPERATOR …`.
pub(super) fn create(object: &Object) -> String {
    let (own, types) = parts(&object.key);
    let mut options = vec![format!(
        "FUNCTION = {}",
        object.text_of("function").unwrap_or_default()
    )];
    for (side, option) in types.iter().zip(["LEFTARG", "RIGHTARG"]) {
        if *side != "NONE" {
            options.push(format!("{option} = {side}"));
        }
    }
    for (property, option) in [("commutator", "COMMUTATOR"), ("negator", "NEGATOR")] {
        if let Some(other) = object.text_of(property) {
            options.push(format!("{option} = {}", in_option(other)));
        }
    }
    for (property, option) in [("restrict", "RESTRICT"), ("join", "JOIN")] {
        if let Some(function) = object.text_of(property) {
            options.push(format!("{option} = {function}"));
        }
    }
    for (property, option) in [("hashes", "HASHES"), ("merges", "MERGES")] {
        if object.is(property) {
            options.push(option.to_owned());
        }
    }
    format!(
        "CREATE OPERATOR {own} (\n    {}\n)",
        options.join(",\n    ")
    )
}

/// `schema.name USING method`, of a family or a class.
pub(super) fn of_method(key: &Key) -> String {
    match key.path.as_slice() {
        [schema, method, name] => format!("{} USING {}", dotted(&[schema, name]), quoted(method)),
        path => dotted(path),
    }
}

/// A family and, after all classes, what is in none of them.
pub(super) fn family_items(maker: &Maker<'_>, family: &Object) -> Vec<Item> {
    let own = of_method(&family.key);
    let mut statements = vec![format!("CREATE OPERATOR FAMILY {own}")];
    statements.extend(rights::statements(maker.schema, family));
    let mut items = vec![Item::makes(
        Rank::OperatorFamily.number(),
        &family.key,
        statements,
    )];
    let members = members(family);
    if !members.is_empty() {
        let add = format!(
            "ALTER OPERATOR FAMILY {own} ADD\n    {}",
            members.join(",\n    ")
        );
        items.push(
            Item::about(Rank::OperatorMember.number(), &family.key, vec![add]).after(&family.needs),
        );
    }
    items
}

/// `CREATE OPERATOR CLASS …`.
pub(super) fn class(object: &Object) -> String {
    let default = if object.is("default") { " DEFAULT" } else { "" };
    let (schema, method, own) = match object.key.path.as_slice() {
        [schema, method, own] => (schema.as_str(), method.as_str(), own.as_str()),
        _ => ("", "", object.key.name()),
    };
    let name = dotted(&[schema, own]);
    let family = object
        .text_of("family")
        .map_or_else(|| name.clone(), qualified);
    let mut members = members(object);
    if let Some(storage) = object.text_of("storage") {
        members.push(format!("STORAGE {storage}"));
    }
    if members.is_empty() {
        // Something has to stand there, and this is what goes without saying.
        members.push(format!(
            "STORAGE {}",
            object.text_of("type").unwrap_or_default()
        ));
    }
    format!(
        "CREATE OPERATOR CLASS {name}{default} FOR TYPE {} USING {} FAMILY {family} AS\n    {}",
        object.text_of("type").unwrap_or_default(),
        quoted(method),
        members.join(",\n    ")
    )
}

fn members(object: &Object) -> Vec<String> {
    let operators = object
        .list_of("operators")
        .into_iter()
        .map(|one| format!("OPERATOR {one}"));
    let functions = object
        .list_of("functions")
        .into_iter()
        .map(|one| format!("FUNCTION {one}"));
    operators.chain(functions).collect()
}
