//! Which URL a database has, and which one leads to the server itself.

use super::{Origin, PLAIN, PLAIN_DIRECT, Resolving, UrlChoice, UrlSource};
use crate::Diagnostic;
use crate::config::problem::{direct_url_variable, url_variable};
use crate::config::{ToolConfig, Variables};

/// The URLs of a database.
pub(super) struct Urls {
    pub url: UrlChoice,
    /// For commands that write. It is only taken from where the URL is from, or from a place that comes before: one
    /// that belongs to another URL would lead to another database.
    pub direct: Option<UrlChoice>,
}

impl Resolving<'_> {
    pub(super) fn urls(&self) -> Urls {
        let alone = |url| Urls { url, direct: None };
        if let Some(url) = &self.asked.url {
            return alone(UrlChoice::Text(url.clone(), Origin::Option("--url")));
        }
        let own_variable = url_variable(self.name);
        let has_name = self.own.is_some() || self.over.is_some_and(|(_, keys)| keys.is_some());
        if has_name && let Some((text, origin)) = self.variables.get(&own_variable) {
            let direct = self.direct_variable(has_name, &origin);
            let url = UrlChoice::Text(text, origin);
            return Urls { url, direct };
        }
        if !self.restricted {
            // A file never overrides the process, so that a forgotten `.env` does not redirect a deployment.
            let passed_over = self
                .tool
                .is_some_and(|tool| tool.instead_of_database_url.is_some());
            let plain = if passed_over { &PLAIN[..1] } else { &PLAIN };
            let process = plain
                .iter()
                .find_map(|name| self.variables.of_process(name));
            let file = || plain.iter().find_map(|name| self.variables.of_file(name));
            if let Some((text, origin)) = process.or_else(file) {
                let direct = self.direct_variable(has_name, &origin);
                let url = UrlChoice::Text(text, origin);
                return Urls { url, direct };
            }
        }
        let of_environment = self.over.map(|(keys, _)| (&keys.url, &keys.direct_url));
        let of_its_database = self.over.and_then(|(_, keys)| keys);
        let tables = [
            of_its_database.map(|keys| (&keys.url, &keys.direct_url)),
            of_environment,
            self.own.map(|keys| (&keys.url, &keys.direct_url)),
            Some((&self.keys.url, &self.keys.direct_url)),
        ];
        let found = tables
            .into_iter()
            .flatten()
            .find_map(|(url, direct)| Some((url.as_ref()?, direct)));
        let Some((url, direct)) = found else {
            if let Some(url) = self.of_tool() {
                let direct = match &url {
                    UrlChoice::Text(_, origin) => self.direct_variable(has_name, origin),
                    _ => None,
                };
                return Urls { url, direct };
            }
            return alone(UrlChoice::Nowhere(
                self.ways(has_name.then_some(own_variable)),
            ));
        };
        let in_config = || Some(self.of_config(direct.as_ref()?));
        let origin = Origin::Config(self.shown.to_owned());
        Urls {
            url: self.of_config(url),
            direct: self.direct_variable(has_name, &origin).or_else(in_config),
        }
    }

    /// The direct URL of the variables, beside a URL from there.
    fn direct_variable(&self, has_name: bool, beside: &Origin) -> Option<UrlChoice> {
        let own = has_name.then(|| direct_url_variable(self.name));
        let plain = (!self.restricted).then(|| PLAIN_DIRECT.to_owned());
        let mut names = own.into_iter().chain(plain);
        let (text, origin) = names.find_map(|name| match beside {
            Origin::Variable(_) => self.variables.of_process(&name),
            _ => self.variables.get(&name),
        })?;
        Some(UrlChoice::Text(text, origin))
    }

    /// The URL of the other tool's configuration. Without environments it is none for a chosen one.
    fn of_tool(&self) -> Option<UrlChoice> {
        let tool = self.tool?;
        let environment = self.asked.environment.as_ref();
        let counts = environment.is_none_or(|name| tool.has(name));
        tool.url.clone().filter(|_| counts)
    }

    fn of_config(&self, source: &UrlSource) -> UrlChoice {
        let origin = Origin::Config(self.shown.to_owned());
        match source {
            UrlSource::Text(text) => UrlChoice::Text(text.clone(), origin),
            UrlSource::Env(name) => match self.variables.get(name) {
                Some((text, origin)) => UrlChoice::Text(text, origin),
                None => UrlChoice::Unset(name.clone(), origin),
            },
            UrlSource::File(path) => UrlChoice::File(self.root.join(path), origin),
            UrlSource::Command(words) => UrlChoice::Command(words.clone(), origin),
        }
    }

    /// How a URL can be given.
    fn ways(&self, own: Option<String>) -> Vec<String> {
        let example = "postgres://user@host/database";
        let in_config = |table: &str| {
            format!(
                "or write it into {}\n{table}url = {{ env = \"…\" }}",
                self.shown
            )
        };
        match own {
            Some(variable) => vec![
                format!("set it in the environment\n{variable}={example}"),
                in_config(&format!("databases.{}.", self.name)),
            ],
            None if self.restricted => vec![in_config("")],
            None => vec![
                format!("set it in the environment\nDATABASE_URL={example}"),
                format!("or name it\nlimosa --url {example} …"),
                in_config(""),
            ],
        }
    }
}

/// Variables with a URL that do not count.
pub(super) fn ignored(
    tool: Option<&ToolConfig>,
    variables: Variables<'_>,
    restricted: bool,
    url: Option<&UrlChoice>,
) -> Option<Diagnostic> {
    let of_tool = tool.and_then(|tool| tool.url.as_ref());
    let names_it = matches!(
        url,
        Some(UrlChoice::Text(_, Origin::Tool { variable: Some(name), .. })) if name == PLAIN[1]
    );
    let is_made_with_it = names_it || tool.is_some_and(|tool| tool.uses_database_url);
    let used = is_made_with_it && url.is_some() && url == of_tool;
    let is_set = |name: &&str| variables.get(name).is_some();
    if !restricted {
        let tool = tool?;
        let other = tool.instead_of_database_url.as_ref()?;
        let [_, name] = PLAIN;
        let message = format!(
            "{name} is ignored: {} says that the URL is in {other}",
            tool.shown
        );
        return is_set(&name).then(|| Diagnostic::note("variable-ignored", message));
    }
    let mut ignored: Vec<String> = PLAIN
        .into_iter()
        .chain([PLAIN_DIRECT])
        .filter(is_set)
        .filter(|name| !(used && *name == PLAIN[1]))
        .map(str::to_owned)
        .collect();
    if url != of_tool
        && let Some(UrlChoice::Text(_, Origin::Variable(name) | Origin::EnvFile(name))) = of_tool
    {
        ignored.push(name.clone());
    }
    if ignored.is_empty() {
        return None;
    }
    let is = if ignored.len() == 1 { "is" } else { "are" };
    let all = ignored.join(" and ");
    Some(Diagnostic::note(
        "variable-ignored",
        format!(
            "{all} {is} ignored: with a chosen environment or named databases only LIMOSA_<NAME>_URL, LIMOSA_<NAME>_DIRECT_URL and the configuration count"
        ),
    ))
}
