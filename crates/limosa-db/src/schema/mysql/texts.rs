//! The statements by which the server itself would make its objects, one query for each of them.
//!
//! They come without what belongs to this database and this moment: its name, the next number of a table, the account
//! that everything belongs to, the moment at which an event was made.

use std::collections::BTreeMap;

use limosa_schema::{Key, Kind, Object, Schema};
use limosa_sql::Dialect;
use limosa_sql::lexer::{Lexer, Modes, Token, TokenKind, identifier};

use super::catalog::PLAINLY;
use super::names::without_database;
use crate::store::quote_identifier;
use crate::{DbError, Session};

/// The schema with the texts of its objects. A column, an index or a constraint has its part of the table's.
pub(super) fn read(session: &mut dyn Session, schema: &Schema) -> Result<Schema, DbError> {
    let database = session.server().database.clone();
    let mut parts: BTreeMap<Key, String> = BTreeMap::new();
    let mut objects: Vec<Object> = Vec::with_capacity(schema.len());
    for object in schema.objects() {
        let mut object = object.clone();
        if let Some(found) = shown(session, &object)? {
            let text = found.text(&object, &database);
            if object.key.kind == Kind::Table {
                parts.extend(parts_of(&object.key, &text));
            }
            object.text = Some(text);
        }
        objects.push(object);
    }
    for object in &mut objects {
        if let Some(part) = parts.remove(&object.key) {
            object.text = Some(part);
        }
    }
    Ok(Schema::new(schema.dialect, schema.server.clone(), objects))
}

/// What `SHOW CREATE` says, and the mode in which it is to be read.
struct Shown {
    text: String,
    modes: Modes,
}

fn shown(session: &mut dyn Session, object: &Object) -> Result<Option<Shown>, DbError> {
    let form = object.text_of("form").unwrap_or_default().to_uppercase();
    let (what, name, mode, text) = match object.key.kind {
        Kind::Table => ("TABLE", object.key.name(), None, 1),
        Kind::Sequence => ("SEQUENCE", object.key.name(), None, 1),
        Kind::View => ("VIEW", object.key.name(), None, 1),
        Kind::Trigger => ("TRIGGER", object.key.name(), Some(1), 2),
        Kind::Event => ("EVENT", object.key.name(), Some(1), 3),
        Kind::Routine => (form.as_str(), object.key.path[0].as_str(), Some(1), 2),
        _ => return Ok(None),
    };
    let name = quote_identifier(Dialect::Mysql, name);
    let rows = match session.query(&format!("{PLAINLY}SHOW CREATE {what} {name}"), &[]) {
        Ok(rows) => rows,
        // Who may not see it gets an error, or NULL.
        Err(DbError::Server(_)) => return Ok(None),
        Err(lost) => return Err(lost),
    };
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let mode = mode.and_then(|index| row.text(index)).unwrap_or_default();
    let has = |one: &str| mode.split(',').any(|mode| mode == one);
    Ok(row.text(text).map(|text| Shown {
        text,
        modes: Modes {
            backslash_escapes: !has("NO_BACKSLASH_ESCAPES"),
            ansi_quotes: has("ANSI_QUOTES"),
            oracle: has("ORACLE"),
        },
    }))
}

impl Shown {
    fn text(&self, object: &Object, database: &str) -> String {
        let ours = object.text_of("owner").is_none();
        let of_us = |text: String| {
            if ours {
                self.without_definer(&text)
            } else {
                text
            }
        };
        match object.key.kind {
            Kind::Table => without_next_number(&without_database(&self.text, database)),
            Kind::Sequence => without_database(&self.text, database),
            Kind::View => of_us(without_database(&self.text, database)),
            Kind::Trigger => self.trigger(object),
            Kind::Event => of_us(self.event(object)),
            _ => of_us(self.text.clone()),
        }
    }

    fn tokens<'t>(&self, text: &'t str) -> Vec<Token<'t>> {
        let lexer = Lexer::with_modes(Dialect::Mysql, self.modes, text.as_bytes());
        lexer.filter(Token::is_significant).collect()
    }

    /// `CREATE DEFINER=… FUNCTION …` without whose it is.
    fn without_definer(&self, text: &str) -> String {
        let tokens = self.tokens(text);
        let Some(at) = tokens.iter().position(|token| token.is_word("DEFINER")) else {
            return text.to_owned();
        };
        // `DEFINER`, `=`, the user, `@`, the host.
        match tokens.get(at + 5) {
            Some(next) if tokens[at + 1].is_symbol(b'=') => {
                format!("{}{}", &text[..tokens[at].offset], &text[next.offset..])
            }
            _ => text.to_owned(),
        }
    }

    /// It stands there as it was written, with the name of the database or without.
    fn trigger(&self, object: &Object) -> String {
        let tokens = self.tokens(&self.text);
        let row = tokens.windows(3).position(|words| {
            words[0].is_word("FOR") && words[1].is_word("EACH") && words[2].is_word("ROW")
        });
        let mut body = row.map_or(tokens.len(), |row| row + 3);
        let follows = tokens.get(body).is_some_and(|token| {
            (token.is_word("FOLLOWS") || token.is_word("PRECEDES"))
                && tokens
                    .get(body + 1)
                    .is_some_and(|token| identifier(token).is_some())
        });
        body += if follows { 2 } else { 0 };
        let body = tokens
            .get(body)
            .map_or("", |token| &self.text[token.offset..]);
        let word = |property: &str| object.text_of(property).unwrap_or_default().to_uppercase();
        let [table, name] = [&object.key.path[0], object.key.name()]
            .map(|name| quote_identifier(Dialect::Mysql, name));
        let definer = object.text_of("owner").map(account);
        let definer = definer.map(|account| format!("DEFINER={account} "));
        format!(
            "CREATE {}TRIGGER {name} {} {} ON {table} FOR EACH ROW {body}",
            definer.unwrap_or_default(),
            word("timing"),
            word("event")
        )
    }

    /// The server writes when an event begins, also where nobody said it.
    fn event(&self, object: &Object) -> String {
        let text = &self.text;
        if object.text_of("starts").is_some() {
            return text.clone();
        }
        let tokens = self.tokens(text);
        let head = tokens.iter().position(|token| token.is_word("DO"));
        let head = &tokens[..head.unwrap_or_default()];
        let starts = head
            .windows(2)
            .position(|pair| pair[0].is_word("STARTS") && pair[1].kind == TokenKind::String);
        match starts.map(|at| (head[at].offset, tokens[at + 2].offset)) {
            Some((begin, end)) => format!("{}{}", &text[..begin], &text[end..]),
            None => text.clone(),
        }
    }
}

