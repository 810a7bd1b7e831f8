//! Fills the tables of a database with rows that satisfy its constraints.
//!
//! The rows come from [`limosa_schema::rows`]; what the schema does not say, the server does: a row that it refuses is
//! tried with other values. Constraints and triggers hold while that is done, since the state is to be one that an
//! application could have made.

mod culprit;
mod within;

use std::collections::BTreeMap;

use limosa_db::{DbError, Locked};
use limosa_schema::rows::{Attempt, Filling, Made, Row, Standing, Table};
use limosa_schema::{Key, Schema};
use limosa_sql::Dialect;

pub use culprit::culprit;
pub use limosa_schema::rows::Shape;
pub(crate) use within::{Within, attempt};

use limosa_db::store::quote_identifier;

/// What was filled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    /// How many rows were added.
    pub rows: usize,
    /// Tables that took no row.
    pub unproved: Vec<Unproved>,
}

/// A table that holds no row, so that nothing is known about its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unproved {
    /// Which.
    pub key: Key,
    /// Why, for people.
    pub reason: String,
}

/// How many tables are filled by one message, as long as all goes well.
const TOGETHER: usize = 25;

/// What is tried, one after the other, until the server takes a row.
const ATTEMPTS: [Attempt; 9] = {
    const fn attempt(salt: usize, plain: bool, numbered: bool) -> Attempt {
        Attempt {
            salt,
            plain,
            numbered,
            asks: salt % 2 == 1,
            unchecked: false,
        }
    }
    [
        attempt(0, false, false),
        attempt(1, false, false),
        attempt(2, false, true),
        attempt(3, false, true),
        attempt(0, true, false),
        attempt(3, true, true),
        attempt(5, true, false),
        attempt(7, true, true),
        // What was read of a check may be wrong.
        Attempt {
            unchecked: true,
            ..attempt(0, false, false)
        },
    ]
};

/// Adds about five rows to each table. Rows that are there already stay. Works in a transaction and outside.
///
/// # Errors
/// When the session is of no use any more; a refusal of the server is told in [`Filled::unproved`].
pub fn fill(session: &mut Locked, schema: &Schema) -> Result<Filled, DbError> {
    fill_with(session, schema, &Shape::ALL)
}

/// As [`fill`], with rows of these shapes only: an up that works over [`Shape::Ordinary`], [`Shape::Bare`] and
/// [`Shape::Duplicate`] and fails over all fails over a value that is very long, large or strange.
///
/// # Errors
/// As [`fill`].
pub fn fill_with(
    session: &mut Locked,
    schema: &Schema,
    shapes: &[Shape],
) -> Result<Filled, DbError> {
    let filling = Filling::of(schema);
    if filling.tables.is_empty() {
        return Ok(Filled::default());
    }
    let within = Within::enter(session)?;
    let mut work = Work {
        session,
        shapes,
        standing: Standing::default(),
        filled: Filled::default(),
        refused: BTreeMap::new(),
    };
    let done = work.all(&filling, schema);
    let filled = work.filled;
    match done {
        Ok(()) => {
            within.leave(session)?;
            Ok(filled)
        }
        Err(error) => {
            // The session may be of no use any more, which is what is told.
            let _ = within.undo(session);
            Err(error)
        }
    }
}

struct Work<'w> {
    session: &'w mut Locked,
    shapes: &'w [Shape],
    /// The rows that each table has.
    standing: Standing,
    filled: Filled,
    refused: BTreeMap<Key, String>,
}

