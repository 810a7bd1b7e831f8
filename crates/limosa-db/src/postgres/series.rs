//! A series: requests that are sent ahead of their answers, and stop at the first that fails.
//!
//! In the extended protocol a server that has met an error skips everything up to the next Sync. So the requests of a
//! series have none between them, and one at the end. Behind each stands a Flush, so that its answer comes at once.
//! The driver sends a Sync with every request, so a series speaks to the server itself, on the line that the gate
//! lends it.

use std::collections::VecDeque;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::{Buf as _, BytesMut};
use postgres_protocol::IsNull;
use postgres_protocol::message::backend::Message;
use postgres_protocol::message::frontend::{self, BindError};
use tokio::io::{AsyncReadExt as _, AsyncWrite as _};
use tokio_postgres::types::{self, ToSql as _, Type};

use super::failure::{Said, UNEXPECTED, byte_offset};
use super::gate::Line;
use super::value::{Bound, declared_type};
use super::wire::Link;
use crate::{Answered, DbError, Outcome, Value};

/// How much is read at once.
const READ: usize = 16 * 1024;
/// How much may wait to be written before it is written: enough requests that a write costs little for each.
const BURST: usize = 8 * 1024;
/// The server divided by zero.
const DIVISION: &str = "22012";

/// A statement of a request.
pub(super) struct Statement<'a> {
    pub sql: &'a str,
    pub parameters: &'a [Value],
    /// The name under which the server keeps it, and whether it has it already.
    pub prepared: Option<(&'a str, bool)>,
}

impl<'a> Statement<'a> {
    /// That is asked for once.
    pub(super) fn once(sql: &'a str, parameters: &'a [Value]) -> Self {
        Self {
            sql,
            parameters,
            prepared: None,
        }
    }
}

/// What has to be known of a request to understand its error.
#[derive(Debug)]
pub(super) enum Means {
    /// A division by zero says that it did not change exactly one row.
    Guarded,
    /// One of our own, which nobody sees.
    Ours,
    /// Its text where characters are not bytes: the server counts characters.
    Text(Option<Box<str>>),
}

impl Means {
    pub(super) fn text(sql: &str) -> Self {
        Self::Text((!sql.is_ascii()).then(|| sql.into()))
    }

    /// What its error means.
    fn failure(&self, said: Said) -> DbError {
        let mut failure = said.failure;
        failure.position = match (self, said.character) {
            (Self::Guarded, _) if failure.code == DIVISION => return DbError::Refused,
            (Self::Guarded | Self::Ours, _) | (_, None) => None,
            (Self::Text(Some(text)), Some(character)) => byte_offset(text, character),
            (Self::Text(None), Some(character)) => usize::try_from(character)
                .ok()
                .and_then(|character| character.checked_sub(1)),
        };
        DbError::Server(Box::new(failure))
    }
}

/// A request that the server has not answered.
#[derive(Debug)]
struct Asked {
    /// How many of its statements are still to be done.
    statements: usize,
    means: Means,
}

/// An answer that nobody has taken, and the notices that came before it.
#[derive(Debug)]
struct Answer {
    notices: Vec<Said>,
    answered: Result<Answered, DbError>,
}

/// What was sent on a line that is lent to it, and what came back.
pub(super) struct Series {
    line: Line,
    /// Messages that are not written yet.
    unsent: BytesMut,
    /// Something that was written may still be held back by the encryption.
    unflushed: bool,
    /// The beginning of a message.
    received: BytesMut,
    /// The requests that the server has not answered yet, the oldest first.
    asked: VecDeque<Asked>,
    /// The answers that nobody has taken yet, the oldest first: all of them are to requests before those.
    answers: VecDeque<Answer>,
    /// What came for the first of the requests that the server has not answered.
    notices: Vec<Said>,
    /// A request has failed: the server skips the others.
    has_failed: bool,
    /// What the server said after it had answered all requests.
    at_the_end: Option<DbError>,
    /// The Sync is among what is sent.
    is_closed: bool,
    /// The server has met the Sync.
    is_ready: bool,
    /// Why the connection is lost, if it is.
    lost: Option<String>,
}

impl Series {
    pub(super) fn on(line: Line) -> Self {
        Self {
            line,
            unsent: BytesMut::new(),
            unflushed: false,
            received: BytesMut::new(),
            asked: VecDeque::new(),
            answers: VecDeque::new(),
            notices: Vec::new(),
            has_failed: false,
            at_the_end: None,
            is_closed: false,
            is_ready: false,
            lost: None,
        }
    }

