//! One change to a database, and exactly what is seen of it.

use limosa_core::DatabaseUrl;
use limosa_db::schema::{LeftOut, read_with_texts};
use limosa_db::{ConnectOptions, Session, connect};
use limosa_schema::write::{remarks, repair};
use limosa_schema::{Change, Schema, diff};
use limosa_testkit::{Database, Kind};

/// A change, and what is seen of it: `column t.a: changed type`.
pub(crate) struct Case {
    /// What is there before.
    pub(crate) setup: &'static str,
    /// What is done then.
    pub(crate) change: &'static str,
    /// The differences.
    pub(crate) seen: &'static [&'static str],
}

/// A session with the settings of a test.
#[track_caller]
pub(crate) fn session(database: &Database) -> Box<dyn Session> {
    let url = DatabaseUrl::parse(&database.url()).unwrap();
    match connect(&url, &ConnectOptions::default()) {
        Ok(session) => session,
        Err(error) => panic!("{error}: {:?}", error.cause),
    }
}

/// The schema as it is now.
#[track_caller]
pub(crate) fn schema(database: &Database) -> Schema {
    schema_without(database, &[])
}

/// The schema as it is now, without some tables.
#[track_caller]
pub(crate) fn schema_without(database: &Database, left_out: &[LeftOut]) -> Schema {
    read_with_texts(&mut *session(database), left_out).unwrap()
}

/// The differences, one a line.
pub(crate) fn differences(before: &Schema, after: &Schema) -> Vec<String> {
    let shown = |change: &Change| match change {
        Change::OrderOnly { after, .. } => format!("order_only {}", after.join(" ")),
        change => {
            let names = change.properties().iter();
            let names: Vec<&str> = names.map(|one| one.name.as_str()).collect();
            format!("{} {}", change.name(), names.join(" "))
        }
    };
    diff(before, after)
        .iter()
        .map(|one| {
            format!("{}: {}", one.key, shown(&one.change))
                .trim()
                .to_owned()
        })
        .collect()
}

/// Holds that each change is seen as it should be, that nothing is seen where nothing was changed, and that the
/// statements that repair it do so, there and back.
#[track_caller]
pub(crate) fn hold(kind: Kind, cases: &[Case]) {
    let mut wrong = Vec::new();
    for case in cases {
        let database = match kind.try_database() {
            Ok(database) => database,
            Err(reason) => return limosa_testkit::skip_or_panic(reason),
        };
        database.execute(case.setup);
        let before = schema(&database);
        let again = schema(&database);
        assert_eq!(differences(&before, &again), [""; 0], "{}", case.setup);
        assert_eq!(before.fingerprint(), again.fingerprint());
        database.execute(case.change);
        let after = schema(&database);
        let seen = differences(&before, &after);
        if seen != case.seen {
            let (expected, change) = (case.seen, case.change);
            wrong.push(format!(
                "{change}\n  seen     {seen:?}\n  expected {expected:?}"
            ));
        }
        assert_eq!(before.fingerprint() == after.fingerprint(), seen.is_empty());
        for (from, to) in [(&after, &before), (&before, &after)] {
            if let Err(failure) = repaired(&database, from, to) {
                wrong.push(format!("{}\n  {failure}", case.change));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Turns a database that is as `from` into `to`.
pub(crate) fn repaired(database: &Database, from: &Schema, to: &Schema) -> Result<(), String> {
    let statements = repair(from, to);
    let remarks = remarks(&statements);
    if !remarks.is_empty() {
        return Err(format!("remarks: {remarks:?}"));
    }
    run(database, &statements)?;
    let now = schema(database);
    let left = differences(&now, to);
    if now.fingerprint() != to.fingerprint() || !left.is_empty() {
        return Err(format!("after {statements:#?}\n  there is {left:?}"));
    }
    Ok(())
}

/// Runs statements, one after the other, in one session.
pub(crate) fn run(database: &Database, statements: &[String]) -> Result<(), String> {
    let mut session = session(database);
    for statement in statements {
        session
            .query(statement, &[])
            .map_err(|error| format!("{error:?}\n  in {statements:#?}"))?;
    }
    Ok(())
}
