//! Sessions, and differences as lines.

use std::time::Duration;

use limosa_core::DatabaseUrl;
use limosa_db::{ConnectOptions, LockWait, Locked, Locks, Session, connect};
use limosa_schema::{Change, Difference};
use limosa_testkit::Database;

/// A session of somebody, by URL.
#[track_caller]
pub(crate) fn session_at(url: &str) -> Box<dyn Session> {
    let url = DatabaseUrl::parse(url).unwrap();
    match connect(&url, &ConnectOptions::default()) {
        Ok(session) => session,
        Err(error) => panic!("{error}: {:?} {:?}", error.hint, error.cause),
    }
}

/// A session that may write.
#[track_caller]
pub(crate) fn locked(database: &Database) -> Locked {
    locked_at(database, &database.url())
}

/// A session of somebody that may write.
#[track_caller]
pub(crate) fn locked_at(database: &Database, url: &str) -> Locked {
    let locks = Locks {
        schema: database.name().to_owned(),
        table: "limosa_history".to_owned(),
        others: vec![],
    };
    let mut wait = LockWait {
        limit: Duration::from_secs(20),
        lost: None,
        waiting: &mut |_, _| {},
        interrupted: &|| false,
    };
    session_at(url).lock(&locks, &mut wait).unwrap()
}

/// A difference in a line: `changed column users.email: type, default`.
pub(crate) fn line(difference: &Difference) -> String {
    let mut line = format!("{} {}", difference.change.name(), difference.key);
    let names: Vec<&str> = difference
        .change
        .properties()
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    if !names.is_empty() {
        line.push_str(&format!(": {}", names.join(", ")));
    }
    if let Change::OrderOnly { after, .. } = &difference.change {
        line.push_str(&format!(": {}", after.join(", ")));
    }
    line
}
