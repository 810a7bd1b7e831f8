//! Looking for the tables of other tools by the catalog.

use limosa_core::Layout;
use limosa_sql::Dialect;

use super::columns::{Column, Holds};
use super::name::TableName;
use super::{Foreign, ForeignStore, store_of};
use crate::store::statement::{Context, Prepared};
use crate::store::{StoreError, Tables};
use crate::{Row, Session};

/// Where a tool looks for its table when its name has no schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Home {
    /// In the schema where it would be created, and nowhere else.
    First,
    /// In every schema of the path, and the first one that has it counts.
    Path,
    /// In `public`, whatever the path is.
    Public,
}

/// A table that has the name of one: where it is, and its columns.
#[derive(Debug, Clone)]
pub(in crate::store) struct Candidate {
    schema: String,
    pub(in crate::store) table: String,
    /// `a table`, or what else it is.
    kind: String,
    is_first: bool,
    is_visible: bool,
    /// Whether names that differ in case are different names.
    cases_differ: bool,
    columns: Vec<Column>,
}

impl Candidate {
    /// Its schema and name.
    pub(in crate::store) fn place(&self) -> (String, String) {
        (self.schema.clone(), self.table.clone())
    }

    /// Why it is not a table of that tool.
    fn problem(&self, dialect: Dialect, store: &dyn ForeignStore) -> Option<String> {
        if self.kind != "a table" {
            return Some(format!("it is {}", self.kind));
        }
        let wanted = store.columns().iter();
        wanted
            .copied()
            .find_map(|(name, holds)| self.lacks(dialect, name, holds))
    }

    fn lacks(&self, dialect: Dialect, name: &str, holds: Holds) -> Option<String> {
        let found = self
            .columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(name));
        match found {
            None => Some(format!("it has no column {name}")),
            Some(column) if !column.can_hold(dialect, holds) => Some(format!(
                "its column {name} has the type {}",
                column.type_name
            )),
            Some(_) => None,
        }
    }

    /// Whether a tool means it by a name without a schema.
    fn is_in(&self, home: Home) -> bool {
        match home {
            Home::First => self.is_first,
            Home::Path => self.is_visible,
            Home::Public => self.schema == "public",
        }
    }

    fn is_named(&self, name: &str) -> bool {
        if self.cases_differ {
            self.table == name
        } else {
            self.table.eq_ignore_ascii_case(name)
        }
    }

    fn not_theirs(&self, dialect: Dialect, tool: Layout, reason: String) -> StoreError {
        StoreError::NotTheirs {
            tool: tool.name(),
            table: self.qualified(dialect),
            reason,
        }
    }

    fn qualified(&self, dialect: Dialect) -> String {
        match dialect {
            Dialect::Sqlite => self.table.clone(),
            Dialect::Postgres | Dialect::Mysql => format!("{}.{}", self.schema, self.table),
        }
    }
}

impl Foreign {
    /// With the characters that its tool leaves out of its checksums.
    #[must_use]
    pub fn ignoring(mut self, ignored_chars: &str) -> Self {
        ignored_chars.clone_into(&mut self.ignored_chars);
        self
    }

    /// The table of a tool: the one that is there, else where the tool would create it. `None` when there is no
    /// such tool for this kind of database.
    ///
    /// # Errors
    /// When a table of that name is not one of the tool.
    pub fn find(
        session: &mut dyn Session,
        tool: Layout,
        name: Option<&str>,
        ignored_chars: &str,
    ) -> Result<Option<Self>, StoreError> {
        let dialect = session.dialect();
        let Some(wanted) = Wanted::of(dialect, tool, name)? else {
            return Ok(None);
        };
        let found = wanted.look(session)?;
        match wanted.among(dialect, found)? {
            Found::There(table) => Ok(Some(table.ignoring(ignored_chars))),
            Found::Absent(absent) => absent.place(session, ignored_chars).map(Some),
        }
    }

    /// Looks again for a table that was not there: the tool may have made it while its lock was waited for.
    ///
    /// # Errors
    /// When a table of that name is not one of the tool.
    pub fn look_again(&mut self, session: &mut dyn Session) -> Result<(), StoreError> {
        let dialect = session.dialect();
        let found = look(session, Some(&self.schema), &[&self.table])?;
        let Some(found) = found.into_iter().find(|one| one.is_named(&self.table)) else {
            return Ok(());
        };
        match found.problem(dialect, self.store()) {
            None => self.exists = true,
            Some(reason) => return Err(found.not_theirs(dialect, self.tool, reason)),
        }
        self.table = found.table;
        Ok(())
    }

    /// Every tool whose table is there under its usual name, with that name. Two tools may use the same table.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn find_all(session: &mut dyn Session) -> Result<Vec<(Layout, String)>, StoreError> {
        let all = find_usual(session)?.into_iter();
        Ok(all.map(|(tool, found)| (tool, found.table)).collect())
    }

    /// Its schema and name.
    pub(in crate::store) fn place(&self) -> (String, String) {
        (self.schema.clone(), self.table.clone())
    }
}

/// What became of the search for the table of a tool.
pub enum Found {
    /// It is there.
    There(Foreign),
    /// It is not.
    Absent(Absent),
}

/// A table of a tool that is not there.
pub struct Absent(Wanted);

impl Absent {
    /// Where the tool would create it.
    ///
    /// # Errors
    /// When there is no such schema.
    pub fn place(
        self,
        session: &mut dyn Session,
        ignored_chars: &str,
    ) -> Result<Foreign, StoreError> {
        let Wanted { tool, store, name } = self.0;
        let public = (store.home() == Home::Public).then_some("public");
        let home = Tables::home(session, name.schema.as_deref().or(public))?;
        Ok(Foreign {
            tool,
            schema: home.schema().to_owned(),
            table: name.table,
            exists: false,
            ignored_chars: ignored_chars.to_owned(),
        })
    }
}

