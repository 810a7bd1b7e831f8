//! Bodies of procedures, functions, triggers, events and packages without `DELIMITER`.
//!
//! `BEGIN`, `END`, `IF`, `REPEAT` and others are names or functions as well, so what counts is
//! where they stand: a block opens only where a statement may begin, an `END` closes one only
//! there, and inside of an expression there is only `CASE … END`.

use crate::lexer::{Modes, Token, TokenKind};

/// Follows the tokens of a statement.
#[derive(Debug)]
pub(super) struct Tracker {
    at: At,
    oracle: bool,
    frames: Vec<Frame>,
    /// Where the outermost open frame begins.
    begins: usize,
    /// Parentheses of a header; a body needs none.
    parentheses: u32,
    /// Whether the last token can end an expression, so that a following `END` is no name.
    operand: bool,
    /// Whether the last word makes a following `SET` a part of a type (`CHARACTER SET`,
    /// `RETURNS SET(…)`).
    type_follows: bool,
    /// Whether the last word was the `EACH` of `FOR EACH ROW`.
    each: bool,
    /// Whether the routine is in another language, so that `AS` is not that of Oracle mode.
    foreign: bool,
}

/// What waits for its `END`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    Block,
    If,
    Case,
    /// `LOOP`, `WHILE`, `FOR`.
    Loop,
    Repeat,
    Package,
    /// Declarations between `AS` and `BEGIN` (Oracle mode).
    Declarations,
    /// `CASE` in an expression.
    Expression,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Before the first token.
    First,
    /// There is no body.
    Plain,
    /// Behind a `BEGIN` that may be a transaction.
    Begin,
    /// Behind `CREATE` or `ALTER`, before the kind of object.
    Kind { create: bool },
    /// The name of the program; `more` when the last token was a dot or there was none.
    Name { program: Program, more: bool },
    /// Between the name and the body.
    Header(Program),
    /// Behind `FOR EACH ROW`; `name` when `FOLLOWS` or `PRECEDES` came.
    TriggerOrder { name: bool },
    /// Where a statement of the body begins.
    Start,
    /// Behind its first word, which a colon makes a label.
    Label,
    /// Behind that colon, which an equals sign makes an assignment.
    Colon,
    /// Inside of `<<label>>` (Oracle mode).
    OracleLabel,
    /// Inside of a statement of the body.
    Inside,
    /// `UNTIL …`, which `END` follows without a semicolon.
    Until,
    /// `DECLARE …`.
    Declare,
    /// `DECLARE … HANDLER`.
    HandlerFor,
    /// The conditions of a handler; its statement follows when they are complete.
    Handler { complete: bool },
    /// Behind `END`, before its semicolon.
    AfterEnd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Program {
    Routine,
    Trigger,
    Event,
    Package,
}

/// Words after `CREATE` or `ALTER` which say that there is no body.
const WITHOUT_BODY: &[&str] = &[
    "algorithm",
    "database",
    "fulltext",
    "index",
    "instance",
    "library",
    "logfile",
    "offline",
    "online",
    "resource",
    "role",
    "schema",
    "sequence",
    "server",
    "spatial",
    "sql",
    "table",
    "tablespace",
    "temporary",
    "undo",
    "unique",
    "user",
    "vector",
    "view",
];

/// Words that begin the body of a routine if it is neither a block nor a control statement.
const BEGINS_SIMPLE_BODY: &[&str] = &[
    "alter",
    "analyze",
    "call",
    "commit",
    "create",
    "deallocate",
    "delete",
    "do",
    "drop",
    "execute",
    "flush",
    "get",
    "grant",
    "insert",
    "kill",
    "load",
    "lock",
    "optimize",
    "prepare",
    "release",
    "rename",
    "replace",
    "resignal",
    "return",
    "revoke",
    "rollback",
    "savepoint",
    "select",
    "set",
    "show",
    "signal",
    "start",
    "truncate",
    "unlock",
    "update",
    "values",
    "with",
];

/// Words which an operand follows, so that an `END` behind them is a name.
const BEFORE_OPERAND: &[&str] = &[
    "and", "as", "between", "by", "case", "distinct", "div", "else", "from", "in", "like", "mod",
    "not", "on", "or", "regexp", "rlike", "select", "set", "then", "when", "where", "xor",
];

impl Tracker {
    pub(super) fn new(modes: Modes) -> Self {
        Self {
            at: At::First,
            oracle: modes.oracle,
            frames: Vec::new(),
            begins: 0,
            parentheses: 0,
            operand: false,
            type_follows: false,
            each: false,
            foreign: false,
        }
    }

