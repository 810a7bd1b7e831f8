//! Which table refers to which.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{Key, Kind, Object, Schema};

/// The tables of a schema, in the order of their names, and the foreign keys between them.
#[derive(Debug)]
pub struct Relations<'s> {
    /// The tables, without those that are partitions of another one.
    pub tables: Vec<&'s Object>,
    /// The foreign keys, in the order of the tables that have them. Those of a partition are its root's.
    pub all: Vec<Relation>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relation {
    /// The table that has it: its place in [`Relations::tables`].
    pub from: usize,
    /// The table that it refers to.
    pub to: usize,
    /// Its columns.
    pub columns: Vec<String>,
    /// Whether a row may refer to none.
    pub optional: bool,
    /// Whether a row is referred to by one at most.
    pub single: bool,
}

impl<'s> Relations<'s> {
    /// Of a schema.
    pub fn of(schema: &'s Schema) -> Self {
        let tables: Vec<&Object> = (schema.of(Kind::Table))
            .filter(|table| root(schema, table).key == table.key)
            .collect();
        let places: BTreeMap<&Key, usize> = (tables.iter().enumerate())
            .map(|(at, table)| (&table.key, at))
            .collect();
        let mut all: Vec<Relation> = (schema.of(Kind::Constraint))
            .filter_map(|constraint| {
                let table = schema.get(constraint.parent.as_ref()?)?;
                let other = referenced(schema, constraint)?;
                let columns = constraint.list_of("columns");
                Some(Relation {
                    from: *places.get(&root(schema, table).key)?,
                    to: *places.get(&root(schema, other).key)?,
                    optional: columns.iter().any(|one| is_nullable(schema, table, one)),
                    single: is_unique(schema, table, &columns),
                    columns: columns.into_iter().map(str::to_owned).collect(),
                })
            })
            .collect();
        all.sort();
        all.dedup();
        Self { tables, all }
    }

    /// The foreign keys of a table.
    pub fn from(&self, table: usize) -> impl Iterator<Item = &Relation> {
        self.all.iter().filter(move |one| one.from == table)
    }

    /// The foreign keys of other tables that refer to it.
    pub fn to(&self, table: usize) -> impl Iterator<Item = &Relation> {
        (self.all.iter()).filter(move |one| one.to == table && one.from != table)
    }
}

/// The table that a constraint refers to, where it is a foreign key.
pub fn referenced<'s>(schema: &'s Schema, constraint: &Object) -> Option<&'s Object> {
    table_named(schema, constraint.properties.get("references")?)
}

/// The tables that are partitions of one.
pub fn partitions<'s>(schema: &'s Schema, table: &Object) -> Vec<&'s Object> {
    let of_it = |one: &&Object| {
        let parent = one.properties.get("partition_of");
        let parent = parent.and_then(|path| table_named(schema, path));
        parent.is_some_and(|parent| parent.key == table.key)
    };
    schema.of(Kind::Table).filter(of_it).collect()
}

/// The table that a table is a partition of in the end; itself where it is none.
fn root<'s>(schema: &'s Schema, table: &'s Object) -> &'s Object {
    let mut table = table;
    // No chain of partitions is longer; a snapshot that was written by hand could have a circle.
    for _ in 0..16 {
        let parent = table.properties.get("partition_of");
        match parent.and_then(|path| table_named(schema, path)) {
            Some(parent) => table = parent,
            None => break,
        }
    }
    table
}

/// A path as properties have it: a list of names, or a text with dots.
pub fn table_named<'s>(schema: &'s Schema, path: &Value) -> Option<&'s Object> {
    if let Some(names) = path.as_array() {
        let names = names.iter().filter_map(Value::as_str);
        return schema.get(&Key::new(Kind::Table, names));
    }
    let text = path.as_str()?;
    let plain = Key::new(Kind::Table, text.split('.'));
    schema.get(&plain).or_else(|| {
        let mut tables = schema.of(Kind::Table);
        tables.find(|table| table.key.path.join(".") == text || table.key.dotted() == text)
    })
}

fn is_nullable(schema: &Schema, table: &Object, column: &str) -> bool {
    let mut columns = schema.children(&table.key, Kind::Column).into_iter();
    columns.any(|one| one.key.name() == column && one.is("nullable"))
}

/// Whether no two rows have the same values in these columns.
fn is_unique(schema: &Schema, table: &Object, columns: &[&str]) -> bool {
    let same = |others: Vec<&str>| {
        !others.is_empty() && others.iter().all(|other| columns.contains(other))
    };
    let constraints = schema.children(&table.key, Kind::Constraint).into_iter();
    let mut keys = constraints
        .filter(|one| matches!(one.text_of("form"), Some("primary key" | "unique")))
        .map(|one| one.list_of("columns"));
    let indexes = schema.children(&table.key, Kind::Index).into_iter();
    let mut unique = indexes
        .filter(|one| one.is("unique") && !one.properties.contains_key("predicate"))
        .map(|one| one.list_of("keys"));
    keys.any(same) || unique.any(same)
}
