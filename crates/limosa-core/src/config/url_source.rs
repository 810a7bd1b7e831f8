//! Where a database URL stands, and how it is fetched.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};

use crate::{Class, DatabaseUrl, Diagnostic};

/// A URL as the configuration gives it.
#[derive(Clone, PartialEq, Eq)]
pub enum UrlSource {
    /// As text.
    Text(String),
    /// In a variable of the environment.
    Env(String),
    /// In a file, for example a mounted secret.
    File(String),
    /// Printed by a command, which is run without a shell.
    Command(Vec<String>),
}

impl fmt::Debug for UrlSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Text(***)"),
            Self::Env(name) => write!(f, "Env({name})"),
            Self::File(path) => write!(f, "File({path})"),
            Self::Command(_) => f.write_str("Command(***)"),
        }
    }
}

impl<'de> Deserialize<'de> for UrlSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Source;
        impl<'de> Visitor<'de> for Source {
            type Value = UrlSource;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a URL, { env = \"…\" }, { file = \"…\" } or { command = [\"…\"] }")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<UrlSource, E> {
                Ok(UrlSource::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<UrlSource, A::Error> {
                const KEYS: &[&str] = &["env", "file", "command"];
                let mut source = None;
                while let Some(key) = map.next_key::<String>()? {
                    let one = match key.as_str() {
                        "env" => UrlSource::Env(map.next_value()?),
                        "file" => UrlSource::File(map.next_value()?),
                        "command" => UrlSource::Command(map.next_value()?),
                        other => return Err(de::Error::unknown_field(other, KEYS)),
                    };
                    if source.replace(one).is_some() {
                        return Err(de::Error::custom(
                            "a URL has one source: `env`, `file` or `command`",
                        ));
                    }
                }
                match source {
                    None => Err(de::Error::custom(
                        "one of `env`, `file`, `command` is needed",
                    )),
                    Some(UrlSource::Command(words)) if words.is_empty() => {
                        Err(de::Error::custom("the command is empty"))
                    }
                    Some(source) => Ok(source),
                }
            }
        }
        deserializer.deserialize_any(Source)
    }
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// An option of the command line.
    Option(&'static str),
    /// A variable of the environment.
    Variable(String),
    /// A variable in the `.env` file.
    EnvFile(String),
    /// The configuration file, as people know it.
    Config(String),
    /// The configuration of another tool.
    Tool {
        /// Its file, as people know it.
        file: String,
        /// The environment in it.
        environment: Option<String>,
        /// The variable that comes before what the file says, or that it names.
        variable: Option<String>,
    },
    /// Nothing was said.
    Default,
}

impl Origin {
    /// Whether it is one of the project's own files, whose relative paths begin at the project.
    pub const fn is_of_project(&self) -> bool {
        matches!(self, Self::Config(_) | Self::EnvFile(_) | Self::Tool { .. })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option(name) => f.write_str(name),
            Self::Variable(name) => f.write_str(name),
            Self::EnvFile(name) => write!(f, "{name} in .env"),
            Self::Config(file) => f.write_str(file),
            Self::Tool {
                file,
                environment,
                variable,
            } => {
                f.write_str(file)?;
                if let Some(name) = environment {
                    write!(f, " ({})", name.escape_debug())?;
                }
                match variable {
                    Some(name) => write!(f, " with {}", name.escape_debug()),
                    None => Ok(()),
                }
            }
            Self::Default => f.write_str("the default"),
        }
    }
}

/// How a URL that is not in the program's own hands is fetched. The command line has the real
/// one; tests have their own.
pub trait Secrets {
    /// The content of a file.
    ///
    /// # Errors
    /// When it cannot be read.
    fn file(&self, path: &Path) -> Result<String, String>;

    /// What a command prints, run without a shell.
    ///
    /// # Errors
    /// When it cannot be started or fails, in words without its output.
    fn command(&self, words: &[String]) -> Result<String, String>;
}

/// The URL that was chosen for a database, not yet fetched.
#[derive(Clone, PartialEq, Eq)]
pub enum UrlChoice {
    /// It is known.
    Text(String, Origin),
    /// A variable that the configuration names, which is not set.
    Unset(String, Origin),
    /// It is in a file.
    File(PathBuf, Origin),
    /// A command prints it.
    Command(Vec<String>, Origin),
    /// Another tool's configuration has one that cannot be used.
    Wrong(Box<Diagnostic>),
    /// Nobody named one. What could be set.
    Nowhere(Vec<String>),
}

impl fmt::Debug for UrlChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_, origin) => write!(f, "Text(***, {origin})"),
            Self::Unset(name, origin) if is_variable(name) => {
                write!(f, "Unset({name}, {origin})")
            }
            Self::Unset(_, origin) => write!(f, "Unset(***, {origin})"),
            Self::File(path, origin) => write!(f, "File({}, {origin})", path.display()),
            Self::Command(_, origin) => write!(f, "Command(***, {origin})"),
            Self::Wrong(problem) => write!(f, "Wrong({})", problem.message),
            Self::Nowhere(hints) => write!(f, "Nowhere({hints:?})"),
        }
    }
}

