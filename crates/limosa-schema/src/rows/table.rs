//! A table, as far as rows for it are concerned.

use std::collections::BTreeMap;

use limosa_sql::Dialect;
use serde_json::Value;

use super::check::{Expression, names};
use super::column_type::{Type, Types};
use super::evaluate::{Scalar, value};
use super::variables::{Variable, variables};
use crate::{Key, Kind, Object, Schema};

/// A table that can be filled.
#[derive(Debug, Clone)]
pub struct Table {
    /// Which one.
    pub key: Key,
    pub(crate) dialect: Dialect,
    pub(crate) columns: Vec<Column>,
    /// Those of fewer columns first.
    pub(crate) foreign_keys: Vec<ForeignKey>,
    pub(crate) checks: Vec<Expression>,
    pub(crate) uniques: Vec<Unique>,
    /// Keys that are left NULL at first, since the tables that they refer to are filled later.
    pub(crate) later: Vec<usize>,
    pub(crate) variables: Vec<Variable>,
}

/// A column that a row may name.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) of: Type,
    pub(crate) nullable: bool,
    /// What it gets when nobody names it; unknown things are opaque.
    pub(crate) default: Option<Scalar>,
    /// The server numbers it.
    pub(crate) is_numbered: bool,
    /// Nobody may name it.
    pub(crate) is_closed: bool,
    /// It is a primary key by itself: no largest numbers, behind which an application could not go on.
    pub(crate) is_key: bool,
    pub(crate) seed: u64,
    pub(crate) is_list: bool,
    /// The checks that speak of it.
    pub(crate) checks: Vec<usize>,
    /// A check speaks of it that cannot be evaluated here.
    pub(crate) is_obscure: bool,
}

/// A foreign key.
#[derive(Debug, Clone)]
pub struct ForeignKey {
    pub(crate) columns: Vec<usize>,
    /// The table that it refers to.
    pub parent: Key,
    pub(crate) referenced: Vec<String>,
    /// Whether it may be left NULL.
    pub is_optional: bool,
    /// Whether it can be held against its table at the end of the transaction.
    pub is_deferrable: bool,
}

/// Columns whose values are different in every row.
#[derive(Debug, Clone)]
pub(crate) struct Unique {
    pub(crate) columns: Vec<usize>,
    pub(crate) predicate: Option<Expression>,
    pub(crate) nulls_count: bool,
}

impl Table {
    /// Its foreign keys.
    pub fn foreign_keys(&self) -> &[ForeignKey] {
        &self.foreign_keys
    }

    /// The place of a column by its name in an expression.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        let exact = self.columns.iter().position(|one| one.name == name);
        exact.or_else(|| {
            let mut all = self.columns.iter();
            all.position(|one| one.name.eq_ignore_ascii_case(name))
        })
    }
}

/// The ordinary tables of a schema, and partitioned ones as a whole.
pub(super) fn tables(schema: &Schema) -> Vec<Table> {
    let types = Types::of(schema);
    let mut parts: BTreeMap<&Key, Vec<&Object>> = BTreeMap::new();
    for kind in [Kind::Column, Kind::Constraint, Kind::Index] {
        for object in schema.of(kind) {
            if let Some(parent) = &object.parent {
                parts.entry(parent).or_default().push(object);
            }
        }
    }
    let mut bounds: BTreeMap<Key, Vec<&Object>> = BTreeMap::new();
    for table in schema.of(Kind::Table) {
        if let Some(of) = path_property(table, "partition_of") {
            let of = Key {
                kind: Kind::Table,
                path: of,
            };
            bounds.entry(of).or_default().push(table);
        }
    }
    let is_filled = |table: &&Object| {
        let form = table.text_of("form").unwrap_or("ordinary");
        matches!(form, "ordinary" | "partitioned") && !table.properties.contains_key("partition_of")
    };
    let tables = schema.of(Kind::Table).filter(is_filled);
    tables
        .map(|table| {
            let reading = Reading {
                schema,
                types: &types,
                table,
                parts: parts.get(&table.key).map_or(&[][..], Vec::as_slice),
                partitions: bounds.get(&table.key).map_or(&[][..], Vec::as_slice),
            };
            reading.read()
        })
        .collect()
}