    pub(super) fn token(&mut self, token: &Token<'_>) {
        if self.at == At::Plain {
            return;
        }
        self.step(token);
        let word = token.kind == TokenKind::Word;
        self.operand = match token.kind {
            TokenKind::Symbol => token.text == b")",
            _ => !(word && any(token, BEFORE_OPERAND)),
        };
        self.type_follows = word && any(token, &["character", "char", "returns"]);
    }

    /// A semicolon ends the statement when no frame is open.
    pub(super) fn semicolon(&mut self) -> bool {
        while self.frames.last() == Some(&Frame::Expression) {
            self.frames.pop();
        }
        self.operand = false;
        self.parentheses = 0;
        if self.frames.is_empty() {
            return true;
        }
        self.at = At::Start;
        false
    }

    pub(super) fn open_body(&self) -> Option<(usize, &'static str)> {
        let open = self.frames.iter().any(|frame| *frame != Frame::Expression);
        open.then_some((self.begins, "a compound statement"))
    }

    fn step(&mut self, token: &Token<'_>) {
        self.at = match self.at {
            At::Plain => At::Plain,
            At::First => self.first(token),
            At::Begin if token.is_word("not") => self.open(Frame::Block, self.begins),
            At::Begin if self.oracle && !token.is_word("work") => {
                self.open(Frame::Block, self.begins);
                self.start(token)
            }
            At::Begin => At::Plain,
            At::Kind { create } => kind(token, create),
            At::Name { program, more } => self.name(token, program, more),
            At::Header(program) => self.header(token, program),
            At::TriggerOrder { name: true } => At::Start,
            At::TriggerOrder { .. } if any(token, &["follows", "precedes"]) => {
                At::TriggerOrder { name: true }
            }
            At::TriggerOrder { .. } | At::Start => self.start(token),
            At::Label if token.is_symbol(b':') => At::Colon,
            At::Colon if token.is_symbol(b'=') => At::Inside,
            At::Colon => self.start(token),
            At::OracleLabel if token.is_symbol(b'>') && !self.operand => At::Start,
            At::OracleLabel => At::OracleLabel,
            At::Declare if token.is_word("handler") => At::HandlerFor,
            At::HandlerFor if token.is_word("for") => At::Handler { complete: false },
            At::HandlerFor => At::HandlerFor,
            At::Handler { complete } => self.handler(token, complete),
            At::AfterEnd => At::AfterEnd,
            At::Label | At::Inside => self.inside(token, At::Inside),
            At::Until | At::Declare => self.inside(token, self.at),
        };
    }

    fn open(&mut self, frame: Frame, offset: usize) -> At {
        if self.frames.is_empty() {
            self.begins = offset;
        }
        self.frames.push(frame);
        match frame {
            Frame::If | Frame::Case | Frame::Expression => At::Inside,
            _ => At::Start,
        }
    }

    /// The first token of the whole statement.
    fn first(&mut self, token: &Token<'_>) -> At {
        let is = |word| token.is_word(word);
        if is("create") || is("alter") {
            At::Kind {
                create: is("create"),
            }
        } else if is("begin") {
            self.begins = token.offset;
            At::Begin
        } else if is("declare") && self.oracle {
            self.open(Frame::Declarations, token.offset)
        } else {
            // MariaDB takes these outside of programs too.
            self.control(token).unwrap_or(At::Plain)
        }
    }

    /// Opens the block of a control statement.
    fn control(&mut self, token: &Token<'_>) -> Option<At> {
        let is = |word| token.is_word(word);
        let frame = if is("if") {
            Frame::If
        } else if is("case") {
            Frame::Case
        } else if is("loop") || is("while") || is("for") {
            Frame::Loop
        } else if is("repeat") {
            Frame::Repeat
        } else {
            return None;
        };
        let at = self.open(frame, token.offset);
        // Their bodies begin behind `DO` or `LOOP`.
        Some(if is("while") || is("for") {
            At::Inside
        } else {
            at
        })
    }

    fn name(&mut self, token: &Token<'_>, program: Program, more: bool) -> At {
        if token.is_symbol(b'.') {
            return At::Name {
                program,
                more: true,
            };
        }
        if more && any(token, &["if", "not", "exists", "body"]) {
            return self.at;
        }
        if more {
            return At::Name {
                program,
                more: false,
            };
        }
        if program == Program::Package {
            self.open(Frame::Package, token.offset);
            return self.start(token);
        }
        self.header(token, program)
    }