impl UrlChoice {
    /// Fetches and reads the URL.
    ///
    /// # Errors
    /// When there is none, it cannot be fetched, or it is not a database URL. Never shows it.
    pub fn fetch(&self, secrets: &dyn Secrets) -> Result<(DatabaseUrl, Origin), Diagnostic> {
        let (text, origin) = match self {
            Self::Text(text, origin) => (text.clone(), origin.clone()),
            Self::File(path, origin) => {
                let text = secrets.file(path).map_err(|why| {
                    let shown = path.display();
                    usage(
                        "url-unreadable",
                        format!("the file {shown} with the database URL cannot be read: {why}"),
                    )
                    .with_note(format!("{origin} says that the URL is there"))
                })?;
                (text, origin.clone())
            }
            Self::Command(words, origin) => {
                let text = secrets.command(words).map_err(|why| {
                    let program = words.first().map_or("", String::as_str);
                    usage(
                        "url-command-failed",
                        format!("the command `{program}` for the database URL {why}"),
                    )
                    .with_note(format!("{origin} says that it prints the URL"))
                })?;
                (text, origin.clone())
            }
            Self::Unset(name, origin) if is_variable(name) => {
                return Err(usage("no-url", format!("the variable {name} is not set"))
                    .with_note(format!("{origin} says that the database URL is there"))
                    .with_help(format!("set it\n{name}=postgres://user@host/database")));
            }
            Self::Unset(_, origin) => {
                let message = format!("what {origin} has is not the name of a variable");
                return Err(usage("no-url", message)
                    .with_note("it says that the database URL is in a variable of that name"));
            }
            Self::Wrong(problem) => return Err((**problem).clone()),
            Self::Nowhere(hints) => {
                let mut problem = usage("no-url", "no database URL is given".to_owned());
                for hint in hints {
                    problem = problem.with_help(hint.clone());
                }
                return Err(problem);
            }
        };
        let text = text.trim();
        if text.is_empty() {
            return Err(usage(
                "no-url",
                format!("the database URL from {origin} is empty"),
            ));
        }
        match DatabaseUrl::parse(text) {
            Ok(url) => Ok((url, origin)),
            Err(error) => Err(usage("bad-url", error.to_string())
                .with_note(format!("the URL is from {origin}"))
                .with_help(
                    "URLs look like these\n\
                     postgres://user:password@host:5432/database\n\
                     mysql://user:password@host:3306/database\n\
                     sqlite:path/to/file.db",
                )),
        }
    }

    /// The text, where it is known without fetching.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text, _) => Some(text.trim()),
            _ => None,
        }
    }
}

/// Whether a text can be the name of a variable: a URL in its place may hold a password.
pub(super) fn is_variable(name: &str) -> bool {
    name.starts_with(|first: char| !first.is_ascii_digit())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn usage(name: &'static str, message: String) -> Diagnostic {
    Diagnostic::error(name, Class::Usage, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;

    impl Secrets for Fixed {
        fn file(&self, _: &Path) -> Result<String, String> {
            Ok("postgres://ada:s3cret@db/shop\n".into())
        }

        fn command(&self, _: &[String]) -> Result<String, String> {
            Err("ended with exit code 7".into())
        }
    }

    fn fetched(choice: &UrlChoice) -> Result<(DatabaseUrl, Origin), Diagnostic> {
        choice.fetch(&Fixed)
    }

    #[test]
    fn a_mounted_secret_is_read_without_its_line_end() {
        let origin = Origin::Config("limosa.toml".into());
        let choice = UrlChoice::File("/run/secrets/db".into(), origin);
        assert_eq!(
            fetched(&choice).unwrap().0.secret(),
            "postgres://ada:s3cret@db/shop"
        );
    }

    #[test]
    fn a_failing_command_is_named_without_its_arguments() {
        let origin = Origin::Config("limosa.toml".into());
        let choice = UrlChoice::Command(vec!["vault".into(), "s3cret".into()], origin);
        let problem = fetched(&choice).unwrap_err();
        assert_eq!(
            problem.message,
            "the command `vault` for the database URL ended with exit code 7"
        );
        assert!(!format!("{problem:?}{choice:?}").contains("s3cret"));
    }

    #[test]
    fn a_url_in_the_place_of_a_variable_is_not_shown() {
        let origin = Origin::Config("limosa.toml".into());
        let choice = UrlChoice::Unset("postgres://ada:s3cret@db".into(), origin);
        let problem = fetched(&choice).unwrap_err();
        assert_eq!(
            problem.message,
            "what limosa.toml has is not the name of a variable"
        );
        assert!(!format!("{problem:?}{choice:?}").contains("s3cret"));
    }

    #[test]
    fn a_bad_url_is_explained_without_showing_it() {
        let choice = UrlChoice::Text(
            "oracle://ada:s3cret@db".into(),
            Origin::Variable("DATABASE_URL".into()),
        );
        let problem = fetched(&choice).unwrap_err();
        assert!(problem.message.contains("`oracle`"), "{}", problem.message);
        assert!(!format!("{problem:?}").contains("s3cret"));
    }
}
