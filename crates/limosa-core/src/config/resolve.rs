//! Options, variables, `.env` and `limosa.toml` to [`Settings`]: a pure function on values.

mod names;
mod urls;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use limosa_sql::Dialect;

use super::neighbours::told_apart;
use super::problem::{direct_url_variable, url_variable};
use super::{
    ChosenEnvironment, ConfigFile, DEFAULT_SET, DatabaseKeys, DatabaseSettings, EnvironmentKeys,
    HistoryKind, Origin, Settings, SqlTexts, TimeoutKeys, ToolConfig, UrlChoice, UrlSource,
};
use crate::plan::Order;
use crate::{Diagnostic, Layout};
use names::{chosen, environment, named, usage};
use urls::{Urls, ignored};

/// What the command line (and the variables of its options) says.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// `--url`.
    pub url: Option<String>,
    /// `--dir`.
    pub dir: Option<PathBuf>,
    /// `-e`.
    pub environment: Option<String>,
    /// `-d`.
    pub databases: Vec<String>,
    /// `--layout`.
    pub layout: Option<Layout>,
    /// `--history`.
    pub history: Option<HistoryKind>,
    /// `--tool`.
    pub tool: Option<Layout>,
    /// `--tool-table`.
    pub tool_table: Option<String>,
    /// `--dialect`.
    pub dialect: Option<Dialect>,
    /// `--set`.
    pub set: Option<String>,
    /// `--release`.
    pub release: Option<String>,
    /// `--out-of-order`.
    pub order: Option<Order>,
    /// `--lock-timeout` and the like.
    pub timeouts: TimeoutKeys,
}

/// The configuration file that was found.
#[derive(Debug, Clone)]
pub struct Config {
    /// Its keys.
    pub keys: ConfigFile,
    /// Its name for people.
    pub shown: String,
    /// Its folder, relative to where the command runs; empty when it is the same.
    pub root: PathBuf,
}

/// The variables there are.
#[derive(Clone, Copy)]
pub struct Variables<'a> {
    /// Of the process.
    pub process: &'a BTreeMap<String, String>,
    /// Of the `.env` file.
    pub env_file: &'a BTreeMap<String, String>,
}

impl Variables<'_> {
    /// A variable that is set and not empty. The process comes before the file.
    pub(super) fn get(&self, name: &str) -> Option<(String, Origin)> {
        self.of_process(name).or_else(|| self.of_file(name))
    }

    pub(super) fn of_process(&self, name: &str) -> Option<(String, Origin)> {
        let text = self.process.get(name).filter(|text| !text.is_empty())?;
        Some((text.clone(), Origin::Variable(name.to_owned())))
    }

    fn of_file(&self, name: &str) -> Option<(String, Origin)> {
        let text = self.env_file.get(name).filter(|text| !text.is_empty())?;
        Some((text.clone(), Origin::EnvFile(name.to_owned())))
    }
}

/// The variables that hold a URL without naming a database, in their order.
const PLAIN: [&str; 2] = ["LIMOSA_URL", "DATABASE_URL"];

/// The variable that holds the URL of the server itself, where the other one leads to a pooler.
const PLAIN_DIRECT: &str = "LIMOSA_DIRECT_URL";

