//! Requests that are sent ahead of their answers.

#[cfg(target_os = "linux")]
mod cost;
mod failing;
mod losing;
mod working;

use limosa_db::{Answered, DbError, Locked};

use crate::support::answer;

fn send(session: &mut Locked, requests: &[&str]) {
    for sql in requests {
        session.send(sql).unwrap();
    }
}

/// What became of all requests that have no answer yet: how many were done, then the failure, then how many were
/// skipped.
#[track_caller]
fn outcome(session: &mut Locked) -> (usize, Option<DbError>, usize) {
    let (mut done, mut failure, mut skipped) = (0, None, 0);
    while session.outstanding().requests > 0 {
        match answer(session) {
            Ok(Answered::Done(_)) => {
                assert!(failure.is_none(), "done after a failure");
                done += 1;
            }
            Ok(Answered::Skipped) => {
                assert!(failure.is_some(), "skipped without a failure");
                skipped += 1;
            }
            Err(error) => {
                if matches!(error, DbError::Connection(_)) && failure.is_some() {
                    continue;
                }
                assert!(failure.is_none(), "{failure:?}, then {error}");
                failure = Some(error);
            }
        }
    }
    (done, failure, skipped)
}

#[track_caller]
fn all_done(session: &mut Locked) {
    let (_, failure, _) = outcome(session);
    assert!(failure.is_none(), "{failure:?}");
}
