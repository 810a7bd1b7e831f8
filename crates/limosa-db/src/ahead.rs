//! Requests that go to the server before the answers to those before them: a *series*, which ends at its first failure.

use std::collections::VecDeque;
use std::time::Duration;

use crate::{DbError, Outcome, Value};

/// What has to be true of one of our own statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// It changes exactly one row: a guard that says no fails with [`DbError::Refused`], and stops all that was sent
    /// behind it.
    OneRow,
    /// It changes one row or more.
    SomeRows,
    /// It is a query, and finds a row.
    Found,
    /// Nothing: however many rows it changes.
    Anything,
}

/// The answer to a request of a series that did not fail itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// It was done.
    Done(Outcome),
    /// It was not done, because a request before it failed.
    Skipped,
}

/// What was sent and has no answer yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outstanding {
    /// The number of requests.
    pub requests: usize,
    /// How many bytes were sent for them.
    pub bytes: usize,
}

/// How a driver sends ahead. What each method promises is at the method of [`Locked`](crate::Locked) with its name.
pub trait SendAhead {
    /// Returns how many bytes are sent.
    ///
    /// # Errors
    /// When it cannot be sent, and so has no answer.
    fn send(&mut self, sql: &str) -> Result<usize, DbError>;

    /// Returns how many bytes are sent.
    ///
    /// # Errors
    /// When it cannot be sent, and so has no answer.
    fn send_own(
        &mut self,
        sql: &str,
        parameters: &[Value],
        expect: Expect,
    ) -> Result<usize, DbError>;

    /// Returns how many bytes are sent.
    ///
    /// # Errors
    /// When it cannot be sent, and so has no answer.
    fn send_reset_settings(&mut self) -> Result<usize, DbError>;

    /// Returns how many bytes are sent.
    ///
    /// # Errors
    /// When it cannot be sent, and so has no answer.
    fn send_timeouts(
        &mut self,
        lock: Option<Duration>,
        statement: Option<Duration>,
    ) -> Result<usize, DbError>;

    /// Only called while a request has no answer.
    ///
    /// # Errors
    /// The failure of the request, or of the connection.
    fn answer(
        &mut self,
        first: Duration,
        meanwhile: &mut dyn FnMut() -> Duration,
    ) -> Result<Answered, DbError>;

    /// Where no series is open it does nothing.
    fn close(&mut self);

    /// Does nothing where no series is open.
    ///
    /// # Errors
    /// When the end of the series fails, or the connection.
    fn settle(&mut self) -> Result<(), DbError>;
}

/// The answers of a session that does one thing after the other.
#[derive(Debug, Default)]
pub(crate) struct InTurn {
    answers: VecDeque<Result<Answered, DbError>>,
    has_failed: bool,
}

impl InTurn {
    /// Does it unless something before has failed, and keeps the answer.
    pub(crate) fn work(&mut self, work: impl FnOnce() -> Result<Outcome, DbError>) {
        let answer = if self.has_failed {
            Ok(Answered::Skipped)
        } else {
            work().map(Answered::Done)
        };
        self.has_failed |= answer.is_err();
        self.answers.push_back(answer);
    }

    /// The oldest answer that was not taken.
    pub(crate) fn answer(&mut self) -> Result<Answered, DbError> {
        self.answers.pop_front().unwrap_or_else(|| Err(none()))
    }
}

/// Nobody can be answered.
pub(crate) fn none() -> DbError {
    DbError::Client("no request waits for an answer".into())
}
