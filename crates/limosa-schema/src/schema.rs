//! All objects of a database.

use std::collections::BTreeMap;

use limosa_sql::Dialect;
use serde::{Deserialize, Serialize};

use crate::{Key, Kind, Object};

/// The schema of a database, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// The dialect.
    pub dialect: Dialect,
    /// The product and the version of the server: `PostgreSQL 15.18`. Servers of another version write some
    /// expressions in another way.
    pub server: String,
    objects: BTreeMap<Key, Object>,
}

impl Schema {
    /// A schema of objects.
    pub fn new(
        dialect: Dialect,
        server: impl Into<String>,
        objects: impl IntoIterator<Item = Object>,
    ) -> Self {
        let objects = objects.into_iter().map(|one| (one.key.clone(), one));
        Self {
            dialect,
            server: server.into(),
            objects: objects.collect(),
        }
    }

    /// The product and the release of the server: `PostgreSQL 15`, `MariaDB 10.11`, `SQLite 3`. Within one of them
    /// servers write expressions in the same way.
    pub fn release(&self) -> &str {
        let numbers = match self.dialect {
            Dialect::Mysql => 2,
            Dialect::Postgres | Dialect::Sqlite => 1,
        };
        let server = &self.server;
        match server.match_indices('.').nth(numbers - 1) {
            Some((end, _)) => &server[..end],
            None => server,
        }
    }

    /// All objects, in the order of their keys.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        self.objects.values()
    }

    /// An object.
    pub fn get(&self, key: &Key) -> Option<&Object> {
        self.objects.get(key)
    }

    /// The objects of a kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Object> {
        let first = Key {
            kind,
            path: Vec::new(),
        };
        self.objects
            .range(first..)
            .map(|(_, object)| object)
            .take_while(move |object| object.key.kind == kind)
    }

    /// What belongs to an object, of a kind; columns in their order.
    pub fn children(&self, parent: &Key, kind: Kind) -> Vec<&Object> {
        let is_child = |one: &&Object| one.parent.as_ref() == Some(parent);
        // What is named within its parent stands together.
        let within = matches!(
            kind,
            Kind::Column | Kind::Constraint | Kind::Trigger | Kind::Rule | Kind::Policy
        );
        let mut found: Vec<&Object> = if within {
            let first = Key {
                kind,
                path: parent.path.clone(),
            };
            (self.objects.range(first..))
                .take_while(|(key, _)| key.kind == kind && key.path.starts_with(&parent.path))
                .map(|(_, object)| object)
                .filter(is_child)
                .collect()
        } else {
            self.of(kind).filter(is_child).collect()
        };
        found.sort_by_key(|one| one.position);
        found
    }

    /// The columns of a table's primary key; none where it has none.
    pub fn primary_key(&self, table: &Key) -> Vec<&str> {
        let constraints = self.children(table, Kind::Constraint);
        let key = (constraints.into_iter()).find(|one| one.text_of("form") == Some("primary key"));
        key.map(|one| one.list_of("columns")).unwrap_or_default()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.objects.len()
    }
}

/// As it is kept in a file.
#[derive(Serialize, Deserialize)]
struct Document {
    #[serde(rename = "document")]
    what: String,
    dialect: String,
    server: String,
    fingerprint: String,
    objects: Vec<Object>,
}

/// Why a text is no snapshot of a schema.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// It is no such document.
    #[error("it is no JSON of a schema")]
    Json(#[source] serde_json::Error),
    /// It is another document, or of a later version.
    #[error("it is a document `{0}` and not `{SNAPSHOT}`")]
    Document(String),
    /// Its dialect is unknown.
    #[error("its dialect is `{0}`")]
    Dialect(String),
    /// It was changed by hand.
    #[error("its objects do not have the fingerprint that it names: it was changed, or cut off")]
    Fingerprint,
}

/// The name of the document.
pub const SNAPSHOT: &str = "limosa.schema/1";

impl Schema {
    /// The schema as a JSON document, `limosa.schema/1`.
    pub fn to_snapshot(&self) -> String {
        let document = Document {
            what: SNAPSHOT.to_owned(),
            dialect: self.dialect.name().to_owned(),
            server: self.server.clone(),
            fingerprint: self.fingerprint().to_string(),
            objects: self.objects().cloned().collect(),
        };
        let text = serde_json::to_string_pretty(&document);
        text.expect("keys are texts, and there are no numbers that JSON has not") + "\n"
    }

    /// Reads what [`Schema::to_snapshot`] has written.
    ///
    /// # Errors
    /// When it is something else.
    pub fn from_snapshot(text: &str) -> Result<Self, SnapshotError> {
        let document: Document = serde_json::from_str(text).map_err(SnapshotError::Json)?;
        if document.what != SNAPSHOT {
            return Err(SnapshotError::Document(document.what));
        }
        let dialect = Dialect::from_name(&document.dialect)
            .ok_or(SnapshotError::Dialect(document.dialect))?;
        let schema = Self::new(dialect, document.server, document.objects);
        if schema.fingerprint().to_string() != document.fingerprint {
            return Err(SnapshotError::Fingerprint);
        }
        Ok(schema)
    }
}
