//! A command line of another tool, with the options that it would have here.

use clap::{Command, CommandFactory};

use super::is_understood;
use super::options::{self, Ours};
use crate::args::Cli;

/// The command line.
pub struct Line {
    /// The command as it was typed: `migrate run`.
    pub verb: String,
    /// Its last word, and what stands behind it.
    pub words: Vec<String>,
    /// The options, as they are here.
    pub options: Vec<String>,
    /// What each option of another tool is here.
    pub replaced: Vec<String>,
}

/// The drivers of goose, which stand before the command with a connection string.
const DRIVERS: [&str; 5] = ["postgres", "pgx", "mysql", "sqlite3", "sqlite"];

/// What sqlx and others write before the verb.
const PREFIXES: [&str; 2] = ["migrate", "database"];

impl Line {
    pub fn read(args: &[String]) -> Self {
        let ours = Cli::command();
        let mut line = Self {
            verb: String::new(),
            words: Vec::new(),
            options: Vec::new(),
            replaced: Vec::new(),
        };
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            if arg == "--" {
                continue;
            }
            if !arg.starts_with('-') || is_number(arg) {
                line.words.push(arg.clone());
                continue;
            }
            let (name, glued) = match arg.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (arg.as_str(), None),
            };
            let Some(old) = options::find(arg) else {
                line.options.push(quoted(arg));
                if glued.is_none() && takes_value(&ours, arg) {
                    line.options.extend(rest.next().map(|value| quoted(value)));
                }
                continue;
            };
            let value = match glued {
                None if old.has_value() => rest.next().map(String::as_str),
                glued => glued,
            };
            line.replace(name, old.ours, value.unwrap_or("VALUE"));
        }
        line.find_verb();
        line
    }

    fn replace(&mut self, name: &str, ours: Ours, value: &str) {
        let (option, value) = match ours {
            Ours::Valued(option) => (option, Some(quoted(value))),
            Ours::Folder => {
                let folder = value.strip_prefix("file://").unwrap_or(value);
                ("--dir", Some(quoted(folder)))
            }
            Ours::Url => ("--url", Some("URL".to_owned())),
            Ours::Seconds(option) => (option, Some(quoted(&format!("{value}s")))),
            Ours::Flag(option) => (option, None),
            Ours::NoValue(why) | Ours::NoFlag(why) => {
                self.replaced.push(format!("`{name}` is left out: {why}"));
                return;
            }
        };
        self.replaced.push(format!("`{name}` is `{option}`"));
        self.options.push(option.to_owned());
        self.options.extend(value);
    }

    fn find_verb(&mut self) {
        if self.words.len() > 2 && DRIVERS.contains(&self.words[0].as_str()) {
            self.words.drain(..2);
            self.replace("DRIVER DBSTRING", Ours::Url, "");
        }
        let verb_at = match self.words.first() {
            Some(word) if PREFIXES.contains(&word.as_str()) && self.words.len() > 1 => 1,
            _ => 0,
        };
        if self.words.len() > verb_at {
            self.verb = self.words[..=verb_at].join(" ");
        }
        if verb_at == 1 && self.words[0] == "database" {
            self.words[1] = format!("db:{}", self.words[1]);
        }
        self.words.drain(..verb_at);
    }

    /// What stands behind the verb.
    pub fn argument(&self) -> Option<&str> {
        self.words.get(1).map(String::as_str)
    }

    /// A command of ours with what stands behind the verb in its place.
    pub fn filled(&self, command: &str) -> String {
        let Some(argument) = self.argument() else {
            return command.to_owned();
        };
        let mut name: Vec<&str> = self.words[1..].iter().map(String::as_str).collect();
        if name.len() > 1 && matches!(name.last(), Some(&("sql" | "go"))) {
            name.pop();
        }
        let name: Vec<String> = name.into_iter().map(quoted).collect();
        let version = self.words[1..].iter().find_map(|word| version(word));
        let version = version.unwrap_or("VERSION");
        command
            .replace("NAME", &name.join(" "))
            .replace("COUNT", argument)
            .replace("STAMP", version)
            .replace("VERSION", version)
    }

    /// A command of ours with the options.
    pub fn whole(&self, command: &str) -> String {
        let whole = [&[command.to_owned()], self.options.as_slice()].concat();
        let whole = whole.join(" ");
        if is_understood(&whole) {
            whole
        } else {
            command.to_owned()
        }
    }
}

/// Whether it is a number below zero and no option.
fn is_number(arg: &str) -> bool {
    arg.strip_prefix('-').is_some_and(is_digits)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The version that a word names: `5`, `20260101000000-add-x`, `version=5,`.
fn version(word: &str) -> Option<&str> {
    let word = word.strip_prefix("version=").unwrap_or(word);
    let word = word.trim_start_matches('/');
    let end = word
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(word.len());
    (end > 0).then(|| &word[..end])
}

/// Whether an option of ours has its value in the next argument.
fn takes_value(ours: &Command, arg: &str) -> bool {
    let of = |command: &Command| {
        command.get_arguments().any(|known| {
            let is_it = match arg.strip_prefix("--") {
                Some(long) => known.get_long() == Some(long),
                None => arg.len() == 2 && known.get_short() == arg.chars().nth(1),
            };
            is_it && known.get_action().takes_values() && !known.is_require_equals_set()
        })
    };
    of(ours) || ours.get_subcommands().any(of)
}

/// As it is written in a shell.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
