//! Hides passwords in SQL that is shown to people or written down.

use std::borrow::Cow;

use limosa_sql::{Dialect, Lexer, TokenKind};

/// The statement with every literal that follows `PASSWORD` or `IDENTIFIED … BY|AS|USING` replaced by
/// asterisks of the same length, so that places in the text stay right.
pub fn masked(dialect: Dialect, sql: &str) -> Cow<'_, str> {
    let hidden = hidden(dialect, sql);
    if hidden.is_empty() {
        return Cow::Borrowed(sql);
    }
    let mut text = String::with_capacity(sql.len());
    let mut at = 0;
    for range in hidden {
        text.push_str(&sql[at..range.start]);
        let width = range.len().saturating_sub(2);
        text.push('\'');
        text.extend(std::iter::repeat_n('*', width));
        text.push('\'');
        at = range.end;
    }
    text.push_str(&sql[at..]);
    Cow::Owned(text)
}

/// The contents of the literals that [`masked`] hides.
pub fn passwords(dialect: Dialect, sql: &str) -> Vec<String> {
    let content = |range: std::ops::Range<usize>| {
        let literal = &sql[range];
        let dollar = literal.strip_prefix('$').and_then(|rest| rest.find('$'));
        let (open, close) = match dollar {
            Some(tag) => (tag + 2, tag + 2),
            // `E'…'`, `N'…'`: the quote is not always the first.
            None => (literal.find(['\'', '"', '`']).map_or(0, |at| at + 1), 1),
        };
        let end = literal.len().saturating_sub(close).max(open);
        literal.get(open..end).unwrap_or_default().to_owned()
    };
    hidden(dialect, sql).into_iter().map(content).collect()
}

/// What a server says, without secrets: it may quote the statement, also only to its middle.
/// Secrets of less than four characters would be found everywhere, and stay.
pub fn without<'t>(text: &'t str, secrets: &[String]) -> Cow<'t, str> {
    const SHORTEST: usize = 4;
    let mut text = Cow::Borrowed(text);
    for secret in secrets {
        let Some((shortest, _)) = secret.char_indices().nth(SHORTEST - 1) else {
            continue;
        };
        let shortest = &secret[..shortest];
        let mut cleaned = String::new();
        let mut rest: &str = &text;
        while let Some(at) = rest.find(shortest) {
            let (before, found) = rest.split_at(at);
            cleaned.push_str(before);
            let same = common(found, secret);
            let cut_off =
                found[same..].is_empty() || found[same..].starts_with(['\'', '"', '.', '…']);
            if same == secret.len() || (cut_off && same > shortest.len()) {
                cleaned.push_str("****");
                rest = &found[same..];
            } else {
                cleaned.push_str(shortest);
                rest = &found[shortest.len()..];
            }
        }
        if rest.len() < text.len() {
            cleaned.push_str(rest);
            text = Cow::Owned(cleaned);
        }
    }
    text
}

/// How many bytes both begin with, in whole characters.
fn common(one: &str, other: &str) -> usize {
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
    same.map(|(character, _)| character.len_utf8()).sum()
}

/// Where the literals are that hold passwords.
fn hidden(dialect: Dialect, sql: &str) -> Vec<std::ops::Range<usize>> {
    if !mentions(sql, "password", b'w') && !mentions(sql, "identified", b'f') {
        return Vec::new();
    }
    let mut hidden: Vec<std::ops::Range<usize>> = Vec::new();
    let mut expecting = false;
    for token in Lexer::new(dialect, sql.as_bytes()) {
        match token.kind {
            TokenKind::Blank | TokenKind::Comment => {}
            TokenKind::Word => {
                let word = String::from_utf8_lossy(token.text).to_ascii_uppercase();
                expecting = matches!(word.as_str(), "PASSWORD" | "IDENTIFIED")
                    || expecting && matches!(word.as_str(), "BY" | "AS" | "WITH" | "USING" | "VALUE")
                    // The name of a plugin stands between WITH and BY.
                    || expecting && !matches!(word.as_str(), "NULL" | "EXPIRE");
            }
            TokenKind::Symbol if matches!(token.text, b"=" | b"(" | b":") => {}
            TokenKind::String | TokenKind::QuotedIdentifier if expecting => {
                hidden.push(token.offset..token.offset + token.text.len());
                expecting = token.kind == TokenKind::QuotedIdentifier;
            }
            _ => expecting = false,
        }
    }
    hidden
}

/// Whether a word is in the text, whatever its case. Looks for its rarest letter first: this is asked
/// about every statement.
fn mentions(sql: &str, word: &str, rarest: u8) -> bool {
    let (text, word) = (sql.as_bytes(), word.as_bytes());
    let Some(before) = memchr::memchr(rarest, word) else {
        return false;
    };
    memchr::memchr2_iter(rarest, rarest.to_ascii_uppercase(), text).any(|at| {
        let start = at.checked_sub(before);
        let found = start.and_then(|start| text.get(start..start + word.len()));
        found.is_some_and(|found| found.eq_ignore_ascii_case(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_in_statements_are_hidden() {
        for (dialect, sql) in [
            (
                Dialect::Postgres,
                "ALTER ROLE app WITH LOGIN PASSWORD 's3cret'",
            ),
            (
                Dialect::Postgres,
                "CREATE USER app ENCRYPTED PASSWORD $$s3cret$$",
            ),
            (Dialect::Mysql, "CREATE USER app@'%' IDENTIFIED BY 's3cret'"),
            (
                Dialect::Mysql,
                "CREATE USER app IDENTIFIED WITH mysql_native_password BY \"s3cret\"",
            ),
            (Dialect::Mysql, "SET PASSWORD FOR app = PASSWORD('s3cret')"),
            (Dialect::Postgres, "PaSSworD 's3cret'"),
            (Dialect::Mysql, "identified by 's3cret' wof"),
        ] {
            let shown = masked(dialect, sql);
            assert!(!shown.contains("s3cret"), "{shown}");
            assert_eq!(shown.len(), sql.len());
        }
        let harmless = "INSERT INTO users (password_hash) VALUES ('x')";
        assert_eq!(masked(Dialect::Postgres, harmless), harmless);
    }

    #[test]
    fn a_server_that_quotes_the_statement_does_not_give_its_secrets_away() {
        let sql = "CREATE USER app IDENTIFIED BY 's3cret-word'";
        let secrets = passwords(Dialect::Mysql, sql);
        assert_eq!(secrets, ["s3cret-word"]);
        assert_eq!(
            passwords(Dialect::Postgres, "ALTER ROLE a PASSWORD $x$s3cret$x$"),
            ["s3cret"]
        );
        assert_eq!(
            passwords(Dialect::Postgres, "ALTER ROLE a PASSWORD E'it''s'"),
            ["it''s"]
        );
        for (said, cleaned) in [
            ("near 's3cret-word'' at line 1", "near '****'' at line 1"),
            ("near 's3cret-wo' at line 1", "near '****' at line 1"),
            ("s3cret-word, s3cret-word", "****, ****"),
            ("s3cretary", "s3cretary"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(without(said, &secrets), cleaned);
        }
        assert_eq!(without("eu and us", &["eu".to_owned()]), "eu and us");
    }
}
