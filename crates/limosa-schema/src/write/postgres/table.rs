//! Tables, with their columns and with the constraints that do not need other tables.

use super::super::by_hand;
use super::super::order::Item;
use super::column::{self, Default, is_its_own, only};
use super::make::Maker;
use super::name::{name, quoted};
use super::rank::Rank;
use super::value::{foreign_options, settings};
use super::{constraint, rights};
use crate::{Key, Kind, Object, Schema};

/// A table, and what is done about it later.
pub(super) fn items(maker: &Maker<'_>, table: &Object) -> Vec<Item> {
    let schema = maker.schema;
    let written = Written::of(maker, table);
    let mut statements = vec![written.statement(maker)];
    statements.extend(details(table));
    statements.extend(rights::statements(schema, table));
    let parents = table.tables_of("partition_of");
    let apart = maker.is_apart(&table.key);
    let mut needs: Vec<&Key> = table.needs.iter().collect();
    // What its columns need is among what a table needs.
    let follows = |key: &Key| apart && column::is_in_default(key.kind);
    needs.retain(|key| !parents.contains(key) && !follows(key));
    let mut items = Vec::new();
    for column in schema.children(&table.key, Kind::Column) {
        if written.inherits.is_some() && !is_its_own(column) {
            let inherited = inherited_column(schema, table, column.key.name());
            statements.extend(column::overrides(table, column, inherited));
        }
        statements.extend(column::details(schema, table, column));
        if written.default(maker, column) == Default::With {
            needs.extend(&column.needs);
        } else {
            needs.extend(
                column
                    .needs
                    .iter()
                    .filter(|key| !column::is_in_default(key.kind)),
            );
            let statement = column::set_default(column).into_iter().collect();
            items.push(
                Item::about(Rank::Later.number(), &column.key, statement).after(&column.needs),
            );
        }
    }
    for one in &written.constraints {
        needs.extend(&one.needs);
        statements.extend(constraint::details(schema, table, one));
    }
    let covered = schema.children(&table.key, Kind::Column);
    let covered = covered
        .iter()
        .chain(&written.constraints)
        .map(|one| &one.key);
    let covered: Vec<&Key> = covered.collect();
    needs.retain(|key| **key != table.key && !covered.contains(key));
    items.push(
        Item::makes(Rank::Table.number(), &table.key, statements)
            .with(covered.iter().copied())
            .after(needs),
    );
    items.extend(attach(table, &parents));
    if written.inherits.is_none() {
        items.extend(inherit(table));
    }
    items
}

/// How a table is written.
struct Written<'s> {
    table: &'s Object,
    /// The parents that it is made from, where it has all columns of theirs in their order.
    inherits: Option<Vec<Key>>,
    columns: Vec<&'s Object>,
    constraints: Vec<&'s Object>,
    /// Checks of the table that it is a partition of, which it must have to become one.
    checks: Vec<&'s Object>,
}

impl<'s> Written<'s> {
    fn of(maker: &Maker<'s>, table: &'s Object) -> Self {
        let schema = maker.schema;
        let parents = table.tables_of("inherits");
        let inherits =
            (!parents.is_empty() && has_order_of(schema, table, &parents)).then_some(parents);
        let mut columns = schema.children(&table.key, Kind::Column);
        if inherits.is_some() {
            columns.retain(|one| is_its_own(one));
        }
        let mut constraints = schema.children(&table.key, Kind::Constraint);
        constraints.retain(|one| constraint::is_inline(maker, table, one));
        constraints.sort_by_key(|one| constraint::place(one));
        let mut checks = Vec::new();
        for parent in ancestors(schema, table) {
            let all = schema.children(&parent.key, Kind::Constraint);
            checks.extend(
                all.into_iter()
                    .filter(|one| one.text_of("form") == Some("check") && !one.is("no_inherit")),
            );
        }
        Self {
            table,
            inherits,
            columns,
            constraints,
            checks,
        }
    }

    fn default(&self, maker: &Maker<'_>, column: &Object) -> Default {
        let depends = column
            .needs
            .iter()
            .any(|key| column::is_in_default(key.kind));
        if maker.is_apart(&self.table.key) && depends && column.text_of("default").is_some() {
            Default::Without
        } else {
            Default::With
        }
    }

    fn statement(&self, maker: &Maker<'_>) -> String {
        let table = self.table;
        let what = match (table.text_of("form"), table.text_of("persistence")) {
            (Some("foreign"), _) => "FOREIGN TABLE",
            (_, Some("unlogged")) => "UNLOGGED TABLE",
            _ => "TABLE",
        };
        let mut text = format!("CREATE {what} {}", name(&table.key));
        let typed = table.text_of("of_type");
        if let Some(of) = typed {
            text.push_str(&format!(" OF {of}"));
        }
        let mut lines: Vec<String> = match typed {
            Some(_) => self
                .columns
                .iter()
                .filter_map(|one| self.with_options(maker, one))
                .collect(),
            None => self
                .columns
                .iter()
                .map(|one| self.column(maker, one))
                .collect(),
        };
        lines.extend(self.constraints.iter().map(|one| constraint::clause(one)));
        lines.extend(self.checks.iter().map(|one| constraint::clause(one)));
        if !lines.is_empty() {
            text.push_str(&format!(" (\n    {}\n)", lines.join(",\n    ")));
        } else if typed.is_none() {
            text.push_str(" ()");
        }
        text.push_str(&self.tail());
        text
    }