impl Work<'_> {
    fn all(&mut self, filling: &Filling, schema: &Schema) -> Result<(), DbError> {
        if schema.dialect == Dialect::Postgres && deferred(schema).is_some() {
            self.session.run("SET CONSTRAINTS ALL IMMEDIATE")?;
        }
        self.count(filling)?;
        for tables in filling.tables.chunks(TOGETHER) {
            if !self.together(tables)? {
                for table in tables {
                    self.one(table)?;
                }
            }
        }
        for table in &filling.tables {
            for statement in table.refer_later() {
                // The key stays NULL where that is refused, which is allowed.
                attempt(self.session, &statement)?.ok();
            }
        }
        settle(self.session, schema)?;
        for table in &filling.tables {
            if self.rows_of(&table.key) == 0 {
                let reason = self.why(table, filling);
                self.filled.unproved.push(Unproved {
                    key: table.key.clone(),
                    reason,
                });
            }
        }
        Ok(())
    }

    fn rows_of(&self, table: &Key) -> usize {
        self.standing.count(table)
    }

    /// Rows that are there before.
    fn count(&mut self, filling: &Filling) -> Result<(), DbError> {
        let dialect = self.session.dialect();
        let tables: Vec<&Table> = filling.tables.iter().collect();
        for (chunk, tables) in tables.chunks(100).enumerate() {
            let counts = tables.iter().enumerate().map(|(index, table)| {
                let path = quoted_path(dialect, &table.key);
                let number = chunk * 100 + index;
                format!("SELECT {number}, count(*) FROM (SELECT 1 AS n FROM {path} LIMIT 10) t")
            });
            let sql = counts.collect::<Vec<_>>().join("\nUNION ALL ");
            for row in self.session.query(&sql, &[])? {
                let (Some(index), Some(count)) = (row.int(0), row.int(1)) else {
                    continue;
                };
                let table = usize::try_from(index)
                    .ok()
                    .and_then(|at| filling.tables.get(at));
                if let (Some(table), Ok(count)) = (table, usize::try_from(count)) {
                    self.standing.there(&table.key, count);
                }
            }
        }
        Ok(())
    }

    /// Fills tables by one message; false where something was refused, and nothing was done.
    fn together(&mut self, tables: &[Table]) -> Result<bool, DbError> {
        if self.session.dialect() == Dialect::Mysql {
            return Ok(false);
        }
        let mut text = String::new();
        let mut added = 0;
        for table in tables {
            let rows = table.rows(self.shapes, ATTEMPTS[0], &self.standing);
            for statement in table.insert(&rows) {
                text.push_str(&statement);
                text.push_str(";\n");
            }
            added += rows.len();
            for row in &rows {
                self.standing.add(table, row);
            }
        }
        if attempt(self.session, &text)?.is_err() {
            for table in tables {
                self.standing.forget(&table.key);
            }
            return Ok(false);
        }
        self.filled.rows += added;
        Ok(true)
    }

    /// Fills a table by itself, at last row by row.
    fn one(&mut self, table: &Table) -> Result<(), DbError> {
        let mut made = Made::default();
        let rows = table.rows(self.shapes, ATTEMPTS[0], &self.standing);
        let (own, first): (Vec<Row>, Vec<Row>) =
            rows.into_iter().partition(|row| row.refers_to_own);
        let mut left = Vec::new();
        for rows in [first, own] {
            if rows.is_empty() {
                continue;
            }
            match attempt(self.session, &table.insert(&rows).join(";\n"))? {
                Ok(()) => {
                    for row in &rows {
                        made.keep(row);
                        self.added(table, row);
                    }
                }
                Err(_) => left.extend(rows.into_iter().map(|row| row.shape)),
            }
        }
        let missing = self
            .shapes
            .iter()
            .copied()
            .filter(|shape| made.rows() == 0 || left.contains(shape));
        for shape in missing.collect::<Vec<_>>() {
            self.row(table, shape, &mut made)?;
        }
        Ok(())
    }

    fn added(&mut self, table: &Table, row: &Row) {
        self.standing.add(table, row);
        self.filled.rows += 1;
    }

    /// Tries to add one row.
    fn row(&mut self, table: &Table, shape: Shape, made: &mut Made) -> Result<(), DbError> {
        for how in ATTEMPTS {
            let Some(row) = table.row(shape, how, &self.standing, made) else {
                continue;
            };
            let statements = table.insert(std::slice::from_ref(&row));
            match attempt(self.session, &statements.join(";\n"))? {
                Ok(()) => {
                    made.keep(&row);
                    self.added(table, &row);
                    return Ok(());
                }
                Err(error) => {
                    let reason = self.refused.entry(table.key.clone());
                    reason.or_insert_with(|| said(&error));
                }
            }
        }
        Ok(())
    }

    /// Why a table has no row.
    fn why(&self, table: &Table, filling: &Filling) -> String {
        let missing = table.foreign_keys().iter().find(|key| {
            !key.is_optional && key.parent != table.key && self.rows_of(&key.parent) == 0
        });
        if let Some(key) = missing {
            let parent = &key.parent;
            return if filling.entangled.contains(&table.key) {
                format!(
                    "it and {parent} need rows of each other, so that neither can be filled first"
                )
            } else {
                format!("it needs a row of {parent}, which has none")
            };
        }
        let refused = self.refused.get(&table.key).cloned();
        refused
            .or_else(|| table.without_values())
            .unwrap_or_else(|| "no values are known that its constraints allow together".to_owned())
    }
}

/// What the server said, in one line.
fn said(error: &DbError) -> String {
    let detail = error
        .failure()
        .and_then(|failure| failure.detail.as_deref());
    match detail {
        Some(detail) => format!("the server refuses its rows: {error} ({detail})"),
        None => format!("the server refuses its rows: {error}"),
    }
}

/// Checks what is deferred, and defers again what was: rows whose constraints are still to be checked would stand in
/// the way of a migration.
pub(crate) fn settle(session: &mut Locked, schema: &Schema) -> Result<(), DbError> {
    if schema.dialect != Dialect::Postgres {
        return Ok(());
    }
    if let Some(deferred) = deferred(schema) {
        session.run("SET CONSTRAINTS ALL IMMEDIATE")?;
        session.run(&deferred)?;
    }
    Ok(())
}

/// The statement that defers again what is deferred at the beginning of a transaction; `None` where nothing can be
/// deferred.
fn deferred(schema: &Schema) -> Option<String> {
    let constraints = schema.of(limosa_schema::Kind::Constraint);
    let triggers = schema.of(limosa_schema::Kind::Trigger);
    let mut any = false;
    let mut names = Vec::new();
    for one in constraints.chain(triggers) {
        // A constraint trigger says it in its definition.
        let says = |words: &str| {
            one.text_of("definition")
                .is_some_and(|text| text.contains(words))
        };
        let is_deferred = one.is("initially_deferred") || says("INITIALLY DEFERRED");
        any |= one.is("deferrable") || is_deferred || says(" DEFERRABLE ");
        if is_deferred
            && let (Some(parent), Some(name)) = (&one.parent, one.key.path.last())
            && let Some(schema) = parent.path.first()
        {
            names.push(format!(
                "{}.{}",
                quote_identifier(Dialect::Postgres, schema),
                quote_identifier(Dialect::Postgres, name)
            ));
        }
    }
    match names.as_slice() {
        [] => any.then(String::new),
        names => Some(format!("SET CONSTRAINTS {} DEFERRED", names.join(", "))),
    }
}

/// The name of a table in SQL.
pub(crate) fn quoted_path(dialect: Dialect, table: &Key) -> String {
    let parts = table.path.iter();
    let parts = parts.map(|part| quote_identifier(dialect, part));
    parts.collect::<Vec<_>>().join(".")
}
