//! Views, indexes and statistics.

use super::super::order::Item;
use super::column;
use super::constraint::index_details;
use super::make::Maker;
use super::name::{name, quoted};
use super::rank::Rank;
use super::rights;
use super::table::ancestors;
use super::value::{number, settings};
use crate::{Kind, Object};

/// A view or a materialized view, with what is said of its columns.
pub(super) fn view_items(maker: &Maker<'_>, view: &Object) -> Vec<Item> {
    let materialized = view.key.kind == Kind::MaterializedView;
    let mut statements = vec![create_view(view)];
    statements.extend(rights::statements(maker.schema, view));
    for one in maker.schema.children(&view.key, Kind::Column) {
        statements.extend(column::of_view(maker.schema, view, one));
    }
    let columns = maker.schema.children(&view.key, Kind::Column);
    let needs = columns.iter().flat_map(|one| &one.needs).chain(&view.needs);
    let mut items = vec![
        Item::makes(Rank::View.number(), &view.key, statements)
            .with(columns.iter().map(|one| &one.key))
            .after(needs.filter(|key| **key != view.key)),
    ];
    if materialized && !view.is("unpopulated") {
        let refresh = format!("REFRESH MATERIALIZED VIEW {}", name(&view.key));
        let others = view
            .needs
            .iter()
            .filter(|key| key.kind == Kind::MaterializedView);
        let mut item = Item::about(Rank::Refresh.number(), &view.key, vec![refresh]);
        item = item.gone([&refreshed(&view.key)]);
        item = item.after_end_of(others.map(refreshed).collect::<Vec<_>>().iter());
        items.push(item);
    }
    items
}

/// Stands for the moment at which a materialized view has its rows.
fn refreshed(view: &crate::Key) -> crate::Key {
    let mut key = view.clone();
    key.path.push("rows".to_owned());
    key
}

/// `CREATE VIEW … AS …`.
fn create_view(view: &Object) -> String {
    let materialized = view.key.kind == Kind::MaterializedView;
    let what = if materialized {
        "MATERIALIZED VIEW"
    } else {
        "VIEW"
    };
    let mut text = format!("CREATE {what} {}", name(&view.key));
    if let Some(method) = view.text_of("access_method") {
        text.push_str(&format!(" USING {}", quoted(method)));
    }
    let options = settings(view, "options", "");
    if !options.is_empty() {
        text.push_str(&format!(" WITH ({})", options.join(", ")));
    }
    if let Some(space) = view.text_of("tablespace") {
        text.push_str(&format!(" TABLESPACE {}", quoted(space)));
    }
    text.push_str(" AS\n");
    text.push_str(view.text_of("definition").unwrap_or_default());
    if materialized {
        text.push_str("\nWITH NO DATA");
    }
    text
}

/// An index.
pub(super) fn index_items(maker: &Maker<'_>, index: &Object) -> Vec<Item> {
    let Some(table) = index.parent.as_ref().and_then(|key| maker.schema.get(key)) else {
        return vec![];
    };
    let mut statements = vec![create_index(index)];
    for (place, value) in index
        .properties
        .get("statistics")
        .and_then(|list| list.as_array())
        .into_iter()
        .flatten()
        .enumerate()
    {
        if value.is_number() {
            let (index, place) = (name(&index.key), place + 1);
            statements.push(format!(
                "ALTER INDEX {index} ALTER COLUMN {place} SET STATISTICS {value}"
            ));
        }
    }
    statements.extend(index_details(table, index, &index.key.path));
    statements.extend(rights::statements(maker.schema, index));
    // Those of a partition's table are first: what is there already in the partition would become part of them.
    let above = ancestors(maker.schema, table);
    let above = above.iter().flat_map(|one| {
        let mut all = maker.schema.children(&one.key, Kind::Constraint);
        all.extend(maker.schema.children(&one.key, Kind::Index));
        all
    });
    let columns = maker.schema.children(&table.key, Kind::Column);
    vec![
        Item::makes(Rank::Index.number(), &index.key, statements)
            .after([&table.key])
            .after(columns.iter().map(|one| &one.key))
            .after(&index.needs)
            .after(above.map(|one| &one.key)),
    ]
}

/// `CREATE INDEX …`; that of a partitioned table with those of its partitions.
fn create_index(index: &Object) -> String {
    let text = index.text.clone().unwrap_or_default();
    let unique = if index.is("unique") { "UNIQUE " } else { "" };
    let head = format!("CREATE {unique}INDEX {} ON ", quoted(index.key.name()));
    let rest = text.strip_prefix(&head);
    match rest.and_then(|rest| rest.strip_prefix("ONLY ")) {
        Some(rest) => head + rest,
        None => text,
    }
}

/// Extended statistics.
pub(super) fn statistics_items(maker: &Maker<'_>, statistics: &Object) -> Vec<Item> {
    let mut statements = vec![statistics.text.clone().unwrap_or_default()];
    if let Some(target) = number(statistics, "target") {
        let name = name(&statistics.key);
        statements.push(format!("ALTER STATISTICS {name} SET STATISTICS {target}"));
    }
    statements.extend(rights::statements(maker.schema, statistics));
    vec![
        Item::makes(Rank::Statistics.number(), &statistics.key, statements)
            .after(&statistics.parent)
            .after(&statistics.needs),
    ]
}
