//! Several sets of migrations in one database: which of the configured databases are the same one, and whether their
//! histories can be told apart.

use std::path::{Component, Path, PathBuf};

use limosa_sql::Dialect;

use super::{DatabaseSettings, HistoryKind, UrlChoice};
use crate::url::UrlParts;
use crate::{Class, DatabaseUrl, Diagnostic};

impl DatabaseSettings {
    /// Whether another one of the configuration is the same database, as far as that is known without connecting.
    pub fn is_same_database(&self, other: &Self) -> bool {
        match (&self.url, &other.url) {
            (UrlChoice::Text(..), UrlChoice::Text(..)) => {
                let place = place_of(self);
                place.is_some() && place == place_of(other)
            }
            // They are fetched from the same place.
            (UrlChoice::File(one, _), UrlChoice::File(other, _)) => one == other,
            (UrlChoice::Command(one, _), UrlChoice::Command(other, _)) => one == other,
            _ => false,
        }
    }

    /// Whether the history of another one of the configuration would be the same rows, though the migrations are
    /// others.
    fn would_mix_with(&self, other: &Self) -> bool {
        let is_kept = |one: &Self| one.history != Some(HistoryKind::Foreign);
        self.set == other.set
            && self.schema == other.schema
            && normal(&self.migrations) != normal(&other.migrations)
            && is_kept(self)
            && is_kept(other)
            && self.is_same_database(other)
    }
}

/// Refuses databases whose histories could not be told apart.
///
/// # Errors
/// When two of them, one of which was chosen, are the same database and the same set.
pub(super) fn told_apart(
    chosen: &[DatabaseSettings],
    neighbours: &[DatabaseSettings],
) -> Result<(), Diagnostic> {
    for (at, one) in chosen.iter().enumerate() {
        let mut others = chosen[at + 1..].iter().chain(neighbours);
        if let Some(other) = others.find(|other| one.would_mix_with(other)) {
            return Err(same_set(one, other));
        }
    }
    Ok(())
}

fn same_set(one: &DatabaseSettings, other: &DatabaseSettings) -> Diagnostic {
    let (name, second) = (&one.name, &other.name);
    let message = format!(
        "{name} and {second} are the same database, and the history of both is the set `{}`",
        one.set
    );
    Diagnostic::error("same-set", Class::Usage, message)
        .with_note("neither would know which of the applied migrations are its own")
        .with_help(format!(
            "give each a name of its own in limosa.toml\n[databases.{name}]\nset = \"{name}\"\n[databases.{second}]\nset = \"{second}\""
        ))
}

/// What a URL leads to, without who connects and how.
#[derive(PartialEq, Eq)]
enum Place {
    Server(Dialect, Vec<(String, Option<u16>)>, Option<String>),
    File(PathBuf),
}

fn place_of(one: &DatabaseSettings) -> Option<Place> {
    Place::of(&DatabaseUrl::parse(one.url.text()?).ok()?)
}

impl Place {
    fn of(url: &DatabaseUrl) -> Option<Self> {
        let dialect = url.dialect();
        if dialect == Dialect::Sqlite {
            let (_, path) = url.secret().split_once(':')?;
            let path = path.split(['?', '#']).next().unwrap_or_default();
            let path = path.strip_prefix("//").unwrap_or(path);
            // Each connection to it has a database of its own.
            return (path != ":memory:").then(|| Self::File(normal(Path::new(path))));
        }
        let parts = UrlParts::read(url).ok()?;
        let default = match dialect {
            Dialect::Postgres => 5432,
            _ => 3306,
        };
        let hosts = parts.hosts.into_iter();
        let hosts = hosts.map(|(host, port)| (host, Some(port.unwrap_or(default))));
        Some(Self::Server(dialect, hosts.collect(), parts.database))
    }
}

/// A path without the parts of it that lead nowhere.
fn normal(path: &Path) -> PathBuf {
    let parts = path.components();
    parts.filter(|part| *part != Component::CurDir).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Option<Place> {
        Place::of(&DatabaseUrl::parse(text).unwrap())
    }

    #[test]
    fn who_connects_and_how_does_not_make_another_database() {
        for (one, other) in [
            (
                "postgres://a:x@db/shop?sslmode=disable",
                "postgres://b@db:5432/shop?x-migrations-table=q",
            ),
            ("postgres://db/shop", "pgx5://db/shop"),
            ("mysql://a@db/shop", "mysql://a:b@tcp(db:3306)/shop"),
            ("sqlite:shop.db", "sqlite:./shop.db?mode=rwc"),
            ("sqlite:shop.db", "sqlite://shop.db"),
        ] {
            assert!(
                place(one).is_some() && place(one) == place(other),
                "{one} {other}"
            );
        }
        for (one, other) in [
            ("postgres://db/shop", "postgres://db/auth"),
            ("postgres://db/shop", "postgres://db:5433/shop"),
            ("postgres://db/shop", "postgres://other/shop"),
            ("sqlite:shop.db", "sqlite:auth.db"),
        ] {
            assert!(place(one) != place(other), "{one} {other}");
        }
        assert!(place("sqlite::memory:").is_none());
    }
}