/// Resolves what a command works with. `tool` is what the configuration of another tool says.
///
/// # Errors
/// When a name is unknown or options contradict each other.
pub fn resolve(
    config: Option<&Config>,
    tool: Option<&ToolConfig>,
    asked: &Asked,
    variables: Variables<'_>,
) -> Result<Settings, Diagnostic> {
    let empty = ConfigFile::default();
    let keys = config.map_or(&empty, |config| &config.keys);
    let root = config.map_or_else(PathBuf::new, |config| config.root.clone());
    let shown = config.map_or("limosa.toml", |config| &config.shown);
    let environment = match &asked.environment {
        Some(name) => Some((name, environment(keys, tool, name, shown)?)),
        None => None,
    };
    let (names, others) = chosen(keys, asked, shown)?;
    if asked.url.is_some() && names.len() > 1 {
        return Err(
            usage("`--url` is for one database, and several are configured")
                .with_help(format!("choose one of them\nlimosa -d {} …", names[0])),
        );
    }
    let restricted =
        environment.is_some() || !asked.databases.is_empty() || keys.databases.len() > 1;
    let settings = |name: &String, asked: &Asked| {
        let resolving = Resolving {
            keys,
            asked,
            variables,
            tool,
            root: &root,
            shown,
            restricted,
            name,
            own: named(&keys.databases, name),
            over: environment
                .and_then(|(_, keys)| keys)
                .map(|keys| (keys, named(&keys.databases, name))),
        };
        resolving.database()
    };
    let databases: Vec<_> = names.iter().map(|name| settings(name, asked)).collect();
    let plain = Asked {
        environment: asked.environment.clone(),
        ..Asked::default()
    };
    let neighbours: Vec<_> = others.iter().map(|name| settings(name, &plain)).collect();
    told_apart(&databases, &neighbours)?;
    let mut remarks = tool.map_or_else(Vec::new, |tool| tool.remarks.clone());
    if asked.url.is_none() {
        let url = databases.first().map(|one| &one.url);
        remarks.extend(ignored(tool, variables, restricted, url));
    }
    let environment = environment.map(|(name, keys)| ChosenEnvironment {
        name: name.clone(),
        protected: keys.is_some_and(|keys| keys.protected.unwrap_or(false)),
    });
    Ok(Settings {
        databases,
        neighbours,
        environment,
        root,
        remarks,
    })
}

/// The variables that the `.env` file may set: nothing else of it is used.
pub fn may_be_set_by_env_file(config: Option<&ConfigFile>, name: &str) -> bool {
    if PLAIN.contains(&name) || name == PLAIN_DIRECT {
        return true;
    }
    let Some(keys) = config else {
        return false;
    };
    let named =
        |source: &Option<UrlSource>| matches!(source, Some(UrlSource::Env(one)) if one == name);
    let in_databases = |all: &[(String, DatabaseKeys)]| {
        all.iter().any(|(database, keys)| {
            [url_variable(database), direct_url_variable(database)].contains(&name.to_owned())
                || named(&keys.url)
                || named(&keys.direct_url)
        })
    };
    named(&keys.url)
        || named(&keys.direct_url)
        || in_databases(&keys.databases)
        || keys.environments.values().any(|keys| {
            named(&keys.url) || named(&keys.direct_url) || in_databases(&keys.databases)
        })
}

/// Everything that one database's settings are made from.
struct Resolving<'a> {
    keys: &'a ConfigFile,
    asked: &'a Asked,
    variables: Variables<'a>,
    tool: Option<&'a ToolConfig>,
    root: &'a Path,
    shown: &'a str,
    restricted: bool,
    name: &'a str,
    own: Option<&'a DatabaseKeys>,
    over: Option<(&'a EnvironmentKeys, Option<&'a DatabaseKeys>)>,
}

