//! Makes rows: looks for values that the constraints allow together.

use std::collections::BTreeSet;

use super::evaluate::{Scalar, holds};
use super::pool::pool;
use super::refer::Reference;
use super::samples::Sample;
use super::standing::Standing;
use super::table::{Column, Table, Unique};
use super::variables::Variable;
use limosa_sql::Dialect;

/// What a row is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// Every column has a value that nobody would wonder at.
    Ordinary,
    /// NULL wherever it is allowed, else the default.
    Bare,
    /// The longest and largest values.
    Extreme,
    /// Quotes, other scripts, empty texts, the least numbers.
    Strange,
    /// As the ordinary one, but for what must be unique.
    Duplicate,
}

impl Shape {
    /// All, in the order in which they are made.
    pub const ALL: [Self; 5] = [
        Self::Ordinary,
        Self::Bare,
        Self::Extreme,
        Self::Strange,
        Self::Duplicate,
    ];
}

/// How to make a row, when it was refused before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attempt {
    /// Each number gives other values.
    pub salt: usize,
    /// Ordinary values only, and none where none is needed.
    pub plain: bool,
    /// The server numbers what it can number. Else the rows name numbers far above those that it begins with, which
    /// migrations may name themselves (`INSERT INTO roles (id, …) VALUES (1, …)`).
    pub numbered: bool,
    /// Which rows other tables have is asked of the server: a trigger may have made other rows of those that were sent.
    pub asks: bool,
    /// Checks are left to the server.
    pub unchecked: bool,
}

/// What a row says of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing: the server decides.
    Omitted,
    /// NULL.
    Null,
    /// An SQL expression.
    Value(String),
}

/// A row to be inserted.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it is made for.
    pub shape: Shape,
    /// For each column that may be named.
    pub cells: Vec<Cell>,
    /// Whether it refers to a row of its own table, which must be there before.
    pub refers_to_own: bool,
    /// What is unique in it.
    unique: Vec<String>,
    choices: Vec<Choice>,
}

/// What was chosen for a variable: a column, or all columns of a foreign key.
#[derive(Debug, Clone, PartialEq)]
enum Choice {
    Value(Sample),
    Null,
    Omitted(Scalar),
    /// The row of the other table.
    Parent(usize),
    /// The row itself.
    Itself,
}

/// The rows of a table that were made so far.
#[derive(Debug, Clone, Default)]
pub struct Made {
    unique: BTreeSet<String>,
    ordinary: Option<Vec<Choice>>,
    pub(super) cells: Vec<Vec<Cell>>,
}

impl Made {
    /// Notes a row that is there.
    pub fn keep(&mut self, row: &Row) {
        self.unique.extend(row.unique.iter().cloned());
        if row.shape == Shape::Ordinary {
            self.ordinary = Some(row.choices.clone());
        }
        self.cells.push(row.cells.clone());
    }

    /// How many there are.
    pub fn rows(&self) -> usize {
        self.cells.len()
    }
}

/// How many assignments are tried for one row.
const BUDGET: usize = 4_000;

impl Table {
    /// A row of each shape, as far as the unique columns allow. `standing` has those of other tables.
    pub fn rows(&self, shapes: &[Shape], attempt: Attempt, standing: &Standing) -> Vec<Row> {
        let mut made = Made::default();
        let mut rows = Vec::new();
        for shape in shapes {
            if let Some(row) = self.row(*shape, attempt, standing, &made) {
                made.keep(&row);
                rows.push(row);
            }
        }
        rows
    }

    /// A row beside those that were made; `None` where no values are known that are allowed.
    pub fn row(
        &self,
        shape: Shape,
        attempt: Attempt,
        standing: &Standing,
        made: &Made,
    ) -> Option<Row> {
        let mut search = Search {
            table: self,
            shape,
            attempt,
            standing,
            made,
            choices: Vec::new(),
            scalars: vec![None; self.columns.len()],
            budget: BUDGET,
        };
        search.solve()?;
        Some(search.row())
    }
}

/// The choices of a variable, the best first.
type Choices<'t> = Box<dyn Iterator<Item = Choice> + 't>;

struct Search<'t> {
    table: &'t Table,
    shape: Shape,
    attempt: Attempt,
    standing: &'t Standing,
    made: &'t Made,
    choices: Vec<Choice>,
    /// What is known of each column by now.
    scalars: Vec<Option<Scalar>>,
    budget: usize,
}