    /// Takes a request of at least one statement, to be sent with the next write; how many bytes it has. After a
    /// failure nothing is sent: the server would skip it.
    pub(super) fn ask(
        &mut self,
        statements: &[Statement<'_>],
        means: Means,
    ) -> Result<usize, DbError> {
        if self.is_closed {
            return Err(DbError::Client("the series is closed".into()));
        }
        let before = self.unsent.len();
        for statement in statements {
            if let Err(error) = encode(statement, &mut self.unsent) {
                self.unsent.truncate(before);
                return Err(DbError::Client(error));
            }
        }
        frontend::flush(&mut self.unsent);
        let bytes = self.unsent.len() - before;
        if self.has_failed {
            self.unsent.truncate(before);
            self.skip();
        } else {
            self.asked.push_back(Asked {
                statements: statements.len(),
                means,
            });
        }
        Ok(bytes)
    }

    /// Whether a request has failed.
    pub(super) fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// Whether so much waits that it is worth a write.
    pub(super) fn is_due(&self) -> bool {
        self.unsent.len() >= BURST
    }

    /// Writes what the line takes without waiting.
    pub(super) async fn write(&mut self) {
        for _ in 0..2 {
            std::future::poll_fn(|context| {
                self.poll_write(context);
                Poll::Ready(())
            })
            .await;
            if !self.is_due() {
                return;
            }
            // The line may be free again: looking takes a turn of the runtime.
            tokio::task::yield_now().await;
        }
    }

    /// The oldest answer that nobody has taken, if it is here. Passes on the notices that came before it.
    pub(super) fn take(&mut self, link: &Link) -> Option<Result<Answered, DbError>> {
        match self.answers.pop_front() {
            Some(answer) => {
                tell(link, answer.notices);
                Some(answer.answered)
            }
            None => {
                tell(link, self.notices.drain(..));
                None
            }
        }
    }

    /// The oldest answer that nobody has taken; why the connection is lost if there will be none.
    pub(super) async fn answered(
        &mut self,
        link: &Link,
    ) -> Result<Result<Answered, DbError>, String> {
        std::future::poll_fn(|context| {
            let driven = self.poll(context, |series| !series.answers.is_empty());
            match (self.take(link), driven) {
                (Some(answer), _) => Poll::Ready(Ok(answer)),
                (None, Poll::Ready(Err(lost))) => Poll::Ready(Err(lost)),
                (None, _) => Poll::Pending,
            }
        })
        .await
    }

    /// Lets the end of the series go with what is sent: nothing more is taken.
    pub(super) fn close(&mut self) {
        if !self.is_closed {
            self.is_closed = true;
            frontend::sync(&mut self.unsent);
        }
    }

    /// Ends the series, and passes on all notices. Says whether the server could commit what was done outside of a
    /// transaction; why the connection is lost if it is.
    pub(super) async fn end(&mut self, link: &Link) -> Result<Result<(), DbError>, String> {
        self.close();
        let ended =
            std::future::poll_fn(|context| self.poll(context, |series| series.is_ready)).await;
        while self.take(link).is_some() {}
        ended?;
        Ok(self.at_the_end.take().map_or(Ok(()), Err))
    }

    /// The line, and what was read of what comes after the series.
    pub(super) fn into_line(self) -> (Line, BytesMut) {
        (self.line, self.received)
    }

    /// Writes and reads until it is done; why the connection is lost if it is.
    fn poll(
        &mut self,
        context: &mut Context<'_>,
        is_done: impl Fn(&Self) -> bool,
    ) -> Poll<Result<(), String>> {
        self.poll_write(context);
        loop {
            if is_done(self) {
                return Poll::Ready(Ok(()));
            }
            if let Some(lost) = &self.lost {
                return Poll::Ready(Err(lost.clone()));
            }
            self.received.reserve(READ);
            match pin!(self.line.read_buf(&mut self.received)).poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(0)) => self.lose("the server closed it".into()),
                Poll::Ready(Ok(_)) => {
                    if let Err(error) = self.hear() {
                        self.lose(error.to_string());
                    }
                }
                Poll::Ready(Err(error)) => self.lose(error.to_string()),
            }
        }
    }

    fn poll_write(&mut self, context: &mut Context<'_>) {
        let mut line = Pin::new(&mut self.line);
        while !self.unsent.is_empty() {
            match line.as_mut().poll_write(context, &self.unsent) {
                Poll::Pending => return,
                Poll::Ready(Ok(sent)) if sent > 0 => {
                    self.unsent.advance(sent);
                    self.unflushed = true;
                    if self.unsent.is_empty() {
                        // One long request leaves no room behind that nobody needs.
                        self.unsent = BytesMut::with_capacity(2 * BURST);
                    }
                }
                // The server may have said why before it went: that is still to be read.
                Poll::Ready(_) => return self.unsent.clear(),
            }
        }
        if self.unflushed && line.poll_flush(context).is_ready() {
            self.unflushed = false;
        }
    }

    fn lose(&mut self, reason: String) {
        self.lost.get_or_insert(reason);
    }

    /// Reads the messages that are whole, up to the one that ends the series.
    fn hear(&mut self) -> io::Result<()> {
        while !self.is_ready
            && self.lost.is_none()
            && let Some(message) = Message::parse(&mut self.received)?
        {
            match message {
                Message::CommandComplete(body) => {
                    let rows = body.tag()?.rsplit(' ').next().unwrap_or_default().parse();
                    self.is_answered(rows.unwrap_or_default());
                }
                Message::EmptyQueryResponse => self.is_answered(0),
                Message::ErrorResponse(body) => self.fail(Said::of(body.fields())?),
                Message::NoticeResponse(body) => self.notices.push(Said::of(body.fields())?),
                Message::ReadyForQuery(_) => self.is_ready = true,
                Message::CloseComplete
                | Message::ParseComplete
                | Message::BindComplete
                | Message::DataRow(_)
                | Message::NotificationResponse(_)
                | Message::ParameterStatus(_) => {}
                _ => self.lose(UNEXPECTED.into()),
            }
        }
        Ok(())
    }

    /// A statement of the oldest request was done.
    fn is_answered(&mut self, rows: u64) {
        match self.asked.front_mut() {
            Some(asked) if asked.statements > 1 => asked.statements -= 1,
            Some(_) => {
                self.asked.pop_front();
                self.keep(Ok(Answered::Done(Outcome { rows: Some(rows) })));
            }
            None => self.lose(UNEXPECTED.into()),
        }
    }

    /// The oldest request has failed, or the session.
    fn fail(&mut self, said: Said) {
        if said.is_fatal {
            return self.lose(said.reason());
        }
        self.has_failed = true;
        match self.asked.pop_front() {
            Some(asked) => self.keep(Err(asked.means.failure(said))),
            None => self.at_the_end = Some(Means::Ours.failure(said)),
        }
        for _ in 0..std::mem::take(&mut self.asked).len() {
            self.skip();
        }
    }

    fn skip(&mut self) {
        self.answers.push_back(Answer {
            notices: Vec::new(),
            answered: Ok(Answered::Skipped),
        });
    }

    fn keep(&mut self, answered: Result<Answered, DbError>) {
        let notices = std::mem::take(&mut self.notices);
        self.answers.push_back(Answer { notices, answered });
    }
}

