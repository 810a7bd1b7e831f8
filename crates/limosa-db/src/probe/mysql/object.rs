//! What statements are about, and how the server shows it.

use std::fmt;

use limosa_sql::Dialect;
use serde::{Deserialize, Serialize};

use crate::store::quote_identifier;

/// A kind of object, as statements name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    Table,
    View,
    Sequence,
    Procedure,
    Function,
    Package,
    PackageBody,
    Trigger,
    Event,
    Database,
    User,
    Role,
    /// What a user or role may do.
    Grants,
    Server,
    Plugin,
}

impl Kind {
    /// Its word in SQL.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Table => "TABLE",
            Self::View => "VIEW",
            Self::Sequence => "SEQUENCE",
            Self::Procedure => "PROCEDURE",
            Self::Function => "FUNCTION",
            Self::Package => "PACKAGE",
            Self::PackageBody => "PACKAGE BODY",
            Self::Trigger => "TRIGGER",
            Self::Event => "EVENT",
            Self::Database => "DATABASE",
            Self::User => "USER",
            Self::Role => "ROLE",
            Self::Grants => "GRANTS",
            Self::Server => "SERVER",
            Self::Plugin => "PLUGIN",
        }
    }

    /// Whether its names are qualified by a database.
    pub(super) fn is_in_database(self) -> bool {
        !matches!(
            self,
            Self::Database | Self::User | Self::Role | Self::Grants | Self::Server | Self::Plugin
        )
    }

    /// Whether rows are in it.
    pub(super) fn has_rows(self) -> bool {
        matches!(self, Self::Table | Self::Sequence)
    }
}

/// An object by its qualified name; of an account the second part is its host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Object {
    pub(super) kind: Kind,
    pub(super) path: Vec<String>,
}

impl Object {
    pub(super) fn new(kind: Kind, path: impl IntoIterator<Item = String>) -> Self {
        Self {
            kind,
            path: path.into_iter().collect(),
        }
    }

    /// Its name in SQL.
    pub(super) fn quoted(&self) -> String {
        let parts: Vec<String> = self
            .path
            .iter()
            .map(|part| quote_identifier(Dialect::Mysql, part))
            .collect();
        let account = matches!(self.kind, Kind::User | Kind::Role | Kind::Grants);
        parts.join(if account { "@" } else { "." })
    }

    /// The database and the name of what is in a database.
    pub(super) fn place(&self) -> (&str, &str) {
        match self.path.as_slice() {
            [database, name] => (database, name),
            _ => ("", ""),
        }
    }
}

/// With its kind, as people and the journal see it.
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.word().to_lowercase(), self.quoted())
    }
}
