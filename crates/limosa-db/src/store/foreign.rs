//! The history tables of other tools: the seam, and what all of them share.
//!
//! Each tool has a file beside this one, which says how its table looks, how it is read and what is
//! written for a change. The other tool has to accept every row as its own.

mod aside;
mod change;
mod columns;
mod find;
mod name;
mod reader;

pub use change::{Change, Stage};

use limosa_core::foreign::{ForeignHistory, Marks, Unfinished, tool_checksum};
use limosa_core::{Layout, Script, ScriptError};
use limosa_sql::Dialect;

use super::statement::{Context, Prepared, quote_identifier};
use super::{StoreError, db_migrate, go_pg, golang_migrate, goose, liamstask_goose, sqlx};
use crate::{Expect, Locked, OtherLock, Server, Session, Value};
pub(super) use change::Write;
pub(super) use columns::Holds;
pub use find::{Absent, Found};
pub(super) use find::{Candidate, Home, Wanted, candidates, usual, usual_question};
pub(super) use reader::TableReader;

/// How the table of one tool is read and written.
pub(super) trait ForeignStore: Sync {
    /// The name of its table, unless configured.
    fn table(&self) -> &'static str;

    /// Where it looks for that, unless the name says it.
    fn home(&self) -> Home;

    /// The columns by which its table is known, in lower case, and what is in them.
    fn columns(&self) -> &'static [(&'static str, Holds)];

    /// Whether the tool works with such databases.
    fn supports(&self, dialect: Dialect) -> bool;

    /// What creates the table as the tool does, with the rows that the tool puts in at first.
    fn create(&self, dialect: Dialect) -> &'static [&'static str];

    /// What the table says.
    fn read(&self, table: &mut TableReader<'_>) -> Result<Contents, StoreError>;

    /// What is written at a stage of a change. Nothing where the tool has no row for that stage.
    fn write(&self, dialect: Dialect, change: &Change<'_>) -> Vec<Write>;

    /// Whether the tool writes down how long a migration took.
    fn keeps_durations(&self) -> bool {
        false
    }

    /// Whether the tool locks its table, in a transaction, while it works.
    fn locks_its_table(&self) -> bool {
        false
    }

    /// Who of the tool works without its lock, where not everybody takes it, as a clause.
    fn who_takes_no_lock(&self) -> Option<&'static str> {
        None
    }

    /// The locks that the tool takes while it works.
    fn locks(&self, server: &Server, schema: &str, table: &str) -> Vec<OtherLock> {
        let _ = (server, schema, table);
        Vec::new()
    }
}

/// What a table says.
pub(super) struct Contents {
    pub marks: Marks,
    pub unfinished: Option<Unfinished>,
}

/// The store of a tool; `None` for our own layout.
fn store_of(tool: Layout) -> Option<&'static dyn ForeignStore> {
    match tool {
        Layout::Native => None,
        Layout::GolangMigrate => Some(&golang_migrate::GolangMigrate),
        Layout::Goose => Some(&goose::Goose),
        Layout::LiamstaskGoose => Some(&liamstask_goose::LiamstaskGoose),
        Layout::DbMigrate => Some(&db_migrate::DbMigrate),
        Layout::Sqlx => Some(&sqlx::Sqlx),
        Layout::GoPg => Some(&go_pg::GoPg),
    }
}

/// The history table of another tool, there or not yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    tool: Layout,
    schema: String,
    table: String,
    exists: bool,
    ignored_chars: String,
}

impl Foreign {
    /// The tool, named by its layout.
    pub fn tool(&self) -> Layout {
        self.tool
    }

    /// The checksum that the tool keeps of a script; `None` when it keeps none.
    ///
    /// # Errors
    /// When the script cannot be read, or is not the one any more that was planned.
    pub fn checksum(&self, script: &Script) -> Result<Option<Vec<u8>>, ScriptError> {
        tool_checksum(self.tool, script, &self.ignored_chars)
    }

    /// Whether the tool writes down how long a migration took, so that it has to be known when it is recorded.
    pub fn keeps_durations(&self) -> bool {
        self.store().keeps_durations()
    }

    /// Whether the table is there.
    pub fn exists(&self) -> bool {
        self.exists
    }

    /// Its qualified name, for people.
    pub fn shown(&self, dialect: Dialect) -> String {
        match dialect {
            Dialect::Sqlite => self.table.clone(),
            Dialect::Postgres | Dialect::Mysql => format!("{}.{}", self.schema, self.table),
        }
    }

    /// The locks that the tool takes while it works, which keep it out.
    pub fn locks(&self, server: &Server) -> Vec<OtherLock> {
        self.store().locks(server, &self.schema, &self.table)
    }

    /// Who of the tool takes no lock, so that nothing keeps it from working at the same time, as a clause.
    pub fn who_takes_no_lock(&self, server: &Server) -> Option<String> {
        // There the transaction itself keeps everybody out.
        if server.target.dialect == Dialect::Sqlite || self.store().locks_its_table() {
            return None;
        }
        if self.locks(server).is_empty() {
            return Some(format!("{} takes no lock", self.tool));
        }
        self.store().who_takes_no_lock().map(str::to_owned)
    }

