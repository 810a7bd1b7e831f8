//! From the driver's errors to ours.

use mysql_async::{DriverError, Error, ServerError};

use crate::{DbError, Failure};

/// Server errors after which the connection is gone: shutdown, network trouble, killed, idle for too long.
const LOST: &[u16] = &[1053, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 4031];
/// The number of a syntax error.
const SYNTAX: u16 = 1064;

/// What a failed request means. `sent` is the text that the server saw.
pub(super) fn failure(error: Error, sent: &str) -> DbError {
    match error {
        Error::Server(server) if LOST.contains(&server.code) => {
            DbError::Connection(format!("{} ({})", server.message, server.code))
        }
        Error::Server(server) => DbError::Server(Box::new(of_server(server, sent))),
        Error::Io(error) => DbError::Connection(cause(&error)),
        Error::Driver(DriverError::ConnectionClosed) => {
            DbError::Connection("the server closed it".into())
        }
        Error::Driver(
            error @ (DriverError::PacketOutOfOrder | DriverError::UnexpectedPacket { .. }),
        ) => DbError::Connection(error.to_string()),
        Error::Driver(DriverError::PacketTooLarge) => {
            DbError::Client("the statement is larger than the server's `max_allowed_packet`".into())
        }
        other => DbError::Client(cause(&other)),
    }
}

/// The words of the innermost cause.
pub(super) fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(next) = innermost.source() {
        innermost = next;
    }
    innermost.to_string()
}

/// The fields of a server's error.
pub(super) fn of_server(server: ServerError, sent: &str) -> Failure {
    let position = (server.code == SYNTAX)
        .then(|| position(&server.message, sent))
        .flatten();
    Failure {
        message: server.message,
        code: server.code.to_string(),
        sqlstate: Some(server.state),
        position,
        ..Failure::default()
    }
}

/// A syntax error quotes the text from the place on and names its line: `… near 'x y' at line 3`.
fn position(message: &str, sent: &str) -> Option<usize> {
    let (before, line) = message.rsplit_once("' at line ")?;
    let (_, quoted) = before.split_once("near '")?;
    let line: usize = line.trim().parse().ok()?;
    let start = match line.checked_sub(2) {
        None => 0,
        Some(nth) => sent.match_indices('\n').nth(nth)?.0 + 1,
    };
    if quoted.is_empty() {
        return Some(sent.trim_end().len());
    }
    // The quote is cut off after 80 characters, perhaps inside one.
    let found = sent[start..].find(quoted.trim_end_matches(char::REPLACEMENT_CHARACTER));
    Some(start + found.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_syntax_error_is_found_again_in_the_text() {
        let sent = "SELECT 1;\n/* ä */ SELEKT 2\nFROM x";
        let message = "You have an error … to use near 'SELEKT 2\nFROM x' at line 2";
        let at = position(message, sent).unwrap();
        assert!(sent[at..].starts_with("SELEKT"));
        assert_eq!(position("… to use near '' at line 1", "SELECT"), Some(6));
        assert_eq!(position("something else", "SELECT"), None);
    }
}
