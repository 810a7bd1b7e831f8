//! Tricky tokens of each dialect.

use super::{Lexer, Modes, TokenKind, identifier, significant_tokens, unquote};
use crate::Dialect;

use TokenKind::{Comment, Number, Parameter, QuotedIdentifier, String as Text, Symbol, Word};

#[track_caller]
fn tokens(dialect: Dialect, text: &str, expected: &[(TokenKind, &str)]) {
    let all: Vec<_> = Lexer::new(dialect, text.as_bytes()).collect();
    let whole: Vec<u8> = all.iter().flat_map(|token| token.text.to_vec()).collect();
    assert_eq!(whole, text.as_bytes(), "the tokens are the text");
    let seen: Vec<_> = all
        .iter()
        .filter(|token| token.kind != TokenKind::Blank)
        .map(|token| (token.kind, std::str::from_utf8(token.text).unwrap()))
        .collect();
    assert_eq!(seen, expected);
}

#[test]
fn postgres_literals_are_one_token_with_their_prefix() {
    tokens(
        Dialect::Postgres,
        r#"E'a\'' U&"x" b'1' $a$;$a$ $1 x::int e 'x' U&'y'"#,
        &[
            (Text, r"E'a\''"),
            (QuotedIdentifier, r#"U&"x""#),
            (Text, "b'1'"),
            (Text, "$a$;$a$"),
            (Parameter, "$1"),
            (Word, "x"),
            (Symbol, ":"),
            (Symbol, ":"),
            (Word, "int"),
            (Word, "e"),
            (Text, "'x'"),
            (Text, "U&'y'"),
        ],
    );
}

#[test]
fn numbers_end_where_they_cannot_go_on() {
    let common = [
        (Number, "1.5e-3"),
        (Symbol, "+"),
        (Number, ".5"),
        (Symbol, "-"),
        (Number, "0x1F"),
        (Symbol, ","),
        (Number, "1"),
        (Symbol, "."),
        (Symbol, "."),
    ];
    for dialect in Dialect::ALL {
        tokens(dialect, "1.5e-3+.5-0x1F,1..", &common);
    }
    tokens(Dialect::Postgres, "1a", &[(Number, "1"), (Word, "a")]);
    tokens(Dialect::Mysql, "1a 1e5", &[(Word, "1a"), (Number, "1e5")]);
}

#[test]
fn mysql_variables_and_executable_comments_are_seen() {
    tokens(
        Dialect::Mysql,
        "/*!50003 SET @a=@@session.b */ /* c */ x@localhost @'q' --1 -- d\n#e",
        &[
            (Symbol, "/*!50003"),
            (Word, "SET"),
            (Parameter, "@a"),
            (Symbol, "="),
            (Parameter, "@@session.b"),
            (Symbol, "*/"),
            (Comment, "/* c */"),
            (Word, "x"),
            (Parameter, "@localhost"),
            (Symbol, "@"),
            (Text, "'q'"),
            (Symbol, "-"),
            (Symbol, "-"),
            (Number, "1"),
            (Comment, "-- d"),
            (Comment, "#e"),
        ],
    );
}

#[test]
fn ansi_quotes_make_identifiers_of_strings() {
    let modes = Modes {
        ansi_quotes: true,
        ..Modes::of(Dialect::Mysql)
    };
    let text = br#""a""#;
    let kind = |mut lexer: Lexer<'_>| lexer.next().map(|token| token.kind);
    assert_eq!(kind(Lexer::new(Dialect::Mysql, text)), Some(Text));
    assert_eq!(
        kind(Lexer::with_modes(Dialect::Mysql, modes, text)),
        Some(QuotedIdentifier)
    );
}

#[test]
fn sqlite_takes_four_kinds_of_quotes_and_parameters() {
    tokens(
        Dialect::Sqlite,
        "[a b] `c` \"d\" 'e' x'00' ?1 :f @g $h",
        &[
            (QuotedIdentifier, "[a b]"),
            (QuotedIdentifier, "`c`"),
            (QuotedIdentifier, "\"d\""),
            (Text, "'e'"),
            (Text, "x'00'"),
            (Parameter, "?1"),
            (Parameter, ":f"),
            (Parameter, "@g"),
            (Parameter, "$h"),
        ],
    );
}

#[test]
fn an_unclosed_quote_goes_to_the_end() {
    tokens(Dialect::Postgres, "a 'b;", &[(Word, "a"), (Text, "'b;")]);
    tokens(Dialect::Sqlite, "a /*b", &[(Word, "a"), (Comment, "/*b")]);
}

#[test]
fn significant_tokens_have_no_plain_comments() {
    let text = b"SELECT -- a\n /* b */ 1 /*! + 2 */";
    let seen: Vec<_> = significant_tokens(Dialect::Mysql, text)
        .map(|token| std::str::from_utf8(token.text).unwrap())
        .collect();
    assert_eq!(seen, ["SELECT", "1", "/*!", "+", "2", "*/"]);
}

#[test]
fn identifiers_lose_their_quotes() {
    for (text, plain) in [
        ("\"a\"\"b\"", "a\"b"),
        ("`a``b`", "a`b"),
        ("[a]", "a"),
        ("'a''b'", "a'b"),
        ("a", "a"),
        ("\"", "\""),
        ("", ""),
    ] {
        assert_eq!(unquote(text.as_bytes()), plain.as_bytes());
    }
    let names: Vec<_> = Lexer::new(Dialect::Postgres, b"a.U&\"b\"")
        .filter_map(|token| identifier(&token))
        .collect();
    assert_eq!(names, ["a", "b"]);
}
