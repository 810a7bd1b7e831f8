//! Sequences, those of identity columns among them.

use super::super::order::Item;
use super::make::Maker;
use super::name::{dotted, name};
use super::rank::Rank;
use super::rights;
use super::value::number;
use crate::{Key, Kind, Object};

/// A sequence and, after its table, what it belongs to.
pub(super) fn items(maker: &Maker<'_>, sequence: &Object) -> Vec<Item> {
    let what = match sequence.text_of("persistence") {
        Some("unlogged") => "UNLOGGED SEQUENCE",
        _ => "SEQUENCE",
    };
    let mut create = format!("CREATE {what} {}", name(&sequence.key));
    if let Some(integer) = sequence.text_of("type") {
        create.push_str(&format!(" AS {integer}"));
    }
    for option in options(sequence, "") {
        create.push_str(&format!(" {option}"));
    }
    let mut statements = vec![create];
    // One that a column owns belongs to whom the table belongs to, and that has to be so before.
    let table = owner(sequence).and(sequence.parent.as_ref());
    let table = table.and_then(|key| maker.schema.get(key));
    if let Some(owner) = table.and_then(|table| table.text_of("owner")) {
        statements.push(rights::give_to(sequence, owner));
    }
    statements.extend(rights::statements(maker.schema, sequence));
    let mut items = vec![
        Item::makes(Rank::Sequence.number(), &sequence.key, statements)
            .after(sequence.needs.iter().filter(|key| key.kind == Kind::Schema)),
    ];
    if let Some(column) = owner(sequence) {
        let statement = owned_by(sequence);
        items.push(
            Item::about(Rank::Later.number(), &sequence.key, vec![statement]).after([&column]),
        );
    }
    items
}

/// The column that it goes with.
pub(super) fn owner(sequence: &Object) -> Option<Key> {
    let path = sequence.list_of("owned_by");
    (!path.is_empty()).then(|| Key::new(Kind::Column, path))
}

/// `ALTER SEQUENCE … OWNED BY …`.
pub(super) fn owned_by(sequence: &Object) -> String {
    let owner = owner(sequence).map_or_else(|| "NONE".to_owned(), |column| name(&column));
    format!("ALTER SEQUENCE {} OWNED BY {owner}", name(&sequence.key))
}

/// What a sequence is like, as far as it is not the default.
pub(super) fn options(object: &Object, prefix: &str) -> Vec<String> {
    let words = [
        ("start", "START WITH"),
        ("increment", "INCREMENT BY"),
        ("minimum", "MINVALUE"),
        ("maximum", "MAXVALUE"),
        ("cache", "CACHE"),
    ];
    let given = words.iter().filter_map(|(property, word)| {
        let value = number(object, &format!("{prefix}{property}"))?;
        Some(format!("{word} {value}"))
    });
    let mut all: Vec<String> = given.collect();
    if object.is(&format!("{prefix}cycle")) {
        all.push("CYCLE".to_owned());
    }
    all
}

/// The same with what is the default, for `ALTER SEQUENCE`.
pub(super) fn all_options(object: &Object, prefix: &str) -> Vec<String> {
    let value = |property: &str| number(object, &format!("{prefix}{property}"));
    let increment = value("increment").unwrap_or_else(|| "1".to_owned());
    let bound = |property: &str, word: &str| {
        value(property).map_or_else(|| format!("NO {word}"), |value| format!("{word} {value}"))
    };
    let mut all = vec![
        format!("INCREMENT BY {increment}"),
        bound("minimum", "MINVALUE"),
        bound("maximum", "MAXVALUE"),
    ];
    let first = if increment.starts_with('-') {
        "maximum"
    } else {
        "minimum"
    };
    let start = value("start").or_else(|| value(first));
    let start = start.unwrap_or_else(|| if first == "maximum" { "-1" } else { "1" }.to_owned());
    all.push(format!("START WITH {start}"));
    all.push(format!(
        "CACHE {}",
        value("cache").unwrap_or_else(|| "1".to_owned())
    ));
    let cycle = object.is(&format!("{prefix}cycle"));
    all.push(if cycle { "CYCLE" } else { "NO CYCLE" }.to_owned());
    all
}

/// `GENERATED … AS IDENTITY`.
pub(super) fn identity(column: &Object) -> Option<String> {
    let when = column.text_of("identity")?.to_uppercase();
    let mut options = Vec::new();
    let sequence = column.list_of("identity_sequence");
    if !sequence.is_empty() {
        options.push(format!("SEQUENCE NAME {}", dotted(&sequence)));
    }
    options.extend(self::options(column, "identity_"));
    let options = match options.as_slice() {
        [] => String::new(),
        options => format!(" ({})", options.join(" ")),
    };
    Some(format!("GENERATED {when} AS IDENTITY{options}"))
}

/// The sequence of an identity column.
pub(super) fn of_identity(column: &Object) -> Option<Vec<String>> {
    column.text_of("identity")?;
    let named = column.list_of("identity_sequence");
    if !named.is_empty() {
        return Some(named.into_iter().map(str::to_owned).collect());
    }
    let [schema, table, name] = column.key.path.as_slice() else {
        return None;
    };
    Some(vec![schema.clone(), format!("{table}_{name}_seq")])
}
