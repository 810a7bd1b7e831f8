//! Where a database is, and who said so.

use std::time::Duration;

use limosa_core::config::{DatabaseSettings, Origin, UrlParameters, tool_table};
use limosa_core::{DatabaseUrl, Diagnostic, Layout};
use limosa_db::Access;

use super::fetched::Fetched;
use crate::stop::Stop;
use crate::terminal::clean_line;

/// The URL of a database and what stands in it for other tools.
pub struct Address {
    /// The URL.
    pub url: DatabaseUrl,
    /// How long a statement may run.
    pub statement_timeout: Option<Duration>,
    /// Whose history table is beside ours; otherwise that of the layout's own tool.
    pub tool: Option<Layout>,
    /// The name of that table, as the catalog has it.
    pub table: Option<String>,
    /// Who said what.
    pub told: Told,
}

/// Who said what about a database.
pub struct Told {
    /// The name of the database, where the configuration has several.
    name: Option<String>,
    /// Who gave the URL.
    pub url: Origin,
    migrations: Option<Origin>,
    table: Option<(String, Origin)>,
    remark: Option<Diagnostic>,
}

impl Address {
    /// Fetches the URL of a database.
    pub fn of(one: &DatabaseSettings, access: Access) -> Result<Self, Stop> {
        let direct = one.direct_url.as_ref().filter(|_| access == Access::Write);
        let (url, url_from) = direct.unwrap_or(&one.url).fetch(&Fetched)?;
        if let Some(dialect) = one.dialect.filter(|dialect| *dialect != url.dialect()) {
            return Err(Stop::usage(format!(
                "the dialect is set to `{dialect}`, and the URL from {url_from} is one of `{}`",
                url.dialect()
            )));
        }
        let read = |url: &DatabaseUrl, from: &Origin| {
            let read = UrlParameters::read(url);
            read.map_err(|problem| problem.with_note(format!("the URL is from {from}")))
        };
        let parameters = read(&url, &url_from)?;
        let mut table = parameters
            .table
            .clone()
            .map(|name| (name, url_from.clone()));
        if table.is_none() && direct.is_some() {
            // The table is the same on both ways to the server, and may be named in the other one.
            if let Ok((other, from)) = one.url.fetch(&Fetched) {
                table = read(&other, &from)?.table.map(|name| (name, from));
            }
        }
        let tool = one.tool.or(one.layout);
        let of_url = || {
            let (table, from) = table?;
            let is_theirs = tool.is_none_or(|tool| tool == Layout::GolangMigrate);
            is_theirs.then_some((table, from, Some(Layout::GolangMigrate)))
        };
        let of_settings = one
            .tool_table
            .clone()
            .map(|name| (name, one.tool_table_from.clone(), one.tool));
        let (table, tool) = match of_settings.or_else(of_url) {
            Some((name, from, tool)) => {
                let name = tool_table(&name, tool.or(one.layout), url.dialect())
                    .map_err(|problem| problem.with_note(format!("the name is from {from}")))?;
                (Some((name, from)), tool)
            }
            None => (None, one.tool),
        };
        Ok(Self {
            statement_timeout: match one.timeouts.statement {
                Some(limit) => limit.0,
                None => parameters.statement_timeout,
            },
            tool,
            table: table.as_ref().map(|(name, _)| name.clone()),
            told: Told {
                name: None,
                url: url_from,
                migrations: one.folder_of_tool().cloned(),
                table,
                remark: parameters.remark(),
            },
            url,
        })
    }
}

impl Address {
    /// Whose the table is, where only now that is known: tools do not take a name alike.
    pub fn belongs_to(&mut self, tool: Option<Layout>) -> Result<(), Stop> {
        self.tool = tool;
        if let Some((name, _)) = &mut self.told.table {
            *name = tool_table(name, tool, self.url.dialect())?;
            self.table = Some(name.clone());
        }
        Ok(())
    }
}

impl Told {
    /// From now on the database is named, because there are others.
    #[must_use]
    pub fn among_others(self, name: &str) -> Self {
        Self {
            name: Some(name.to_owned()),
            ..self
        }
    }

    /// The name of the database, where the configuration has several.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The table of the other tool, where somebody named it.
    pub fn table(&self) -> Option<&str> {
        self.table.as_ref().map(|(name, _)| name.as_str())
    }

    /// `url and migrations from db/dbconf.yml (test), table app.versions from GOOSE_TABLE`
    pub fn line(&self) -> String {
        let url = self.url.to_string();
        // Of our own sources only the URL's is said: the folder is known.
        let mut line = match self.migrations.as_ref().map(Origin::to_string) {
            Some(from) if from == url => format!("url and migrations from {url}"),
            Some(from) => format!("url from {url}, migrations from {from}"),
            None => format!("url from {url}"),
        };
        if let Some((name, from)) = &self.table {
            line.push_str(&format!(", table {} from {from}", clean_line(name)));
        }
        clean_line(&line)
    }

    /// Whether the environment is said with the URL.
    pub fn names_environment(&self) -> bool {
        matches!(
            self.url,
            Origin::Tool {
                environment: Some(_),
                ..
            }
        )
    }

    /// What is worth saying about the URL.
    pub fn remark(&self) -> Option<&Diagnostic> {
        self.remark.as_ref()
    }
}
