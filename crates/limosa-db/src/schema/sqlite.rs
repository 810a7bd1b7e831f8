//! The catalog of SQLite: what its pragmas tell, and the rest from the statements that it keeps.
//!
//! Formatting does not count there: `ALTER TABLE … ADD COLUMN` and a `CREATE TABLE` that says the same give the same.

mod others;
mod part;
mod table;
mod text;
mod words;

use std::collections::BTreeMap;

use limosa_schema::{Key, Kind, Object, Schema};

use self::text::{Names, mentioned};
use super::LeftOut;
use super::build::{Build as _, object};
use crate::{DbError, Row, Session};

const OBJECTS: &str = include_str!("sqlite/sql/objects.sql");
const TABLES: &str = include_str!("sqlite/sql/tables.sql");
const COLUMNS: &str = include_str!("sqlite/sql/columns.sql");

/// The schema of the session's database.
pub(super) fn read(session: &mut dyn Session, left_out: &[LeftOut]) -> Result<Schema, DbError> {
    let listed: BTreeMap<String, Row> = session
        .query(TABLES, &[])?
        .into_iter()
        .map(|row| (row.text(0).unwrap_or_default(), row))
        .collect();
    let made: Vec<Made> = session
        .query(OBJECTS, &[])?
        .iter()
        .map(|row| Made::of(row, &listed))
        .collect();
    let columns = session.query(COLUMNS, &[])?;
    let is_out = |table: &str| {
        let mut all = left_out.iter();
        all.any(|one| one.table.eq_ignore_ascii_case(table))
    };
    let shadows: Names = named(made.iter().filter(|one| one.listed == "shadow"));
    let seen = made
        .iter()
        .filter(|one| !is_out(&one.table) && shadows.declared(&one.table).is_none());
    let reader = Reader::new(seen.collect(), &columns);
    let server = session.server();
    let product = format!("{} {}", server.product, server.version);
    let dialect = server.target.dialect;
    Ok(Schema::new(dialect, product, reader.objects()))
}

/// A row of `sqlite_schema`.
struct Made {
    what: String,
    name: String,
    table: String,
    sql: String,
    listed: String,
    without_rowid: bool,
    strict: bool,
}

impl Made {
    fn of(row: &Row, listed: &BTreeMap<String, Row>) -> Self {
        let text = |index: usize| row.text(index).unwrap_or_default();
        let (what, name) = (text(0), text(1));
        let listed = listed.get(&name).filter(|_| what == "table");
        Self {
            what,
            name,
            table: text(2),
            sql: text(3),
            listed: listed.and_then(|row| row.text(1)).unwrap_or_default(),
            without_rowid: listed.is_some_and(|row| row.is_true(2)),
            strict: listed.is_some_and(|row| row.is_true(3)),
        }
    }

    fn kind(&self) -> Kind {
        match self.what.as_str() {
            "view" => Kind::View,
            "index" => Kind::Index,
            "trigger" => Kind::Trigger,
            _ => Kind::Table,
        }
    }
}

fn named<'a>(made: impl Iterator<Item = &'a Made>) -> Names {
    let mut names = Names::default();
    for one in made {
        names.add(&one.name);
    }
    names
}

struct Reader<'a> {
    made: Vec<&'a Made>,
    /// What is told of the columns of each table.
    columns: BTreeMap<String, Vec<&'a Row>>,
    /// The columns of each table.
    of_tables: BTreeMap<String, Names>,
    /// Tables and views.
    relations: BTreeMap<String, Key>,
    /// Everything that has a name.
    all: Names,
}

impl<'a> Reader<'a> {
    fn new(made: Vec<&'a Made>, columns: &'a [Row]) -> Self {
        let mut of_tables: BTreeMap<String, Names> = BTreeMap::new();
        let mut all = named(made.iter().copied());
        let mut rows: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
        for row in columns {
            let (table, column) = (
                row.text(0).unwrap_or_default(),
                row.text(1).unwrap_or_default(),
            );
            all.add(&column);
            rows.entry(table.clone()).or_default().push(row);
            of_tables.entry(table).or_default().add(&column);
        }
        for name in ["new", "old", "rowid", "excluded"] {
            all.add(name);
        }
        let relations = made
            .iter()
            .filter(|one| matches!(one.kind(), Kind::Table | Kind::View));
        let relations = relations
            .map(|one| (one.name.to_lowercase(), Key::new(one.kind(), [&one.name])))
            .collect();
        Self {
            made,
            columns: rows,
            of_tables,
            relations,
            all,
        }
    }

