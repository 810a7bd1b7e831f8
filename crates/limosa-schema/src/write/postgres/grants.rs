//! Who may do what.

use super::super::by_hand;
use super::alter::Pair;
use super::name::{dotted, name, quoted};
use super::{database, routine, sequence};
use crate::{Kind, Object, Schema};

/// A privilege that is given, or one that goes without saying and is not.
pub(super) struct Grant<'t> {
    refused: bool,
    privilege: &'t str,
    /// A role as SQL has it, `owner`, or `database owner`.
    to: &'t str,
    with_option: bool,
    /// Who gave it, where it was not the owner.
    by: Option<&'t str>,
}

/// Whether what is said is made or taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Made,
    TakenBack,
}

impl<'t> Grant<'t> {
    /// `no SELECT to app with grant option by admin`.
    pub fn of(text: &'t str) -> Option<Self> {
        let (refused, rest) = match text.strip_prefix("no ") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (privilege, to) = rest.split_once(" to ")?;
        let (to, by) = match to.rsplit_once(" by ") {
            Some((to, by)) => (to, Some(by)),
            None => (to, None),
        };
        let (to, with_option) = match to.strip_suffix(" with grant option") {
            Some(to) => (to, true),
            None => (to, false),
        };
        Some(Self {
            refused,
            privilege,
            to,
            with_option,
            by,
        })
    }

    /// The statements that make it so, or that make it as if it were not said.
    pub fn statements(&self, target: &Target, way: Way) -> Vec<String> {
        let statement = if self.refused == (way == Way::Made) {
            self.revoke(target)
        } else {
            self.grant(target)
        };
        self.by_whom(target, statement)
    }

    /// Whoever did it does it.
    fn by_whom(&self, target: &Target, statement: String) -> Vec<String> {
        match self.by {
            None => vec![statement],
            Some(by) => vec![
                format!("SET ROLE {}", target.role(by)),
                statement,
                "RESET ROLE".to_owned(),
            ],
        }
    }

    fn grant(&self, target: &Target) -> String {
        let option = if self.with_option {
            " WITH GRANT OPTION"
        } else {
            ""
        };
        let (privilege, to) = (target.privilege(self.privilege), target.role(self.to));
        format!("GRANT {privilege} ON {} TO {to}{option}", target.what)
    }

    fn revoke(&self, target: &Target) -> String {
        let (privilege, from) = (target.privilege(self.privilege), target.role(self.to));
        format!("REVOKE {privilege} ON {} FROM {from}", target.what)
    }
}

/// What privileges are about.
pub(super) struct Target {
    /// `TABLE public.users`.
    pub what: String,
    /// The column, where they are those of one.
    pub column: Option<String>,
    /// Who owns it, unless it is who owns the database.
    pub owner: Option<String>,
}

impl Target {
    fn of(schema: &Schema, object: &Object) -> Option<Self> {
        let parent = object.parent.as_ref().and_then(|key| schema.get(key));
        let owner = object.text_of("owner");
        let owner = owner.or_else(|| parent.and_then(|one| one.text_of("owner")));
        let what = match object.key.kind {
            Kind::Table | Kind::View | Kind::MaterializedView => {
                format!("TABLE {}", name(&object.key))
            }
            Kind::Column => format!("TABLE {}", name(&parent?.key)),
            Kind::Routine if routine::is_aggregate(object) => {
                format!("FUNCTION {}", routine::signature(&object.key))
            }
            Kind::Routine => routine::target(object),
            Kind::Domain => format!("TYPE {}", name(&object.key)),
            Kind::Database => "DATABASE {}".to_owned(),
            Kind::Server => format!("FOREIGN SERVER {}", name(&object.key)),
            Kind::Sequence
            | Kind::Schema
            | Kind::Type
            | Kind::ForeignDataWrapper
            | Kind::Language => {
                format!(
                    "{} {}",
                    object.key.kind.name().to_uppercase(),
                    name(&object.key)
                )
            }
            _ => return None,
        };
        Some(Self {
            what,
            column: (object.key.kind == Kind::Column).then(|| quoted(object.key.name())),
            owner: owner.map(quoted),
        })
    }

    fn privilege(&self, privilege: &str) -> String {
        match &self.column {
            Some(column) => format!("{privilege} ({column})"),
            None => privilege.to_owned(),
        }
    }

    /// Whoever runs the statements owns what they make.
    fn role(&self, name: &str) -> String {
        match name {
            "PUBLIC" => "PUBLIC".to_owned(),
            "owner" => self
                .owner
                .clone()
                .unwrap_or_else(|| "CURRENT_USER".to_owned()),
            "database owner" => "CURRENT_USER".to_owned(),
            name => name.to_owned(),
        }
    }
}

/// The statements for the grants of an object that was just made.
pub(super) fn statements(schema: &Schema, object: &Object) -> Vec<String> {
    let mut all = Vec::new();
    if object.key.kind == Kind::DefaultPrivileges {
        return all;
    }
    for (property, target) in targets(schema, object) {
        for text in object.list_of(property) {
            all.extend(said(object, text, target.as_ref(), Way::Made));
        }
    }
    all
}

/// The statements that take all grants of an object back.
pub(super) fn taken_back(schema: &Schema, object: &Object) -> Vec<String> {
    let target = Target::of(schema, object);
    let grants = object.list_of("grants").into_iter();
    grants
        .flat_map(|text| said(object, text, target.as_ref(), Way::TakenBack))
        .collect()
}

/// The statements for other grants.
pub(super) fn changes(pair: &mut Pair<'_>) -> Vec<String> {
    let (before, after) = (pair.before, pair.after);
    let mut all = Vec::new();
    for (property, target) in targets(pair.schema, after) {
        if !pair.takes(property) {
            continue;
        }
        let (old, new) = (before.list_of(property), after.list_of(property));
        for text in old.iter().filter(|text| !new.contains(text)) {
            all.extend(said(after, text, target.as_ref(), Way::TakenBack));
        }
        for text in new.iter().filter(|text| !old.contains(text)) {
            all.extend(said(after, text, target.as_ref(), Way::Made));
        }
    }
    all
}

fn said(object: &Object, text: &str, target: Option<&Target>, way: Way) -> Vec<String> {
    match (Grant::of(text), target) {
        (Some(grant), Some(target)) => {
            let statements = grant.statements(target, way).into_iter();
            let about = |one: String| match object.key.kind {
                Kind::Database => database::about(&one),
                _ => one,
            };
            statements.map(about).collect()
        }
        _ => vec![by_hand(&format!(
            "the privileges of {}: {text}",
            object.key
        ))],
    }
}

/// The properties with grants, and what they are about.
fn targets(schema: &Schema, object: &Object) -> [(&'static str, Option<Target>); 2] {
    let table = object.parent.as_ref().and_then(|key| schema.get(key));
    let identity = sequence::of_identity(object).map(|sequence| Target {
        what: format!("SEQUENCE {}", dotted(&sequence)),
        column: None,
        owner: table.and_then(|table| table.text_of("owner")).map(quoted),
    });
    [
        ("grants", Target::of(schema, object)),
        ("identity_grants", identity),
    ]
}
