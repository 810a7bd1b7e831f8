//! Columns.

use super::super::by_hand;
use super::super::order::Item;
use super::make::Maker;
use super::name::{dotted, name, quoted};
use super::rank::Rank;
use super::value::{self, foreign_options, qualified};
use super::{rights, sequence};
use crate::{Key, Kind, Object, Schema};

/// A column that is added to a table that is there. Those of other tables are made with them.
pub(super) fn items(maker: &Maker<'_>, column: &Object) -> Vec<Item> {
    let Some(table) = column.parent.as_ref().and_then(|key| maker.schema.get(key)) else {
        return vec![];
    };
    if maker.makes(&table.key) {
        return vec![];
    }
    if table.key.kind != Kind::Table {
        let statements = of_view(maker.schema, table, column);
        return vec![
            Item::makes(Rank::Later.number(), &column.key, statements).after([&table.key]),
        ];
    }
    let mut statements = vec![];
    if is_its_own(column) {
        let alter = alter_table(table);
        let definition = definition(maker.schema, column, Default::With);
        statements.push(format!("{alter} ADD COLUMN {definition}"));
    }
    statements.extend(details(maker.schema, table, column));
    // Columns are added at the end, so those before it come first.
    let mut before = maker.schema.children(&table.key, Kind::Column);
    before.retain(|one| one.position < column.position);
    vec![
        Item::makes(Rank::Column.number(), &column.key, statements)
            .with([&table.key])
            .after(before.into_iter().map(|one| &one.key))
            .after(&column.needs)
            .after(&table.needs),
    ]
}

/// `ALTER TABLE … `, or `ALTER FOREIGN TABLE …`, of the table alone.
pub(super) fn alter_table(table: &Object) -> String {
    match (table.key.kind, table.text_of("form")) {
        (Kind::View, _) => format!("ALTER VIEW {}", name(&table.key)),
        (Kind::MaterializedView, _) => format!("ALTER MATERIALIZED VIEW {}", name(&table.key)),
        (_, Some("foreign")) => format!("ALTER FOREIGN TABLE {}", name(&table.key)),
        _ => format!("ALTER TABLE {}", name(&table.key)),
    }
}

/// Whether the table has it itself, and not only because a parent has it.
pub(super) fn is_its_own(column: &Object) -> bool {
    !column.is("inherited") || column.is("local")
}

/// Whether it must have a value.
pub(super) fn is_required(column: &Object) -> bool {
    !column.is("nullable")
}

/// Whether its default is written with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Default {
    /// It is.
    With,
    /// It follows later.
    Without,
}

/// As it is written in `CREATE TABLE`.
pub(super) fn definition(schema: &Schema, column: &Object, default: Default) -> String {
    let mut text = quoted(column.key.name());
    text.push(' ');
    text.push_str(column.text_of("type").unwrap_or("text"));
    text.push_str(&foreign_options(column, "server_options"));
    text.push_str(&collation(column));
    text.push_str(&constraints(schema, column, default));
    text
}

/// ` COLLATE …`, where it is not that of the type.
pub(super) fn collation(object: &Object) -> String {
    let collation = object.text_of("collation");
    collation.map_or_else(String::new, |name| format!(" COLLATE {}", qualified(name)))
}

/// What follows the type.
pub(super) fn constraints(schema: &Schema, column: &Object, default: Default) -> String {
    let mut text = String::new();
    if let Some(expression) = column.text_of("generated") {
        let kind = match column.text_of("generated_kind") {
            Some("virtual") => "VIRTUAL",
            _ => "STORED",
        };
        text.push_str(&format!(" GENERATED ALWAYS AS ({expression}) {kind}"));
    }
    if let Some(expression) = column.text_of("default")
        && default == Default::With
    {
        text.push_str(&format!(" DEFAULT {expression}"));
    }
    if let Some(identity) = sequence::identity(column) {
        text.push_str(&format!(" {identity}"));
    }
    if is_required(column) && !has_named_not_null(schema, column) {
        text.push_str(" NOT NULL");
    }
    text
}