    fn columns_of(&self, table: &str) -> Names {
        self.of_tables.get(table).cloned().unwrap_or_default()
    }

    fn relation(&self, name: &str) -> Option<&Key> {
        self.relations.get(&name.to_lowercase())
    }

    fn objects(&self) -> Vec<Object> {
        let mut found: Vec<Object> = Vec::new();
        for one in &self.made {
            let mut object = match one.kind() {
                Kind::View => self.view(one),
                Kind::Index => {
                    let table = self
                        .relation(&one.table)
                        .map_or(one.table.as_str(), Key::name);
                    others::index(&one.name, table, &one.sql, &self.columns_of(table))
                }
                Kind::Trigger => self.trigger(one),
                _ if one.listed == "virtual" => others::virtual_table(&one.name, &one.sql),
                _ => {
                    found.extend(self.parts(one));
                    object(Kind::Table, [&one.name])
                        .when("strict", one.strict)
                        .when("without_rowid", one.without_rowid)
                }
            };
            object.text = Some(one.sql.clone());
            found.push(object);
        }
        refer(&mut found);
        found
    }

    fn view(&self, one: &Made) -> Object {
        let mut view = others::view(&one.name, &one.sql, &self.all);
        let mut needs: Vec<Key> = mentioned(view.text_of("definition").unwrap_or_default())
            .filter_map(|name| self.relation(&name).cloned())
            .filter(|key| *key != view.key)
            .collect();
        needs.sort();
        needs.dedup();
        view.needs = needs;
        view
    }

    fn trigger(&self, one: &Made) -> Object {
        let parent = self.relation(&one.table).cloned();
        let parent = parent.unwrap_or_else(|| Key::new(Kind::Table, [&one.table]));
        let mut trigger = others::trigger(&one.name, parent.name(), &one.sql, &self.all);
        trigger.parent = Some(parent);
        trigger
    }

    /// The columns and constraints of a table.
    fn parts(&self, one: &Made) -> Vec<Object> {
        let mut read = table::table(&one.name, &one.sql, &self.columns_of(&one.name));
        let rows = self.columns.get(&one.name).map(Vec::as_slice);
        let rows = rows.unwrap_or_default().iter();
        let keys = rows
            .clone()
            .filter(|row| row.int(4).unwrap_or_default() > 0);
        let one_key = keys.count() == 1;
        let mut found = Vec::new();
        for (position, row) in (1..).zip(rows) {
            let name = row.text(1).unwrap_or_default();
            let written = row.text(2).unwrap_or_default();
            // The number of a row is never NULL, whatever is inserted.
            let is_rowid = one_key
                && row.int(4) == Some(1)
                && written.eq_ignore_ascii_case("integer")
                && !one.without_rowid;
            let known = read.columns.remove(&name.to_lowercase());
            let mut column = object(Kind::Column, [&one.name, &name]);
            if let Some(known) = known {
                column.properties = known.properties;
                column.text = known.text;
            }
            column = column.when("nullable", !row.is_true(3) && !is_rowid);
            column.position = Some(position);
            column.parent = Some(Key::new(Kind::Table, [&one.name]));
            found.push(column);
        }
        let mut taken = Names::default();
        let constraints = read.constraints.into_iter();
        found.extend(constraints.map(|constraint| constraint.place(&one.name, &mut taken)));
        found
    }
}

/// Foreign keys get the name of their table as it was declared, and the columns that they mean where they name none.
fn refer(objects: &mut [Object]) {
    let mut tables = Names::default();
    let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for object in objects.iter() {
        if object.key.kind == Kind::Table {
            tables.add(object.key.name());
        }
        if object.text_of("form") == Some("primary key") {
            let columns = object.list_of("columns").into_iter().map(str::to_owned);
            keys.insert(object.key.path[0].clone(), columns.collect());
        }
    }
    for object in objects {
        if object.text_of("form") != Some("foreign key") {
            continue;
        }
        let written = object.list_of("references").concat();
        let table = tables.or_as_it_is(written);
        let implied = keys
            .get(&table)
            .filter(|_| object.list_of("referenced_columns").is_empty());
        if let Some(columns) = implied {
            let columns = columns.clone();
            object
                .properties
                .insert("referenced_columns".into(), columns.into());
        }
        object
            .properties
            .insert("references".into(), vec![table.clone()].into());
        object.needs = vec![Key::new(Kind::Table, [table])];
    }
}
