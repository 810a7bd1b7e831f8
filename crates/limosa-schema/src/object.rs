//! One object of a schema.
//!
//! # The properties
//! Names are the same in every dialect. A property that is absent is the default (false, none), so that a server that
//! cannot have it and an object that does not have it look alike. Nothing is said twice: what can be derived from
//! other properties is in none.
//!
//! | kind | properties that others read |
//! |---|---|
//! | every kind | `comment`, `owner` (where it is not the owner of the database), `grants` (list of texts, each for one privilege and one grantee: `SELECT to app`, `SELECT to app with grant option`, and `no EXECUTE to PUBLIC` for what is granted unless it is revoked; the owner of the object is `owner`, that of the database `database owner`) |
//! | table | `form` (`ordinary` where absent, `partitioned`, `foreign`, `virtual`), `partition_of`, `engine`, `collation`, `row_format`, `options` (list), `partition_by`, `subpartition_by`, `partitions` (list), `system_versioned` (MySQL), `strict`, `without_rowid`, `module`, `arguments` (list; SQLite), … |
//! | column | `type` (as written in `CREATE TABLE`), `nullable` (true, or absent where it must have a value), `default` (an SQL expression), `collation`, `identity` (`always`, `by default`), `auto_increment`, `generated` (an expression), `generated_kind` (`stored`, `virtual`), `comment`, `on_update`, `invisible` |
//! | constraint | `form` (`primary key`, `unique`, `foreign key`, `check`, `exclude`, `not null`), `columns` (list), `references` (path of the table), `referenced_columns`, `on_delete`, `on_update`, `match`, `deferrable`, `initially_deferred`, `not_valid`, `expression`; its `text` is what follows `ADD CONSTRAINT name`; beside `columns` there may be `orders`, `collations` and `prefixes` as at an index. On MySQL a unique constraint is an index. |
//! | index | `unique`, `keys` (list: names of columns, else expressions), `orders` (list beside `keys`, null where it is the default), `collations` and `prefixes` (lengths) likewise, `include`, `predicate`, `method`, `invisible`; on MySQL its path begins with that of its table |
//! | type | `form`, `labels` (of an enum, in order), `attributes` (of a composite one) |
//! | domain | `base`, `not_null`, `default`, `checks` (list of expressions) |
//! | sequence | `type`, `start`, `increment`, `minimum`, `maximum`, `cycle`, `owned_by` (path of the column) |
//! | view | `definition` |
//! | routine | `body`, and what is in its head; on MySQL `form`, `parameters` (list), `returns`, `deterministic`, `data_access`, `security` |
//! | event | `every`, `at`, `starts`, `ends`, `time_zone`, `enabled`, `preserve`, `definition` |
//! | database | `settings` and `role_settings`, as `name=value` (`PostgreSQL`), `collation` (`MySQL`); its path is empty |
//! | trigger, rule | `definition`, `enabled` (`disabled`, `replica`, `always`); the copy of a trigger on a partition is listed only where it is switched in another way, with `inherited` |
//! | policy | `restrictive`, `command`, `roles`, `using`, `check` |
//! | extension | `version`, `schema` |
//! | statistics | `kinds`, `columns`, `expressions`, `target` |
//! | publication | `all_tables`, `tables` (list of `table` (a path), `columns`, `where`), `schemas`, `publish` (where not everything is), `via_root`, `generated_columns` |
//! | foreign data wrapper, server, user mapping, foreign table and its columns | `server_options` (list of `name=value`; of a password the name only), `handler`, `validator`, `wrapper`, `type`, `version` |
//! | default privileges | `grants`; its path is for whose objects (`owner` for the owner of the database), for which, and in which schema unless in all |
//! | operator class and family | `operators`, `functions`, `type`, `storage`, `default`; its path has the index method between schema and name |
//! | text search | `form`, which is in its path between schema and name, too; what its `CREATE` has |
//!
//! On MySQL `owner` is the account whose rights code has, where that is not the one that reads, and `sql_mode` is there
//! where code reads its own text in another mode than new sessions of its server.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Kind;

/// Which object: its kind and where it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// What it is.
    pub kind: Kind,
    /// Its name, from the outside in: `["public", "users", "email"]` for a column on `PostgreSQL`, `["users", "email"]`
    /// elsewhere. An index is beside its table, as the server has it; a constraint, trigger, rule or policy is in it.
    pub path: Vec<String>,
}

impl Key {
    /// A key.
    pub fn new<P: Into<String>>(kind: Kind, path: impl IntoIterator<Item = P>) -> Self {
        Self {
            kind,
            path: path.into_iter().map(Into::into).collect(),
        }
    }

    /// The table of what is in one: a column, a constraint.
    #[must_use]
    pub fn table(&self) -> Self {
        let path = &self.path[..self.path.len().saturating_sub(1)];
        Self::new(Kind::Table, path)
    }

    /// The last part of its path.
    pub fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// Its path with dots, without the schema `public`: `users.email`.
    pub fn dotted(&self) -> String {
        match self.path.as_slice() {
            [schema, rest @ ..] if schema == "public" && !rest.is_empty() => rest.join("."),
            path => path.join("."),
        }
    }
}

/// `column users.email`; the schema `public` goes without saying.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dotted = self.dotted();
        if dotted.is_empty() {
            write!(f, "{}", self.kind)
        } else {
            write!(f, "{} {dotted}", self.kind)
        }
    }
}

/// An object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// Which one.
    #[serde(flatten)]
    pub key: Key,
    /// What it belongs to and goes with: the table of a column, an index, a trigger, an owned sequence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Key>,
    /// Its place among the others of its kind in its parent, from 1 and without gaps, where the order matters: columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// What it is like, by name: see the [module](self).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, Value>,
    /// The statement by which the server itself would make it, where it says so. Not part of the fingerprint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What has to be there before it can be made. Not part of the fingerprint.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Key>,
}

impl Object {
    /// An object without properties.
    pub fn new(key: Key) -> Self {
        Self {
            key,
            parent: None,
            position: None,
            properties: BTreeMap::new(),
            text: None,
            needs: Vec::new(),
        }
    }

    /// A property that is a text.
    pub fn text_of(&self, property: &str) -> Option<&str> {
        self.properties.get(property)?.as_str()
    }

    /// Whether a property is there and true.
    pub fn is(&self, property: &str) -> bool {
        self.properties
            .get(property)
            .is_some_and(|value| value == &Value::Bool(true))
    }

    /// The tables that a property names: by a path, or by a list of paths.
    pub fn tables_of(&self, property: &str) -> Vec<Key> {
        let Some(Value::Array(parts)) = self.properties.get(property) else {
            return vec![];
        };
        let path = |parts: &[Value]| {
            let parts = parts.iter().filter_map(Value::as_str);
            Key::new(Kind::Table, parts)
        };
        if parts.iter().all(Value::is_string) {
            return vec![path(parts)];
        }
        let paths = parts.iter().filter_map(Value::as_array);
        paths.map(|parts| path(parts)).collect()
    }

    /// The texts of a property that is a list; none where it is absent.
    pub fn list_of(&self, property: &str) -> Vec<&str> {
        let list = self.properties.get(property).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }
}
