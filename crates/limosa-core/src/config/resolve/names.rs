//! Which databases and which environment are meant by their names.

use crate::config::problem::nearest;
use crate::config::{Asked, ConfigFile, DatabaseKeys, EnvironmentKeys, ToolConfig};
use crate::{Class, Diagnostic};

pub(super) fn usage(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("usage", Class::Usage, message)
}

pub(super) fn named<'a>(all: &'a [(String, DatabaseKeys)], name: &str) -> Option<&'a DatabaseKeys> {
    all.iter()
        .find(|(one, _)| one == name)
        .map(|(_, keys)| keys)
}

/// The keys of an environment; `None` when only the other tool has it.
pub(super) fn environment<'a>(
    keys: &'a ConfigFile,
    tool: Option<&ToolConfig>,
    name: &str,
    shown: &str,
) -> Result<Option<&'a EnvironmentKeys>, Diagnostic> {
    if let Some(found) = keys.environments.get(name) {
        return Ok(Some(found));
    }
    let own = keys.environments.keys().map(String::as_str);
    let Some(tool) = tool.filter(|tool| !tool.environments.is_empty()) else {
        return Err(unknown("environment", name, own, shown));
    };
    if !tool.has(name) {
        let theirs = tool.environments.iter().map(String::as_str);
        let shown = if keys.environments.is_empty() {
            tool.shown.clone()
        } else {
            format!("{shown} or {}", tool.shown)
        };
        return Err(unknown("environment", name, own.chain(theirs), &shown));
    }
    // What stands in the file comes first, and would then be the database of every environment.
    if keys.url.is_some() {
        return Err(unknown("environment", name, own, shown).with_note(format!(
            "{} has it, but the URL is the one of {shown}",
            tool.shown
        )));
    }
    Ok(None)
}

/// The databases that were chosen, and the others.
pub(super) fn chosen(
    keys: &ConfigFile,
    asked: &Asked,
    shown: &str,
) -> Result<(Vec<String>, Vec<String>), Diagnostic> {
    let mut all: Vec<String> = keys
        .databases
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    if all.is_empty() {
        // An environment may name databases that the base does not have.
        let of_environment = asked
            .environment
            .as_ref()
            .and_then(|name| keys.environments.get(name));
        all.extend(
            of_environment
                .into_iter()
                .flat_map(|keys| keys.databases.iter().map(|(name, _)| name.clone())),
        );
    }
    for name in &asked.databases {
        if !all.contains(name) {
            return Err(unknown(
                "database",
                name,
                all.iter().map(String::as_str),
                shown,
            ));
        }
    }
    let is_chosen = |name: &String| asked.databases.is_empty() || asked.databases.contains(name);
    let (mut chosen, others): (Vec<String>, Vec<String>) = all.into_iter().partition(is_chosen);
    if chosen.is_empty() {
        chosen.push("default".to_owned());
    }
    Ok((chosen, others))
}

fn unknown<'a>(
    what: &str,
    name: &str,
    among: impl Iterator<Item = &'a str> + Clone,
    shown: &str,
) -> Diagnostic {
    let problem = usage(format!(
        "there is no {what} `{}` in {shown}",
        name.escape_default()
    ));
    let all: Vec<&str> = among.clone().collect();
    match nearest(name, among) {
        Some(near) => problem.with_help(format!("did you mean `{near}`?")),
        None if all.is_empty() => {
            problem.with_help(format!("it is written there as `[{what}s.{name}]`"))
        }
        None => problem.with_help(format!("there are: {}", all.join(", "))),
    }
}
