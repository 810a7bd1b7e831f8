//! sqlx: `sqlx.toml`, which names the variable with the URL, the folder, the table, and the characters that its checksums
//! leave out. It has no environments.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{Origin, Sources, ToolConfig, ToolFile, UrlChoice};
use crate::config::problem::place;
use crate::config::url_source::is_variable;
use crate::{Class, Diagnostic, Layout};

const NAME: &str = "sqlx.toml";

/// The keys that matter here. The others are about its macros.
#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    common: Common,
    migrate: Option<Migrate>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Common {
    database_url_var: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Migrate {
    create_schemas: Vec<String>,
    table_name: Option<String>,
    migrations_dir: Option<String>,
    ignored_chars: BTreeSet<char>,
}

pub(super) fn read(sources: &Sources<'_>) -> Result<Option<ToolConfig>, Diagnostic> {
    let Some(file) = sources.files.read(NAME)? else {
        return Ok(None);
    };
    let keys = parse(&file)?;
    let variable = keys
        .common
        .database_url_var
        .filter(|name| name != "DATABASE_URL");
    if variable.as_ref().is_some_and(|name| !is_variable(name)) {
        let message = "`database-url-var` is not the name of a variable";
        return Err(
            Diagnostic::error("bad-tool-config", Class::Usage, message).in_file(&file.shown)
        );
    }
    if variable.is_none() && keys.migrate.is_none() {
        return Ok(None);
    }
    let origin = || Origin::Tool {
        file: file.shown.clone(),
        environment: None,
        variable: None,
    };
    let mut config = ToolConfig::new(Layout::Sqlx, &file.shown);
    config.is_of_migrations = keys.migrate.is_some();
    if let Some(name) = variable {
        config.url = Some(match sources.variables.get(&name) {
            Some((text, origin)) => UrlChoice::Text(text, origin),
            None => UrlChoice::Unset(name.clone(), origin()),
        });
        config.instead_of_database_url = Some(name);
    }
    let migrate = keys.migrate.unwrap_or_default();
    config.migrations = migrate.migrations_dir.map(|one| (one.into(), origin()));
    config.table = migrate.table_name.map(|name| (name, origin()));
    config.ignored_chars = migrate.ignored_chars.into_iter().collect();
    if !migrate.create_schemas.is_empty() {
        let schemas = migrate.create_schemas.join(", ");
        config.remarks.push(Diagnostic::note(
            "tool-config-ignored",
            format!(
                "{} lets sqlx create the schemas {schemas}; Limosa leaves that to the migrations",
                file.shown
            ),
        ));
    }
    Ok(Some(config))
}

fn parse(file: &ToolFile) -> Result<File, Diagnostic> {
    toml::from_str(&file.text).map_err(|error| {
        let said = error.message().lines().collect::<Vec<_>>().join(", ");
        let problem = Diagnostic::error("bad-tool-config", Class::Usage, said);
        match error.span() {
            Some(span) => problem.at(place(&file.text, span, &file.shown)),
            None => problem.in_file(&file.shown),
        }
    })
}
