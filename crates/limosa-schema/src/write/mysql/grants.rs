//! Who may do what.

use super::{name, quoted};
use crate::{Kind, Object};

/// The statements that give what is granted on an object.
pub(super) fn given(object: &Object) -> Vec<String> {
    let grants = object.list_of("grants").into_iter();
    grants.filter_map(|grant| give(object, grant)).collect()
}

/// The statements for other grants than before.
pub(super) fn changed(before: Option<&Object>, after: &Object) -> Vec<String> {
    let had = before.map(|one| one.list_of("grants")).unwrap_or_default();
    let has = after.list_of("grants");
    let lost = had.iter().filter(|grant| !has.contains(grant));
    let new = has.iter().filter(|grant| !had.contains(grant));
    lost.flat_map(|grant| take(after, grant))
        .chain(new.filter_map(|grant| give(after, grant)))
        .collect()
}

fn give(object: &Object, grant: &str) -> Option<String> {
    let (what, grantee, option) = parts(object, grant)?;
    let option = if option { " WITH GRANT OPTION" } else { "" };
    Some(format!("GRANT {what} TO {grantee}{option}"))
}

/// Passing on is a privilege of its own, for all that somebody may do there.
fn take(object: &Object, grant: &str) -> Vec<String> {
    let Some((what, grantee, option)) = parts(object, grant) else {
        return Vec::new();
    };
    let mut all = vec![format!("REVOKE {what} FROM {grantee}")];
    if let (true, Some((_, place))) = (option, what.split_once(" ON ")) {
        all.push(format!("REVOKE GRANT OPTION ON {place} FROM {grantee}"));
    }
    all
}

/// Of ``SELECT to 'app'@'%' with grant option``: the privilege and on what, to whom, whether it may be passed on.
fn parts(object: &Object, grant: &str) -> Option<(String, String, bool)> {
    let (privilege, rest) = grant.split_once(" to ")?;
    let (grantee, option) = match rest.strip_suffix(" with grant option") {
        Some(grantee) => (grantee, true),
        None => (rest, false),
    };
    // A role has no host.
    let grantee = grantee.strip_suffix("@''").unwrap_or(grantee).to_owned();
    let what = match object.key.kind {
        Kind::Database => format!("{privilege} ON *"),
        Kind::Column => format!(
            "{privilege} ({}) ON {}",
            name(&object.key),
            quoted(&object.key.path[0])
        ),
        Kind::Routine => {
            let form = object.text_of("form").unwrap_or_default().to_uppercase();
            format!("{privilege} ON {form} {}", name(&object.key))
        }
        _ => format!("{privilege} ON {}", name(&object.key)),
    };
    Some((what, grantee, option))
}
