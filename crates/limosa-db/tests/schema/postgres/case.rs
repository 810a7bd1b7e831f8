//! A change of a schema, and the differences that it is to make: no more and no less.

use std::collections::HashMap;

use limosa_db::{Locked, Session, schema};
use limosa_schema::{Schema, diff};
use limosa_testkit::require;

use crate::support::{line, locked};

/// A case.
pub(super) struct Case {
    setup: &'static str,
    change: &'static str,
    expected: &'static [&'static str],
    from: u32,
    until: u32,
}

/// What `change` makes different after `setup`.
pub(super) const fn case(
    setup: &'static str,
    change: &'static str,
    expected: &'static [&'static str],
) -> Case {
    Case {
        setup,
        change,
        expected,
        from: 0,
        until: u32::MAX,
    }
}

impl Case {
    /// Only on servers from this major version on.
    pub(super) const fn from(self, from: u32) -> Self {
        Self { from, ..self }
    }

    /// Only on servers up to this major version.
    pub(super) const fn until(self, until: u32) -> Self {
        Self { until, ..self }
    }
}

#[track_caller]
pub(super) fn read(session: &mut dyn Session) -> Schema {
    schema::read(session, &[]).unwrap_or_else(|error| panic!("{error}: {:?}", error.failure()))
}

/// Runs each case in a transaction of its own, which is rolled back.
#[track_caller]
#[expect(clippy::print_stderr, reason = "a test says what it skips")]
pub(super) fn check(cases: &[Case]) {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    let major = session.server().target.version.0;
    let mut wrong = Vec::new();
    // The same statements make the same schema: what they made for the case before is what they make now.
    let mut made = HashMap::new();
    for case in cases {
        if major < case.from || major > case.until {
            eprintln!("skipped on PostgreSQL {major}: {}", case.change);
            continue;
        }
        session.run("BEGIN").unwrap();
        let found = run(&mut session, case, &mut made);
        session.run("ROLLBACK").unwrap();
        let lines = match found {
            Ok((before, after)) => {
                let found = diff(&before, &after);
                assert_eq!(
                    found.is_empty(),
                    before.fingerprint() == after.fingerprint()
                );
                sorted(found.iter().map(line))
            }
            Err(error) => vec![error],
        };
        if lines != sorted(case.expected.iter().map(ToString::to_string)) {
            let setup = case.setup;
            wrong.push(format!(
                "{setup}\n{}\n  expected {:?}\n  found    {lines:?}",
                case.change, case.expected
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The schema before the change and after it.
fn run(
    session: &mut Locked,
    case: &Case,
    made: &mut HashMap<&'static str, Schema>,
) -> Result<(Schema, Schema), String> {
    let told = |error: limosa_db::DbError| error.to_string();
    session.run(case.setup).map_err(told)?;
    let before = match made.get(case.setup) {
        Some(before) => before.clone(),
        None => read(&mut **session),
    };
    made.insert(case.setup, before.clone());
    session.run(case.change).map_err(told)?;
    Ok((before, read(&mut **session)))
}

fn sorted(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    lines
}
