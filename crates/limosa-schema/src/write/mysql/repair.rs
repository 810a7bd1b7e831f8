//! One schema becomes another.

use super::table::Pair;
use super::{grants, in_order, make, name};
use crate::{Key, Kind, Object, Schema};

/// The statements that turn `from` into `to`: first what is in the way goes, then tables change, then come new ones,
/// references between them, and at last what is made of them.
pub(in super::super) fn repair(from: &Schema, to: &Schema) -> Vec<String> {
    let both: Vec<Pair<'_>> = to
        .of(Kind::Table)
        .filter(|table| from.get(&table.key).is_some())
        .map(|table| Pair {
            from,
            to,
            table: &table.key,
        })
        .collect();
    let lost = |kind: Kind| from.of(kind).filter(|one| to.get(&one.key).is_none());
    let new = |kind: Kind| to.of(kind).filter(|one| from.get(&one.key).is_none());
    let mut all = code_in_the_way(from, to);
    all.extend(references_in_the_way(from, to));
    all.extend(both.iter().flat_map(Pair::old_foreign_keys));
    all.extend(lost(Kind::Table).map(|one| format!("DROP TABLE {}", name(&one.key))));
    all.extend(database(from, to));
    all.extend(new(Kind::Sequence).flat_map(make::statements));
    all.extend(sequences(from, to));
    all.extend(both.iter().flat_map(Pair::alter));
    let tables: Vec<&Object> = new(Kind::Table).collect();
    all.extend(in_order(to, &tables));
    all.extend(both.iter().flat_map(Pair::new_foreign_keys));
    all.extend(lost(Kind::Sequence).map(|one| format!("DROP SEQUENCE {}", name(&one.key))));
    all.extend(code(from, to));
    all.extend(to.objects().flat_map(|after| {
        let made_again = is_code(&after.key) && !is_same(from, after);
        let before = from
            .get(&after.key)
            .filter(|_| !made_again || after.key.kind == Kind::View);
        grants::changed(before, after)
    }));
    all
}

fn is_code(key: &Key) -> bool {
    [Kind::View, Kind::Routine, Kind::Trigger, Kind::Event].contains(&key.kind)
}

/// Whether the other schema has it, with the same properties but for grants.
fn is_same(other: &Schema, object: &Object) -> bool {
    let counts = |object: &Object| {
        let mut properties = object.properties.clone();
        properties.remove("grants");
        properties
    };
    other
        .get(&object.key)
        .is_some_and(|one| counts(one) == counts(object))
}

/// Views, triggers, routines and events that are not to be, or not so. A view is replaced where it is.
fn code_in_the_way(from: &Schema, to: &Schema) -> Vec<String> {
    let all = from.objects().filter(|one| is_code(&one.key));
    let all = all.filter(|one| {
        if one.key.kind == Kind::View {
            return to.get(&one.key).is_none();
        }
        let with_its_table = one
            .parent
            .as_ref()
            .is_some_and(|table| to.get(table).is_none());
        !with_its_table && !is_same(to, one)
    });
    all.map(|one| {
        let what = match one.key.kind {
            Kind::Routine => one.text_of("form").unwrap_or_default().to_uppercase(),
            kind => kind.name().to_uppercase(),
        };
        format!("DROP {what} {}", name(&one.key))
    })
    .collect()
}

/// Foreign keys between tables that both go.
fn references_in_the_way(from: &Schema, to: &Schema) -> Vec<String> {
    let goes = |table: &Key| from.get(table).is_some() && to.get(table).is_none();
    let all = from.of(Kind::Constraint);
    all.filter_map(|one| {
        let table = one.parent.as_ref().filter(|table| goes(table))?;
        let other = one
            .needs
            .first()
            .filter(|other| *other != table && goes(other));
        other.map(|_| {
            format!(
                "ALTER TABLE {} DROP FOREIGN KEY {}",
                name(table),
                name(&one.key)
            )
        })
    })
    .collect()
}

fn database(from: &Schema, to: &Schema) -> Vec<String> {
    let all = to.of(Kind::Database).filter(|one| !is_same(from, one));
    let collations = all.filter_map(|one| one.text_of("collation"));
    collations
        .map(|collation| format!("ALTER DATABASE COLLATE {collation}"))
        .collect()
}

fn sequences(from: &Schema, to: &Schema) -> Vec<String> {
    let all = to.of(Kind::Sequence);
    all.filter(|one| from.get(&one.key).is_some() && !is_same(from, one))
        .flat_map(|one| {
            let statements = make::statements(one).into_iter();
            statements.map(|text| {
                let text = text.replacen("CREATE SEQUENCE", "ALTER SEQUENCE", 1);
                let end = text.find(" ENGINE=").unwrap_or(text.len());
                text[..end].to_owned()
            })
        })
        .collect()
}

/// Views, triggers, routines and events that are new or other.
fn code(from: &Schema, to: &Schema) -> Vec<String> {
    let wanted: Vec<Object> = to
        .objects()
        .filter(|one| is_code(&one.key) && !is_same(from, one))
        .map(|one| {
            let mut one = one.clone();
            if one.key.kind == Kind::View && from.get(&one.key).is_some() {
                let replaced = |text: String| text.replacen("CREATE ", "CREATE OR REPLACE ", 1);
                one.text = one.text.map(replaced);
            }
            one
        })
        .collect();
    in_order(to, &wanted.iter().collect::<Vec<_>>())
}