    /// What the table says; nothing is applied where there is none.
    ///
    /// # Errors
    /// When it cannot be read, or a row cannot be understood.
    pub fn read(&self, session: &mut dyn Session) -> Result<ForeignHistory, StoreError> {
        let contents = if self.exists {
            self.store().read(&mut TableReader {
                foreign: self,
                session,
            })?
        } else {
            Contents {
                marks: Marks::Each(Vec::new()),
                unfinished: None,
            }
        };
        let dialect = session.dialect();
        Ok(ForeignHistory {
            tool: self.tool,
            table: self.shown(dialect),
            marks: contents.marks,
            unfinished: contents.unfinished,
            ignored_chars: self.ignored_chars.clone(),
        })
    }

    /// Creates the table as the tool does and writes what is applied, in the transaction that is open. False when
    /// it is not what was just made.
    ///
    /// # Errors
    /// What the server answers.
    pub fn create(
        &mut self,
        session: &mut Locked,
        applied: &[Change<'_>],
    ) -> Result<bool, StoreError> {
        let dialect = session.dialect();
        let run = |session: &mut Locked, sql: &str| {
            let done = session.run(sql).map(drop);
            done.map_err(|cause| self.failed("creating", dialect, cause))
        };
        // Where each definition commits by itself, the table is made under another name: whoever sees it sees all of
        // it, and what is left of an attempt that died is nobody's.
        let draft = match dialect {
            Dialect::Mysql => Some(Self {
                table: format!("limosa_new_{}", self.table),
                ..self.clone()
            }),
            Dialect::Postgres | Dialect::Sqlite => None,
        };
        let made = draft.as_ref().unwrap_or(self);
        if let Some(draft) = &draft {
            let drop = draft.prepare(dialect, "DROP TABLE IF EXISTS {table}", &[]);
            run(session, &drop.sql)?;
        }
        for sql in self.store().create(dialect) {
            run(session, &made.prepare(dialect, sql, &[]).sql)?;
        }
        for change in applied {
            if !made.write(session, change)? {
                return Ok(false);
            }
        }
        if let Some(draft) = &draft {
            let [from, to] = [draft, self].map(|one| one.prepare(dialect, "{table}", &[]).sql);
            run(session, &format!("RENAME TABLE {from} TO {to}"))?;
        }
        self.exists = true;
        Ok(true)
    }

    /// Writes a stage of a change, in the transaction that is open. False when the table is not what the
    /// change was planned for: the other tool was at work.
    ///
    /// # Errors
    /// What the server answers.
    pub fn write(&self, session: &mut Locked, change: &Change<'_>) -> Result<bool, StoreError> {
        let dialect = session.dialect();
        for write in self.store().write(dialect, change) {
            let prepared = self.prepare(dialect, write.sql, &change.values());
            let result = session.change(&prepared.sql, &prepared.parameters, write.expected);
            if !result.map_err(|cause| self.failed("writing", dialect, cause))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The statements of a stage of a change, for a script that a person runs by hand.
    pub fn script(&self, dialect: Dialect, change: &Change<'_>) -> Vec<String> {
        let writes = self.store().write(dialect, change);
        let written = writes
            .iter()
            .filter(|write| write.expected != Expect::Found);
        written
            .map(|write| {
                let prepared = self.prepare(dialect, write.sql, &change.values());
                format!("{};", super::script::inline(dialect, &prepared))
            })
            .collect()
    }

    /// The statements that create the table, for such a script.
    pub fn create_script(&self, dialect: Dialect) -> Vec<String> {
        let create = self.store().create(dialect);
        let sql = |sql: &&str| format!("{};", self.prepare(dialect, sql, &[]).sql);
        create.iter().map(sql).collect()
    }

    fn store(&self) -> &'static dyn ForeignStore {
        store_of(self.tool).expect("only tools with a store are found")
    }

    /// The name as an identifier, with its schema and without.
    fn quoted(&self, dialect: Dialect) -> [String; 2] {
        let name = quote_identifier(dialect, &self.table);
        let schema = quote_identifier(dialect, &self.schema);
        [format!("{schema}.{name}"), name]
    }

    fn prepare(&self, dialect: Dialect, sql: &str, values: &[(&str, Value)]) -> Prepared {
        let [table, name] = self.quoted(dialect);
        Context {
            dialect,
            tables: None,
            foreign: Some([&table, &name]),
            lock: "",
            guard: "",
        }
        .prepare(sql, values)
    }

    fn failed(&self, doing: &'static str, dialect: Dialect, cause: crate::DbError) -> StoreError {
        StoreError::Foreign {
            doing,
            tool: self.tool.name(),
            table: self.shown(dialect),
            cause,
        }
    }
}
