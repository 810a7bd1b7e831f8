//! Taking over the history of another tool without running anything, and giving ours up again.

use limosa_core::event::Observer;
use limosa_core::foreign::Moved;
use limosa_core::{Class, Diagnostic, Layout, MigrationSet};
use limosa_db::store::{Entry, Stores, Texts};
use limosa_db::{Locked, Session as _};

use crate::other::{self, Keep};
use crate::run::lock;
use crate::{Database, Problem, Settings, drift, identity};

/// What was taken over.
#[derive(Debug)]
pub struct Adopted {
    /// The tool, named by its layout.
    pub tool: Layout,
    /// Its table, qualified.
    pub table: String,
    /// In what the histories differed. The table of the other tool was corrected where ours was kept, else ours was.
    pub moved: Moved,
    /// Whether the tool keeps only the highest version.
    pub only_highest: bool,
}

/// What was given up.
#[derive(Debug)]
pub struct Undone {
    /// The tool whose table still says everything.
    pub tool: Layout,
    /// Its table, qualified.
    pub table: String,
    /// The set whose history it was.
    pub set: String,
    /// How many migrations are applied.
    pub applied: usize,
    /// Whether our tables are gone; they stay where another set is in them.
    pub removed: bool,
}

/// Takes over the history of the other tool that the database was told to keep. No statement of a migration is run,
/// and the other tool's table is only written where [`Keep::Ours`] asks for that.
///
/// # Errors
/// When there is no such table, when the histories differ in a way that is not plain and `keep` does not say which
/// one is right, or when the lock is not to be had.
pub fn adopt(
    database: Database,
    set: &MigrationSet,
    keep: Option<Keep>,
    interrupted: &(dyn Fn() -> bool + Sync),
    observer: &mut dyn Observer,
) -> Result<Adopted, Problem> {
    let (tool, table) = match (keep, database.other_table()) {
        // Where ours is right, its table may have to be made.
        (Some(Keep::Ours), Some(table)) => {
            (table.tool(), table.shown(database.server().target.dialect))
        }
        _ => database.table_to_adopt()?,
    };
    let (mut locked, mut stores, settings) = lock(database, None, interrupted, observer)?;
    other::create_own(&stores, &mut locked, &settings)?;
    let run = identity::fresh();
    let moved = other::take_over(&mut stores, &mut locked, set, &settings, &run, keep)?;
    if !moved.is_nothing() && keep != Some(Keep::Ours) {
        note_end(&stores, &mut locked, &settings, &run, interrupted);
    }
    let theirs = stores.foreign().map(|foreign| foreign.read(&mut locked));
    let only_highest = theirs
        .transpose()?
        .is_some_and(|one| one.marks.only_highest());
    Ok(Adopted {
        tool,
        table,
        moved,
        only_highest,
    })
}

/// Writes down how the schema is that was taken over. The history is recorded already, so trouble with this entry is
/// not reported: without it nothing is claimed about changes outside of migrations.
fn note_end(
    stores: &Stores,
    locked: &mut Locked,
    settings: &Settings,
    run: &str,
    interrupted: &(dyn Fn() -> bool + Sync),
) {
    let limits = drift::Limits {
        interrupted,
        may_be_lost: false,
    };
    let schema = drift::at_the_end(stores, locked, &limits).unwrap_or_default();
    let backend = locked.server().backend.clone();
    let detail = serde_json::json!({
        "tool_version": settings.tool_version,
        "schema": schema,
    });
    let entry = Entry {
        run,
        event: "run-finished",
        backend: Some((backend.id, &backend.started)),
        actor: &settings.actor,
        detail: Some(detail.to_string()),
        ..Entry::default()
    };
    let _ = stores.journal_entry(locked, &entry);
}

/// Removes our history, of which the other tool's table says everything that matters to that tool.
///
/// # Errors
/// When there is nothing of ours, when the other tool's table does not say the same, when a migration is
/// unfinished, or when the lock is not to be had.
pub fn undo(
    database: Database,
    set: &MigrationSet,
    interrupted: &(dyn Fn() -> bool + Sync),
    observer: &mut dyn Observer,
) -> Result<Undone, Problem> {
    let (tool, table) = database.table_to_adopt()?;
    if database.tables().is_none() {
        let message = "there is no history of Limosa to give up";
        return Err(Problem::report(
            Diagnostic::error("nothing-adopted", Class::Usage, message)
                .with_help("`limosa status` shows what is applied"),
        ));
    }
    let (mut locked, stores, settings) = lock(database, None, interrupted, observer)?;
    let other::Current { history, moved, .. } =
        other::current(&stores, true, &mut locked, set, Texts::Without)?;
    if let Some(attempt) = history.attempts.first() {
        let name = limosa_core::full_name(attempt.version.text(), &attempt.name);
        let message =
            format!("{name} is unfinished, and only the journal of Limosa knows how far it came");
        return Err(Problem::report(
            Diagnostic::error("unfinished", Class::Usage, message)
                .with_note("nothing was changed")
                .with_help(format!(
                    "finish it first\nlimosa {}",
                    attempt.direction.name()
                )),
        ));
    }
    if !moved.is_nothing() {
        let message = format!("{table} of {tool} does not say what limosa_history says");
        return Err(Problem::report(
            Diagnostic::error("not-adopted", Class::Usage, message)
                .with_note("nothing was changed")
                .with_help("make them agree first\nlimosa adopt"),
        ));
    }
    match stores.remove_own(&mut locked)? {
        Some(removed) => Ok(Undone {
            tool,
            table,
            set: settings.set,
            applied: history.applied.len(),
            removed,
        }),
        None => {
            let message = "the lock was lost before the history of Limosa was removed";
            Err(Problem::report(
                Diagnostic::error("guard-refused", Class::Failed, message)
                    .with_help("run the command again"),
            ))
        }
    }
}

impl Database {
    /// The other tool and its table, qualified, which has to be there.
    ///
    /// # Errors
    /// When it is not.
    pub fn table_to_adopt(&self) -> Result<(Layout, String), Problem> {
        let dialect = self.server().target.dialect;
        let found = self.other_table();
        if let Some(table) = found.filter(|table| table.exists()) {
            return Ok((table.tool(), table.shown(dialect)));
        }
        let message = match found {
            Some(table) => format!(
                "there is no table {} of {} in the database",
                table.shown(dialect),
                table.tool()
            ),
            None => "there is no history of another tool to adopt".to_owned(),
        };
        Err(Problem::report(
        Diagnostic::error("nothing-to-adopt", Class::Usage, message)
            .with_note("nothing was changed")
            .with_help("name the tool with `--from TOOL`, and its table with `--tool-table NAME` where it has another name")
            .with_help("where nothing wrote down what is applied, record it with\nlimosa baseline VERSION"),
    ))
    }
}
