//! Variables of the environment in the text of goose (`-- +goose ENVSUB ON`).
//!
//! Goose expands line by line, and so it is done here: `$NAME`, `${NAME}`, `${NAME:-default}`,
//! `${NAME-default}`, `${NAME?message}`, `${NAME:offset}`, `${NAME:offset:length}`; `\$` is a
//! dollar; a variable that is not set is empty. Unlike there, dollar quotes (`$$`, `$tag$`) and
//! positional parameters (`$1`) stay as they are. What was expanded may be secret: no message
//! contains it.

use std::collections::HashMap;
use std::io::{self, BufRead, Read};

use super::Script;
use super::annotation::{Annotation, pressly};

/// Whether variables are expanded at a place, and their values.
pub(super) struct Expander {
    on: bool,
    values: HashMap<String, Option<String>>,
}

/// Why a text cannot be expanded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cannot {
    /// How many lines below the beginning of the text.
    pub(super) line: u64,
    /// What is wrong, without any value.
    pub(super) message: String,
}

impl Expander {
    /// Looks whether a script expands variables, and looks up those that it names.
    pub(super) fn of(
        script: &Script,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> io::Result<Option<Self>> {
        if !script.layout.notation().expands {
            return Ok(None);
        }
        let mut on = false;
        let mut expands = false;
        let mut values = HashMap::new();
        let mut line = Vec::new();
        for segment in &script.segments {
            let mut input = script.source.open_at(segment.start)?.take(segment.length());
            loop {
                line.clear();
                if input.read_until(b'\n', &mut line)? == 0 {
                    break;
                }
                if line.starts_with(b"--") {
                    on = toggled(&line).unwrap_or(on);
                    expands |= on;
                }
                if on && let Ok(line) = std::str::from_utf8(&line) {
                    for name in names(line) {
                        if !values.contains_key(name) {
                            values.insert(name.to_owned(), environment(name));
                        }
                    }
                }
            }
        }
        Ok(expands.then_some(Self { on: false, values }))
    }

    /// All values that it may put into a text.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        self.values.values().flatten().map(String::as_str)
    }

    /// Notes what the lines of a text between statements switch on or off.
    pub(super) fn pass(&mut self, text: &[u8], at_line_start: bool) {
        for (index, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
            if index > 0 || at_line_start {
                self.on = toggled(line).unwrap_or(self.on);
            }
        }
    }

    /// Expands a statement. Lines in it that switch the expansion are left out.
    pub(super) fn expand(&mut self, text: &str, at_line_start: bool) -> Result<String, Cannot> {
        let mut expanded = String::with_capacity(text.len());
        for (index, line) in text.split_inclusive('\n').enumerate() {
            if let Some(on) = toggled(line.as_bytes()).filter(|_| index > 0 || at_line_start) {
                self.on = on;
            } else if self.on {
                let mut line = Line {
                    rest: line,
                    values: &self.values,
                };
                line.expand_to(&mut expanded, None)
                    .map_err(|message| Cannot {
                        line: index as u64,
                        message,
                    })?;
            } else {
                expanded.push_str(line);
            }
        }
        Ok(expanded)
    }
}

fn toggled(line: &[u8]) -> Option<bool> {
    match pressly(std::str::from_utf8(line).ok()?)? {
        Ok(Annotation::EnvsubOn) => Some(true),
        Ok(Annotation::EnvsubOff) => Some(false),
        _ => None,
    }
}

fn identifier(text: &str) -> &str {
    let begins = text.chars().next().is_some_and(char::is_alphabetic);
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    if begins { &text[..end] } else { "" }
}

/// Everything in a line that may be the name of a variable.
fn names(line: &str) -> impl Iterator<Item = &str> {
    line.split('$')
        .skip(1)
        .map(|rest| identifier(rest.strip_prefix('{').unwrap_or(rest)))
        .filter(|name| !name.is_empty())
}

struct Line<'a> {
    rest: &'a str,
    values: &'a HashMap<String, Option<String>>,
}

