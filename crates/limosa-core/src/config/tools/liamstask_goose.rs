//! liamstask/goose and its forks: `db/dbconf.yml` with its environments. `CloudCom`'s fork has keys above the environments,
//! too, a `migrationsDir`, and three variables where there is no file.

use std::path::{Path, PathBuf};

use limosa_sql::Dialect;
use serde_saphyr::Spanned;

use super::expand::expand;
use super::go::Driver;
use super::problem::{Spot, no_url, shown_name, wrong};
use super::yaml::{Table, Value, parse, spot};
use super::{Origin, Sources, ToolConfig, ToolFile, UrlChoice};
use crate::{Class, Diagnostic, Layout};

/// In the order in which it is looked for.
const NAMES: [&str; 4] = [
    "db/dbconf.yaml",
    "db/dbconf.yml",
    "dbconf.yaml",
    "dbconf.yml",
];

/// The environment without `-env`.
const DEFAULT: &str = "development";

pub(super) fn read(sources: &Sources<'_>) -> Result<Option<ToolConfig>, Diagnostic> {
    for name in NAMES {
        if let Some(file) = sources.files.read(name)? {
            return of_file(sources, name, &file).map(Some);
        }
    }
    Ok(of_variables(sources))
}

/// What counts in a file: the keys of an environment, and those above it.
struct Conf<'a> {
    sources: &'a Sources<'a>,
    file: &'a ToolFile,
    top: &'a Table,
    environment: Option<(&'a str, &'a Table, Spot)>,
}

fn of_file(sources: &Sources<'_>, name: &str, file: &ToolFile) -> Result<ToolConfig, Diagnostic> {
    let top = parse(file)?;
    let table = |name: &str| match top.get(name) {
        Some(
            one @ Spanned {
                value: Value::Table(table),
                ..
            },
        ) => Some((table, spot(one))),
        _ => None,
    };
    let wanted = sources.environment.unwrap_or(DEFAULT);
    let conf = Conf {
        sources,
        file,
        top: &top,
        environment: table(wanted).map(|(table, spot)| (wanted, table, spot)),
    };
    let mut config = ToolConfig::new(Layout::LiamstaskGoose, &file.shown);
    config.dialect = conf.dialect();
    let names = top.iter().filter(|(name, _)| table(name).is_some());
    config.environments = names.map(|(name, _)| name.clone()).collect();
    config.environment = conf.environment.map(|(name, ..)| name.to_owned());
    // One that is asked for and is not here is another source's.
    if conf.environment.is_some() || sources.environment.is_none() {
        config.url = Some(conf.url());
    }
    let folder = Path::new(name).parent().unwrap_or(Path::new(""));
    let migrations = match conf.expanded("migrationsDir") {
        Some((spot, text)) => {
            let text = text.map_err(|problem| wrong(file, spot, problem))?;
            folder.join(text)
        }
        None => folder.join("migrations"),
    };
    config.migrations = Some((migrations, conf.origin()));
    Ok(config)
}

