//! Types and domains.

use serde_json::Value;

use super::super::order::Item;
use super::column::collation;
use super::make::Maker;
use super::name::{literal, name, quoted};
use super::rank::Rank;
use super::value::{number, qualified};
use super::{rights, routine};
use crate::{Key, Kind, Object, Schema};

/// A type. One that needs functions which need the type is made with them.
pub(super) fn items(maker: &Maker<'_>, of: &Object) -> Vec<Item> {
    let mut functions = own_functions(maker.schema, of);
    functions.retain(|one| maker.makes(&one.key));
    let mut statements = Vec::new();
    if !functions.is_empty() {
        statements.push(format!("CREATE TYPE {}", name(&of.key)));
        for function in &functions {
            statements.extend(routine::statements(maker.schema, function));
        }
    }
    statements.push(create(of));
    statements.extend(rights::statements(maker.schema, of));
    for attribute in attributes(of) {
        let text = |property: &str| attribute.get(property).and_then(Value::as_str);
        if let (Some(attribute), Some(comment)) = (text("name"), text("comment")) {
            let column = format!("{}.{}", name(&of.key), quoted(attribute));
            statements.push(format!(
                "COMMENT ON COLUMN {column} IS {}",
                literal(comment)
            ));
        }
    }
    let needs = functions.iter().flat_map(|one| &one.needs).chain(&of.needs);
    let made: Vec<&Key> = functions.iter().map(|one| &one.key).collect();
    let needs: Vec<&Key> = needs
        .filter(|key| **key != of.key && !made.contains(key))
        .collect();
    vec![
        Item::makes(Rank::Type.number(), &of.key, statements)
            .with(made)
            .after(needs),
    ]
}

/// The functions that a type needs and that need it: those that read and write its values.
pub(super) fn own_functions<'s>(schema: &'s Schema, of: &Object) -> Vec<&'s Object> {
    if !matches!(of.text_of("form"), Some("base" | "range")) {
        return vec![];
    }
    let functions = of.needs.iter().filter(|key| key.kind == Kind::Routine);
    let functions = functions.filter_map(|key| schema.get(key));
    functions
        .filter(|one| one.needs.contains(&of.key))
        .collect()
}

/// Whether a routine is made with a type.
pub(super) fn is_of_type(maker: &Maker<'_>, routine: &Object) -> bool {
    let types = routine
        .needs
        .iter()
        .filter(|key| key.kind == Kind::Type && maker.makes(key));
    types.filter_map(|key| maker.schema.get(key)).any(|of| {
        matches!(of.text_of("form"), Some("base" | "range")) && of.needs.contains(&routine.key)
    })
}

/// `CREATE TYPE …`.
fn create(of: &Object) -> String {
    let head = format!("CREATE TYPE {}", name(&of.key));
    match of.text_of("form") {
        Some("enum") => {
            let labels: Vec<String> = of.list_of("labels").into_iter().map(literal).collect();
            match labels.as_slice() {
                [] => format!("{head} AS ENUM ()"),
                labels => format!("{head} AS ENUM (\n    {}\n)", labels.join(",\n    ")),
            }
        }
        Some("composite") => {
            let attributes: Vec<String> = attributes(of).iter().map(attribute).collect();
            match attributes.as_slice() {
                [] => format!("{head} AS ()"),
                attributes => format!("{head} AS (\n    {}\n)", attributes.join(",\n    ")),
            }
        }
        Some("range") => format!("{head} AS RANGE (\n    {}\n)", range(of).join(",\n    ")),
        Some("shell") => head,
        _ => format!("{head} (\n    {}\n)", base(of).join(",\n    ")),
    }
}

/// The attributes of a composite type.
pub(super) fn attributes(of: &Object) -> Vec<Value> {
    let list = of.properties.get("attributes").and_then(Value::as_array);
    list.cloned().unwrap_or_default()
}

/// `name type COLLATE …`.
pub(super) fn attribute(of: &Value) -> String {
    let text = |property: &str| of.get(property).and_then(Value::as_str);
    let mut all = quoted(text("name").unwrap_or_default());
    all.push(' ');
    all.push_str(text("type").unwrap_or_default());
    if let Some(collation) = text("collation") {
        all.push_str(&format!(" COLLATE {}", qualified(collation)));
    }
    all
}

fn range(of: &Object) -> Vec<String> {
    let text = |property: &str| of.text_of(property).map(str::to_owned);
    let all = [
        ("SUBTYPE", text("subtype")),
        (
            "SUBTYPE_OPCLASS",
            of.text_of("subtype_operator_class").map(qualified),
        ),
        ("COLLATION", of.text_of("subtype_collation").map(qualified)),
        ("CANONICAL", text("canonical")),
        ("SUBTYPE_DIFF", text("subtype_diff")),
        ("MULTIRANGE_TYPE_NAME", text("multirange")),
    ];
    given(all)
}

