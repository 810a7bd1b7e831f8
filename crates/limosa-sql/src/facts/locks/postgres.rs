//! Table locks of `PostgreSQL`. Those that let rows be read and written are left out.

use super::{Children, List, LockMode, Named};

use Children::{Partitions, With, Without};
use LockMode::{AccessExclusive, Share, ShareRowExclusive};

pub(super) fn read(list: &mut List<'_>) {
    let tokens = &mut list.tokens;
    if tokens.eat("alter") {
        if tokens.eat("table") {
            alter_table(list);
        } else if tokens.eat_any(&["policy", "trigger", "rule"]) {
            list.on(AccessExclusive, Without);
        }
    } else if tokens.eat("create") {
        create(list);
    } else if tokens.eat("drop") {
        drop(list);
    } else if tokens.eat("truncate") {
        tokens.eat("table");
        list.names(Named::Table, AccessExclusive);
    } else if tokens.eat("cluster") {
        tokens.skip_parentheses();
        tokens.eat("verbose");
        let name = list.name();
        list.push(name, Named::Table, AccessExclusive, Partitions);
    }
}

fn create(list: &mut List<'_>) {
    const MODIFIERS: &[&str] = &["or", "replace", "unique", "constraint", "unlogged"];
    while list.tokens.eat_any(MODIFIERS) {}
    if list.tokens.eat("index") {
        if !list.tokens.eat("concurrently") {
            list.on(Share, Partitions);
        }
    } else if list.tokens.eat("trigger") {
        list.on(ShareRowExclusive, Partitions);
    } else if list.tokens.eat("policy") {
        list.on(AccessExclusive, Without);
    } else if list.tokens.eat("rule") {
        if list.tokens.seek(&["to"]) {
            list.tokens.next();
            let name = list.name();
            list.push(name, Named::Table, AccessExclusive, Without);
        }
    } else if list.tokens.eat("table") {
        list.tokens.eat_if_exists();
        list.name();
        if list.tokens.eat_words("partition of") {
            let parent = list.name();
            list.push(
                parent.clone(),
                Named::DefaultPartition,
                AccessExclusive,
                With,
            );
            list.push(parent, Named::Table, AccessExclusive, Without);
        }
        references(list, Until::End);
    }
}

fn drop(list: &mut List<'_>) {
    if list.tokens.eat("table") {
        list.tokens.eat_if_exists();
        list.names(Named::Dropped, AccessExclusive);
    } else if list.tokens.eat("index") {
        if !list.tokens.eat("concurrently") {
            list.tokens.eat_if_exists();
            list.names(Named::Index, AccessExclusive);
        }
    } else if list.tokens.eat("trigger") {
        list.on(AccessExclusive, Partitions);
    } else if list.tokens.eat_any(&["policy", "rule"]) {
        list.on(AccessExclusive, Without);
    }
}

fn alter_table(list: &mut List<'_>) {
    list.tokens.eat_if_exists();
    // `ALTER TABLE ALL IN TABLESPACE …` names no table.
    if list.tokens.eat_words("all in") {
        return;
    }
    let only = list.tokens.eat("only");
    let table = list.name();
    list.tokens.eat_symbol(b'*');
    loop {
        if let Some((mode, children)) = action(list, &table) {
            let children = if only { Without } else { children };
            list.push(table.clone(), Named::Table, mode, children);
        }
        if !references(list, Until::Comma) {
            return;
        }
    }
}

/// The lock of one action of `ALTER TABLE` on its table; `None` where rows are read and written meanwhile.
fn action(list: &mut List<'_>, table: &[String]) -> Option<(LockMode, Children)> {
    let tokens = &mut list.tokens;
    if tokens.eat_words("validate constraint")
        || tokens.eat_words("cluster on")
        || tokens.eat_words("set without cluster")
    {
        return None;
    }
    if tokens.peek_is_any(&["set", "reset"])
        && tokens.peek(1).is_some_and(|token| token.is_symbol(b'('))
    {
        return None;
    }
    if tokens.eat("alter") {
        if tokens.eat("constraint") {
            return Some((AccessExclusive, Partitions));
        }
        tokens.eat("column");
        list.name();
        let tokens = &mut list.tokens;
        let options = tokens.peek_is_any(&["set", "reset"])
            && tokens.peek(1).is_some_and(|token| token.is_symbol(b'('));
        if options || tokens.eat_words("set statistics") {
            return None;
        }
        return Some((AccessExclusive, With));
    }
    if tokens.eat_any(&["enable", "disable"]) {
        tokens.eat_any(&["always", "replica"]);
        return if tokens.peek_is("trigger") {
            Some((ShareRowExclusive, Partitions))
        } else {
            Some((AccessExclusive, Without))
        };
    }
    if tokens.eat_words("attach partition") {
        let child = list.name();
        list.push(child, Named::Table, AccessExclusive, With);
        list.push(
            table.to_vec(),
            Named::DefaultPartition,
            AccessExclusive,
            With,
        );
        return None;
    }
    if tokens.eat_words("detach partition") {
        let child = list.name();
        if list.tokens.peek_is_any(&["concurrently", "finalize"]) {
            return None;
        }
        list.push(child, Named::Table, AccessExclusive, With);
        list.push(
            table.to_vec(),
            Named::DefaultPartition,
            AccessExclusive,
            With,
        );
        return Some((AccessExclusive, Without));
    }
    if tokens.eat("add") {
        let named = tokens.eat("constraint");
        if named {
            list.name();
        }
        let tokens = &mut list.tokens;
        if tokens.peek_is("foreign") {
            return Some((ShareRowExclusive, Partitions));
        }
        if tokens.peek_is_any(&["primary", "unique", "exclude"]) {
            return Some((AccessExclusive, Partitions));
        }
        return Some((AccessExclusive, With));
    }
    if tokens.eat("rename") {
        let whole = tokens.peek_is("to");
        return Some((AccessExclusive, if whole { Without } else { With }));
    }
    if tokens.peek_is_any(&[
        "owner", "set", "force", "no", "replica", "inherit", "of", "not",
    ]) {
        return Some((AccessExclusive, Without));
    }
    Some((AccessExclusive, With))
}

/// Where to stop looking for foreign keys.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    /// The comma behind an action.
    Comma,
    End,
}

/// Takes what is left, with a lock on every table that a foreign key in it refers to. False at the end of the
/// statement.
fn references(list: &mut List<'_>, until: Until) -> bool {
    while !list.tokens.at_end() {
        if until == Until::Comma {
            if list.tokens.eat_symbol(b',') {
                return true;
            }
            if list.tokens.skip_parentheses() {
                continue;
            }
        }
        if list.tokens.eat("references") {
            let name = list.name();
            list.push(name, Named::Table, ShareRowExclusive, Partitions);
        } else {
            list.tokens.next();
        }
    }
    false
}