    fn header(&mut self, token: &Token<'_>, program: Program) -> At {
        let same = At::Header(program);
        match token.text {
            b"(" => self.parentheses += 1,
            b")" => self.parentheses = self.parentheses.saturating_sub(1),
            _ => {}
        }
        if self.parentheses > 0 || token.kind != TokenKind::Word {
            return same;
        }
        let is = |word| token.is_word(word);
        match program {
            Program::Trigger if is("row") && self.each => At::TriggerOrder { name: false },
            Program::Trigger => {
                self.each = is("each");
                same
            }
            Program::Event if is("do") => At::Start,
            Program::Event | Program::Package => same,
            Program::Routine => {
                if is("begin") {
                    return self.open(Frame::Block, token.offset);
                }
                self.foreign |= is("javascript") || is("wasm");
                if (is("as") || is("is")) && !self.foreign {
                    return self.open(Frame::Declarations, token.offset);
                }
                if let Some(at) = self.control(token) {
                    return at;
                }
                // In Oracle mode `RETURN` says the type; a type may have `SET` in it.
                let of_type = (is("set") && self.type_follows) || (is("return") && self.oracle);
                if any(token, BEGINS_SIMPLE_BODY) && !of_type {
                    return At::Inside;
                }
                same
            }
        }
    }

    /// Where a statement may begin.
    fn start(&mut self, token: &Token<'_>) -> At {
        if token.is_symbol(b'<') {
            return At::OracleLabel;
        }
        if !matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier) {
            return At::Inside;
        }
        if let Some(at) = self.control(token) {
            return at;
        }
        let is = |word| token.is_word(word);
        let top = self.frames.last().copied();
        if is("begin") {
            match self.frames.last_mut() {
                // The declarations before it and the block share one `END`; so do a package and
                // its initialisation.
                Some(frame @ Frame::Declarations) => *frame = Frame::Block,
                Some(Frame::Package) => {}
                _ => return self.open(Frame::Block, token.offset),
            }
            At::Start
        } else if is("end") {
            self.frames.pop();
            At::AfterEnd
        } else if is("else") {
            At::Start
        } else if is("until") {
            At::Until
        } else if is("declare") {
            At::Declare
        } else if top == Some(Frame::Package) && any(token, &["procedure", "function"]) {
            At::Name {
                program: Program::Routine,
                more: true,
            }
        } else if top == Some(Frame::Package) && any(token, &["as", "is"]) {
            At::Start
        } else {
            At::Label
        }
    }

    /// Inside of a statement of the body, which goes on at `same`.
    fn inside(&mut self, token: &Token<'_>, same: At) -> At {
        if token.kind != TokenKind::Word {
            return same;
        }
        let is = |word| token.is_word(word);
        let top = self.frames.last().copied();
        if is("case") {
            self.open(Frame::Expression, token.offset);
            return same;
        }
        if is("end") && self.operand {
            match top {
                Some(Frame::Expression) => {
                    self.frames.pop();
                }
                Some(Frame::Repeat) if same == At::Until => {
                    self.frames.pop();
                    return At::AfterEnd;
                }
                _ => {}
            }
            return same;
        }
        match top {
            Some(Frame::If | Frame::Case | Frame::Block) if is("then") => At::Start,
            Some(Frame::Loop) if is("do") || is("loop") => At::Start,
            // The characteristics of a package may stand before its first routine.
            Some(Frame::Package) if is("procedure") || is("function") => At::Name {
                program: Program::Routine,
                more: true,
            },
            _ => same,
        }
    }

    /// The conditions of a handler, and where its statement begins.
    fn handler(&mut self, token: &Token<'_>, complete: bool) -> At {
        if token.is_symbol(b',') || any(token, &["sqlstate", "value", "not"]) {
            return At::Handler { complete: false };
        }
        if complete {
            return self.start(token);
        }
        At::Handler { complete: true }
    }
}

fn kind(token: &Token<'_>, create: bool) -> At {
    let is = |word| token.is_word(word);
    let named = |program| At::Name {
        program,
        more: true,
    };
    if is("event") {
        named(Program::Event)
    } else if create && (is("procedure") || is("function")) {
        named(Program::Routine)
    } else if create && is("trigger") {
        named(Program::Trigger)
    } else if create && is("package") {
        named(Program::Package)
    } else if any(token, WITHOUT_BODY) || is("procedure") || is("function") {
        At::Plain
    } else {
        // `OR REPLACE`, `AGGREGATE`, `DEFINER = …`
        At::Kind { create }
    }
}

fn any(token: &Token<'_>, words: &[&str]) -> bool {
    words.iter().any(|word| token.is_word(word))
}
