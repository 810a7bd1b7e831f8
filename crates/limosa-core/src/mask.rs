//! Hides passwords in SQL that is shown to people or written down.

use std::borrow::Cow;

use limosa_sql::{Dialect, Lexer, TokenKind};

/// The statement with every literal that follows `PASSWORD` or `IDENTIFIED … BY|AS|USING` replaced by
/// asterisks of the same length, so that places in the text stay right.
pub fn masked(dialect: Dialect, sql: &str) -> Cow<'_, str> {
    let mention = |word: &str| {
        sql.as_bytes()
            .windows(word.len())
            .any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
    };
    if !mention("password") && !mention("identified") {
        return Cow::Borrowed(sql);
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
        ] {
            let shown = masked(dialect, sql);
            assert!(!shown.contains("s3cret"), "{shown}");
            assert_eq!(shown.len(), sql.len());
        }
        let harmless = "INSERT INTO users (password_hash) VALUES ('x')";
        assert_eq!(masked(Dialect::Postgres, harmless), harmless);
    }
}
