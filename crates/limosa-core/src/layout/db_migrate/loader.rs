//! Recognises the code that db-migrate generates to load SQL files.
//!
//! Projects reformat that code, so it is not compared letter by letter. It is a loader when it
//! uses no name that a loader does not need, talks to the database only to run the text that it
//! read, and names one file for each direction. Whatever does more than that needs other names.

use std::collections::BTreeSet;

/// The files that a loader names, in the folder `sqls`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Loader {
    pub(super) up: String,
    pub(super) down: String,
}

/// All names that loaders in JavaScript and CoffeeScript are made of.
const NAMES: &[&str] = &[
    "Promise",
    "__dirname",
    "_meta",
    "async",
    "await",
    "callback",
    "console",
    "const",
    "data",
    "dataType",
    "db",
    "dbm",
    "dbmigrate",
    "down",
    "else",
    "encoding",
    "err",
    "error",
    "exports",
    "false",
    "filePath",
    "fs",
    "function",
    "if",
    "ignoreOnInit",
    "join",
    "let",
    "log",
    "module",
    "new",
    "null",
    "options",
    "path",
    "readFile",
    "readFileSync",
    "reject",
    "require",
    "resolve",
    "return",
    "runSql",
    "seed",
    "seedLink",
    "setup",
    "then",
    "true",
    "type",
    "undefined",
    "up",
    "var",
    "version",
];

/// What a code is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token<'c> {
    Name(&'c str),
    Text(&'c str),
    Symbol(char),
}

/// The files that a code loads, when it does nothing else.
pub(super) fn recognise(code: &str) -> Option<Loader> {
    let tokens = tokens(code)?;
    let known = |token: &Token<'_>| match token {
        Token::Name(name) => NAMES.contains(name),
        // Interpolation other than the folder of the file itself would be code in a text.
        Token::Text(text) => {
            !text.replace("#{__dirname}", "").contains("#{") && !text.contains("${")
        }
        Token::Symbol(_) => true,
    };
    if !tokens.iter().all(known) {
        return None;
    }
    let runs_what_it_read = tokens.windows(2).enumerate().all(|(at, pair)| {
        if pair != [Token::Name("db"), Token::Symbol('.')] {
            return true;
        }
        let mut behind = tokens[at + 2..]
            .iter()
            .filter(|token| **token != Token::Symbol('('));
        behind.next() == Some(&Token::Name("runSql")) && behind.next() == Some(&Token::Name("data"))
    });
    // The text is handed on as it was read; nothing is put to it or taken from it.
    let is_whole = tokens.iter().enumerate().all(|(at, token)| {
        let before = |count| at.checked_sub(count).map(|at| &tokens[at]);
        *token != Token::Name("data")
            || matches!(
                tokens.get(at + 1),
                Some(Token::Symbol(')' | ',' | '=') | Token::Name("callback"))
            ) && match before(1) {
                Some(Token::Symbol('+')) => before(2) == Some(&Token::Text("received data: ")),
                Some(Token::Symbol('(' | ',') | Token::Name("runSql" | "async")) => true,
                _ => false,
            }
    });
    let requires_only_files = tokens.iter().enumerate().all(|(at, token)| {
        let mut behind = tokens[at + 1..]
            .iter()
            .filter(|token| **token != Token::Symbol('('));
        *token != Token::Name("require")
            || matches!(behind.next(), Some(Token::Text("fs" | "path")))
    });
    let runs = tokens
        .iter()
        .filter(|token| **token == Token::Name("runSql"))
        .count();
    let reads = tokens
        .iter()
        .filter(|token| **token == Token::Name("readFile"))
        .count();
    if !runs_what_it_read || !is_whole || !requires_only_files || runs > 2 || reads > 2 {
        return None;
    }
    let mut files = BTreeSet::new();
    for (at, token) in tokens.iter().enumerate() {
        let Token::Text(text) = token else { continue };
        let Some(stem) = text
            .strip_suffix("-up.sql")
            .or(text.strip_suffix("-down.sql"))
        else {
            continue;
        };
        let separate = at >= 2
            && tokens[at - 1] == Token::Symbol(',')
            && matches!(tokens[at - 2], Token::Text("sqls" | "/sqls" | "./sqls"));
        let file = match stem.rfind("sqls/") {
            Some(folder) => &text[folder + "sqls/".len()..],
            None if separate => text,
            None => return None,
        };
        if file.contains(['/', '\\']) {
            return None;
        }
        files.insert(file);
    }
    let [down, up]: [&str; 2] = files.into_iter().collect::<Vec<_>>().try_into().ok()?;
    let loader = Loader {
        up: up.to_owned(),
        down: down.to_owned(),
    };
    (loader.up.ends_with("-up.sql") && loader.down.ends_with("-down.sql")).then_some(loader)
}

/// Splits a code; `None` when it has something that no loader has.
fn tokens(code: &str) -> Option<Vec<Token<'_>>> {
    let coffee = !code.contains("function") && !code.contains("=>") && code.contains("->");
    let mut tokens = Vec::new();
    let mut rest = code.trim_start_matches('\u{feff}');
    while let Some(c) = rest.chars().next() {
        if c.is_whitespace() {
            rest = &rest[c.len_utf8()..];
        } else if rest.starts_with("//") || (coffee && c == '#') {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = &comment[comment.find("*/")? + 2..];
        } else if matches!(c, '\'' | '"' | '`') {
            let text = &rest[1..];
            let end = text.find(c)?;
            if text[..end].contains(['\\', '\n']) {
                return None;
            }
            tokens.push(Token::Text(&text[..end]));
            rest = &text[end + 1..];
        } else if c.is_alphanumeric() || matches!(c, '_' | '$') {
            let end = rest
                .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$')))
                .unwrap_or(rest.len());
            // Numbers occur only as the version of the format.
            if !rest[..end].bytes().all(|byte| byte.is_ascii_digit()) {
                tokens.push(Token::Name(&rest[..end]));
            }
            rest = &rest[end..];
        } else {
            tokens.push(Token::Symbol(c));
            rest = &rest[c.len_utf8()..];
        }
    }
    Some(tokens)
}
