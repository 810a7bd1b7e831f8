//! What the script has changed in how its session reads quotes.

use super::sql_mode::SqlMode;
use crate::Dialect;
use crate::lexer::{Modes, Token, significant_tokens_with_modes, unquote};

/// The modes of the session as far as the script tells.
#[derive(Debug)]
pub(super) struct Session {
    dialect: Dialect,
    initial: Modes,
    pub(super) modes: Modes,
    /// `PostgreSQL`: the value of the session where `SET LOCAL` has put another above it.
    below_local: Option<Modes>,
    /// `PostgreSQL`: the value that a `ROLLBACK` brings back.
    at_begin: Option<Modes>,
    sql_mode: SqlMode,
}

impl Session {
    pub(super) fn new(dialect: Dialect, initial: Modes) -> Self {
        Self {
            dialect,
            initial,
            modes: initial,
            below_local: None,
            at_begin: None,
            sql_mode: SqlMode::new(initial),
        }
    }

    /// Notes what a statement changes.
    pub(super) fn observe(&mut self, sql: &[u8]) {
        let tokens = significant_tokens_with_modes(self.dialect, self.modes, sql);
        match self.dialect {
            Dialect::Postgres => self.observe_postgres(tokens),
            Dialect::Mysql => {
                if let Some(modes) = self.sql_mode.observe(self.modes, tokens) {
                    self.modes = modes;
                }
            }
            Dialect::Sqlite => {}
        }
    }

    fn observe_postgres<'a>(&mut self, mut tokens: impl Iterator<Item = Token<'a>>) {
        let Some(first) = tokens.next() else { return };
        let is = |word| first.is_word(word);
        if is("begin") || is("start") {
            self.at_begin.get_or_insert(self.modes);
        } else if is("commit") || is("end") || is("rollback") || is("abort") {
            self.end_transaction(is("rollback") || is("abort"), tokens.next());
        } else if is("set") || is("reset") || is("discard") || is("select") {
            // The longest form is `select pg_catalog.set_config('…', 'off', false)`.
            let rest: Vec<_> = tokens.take(12).collect();
            if is("set") {
                self.set(&rest);
            } else if is("select") {
                self.set_config(&rest);
            } else if rest.first().is_some_and(|token| {
                token.is_word("all") || (is("reset") && names_the_setting(token))
            }) {
                self.change(self.initial, false);
            }
        }
    }

    fn end_transaction(&mut self, rolled_back: bool, next: Option<Token<'_>>) {
        if next.is_some_and(|token| token.is_word("to") || token.is_word("prepared")) {
            return;
        }
        let begun = self.at_begin.take();
        let below = self.below_local.take();
        if let Some(modes) = begun.filter(|_| rolled_back).or(below) {
            self.modes = modes;
        }
    }

    fn set(&mut self, rest: &[Token<'_>]) {
        let (local, rest) = match rest {
            [scope, rest @ ..] if scope.is_word("local") => (true, rest),
            [scope, rest @ ..] if scope.is_word("session") => (false, rest),
            rest => (false, rest),
        };
        let [name, by, value, ..] = rest else { return };
        if names_the_setting(name) && (by.is_symbol(b'=') || by.is_word("to")) {
            self.assign(value, local);
        }
    }

    fn set_config(&mut self, rest: &[Token<'_>]) {
        let rest = match rest {
            [schema, dot, rest @ ..] if schema.is_word("pg_catalog") && dot.is_symbol(b'.') => rest,
            rest => rest,
        };
        let [function, open, name, _, value, _, local, ..] = rest else {
            return;
        };
        let is_the_setting =
            function.is_word("set_config") && open.is_symbol(b'(') && names_the_setting(name);
        if is_the_setting {
            self.assign(value, local.is_word("true"));
        }
    }

    fn assign(&mut self, value: &Token<'_>, local: bool) {
        let value = unquote(value.text).to_ascii_lowercase();
        let backslash_escapes = match value.as_slice() {
            b"on" | b"true" | b"yes" | b"1" | b"t" | b"y" => false,
            b"off" | b"false" | b"no" | b"0" | b"f" | b"n" => true,
            b"default" => self.initial.backslash_escapes,
            _ => return,
        };
        let modes = Modes {
            backslash_escapes,
            ..self.modes
        };
        self.change(modes, local);
    }

    fn change(&mut self, modes: Modes, local: bool) {
        if local {
            // Outside of a transaction it has no effect.
            if self.at_begin.is_none() {
                return;
            }
            self.below_local.get_or_insert(self.modes);
        } else {
            self.below_local = None;
        }
        self.modes = modes;
    }
}

fn names_the_setting(token: &Token<'_>) -> bool {
    unquote(token.text).eq_ignore_ascii_case(b"standard_conforming_strings")
}
