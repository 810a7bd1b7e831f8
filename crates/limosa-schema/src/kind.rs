//! The kinds of objects, of all dialects.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// What an object is. The order is the one in which most of them can be made.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "&'static str")]
        pub enum Kind {
            $($(#[$doc])* $variant,)+
        }

        impl Kind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name for people and in JSON: `materialized view`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

kinds! {
    /// Settings of the database itself (character set, `ALTER DATABASE … SET`).
    Database = "database",
    /// A procedural language.
    Language = "language",
    /// A schema (`PostgreSQL`).
    Schema = "schema",
    /// An extension.
    Extension = "extension",
    /// A collation.
    Collation = "collation",
    /// A type: `enum`, `composite`, `range` or `base` in its property `form`.
    Type = "type",
    /// A domain.
    Domain = "domain",
    /// A sequence.
    Sequence = "sequence",
    /// A foreign data wrapper.
    ForeignDataWrapper = "foreign data wrapper",
    /// A foreign server.
    Server = "server",
    /// A user mapping.
    UserMapping = "user mapping",
    /// A table; ordinary, partitioned, a partition, foreign, virtual.
    Table = "table",
    /// A column of a table, a view or a composite type.
    Column = "column",
    /// A function, procedure or aggregate, with the types of its arguments in its name.
    Routine = "routine",
    /// An operator, with the types of its sides in its name.
    Operator = "operator",
    /// An operator family.
    OperatorFamily = "operator family",
    /// An operator class.
    OperatorClass = "operator class",
    /// A cast.
    Cast = "cast",
    /// A conversion between encodings.
    Conversion = "conversion",
    /// A transform.
    Transform = "transform",
    /// A text search parser, template, dictionary or configuration, as its property `form` says.
    TextSearch = "text search",
    /// A view.
    View = "view",
    /// A materialized view.
    MaterializedView = "materialized view",
    /// An index.
    Index = "index",
    /// A constraint of a table.
    Constraint = "constraint",
    /// Extended statistics.
    Statistics = "statistics",
    /// A rule.
    Rule = "rule",
    /// A trigger.
    Trigger = "trigger",
    /// A row security policy.
    Policy = "policy",
    /// An event trigger.
    EventTrigger = "event trigger",
    /// A scheduled event (`MySQL`).
    Event = "event",
    /// A publication.
    Publication = "publication",
    /// A subscription.
    Subscription = "subscription",
    /// Privileges that objects get when they are made.
    DefaultPrivileges = "default privileges",
}

impl Kind {
    /// The kind of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TryFrom<String> for Kind {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::from_name(&name).ok_or_else(|| format!("`{name}` is no kind of object"))
    }
}

impl From<Kind> for &'static str {
    fn from(kind: Kind) -> Self {
        kind.name()
    }
}
