//! db-migrate: `database.json` with its environments, and the options in `.db-migraterc`.
//!
//! `DATABASE_URL` replaces the fields of every environment that has no `url`, also of the one that
//! was chosen: that is what deployments with `-e production` count on.

mod fields;
mod json;
mod rc;

use limosa_sql::Dialect;
use serde_json::{Map, Value};

use self::fields::Fields;
use self::json::spot_of;
use self::rc::Options;
use super::problem::{no_url, shown_name, wrong};
use super::{Origin, Sources, ToolConfig, ToolFile, UrlChoice};
use crate::config::url_source::is_variable;
use crate::{Diagnostic, Layout};

/// In the order in which it is looked for; the second is where projects keep it that name it.
const NAMES: [&str; 2] = ["database.json", "config/database.json"];

/// The environments without `-e`, where the file names none.
const DEFAULTS: [&str; 2] = ["dev", "development"];

/// The variable that comes before the fields of an environment.
const DATABASE_URL: &str = "DATABASE_URL";

pub(super) fn read(sources: &Sources<'_>) -> Result<Option<ToolConfig>, Diagnostic> {
    let options = match sources.files.read(rc::NAME)? {
        Some(file) => Some((rc::parse(&file)?, file)),
        None => None,
    };
    let file = match &options {
        Some((
            Options {
                config_file: Some(name),
                ..
            },
            rc,
        )) => match sources.files.read(name)? {
            Some(file) => Some(file),
            None => {
                let message = "the `configFile` that it names is not there";
                return Err(wrong(rc, (1, 1), message));
            }
        },
        _ => first(sources)?,
    };
    let file = match file {
        Some(file) => Some((parse(&file)?, file)),
        None => None,
    };
    // Other programs have files of that name, too.
    let file = file.filter(|(json, _)| options.is_some() || is_of_db_migrate(json));
    let mut config = match (&file, &options) {
        (None, None) => return Ok(None),
        (Some((_, file)), _) | (None, Some((_, file))) => {
            ToolConfig::new(Layout::DbMigrate, &file.shown)
        }
    };
    let options = match options {
        None => Options::default(),
        Some((options, rc)) => {
            let origin = || Origin::Tool {
                file: rc.shown.clone(),
                environment: None,
                variable: None,
            };
            let folder = options.migrations_dir.as_ref();
            config.migrations = folder.map(|folder| (folder.into(), origin()));
            config.table = options.table.clone().map(|name| (name, origin()));
            config.remarks.extend(options.remark(&rc));
            options
        }
    };
    if let Some((json, file)) = &file {
        Database {
            sources,
            file,
            json,
        }
        .tell(&options, &mut config);
    }
    Ok(Some(config))
}

fn first(sources: &Sources<'_>) -> Result<Option<ToolFile>, Diagnostic> {
    for name in NAMES {
        if let Some(file) = sources.files.read(name)? {
            return Ok(Some(file));
        }
    }
    Ok(None)
}

fn parse(file: &ToolFile) -> Result<Map<String, Value>, Diagnostic> {
    match serde_json::from_str(file.text.trim_start_matches('\u{feff}')) {
        Ok(Value::Object(entries)) => Ok(entries),
        Ok(_) => Err(wrong(file, (1, 1), "it is not an object of environments")),
        Err(error) => {
            let spot = (error.line().max(1) as u64, error.column().max(1) as u64);
            Err(wrong(file, spot, "this is not JSON"))
        }
    }
}

/// Whether one of the entries is an environment of db-migrate.
fn is_of_db_migrate(json: &Map<String, Value>) -> bool {
    json.values().any(|entry| match entry {
        Value::Object(keys) => {
            keys.contains_key("driver")
                || keys.get("ENV").is_some_and(Value::is_string)
                || (keys.contains_key("url") && !keys.contains_key("dialect"))
        }
        Value::String(text) => fields::is_url(text),
        _ => false,
    })
}

/// The name of a variable that stands for a value: `{"ENV": "NAME"}`.
fn variable(value: &Value) -> Option<&str> {
    value.get("ENV")?.as_str()
}

/// The file with the environments.
struct Database<'a> {
    sources: &'a Sources<'a>,
    file: &'a ToolFile,
    json: &'a Map<String, Value>,
}

