//! The history of another tool beside ours: which one is kept, what it did, and taking that over.

use std::collections::BTreeSet;
use std::time::Duration;

use limosa_core::config::HistoryKind;
use limosa_core::foreign::{FileMatch, Moved, compare, difference, tool_checksum};
use limosa_core::history::{Applied, Direction, History, StoredScript};
use limosa_core::{Class, Diagnostic, Layout, MigrationSet, Version};
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
            // Who names the table says what is meant.
            if tables.is_none() && table.is_none() {
                none_of_others(session, tool, &settings.of_other_sets)?;
            }
            return Ok(None);
        }
        let own = kind != Some(HistoryKind::Foreign);
        Ok(Some(Self { foreign, own }))
    }
}

/// Another tool's table is there, and not that of the tool that the files are of: which one is meant?
fn none_of_others(
    session: &mut dyn Session,
    tool: Layout,
    of_other_sets: &[Layout],
) -> Result<(), Problem> {
    let others = not_of_others(Foreign::find_all(session)?, of_other_sets);
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

/// Our history, and what the other tool did since both agreed.
#[derive(Debug, Clone, Default)]
pub struct Current {
    /// What is applied, with what the other tool did.
    pub history: History,
    /// What the other tool did and ours does not say yet.
    pub moved: Moved,
    /// Whether the other tool keeps only the highest version.
    pub only_highest: bool,
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
    let Some(foreign) = stores.foreign().filter(|foreign| foreign.exists()) else {
        return Ok(Current {
            history,
            ..Current::default()
        });
    };
    let theirs = foreign.read(session)?;
    let moved =
        compare(set, &history, &theirs).map_err(|error| Problem::Foreign(Box::new(error)))?;
    Ok(Current {
        history: moved.onto(&history),
        moved,
        only_highest: theirs.marks.only_highest(),
    })
}

/// Which history is right where they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// That of the other tool.
    Theirs,
    /// Ours.
    Ours,
}

/// Creates our tables where they are kept and not there yet.
pub(crate) fn create_own(
    stores: &Stores,
    locked: &mut Locked,
    settings: &Settings,
) -> Result<(), Problem> {
    if stores.own().is_none() {
        return Ok(());
    }
    match Tables::find(&mut *locked, settings.schema.as_deref())? {
        None => Ok(stores.create(locked)?),
        Some(tables) if tables == *stores.tables() => Ok(()),
        Some(_) => {
            let message = "the tables of Limosa were created in another schema meanwhile";
            Err(Problem::report(
                Diagnostic::error("plan-changed", Class::Blocked, message)
                    .with_help("run the command again"),
            ))
        }
    }
}

/// Writes down in our history what the other tool did, and makes its table where there is none. The lock is held.
/// `keep` says which one is right where they differ in a way that is not plain.
pub(crate) fn take_over(
    stores: &mut Stores,
    locked: &mut Locked,
    set: &MigrationSet,
    settings: &Settings,
    run: &str,
    keep: Option<Keep>,
) -> Result<Moved, Problem> {
    stores.look_again(locked)?;
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
    let compared = match keep {
        None => compare(set, &ours, &theirs),
        Some(_) => difference(set, &ours, &theirs),
    };
    let moved = compared.map_err(|error| Problem::Foreign(Box::new(error)))?;
    if moved.is_nothing() {
        return Ok(moved);
    }
    if keep == Some(Keep::Ours) {
        return correct(stores, locked, set, &ours, moved);
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

/// Makes the table of the other tool say what ours says.
fn correct(
    stores: &Stores,
    locked: &mut Locked,
    set: &MigrationSet,
    ours: &History,
    moved: Moved,
) -> Result<Moved, Problem> {
    let mut theirs: BTreeSet<&Version> = (ours.applied.iter())
        .map(|row| &row.version)
        .filter(|version| !moved.back.contains(version))
        .chain(moved.ahead.iter().map(|taken| &taken.row.version))
        .collect();
    let mut wrong: Vec<&Applied> = moved.ahead.iter().map(|taken| &taken.row).collect();
    wrong.sort_by(|a, b| b.version.cmp(&a.version));
    let mut absent: Vec<&Applied> = moved.back.iter().filter_map(|one| ours.get(one)).collect();
    absent.sort_by_key(|row| row.sequence);
    let downs = wrong.into_iter().map(|row| (Direction::Down, row));
    let ups = absent.into_iter().map(|row| (Direction::Up, row));
    let rows: Vec<(Direction, &Applied)> = downs.chain(ups).collect();
    let checksums = rows
        .iter()
        .map(|(_, row)| checksum(stores, set, row))
        .collect::<Result<Vec<_>, _>>()?;
    let mut changes = Vec::new();
    for ((direction, row), checksum) in rows.into_iter().zip(&checksums) {
        let before = theirs.last().copied();
        match direction {
            Direction::Up => theirs.insert(&row.version),
            Direction::Down => theirs.remove(&row.version),
        };
        let after = theirs.last().copied();
        changes.push(change(direction, row, before, after, checksum.as_deref()));
    }
    if stores.correct(locked, &changes)? {
        return Ok(moved);
    }
    Err(refused("the table of the other tool was changed meanwhile"))
}

/// What the table of the other tool has to say about a row of ours.
fn change<'a>(
    direction: Direction,
    row: &'a Applied,
    before: Option<&'a Version>,
    after: Option<&'a Version>,
    checksum: Option<&'a [u8]>,
) -> Change<'a> {
    Change {
        direction,
        stage: Stage::Done,
        version: &row.version,
        name: &row.name,
        before,
        after,
        checksum,
        duration: Duration::from_millis(u64::try_from(row.duration_ms).unwrap_or_default()),
    }
}

/// The checksum that the other tool keeps of the file of a row.
fn checksum(
    stores: &Stores,
    set: &MigrationSet,
    row: &Applied,
) -> Result<Option<Vec<u8>>, Problem> {
    let up = set.get(&row.version).and_then(|one| one.up.as_ref());
    match (stores.foreign(), up) {
        (Some(foreign), Some(up)) => tool_checksum(foreign.tool(), up, foreign.ignored_chars())
            .map_err(|error| Problem::report(error.diagnostic(up))),
        _ => Ok(None),
    }
}

/// Creates the table of the other tool, which then says what ours says.
fn make_table(stores: &mut Stores, locked: &mut Locked, set: &MigrationSet) -> Result<(), Problem> {
    let mut rows = stores.history(&mut *locked, Texts::Without)?.applied;
    rows.sort_by_key(|row| row.sequence);
    let checksums = rows
        .iter()
        .map(|row| checksum(stores, set, row))
        .collect::<Result<Vec<_>, _>>()?;
    let mut highest = None;
    let mut changes = Vec::new();
    for (row, checksum) in rows.iter().zip(&checksums) {
        let before = highest;
        highest = highest.max(Some(&row.version));
        changes.push(change(
            Direction::Up,
            row,
            before,
            highest,
            checksum.as_deref(),
        ));
    }
    if stores.create_foreign(locked, &changes)? {
        return Ok(());
    }
    Err(refused(
        "the table of the other tool is not what Limosa just made it",
    ))
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

    /// The tools whose tables are there under their usual names, without the tables of those that other sets of
    /// migrations have. Two tools may use the same table.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn tools(&mut self, of_other_sets: &[Layout]) -> Result<Vec<(Layout, String)>, Problem> {
        let tools = Foreign::find_all(&mut *self.session)?;
        Ok(not_of_others(tools, of_other_sets))
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