/// ``'app'@'%'`` as it stands in a statement.
fn account(owner: &str) -> String {
    let (user, host) = owner.rsplit_once('@').unwrap_or((owner, "%"));
    let [user, host] = [user, host].map(|part| quote_identifier(Dialect::Mysql, part));
    format!("{user}@{host}")
}

/// A table without `AUTO_INCREMENT=n` behind its brackets.
fn without_next_number(text: &str) -> String {
    let tokens: Vec<Token<'_>> = Lexer::new(Dialect::Mysql, text.as_bytes()).collect();
    let mut depth = 0_i32;
    for (at, token) in tokens.iter().enumerate() {
        depth += i32::from(token.is_symbol(b'(')) - i32::from(token.is_symbol(b')'));
        let next = [at + 1, at + 2].map(|at| tokens.get(at));
        if let (0, true, [Some(equals), Some(number)]) =
            (depth, token.is_word("AUTO_INCREMENT"), next)
            && equals.is_symbol(b'=')
        {
            let end = number.offset + number.text.len();
            let rest = text[end..].strip_prefix(' ').unwrap_or(&text[end..]);
            return format!("{}{rest}", &text[..token.offset]);
        }
    }
    text.to_owned()
}

/// The parts of `CREATE TABLE`: columns, indexes, constraints (without `CONSTRAINT name`).
fn parts_of(table: &Key, text: &str) -> Vec<(Key, String)> {
    let tokens: Vec<Token<'_>> = Lexer::new(Dialect::Mysql, text.as_bytes())
        .filter(Token::is_significant)
        .collect();
    let mut parts: Vec<Vec<Token<'_>>> = Vec::new();
    let mut depth = 0_i32;
    for token in &tokens {
        if token.is_symbol(b')') {
            depth -= 1;
            if depth == 0 {
                break;
            }
        }
        match parts.last_mut() {
            Some(_) if depth == 1 && token.is_symbol(b',') => parts.push(Vec::new()),
            Some(last) => last.push(*token),
            None if token.is_symbol(b'(') => parts.push(Vec::new()),
            None => {}
        }
        depth += i32::from(token.is_symbol(b'('));
    }
    parts
        .iter()
        .filter_map(|part| part_of(table, text, part))
        .collect()
}

fn part_of(table: &Key, text: &str, part: &[Token<'_>]) -> Option<(Key, String)> {
    let last = part.last()?;
    let end = last.offset + last.text.len();
    let from = |number: usize| {
        part.get(number)
            .map(|token| text[token.offset..end].to_owned())
    };
    let key = |kind: Kind, name: &str| Key::new(kind, [table.name(), name]);
    let name = |number: usize| part.get(number).and_then(identifier);
    let first = part.first()?;
    if first.kind == TokenKind::QuotedIdentifier {
        return Some((key(Kind::Column, &name(0)?), from(0)?));
    }
    if first.is_word("PRIMARY") {
        return Some((key(Kind::Constraint, "PRIMARY"), from(0)?));
    }
    if first.is_word("CONSTRAINT") {
        return Some((key(Kind::Constraint, &name(1)?), from(2)?));
    }
    let word = part.iter().position(|token| token.is_word("KEY"))?;
    Some((key(Kind::Index, &name(word + 1)?), from(0)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_table_are_found() {
        let text = "CREATE TABLE `t` (\n  `a` int CHECK (`a` in (1,2)),\n  PRIMARY KEY (`a`),\n  \
            UNIQUE KEY `u` (`a`,`b`),\n  CONSTRAINT `c` CHECK (`a` <> ',)')\n) ENGINE=InnoDB AUTO_INCREMENT=7 COMMENT='AUTO_INCREMENT=7'";
        let table = Key::new(Kind::Table, ["t"]);
        let parts: Vec<String> = parts_of(&table, text)
            .into_iter()
            .map(|(key, text)| format!("{key}: {text}"))
            .collect();
        assert_eq!(
            parts,
            [
                "column t.a: `a` int CHECK (`a` in (1,2))",
                "constraint t.PRIMARY: PRIMARY KEY (`a`)",
                "index t.u: UNIQUE KEY `u` (`a`,`b`)",
                "constraint t.c: CHECK (`a` <> ',)')",
            ]
        );
        assert!(without_next_number(text).ends_with(") ENGINE=InnoDB COMMENT='AUTO_INCREMENT=7'"));
    }
}
