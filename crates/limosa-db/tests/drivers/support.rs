//! Sessions for the tests.

use std::time::Duration;

use limosa_core::DatabaseUrl;
use limosa_db::{Answered, ConnectOptions, DbError, LockWait, Locked, Locks, Session, connect};

pub(crate) fn url(text: &str) -> DatabaseUrl {
    DatabaseUrl::parse(text).unwrap()
}

/// The options of a test: an empty environment, so that the machine's own settings do not matter.
pub(crate) fn options() -> ConnectOptions {
    ConnectOptions::default()
}

#[track_caller]
pub(crate) fn session_with(
    database: &limosa_testkit::Database,
    options: &ConnectOptions,
) -> Box<dyn Session> {
    match connect(&url(&database.url()), options) {
        Ok(session) => session,
        Err(error) => panic!("{error}: {:?} {:?}", error.hint, error.cause),
    }
}

#[track_caller]
pub(crate) fn session(database: &limosa_testkit::Database) -> Box<dyn Session> {
    session_with(database, &options())
}

/// The lock that the tests take, different for each database.
pub(crate) fn locks(database: &limosa_testkit::Database) -> Locks {
    Locks {
        schema: database.name().to_owned(),
        table: "limosa_history".to_owned(),
        others: vec![],
    }
}

#[track_caller]
pub(crate) fn lock(session: Box<dyn Session>, database: &limosa_testkit::Database) -> Locked {
    let mut wait = LockWait {
        limit: Duration::from_secs(20),
        lost: None,
        waiting: &mut |_, _| {},
        interrupted: &|| false,
    };
    session.lock(&locks(database), &mut wait).unwrap()
}

/// A session that may write.
#[track_caller]
pub(crate) fn locked(database: &limosa_testkit::Database) -> Locked {
    lock(session(database), database)
}

/// The answer to the oldest request, without looking up from waiting for it.
pub(crate) fn answer(session: &mut Locked) -> Result<Answered, DbError> {
    let hour = Duration::from_secs(3600);
    session.answer(hour, &mut || hour)
}
