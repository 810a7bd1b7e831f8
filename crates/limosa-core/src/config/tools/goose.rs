//! pressly/goose: `GOOSE_DRIVER`, `GOOSE_DBSTRING`, `GOOSE_MIGRATION_DIR` and `GOOSE_TABLE`, of the process or of `.env`.
//! It has no file of its own and no environments.

use super::go::Driver;
use super::problem::{no_url, shown_name};
use super::{Sources, ToolConfig, UrlChoice};
use crate::{Class, Diagnostic, Layout};

const DRIVER: &str = "GOOSE_DRIVER";
const DBSTRING: &str = "GOOSE_DBSTRING";
const MIGRATION_DIR: &str = "GOOSE_MIGRATION_DIR";
const TABLE: &str = "GOOSE_TABLE";

pub(super) fn read(sources: &Sources<'_>) -> Option<ToolConfig> {
    let get = |name| sources.variables.get(name);
    let set: Vec<&str> = [DRIVER, DBSTRING, MIGRATION_DIR, TABLE]
        .into_iter()
        .filter(|name| get(name).is_some())
        .collect();
    if set.is_empty() {
        return None;
    }
    let mut config = ToolConfig::new(Layout::Goose, set.join(", "));
    config.dialect = get(DRIVER).and_then(|(name, _)| Some(driver_of(&name)?.dialect()));
    config.url = url(sources);
    config.migrations = get(MIGRATION_DIR).map(|(folder, origin)| (folder.into(), origin));
    config.table = get(TABLE);
    Some(config)
}

fn url(sources: &Sources<'_>) -> Option<UrlChoice> {
    let (text, origin) = sources.variables.get(DBSTRING)?;
    let wrong = |message: String| {
        let problem = Diagnostic::error("bad-url", Class::Usage, message);
        Some(no_url(problem))
    };
    let is_url = text.starts_with("postgres://") || text.starts_with("postgresql://");
    let driver = match sources.variables.get(DRIVER) {
        None if is_url => Driver::Pgx,
        None => return wrong(format!("{DBSTRING} is set, and {DRIVER} is not")),
        Some((name, _)) => match driver_of(&name) {
            Some(driver) => driver,
            None => {
                let name = shown_name(&name);
                return wrong(format!("the driver {name} of {DRIVER} is not supported"));
            }
        },
    };
    match driver.url(&text, sources.variables) {
        Ok(url) => Some(UrlChoice::Text(url.secret().to_owned(), origin)),
        Err(error) => wrong(format!("{origin}: {error}")),
    }
}

fn driver_of(name: &str) -> Option<Driver> {
    match name {
        "postgres" | "pgx" => Some(Driver::Pgx),
        "mysql" => Some(Driver::Mysql),
        "sqlite3" | "sqlite" => Some(Driver::Sqlite),
        _ => None,
    }
}