    fn column(&self, maker: &Maker<'_>, column: &Object) -> String {
        column::definition(maker.schema, column, self.default(maker, column))
    }

    fn with_options(&self, maker: &Maker<'_>, column: &Object) -> Option<String> {
        let options = column::constraints(maker.schema, column, self.default(maker, column));
        let name = quoted(column.key.name());
        (!options.is_empty()).then(|| format!("{name} WITH OPTIONS{options}"))
    }

    /// What follows the list of columns.
    fn tail(&self) -> String {
        let table = self.table;
        let mut text = String::new();
        if let Some(parents) = &self.inherits {
            let names: Vec<String> = parents.iter().map(name).collect();
            text.push_str(&format!("\nINHERITS ({})", names.join(", ")));
        }
        if let Some(key) = table.text_of("partition_key") {
            text.push_str(&format!("\nPARTITION BY {key}"));
        }
        if let Some(server) = table.text_of("server") {
            text.push_str(&format!("\nSERVER {}", quoted(server)));
            text.push_str(&foreign_options(table, "server_options"));
        }
        if let Some(method) = table.text_of("access_method") {
            text.push_str(&format!("\nUSING {}", quoted(method)));
        }
        let options = storage_options(table);
        if !options.is_empty() {
            text.push_str(&format!("\nWITH ({})", options.join(", ")));
        }
        if let Some(space) = table.text_of("tablespace") {
            text.push_str(&format!("\nTABLESPACE {}", quoted(space)));
        }
        text
    }
}

/// The settings of a table and its `TOAST` table.
pub(super) fn storage_options(table: &Object) -> Vec<String> {
    let mut all = settings(table, "options", "");
    all.extend(settings(table, "toast_options", "toast."));
    all
}

/// What is said of a table after it is there.
pub(super) fn details(table: &Object) -> Vec<String> {
    let only = only(table);
    let mut all = Vec::new();
    match table.text_of("replica_identity") {
        // It is what foreign tables have.
        Some("nothing") if table.text_of("form") == Some("foreign") => {}
        Some("nothing") => all.push(format!("{only} REPLICA IDENTITY NOTHING")),
        Some("full") => all.push(format!("{only} REPLICA IDENTITY FULL")),
        _ => {}
    }
    if table.is("row_security") {
        all.push(format!("{only} ENABLE ROW LEVEL SECURITY"));
    }
    if table.is("force_row_security") {
        all.push(format!("{only} FORCE ROW LEVEL SECURITY"));
    }
    if table.is("detach_pending") {
        all.push(by_hand(&format!(
            "{} is about to be detached from its table",
            table.key
        )));
    }
    all
}

/// Makes a table a partition.
fn attach(table: &Object, parents: &[Key]) -> Option<Item> {
    let parent = parents.first()?;
    let statement = attach_statement(table)?;
    Some(Item::about(Rank::Attach.number(), &table.key, vec![statement]).after([parent]))
}

/// `ALTER TABLE … ATTACH PARTITION …`.
pub(super) fn attach_statement(table: &Object) -> Option<String> {
    let parents = table.tables_of("partition_of");
    let bound = table.text_of("partition_bound")?;
    Some(format!(
        "ALTER TABLE ONLY {} ATTACH PARTITION {} {bound}",
        name(parents.first()?),
        name(&table.key)
    ))
}

/// Makes a table that has its columns in an order of its own the child of its parents.
fn inherit(table: &Object) -> Option<Item> {
    let parents = table.tables_of("inherits");
    if parents.is_empty() {
        return None;
    }
    let only = only(table);
    let statements = parents
        .iter()
        .map(|parent| format!("{only} INHERIT {}", name(parent)));
    Some(Item::about(Rank::Attach.number(), &table.key, statements.collect()).after(&parents))
}

/// The tables that it is a partition of, from the nearest on.
pub(super) fn ancestors<'s>(schema: &'s Schema, table: &Object) -> Vec<&'s Object> {
    let parent = |table: &Object| {
        let parents = table.tables_of("partition_of");
        parents.first().and_then(|key| schema.get(key))
    };
    let mut all: Vec<&Object> = Vec::new();
    let mut next = parent(table);
    while let Some(one) = next {
        if all.len() > 100 {
            break;
        }
        all.push(one);
        next = parent(one);
    }
    all
}

/// Whether a table has the columns of its parents first, and in their order.
fn has_order_of(schema: &Schema, table: &Object, parents: &[Key]) -> bool {
    let mut order: Vec<&str> = Vec::new();
    let own = schema.children(&table.key, Kind::Column);
    let inherited = parents
        .iter()
        .flat_map(|key| schema.children(key, Kind::Column));
    for column in inherited.chain(own.iter().copied()) {
        if !order.contains(&column.key.name()) {
            order.push(column.key.name());
        }
    }
    own.iter().map(|one| one.key.name()).eq(order)
}

/// A column as the parents of a table have it.
fn inherited_column<'s>(schema: &'s Schema, table: &Object, name: &str) -> Option<&'s Object> {
    let parents = table.tables_of("inherits");
    let mut columns = parents
        .iter()
        .flat_map(|key| schema.children(key, Kind::Column));
    columns.find(|one| one.key.name() == name)
}
