//! Reading the statements that SQLite keeps, token by token.

use std::collections::BTreeMap;
use std::ops::Range;

use limosa_sql::lexer::{Lexer, Token, TokenKind, identifier, significant_tokens, unquote};
use limosa_sql::{Dialect, quote_identifier};

use super::words::{is_keyword, is_reserved};

/// Operators of more than one byte.
const OPERATORS: &[&[u8]] = &[
    b"->>", b"<=", b">=", b"<>", b"!=", b"==", b"||", b"<<", b">>", b"->",
];

/// Names by their lower case, as they were declared. Case does not count in SQLite.
#[derive(Debug, Clone, Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// One more name.
    pub(super) fn add(&mut self, name: &str) {
        let names = &mut self.0;
        names
            .entry(name.to_lowercase())
            .or_insert_with(|| name.to_owned());
    }

    /// A name as it was declared.
    pub(super) fn declared(&self, name: &str) -> Option<&str> {
        self.0.get(&name.to_lowercase()).map(String::as_str)
    }

    /// The same, or as it stands there.
    pub(super) fn or_as_it_is(&self, name: String) -> String {
        self.declared(&name).map_or(name, str::to_owned)
    }
}

/// A place within the tokens of a statement.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// At the beginning of a text.
    pub(super) fn new(text: &'a str) -> Self {
        Self::over(significant_tokens(Dialect::Sqlite, text.as_bytes()).collect())
    }

    fn over(tokens: Vec<Token<'a>>) -> Self {
        Self { tokens, at: 0 }
    }

    /// Whether there is nothing more.
    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// The next token, which stays.
    pub(super) fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at)
    }

    /// The token after the next one.
    pub(super) fn peek_second(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at + 1)
    }

    /// The next token.
    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        let token = self.tokens.get(self.at).copied();
        self.at += 1;
        token
    }

    /// Whether the next token is this word.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is_word(word))
    }

    /// Goes over these words, if they are next.
    pub(super) fn eat(&mut self, words: &str) -> bool {
        let words = words.split(' ').enumerate();
        let mut count = 0;
        for (number, word) in words {
            let token = self.tokens.get(self.at + number);
            if !token.is_some_and(|token| token.is_word(word)) {
                return false;
            }
            count += 1;
        }
        self.at += count;
        true
    }

    /// Goes over a symbol, if it is next.
    pub(super) fn eat_symbol(&mut self, symbol: u8) -> bool {
        let found = self.peek().is_some_and(|token| token.is_symbol(symbol));
        self.at += usize::from(found);
        found
    }

    /// A name; SQLite takes a string for one, too.
    pub(super) fn name(&mut self) -> Option<String> {
        let name = name_of(self.peek()?)?;
        self.at += 1;
        Some(name)
    }

    /// What is in the brackets that begin here.
    pub(super) fn brackets(&mut self) -> Option<Self> {
        if !self.eat_symbol(b'(') {
            return None;
        }
        let begin = self.at;
        let mut depth = 1;
        while let Some(token) = self.next() {
            if token.is_symbol(b'(') {
                depth += 1;
            } else if token.is_symbol(b')') {
                depth -= 1;
                if depth == 0 {
                    return Some(Self::over(self.tokens[begin..self.at - 1].to_vec()));
                }
            }
        }
        Some(Self::over(self.tokens[begin..].to_vec()))
    }

    /// The rest, cut at the commas that are in no brackets.
    pub(super) fn by_commas(self) -> Vec<Self> {
        let mut all = vec![Vec::new()];
        let mut depth = 0_i32;
        for token in &self.tokens[self.at.min(self.tokens.len())..] {
            depth += i32::from(token.is_symbol(b'(')) - i32::from(token.is_symbol(b')'));
            match all.last_mut() {
                Some(last) if depth > 0 || !token.is_symbol(b',') => last.push(*token),
                _ => all.push(Vec::new()),
            }
        }
        let all = all.into_iter().filter(|tokens| !tokens.is_empty());
        all.map(Self::over).collect()
    }

    /// The tokens up to a word that is in no brackets.
    pub(super) fn until(&mut self, word: &str) -> Self {
        let begin = self.at;
        let mut depth = 0_i32;
        while let Some(token) = self.peek() {
            if depth == 0 && token.is_word(word) {
                break;
            }
            depth += i32::from(token.is_symbol(b'(')) - i32::from(token.is_symbol(b')'));
            self.at += 1;
        }
        Self::over(self.tokens[begin..self.at].to_vec())
    }

    /// Takes words off the end, if they stand there.
    pub(super) fn eat_last(&mut self, word: &str) -> bool {
        let found = self.tokens.last().is_some_and(|token| token.is_word(word));
        if found {
            self.tokens.pop();
        }
        found
    }

    /// Takes `COLLATE name` off the end, if it stands there outside of brackets.
    pub(super) fn eat_last_collation(&mut self) -> Option<String> {
        let [.., word, name] = self.tokens.as_slice() else {
            return None;
        };
        let name = word.is_word("COLLATE").then(|| name_of(name))??;
        self.tokens.truncate(self.tokens.len() - 2);
        Some(collation(name))
    }

    /// The only token that is left.
    pub(super) fn only(&self) -> Option<&Token<'a>> {
        match &self.tokens[self.at.min(self.tokens.len())..] {
            [token] => Some(token),
            _ => None,
        }
    }

    /// Where all of it is in the text.
    pub(super) fn span(&self) -> Range<usize> {
        let begin = self.tokens.first().map_or(0, |token| token.offset);
        let last = self.tokens.last();
        begin..last.map_or(begin, |token| token.offset + token.text.len())
    }

    /// Whether what is left is a literal, perhaps with a sign.
    pub(super) fn is_literal(&self) -> bool {
        let rest = &self.tokens[self.at.min(self.tokens.len())..];
        let literal = match rest {
            [sign, literal] if sign.is_symbol(b'-') || sign.is_symbol(b'+') => literal,
            [literal] => literal,
            _ => return false,
        };
        matches!(literal.kind, TokenKind::Number | TokenKind::String)
    }

    /// Where the next token begins in the text.
    pub(super) fn offset(&self) -> Option<usize> {
        self.peek().map(|token| token.offset)
    }

    /// The rest as it is written, with a blank between tokens that had something between them.
    pub(super) fn plain(&self) -> String {
        let mut out = String::new();
        let mut end = None;
        for token in &self.tokens[self.at.min(self.tokens.len())..] {
            if end.is_some_and(|end| end < token.offset) {
                out.push(' ');
            }
            out.push_str(&String::from_utf8_lossy(token.text));
            end = Some(token.offset + token.text.len());
        }
        out
    }

    /// The rest as an expression in its canonical form: tokens with one blank between them, keywords in capitals,
    /// names without quotes where they need none. `"x"` is a text where no name is like that.
    pub(super) fn expression(&self, names: &Names) -> String {
        let tokens = &self.tokens[self.at.min(self.tokens.len())..];
        let mut out = String::new();
        let mut at = 0;
        let mut glue = true;
        while let Some(token) = tokens.get(at) {
            let joined = OPERATORS
                .iter()
                .find(|operator| is_operator(&tokens[at..], operator));
            let text = match joined {
                Some(operator) => String::from_utf8_lossy(operator).into_owned(),
                None => canonical(tokens, at, names),
            };
            let closes = [b')', b',', b'.'].iter().any(|one| token.is_symbol(*one));
            let is_call = token.is_symbol(b'(')
                && at
                    .checked_sub(1)
                    .and_then(|before| tokens.get(before))
                    .is_some_and(is_function);
            if !(glue || closes || is_call) {
                out.push(' ');
            }
            out.push_str(&text);
            glue = token.is_symbol(b'(') || token.is_symbol(b'.');
            at += joined.map_or(1, |operator| operator.len());
        }
        out
    }
}

