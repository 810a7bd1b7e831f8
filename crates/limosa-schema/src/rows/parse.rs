//! Reads the tokens of an expression.

use limosa_sql::Dialect;
use limosa_sql::lexer::{Token, TokenKind, identifier, significant_tokens};

use super::check::{Comparison, Expression};
use super::evaluate::Scalar;

/// The expression of a text, which may begin with `CHECK`; `None` where it is not read to its end.
pub(super) fn parse(dialect: Dialect, text: &str) -> Option<Expression> {
    let tokens: Vec<Token<'_>> = significant_tokens(dialect, text.as_bytes()).collect();
    let start = usize::from(tokens.first().is_some_and(|token| token.is_word("check")));
    let mut parser = Parser {
        tokens: &tokens,
        at: start,
        depth: 0,
    };
    let found = parser.expression(0)?;
    parser.is_at_end().then_some(found)
}

struct Parser<'t> {
    tokens: &'t [Token<'t>],
    at: usize,
    depth: usize,
}

/// How deep an expression may be nested.
const DEPTH: usize = 100;

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t Token<'t>> {
        self.tokens.get(self.at)
    }

    fn is_at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is_word(word));
        self.at += usize::from(found);
        found
    }

    fn words(&mut self, words: &[&str]) -> bool {
        let found = words.iter().enumerate().all(|(index, word)| {
            let token = self.tokens.get(self.at + index);
            token.is_some_and(|token| token.is_word(word))
        });
        self.at += if found { words.len() } else { 0 };
        found
    }

    fn symbol(&mut self, symbol: u8) -> bool {
        let found = self.peek().is_some_and(|token| token.is_symbol(symbol));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: u8) -> Option<()> {
        self.symbol(symbol).then_some(())
    }

    /// Precedences: 0 OR, 1 AND, 2 NOT, 3 comparisons and tests, 4 other operators, 5 plus, 6 times.
    fn expression(&mut self, level: u8) -> Option<Expression> {
        self.depth += 1;
        let found = (self.depth < DEPTH).then(|| self.of_level(level)).flatten();
        self.depth -= 1;
        found
    }

    fn of_level(&mut self, level: u8) -> Option<Expression> {
        match level {
            0 => self.list("or", 1, Expression::Or),
            1 => self.list("and", 2, Expression::And),
            2 if self.word("not") => Some(Expression::Not(Box::new(self.expression(2)?))),
            2 => self.expression(3),
            3 => self.tested(),
            4 => self.operators(),
            5 | 6 => self.arithmetic(level),
            _ => self.postfix(),
        }
    }

    fn list(
        &mut self,
        word: &str,
        below: u8,
        make: fn(Vec<Expression>) -> Expression,
    ) -> Option<Expression> {
        let mut all = vec![self.expression(below)?];
        while self.word(word) {
            all.push(self.expression(below)?);
        }
        match all.len() {
            1 => all.pop(),
            _ => Some(make(all)),
        }
    }

    fn tested(&mut self) -> Option<Expression> {
        let mut left = self.expression(4)?;
        loop {
            let start = self.at;
            let not = self.word("not");
            let negated = |one| {
                if not {
                    Expression::Not(Box::new(one))
                } else {
                    one
                }
            };
            if !not && self.word("is") {
                left = self.is(left)?;
            } else if !not && (self.word("isnull") || self.word("notnull")) {
                let is = Expression::IsNull(Box::new(left));
                let null = self.tokens[self.at - 1].is_word("isnull");
                left = if null {
                    is
                } else {
                    Expression::Not(Box::new(is))
                };
            } else if self.word("between") {
                let symmetric = self.word("symmetric");
                let low = self.expression(4)?;
                if !self.word("and") || symmetric {
                    return None;
                }
                let high = self.expression(4)?;
                left = negated(Expression::And(vec![
                    compare(Comparison::GreaterOrEqual, left.clone(), low),
                    compare(Comparison::LessOrEqual, left, high),
                ]));
            } else if self.word("in") {
                self.expect(b'(')?;
                let list = self.arguments(b')')?;
                left = negated(Expression::OneOf(Box::new(left), list));
            } else if let Some((folds, glob)) = self.like() {
                let pattern = self.expression(4)?;
                if self.word("escape") {
                    self.expression(4)?;
                }
                left = negated(Expression::Like {
                    of: Box::new(left),
                    pattern: Box::new(pattern),
                    folds,
                    glob,
                });
            } else if self.word("regexp") || self.word("rlike") || self.words(&["similar", "to"]) {
                let pattern = self.expression(4)?;
                left = negated(Expression::Regex {
                    of: Box::new(left),
                    pattern: Box::new(pattern),
                });
            } else if !not && let Some(comparison) = self.comparison() {
                left = self.compared(comparison, left)?;
            } else {
                self.at = start;
                return Some(left);
            }
        }
    }

    fn like(&mut self) -> Option<(bool, bool)> {
        if self.word("like") {
            Some((false, false))
        } else if self.word("ilike") {
            Some((true, false))
        } else if self.word("glob") {
            Some((false, true))
        } else {
            None
        }
    }

    fn is(&mut self, left: Expression) -> Option<Expression> {
        let not = self.word("not");
        let left = Box::new(left);
        let is = if self.word("null") || self.word("unknown") {
            Expression::IsNull(left)
        } else if self.word("true") {
            Expression::Is(true, left)
        } else if self.word("false") {
            Expression::Is(false, left)
        } else if self.words(&["distinct", "from"]) {
            Expression::Distinct(left, Box::new(self.expression(4)?))
        } else {
            // SQLite compares so.
            let other = Box::new(self.expression(4)?);
            Expression::Not(Box::new(Expression::Distinct(left, other)))
        };
        Some(if not {
            Expression::Not(Box::new(is))
        } else {
            is
        })
    }

    fn compared(&mut self, comparison: Comparison, left: Expression) -> Option<Expression> {
        let all = self.word("all");
        if !all && !self.word("any") && !self.word("some") {
            let right = self.expression(4)?;
            return Some(compare(comparison, left, right));
        }
        self.expect(b'(')?;
        let list = match self.expression(0)? {
            Expression::Call(name, list) if name == "array" => list,
            Expression::Cast(of, _) => match *of {
                Expression::Call(name, list) if name == "array" => list,
                Expression::Constant(Scalar::Text(text)) => elements(&text)?,
                _ => return None,
            },
            Expression::Constant(Scalar::Text(text)) => elements(&text)?,
            _ => return None,
        };
        self.expect(b')')?;
        if comparison == Comparison::Equal && !all {
            return Some(Expression::OneOf(Box::new(left), list));
        }
        let each = list.into_iter();
        let each = each
            .map(|one| compare(comparison, left.clone(), one))
            .collect();
        Some(if all {
            Expression::And(each)
        } else {
            Expression::Or(each)
        })
    }

    /// The bytes of an operator, which are tokens of one byte each that touch.
    fn operator(&mut self) -> Option<String> {
        let first = self.peek()?;
        let is_part = |token: &Token<'_>| {
            token.kind == TokenKind::Symbol
                && token.text.len() == 1
                && b"<>=!~|&@#^".contains(&token.text[0])
        };
        if !is_part(first) {
            return None;
        }
        let mut text = String::new();
        let mut end = first.offset;
        while let Some(token) = self.peek() {
            // `~*` ends with what else is a product.
            let star = token.is_symbol(b'*') && text.ends_with('~');
            if token.offset != end || !(is_part(token) || star) {
                break;
            }
            text.push(char::from(token.text[0]));
            end += 1;
            self.at += 1;
        }
        Some(text)
    }

    fn comparison(&mut self) -> Option<Comparison> {
        let start = self.at;
        let found = self.operator().and_then(|text| Comparison::of(&text));
        if found.is_none() {
            self.at = start;
        }
        found
    }

    /// `||`, and the operators of patterns.
    fn operators(&mut self) -> Option<Expression> {
        let mut left = self.expression(5)?;
        loop {
            let start = self.at;
            let Some(operator) = self.operator() else {
                return Some(left);
            };
            let (of, not) = match operator.strip_prefix('!') {
                Some(rest) if rest.starts_with('~') => (rest, true),
                _ => (operator.as_str(), false),
            };
            if !matches!(of, "||" | "~" | "~*" | "~~" | "~~*") {
                self.at = start;
                return Comparison::of(of).map(|_| left);
            }
            let right = Box::new(self.expression(5)?);
            let of_left = Box::new(left);
            left = match of {
                "||" => Expression::Arithmetic(b'|', of_left, right),
                "~" | "~*" => Expression::Regex {
                    of: of_left,
                    pattern: right,
                },
                _ => Expression::Like {
                    of: of_left,
                    pattern: right,
                    folds: of == "~~*",
                    glob: false,
                },
            };
            if not {
                left = Expression::Not(Box::new(left));
            }
        }
    }

    fn arithmetic(&mut self, level: u8) -> Option<Expression> {
        let symbols: &[u8] = if level == 5 { b"+-" } else { b"*/%" };
        let mut left = self.expression(level + 1)?;
        while let Some(symbol) = symbols.iter().find(|symbol| self.symbol(**symbol)) {
            let right = self.expression(level + 1)?;
            left = Expression::Arithmetic(*symbol, Box::new(left), Box::new(right));
        }
        Some(left)
    }

    fn postfix(&mut self) -> Option<Expression> {
        let mut one = self.primary()?;
        loop {
            if self.symbol(b':') {
                self.expect(b':')?;
                let of = self.type_name()?;
                one = Expression::Cast(Box::new(one), of);
            } else if self.word("collate") {
                self.name()?;
            } else {
                return Some(one);
            }
        }
    }

    fn name(&mut self) -> Option<String> {
        let mut name = identifier(self.peek()?)?;
        self.at += 1;
        while self.symbol(b'.') {
            name = identifier(self.peek()?)?;
            self.at += 1;
        }
        Some(name)
    }

    /// `character varying(20)[]`.
    fn type_name(&mut self) -> Option<String> {
        let mut of = self.name()?.to_lowercase();
        for word in ["varying", "precision", "unsigned"] {
            if self.word(word) {
                of = format!("{of} {word}");
            }
        }
        if self.symbol(b'(') {
            self.arguments(b')')?;
        }
        for words in [["with", "time", "zone"], ["without", "time", "zone"]] {
            if self.words(&words) {
                of = format!("{of} {}", words.join(" "));
            }
        }
        while self.symbol(b'[') {
            self.expect(b']')?;
            of.push_str("[]");
        }
        Some(of)
    }

    fn arguments(&mut self, end: u8) -> Option<Vec<Expression>> {
        let mut all = Vec::new();
        if self.symbol(end) {
            return Some(all);
        }
        loop {
            all.push(self.expression(0)?);
            if self.symbol(end) {
                return Some(all);
            }
            self.expect(b',')?;
        }
    }

    fn primary(&mut self) -> Option<Expression> {
        let token = self.peek()?;
        match token.kind {
            TokenKind::Number => {
                self.at += 1;
                let text = std::str::from_utf8(token.text).ok()?;
                Some(Expression::Constant(Scalar::Number(text.parse().ok()?)))
            }
            TokenKind::String => {
                self.at += 1;
                Some(Expression::Constant(Scalar::Text(super::text::string(
                    token.text,
                )?)))
            }
            TokenKind::Symbol if self.symbol(b'(') => {
                let one = self.expression(0)?;
                self.expect(b')')?;
                Some(one)
            }
            TokenKind::Symbol if self.symbol(b'-') => {
                let zero = Expression::Constant(Scalar::Number(0.0));
                let one = self.expression(7)?;
                Some(Expression::Arithmetic(b'-', Box::new(zero), Box::new(one)))
            }
            TokenKind::Symbol if self.symbol(b'+') => self.expression(7),
            TokenKind::QuotedIdentifier => self.named(false),
            TokenKind::Word => self.keyword().or_else(|| self.named(true)),
            _ => None,
        }
    }

    fn keyword(&mut self) -> Option<Expression> {
        let token = self.peek()?;
        // An introducer of MySQL: `_utf8mb4'x'`.
        let next = self.tokens.get(self.at + 1);
        if token.text.starts_with(b"_") && next.is_some_and(|one| one.kind == TokenKind::String) {
            self.at += 1;
            return self.primary();
        }
        if self.word("null") {
            Some(Expression::Constant(Scalar::Null))
        } else if self.word("true") {
            Some(Expression::Constant(Scalar::Bool(true)))
        } else if self.word("false") {
            Some(Expression::Constant(Scalar::Bool(false)))
        } else if next.is_some_and(|one| one.is_symbol(b'[')) && self.word("array") {
            self.expect(b'[')?;
            Some(Expression::Call("array".to_owned(), self.arguments(b']')?))
        } else if self.word("case") {
            self.case()
        } else if next.is_some_and(|one| one.is_symbol(b'(')) && self.word("cast") {
            self.expect(b'(')?;
            let one = self.expression(0)?;
            if !self.word("as") {
                return None;
            }
            let of = self.type_name()?;
            self.expect(b')')?;
            Some(Expression::Cast(Box::new(one), of))
        } else {
            None
        }
    }

    fn case(&mut self) -> Option<Expression> {
        let of = if self.peek()?.is_word("when") {
            None
        } else {
            Some(Box::new(self.expression(0)?))
        };
        let mut branches = Vec::new();
        while self.word("when") {
            let when = self.expression(0)?;
            if !self.word("then") {
                return None;
            }
            branches.push((when, self.expression(0)?));
        }
        let otherwise = if self.word("else") {
            Some(Box::new(self.expression(0)?))
        } else {
            None
        };
        self.word("end").then_some(Expression::Case {
            of,
            branches,
            otherwise,
        })
    }

    fn named(&mut self, folds: bool) -> Option<Expression> {
        let token = self.peek()?;
        // A type before its value: `DATE '2020-01-01'`.
        let next = self.tokens.get(self.at + 1);
        if folds && next.is_some_and(|one| one.kind == TokenKind::String) {
            let of = self.name()?.to_lowercase();
            let one = self.primary()?;
            return Some(Expression::Cast(Box::new(one), of));
        }
        let reserved = ["and", "or", "not", "when", "then", "else", "end", "select"];
        if folds && reserved.iter().any(|word| token.is_word(word)) {
            return None;
        }
        let name = self.name()?;
        if self.symbol(b'(') {
            let arguments = self.arguments(b')')?;
            return Some(Expression::Call(name.to_lowercase(), arguments));
        }
        if folds && name.to_lowercase().starts_with("current_") {
            return Some(Expression::Call(name.to_lowercase(), Vec::new()));
        }
        Some(Expression::Column(name))
    }
}

fn compare(comparison: Comparison, left: Expression, right: Expression) -> Expression {
    Expression::Compare(comparison, Box::new(left), Box::new(right))
}

/// The elements of an array that is written as a text: `{a,b}`.
fn elements(text: &str) -> Option<Vec<Expression>> {
    let inside = text.strip_prefix('{')?.strip_suffix('}')?;
    let element = |one: &str| {
        let plain = one.trim().trim_matches('"').to_owned();
        Expression::Constant(Scalar::Text(plain))
    };
    Some(inside.split(',').map(element).collect())
}
