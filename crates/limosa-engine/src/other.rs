//! The history of another tool beside ours: which one is kept, what it did, and taking that over.

mod compared;
mod said;
mod take_over;

pub use compared::Current;
pub(crate) use compared::{current, known_to};
pub(crate) use said::{no_lock, taken_over};
pub use take_over::Keep;
pub(crate) use take_over::{create_own, take_over};

use std::collections::BTreeSet;

use limosa_core::config::HistoryKind;
use limosa_core::history::History;
use limosa_core::{Class, Diagnostic, Layout, MigrationSet};
use limosa_db::Session;
use limosa_db::store::{Catalog, Foreign, Found, Limosa, Stores, Tables, Texts};

use crate::{Database, Problem};

/// What is configured about the history of another tool.
#[derive(Debug, Clone, Default)]
pub struct OtherTool {
    /// Which history is kept. Unless configured, both where the other tool's table is there, else ours alone.
    pub history: Option<HistoryKind>,
    /// The tool, named by its layout; `None` where there is no other one.
    pub tool: Option<Layout>,
    /// The name of its table; that which the tool gives it unless configured.
    pub table: Option<String>,
    /// Characters that the tool leaves out of its checksums.
    pub ignored_chars: String,
    /// Tools whose tables are there for other sets of migrations in the same database.
    pub of_other_sets: Vec<Layout>,
}

/// The table that is kept beside ours or instead of it.
#[derive(Debug, Clone)]
pub(crate) struct Beside {
    pub foreign: Foreign,
    /// Whether ours is kept, too.
    pub own: bool,
}

impl Beside {
    /// Looks which histories are kept. Writes nothing.
    pub fn find(
        session: &mut dyn Session,
        catalog: &Catalog,
        tables: Option<&Tables>,
        settings: &OtherTool,
    ) -> Result<Option<Self>, Problem> {
        let kind = settings.history;
        if kind == Some(HistoryKind::Native) {
            return Ok(None);
        }
        let Some(tool) = settings.tool else {
            return match kind {
                Some(kind) => Err(no_tool(kind)),
                None => Ok(None),
            };
        };
        let table = settings.table.as_deref();
        let foreign = match (catalog.table_of(session, tool, table)?, kind) {
            (Some(Found::There(foreign)), _) => foreign.ignoring(&settings.ignored_chars),
            (Some(Found::Absent(absent)), Some(_)) => {
                absent.place(session, &settings.ignored_chars)?
            }
            (Some(Found::Absent(_)), None) => {
                // Who names the table says what is meant.
                if tables.is_none() && table.is_none() {
                    none_of_others(catalog, tool, &settings.of_other_sets)?;
                }
                return Ok(None);
            }
            (None, Some(kind)) => {
                return Err(not_supported(kind, tool, session.server().product));
            }
            (None, None) => return Ok(None),
        };
        let own = kind != Some(HistoryKind::Foreign);
        Ok(Some(Self { foreign, own }))
    }
}

/// Another tool's table is there, and not that of the tool that the files are of: which one is meant?
fn none_of_others(
    catalog: &Catalog,
    tool: Layout,
    of_other_sets: &[Layout],
) -> Result<(), Problem> {
    let others = not_of_others(catalog.tools(), of_other_sets);
    let Some((other, table)) = others.first() else {
        return Ok(());
    };
    let message = format!(
        "the files are those of {tool}, and the database has {table}, the table of {other}"
    );
    Err(Problem::report(
        Diagnostic::error("other-history", Class::Usage, message)
            .with_note("nothing was changed")
            .with_help(format!(
                "if the files were applied by {other}, say so with `tool = \"{other}\"` in limosa.toml, or --tool {other}"
            ))
            .with_help("if that table has nothing to do with these files, say so with `history = \"native\"` there, or --history native"),
    ))
}

/// The tables without those that belong to other sets. A table may be of one tool as well as of another.
fn not_of_others(tools: Vec<(Layout, String)>, of_other_sets: &[Layout]) -> Vec<(Layout, String)> {
    let theirs: BTreeSet<String> = (tools.iter())
        .filter(|(tool, _)| of_other_sets.contains(tool))
        .map(|(_, table)| table.clone())
        .collect();
    let others = tools.into_iter();
    others
        .filter(|(_, table)| !theirs.contains(table))
        .collect()
}

fn no_tool(kind: HistoryKind) -> Problem {
    let message = format!("the history `{}` needs to know the other tool", kind.name());
    Problem::report(
        Diagnostic::error("no-other-tool", Class::Usage, message)
            .with_note("the files are in the native layout, which no other tool reads")
            .with_help("name it with `tool` in limosa.toml, or --tool TOOL"),
    )
}

fn not_supported(kind: HistoryKind, tool: Layout, product: &str) -> Problem {
    let message = match tool {
        Layout::Native => format!(
            "the history `{}` needs another tool than native",
            kind.name()
        ),
        tool => {
            format!("{tool} does not work with {product}, so there is no history of it to keep")
        }
    };
    Problem::report(
        Diagnostic::error("no-other-tool", Class::Usage, message)
            .with_help("leave `history` out, or set it to native"),
    )
}

impl Database {
    /// What is applied, with what the other tool did since both histories agreed. Writes nothing.
    ///
    /// # Errors
    /// When a history cannot be read, or they differ in a way that is not plain.
    pub fn current(&mut self, set: &MigrationSet, texts: Texts) -> Result<Current, Problem> {
        let history = if self.keeps_own() {
            self.history(texts)?
        } else {
            History::default()
        };
        let stores = self.stores()?;
        compared::compared(&stores, &mut *self.session, set, history)
    }

    /// The tools whose tables are there under their usual names, without the tables of those that other sets of
    /// migrations have, as it was when the database was opened. Two tools may use the same table.
    pub fn tools(&self, of_other_sets: &[Layout]) -> Vec<(Layout, String)> {
        not_of_others(self.catalog.tools(), of_other_sets)
    }

    /// From now on the history of another tool is kept, too, as configured. Writes nothing.
    ///
    /// # Errors
    /// When there is no such tool for this database, or its table cannot be used.
    pub fn keep(&mut self, other: OtherTool) -> Result<(), Problem> {
        self.beside = Beside::find(
            &mut *self.session,
            &self.catalog,
            self.tables.as_ref(),
            &other,
        )?;
        self.settings.other = Some(other);
        Ok(())
    }

    /// The table of another tool that is kept beside ours, or instead of it.
    pub fn other_table(&self) -> Option<&Foreign> {
        self.beside.as_ref().map(|beside| &beside.foreign)
    }

    /// Whether our own history is kept.
    pub fn keeps_own(&self) -> bool {
        self.beside.as_ref().is_none_or(|beside| beside.own)
    }

    pub(crate) fn stores(&mut self) -> Result<Stores, Problem> {
        let tables = match self.tables.clone() {
            Some(tables) => tables,
            None => self.catalog.home()?,
        };
        let own = Limosa::new(tables, &self.settings.set);
        Ok(match self.beside.clone() {
            None => Stores::with_own(own, None),
            Some(Beside { foreign, own: true }) => Stores::with_own(own, Some(foreign)),
            Some(Beside { foreign, .. }) => Stores::foreign_only(own, foreign),
        })
    }
}