impl<'t> Search<'t> {
    /// Depth first, with the choices of each variable in their order.
    fn solve(&mut self) -> Option<()> {
        let table = self.table;
        let mut open: Vec<Choices<'t>> = Vec::new();
        while self.choices.len() < self.table.variables.len() {
            let at = self.choices.len();
            if open.len() == at {
                open.push(self.choices_of(at));
            }
            let mut found = false;
            for choice in open[at].by_ref() {
                self.budget = self.budget.checked_sub(1)?;
                set(table, &table.variables[at], &choice, &mut self.scalars);
                self.choices.push(choice);
                if is_allowed(self, at) {
                    found = true;
                    break;
                }
                self.choices.pop();
            }
            if !found {
                clear(&table.variables[at], &mut self.scalars);
                open.pop();
                // What does not hang together with it cannot be the reason.
                let before = at.checked_sub(1)?;
                if self.table.variables[before].group != self.table.variables[at].group {
                    return None;
                }
                self.choices.pop();
            }
        }
        Some(())
    }

    fn choices_of(&self, at: usize) -> Choices<'t> {
        let variable = &self.table.variables[at];
        let all = match variable.key {
            Some(key) => Box::new(self.choices_of_key(key).into_iter()),
            None => self.choices_of_column(variable.columns[0]),
        };
        // What another row refers to in its own table is there only for the last.
        let own = variable.key.is_some_and(|key| {
            let key = &self.table.foreign_keys[key];
            key.parent == self.table.key && key.is_optional
        });
        let same = match self.shape {
            Shape::Duplicate if !own => self.made.ordinary.as_ref().and_then(|all| all.get(at)),
            _ => None,
        };
        match same {
            Some(same) => Box::new(std::iter::once(same.clone()).chain(all)),
            None => all,
        }
    }

    fn choices_of_key(&self, index: usize) -> Vec<Choice> {
        let key = &self.table.foreign_keys[index];
        if self.table.later.contains(&index) {
            return vec![Choice::Null];
        }
        let own = key.parent == self.table.key;
        let wants_null = self.shape == Shape::Bare || self.attempt.plain;
        // Before there is a row of the same table, none can be referred to.
        let parents = if own {
            self.made.rows()
        } else {
            self.standing.count(&key.parent)
        };
        // Two keys to one table lead to different rows.
        let same = self.table.foreign_keys[..index].iter();
        let shift = same.filter(|other| other.parent == key.parent).count();
        let first = self.shape as usize + shift + self.attempt.salt;
        let mut all: Vec<Choice> = (0..parents)
            .map(|step| Choice::Parent((first + step) % parents))
            .collect();
        if own && (!key.is_optional || parents == 0) {
            all.push(Choice::Itself);
        }
        if key.is_optional {
            let place = if wants_null || (own && parents == 0) {
                0
            } else {
                all.len()
            };
            all.insert(place, Choice::Null);
        }
        all
    }

    fn choices_of_column(&self, at: usize) -> Choices<'t> {
        let column: &'t Column = &self.table.columns[at];
        let default = || {
            let default = column.default.clone().filter(|_| !column.is_numbered);
            Choice::Omitted(default.unwrap_or(Scalar::Opaque("numbered".to_owned())))
        };
        if column.is_closed || (column.is_numbered && self.attempt.numbered && !self.names(at)) {
            return Box::new(std::iter::once(default()));
        }
        let values = pool(self.table, column, self.shape, self.attempt).map(Choice::Value);
        let without = (column.default.is_some() && !column.is_numbered).then(default);
        let null = column.nullable.then_some(Choice::Null);
        // NULL before the default.
        let none = null.into_iter().chain(without);
        if self.shape == Shape::Bare || self.attempt.plain {
            Box::new(none.chain(values))
        } else {
            Box::new(values.chain(none))
        }
    }

    /// Whether a row that refers to itself must know the value of a column.
    fn names(&self, at: usize) -> bool {
        let name = &self.table.columns[at].name;
        self.table.foreign_keys.iter().any(|key| {
            key.parent == self.table.key && !key.is_optional && key.referenced.contains(name)
        })
    }

    /// The text that a unique key has in this row; `None` while it is not complete, or need not be unique.
    fn unique_text(&self, index: usize, unique: &Unique) -> Option<String> {
        let mut text = format!("{index}:");
        for at in &unique.columns {
            match self.scalars[*at].as_ref()? {
                Scalar::Null if !unique.nulls_count => return None,
                Scalar::Null => text.push_str("NULL"),
                Scalar::Opaque(what) if what == "numbered" => return None,
                Scalar::Opaque(what) => text.push_str(what),
                Scalar::Bool(value) => text.push_str(&value.to_string()),
                Scalar::Number(number) => text.push_str(&number.to_string()),
                // Some servers tell neither case nor blanks at the end apart.
                Scalar::Text(value) => text.push_str(value.to_lowercase().trim_end()),
            }
            text.push('\u{1}');
        }
        match &unique.predicate {
            Some(predicate) if holds(predicate, &|name| self.lookup(name)) == Some(false) => None,
            _ => Some(text),
        }
    }

    fn lookup(&self, name: &str) -> Option<Scalar> {
        self.scalars[self.table.column(name)?].clone()
    }

    fn row(&self) -> Row {
        let dialect = self.table.dialect;
        let mut cells = vec![Cell::Omitted; self.table.columns.len()];
        let mut refers_to_own = false;
        let mut assigned = Vec::new();
        for (variable, choice) in self.table.variables.iter().zip(&self.choices) {
            if variable.key.is_none() {
                cells[variable.columns[0]] = cell(dialect, choice);
            }
            assigned.push((variable, choice));
        }
        // Keys of few columns stand first, so that those of more know what is bound by then.
        assigned.retain(|(variable, _)| variable.key.is_some());
        assigned.sort_by_key(|(variable, _)| variable.key);
        let mut done: BTreeSet<usize> = BTreeSet::new();
        for (variable, choice) in assigned {
            let Some(index) = variable.key else { continue };
            let own = self.table.foreign_keys[index].parent == self.table.key;
            for at in &variable.columns {
                cells[*at] = self.key_cell(index, *at, choice, &cells, &done);
                // What a query finds must be there before the statement.
                let asks = matches!(&cells[*at], Cell::Value(sql) if sql.starts_with("(SELECT"));
                refers_to_own |= own && asks;
            }
            done.extend(&variable.columns);
        }
        let uniques = self.table.uniques.iter().enumerate();
        Row {
            shape: self.shape,
            cells,
            refers_to_own,
            unique: uniques
                .filter_map(|(index, unique)| self.unique_text(index, unique))
                .collect(),
            choices: self.choices.clone(),
        }
    }

    fn key_cell(
        &self,
        index: usize,
        at: usize,
        choice: &Choice,
        cells: &[Cell],
        done: &BTreeSet<usize>,
    ) -> Cell {
        let key = &self.table.foreign_keys[index];
        let dialect = self.table.dialect;
        let Some(place) = key.columns.iter().position(|one| *one == at) else {
            return Cell::Omitted;
        };
        match choice {
            Choice::Parent(row) => {
                let reference = Reference {
                    table: self.table,
                    attempt: self.attempt,
                    standing: self.standing,
                    made: self.made,
                    cells,
                    done,
                };
                reference.to(key, place, *row)
            }
            Choice::Itself => {
                let referenced = self.table.column(&key.referenced[place]);
                referenced.map_or(Cell::Null, |one| cells[one].clone())
            }
            _ if self.table.columns[at].nullable => Cell::Null,
            // Of several columns one that is NULL is enough; the others have any value.
            _ => {
                let column = &self.table.columns[at];
                let first = pool(self.table, column, self.shape, self.attempt).next();
                first.map_or(Cell::Omitted, |one| Cell::Value(one.literal.sql(dialect)))
            }
        }
    }
}