impl Conf<'_> {
    fn origin(&self) -> Origin {
        Origin::Tool {
            file: self.file.shown.clone(),
            environment: self.environment.map(|(name, ..)| name.to_owned()),
            variable: None,
        }
    }

    /// A key with its variables replaced; a sentence where that cannot be.
    fn expanded(&self, key: &str) -> Option<(Spot, Result<String, String>)> {
        let of = |table: &Table| match table.get(key) {
            Some(
                one @ Spanned {
                    value: Value::Text(text),
                    ..
                },
            ) => Some((spot(one), text.clone())),
            Some(one) => Some((spot(one), String::new())),
            None => None,
        };
        let own = self.environment.and_then(|(_, table, _)| of(table));
        let (spot, text) = own.or_else(|| of(self.top))?;
        // One that is set and empty is something, here: a password may be empty.
        let get = |name: &str| self.sources.variables.process.get(name).cloned();
        let text = expand(&text, get).map_err(|unset| match unset.name {
            Some(name) => format!("`{key}` names the variable {name}, which is not set"),
            None => format!("`{key}` has a `$` for a variable that is not set"),
        });
        Some((spot, text))
    }

    fn url(&self) -> UrlChoice {
        self.try_url().unwrap_or_else(no_url)
    }

    fn try_url(&self) -> Result<UrlChoice, Diagnostic> {
        let needed = |key: &str| -> Result<Option<(Spot, String)>, Diagnostic> {
            match self.expanded(key) {
                None => Ok(None),
                Some((spot, Ok(text))) if text.is_empty() => {
                    Err(wrong(self.file, spot, format!("`{key}` is empty")))
                }
                // Its parser knows no comments behind a value, and others do.
                Some((spot, Ok(_)))
                    if ["open", "dsn"].contains(&key) && has_comment(self.file, spot) =>
                {
                    let message = format!(
                        "what follows ` #` belongs to `{key}` for some, and is a comment for others"
                    );
                    Err(wrong(self.file, spot, message))
                }
                Some((spot, Ok(text))) => Ok(Some((spot, text))),
                Some((spot, Err(problem))) => Err(wrong(self.file, spot, problem)),
            }
        };
        let missing = |key: &str| match self.environment {
            Some((name, _, spot)) => wrong(
                self.file,
                spot,
                format!("the environment {} has no `{key}`", shown_name(name)),
            ),
            None => self.no_default(),
        };
        let (at, driver) = needed("driver")?.ok_or_else(|| missing("driver"))?;
        let open = match needed("open")? {
            Some(open) => Some(open),
            // As another fork calls it.
            None => needed("dsn")?,
        };
        let (spot, open) = open.ok_or_else(|| missing("open"))?;
        let dialect = needed("dialect")?.map(|(_, dialect)| dialect);
        let driver = driver_of(&driver, dialect.as_deref()).ok_or_else(|| {
            let name = shown_name(&driver);
            wrong(self.file, at, format!("the driver {name} is not supported"))
        })?;
        let url = driver
            .url(&open, self.sources.variables)
            .map_err(|error| wrong(self.file, spot, error.to_string()))?;
        Ok(UrlChoice::Text(url.secret().to_owned(), self.origin()))
    }

    /// What the driver is for, also where there is no URL.
    fn dialect(&self) -> Option<Dialect> {
        let (_, driver) = self.expanded("driver")?;
        driver_of(&driver.ok()?, None).map(Driver::dialect)
    }

    fn no_default(&self) -> Diagnostic {
        let mut problem = wrong(
            self.file,
            (1, 1),
            format!("there is no environment `{DEFAULT}`, which is meant without `-e`"),
        );
        let tables = self.top.iter();
        let first = tables
            .filter(|(_, one)| matches!(one.value, Value::Table(_)))
            .map(|(name, _)| name)
            .next();
        if let Some(name) = first {
            problem = problem.with_help(format!("choose one that is there\nlimosa -e {name} …"));
        }
        problem
    }
}

/// `CloudCom`'s fork without a file. The names are common ones, so all three must be set.
fn of_variables(sources: &Sources<'_>) -> Option<ToolConfig> {
    let get = |name| sources.variables.of_process(name);
    let (driver, _) = get("DB_DRIVER")?;
    let (open, origin) = get("DB_DSN")?;
    let (folder, folder_origin) = get("DB_MIGRATIONS_DIR")?;
    let shown = "DB_DRIVER, DB_DSN, DB_MIGRATIONS_DIR";
    let mut config = ToolConfig::new(Layout::LiamstaskGoose, shown);
    let bad = |message: String| no_url(Diagnostic::error("bad-url", Class::Usage, message));
    config.url = Some(match driver_of(&driver, None) {
        None => bad(format!(
            "the driver {} of DB_DRIVER is not supported",
            shown_name(&driver)
        )),
        Some(driver) => match driver.url(&open, sources.variables) {
            Ok(url) => UrlChoice::Text(url.secret().to_owned(), origin),
            Err(error) => bad(format!("DB_DSN: {error}")),
        },
    });
    // It begins at the folder that `-path` names, which is `db` without it.
    let folder = PathBuf::from("db").join(folder);
    config.migrations = Some((folder, folder_origin));
    Some(config)
}

/// Whether a ` #` stands behind a value without quotes.
fn has_comment(file: &ToolFile, (line, column): Spot) -> bool {
    let number = |at: u64| usize::try_from(at - 1).unwrap_or(usize::MAX);
    let line = file.text.lines().nth(number(line)).unwrap_or_default();
    let mut value = line.chars().skip(number(column)).peekable();
    let is_quoted = value
        .peek()
        .is_some_and(|first| ['"', '\''].contains(first));
    !is_quoted && value.collect::<String>().contains(" #")
}

/// A driver by its name, or by the path of its import, which ends with one.
fn driver_of(name: &str, dialect: Option<&str>) -> Option<Driver> {
    if dialect == Some("redshift") {
        return None;
    }
    let name = name.rsplit('/').next().unwrap_or(name);
    match name.to_ascii_lowercase().as_str() {
        "postgres" | "pq" => Some(Driver::LibPq),
        "pgx" => Some(Driver::Pgx),
        "mysql" => Some(Driver::Mysql),
        "sqlite3" | "go-sqlite3" => Some(Driver::Sqlite),
        _ => None,
    }
}