/// The table of a tool that is looked for.
pub(in crate::store) struct Wanted {
    tool: Layout,
    store: &'static dyn ForeignStore,
    name: TableName,
}

impl Wanted {
    /// `None` when there is no such tool for this kind of database.
    pub(in crate::store) fn of(
        dialect: Dialect,
        tool: Layout,
        name: Option<&str>,
    ) -> Result<Option<Self>, StoreError> {
        let Some(store) = store_of(tool).filter(|store| store.supports(dialect)) else {
            return Ok(None);
        };
        let name = TableName::parse(dialect, name.unwrap_or(store.table()))?;
        Ok(Some(Self { tool, store, name }))
    }

    /// Whether it has the name that its tool gives it.
    pub(in crate::store) fn is_usual(&self) -> bool {
        self.name.schema.is_none() && self.name.table == self.store.table()
    }

    /// The tables that may be it.
    pub(in crate::store) fn look(
        &self,
        session: &mut dyn Session,
    ) -> Result<Vec<Candidate>, StoreError> {
        look(session, self.name.schema.as_deref(), &[&self.name.table])
    }

    /// The one among these tables.
    pub(in crate::store) fn among(
        self,
        dialect: Dialect,
        tables: Vec<Candidate>,
    ) -> Result<Found, StoreError> {
        let found = tables.into_iter().find(|one| {
            one.is_named(&self.name.table)
                && (self.name.schema.is_some() || one.is_in(self.store.home()))
        });
        let Some(found) = found else {
            return Ok(Found::Absent(Absent(self)));
        };
        if let Some(reason) = found.problem(dialect, self.store) {
            return Err(found.not_theirs(dialect, self.tool, reason));
        }
        Ok(Found::There(Foreign {
            tool: self.tool,
            schema: found.schema,
            table: found.table,
            exists: true,
            ignored_chars: String::new(),
        }))
    }
}

/// The tables that are there under the usual name of a tool.
fn find_usual(session: &mut dyn Session) -> Result<Vec<(Layout, Candidate)>, StoreError> {
    let Prepared { sql, parameters } = usual_question(session.dialect());
    let rows = session.query(&sql, &parameters);
    let rows = rows.map_err(|cause| StoreError::Db {
        doing: DOING,
        cause,
    })?;
    Ok(usual(session.dialect(), &candidates(&rows)))
}

/// The tools that work with such databases.
fn tools(dialect: Dialect) -> impl Iterator<Item = (Layout, &'static dyn ForeignStore)> {
    Layout::ALL.into_iter().filter_map(move |tool| {
        let store = store_of(tool).filter(|store| store.supports(dialect))?;
        Some((tool, store))
    })
}

/// The statement that looks for the tables of all tools under their usual names.
pub(in crate::store) fn usual_question(dialect: Dialect) -> Prepared {
    let names: Vec<&str> = tools(dialect).map(|(_, store)| store.table()).collect();
    question(dialect, None, &names)
}

/// Those of these tables that are of a tool, with the tool.
pub(in crate::store) fn usual(dialect: Dialect, found: &[Candidate]) -> Vec<(Layout, Candidate)> {
    let mut all = Vec::new();
    for one in found {
        for (tool, store) in tools(dialect) {
            if one.is_named(store.table())
                && one.is_in(store.home())
                && one.problem(dialect, store).is_none()
            {
                all.push((tool, one.clone()));
            }
        }
    }
    all
}

const DOING: &str = "looking for the tables of other tools";

/// The tables of these names that an unqualified name may mean, or those of a schema.
fn look(
    session: &mut dyn Session,
    schema: Option<&str>,
    names: &[&str],
) -> Result<Vec<Candidate>, StoreError> {
    let Prepared { sql, parameters } = question(session.dialect(), schema, names);
    let rows = session.query(&sql, &parameters);
    let rows = rows.map_err(|cause| StoreError::Db {
        doing: DOING,
        cause,
    })?;
    Ok(candidates(&rows))
}

fn question(dialect: Dialect, schema: Option<&str>, names: &[&str]) -> Prepared {
    let file = match dialect {
        Dialect::Postgres => include_str!("../sql/find_foreign_postgres.sql"),
        Dialect::Mysql => include_str!("../sql/find_foreign_mysql.sql"),
        Dialect::Sqlite => include_str!("../sql/find_foreign_sqlite.sql"),
    };
    let context = Context {
        dialect,
        tables: None,
        foreign: None,
        lock: "",
        guard: "",
    };
    // No name has this character.
    let names = names.join("\u{1}");
    context.question(file, &[("names", names.into()), ("schema", schema.into())])
}

/// The tables in the rows of such a statement.
pub(in crate::store) fn candidates(rows: &[Row]) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for row in rows {
        let text = |at| row.text(at).unwrap_or_default();
        let column = Column {
            name: text(3),
            type_name: text(4),
        };
        match found.last_mut() {
            Some(last) if (&last.schema, &last.table) == (&text(0), &text(1)) => {
                last.columns.push(column);
            }
            _ => found.push(Candidate {
                schema: text(0),
                table: text(1),
                kind: text(2),
                is_first: row.is_true(5),
                is_visible: row.is_true(6),
                cases_differ: row.is_true(7),
                columns: vec![column],
            }),
        }
    }
    found
}
