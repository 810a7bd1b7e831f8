//! What every object may have: a comment, an owner, grants.

use super::super::by_hand;
use super::alter::Pair;
use super::name::{dotted, literal, name, quoted};
use super::{database, grants, operator, routine, sequence, text_search};
use crate::{Kind, Object, Schema};

/// The statements for the comment, the owner and the grants of an object that was just made.
pub(super) fn statements(schema: &Schema, object: &Object) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(text) = object.text_of("comment") {
        all.push(comment(object, Some(text)));
    }
    if let Some(text) = object.text_of("identity_comment")
        && let Some(sequence) = sequence::of_identity(object)
    {
        all.push(format!(
            "COMMENT ON SEQUENCE {} IS {}",
            dotted(&sequence),
            literal(text)
        ));
    }
    if let Some(owner) = object.text_of("owner") {
        all.push(give_to(object, owner));
    }
    all.extend(grants::statements(schema, object));
    all.extend(
        object
            .list_of("security_labels")
            .into_iter()
            .map(|one| label(object, one)),
    );
    all
}

/// Sets a comment, or takes it away.
pub(super) fn comment(object: &Object, comment: Option<&str>) -> String {
    let text = comment.map_or_else(|| "NULL".to_owned(), literal);
    match target(object) {
        _ if object.key.kind == Kind::Database => {
            database::about(&format!("COMMENT ON DATABASE {{}} IS {text}"))
        }
        Some(target) => format!("COMMENT ON {target} IS {text}"),
        None => by_hand(&format!("the comment of {} is {text}", object.key)),
    }
}

/// Changes the owner.
pub(super) fn give_to(object: &Object, owner: &str) -> String {
    match target(object) {
        Some(target) => format!("ALTER {target} OWNER TO {}", quoted(owner)),
        None => by_hand(&format!("the owner of {} is {owner}", object.key)),
    }
}

/// `SECURITY LABEL …`, of `provider: label`.
fn label(object: &Object, text: &str) -> String {
    let (provider, label) = text.split_once(": ").unwrap_or((text, ""));
    let (provider, label) = (quoted(provider), literal(label));
    match target(object) {
        Some(target) => format!("SECURITY LABEL FOR {provider} ON {target} IS {label}"),
        None => by_hand(&format!("the security label of {} is {label}", object.key)),
    }
}

/// An object as `COMMENT ON` and `ALTER … OWNER TO` name it.
pub(super) fn target(object: &Object) -> Option<String> {
    let key = &object.key;
    let name = name(key);
    let of_table = |what: &str| {
        let table = object.parent.as_ref().map(super::name::name)?;
        Some(format!("{what} {} ON {table}", quoted(key.name())))
    };
    Some(match key.kind {
        Kind::OperatorFamily => format!("OPERATOR FAMILY {}", operator::of_method(key)),
        Kind::OperatorClass => format!("OPERATOR CLASS {}", operator::of_method(key)),
        Kind::Operator => {
            let (name, types) = operator::parts(key);
            format!("OPERATOR {name} ({})", types.join(", "))
        }
        Kind::Cast => format!("CAST ({})", key.name()),
        Kind::Transform => match key.path.as_slice() {
            [of, language] => format!("TRANSFORM FOR {of} LANGUAGE {}", quoted(language)),
            _ => return None,
        },
        Kind::TextSearch => {
            let form = object.text_of("form").unwrap_or_default().to_uppercase();
            format!("TEXT SEARCH {form} {}", text_search::own_name(key))
        }
        Kind::Routine => routine::target(object),
        Kind::Table if object.text_of("form") == Some("foreign") => format!("FOREIGN TABLE {name}"),
        Kind::Constraint => return of_table("CONSTRAINT"),
        Kind::Trigger => return of_table("TRIGGER"),
        Kind::Rule => return of_table("RULE"),
        Kind::Policy => return of_table("POLICY"),
        Kind::Schema
        | Kind::Extension
        | Kind::Collation
        | Kind::Type
        | Kind::Domain
        | Kind::Sequence
        | Kind::ForeignDataWrapper
        | Kind::Server
        | Kind::Table
        | Kind::Column
        | Kind::Conversion
        | Kind::View
        | Kind::MaterializedView
        | Kind::Index
        | Kind::Statistics
        | Kind::EventTrigger
        | Kind::Publication
        | Kind::Language
        | Kind::Subscription => format!("{} {name}", key.kind.name().to_uppercase()),
        _ => return None,
    })
}

/// The statements for another comment, owner or grants.
pub(super) fn changes(pair: &mut Pair<'_>) -> Vec<String> {
    let after = pair.after;
    let mut all = Vec::new();
    if pair.takes("comment") {
        all.push(comment(after, after.text_of("comment")));
    }
    if pair.takes("identity_comment")
        && let Some(sequence) = sequence::of_identity(after)
    {
        let text = after.text_of("identity_comment");
        let text = text.map_or_else(|| "NULL".to_owned(), literal);
        all.push(format!(
            "COMMENT ON SEQUENCE {} IS {text}",
            dotted(&sequence)
        ));
    }
    if pair.takes("owner") {
        all.push(match after.text_of("owner") {
            Some(owner) => give_to(after, owner),
            None => by_hand(&format!(
                "the owner of {} should be that of the database",
                after.key
            )),
        });
    }
    all.extend(grants::changes(pair));
    all
}