fn base(of: &Object) -> Vec<String> {
    let text = |property: &str| of.text_of(property).map(str::to_owned);
    let yes = |property: &str| of.is(property).then(|| "true".to_owned());
    let length = match number(of, "length").as_deref() {
        None | Some("-1") => "VARIABLE".to_owned(),
        Some(length) => length.to_owned(),
    };
    let all = [
        ("INPUT", text("input")),
        ("OUTPUT", text("output")),
        ("RECEIVE", text("receive")),
        ("SEND", text("send")),
        ("TYPMOD_IN", text("type_modifier_input")),
        ("TYPMOD_OUT", text("type_modifier_output")),
        ("ANALYZE", text("analyze")),
        ("SUBSCRIPT", text("subscript")),
        ("INTERNALLENGTH", Some(length)),
        ("PASSEDBYVALUE", yes("by_value")),
        ("ALIGNMENT", text("alignment")),
        ("STORAGE", text("storage")),
        ("CATEGORY", of.text_of("category").map(literal)),
        ("PREFERRED", yes("preferred")),
        ("DEFAULT", of.text_of("default").map(literal)),
        ("ELEMENT", text("element")),
        ("DELIMITER", of.text_of("delimiter").map(literal)),
        ("COLLATABLE", yes("collatable")),
    ];
    given(all)
}

fn given<const N: usize>(all: [(&str, Option<String>); N]) -> Vec<String> {
    let all = all.into_iter();
    all.filter_map(|(option, value)| Some(format!("{option} = {}", value?)))
        .collect()
}

/// A domain and, where they need what needs the domain, its checks.
pub(super) fn domain_items(maker: &Maker<'_>, domain: &Object) -> Vec<Item> {
    let apart = maker.is_apart(&domain.key);
    let mut text = format!(
        "CREATE DOMAIN {} AS {}",
        name(&domain.key),
        domain.text_of("base").unwrap_or_default()
    );
    text.push_str(&collation(domain));
    if let Some(default) = domain.text_of("default") {
        text.push_str(&format!(" DEFAULT {default}"));
    }
    if domain.is("not_null") {
        if let Some(name) = domain.text_of("not_null_name") {
            text.push_str(&format!(" CONSTRAINT {}", quoted(name)));
        }
        text.push_str(" NOT NULL");
    }
    let mut later = Vec::new();
    for check in checks(domain) {
        if apart || check.not_valid {
            later.push(add_check(domain, &check));
        } else {
            text.push_str(&format!("\n    {}", check.clause()));
        }
    }
    let mut statements = vec![text];
    statements.extend(rights::statements(maker.schema, domain));
    let mut comments = checks(domain)
        .into_iter()
        .filter_map(|check| comment_on_check(domain, &check))
        .collect();
    let needs = domain
        .needs
        .iter()
        .filter(|key| !apart || key.kind != Kind::Routine);
    let item = |statements| Item::makes(Rank::Domain.number(), &domain.key, statements);
    if apart {
        later.append(&mut comments);
        let checks = Item::about(Rank::Later.number(), &domain.key, later).after(&domain.needs);
        return vec![item(statements).after(needs), checks];
    }
    statements.append(&mut later);
    statements.append(&mut comments);
    vec![item(statements).after(needs)]
}

/// A check of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Check {
    pub name: String,
    pub expression: String,
    pub not_valid: bool,
    pub comment: Option<String>,
}

impl Check {
    fn clause(&self) -> String {
        format!(
            "CONSTRAINT {} CHECK ({})",
            quoted(&self.name),
            self.expression
        )
    }
}

/// The checks of a domain.
pub(super) fn checks(domain: &Object) -> Vec<Check> {
    let not_valid = domain.list_of("checks_not_valid");
    let comments = domain.properties.get("check_comments");
    let names = domain.list_of("check_names").into_iter();
    names
        .zip(domain.list_of("checks"))
        .map(|(name, expression)| Check {
            name: name.to_owned(),
            expression: expression.to_owned(),
            not_valid: not_valid.contains(&name),
            comment: comments
                .and_then(|all| all.get(name))
                .and_then(Value::as_str)
                .map(str::to_owned),
        })
        .collect()
}

/// `ALTER DOMAIN … ADD CONSTRAINT …`.
pub(super) fn add_check(domain: &Object, check: &Check) -> String {
    let not_valid = if check.not_valid { " NOT VALID" } else { "" };
    format!(
        "ALTER DOMAIN {} ADD {}{not_valid}",
        name(&domain.key),
        check.clause()
    )
}

/// `COMMENT ON CONSTRAINT … ON DOMAIN …`.
pub(super) fn comment_on_check(domain: &Object, check: &Check) -> Option<String> {
    let text = literal(check.comment.as_deref()?);
    Some(format!(
        "COMMENT ON CONSTRAINT {} ON DOMAIN {} IS {text}",
        quoted(&check.name),
        name(&domain.key)
    ))
}
