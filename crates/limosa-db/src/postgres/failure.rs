//! From the driver's errors to ours.

use std::error::Error as _;
use std::io;

use fallible_iterator::FallibleIterator as _;
use postgres_protocol::message::backend::ErrorFields;
use tokio_postgres::error::{DbError as ServerError, ErrorPosition};

use crate::{DbError, Failure};

/// The server began to copy, or worse.
pub(super) const UNEXPECTED: &str = "the server answered with what was not asked for; a COPY to or from the client \
                                     has to be a statement of its own";

/// What a failed request means. `sent` is the text that the server saw; `lost` is why the connection
/// ended, if it did.
pub(super) fn failure(error: &tokio_postgres::Error, sent: &str, lost: Option<&str>) -> DbError {
    if let Some(server) = error.as_db_error() {
        return if ends_the_session(server) {
            DbError::Connection(format!("{} ({})", server.message(), server.code().code()))
        } else {
            DbError::Server(Box::new(of_server(server, sent)))
        };
    }
    if error.is_closed() {
        return DbError::Connection(lost.unwrap_or("the server closed it").to_owned());
    }
    match error.source() {
        Some(cause) if cause.is::<io::Error>() => {
            DbError::Connection(lost.map_or_else(|| cause.to_string(), str::to_owned))
        }
        Some(cause) => DbError::Client(format!("{error}: {cause}")),
        // The driver has no better words for a server that begins to copy where nobody asked for it.
        None if error.to_string().contains("unexpected message") => {
            DbError::Connection(UNEXPECTED.into())
        }
        None => DbError::Client(error.to_string()),
    }
}

/// The cause of an error, without the driver's own words where there is a better one.
pub(super) fn cause(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(server), _) => format!("{} ({})", server.message(), server.code().code()),
        (None, Some(cause)) => cause.to_string(),
        (None, None) => error.to_string(),
    }
}

fn ends_the_session(server: &ServerError) -> bool {
    use tokio_postgres::error::Severity;
    match server.parsed_severity() {
        Some(severity) => matches!(severity, Severity::Fatal | Severity::Panic),
        None => matches!(server.severity(), "FATAL" | "PANIC"),
    }
}

/// The fields of a server's error.
pub(super) fn of_server(server: &ServerError, sent: &str) -> Failure {
    let position = match server.position() {
        Some(ErrorPosition::Original(character)) => byte_offset(sent, *character),
        _ => None,
    };
    Failure {
        message: server.message().to_owned(),
        code: server.code().code().to_owned(),
        sqlstate: Some(server.code().code().to_owned()),
        detail: server.detail().map(str::to_owned),
        hint: server.hint().map(str::to_owned),
        context: server.where_().map(str::to_owned),
        position,
    }
}

/// What a server says in an error or a notice of a series.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) severity: String,
    /// The session ends with it.
    pub(super) is_fatal: bool,
    /// The place in the statement: a character, from 1.
    pub(super) character: Option<u32>,
    /// All but the place.
    pub(super) failure: Failure,
}

impl Said {
    pub(super) fn of(mut fields: ErrorFields<'_>) -> io::Result<Self> {
        let mut said = Self::default();
        while let Some(field) = fields.next()? {
            let value = String::from_utf8_lossy(field.value_bytes()).into_owned();
            let failure = &mut said.failure;
            match field.type_() {
                b'S' => {
                    // Translated; servers before 9.6 have no other.
                    said.is_fatal |= ["FATAL", "PANIC"].contains(&value.as_str());
                    said.severity = value;
                }
                b'V' => said.is_fatal |= ["FATAL", "PANIC"].contains(&value.as_str()),
                b'C' => failure.code = value,
                b'M' => failure.message = value,
                b'D' => failure.detail = Some(value),
                b'H' => failure.hint = Some(value),
                b'W' => failure.context = Some(value),
                b'P' => said.character = value.parse().ok(),
                _ => {}
            }
        }
        said.failure.sqlstate = Some(said.failure.code.clone());
        Ok(said)
    }

    /// Why the session has ended.
    pub(super) fn reason(&self) -> String {
        format!("{} ({})", self.failure.message, self.failure.code)
    }
}

/// The server counts characters from 1; we count bytes from 0.
pub(super) fn byte_offset(sent: &str, character: u32) -> Option<usize> {
    let index = usize::try_from(character).ok()?.checked_sub(1)?;
    sent.char_indices()
        .map(|(at, _)| at)
        .chain([sent.len()])
        .nth(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_bytes() {
        assert_eq!(byte_offset("SELECT", 1), Some(0));
        assert_eq!(byte_offset("'äöü' x", 7), Some(9));
        assert_eq!(byte_offset("ab", 3), Some(2));
        assert_eq!(byte_offset("ab", 0), None);
        assert_eq!(byte_offset("ab", 9), None);
    }
}
