//! Constraints of tables.

use super::super::by_hand;
use super::super::order::Item;
use super::column::alter_table;
use super::make::Maker;
use super::name::{dotted, name, quoted};
use super::rank::Rank;
use super::rights;
use super::table::ancestors;
use super::value::settings;
use crate::{Key, Kind, Object, Schema};

/// A constraint that is added to a table that is there. Others are made with their tables.
pub(super) fn items(maker: &Maker<'_>, constraint: &Object) -> Vec<Item> {
    let Some(table) = constraint
        .parent
        .as_ref()
        .and_then(|key| maker.schema.get(key))
    else {
        return vec![];
    };
    if maker.makes(&table.key) && is_inline(maker, table, constraint) {
        return vec![];
    }
    let foreign = is_foreign_key(constraint);
    let rank = if foreign {
        Rank::ForeignKey
    } else {
        Rank::Constraint
    };
    let mut statements = vec![add(table, constraint)];
    statements.extend(details(maker.schema, table, constraint));
    // Those of a partition's table are first: what is there already in the partition would become part of them.
    let above = ancestors(maker.schema, table);
    let above = above.iter().flat_map(|one| {
        let mut all = maker.schema.children(&one.key, Kind::Constraint);
        all.retain(|one| is_foreign_key(one) == foreign);
        all.extend(
            maker
                .schema
                .children(&one.key, Kind::Index)
                .into_iter()
                .filter(|_| !foreign),
        );
        all
    });
    let columns = maker.schema.children(&table.key, Kind::Column);
    vec![
        Item::makes(rank.number(), &constraint.key, statements)
            .after([&table.key])
            .after(columns.iter().map(|one| &one.key))
            .after(&constraint.needs)
            .after(above.map(|one| &one.key)),
    ]
}

/// Whether it is written within `CREATE TABLE`: what needs no other table, and is the same when it is made there.
pub(super) fn is_inline(maker: &Maker<'_>, table: &Object, constraint: &Object) -> bool {
    let is_partition = table.properties.contains_key("partition_of");
    match constraint.text_of("form") {
        Some("check") => {
            !constraint.is("not_valid")
                && (constraint.needs.is_empty() || !maker.is_apart(&table.key))
        }
        Some("primary key" | "unique" | "exclude") => !is_partition,
        Some("not null") => !constraint.is("not_valid"),
        _ => false,
    }
}

/// Their order in `CREATE TABLE`.
pub(super) fn place(constraint: &Object) -> (u8, Key) {
    let form = match constraint.text_of("form") {
        Some("primary key") => 0,
        Some("unique") => 1,
        Some("exclude") => 2,
        Some("check") => 3,
        _ => 4,
    };
    (form, constraint.key.clone())
}

/// Whether it refers to a table.
pub(super) fn is_foreign_key(constraint: &Object) -> bool {
    constraint.text_of("form") == Some("foreign key")
}

/// As it is written in `CREATE TABLE`.
pub(super) fn clause(constraint: &Object) -> String {
    let definition = constraint.text.as_deref().unwrap_or_default();
    format!("CONSTRAINT {} {definition}", quoted(constraint.key.name()))
}

/// `ALTER TABLE … ADD CONSTRAINT …`.
fn add(table: &Object, constraint: &Object) -> String {
    format!("{} ADD {}", alter_table(table), clause(constraint))
}

/// What is said of a constraint and its index after they are there.
pub(super) fn details(schema: &Schema, table: &Object, constraint: &Object) -> Vec<String> {
    let mut all = Vec::new();
    let mut index = table.key.path.clone();
    index.pop();
    index.push(constraint.key.name().to_owned());
    all.extend(index_details(table, constraint, &index));
    if constraint.is("triggers_disabled") {
        all.push(by_hand(&format!(
            "the triggers of {} are not enabled",
            constraint.key
        )));
    }
    all.extend(rights::statements(schema, constraint));
    all
}

/// What is said of an index after it is there.
pub(super) fn index_details(table: &Object, object: &Object, index: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    // The server says its settings with an index, and not with a constraint.
    let options = settings(object, "options", "");
    if object.key.kind == Kind::Constraint && !options.is_empty() {
        let options = options.join(", ");
        all.push(format!("ALTER INDEX {} SET ({options})", dotted(index)));
    }
    if let Some(space) = object.text_of("tablespace") {
        let index = dotted(index);
        all.push(format!(
            "ALTER INDEX {index} SET TABLESPACE {}",
            quoted(space)
        ));
    }
    let table = name(&table.key);
    let own = quoted(object.key.name());
    if object.is("clustered") {
        all.push(format!("ALTER TABLE {table} CLUSTER ON {own}"));
    }
    if object.is("replica_identity") {
        all.push(format!(
            "ALTER TABLE ONLY {table} REPLICA IDENTITY USING INDEX {own}"
        ));
    }
    if object.is("invalid") || object.is("not_ready") {
        all.push(by_hand(&format!(
            "{} is invalid, as an interrupted build leaves it; here it is whole",
            object.key
        )));
    }
    all
}
