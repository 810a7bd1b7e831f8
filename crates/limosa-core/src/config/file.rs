//! The keys of `limosa.toml`.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use limosa_sql::Dialect;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::{Limit, UrlSource};
use crate::Layout;
use crate::plan::Order;

/// The file. Every key has a default.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ConfigFile {
    /// The folder with the migrations, relative to the file.
    pub migrations: Option<String>,
    /// How new migrations are numbered.
    pub numbering: Option<Numbering>,
    /// How the folder is read; detected otherwise.
    #[serde(deserialize_with = "named")]
    pub layout: Option<Layout>,
    /// Which history table is kept.
    pub history: Option<HistoryKind>,
    /// Whose history table is beside ours; otherwise that of the layout's own tool.
    #[serde(deserialize_with = "tool")]
    pub tool: Option<Layout>,
    /// The name of that table: `table` or `schema.table`.
    pub tool_table: Option<String>,
    /// The dialect, for commands that do not connect; otherwise the URL tells it.
    #[serde(deserialize_with = "named")]
    pub dialect: Option<Dialect>,
    /// The name of the set of migrations.
    pub set: Option<String>,
    /// Where Limosa's tables are created.
    pub schema: Option<String>,
    /// What happens with pending migrations below the highest applied one.
    #[serde(deserialize_with = "order")]
    pub out_of_order: Option<Order>,
    /// The release of the application.
    pub release: Option<String>,
    /// The URL, where there is a single database.
    pub url: Option<UrlSource>,
    /// The URL of the server itself, where the other one leads to a pooler: for commands that write.
    pub direct_url: Option<UrlSource>,
    /// SQL for every session, where there is a single database.
    pub session_init: Option<SqlTexts>,
    /// SQL that a shadow needs first, where there is a single database.
    pub shadow_prelude: Option<SqlTexts>,
    /// Bounds on time.
    pub timeouts: TimeoutKeys,
    /// Several databases, in their order.
    #[serde(deserialize_with = "in_order")]
    pub databases: Vec<(String, DatabaseKeys)>,
    /// Environments, chosen by `-e`.
    pub environments: BTreeMap<String, EnvironmentKeys>,
}

/// The keys of a database.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct DatabaseKeys {
    /// Its URL.
    pub url: Option<UrlSource>,
    /// The URL of the server itself, where the other one leads to a pooler: for commands that write.
    pub direct_url: Option<UrlSource>,
    /// Its folder, relative to the file.
    pub migrations: Option<String>,
    /// How the folder is read.
    #[serde(deserialize_with = "named")]
    pub layout: Option<Layout>,
    /// Which history table is kept.
    pub history: Option<HistoryKind>,
    /// Whose history table is beside ours; otherwise that of the layout's own tool.
    #[serde(deserialize_with = "tool")]
    pub tool: Option<Layout>,
    /// The name of that table: `table` or `schema.table`.
    pub tool_table: Option<String>,
    /// Its dialect.
    #[serde(deserialize_with = "named")]
    pub dialect: Option<Dialect>,
    /// The name of the set of migrations.
    pub set: Option<String>,
    /// Where Limosa's tables are created.
    pub schema: Option<String>,
    /// How new migrations are numbered.
    pub numbering: Option<Numbering>,
    /// SQL for every session.
    pub session_init: Option<SqlTexts>,
    /// SQL that a shadow needs first.
    pub shadow_prelude: Option<SqlTexts>,
}

/// The keys of an environment: what it overrides.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct EnvironmentKeys {
    /// What destroys data must be named.
    pub protected: Option<bool>,
    /// The URL, where there is a single database.
    pub url: Option<UrlSource>,
    /// The URL of the server itself, where the other one leads to a pooler: for commands that write.
    pub direct_url: Option<UrlSource>,
    /// SQL for every session, where there is a single database.
    pub session_init: Option<SqlTexts>,
    /// Bounds on time.
    pub timeouts: TimeoutKeys,
    /// Keys of the databases.
    #[serde(deserialize_with = "in_order")]
    pub databases: Vec<(String, DatabaseKeys)>,
}