impl<'a> Line<'a> {
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
    }

    fn value(&self, name: &str) -> Option<&'a str> {
        self.values.get(name)?.as_deref()
    }

    /// Expands up to the end, or up to (and without) the character `until`.
    fn expand_to(&mut self, into: &mut String, until: Option<char>) -> Result<(), String> {
        while let Some(c) = self.rest.chars().next().filter(|c| Some(*c) != until) {
            if self.rest.starts_with("\\$") {
                self.take(2);
                into.push('$');
            } else if self.rest.starts_with("\\\\") || self.rest.starts_with("$$") {
                into.push_str(self.take(2));
            } else if self.rest.starts_with("${") {
                self.take(2);
                self.expand_braces(into)?;
            } else if c == '$' {
                self.expand_name(into);
            } else {
                into.push_str(self.take(c.len_utf8()));
            }
        }
        Ok(())
    }

    fn expand_name(&mut self, into: &mut String) {
        let name = identifier(&self.rest[1..]);
        let behind = 1 + name.len();
        if name.is_empty() {
            into.push_str(self.take(1));
        } else if self.rest[behind..].starts_with('$') {
            into.push_str(self.take(behind + 1));
        } else {
            self.take(behind);
            into.push_str(self.value(name).unwrap_or_default());
        }
    }

    fn expand_braces(&mut self, into: &mut String) -> Result<(), String> {
        let name = identifier(self.rest);
        if name.is_empty() {
            return Err("there is no name of a variable behind `${`".to_owned());
        }
        self.take(name.len());
        let value = self.value(name);
        if self.rest.starts_with('}') {
            into.push_str(value.unwrap_or_default());
        } else if self.rest.starts_with(":-") {
            self.take(2);
            let default = self.inner()?;
            into.push_str(value.filter(|value| !value.is_empty()).unwrap_or(&default));
        } else if self.rest.starts_with('-') {
            self.take(1);
            let default = self.inner()?;
            into.push_str(value.unwrap_or(&default));
        } else if self.rest.starts_with('?') {
            self.take(1);
            self.inner()?;
            into.push_str(value.ok_or_else(|| format!("the variable {name} is not set"))?);
        } else if self.rest.starts_with(':') {
            self.take(1);
            let end = self.rest.find('}').unwrap_or(self.rest.len());
            let range = self.take(end);
            into.push_str(
                part(value.unwrap_or_default(), range)
                    .ok_or_else(|| format!("`{range}` is no part of the variable {name}"))?,
            );
        } else {
            return Err(format!("`}}` is missing behind `${{{name}`"));
        }
        if self.rest.starts_with('}') {
            self.take(1);
            Ok(())
        } else {
            Err(format!("`}}` is missing behind `${{{name}`"))
        }
    }

    fn inner(&mut self) -> Result<String, String> {
        let mut text = String::new();
        self.expand_to(&mut text, Some('}'))?;
        Ok(text)
    }
}

/// `offset` or `offset:length` of a value, in bytes; negative numbers count from its end.
fn part<'a>(value: &'a str, range: &str) -> Option<&'a str> {
    let (offset, length) = match range.split_once(':') {
        Some((offset, length)) => (offset, Some(length.trim().parse::<i64>().ok()?)),
        None => (range, None),
    };
    let whole = i64::try_from(value.len()).ok()?;
    let offset = offset.trim().parse::<i64>().ok()?;
    let from = if offset < 0 {
        offset.saturating_add(whole)
    } else {
        offset
    }
    .clamp(0, whole);
    let to = match length {
        None => whole,
        Some(length) if length >= 0 => length.saturating_add(from),
        Some(length) => length.saturating_add(whole).max(from),
    }
    .min(whole);
    value.get(usize::try_from(from).ok()?..usize::try_from(to).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(text: &str) -> Result<String, String> {
        let values = [
            ("REGION", Some("eu")),
            ("EMPTY", Some("")),
            ("NOT_SET", None),
        ]
        .map(|(name, value)| (name.to_owned(), value.map(str::to_owned)))
        .into();
        let mut expander = Expander { on: true, values };
        expander.expand(text, true).map_err(|cannot| cannot.message)
    }

    #[test]
    fn variables_are_expanded_as_goose_does() {
        for (text, expected) in [
            ("$REGION ${REGION}x", "eu eux"),
            ("[${NOT_SET}$NOT_SET]", "[]"),
            ("${NOT_SET:-a}${EMPTY:-b}${REGION:-c}", "abeu"),
            ("${NOT_SET-a}${EMPTY-b}", "a"),
            ("${NOT_SET:-${EMPTY:-$REGION}}", "eu"),
            ("${REGION:1}${REGION:0:1}${REGION:-1:1}", "ueeu"),
            ("${REGION: -1}", "u"),
            (r"\$REGION \\", r"$REGION \\"),
            ("${REGION?must be set}", "eu"),
            ("100$ $", "100$ $"),
        ] {
            assert_eq!(expand(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn dollar_quotes_and_parameters_stay_as_they_are() {
        for text in ["$$ x $$", "$REGION$ x $REGION$", "$1 + $2", "$_a"] {
            assert_eq!(expand(text).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_cannot_be_expanded_is_said_without_values() {
        assert_eq!(
            expand("${NOT_SET?$REGION}"),
            Err("the variable NOT_SET is not set".to_owned())
        );
        assert_eq!(
            expand("${REGION"),
            Err("`}` is missing behind `${REGION`".to_owned())
        );
        assert!(expand("${}").is_err());
        assert!(expand("${REGION:x}").is_err());
    }

    #[test]
    fn lines_that_switch_the_expansion_are_left_out() {
        assert_eq!(
            expand("a $REGION\n-- +goose ENVSUB OFF\nb $REGION\n-- +goose envsub on\nc $REGION"),
            Ok("a eu\nb $REGION\nc eu".to_owned())
        );
    }
}
