//! What is wrong with `limosa.toml`, with its place.

use std::ops::Range;

use super::ConfigFile;
use crate::{Class, Diagnostic, Excerpt, Label};

impl ConfigFile {
    /// Reads the text of the file; `shown` is its name for people.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and the nearest name there is.
    pub fn parse(text: &str, shown: &str) -> Result<Self, Diagnostic> {
        let file: Self = toml::from_str(text).map_err(|error| explain(&error, text, shown))?;
        file.check(shown)?;
        Ok(file)
    }

    /// What the shape alone does not say.
    fn check(&self, shown: &str) -> Result<(), Diagnostic> {
        let wrong =
            |message: String| Diagnostic::error("bad-config", Class::Usage, message).in_file(shown);
        let mut variables: Vec<(String, &str)> = Vec::new();
        for (name, _) in &self.databases {
            let usable = !name.is_empty()
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
            if !usable {
                return Err(wrong(format!(
                    "`{}` cannot be the name of a database: use letters, digits, `-` and `_`",
                    name.escape_default()
                )));
            }
            let variable = url_variable(name);
            if let Some((_, other)) = variables.iter().find(|(one, _)| *one == variable) {
                return Err(wrong(format!(
                    "the databases `{other}` and `{name}` share the variable {variable}"
                )));
            }
            variables.push((variable, name));
        }
        if !self.databases.is_empty()
            && (self.url.is_some() || self.session_init.is_some() || self.shadow_prelude.is_some())
        {
            let key = if self.url.is_some() {
                "url"
            } else if self.session_init.is_some() {
                "session-init"
            } else {
                "shadow-prelude"
            };
            return Err(wrong(format!(
                "`{key}` at the top is for a single database: move it into one of `[databases.…]`"
            )));
        }
        for (environment, keys) in &self.environments {
            for (name, _) in &keys.databases {
                if !self.databases.is_empty() && !self.databases.iter().any(|(one, _)| one == name)
                {
                    let mut problem = wrong(format!(
                        "the environment `{environment}` names the database `{name}`, which is not there"
                    ));
                    let names = self.databases.iter().map(|(one, _)| one.as_str());
                    if let Some(near) = nearest(name, names) {
                        problem = problem.with_help(format!("did you mean `{near}`?"));
                    }
                    return Err(problem);
                }
            }
        }
        Ok(())
    }
}

/// `LIMOSA_CORE_URL` for the database `core`.
pub(super) fn url_variable(database: &str) -> String {
    format!(
        "LIMOSA_{}_URL",
        database.to_ascii_uppercase().replace('-', "_")
    )
}

/// The variable that holds the URL of the server itself, for a named database.
pub(super) fn direct_url_variable(database: &str) -> String {
    let url = url_variable(database);
    format!("{}DIRECT_URL", url.strip_suffix("URL").unwrap_or(&url))
}

/// The name that is most like another one, if one is like it at all.
pub(super) fn nearest<'a>(name: &str, among: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    among
        .map(|one| (strsim::damerau_levenshtein(&name.to_lowercase(), one), one))
        .filter(|(distance, one)| *distance <= 1 + one.len() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, one)| one)
}

fn explain(error: &toml::de::Error, text: &str, shown: &str) -> Diagnostic {
    let said = error.message();
    let quoted: Vec<&str> = said.split('`').skip(1).step_by(2).collect();
    let unknown_key = said.starts_with("unknown field");
    let message = match quoted.first() {
        Some(key) if unknown_key => format!("unknown key `{key}`"),
        Some(word) if said.starts_with("unknown variant") => {
            format!("`{word}` is not a value that there is")
        }
        _ => said.lines().collect::<Vec<_>>().join(", "),
    };
    let mut problem = if unknown_key {
        Diagnostic::error("unknown-key", Class::Usage, message)
    } else {
        Diagnostic::error("bad-config", Class::Usage, message)
    };
    problem = match error.span() {
        Some(span) => problem.at(place(text, span, shown)),
        None => problem.in_file(shown),
    };
    if let Some((word, expected)) = quoted.split_first()
        && said.starts_with("unknown ")
    {
        problem = match nearest(word, expected.iter().copied()) {
            Some(near) => problem.with_help(format!("did you mean `{near}`?")),
            None => problem.with_help(format!("there are: {}", expected.join(", "))),
        };
    }
    problem
}

