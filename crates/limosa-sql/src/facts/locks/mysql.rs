//! Exclusive metadata locks of `MySQL` and `MariaDB`: every change of a table has one at its beginning and at its
//! end.

use super::{Children, List, LockMode, Named};

const EXCLUSIVE: LockMode = LockMode::AccessExclusive;

pub(super) fn read(list: &mut List<'_>) {
    let tokens = &mut list.tokens;
    if tokens.eat("alter") {
        while tokens.eat_any(&["online", "offline", "ignore"]) {}
        if tokens.eat("table") {
            tokens.eat_if_exists();
            let name = list.name();
            // Who writes how long to wait has decided it.
            if !list.tokens.peek_is_any(&["wait", "nowait"]) {
                list.push(name, Named::Table, EXCLUSIVE, Children::With);
            }
        }
    } else if tokens.eat("create") {
        create(list);
    } else if tokens.eat("drop") {
        if tokens.eat_any(&["table", "tables"]) {
            tokens.eat_if_exists();
            list.names(Named::Table, EXCLUSIVE);
        } else if tokens.eat("index") {
            list.on(EXCLUSIVE, Children::With);
        }
    } else if tokens.eat_words("rename table") || tokens.eat_words("rename tables") {
        tokens.eat_if_exists();
        loop {
            let name = list.name();
            list.push(name, Named::Table, EXCLUSIVE, Children::With);
            if !list.tokens.skip_item() {
                return;
            }
        }
    } else if tokens.eat("truncate") {
        tokens.eat("table");
        list.names(Named::Table, EXCLUSIVE);
    }
}

fn create(list: &mut List<'_>) {
    const KINDS: &[&str] = &["unique", "fulltext", "spatial", "vector"];
    let replace = list.tokens.eat_words("or replace");
    while list.tokens.eat_any(KINDS) {}
    if list.tokens.eat("index") {
        list.on(EXCLUSIVE, Children::With);
    } else if replace && list.tokens.eat("table") {
        let name = list.name();
        list.push(name, Named::Table, EXCLUSIVE, Children::With);
    } else if list
        .tokens
        .seek(&["trigger", "table", "view", "procedure", "function", "event"])
        && list.tokens.eat("trigger")
    {
        list.on(EXCLUSIVE, Children::With);
    }
}
