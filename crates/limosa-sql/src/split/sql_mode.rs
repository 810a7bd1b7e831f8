//! `sql_mode` of `MySQL` and `MariaDB`, as far as it decides about quotes.

use crate::Dialect;
use crate::lexer::{Modes, Token, TokenKind, unquote};

/// What is known about `sql_mode` and the variables that keep it.
#[derive(Debug)]
pub(super) struct SqlMode {
    initial: Modes,
    /// User variables that were set from `@@sql_mode`, as dump files do.
    saved: Vec<(Vec<u8>, Modes)>,
}

/// More variables than this are not remembered, so that a file cannot make memory grow.
const MOST_SAVED: usize = 64;

impl SqlMode {
    pub(super) fn new(initial: Modes) -> Self {
        Self {
            initial,
            saved: Vec::new(),
        }
    }

    /// The modes behind the statement, when it sets them.
    pub(super) fn observe<'a>(
        &mut self,
        before: Modes,
        tokens: impl Iterator<Item = Token<'a>>,
    ) -> Option<Modes> {
        let mut tokens = tokens
            .filter(|token| token.kind != TokenKind::Symbol || token.text.len() == 1)
            .peekable();
        if !tokens.next()?.is_word("set") {
            return None;
        }
        let mut after = None;
        while let Some(target) = Target::read(&mut tokens) {
            let mut value = Value::new(before);
            let mut parentheses = 0_u32;
            while let Some(token) = tokens.next_if(|t| parentheses > 0 || !t.is_symbol(b',')) {
                match token.text {
                    b"(" => parentheses += 1,
                    b")" => parentheses = parentheses.saturating_sub(1),
                    _ => self.read_value(&mut value, &token),
                }
            }
            match target {
                Target::SqlMode => after = Some(value.modes),
                Target::Variable(name) if value.is_sql_mode && self.saved.len() < MOST_SAVED => {
                    self.saved.retain(|(saved, _)| *saved != name);
                    self.saved.push((name, value.modes));
                }
                Target::Variable(_) | Target::Other => {}
            }
            if tokens.next_if(|token| token.is_symbol(b',')).is_none() {
                break;
            }
        }
        after
    }

    fn read_value(&self, value: &mut Value, token: &Token<'_>) {
        match token.kind {
            TokenKind::String => value.set_flags(&unquote(token.text)),
            TokenKind::Word if token.is_word("replace") => value.removes = true,
            TokenKind::Word if token.is_word("default") => value.modes = self.initial,
            TokenKind::Word => value.set_flags(token.text),
            TokenKind::Number => value.set_bits(token.text),
            TokenKind::Parameter if names_sql_mode(token.text) => {
                value.is_sql_mode = true;
                value.modes = value.before;
            }
            TokenKind::Parameter => {
                let name = token.text.to_ascii_lowercase();
                let saved = self.saved.iter().find(|(saved, _)| *saved == name);
                value.modes = saved.map_or(self.initial, |(_, modes)| *modes);
            }
            _ => {}
        }
    }
}

/// What an assignment assigns to.
enum Target {
    SqlMode,
    Variable(Vec<u8>),
    Other,
}

impl Target {
    /// Reads up to and including the `=` or `:=`.
    fn read<'a>(tokens: &mut impl Iterator<Item = Token<'a>>) -> Option<Self> {
        let mut target = None;
        let mut global = false;
        for token in tokens {
            if token.is_symbol(b'=') {
                return Some(target.filter(|_| !global).unwrap_or(Self::Other));
            }
            if token.is_word("global") || token.is_word("persist") || token.is_word("persist_only")
            {
                global = true;
            } else if token.is_word("sql_mode") {
                target = Some(Self::SqlMode);
            } else if token.kind == TokenKind::Parameter {
                target = Some(if !token.text.starts_with(b"@@") {
                    Self::Variable(token.text.to_ascii_lowercase())
                } else if names_sql_mode(token.text) {
                    Self::SqlMode
                } else {
                    Self::Other
                });
            }
        }
        None
    }
}

/// Whether it is `@@sql_mode`, also of the session explicitly.
fn names_sql_mode(parameter: &[u8]) -> bool {
    let name = parameter.to_ascii_lowercase();
    matches!(
        name.as_slice(),
        b"@@sql_mode" | b"@@session.sql_mode" | b"@@local.sql_mode"
    )
}

/// The value of an assignment while it is read.
struct Value {
    before: Modes,
    modes: Modes,
    /// Whether `@@sql_mode` occurs in it.
    is_sql_mode: bool,
    /// Whether it is `REPLACE(…, 'MODE', '')`, which takes modes away.
    removes: bool,
}

impl Value {
    fn new(before: Modes) -> Self {
        let none = Modes {
            backslash_escapes: true,
            ..Modes::of(Dialect::Mysql)
        };
        Self {
            before,
            modes: none,
            is_sql_mode: false,
            removes: false,
        }
    }

    fn set_flags(&mut self, list: &[u8]) {
        let on = !self.removes;
        for flag in list.split(|byte| *byte == b',') {
            match flag.trim_ascii().to_ascii_uppercase().as_slice() {
                b"ORACLE" => {
                    self.modes.oracle = on;
                    self.modes.ansi_quotes = on;
                }
                b"ANSI_QUOTES" | b"ANSI" | b"DB2" | b"MAXDB" | b"MSSQL" | b"POSTGRESQL" => {
                    self.modes.ansi_quotes = on;
                }
                b"NO_BACKSLASH_ESCAPES" => self.modes.backslash_escapes = !on,
                _ => {}
            }
        }
    }

    /// The mode as a number, whose bits both servers share.
    fn set_bits(&mut self, number: &[u8]) {
        let text = String::from_utf8_lossy(number);
        let Ok(bits) = text.parse::<u64>() else {
            return;
        };
        self.modes.ansi_quotes |= bits & 4 != 0;
        self.modes.oracle |= bits & (1 << 9) != 0;
        if bits & (1 << 20) != 0 {
            self.modes.backslash_escapes = false;
        }
    }
}