impl Database<'_> {
    fn tell(&self, options: &Options, config: &mut ToolConfig) {
        let is_environment = |value: &&Value| match value {
            Value::Object(_) => true,
            Value::String(text) => fields::is_url(text),
            _ => false,
        };
        let names = self.json.iter().filter(|(name, value)| {
            !["default", "defaultEnv"].contains(&name.as_str()) && is_environment(value)
        });
        config.environments = names.map(|(name, _)| name.clone()).collect();
        let wanted = match self.wanted(options) {
            Ok(wanted) => wanted,
            Err(problem) => {
                config.url = Some(no_url(problem));
                return;
            }
        };
        let Some(name) = wanted.iter().find(|name| config.has(name)).cloned() else {
            // One that is asked for and is not here is another source's.
            if self.sources.environment.is_none() {
                config.url = Some(no_url(self.no_environment(&wanted)));
            }
            return;
        };
        config.environment = Some(name.clone());
        let url = self.url(&name, config);
        config.url = Some(url.unwrap_or_else(no_url));
    }

    /// The environments that are tried.
    fn wanted(&self, options: &Options) -> Result<Vec<String>, Diagnostic> {
        if let Some(name) = self.sources.environment {
            return Ok(vec![name.to_owned()]);
        }
        if let Some(name) = &options.environment {
            return Ok(vec![name.clone()]);
        }
        if let Some(name) = self.json.get("default").and_then(Value::as_str) {
            return Ok(vec![name.to_owned()]);
        }
        match self.json.get("defaultEnv") {
            None => Ok(DEFAULTS.map(str::to_owned).to_vec()),
            Some(Value::String(name)) => Ok(vec![name.clone()]),
            Some(value) => match variable(value) {
                Some(name) => match self.sources.variables.get(name) {
                    Some((text, _)) => Ok(vec![text]),
                    None => Err(self.unset(&["defaultEnv"], name)),
                },
                None => Err(self.wrong(&["defaultEnv"], "`defaultEnv` is not a name")),
            },
        }
    }

    fn no_environment(&self, wanted: &[String]) -> Diagnostic {
        let names: Vec<String> = wanted.iter().map(|name| shown_name(name)).collect();
        let message = format!(
            "there is no environment {}, which is meant without `-e`",
            names.join(" or ")
        );
        let problem = wrong(self.file, (1, 1), message);
        let is_one = |(_, value): &(&String, &Value)| value.is_object();
        match self.json.iter().find(is_one) {
            Some((name, _)) => {
                problem.with_help(format!("choose one that is there\nlimosa -e {name} …"))
            }
            None => problem,
        }
    }

    fn url(&self, name: &str, config: &mut ToolConfig) -> Result<UrlChoice, Diagnostic> {
        let origin = |variable: Option<&str>| Origin::Tool {
            file: self.file.shown.clone(),
            environment: Some(name.to_owned()),
            variable: variable.map(str::to_owned),
        };
        let entry = &self.json[name];
        let (fields, origin) = match entry {
            Value::String(text) => (self.of_url(&[name], text)?, origin(None)),
            entry if variable(entry).is_some() => {
                let variable = variable(entry).unwrap_or_default();
                match self.sources.variables.get(variable) {
                    Some((text, _)) => (self.of_url(&[name], &text)?, origin(Some(variable))),
                    None => return Ok(UrlChoice::Unset(variable.to_owned(), origin(None))),
                }
            }
            Value::Object(entry) => {
                let fields = self.of_object(name, entry)?;
                let over = self.sources.variables.get(DATABASE_URL);
                match (fields.text("url"), over) {
                    (Some(url), _) => (
                        fields.over(&self.of_url(&[name, "url"], url)?),
                        origin(None),
                    ),
                    (None, Some((url, _))) => {
                        config.uses_database_url = true;
                        let url = Fields::of_url(&url).map_err(|why| {
                            self.wrong(
                                &[name],
                                &format!("{DATABASE_URL}, which comes before it: {why}"),
                            )
                        })?;
                        (fields.over(&url), origin(Some(DATABASE_URL)))
                    }
                    (None, None) => (fields, origin(None)),
                }
            }
            _ => return Err(self.wrong(&[name], "this is not an environment")),
        };
        let fields = fields.adjusted();
        config.dialect = fields.dialect();
        if let Some((field, variable)) = fields.unset() {
            return Err(self.unset(&[name, field], variable));
        }
        let told = self.sources.variables.of_process("PGHOST");
        let host = match (fields.dialect(), &told) {
            (Some(Dialect::Postgres), Some((host, _))) => host,
            _ => "localhost",
        };
        let url = fields
            .url(host)
            .map_err(|(field, why)| self.wrong(&[name, field], &why))?;
        if url.dialect() == Dialect::Postgres {
            let schema = fields.text("schema").filter(|schema| *schema != "public");
            config.schema = schema.map(str::to_owned);
        }
        if let Some(schema) = &config.schema {
            let (table, from) = match config.table.take() {
                Some(table) => table,
                None => ("migrations".to_owned(), origin.clone()),
            };
            config.table = Some((format!("\"{schema}\".\"{table}\""), from));
        }
        Ok(UrlChoice::Text(url.secret().to_owned(), origin))
    }

    fn of_url(&self, path: &[&str], url: &str) -> Result<Fields, Diagnostic> {
        Fields::of_url(url).map_err(|why| self.wrong(path, &why))
    }

    fn of_object(&self, name: &str, entry: &Map<String, Value>) -> Result<Fields, Diagnostic> {
        let get = |name: &str| Some(self.sources.variables.get(name)?.0);
        Fields::of_object(entry, &get).map_err(|(field, why)| self.wrong(&[name, field], &why))
    }

    fn wrong(&self, path: &[&str], message: &str) -> Diagnostic {
        wrong(self.file, spot_of(&self.file.text, path), message)
    }

    fn unset(&self, path: &[&str], variable: &str) -> Diagnostic {
        let field = path.last().copied().unwrap_or_default();
        let message = if is_variable(variable) {
            format!("`{field}` is in the variable {variable}, which is not set")
        } else {
            format!("what `{field}` has is not the name of a variable")
        };
        self.wrong(path, &message)
    }
}