/// Bounds on time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TimeoutKeys {
    /// How long one attempt of a statement waits for a lock on a table.
    pub lock: Option<Limit>,
    /// How long a statement may run.
    pub statement: Option<Limit>,
    /// How long another migrator is waited for.
    pub lock_wait: Option<Limit>,
    /// How long a statement waits for locks on tables over all its attempts.
    pub lock_budget: Option<Limit>,
    /// How long another connection is tried for when one is lost in the middle of a run.
    pub retry_for: Option<Limit>,
    /// How long connecting may take.
    pub connect: Option<Limit>,
}

impl TimeoutKeys {
    /// These, and for those that are not given the ones below.
    #[must_use]
    pub fn or(self, below: Self) -> Self {
        Self {
            lock: self.lock.or(below.lock),
            statement: self.statement.or(below.statement),
            lock_wait: self.lock_wait.or(below.lock_wait),
            lock_budget: self.lock_budget.or(below.lock_budget),
            retry_for: self.retry_for.or(below.retry_for),
            connect: self.connect.or(below.connect),
        }
    }
}

/// How new migrations are numbered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Numbering {
    /// By the time of their making, in UTC.
    #[default]
    Timestamp,
    /// One after the other.
    Sequential,
}

/// Which history table is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HistoryKind {
    /// Only ours.
    Native,
    /// Ours, and the other tool's is kept right.
    Mirror,
    /// Only the other tool's.
    Foreign,
}

impl HistoryKind {
    /// The word in options, configuration and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Mirror => "mirror",
            Self::Foreign => "foreign",
        }
    }
}

/// One or several texts of SQL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SqlTexts(pub Vec<String>);

impl<'de> Deserialize<'de> for SqlTexts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = SqlTexts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("SQL as text, or a list of such texts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<SqlTexts, E> {
                Ok(SqlTexts(vec![text.to_owned()]))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<SqlTexts, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = list.next_element()? {
                    texts.push(text);
                }
                Ok(SqlTexts(texts))
            }
        }
        deserializer.deserialize_any(Texts)
    }
}

/// What has a fixed set of names.
trait Named: Copy + 'static {
    fn all() -> &'static [Self];
    fn name(self) -> &'static str;
}

impl Named for Layout {
    fn all() -> &'static [Self] {
        &Self::ALL
    }

    fn name(self) -> &'static str {
        self.name()
    }
}

impl Named for Dialect {
    fn all() -> &'static [Self] {
        &Self::ALL
    }

    fn name(self) -> &'static str {
        self.name()
    }
}

fn named<'de, D: Deserializer<'de>, T: Named>(deserializer: D) -> Result<Option<T>, D::Error> {
    one_of(deserializer, T::all().iter().copied())
}

/// A layout that has a tool of its own.
fn tool<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Layout>, D::Error> {
    one_of(deserializer, Layout::of_tools())
}

fn one_of<'de, D: Deserializer<'de>, T: Named>(
    deserializer: D,
    mut all: impl Iterator<Item = T> + Clone,
) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let names: Vec<String> = all.clone().map(|one| format!("`{}`", one.name())).collect();
    match all.find(|one| one.name() == text) {
        Some(found) => Ok(Some(found)),
        None => Err(de::Error::custom(format!(
            "unknown variant `{text}`, expected one of {}",
            names.join(", ")
        ))),
    }
}

fn order<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Order>, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "error" => Ok(Some(Order::Strict)),
        "apply" => Ok(Some(Order::OutOfOrder)),
        other => Err(de::Error::custom(format!(
            "unknown variant `{other}`, expected `error` or `apply`"
        ))),
    }
}

/// A table whose order counts.
fn in_order<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<(String, T)>, D::Error> {
    struct Entries<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
        type Value = Vec<(String, T)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a table")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut entries = Vec::new();
            while let Some(entry) = map.next_entry()? {
                entries.push(entry);
            }
            Ok(entries)
        }
    }
    deserializer.deserialize_map(Entries(PhantomData))
}