impl Resolving<'_> {
    fn database(&self) -> DatabaseSettings {
        let (keys, asked) = (self.keys, self.asked);
        let migrations = match &asked.dir {
            Some(dir) => (dir.clone(), Origin::Option("--dir")),
            None => match self
                .key(|keys| keys.migrations.as_ref())
                .or(keys.migrations.as_ref())
            {
                Some(folder) => (
                    self.root.join(folder),
                    Origin::Config(self.shown.to_owned()),
                ),
                None => match self.tool.and_then(|tool| tool.migrations.clone()) {
                    Some((folder, origin)) if origin.is_of_project() => {
                        (self.root.join(folder), origin)
                    }
                    Some(found) => found,
                    None => (self.root.join("migrations"), Origin::Default),
                },
            },
        };
        let layout = asked
            .layout
            .or(self.key(|keys| keys.layout.as_ref()).copied())
            .or(keys.layout);
        let of_migrations = self.tool.filter(|tool| tool.is_of_migrations);
        let (tool_table, tool_table_from) = self.tool_table();
        let texts = |texts: Option<&SqlTexts>| texts.map_or_else(Vec::new, |texts| texts.0.clone());
        let of_environment = self.over.map(|(keys, _)| keys);
        let session_init = self
            .over
            .and_then(|(_, keys)| keys?.session_init.as_ref())
            .or(of_environment.and_then(|keys| keys.session_init.as_ref()))
            .or(self.own.and_then(|keys| keys.session_init.as_ref()))
            .or(keys.session_init.as_ref());
        let timeouts = asked
            .timeouts
            .or(of_environment.map_or_else(TimeoutKeys::default, |keys| keys.timeouts))
            .or(keys.timeouts);
        let Urls { url, direct } = self.urls();
        DatabaseSettings {
            name: self.name.to_owned(),
            url,
            direct_url: direct,
            dialect: asked
                .dialect
                .or(self.key(|keys| keys.dialect.as_ref()).copied())
                .or(keys.dialect),
            tool_dialect: self.tool.and_then(|tool| tool.dialect),
            migrations: migrations.0,
            migrations_from: migrations.1,
            layout: layout.or(of_migrations.map(|tool| tool.tool)),
            layout_of_tool: match layout {
                Some(_) => None,
                None => of_migrations.map(|tool| tool.shown.clone()),
            },
            history: asked
                .history
                .or(self.key(|keys| keys.history.as_ref()).copied())
                .or(keys.history),
            tool: asked
                .tool
                .or(self.key(|keys| keys.tool.as_ref()).copied())
                .or(keys.tool)
                .or(of_migrations.map(|tool| tool.tool)),
            tool_table,
            tool_table_from,
            ignored_chars: self
                .tool
                .map_or_else(String::new, |tool| tool.ignored_chars.clone()),
            first_schema: self.tool.and_then(|tool| tool.schema.clone()),
            set: asked
                .set
                .clone()
                .or(self.key(|keys| keys.set.as_ref()).cloned())
                .or(keys.set.clone())
                .unwrap_or_else(|| DEFAULT_SET.to_owned()),
            schema: self
                .key(|keys| keys.schema.as_ref())
                .or(keys.schema.as_ref())
                .cloned(),
            numbering: self
                .key(|keys| keys.numbering.as_ref())
                .copied()
                .or(keys.numbering),
            order: asked.order.or(keys.out_of_order).unwrap_or_default(),
            release: asked.release.clone().or(keys.release.clone()),
            session_init: texts(session_init),
            shadow_prelude: texts(
                self.key(|keys| keys.shadow_prelude.as_ref())
                    .or(keys.shadow_prelude.as_ref()),
            ),
            timeouts: timeouts.into(),
        }
    }

    /// The name of the other tool's table, and who gave it.
    fn tool_table(&self) -> (Option<String>, Origin) {
        if let Some(name) = &self.asked.tool_table {
            return (Some(name.clone()), Origin::Option("--tool-table"));
        }
        let own = self.key(|keys| keys.tool_table.as_ref());
        if let Some(name) = own.or(self.keys.tool_table.as_ref()) {
            return (Some(name.clone()), Origin::Config(self.shown.to_owned()));
        }
        match self.tool.and_then(|tool| tool.table.clone()) {
            Some((name, origin)) => (Some(name), origin),
            None => (None, Origin::Default),
        }
    }

    /// A key of the database: of the environment, else of the base.
    fn key<'k, T>(&'k self, of: impl Fn(&'k DatabaseKeys) -> Option<&'k T>) -> Option<&'k T> {
        self.over
            .and_then(|(_, keys)| of(keys?))
            .or_else(|| of(self.own?))
    }
}

#[cfg(test)]
mod tests;