/// A path, whether it is written as a list or with dots.
fn path_property(object: &Object, name: &str) -> Option<Vec<String>> {
    match object.properties.get(name)? {
        Value::String(text) => Some(text.split('.').map(str::to_owned).collect()),
        Value::Array(_) => Some(
            object
                .list_of(name)
                .into_iter()
                .map(str::to_owned)
                .collect(),
        ),
        _ => None,
    }
}

struct Reading<'r, 's> {
    schema: &'s Schema,
    types: &'r Types<'s>,
    table: &'s Object,
    parts: &'r [&'s Object],
    partitions: &'r [&'s Object],
}

impl<'s> Reading<'_, 's> {
    fn of(&self, kind: Kind) -> impl Iterator<Item = &'s Object> {
        let parts = self.parts.iter().copied();
        parts.filter(move |one| one.key.kind == kind)
    }

    fn constraints(&self, form: &'static str) -> impl Iterator<Item = &'s Object> {
        let all = self.of(Kind::Constraint);
        all.filter(move |one| one.text_of("form") == Some(form))
    }

    fn read(&self) -> Table {
        let mut columns: Vec<&Object> = self.of(Kind::Column).collect();
        columns.sort_by_key(|one| one.position);
        let mut table = Table {
            key: self.table.key.clone(),
            dialect: self.schema.dialect,
            columns: columns
                .into_iter()
                .filter(|column| !is_generated(column))
                .map(|column| self.column(column))
                .collect(),
            foreign_keys: Vec::new(),
            checks: self.checks(),
            uniques: Vec::new(),
            later: Vec::new(),
            variables: Vec::new(),
        };
        self.keys(&mut table);
        table.foreign_keys = self.foreign_keys(&table);
        for (index, check) in table.checks.iter().enumerate() {
            let obscure = is_obscure(check);
            for name in check.columns() {
                if let Some(at) = table.column(name) {
                    table.columns[at].checks.push(index);
                    table.columns[at].is_obscure |= obscure;
                }
            }
        }
        table.variables = variables(&table);
        table
    }

    fn column(&self, column: &Object) -> Column {
        let name = column.key.name().to_owned();
        let collation = column.text_of("collation");
        let collation = collation.or_else(|| self.table.text_of("collation"));
        let of = self
            .types
            .read(column.text_of("type").unwrap_or_default(), collation);
        let default = column.text_of("default");
        let identity = column.text_of("identity");
        let nextval = default.is_some_and(|text| text.to_lowercase().contains("nextval("));
        let mut domain = &of;
        let mut is_obscure_domain = false;
        while let Type::Domain { base, checks, .. } = domain {
            is_obscure_domain |= checks.iter().any(is_obscure);
            domain = base;
        }
        Column {
            seed: seed(&self.table.key, &name),
            nullable: column.is("nullable") && !of.refuses_null(),
            default: default.map(|text| {
                let read = Expression::read(self.schema.dialect, text);
                value(&read, &|_| None).unwrap_or(Scalar::Opaque("default".to_owned()))
            }),
            is_numbered: identity.is_some()
                || column.properties.contains_key("auto_increment")
                || nextval,
            is_closed: identity == Some("always"),
            is_key: false,
            is_list: default.is_some_and(|text| text.contains("[]")),
            checks: Vec::new(),
            is_obscure: is_obscure_domain,
            of,
            name,
        }
    }

    fn checks(&self) -> Vec<Expression> {
        let dialect = self.schema.dialect;
        let written = self
            .constraints("check")
            .filter_map(|one| one.text_of("expression"));
        let mut all: Vec<Expression> = written
            .map(|text| Expression::read(dialect, text))
            .collect();
        all.extend(super::partition::bounds(
            self.table,
            self.partitions,
            dialect,
        ));
        all
    }

    fn keys(&self, table: &mut Table) {
        let indices = |table: &Table, names: &[&str]| -> Option<Vec<usize>> {
            names.iter().map(|name| table.column(name)).collect()
        };
        for one in self.of(Kind::Constraint) {
            let form = one.text_of("form").unwrap_or_default();
            if !matches!(form, "primary key" | "unique" | "exclude") {
                continue;
            }
            let mut columns = indices(table, &one.list_of("columns")).unwrap_or_default();
            // What excludes each other is different, near enough.
            for element in one.list_of("elements") {
                let all = names(self.schema.dialect, element);
                columns.extend(all.iter().filter_map(|name| table.column(name)));
            }
            if columns.is_empty() {
                continue;
            }
            if form == "primary key" {
                for at in &columns {
                    table.columns[*at].nullable = false;
                    table.columns[*at].is_key = true;
                }
                if let ([at], true) = (columns.as_slice(), self.schema.dialect == Dialect::Sqlite) {
                    let column = &mut table.columns[*at];
                    column.is_numbered |= self.is_row_number(&column.name);
                }
            }
            table.uniques.push(Unique {
                columns,
                predicate: None,
                nulls_count: one.is("nulls_not_distinct"),
            });
        }
        for index in self.of(Kind::Index).filter(|one| one.is("unique")) {
            // An expression makes the columns in it unique, near enough.
            let dialect = self.schema.dialect;
            let mut columns: Vec<usize> = index
                .list_of("keys")
                .iter()
                .flat_map(|text| match table.column(text) {
                    Some(at) => vec![at],
                    None => names(dialect, text)
                        .iter()
                        .filter_map(|name| table.column(name))
                        .collect(),
                })
                .collect();
            columns.dedup();
            if columns.is_empty() {
                continue;
            }
            let predicate = index.text_of("predicate");
            table.uniques.push(Unique {
                columns,
                predicate: predicate.map(|text| Expression::read(dialect, text)),
                nulls_count: index.is("nulls_not_distinct"),
            });
        }
    }

    /// `INTEGER PRIMARY KEY` of `SQLite` is the number of the row.
    fn is_row_number(&self, name: &str) -> bool {
        let mut columns = self.of(Kind::Column);
        columns.any(|one| {
            one.key.name() == name
                && one
                    .text_of("type")
                    .is_some_and(|of| of.eq_ignore_ascii_case("integer"))
        }) && !self.table.is("without_rowid")
    }

    fn foreign_keys(&self, table: &Table) -> Vec<ForeignKey> {
        let mut all: Vec<ForeignKey> = self
            .constraints("foreign key")
            .filter_map(|one| {
                let names = one.list_of("columns");
                let columns: Option<Vec<usize>> =
                    names.iter().map(|name| table.column(name)).collect();
                let parent = self.parent(one)?;
                let mut referenced: Vec<String> = one
                    .list_of("referenced_columns")
                    .into_iter()
                    .map(str::to_owned)
                    .collect();
                if referenced.is_empty() {
                    referenced = (self.schema.primary_key(&parent).into_iter())
                        .map(str::to_owned)
                        .collect();
                }
                let columns = columns.filter(|all| all.len() == referenced.len())?;
                let optional = columns.iter().any(|at| table.columns[*at].nullable);
                Some(ForeignKey {
                    is_optional: optional,
                    columns,
                    parent,
                    referenced,
                    is_deferrable: one.is("deferrable") || one.is("initially_deferred"),
                })
            })
            .collect();
        all.sort_by_key(|one| one.columns.len());
        all
    }

    fn parent(&self, constraint: &Object) -> Option<Key> {
        let path = path_property(constraint, "references")?;
        let key = |path| Key {
            kind: Kind::Table,
            path,
        };
        let exact = key(path.clone());
        if self.schema.get(&exact).is_some() {
            return Some(exact);
        }
        let name = path.last()?;
        let mut tables = self.schema.of(Kind::Table).map(|one| &one.key);
        let found = tables.find(|one| one.name().eq_ignore_ascii_case(name));
        Some(found.cloned().unwrap_or(exact))
    }
}

fn is_generated(column: &Object) -> bool {
    column.properties.contains_key("generated")
}

/// Whether something in an expression is never known here.
fn is_obscure(expression: &Expression) -> bool {
    match expression {
        Expression::Unknown(_) | Expression::Regex { .. } => true,
        Expression::Call(name, _) if !KNOWN.contains(&name.as_str()) => true,
        other => other.parts().into_iter().any(is_obscure),
    }
}

/// Functions that are evaluated.
const KNOWN: &[&str] = &[
    "length",
    "char_length",
    "character_length",
    "octet_length",
    "lower",
    "lcase",
    "upper",
    "ucase",
    "trim",
    "btrim",
    "rtrim",
    "ltrim",
    "abs",
    "coalesce",
    "ifnull",
    "num_nonnulls",
    "num_nulls",
    "json_valid",
    "jsonb_typeof",
    "json_typeof",
    "array",
];

/// A number for a column, the same everywhere.
fn seed(table: &Key, column: &str) -> u64 {
    let text = format!("{} {column}", table.name());
    // FNV-1a.
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
