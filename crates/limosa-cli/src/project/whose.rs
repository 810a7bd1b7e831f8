//! Whose files a folder has, where the files alone do not tell: the database may know more.

use std::collections::BTreeSet;

use limosa_core::config::DatabaseSettings;
use limosa_core::{Class, Diagnostic, Layout, MigrationSet};
use limosa_engine::{Database, Problem};

use crate::stop::Stop;

/// The layout that the files have for all that is known; `None` when it stays as it is. Who named the tool knows best,
/// then what was applied from these files, then the table of a tool.
pub(super) fn whose(
    one: &DatabaseSettings,
    set: &MigrationSet,
    named: Option<Layout>,
    database: &mut Database,
    of_other_sets: &[Layout],
) -> Result<Option<Layout>, Stop> {
    let reported = |problem: Problem| Stop::from(problem.diagnostic());
    let shown = one.migrations.to_string_lossy();
    let readable = &set.readable;
    let known = match named {
        Some(tool) => Some(tool),
        None => {
            // The layout of the migration that was applied last, as our own history has it.
            let last = database.last_layout().map_err(reported)?;
            let last = last.and_then(|name| Layout::from_name(&name));
            last.filter(|layout| readable.contains(layout))
        }
    };
    if let Some(layout) = known {
        return Ok(Some(layout).filter(|one| *one != set.layout && readable.contains(one)));
    }
    let tools = database.tools(of_other_sets);
    layout_by_table(&shown, readable, set, &tools)
}

/// By the table that the database has of one of the tools; `None` when it stays as it is.
fn layout_by_table(
    shown: &str,
    readable: &[Layout],
    set: &MigrationSet,
    tools: &[(Layout, String)],
) -> Result<Option<Layout>, Stop> {
    let found: Vec<&(Layout, String)> = tools
        .iter()
        .filter(|(tool, _)| readable.contains(tool))
        .collect();
    let tables: BTreeSet<&str> = found.iter().map(|(_, table)| table.as_str()).collect();
    if tables.len() > 1 {
        let mut problem = Diagnostic::error(
            "two-histories",
            Class::Usage,
            format!("the files in {shown} and the database fit more than one tool"),
        );
        for (tool, table) in &found {
            problem = problem.with_note(format!("the database has {table}, a table of {tool}"));
        }
        problem =
            problem.with_help("say whose files they are, here or as `layout` in limosa.toml:");
        for (tool, _) in &found {
            problem = problem.with_help(format!("--layout {tool}"));
        }
        return Err(problem.into());
    }
    let stays = found.iter().any(|(tool, _)| *tool == set.layout);
    Ok(found.first().filter(|_| !stays).map(|(tool, _)| *tool))
}