fn cell(dialect: Dialect, choice: &Choice) -> Cell {
    match choice {
        Choice::Value(sample) => Cell::Value(sample.literal.sql(dialect)),
        Choice::Null => Cell::Null,
        _ => Cell::Omitted,
    }
}

fn clear(variable: &Variable, scalars: &mut [Option<Scalar>]) {
    for at in &variable.columns {
        scalars[*at] = None;
    }
}

fn set(table: &Table, variable: &Variable, choice: &Choice, scalars: &mut [Option<Scalar>]) {
    for at in &variable.columns {
        scalars[*at] = Some(match choice {
            Choice::Value(sample) => sample.scalar.clone(),
            Choice::Null if table.columns[*at].nullable => Scalar::Null,
            Choice::Null => Scalar::Opaque("any".to_owned()),
            Choice::Omitted(scalar) => scalar.clone(),
            Choice::Parent(row) => {
                let parent = variable.key.map(|key| &table.foreign_keys[key]);
                let parent = parent.map(|key| {
                    let place = key.columns.iter().position(|one| one == at);
                    let column = place.and_then(|place| key.referenced.get(place));
                    format!("{:?} {column:?}", key.parent.path)
                });
                Scalar::Opaque(format!("{}#{row}", parent.unwrap_or_default()))
            }
            Choice::Itself => Scalar::Opaque("numbered".to_owned()),
        });
    }
}

/// Whether nothing refuses the row that can be told by now.
fn is_allowed(search: &Search<'_>, at: usize) -> bool {
    let table = search.table;
    let columns = &search.table.variables[at].columns;
    let of = |name: &str| search.lookup(name);
    let mut checks: Vec<usize> = columns
        .iter()
        .flat_map(|at| table.columns[*at].checks.iter().copied())
        .collect();
    checks.sort_unstable();
    checks.dedup();
    let mut uniques = table.uniques.iter().enumerate();
    let keeps_checks = search.attempt.unchecked
        || checks
            .iter()
            .all(|index| holds(&table.checks[*index], &of) != Some(false));
    keeps_checks
        && uniques.all(|(index, unique)| {
            let concerned = unique.columns.iter().any(|at| columns.contains(at));
            !concerned
                || search
                    .unique_text(index, unique)
                    .is_none_or(|text| !search.made.unique.contains(&text))
        })
}
