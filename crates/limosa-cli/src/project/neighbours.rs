//! The other sets of migrations in a database, as far as the configuration has them.

use limosa_core::config::{DatabaseSettings, HistoryKind, UrlParameters, tool_table};
use limosa_core::layout::readable_as;
use limosa_core::{Class, DatabaseUrl, Diagnostic, Layout};
use limosa_engine::Database;

use super::{Project, Told, layout_of, place};
use crate::stop::Stop;
use crate::terminal::{NAME, clean_line, paint};

/// The other tool of a set, and its table where somebody named it.
struct Kept {
    /// As far as it is known without a look into the database.
    tool: Option<Layout>,
    /// All that it could be.
    tools: Vec<Layout>,
    table: Option<String>,
}

impl Project {
    /// The other databases of the configuration that are the same one and have other migrations.
    fn beside<'p>(
        &'p self,
        one: &'p DatabaseSettings,
    ) -> impl Iterator<Item = &'p DatabaseSettings> {
        let all = self.settings.databases.iter();
        all.chain(&self.settings.neighbours).filter(move |other| {
            other.name != one.name
                && other.migrations != one.migrations
                && other.is_same_database(one)
        })
    }

    /// Whether the configuration has several databases.
    pub fn has_several(&self) -> bool {
        self.settings.databases.len() + self.settings.neighbours.len() > 1
    }

    /// Where a database is, with its name where there are others.
    pub(super) fn among_others(&self, one: &DatabaseSettings, told: Told) -> Told {
        if self.has_several() {
            told.among_others(&one.name)
        } else {
            told
        }
    }

    /// What stands above what is said about a database on stdout; nothing where there is only one.
    pub fn title(&self, one: &DatabaseSettings) -> String {
        match self.settings.databases.len() {
            1 => String::new(),
            _ => format!("{}:\n", paint(NAME, clean_line(&one.name))),
        }
    }

    /// The tools whose tables belong to other sets in the same database.
    pub(super) fn tools_beside(&self, one: &DatabaseSettings) -> Vec<Layout> {
        let own = one.tool.or(one.layout);
        let tools = self.beside(one).filter_map(|other| kept(other)?.tool);
        tools.filter(|tool| Some(*tool) != own).collect()
    }

    /// Refuses a table of another tool that is that of another set, too. `table` is its name where somebody gave one.
    pub(super) fn has_own_table(
        &self,
        one: &DatabaseSettings,
        database: &Database,
        table: Option<&str>,
    ) -> Result<(), Stop> {
        let Some(used) = database.other_table() else {
            return Ok(());
        };
        // Where this set's tool was named, a set that says nothing leaves that table alone.
        let is_said = one.tool.or(one.layout).is_some();
        let is_shared = |other: &&DatabaseSettings| {
            kept(other).is_some_and(|kept| {
                let may_be =
                    kept.tool == Some(used.tool()) || !is_said && kept.tools.contains(&used.tool());
                may_be && kept.table.as_deref() == table
            })
        };
        let Some(other) = self.beside(one).find(is_shared) else {
            return Ok(());
        };
        let (name, second, tool) = (&one.name, &other.name, used.tool());
        let shown = used.shown(database.server().target.dialect);
        let message = format!(
            "{name} and {second} are the same database, and both have {shown}, the table of {tool}"
        );
        Err(Diagnostic::error("same-table", Class::Usage, message)
            .with_note("what it says about one of them would be taken for the other")
            .with_help(format!(
                "name the table of each in limosa.toml\n[databases.{name}]\ntool-table = \"…\""
            ))
            .with_help(
                "or say of one whose files they are instead, or that it has no history but that of Limosa\nlayout = \"…\"\nhistory = \"native\"",
            )
            .into())
    }
}

/// What a set keeps beside our history, or would if it were there.
fn kept(one: &DatabaseSettings) -> Option<Kept> {
    if one.history == Some(HistoryKind::Native) {
        return None;
    }
    // What cannot be read is reported where it is used.
    let of_url = || {
        let url = DatabaseUrl::parse(one.url.text()?).ok()?;
        UrlParameters::read(&url).ok()?.table
    };
    let said = one.tool.or(one.layout);
    let tool = said.or_else(|| layout_of(one).ok());
    let tool = tool.filter(|tool| *tool != Layout::Native);
    let tools = match said {
        Some(_) => tool.into_iter().collect(),
        None => {
            let shown = one.migrations.to_string_lossy();
            readable_as(&place(one, &shown).ok()?).ok()?
        }
    };
    let written = one.tool_table.clone().or_else(of_url);
    let dialect = one.known_dialect()?;
    let table = written.and_then(|name| tool_table(&name, tool, dialect).ok());
    Some(Kept { tool, tools, table })
}