fn is_operator(tokens: &[Token<'_>], operator: &[u8]) -> bool {
    operator.iter().enumerate().all(|(number, byte)| {
        tokens.get(number).is_some_and(|token| {
            token.is_symbol(*byte) && token.offset == tokens[0].offset + number
        })
    })
}

/// Whether a word before a bracket is the name of a function.
fn is_function(token: &Token<'_>) -> bool {
    match token.kind {
        TokenKind::Word => !is_reserved(&String::from_utf8_lossy(token.text)),
        TokenKind::QuotedIdentifier => true,
        _ => false,
    }
}

fn canonical(tokens: &[Token<'_>], at: usize, names: &Names) -> String {
    let token = &tokens[at];
    let text = String::from_utf8_lossy(token.text).into_owned();
    let is = |place: Option<usize>, symbol: u8| {
        place
            .and_then(|place| tokens.get(place))
            .is_some_and(|token| token.is_symbol(symbol))
    };
    let called = is(Some(at + 1), b'(');
    match token.kind {
        TokenKind::Word => match names.declared(&text) {
            Some(declared) if !called => bare(declared),
            _ if is_keyword(&text)
                && (!called || is_reserved(&text) || text.eq_ignore_ascii_case("cast")) =>
            {
                text.to_ascii_uppercase()
            }
            _ => text,
        },
        TokenKind::QuotedIdentifier => {
            let name = identifier(token).unwrap_or_default();
            let qualified = is(Some(at + 1), b'.') || is(at.checked_sub(1), b'.');
            let known = names.declared(&name);
            match known {
                None if text.starts_with('"') && !qualified && !called => string(&name),
                known => bare(known.unwrap_or(&name)),
            }
        }
        TokenKind::String if text.starts_with(['x', 'X']) => text.to_ascii_uppercase(),
        _ => text,
    }
}

/// A text as a literal.
pub(super) fn string(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The name that a token writes.
fn name_of(token: &Token<'_>) -> Option<String> {
    match token.kind {
        TokenKind::String => Some(String::from_utf8_lossy(&unquote(token.text)).into_owned()),
        _ => identifier(token),
    }
}

/// A name, in quotes only where it needs them.
pub(super) fn bare(name: &str) -> String {
    let mut bytes = name.bytes();
    let begins = bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if begins && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && !is_keyword(name)
    {
        name.to_owned()
    } else {
        quote_identifier(Dialect::Sqlite, name)
    }
}

/// The name of a collation; those that are always there in capitals.
pub(super) fn collation(name: String) -> String {
    let known = ["BINARY", "NOCASE", "RTRIM"];
    let known = known.iter().find(|one| name.eq_ignore_ascii_case(one));
    known.map_or(name, |one| (*one).to_owned())
}

/// A part of a statement as it was written, with names in quotes only where they need them: renaming something puts
/// quotes around it wherever it is mentioned.
pub(super) fn as_written(text: &str, names: &Names) -> String {
    let mut out = String::with_capacity(text.len());
    for token in Lexer::new(Dialect::Sqlite, text.trim().as_bytes()) {
        let known = match token.kind {
            TokenKind::QuotedIdentifier => identifier(&token),
            _ => None,
        };
        match known.filter(|name| names.declared(name).is_some()) {
            Some(name) => out.push_str(&bare(&name)),
            None => out.push_str(&String::from_utf8_lossy(token.text)),
        }
    }
    out
}

/// The names that a text mentions.
pub(super) fn mentioned(text: &str) -> impl Iterator<Item = String> + '_ {
    significant_tokens(Dialect::Sqlite, text.as_bytes()).filter_map(|token| identifier(&token))
}