fn tell(link: &Link, notices: impl IntoIterator<Item = Said>) {
    for notice in notices {
        let failure = &notice.failure;
        link.notice(&failure.code, &notice.severity, &failure.message);
    }
}

/// The messages of a statement.
fn encode(statement: &Statement<'_>, out: &mut BytesMut) -> Result<(), String> {
    let Statement {
        sql, parameters, ..
    } = statement;
    let (name, is_known) = statement.prepared.unwrap_or(("", false));
    let declared: Vec<Type> = parameters.iter().map(declared_type).collect();
    let bound = || parameters.iter().map(Bound).zip(&declared);
    let formats = bound().map(|(value, kind)| value.encode_format(kind) as i16);
    let words = |error: io::Error| error.to_string();
    if !is_known {
        if !name.is_empty() {
            // What the server may still have of this name; it need not.
            frontend::close(b'S', name, out).map_err(words)?;
        }
        frontend::parse(name, sql, declared.iter().map(Type::oid), out).map_err(words)?;
    }
    let write = |(value, kind): (Bound<'_>, &Type), out: &mut BytesMut| {
        value.to_sql(kind, out).map(|is_null| match is_null {
            types::IsNull::Yes => IsNull::Yes,
            types::IsNull::No => IsNull::No,
        })
    };
    frontend::bind("", name, formats, bound(), write, [], out).map_err(|error| match error {
        BindError::Conversion(error) => error.to_string(),
        BindError::Serialization(error) => error.to_string(),
    })?;
    frontend::execute("", 0, out).map_err(words)
}

#[cfg(test)]
mod tests;