/// Whether a constraint of its own says that it must have a value.
fn has_named_not_null(schema: &Schema, column: &Object) -> bool {
    let Some(table) = &column.parent else {
        return false;
    };
    let constraints = schema.children(table, Kind::Constraint);
    constraints.iter().any(|one| {
        one.text_of("form") == Some("not null") && one.list_of("columns") == [column.key.name()]
    })
}

/// What is said of a column after it is there.
pub(super) fn details(schema: &Schema, table: &Object, column: &Object) -> Vec<String> {
    let alter = format!("{} ALTER COLUMN {}", only(table), quoted(column.key.name()));
    let mut all = Vec::new();
    if let Some(storage) = column.text_of("storage") {
        all.push(format!("{alter} SET STORAGE {}", storage.to_uppercase()));
    }
    if let Some(compression) = column.text_of("compression") {
        all.push(format!("{alter} SET COMPRESSION {compression}"));
    }
    if let Some(statistics) = value::number(column, "statistics") {
        all.push(format!("{alter} SET STATISTICS {statistics}"));
    }
    let options = value::settings(column, "options", "");
    if !options.is_empty() {
        all.push(format!("{alter} SET ({})", options.join(", ")));
    }
    all.extend(rights::statements(schema, column));
    all
}

/// `ALTER TABLE ONLY …`.
pub(super) fn only(table: &Object) -> String {
    match (table.key.kind, table.text_of("form")) {
        (Kind::Table, form) if form != Some("foreign") => {
            format!("ALTER TABLE ONLY {}", name(&table.key))
        }
        _ => alter_table(table),
    }
}

/// What is said of a column of a view after it is there.
pub(super) fn of_view(schema: &Schema, view: &Object, column: &Object) -> Vec<String> {
    let mut all: Vec<String> = column
        .text_of("default")
        .map(|expression| {
            let (alter, column) = (alter_table(view), quoted(column.key.name()));
            format!("{alter} ALTER COLUMN {column} SET DEFAULT {expression}")
        })
        .into_iter()
        .collect();
    all.extend(details(schema, view, column));
    all
}

/// What makes the column of a table that was made with its parents' columns what it is.
pub(super) fn overrides(
    table: &Object,
    column: &Object,
    inherited: Option<&Object>,
) -> Vec<String> {
    let alter = format!("{} ALTER COLUMN {}", only(table), quoted(column.key.name()));
    let mut all = Vec::new();
    let was = inherited.and_then(|one| one.text_of("default"));
    match column.text_of("default") {
        Some(is) if was != Some(is) => all.push(format!("{alter} SET DEFAULT {is}")),
        None if was.is_some() => all.push(format!("{alter} DROP DEFAULT")),
        _ => {}
    }
    if is_required(column) && !inherited.is_some_and(is_required) {
        all.push(format!("{alter} SET NOT NULL"));
    }
    if column.text_of("generated") != inherited.and_then(|one| one.text_of("generated")) {
        all.push(by_hand(&format!(
            "{} is generated in another way than in the table that it is inherited from",
            column.key
        )));
    }
    all
}

/// Whether a default may need an object of the kind: what its type cannot be.
pub(super) fn is_in_default(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Type | Kind::Domain | Kind::Collation | Kind::Table | Kind::Extension
    )
}

/// Takes the default away.
pub(super) fn drop_default(column: &Key) -> String {
    format!(
        "ALTER TABLE ONLY {} ALTER COLUMN {} DROP DEFAULT",
        dotted(&column.table().path),
        quoted(column.name())
    )
}

/// Gives it the default that it has.
pub(super) fn set_default(column: &Object) -> Option<String> {
    let expression = column.text_of("default")?;
    let table = column.parent.as_ref()?;
    let alter = match table.kind {
        Kind::View => "ALTER VIEW",
        _ => "ALTER TABLE ONLY",
    };
    let column = quoted(column.key.name());
    let table = name(table);
    Some(format!(
        "{alter} {table} ALTER COLUMN {column} SET DEFAULT {expression}"
    ))
}
