//! A new table takes the place of one that cannot be altered.

use limosa_sql::Dialect;
use limosa_sql::lexer::significant_tokens;

use super::super::by_hand;
use super::{literal, quoted};
use crate::{Key, Kind, Object, Schema};

/// The statements by which a table is made again with its rows. What depends on it is not there meanwhile.
pub(super) fn statements(from: &Schema, to: &Schema, table: &Key) -> Vec<String> {
    let new = free_name(from, to, table.name());
    let text = to.get(table).and_then(|table| table.text.as_deref());
    let Some(create) = text.and_then(|text| renamed(text, &new)) else {
        return vec![by_hand(&format!(
            "{table} is not written: its text is not known"
        ))];
    };
    let mut remarks = Vec::new();
    let mut names = Vec::new();
    let columns = to.children(table, Kind::Column).into_iter();
    for column in columns.filter(|one| is_stored(one)) {
        if from.get(&column.key).is_some_and(is_stored) {
            names.push(quoted(column.key.name()));
        } else if !column.is("nullable") && column.text_of("default").is_none() {
            let remark = format!("{} needs a value in every row", column.key);
            remarks.push(by_hand(&remark));
        }
    }
    let (old, names) = (table.name(), names.join(", "));
    let mut all = vec![create];
    if !names.is_empty() {
        all.push(format!(
            "INSERT INTO {} ({names}) SELECT {names} FROM {}",
            quoted(&new),
            quoted(old)
        ));
    }
    all.extend(remarks);
    if counts(from, table) && counts(to, table) {
        all.push(format!(
            "DELETE FROM sqlite_sequence WHERE name = {}",
            literal(&new)
        ));
        all.push(format!(
            "INSERT INTO sqlite_sequence (name, seq) SELECT {}, seq FROM sqlite_sequence WHERE name = {}",
            literal(&new),
            literal(old)
        ));
    }
    all.push(format!("DROP TABLE {}", quoted(old)));
    all.push(format!(
        "ALTER TABLE {} RENAME TO {}",
        quoted(&new),
        quoted(old)
    ));
    all
}

/// Whether the values of a column are its own.
fn is_stored(column: &Object) -> bool {
    column.text_of("generated").is_none()
}

/// Whether numbers are never used again.
fn counts(schema: &Schema, table: &Key) -> bool {
    let columns = schema.children(table, Kind::Column);
    columns.iter().any(|one| one.is("auto_increment"))
}

/// A name that nothing has.
fn free_name(from: &Schema, to: &Schema, name: &str) -> String {
    let taken = |name: &str| {
        let mut all = from.objects().chain(to.objects());
        all.any(|one| one.key.name().eq_ignore_ascii_case(name))
    };
    let mut new = format!("new_{name}");
    while taken(&new) {
        new.insert_str(0, "new_");
    }
    new
}

/// `CREATE TABLE` with another name.
fn renamed(text: &str, name: &str) -> Option<String> {
    let mut tokens = significant_tokens(Dialect::Sqlite, text.as_bytes());
    let bracket = tokens.find(|token| token.is_symbol(b'('))?;
    let definition = &text[bracket.offset..];
    Some(format!("CREATE TABLE {} {definition}", quoted(name)))
}
