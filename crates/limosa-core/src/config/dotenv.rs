//! The `.env` file: lines of `NAME=value`, as the usual tools read them.
//!
//! Nothing is expanded: a `$` in a password stays a `$`.

use std::collections::BTreeMap;

/// A line that cannot be read. Does not contain the line: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} {why}")]
pub struct DotenvError {
    /// The line, from 1.
    pub line: u64,
    /// Why, a lowercase fragment.
    pub why: &'static str,
}

/// Reads a `.env` file: `NAME=value`, `export NAME=value`, quotes of both kinds (double ones with
/// `\n`, `\"`, `\\` and `\$`), comments, blank lines. The last value of a name counts.
///
/// # Errors
/// The first line that is none of these.
pub fn parse_dotenv(text: &str) -> Result<BTreeMap<String, String>, DotenvError> {
    let mut variables = BTreeMap::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = (1..).zip(text.lines());
    while let Some((number, line)) = lines.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |why| DotenvError { line: number, why };
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line.split_once('=').ok_or_else(|| wrong("has no `=`"))?;
        let name = name.trim();
        if !is_name(name) {
            return Err(wrong("does not begin with the name of a variable"));
        }
        let value = value.trim_start();
        let value = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let mut whole = value[1..].to_owned();
                loop {
                    if let Some(value) = unquoted(&whole, quote) {
                        break value;
                    }
                    let (_, more) = lines
                        .next()
                        .ok_or_else(|| wrong("begins a quotation that does not end"))?;
                    whole.push('\n');
                    whole.push_str(more);
                }
            }
            _ => value
                .split(" #")
                .next()
                .unwrap_or_default()
                .trim_end()
                .to_owned(),
        };
        variables.insert(name.to_owned(), value);
    }
    Ok(variables)
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
}

/// The text up to the closing quote; `None` when there is none.
fn unquoted(text: &str, quote: char) -> Option<String> {
    let mut value = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if quote == '"' => match letters.next()? {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                'r' => value.push('\r'),
                other @ ('"' | '\\' | '$' | '\'') => value.push(other),
                other => {
                    value.push('\\');
                    value.push(other);
                }
            },
            letter if letter == quote => return Some(value),
            letter => value.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_forms_are_read() {
        let text = "\u{feff}# shop\r\nDATABASE_URL=postgres://db/shop # local\r\n\
                    export A = 'it''s'\nB=\"two\\nlines \\\"q\\\" p$x\"\nC=\nD=a#b\nE='two\nlines'\n";
        let variables = parse_dotenv(text).unwrap();
        let of = |name: &str| variables[name].as_str();
        assert_eq!(of("DATABASE_URL"), "postgres://db/shop");
        assert_eq!(of("A"), "it");
        assert_eq!(of("B"), "two\nlines \"q\" p$x");
        assert_eq!(of("C"), "");
        assert_eq!(of("D"), "a#b");
        assert_eq!(of("E"), "two\nlines");
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named_without_its_text() {
        let error = parse_dotenv("A=1\npostgres://ada:s3cret@db\n").unwrap_err();
        assert_eq!(error.line, 2);
        assert!(!error.to_string().contains("s3cret"));
        assert_eq!(parse_dotenv("A='x\n").unwrap_err().line, 1);
        assert_eq!(parse_dotenv("1A=x\n").unwrap_err().line, 1);
    }
}
