//! How diagnostics look, without colours.

use limosa_core::{Class, Excerpt};

use super::*;
use crate::terminal::Terminal;

fn shown(diagnostic: &Diagnostic, unicode: bool) -> String {
    let terminal = Terminal::for_tests(unicode);
    anstream::adapter::strip_str(&render(diagnostic, &terminal)).to_string()
}

fn failed() -> Diagnostic {
    let text = "CREATE UNIQUE INDEX CONCURRENTLY users_email_lower_key\n  ON users (email_lower);";
    Diagnostic::error(
        "statement-failed",
        Class::Failed,
        "could not create unique index \"users_email_lower_key\"",
    )
    .at(Label {
        file: "migrations/20261120150210_lowercase_email.sql".into(),
        line: 4,
        column: 1,
        text: "statement 3 of 4".into(),
        excerpt: Some(Excerpt {
            first_line: 4,
            text: text.into(),
            marked: 0..text.len(),
        }),
    })
    .with_note("Key (email_lower)=(ada@example.com) is duplicated. [SQLSTATE 23505]")
    .with_note("statements 1 and 2 are committed, 4 was not run")
    .with_help("mend the data or the file, then go on at statement 3\nlimosa up")
}

#[test]
fn a_failed_statement_is_marked_in_its_source() {
    insta::assert_snapshot!(shown(&failed(), true), @r#"
    error[statement-failed]: could not create unique index "users_email_lower_key"
      ╭▸ migrations/20261120150210_lowercase_email.sql:4:1
      │
    4 │ ┏ CREATE UNIQUE INDEX CONCURRENTLY users_email_lower_key
    5 │ ┃   ON users (email_lower);
      │ ┗━━━━━━━━━━━━━━━━━━━━━━━━━┛ statement 3 of 4
      │
      ├ note: Key (email_lower)=(ada@example.com) is duplicated. [SQLSTATE 23505]
      ╰ note: statements 1 and 2 are committed, 4 was not run
    help: mend the data or the file, then go on at statement 3
          limosa up
    "#);
}

#[test]
fn without_unicode_the_marks_are_ascii() {
    assert!(shown(&failed(), false).is_ascii());
}

#[test]
fn what_has_no_place_is_a_line_with_help() {
    let problem = Diagnostic::error("no-url", Class::Usage, "no database URL is given")
        .with_note("limosa.toml has none")
        .with_help("set it in the environment\nDATABASE_URL=postgres://user@host/database");
    insta::assert_snapshot!(shown(&problem, true), @r"
    error[no-url]: no database URL is given
    note: limosa.toml has none
    help: set it in the environment
          DATABASE_URL=postgres://user@host/database
    ");
}

#[test]
fn control_characters_of_a_source_or_message_do_not_reach_the_terminal() {
    let text = "SELECT '\u{1b}[2J\u{9b}1m\u{202e}';";
    let problem = Diagnostic::error("statement-failed", Class::Failed, "bad \u{1b}]0;title\u{7}")
        .at(Label {
            file: "a\u{1b}[2J.sql".into(),
            line: 1,
            column: 1,
            text: "here \u{1b}[1m".into(),
            excerpt: Some(Excerpt {
                first_line: 1,
                text: text.into(),
                marked: 0..text.len(),
            }),
        })
        .with_note("\u{1b}[31m")
        .with_help("\u{1b}[32m");
    let plain = Terminal::for_tests(true);
    let raw = render(&problem, &plain);
    for bad in ["\u{1b}[2J", "\u{1b}]", "\u{7}", "\u{9b}", "\u{202e}"] {
        assert!(!raw.contains(bad), "{raw:?}");
    }
}
