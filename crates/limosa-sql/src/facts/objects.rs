//! `CREATE`, `ALTER` and `DROP` of objects, driven by a table of the dialect.

use super::Action;
use super::draft::Draft;
use crate::Dialect;
use crate::lexer::TokenKind;

/// A kind of object.
#[derive(Debug)]
pub(super) struct Object {
    /// The words that name it.
    pub(super) words: &'static str,
    pub(super) name: &'static str,
    /// The kinds of statement: created, altered, dropped.
    pub(super) kinds: [&'static str; 3],
    /// Reads what follows the names.
    pub(super) then: fn(&mut Draft<'_>, &Definition),
}

/// What was read of a statement up to and including the names.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) action: Action,
    pub(super) object: &'static str,
    pub(super) names: Vec<String>,
    /// The words between the verb and the object, in lower case.
    pub(super) modifiers: Vec<&'static str>,
    pub(super) concurrently: bool,
}

impl Definition {
    pub(super) fn has(&self, modifier: &str) -> bool {
        self.modifiers.contains(&modifier)
    }
}

/// An entry of a table of objects: its words, its name, and what reads the rest.
macro_rules! object {
    ($words:literal, $name:literal) => {
        object!($words, $name, $crate::facts::objects::nothing)
    };
    ($words:literal, $name:literal, $then:path) => {
        $crate::facts::objects::Object {
            words: $words,
            name: $name,
            kinds: [
                concat!("create_", $name),
                concat!("alter_", $name),
                concat!("drop_", $name),
            ],
            then: $then,
        }
    };
}
pub(super) use object;

/// Nothing more is to be known.
pub(super) fn nothing(_: &mut Draft<'_>, _: &Definition) {}

/// Dropping it loses what is in it.
pub(super) fn holds_data(draft: &mut Draft<'_>, definition: &Definition) {
    if definition.action == Action::Drop {
        for name in &definition.names {
            draft.lose(definition.object, name.clone());
        }
    }
}

/// Reads what follows `CREATE`, `ALTER` or `DROP`. False when the object is not known.
pub(super) fn define(
    draft: &mut Draft<'_>,
    action: Action,
    objects: &[Object],
    modifiers: &[&'static str],
) -> bool {
    let mut found = Vec::new();
    let object = loop {
        if let Some(object) = objects
            .iter()
            .find(|object| draft.tokens.eat_words(object.words))
        {
            break object;
        }
        match modifiers.iter().find(|word| draft.tokens.eat(word)) {
            Some(modifier) => found.push(*modifier),
            None if attribute(draft) => {}
            None => return false,
        }
    };
    draft.facts.kind = match action {
        Action::Create => object.kinds[0],
        Action::Alter => object.kinds[1],
        Action::Drop => object.kinds[2],
    };
    let concurrently = draft.tokens.eat("concurrently");
    draft.tokens.eat_if_exists();
    draft.tokens.eat("only");
    // `CREATE USER MAPPING FOR …`, `CREATE TRANSFORM FOR …`
    draft.tokens.eat("for");
    let mut names = Vec::new();
    // An index may have no name: `CREATE INDEX ON t (c)`.
    while !draft.tokens.peek_is_any(&["on", "authorization"])
        && let Some(name) = draft.tokens.name()
    {
        draft.change(action, object.name, name.clone());
        names.push(name);
        if action != Action::Drop {
            break;
        }
        draft.tokens.skip_parentheses();
        if !draft.tokens.eat_symbol(b',') {
            break;
        }
    }
    let definition = Definition {
        action,
        object: object.name,
        names,
        modifiers: found,
        concurrently,
    };
    (object.then)(draft, &definition);
    true
}

/// Takes `DEFINER = …`, `ALGORITHM = …` or `SQL SECURITY …`, which `MySQL` has before the object.
fn attribute(draft: &mut Draft<'_>) -> bool {
    if draft.target.dialect != Dialect::Mysql {
        return false;
    }
    if draft.tokens.eat_words("sql security") {
        draft.tokens.next();
        return true;
    }
    if !draft.tokens.eat_any(&["definer", "algorithm"]) {
        return false;
    }
    draft.tokens.eat_symbol(b'=');
    draft.tokens.next();
    // The host of an account: `@localhost`, or `@` and a string; or the `()` of `CURRENT_USER()`.
    match draft.tokens.peek(0) {
        Some(host) if host.kind == TokenKind::Parameter => {
            draft.tokens.next();
        }
        Some(at) if at.is_symbol(b'@') => {
            draft.tokens.next();
            draft.tokens.next();
        }
        _ => {
            draft.tokens.skip_parentheses();
        }
    }
    true
}