/// The lines of a span with the span marked. A URL on such a line may hold a password, so the
/// values of lines that do not matter are not shown: only the marked line is.
pub(super) fn place(text: &str, span: Range<usize>, shown: &str) -> Label {
    let start = span.start.min(text.len());
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let line = text[line_start..line_end].trim_end_matches('\r');
    let marked = start - line_start..span.end.min(line_start + line.len()).max(start) - line_start;
    let secret = line.contains("://") || line.contains("command");
    Label {
        file: shown.to_owned(),
        line: 1 + text[..line_start].matches('\n').count() as u64,
        column: 1 + text[line_start..start].chars().count() as u64,
        text: String::new(),
        excerpt: (!secret).then(|| Excerpt {
            first_line: 1 + text[..line_start].matches('\n').count() as u64,
            text: line.to_owned(),
            marked,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Order;

    fn problem(text: &str) -> Diagnostic {
        ConfigFile::parse(text, "limosa.toml").unwrap_err()
    }

    #[test]
    fn the_keys_of_the_manual_are_read() {
        let text = r#"
            migrations = "migrations"
            numbering = "sequential"
            out-of-order = "apply"
            [databases.core]
            url = { env = "CORE_URL" }
            session-init = "SET ROLE owner"
            [databases.auth]
            url = { command = ["vault", "read"] }
            layout = "golang-migrate"
            [environments.production]
            databases.core.url = { file = "/run/secrets/core" }
            protected = true
            timeouts = { lock = "2s", statement = "15min", lock-wait = "5min" }
        "#;
        let file = ConfigFile::parse(text, "limosa.toml").unwrap();
        let names: Vec<_> = file
            .databases
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(names, ["core", "auth"]);
        assert_eq!(file.out_of_order, Some(Order::OutOfOrder));
        assert_eq!(file.environments["production"].protected, Some(true));
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_nearest_key() {
        let problem = problem("set = \"a\"\nmigratons = \"db\"\n");
        assert_eq!(problem.name, "unknown-key");
        assert_eq!(problem.message, "unknown key `migratons`");
        assert_eq!((problem.labels[0].line, problem.labels[0].column), (2, 1));
        assert_eq!(problem.help, ["did you mean `migrations`?"]);
    }

    #[test]
    fn an_unknown_key_deep_inside_is_found_too() {
        let problem = problem("[databases.core]\nurl = { evn = \"X\" }\n");
        assert_eq!(problem.message, "unknown key `evn`");
        assert_eq!(problem.labels[0].line, 2);
        assert_eq!(problem.help, ["did you mean `env`?"]);
    }

    #[test]
    fn wrong_values_are_explained() {
        let layout = problem("layout = \"gooze\"\n");
        assert_eq!(layout.help, ["did you mean `goose`?"]);
        let tool = problem("tool = \"native\"\n");
        assert_eq!(tool.message, "`native` is not a value that there is");
        let time = problem("timeouts = { lock = 5 }\n");
        assert!(time.message.contains("write \"5s\""), "{}", time.message);
        let syntax = problem("set = \n");
        assert_eq!(syntax.labels[0].line, 1);
    }

    #[test]
    fn a_password_in_the_file_is_never_shown() {
        let problem = problem("[databases.core]\nurl = \"postgres://ada:s3cret@db/shop\" x\n");
        assert!(!format!("{problem:?}").contains("s3cret"), "{problem:?}");
    }

    #[test]
    fn names_that_share_a_variable_are_refused() {
        let problem = problem("[databases.a-b]\n[databases.a_b]\n");
        assert!(
            problem.message.contains("LIMOSA_A_B_URL"),
            "{}",
            problem.message
        );
    }

    #[test]
    fn a_top_level_url_beside_named_databases_is_refused() {
        let problem = problem("url = \"sqlite:a\"\n[databases.core]\n");
        assert!(
            problem.message.contains("`url` at the top"),
            "{}",
            problem.message
        );
    }
}
