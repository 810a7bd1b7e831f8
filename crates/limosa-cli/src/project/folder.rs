//! The folder of a database's migrations.

use limosa_core::config::DatabaseSettings;
use limosa_core::layout::{self, Place, readable_as};
use limosa_core::{Class, Diagnostic, Layout};
use limosa_sql::Dialect;

use crate::stop::Stop;

/// Where the migrations of a database are, for reading names or files without a server. The
/// dialect is the configured one, else that of the URL; names mean the same in all of them.
///
/// A configuration that stayed behind when a project changed its tool must not hide the files of the
/// other one, so the layout of such a configuration must fit the files.
pub fn place<'a>(one: &'a DatabaseSettings, shown: &'a str) -> Result<Place<'a>, Stop> {
    let place = Place {
        directory: &one.migrations,
        shown,
        layout: one.layout,
        dialect: one.known_dialect().unwrap_or(Dialect::Postgres),
    };
    if let (Some(tool), Some(from)) = (one.layout, &one.layout_of_tool)
        // A folder that cannot be read is reported by who reads it.
        && let Ok(readable) = readable_as(&place)
        && !readable.contains(&tool)
    {
        return Err(of_another_tool(shown, (tool, from), &readable).into());
    }
    Ok(place)
}

/// The dialect of a database's files, for a command that does not connect.
pub fn known_dialect(one: &DatabaseSettings, command: &str) -> Result<Dialect, Stop> {
    one.known_dialect().ok_or_else(|| {
        Stop::usage("it is not known in which dialect the migrations are written")
            .help(format!("say it\nlimosa {command} --dialect postgres"))
            .help("or for good, in limosa.toml\ndialect = \"postgres\"")
    })
}

fn of_another_tool(shown: &str, (tool, from): (Layout, &str), readable: &[Layout]) -> Diagnostic {
    let mut problem = Diagnostic::error(
        "ambiguous-layout",
        Class::Usage,
        format!("the files in {shown} are not those of {tool}, which is configured here"),
    )
    .with_note(format!("{tool}: {from}"));
    if !readable.is_empty() {
        problem = problem.with_help("say whose they are, here or as `layout` in limosa.toml:");
    }
    for layout in readable {
        problem = problem.with_help(format!("--layout {layout}"));
    }
    problem.with_help("or leave that configuration out\nlimosa --no-tool-config …")
}

/// Problems with a folder, with who named it where that is another tool.
pub(super) fn said_by(one: &DatabaseSettings, problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let Some(from) = one.folder_of_tool() else {
        return problems;
    };
    let noted = |problem: Diagnostic| match problem.name {
        "no-directory" | "not-a-directory" => {
            problem.with_note(format!("the directory is from {from}"))
        }
        _ => problem,
    };
    problems.into_iter().map(noted).collect()
}

/// The layout of a database's folder, also when something is wrong with its files.
pub fn layout_of(one: &DatabaseSettings) -> Result<Layout, Stop> {
    let shown = one.migrations.to_string_lossy();
    Ok(layout::read(&place(one, &shown)?)?.set.layout)
}
