//! Statements on rows, which the dialects share.

use super::classify;
use super::draft::Draft;
use crate::Dialect;
use crate::lexer::TokenKind;

/// The tables of `TRUNCATE`.
pub(super) fn truncate(draft: &mut Draft<'_>) {
    draft.tokens.eat("table");
    loop {
        draft.tokens.eat("only");
        let Some(table) = draft.tokens.name() else {
            return;
        };
        draft.lose("rows", table);
        draft.tokens.eat_symbol(b'*');
        if !draft.tokens.eat_symbol(b',') {
            return;
        }
    }
}

/// The tables of `DELETE`, several of which `MySQL` takes.
pub(super) fn delete(draft: &mut Draft<'_>) {
    if draft.target.dialect == Dialect::Mysql {
        while draft
            .tokens
            .eat_any(&["low_priority", "quick", "ignore", "history"])
        {}
    }
    draft.tokens.eat("from");
    loop {
        draft.tokens.eat("only");
        let Some(table) = draft.tokens.name() else {
            return;
        };
        // `DELETE a.* FROM …`
        draft.tokens.eat_symbol(b'*');
        draft.lose("rows", table);
        if draft.target.dialect != Dialect::Mysql || !draft.tokens.eat_symbol(b',') {
            return;
        }
    }
}

/// The target of `MERGE`, when it may delete.
pub(super) fn merge(draft: &mut Draft<'_>) {
    draft.tokens.eat("into");
    draft.tokens.eat("only");
    let Some(table) = draft.tokens.name() else {
        return;
    };
    while draft.tokens.seek(&["then"]) {
        draft.tokens.next();
        if draft.tokens.eat("delete") {
            draft.lose("rows", table);
            return;
        }
    }
}

/// The statement behind `WITH …`, and rows that the queries in it delete.
pub(super) fn with(draft: &mut Draft<'_>) {
    const MAIN: &[&str] = &[
        "select", "insert", "update", "delete", "merge", "values", "replace",
    ];
    let mut depth = 0_u32;
    loop {
        if depth == 0 && draft.tokens.peek_is_any(MAIN) {
            // What it is called inside of a common table expression matters to nobody.
            return classify::read(draft);
        }
        let Some(token) = draft.tokens.next() else {
            return;
        };
        match token.text {
            b"(" if token.kind == TokenKind::Symbol => {
                depth += 1;
                if draft.tokens.eat_words("delete from") {
                    draft.tokens.eat("only");
                    if let Some(table) = draft.tokens.name() {
                        draft.lose("rows", table);
                    }
                }
            }
            b")" if token.kind == TokenKind::Symbol => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
}

/// `EXPLAIN ANALYZE` runs its statement, so what that one destroys is destroyed.
pub(super) fn explain(draft: &mut Draft<'_>) {
    let mut runs = false;
    if draft.tokens.eat_symbol(b'(') {
        while let Some(token) = draft.tokens.next() {
            if token.is_symbol(b')') {
                break;
            }
            runs |= token.is_word("analyze") || token.is_word("analyse");
        }
    }
    loop {
        if draft.tokens.eat_any(&["analyze", "analyse"]) {
            runs = true;
        } else if !format(draft) && !draft.tokens.eat_any(&["verbose", "extended"]) {
            break;
        }
    }
    if runs {
        run(draft);
    }
}

/// `ANALYZE …` of `MariaDB` runs its statement too.
pub(super) fn analyze(draft: &mut Draft<'_>) {
    format(draft);
    run(draft);
}

fn run(draft: &mut Draft<'_>) {
    classify::read(draft);
    draft.facts.kind = "explain";
}

/// Takes `FORMAT = JSON`.
fn format(draft: &mut Draft<'_>) -> bool {
    let found = draft.tokens.eat("format");
    if found {
        draft.tokens.eat_symbol(b'=');
        draft.tokens.next();
    }
    found
}
