//! Views, triggers, routines and events.

use std::collections::BTreeMap;

use limosa_schema::{Key, Kind, Object};
use limosa_sql::Dialect;

use super::catalog::{Catalog, Item};
use super::names::{Mentioned, mentioned, without_database};
use crate::schema::build::{Build as _, object};
use crate::store::quote_identifier;

/// Views.
pub(super) fn views(catalog: &Catalog) -> Vec<Object> {
    let kinds = kinds(catalog);
    let all = catalog.of("view");
    all.map(|item| {
        let definition = item.text("definition");
        let needs = mentioned(&definition, &catalog.database).into_iter();
        let needs = needs.filter_map(|(what, name)| {
            let kind = *kinds.get(&(what, name.clone()))?;
            Some(Key::new(kind, [name]))
        });
        let mut view = object(Kind::View, [item.text("view")])
            .with(
                "definition",
                Some(without_database(&definition, &catalog.database)),
            )
            .with("algorithm", lower(item, "algorithm", "UNDEFINED"))
            .with("check_option", lower(item, "check_option", "NONE"))
            .with("security", lower(item, "security", "DEFINER"))
            .with("owner", definer(catalog, item));
        view.needs = needs.collect();
        view
    })
    .collect()
}

/// What can be mentioned in the definition of a view.
fn kinds(catalog: &Catalog) -> BTreeMap<(Mentioned, String), Kind> {
    let tables = catalog.of("table").map(|item| {
        let sequence = item.says("type", "SEQUENCE");
        let kind = if sequence {
            Kind::Sequence
        } else {
            Kind::Table
        };
        ((Mentioned::Table, item.text("table")), kind)
    });
    let views = catalog
        .of("view")
        .map(|item| ((Mentioned::Table, item.text("view")), Kind::View));
    let functions = catalog
        .of("routine")
        .filter(|item| item.says("type", "FUNCTION"))
        .map(|item| ((Mentioned::Function, item.text("routine")), Kind::Routine));
    tables.chain(views).chain(functions).collect()
}

/// Triggers.
pub(super) fn triggers(catalog: &Catalog) -> Vec<Object> {
    let all = catalog.of("trigger");
    all.map(|item| {
        let table = item.text("table");
        let order = Some(item.number("order")).filter(|order| *order > 1);
        let mut trigger = object(Kind::Trigger, [&table, &item.text("trigger")])
            .with(
                "timing",
                item.some("timing").map(|text| text.to_lowercase()),
            )
            .with("event", item.some("event").map(|text| text.to_lowercase()))
            .with("order", order)
            .with("definition", item.some("definition"))
            .with("sql_mode", sql_mode(catalog, item))
            .with("owner", definer(catalog, item));
        trigger.parent = Some(Key::new(Kind::Table, [table]));
        trigger
    })
    .collect()
}

/// Functions, procedures, packages. A procedure that has the name of a function has `procedure` behind it.
pub(super) fn routines(catalog: &Catalog) -> Vec<Object> {
    let mut parameters: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for item in catalog.sorted("parameter", |item| item.number("position")) {
        let routine = (item.text("type"), item.text("routine"));
        parameters
            .entry(routine)
            .or_default()
            .push(parameter(catalog, item));
    }
    let all = catalog.of("routine");
    all.map(|item| {
        let (form, name) = (item.text("type"), item.text("routine"));
        let parameters = parameters.remove(&(form.clone(), name.clone()));
        let returns = item
            .some("returns")
            .filter(|_| form == "FUNCTION")
            .map(|text| collated(catalog, &text, item));
        object(Kind::Routine, path(catalog, &form, name))
            .with("form", Some(form.to_lowercase()))
            .with("parameters", parameters)
            .with("returns", returns)
            .when("deterministic", item.says("deterministic", "YES"))
            .with("data_access", lower(item, "data_access", "CONTAINS SQL"))
            .with("security", lower(item, "security", "DEFINER"))
            .with("sql_mode", sql_mode(catalog, item))
            .with("comment", item.some("comment"))
            .with("body", item.some("body"))
            .with("owner", definer(catalog, item))
    })
    .collect()
}

/// Where a routine is: functions, procedures and packages do not share their names.
pub(super) fn path(catalog: &Catalog, form: &str, name: String) -> Vec<String> {
    let rank = |form: &str| match form.to_uppercase().as_str() {
        "FUNCTION" => 0,
        "PROCEDURE" => 1,
        "PACKAGE" => 2,
        _ => 3,
    };
    let taken = catalog
        .of("routine")
        .any(|other| other.says("routine", &name) && rank(&other.text("type")) < rank(form));
    if taken {
        vec![name, form.to_lowercase()]
    } else {
        vec![name]
    }
}

/// `IN amount decimal(10,2)`.
fn parameter(catalog: &Catalog, item: &Item) -> String {
    let name = quote_identifier(Dialect::Mysql, &item.text("parameter"));
    let kind = collated(catalog, &item.text("is"), item);
    match item.text("mode") {
        mode if mode.is_empty() || item.says("type", "FUNCTION") && mode == "IN" => {
            format!("{name} {kind}")
        }
        mode => format!("{mode} {name} {kind}"),
    }
}

/// A type with its collation, where that is not what texts have in this database.
fn collated(catalog: &Catalog, kind: &str, item: &Item) -> String {
    match item.some("collation") {
        Some(collation) if collation != catalog.collation => format!("{kind} COLLATE {collation}"),
        _ => kind.to_owned(),
    }
}

/// Events.
pub(super) fn events(catalog: &Catalog) -> Vec<Object> {
    let all = catalog.of("event");
    all.map(|item| {
        let starts = item
            .some("starts")
            .filter(|_| !item.is_true("starts_by_itself"));
        let every = item
            .some("every")
            .map(|value| format!("{value} {}", item.text("unit")));
        object(Kind::Event, [item.text("event")])
            .with("at", item.some("at"))
            .with("every", every)
            .with("starts", starts)
            .with("ends", item.some("ends"))
            .with("time_zone", other_than(item, "time_zone", "SYSTEM"))
            .with("enabled", lower(item, "status", "ENABLED"))
            .when("preserve", item.says("on_completion", "PRESERVE"))
            .with("sql_mode", sql_mode(catalog, item))
            .with("comment", item.some("comment"))
            .with("definition", item.some("definition"))
            .with("owner", definer(catalog, item))
    })
    .collect()
}

/// A word of the catalog unless it is the default.
fn other_than(item: &Item, name: &str, default: &str) -> Option<String> {
    item.some(name).filter(|word| word != default)
}

fn lower(item: &Item, name: &str, default: &str) -> Option<String> {
    other_than(item, name, default).map(|word| word.to_lowercase())
}

/// Whose rights it has, unless they are ours.
fn definer(catalog: &Catalog, item: &Item) -> Option<String> {
    other_than(item, "definer", &catalog.user)
}

/// How it reads its own text, unless it is as every new session does.
fn sql_mode(catalog: &Catalog, item: &Item) -> Option<String> {
    let mode = item.some("sql_mode")?;
    (mode != catalog.sql_mode).then_some(if mode.is_empty() {
        "none".to_owned()
    } else {
        mode
    })
}
