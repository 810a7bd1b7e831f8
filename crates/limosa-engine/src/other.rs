//! The history of another tool beside ours: which one is kept, what it did, and taking that over.

use std::time::Duration;

use limosa_core::config::HistoryKind;
use limosa_core::foreign::{FileMatch, Moved, compare, tool_checksum};
use limosa_core::history::{Applied, Direction, History, StoredScript};
use limosa_core::{Class, Diagnostic, Layout, MigrationSet};
use limosa_db::store::{Change, Foreign, Limosa, Stage, Stores, Tables, Taken, Texts};
use limosa_db::{Locked, Session};

use crate::apply::kept_scripts;
use crate::{Database, Problem, Settings, identity};

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
        let Some(foreign) = Foreign::find(session, tool, table, &settings.ignored_chars)? else {
            let product = session.server().product;
            return match kind {
                Some(kind) => Err(not_supported(kind, tool, product)),
                None => Ok(None),
            };
        };
        if kind.is_none() && !foreign.exists() {
            if tables.is_none() {
                none_of_others(session, tool)?;
            }
            return Ok(None);
        }
        let own = kind != Some(HistoryKind::Foreign);
        Ok(Some(Self { foreign, own }))
    }
}

/// Another tool's table is there, and not that of the tool that the files are of: which one is meant?
fn none_of_others(session: &mut dyn Session, tool: Layout) -> Result<(), Problem> {
    let others = Foreign::find_all(session)?;
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

/// Our history, and what the other tool did since both agreed.
#[derive(Debug, Clone, Default)]
pub struct Current {
    /// What is applied, with what the other tool did.
    pub history: History,
    /// What the other tool did and ours does not say yet.
    pub moved: Moved,
}

/// Reads both histories and holds one against the other. Writes nothing.
pub(crate) fn current(
    stores: &Stores,
    own: bool,
    session: &mut dyn Session,
    set: &MigrationSet,
    texts: Texts,
) -> Result<Current, Problem> {
    let history = if own {
        stores.history(session, texts)?
    } else {
        History::default()
    };
    let moved = match stores.foreign().filter(|foreign| foreign.exists()) {
        None => Moved::default(),
        Some(foreign) => {
            let theirs = foreign.read(session)?;
            compare(set, &history, &theirs).map_err(Problem::Foreign)?
        }
    };
    Ok(Current {
        history: moved.onto(&history),
        moved,
    })
}

/// Writes down in our history what the other tool did, and makes its table where there is none. The lock is held.
pub(crate) fn take_over(
    stores: &mut Stores,
    locked: &mut Locked,
    set: &MigrationSet,
    settings: &Settings,
    run: &str,
) -> Result<Moved, Problem> {
    let Some(foreign) = stores.foreign() else {
        return Ok(Moved::default());
    };
    if !foreign.exists() {
        make_table(stores, locked, set)?;
        return Ok(Moved::default());
    }
    let tool = foreign.tool();
    if stores.own().is_none() {
        return Ok(Moved::default());
    }
    let ours = stores.history(&mut *locked, Texts::Without)?;
    let theirs = foreign.read(&mut *locked)?;
    let moved = compare(set, &ours, &theirs).map_err(Problem::Foreign)?;
    if moved.is_nothing() {
        return Ok(moved);
    }
    let dialect = locked.dialect();
    let scripts: Vec<(StoredScript, StoredScript)> = (moved.ahead.iter())
        .map(|taken| match taken.file {
            // The text here is not the one that was applied.
            Some(FileMatch::Differs) => Ok((taken.row.up.clone(), StoredScript::default())),
            _ => kept_scripts(taken.up.as_ref(), taken.down.as_ref(), dialect),
        })
        .collect::<Result<_, _>>()
        .map_err(|error| unreadable(&moved, &error))?;
    let written = stores.take_over(
        locked,
        &Taken {
            run,
            actor: &settings.actor,
            tool_version: &settings.tool_version,
            tool: tool.name(),
            history: &ours,
            moved: &moved,
            scripts: &scripts,
            fresh: &identity::fresh,
        },
    )?;
    if written {
        return Ok(moved);
    }
    Err(refused(
        "the lock was lost before the history of the other tool was taken over",
    ))
}

/// Creates the table of the other tool, which then says what ours says.
fn make_table(stores: &mut Stores, locked: &mut Locked, set: &MigrationSet) -> Result<(), Problem> {
    let Some((tool, ignored_chars)) =
        (stores.foreign()).map(|foreign| (foreign.tool(), foreign.ignored_chars().to_owned()))
    else {
        return Ok(());
    };
    let mut rows = stores.history(&mut *locked, Texts::Without)?.applied;
    rows.sort_by_key(|row| row.sequence);
    let checksum = |row: &Applied| match set.get(&row.version).and_then(|one| one.up.as_ref()) {
        Some(up) => tool_checksum(tool, up, &ignored_chars)
            .map_err(|error| Problem::report(error.diagnostic(up))),
        None => Ok(None),
    };
    let checksums: Vec<Option<Vec<u8>>> = rows.iter().map(checksum).collect::<Result<_, _>>()?;
    let mut highest = None;
    let mut changes = Vec::new();
    for (row, checksum) in rows.iter().zip(&checksums) {
        let before = highest;
        highest = highest.max(Some(&row.version));
        changes.push(Change {
            direction: Direction::Up,
            stage: Stage::Done,
            version: &row.version,
            name: &row.name,
            before,
            after: highest,
            checksum: checksum.as_deref(),
            duration: Duration::from_millis(u64::try_from(row.duration_ms).unwrap_or_default()),
        });
    }
    if stores.create_foreign(locked, &changes)? {
        return Ok(());
    }
    let message = format!("the table of {tool} was not what Limosa had just made it");
    Err(refused(&message))
}

fn refused(message: &str) -> Problem {
    Problem::report(
        Diagnostic::error("guard-refused", Class::Failed, message)
            .with_help("run the command again"),
    )
}

/// What is said when something was taken over.
pub(crate) fn taken_over(tool: Layout, moved: &Moved) -> Option<Diagnostic> {
    let migrations = |number: usize| match number {
        1 => "1 migration".to_owned(),
        number => format!("{number} migrations"),
    };
    let message = match (moved.ahead.len(), moved.back.len()) {
        (0, 0) => return None,
        (ahead, 0) => format!("{tool} had applied {}: taken over", migrations(ahead)),
        (0, back) => format!("{tool} had undone {}: taken over", migrations(back)),
        (ahead, back) => format!(
            "{tool} had applied {} and undone {}: taken over",
            migrations(ahead),
            migrations(back)
        ),
    };
    Some(Diagnostic::note("taken-over", message))
}

fn unreadable(moved: &Moved, error: &limosa_core::ScriptError) -> Problem {
    let script = moved.ahead.iter().find_map(|taken| taken.up.as_ref());
    match script {
        Some(script) => Problem::report(error.diagnostic(script)),
        None => Problem::report(Diagnostic::error(
            "unreadable-file",
            Class::Usage,
            error.to_string(),
        )),
    }
}

impl Database {
    /// What is applied, with what the other tool did since both histories agreed. Writes nothing.
    ///
    /// # Errors
    /// When a history cannot be read, or they differ in a way that is not plain.
    pub fn current(&mut self, set: &MigrationSet, texts: Texts) -> Result<Current, Problem> {
        let has_tables = self.tables.is_some();
        let stores = self.stores()?;
        current(&stores, has_tables, &mut *self.session, set, texts)
    }

    /// The tools whose tables are there under their usual names. Two tools may use the same table.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn tools(&mut self) -> Result<Vec<(Layout, String)>, Problem> {
        Ok(Foreign::find_all(&mut *self.session)?)
    }

    /// From now on the history of another tool is kept, too, as configured. Writes nothing.
    ///
    /// # Errors
    /// When there is no such tool for this database, or its table cannot be used.
    pub fn keep(&mut self, other: OtherTool) -> Result<(), Problem> {
        self.beside = Beside::find(&mut *self.session, self.tables.as_ref(), &other)?;
        self.settings.other = Some(other);
        Ok(())
    }

    /// The table of another tool that is kept beside ours, or instead of it.
    pub fn other_table(&self) -> Option<&Foreign> {
        self.beside.as_ref().map(|beside| &beside.foreign)
    }

    /// What is to be said about what another tool did, before it is taken over.
    pub fn remark_about(&self, moved: &Moved) -> Option<Diagnostic> {
        let table = self.other_table()?;
        let (tool, shown) = (table.tool(), table.shown(self.session.dialect()));
        if !self.keeps_own() {
            return Some(Diagnostic::note(
                "foreign-history",
                format!(
                    "what is applied is what {shown} says, the table of {tool}; nothing of Limosa is kept"
                ),
            ));
        }
        if moved.is_nothing() {
            return None;
        }
        let message = match (&self.tables, moved.ahead.len(), moved.back.len()) {
            (None, ..) => format!("what is applied is what {shown} says, the table of {tool}"),
            (_, ahead, 0) => format!("{tool} applied {ahead} more, says its table {shown}"),
            (_, _, back) => format!("{tool} undid {back}, says its table {shown}"),
        };
        let note = Diagnostic::note("not-adopted", message);
        Some(note.with_help("the next `limosa up` takes that over, and so does `limosa adopt`"))
    }

    /// Whether our own history is kept.
    pub fn keeps_own(&self) -> bool {
        self.beside.as_ref().is_none_or(|beside| beside.own)
    }

    pub(crate) fn stores(&mut self) -> Result<Stores, Problem> {
        let tables = match self.tables.clone() {
            Some(tables) => tables,
            None => Tables::home(&mut *self.session, self.settings.schema.as_deref())?,
        };
        let own = Limosa::new(tables, &self.settings.set);
        Ok(match self.beside.clone() {
            None => Stores::with_own(own, None),
            Some(Beside { foreign, own: true }) => Stores::with_own(own, Some(foreign)),
            Some(Beside { foreign, .. }) => Stores::foreign_only(own, foreign),
        })
    }
}
