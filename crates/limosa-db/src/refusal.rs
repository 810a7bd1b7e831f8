//! Why one server of a URL did not give a session: in words, with a hint, without secrets.

use std::time::{Duration, Instant};

use crate::{ConnectError, DbError};

/// What to do about a server that does not listen.
const WAIT: &str = "is the server running there? `--wait` waits for one that is starting";

/// One server's refusal.
#[derive(Default)]
pub(crate) struct Refusal {
    pub(crate) place: String,
    pub(crate) reason: String,
    pub(crate) hint: Option<String>,
    pub(crate) cause: Option<DbError>,
    /// The server refuses everybody now, or is starting.
    pub(crate) passing: bool,
    /// The same attempt with TLS instead of without, or the other way round, may succeed.
    pub(crate) may_depend_on_tls: bool,
}

impl Refusal {
    pub(crate) fn new(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            reason: reason.into(),
            ..Self::default()
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn cause(mut self, cause: DbError) -> Self {
        self.cause = Some(cause);
        self
    }

    pub(crate) fn passing(mut self) -> Self {
        self.passing = true;
        self
    }

    pub(crate) fn may_depend_on_tls(mut self) -> Self {
        self.may_depend_on_tls = true;
        self
    }

    /// The server did not answer in time.
    pub(crate) fn timeout(place: String, limit: Duration) -> Self {
        // Shares of a limit have odd nanoseconds, which nobody wants to read.
        let limit = (limit + Duration::from_micros(500)).as_millis();
        let limit = match limit % 1000 {
            0 => format!("{} s", limit / 1000),
            _ => format!("{limit} ms"),
        };
        Self::new(place, format!("no answer within {limit}"))
            .hint("is the address right, and does a firewall let the connection through?")
            .passing()
    }

    /// The first question was not answered.
    pub(crate) fn answer(place: String, error: DbError) -> Self {
        Self::new(place, "the server does not answer questions about itself").of_session(error)
    }

    /// The settings of the session were refused.
    pub(crate) fn settings(place: String, error: DbError) -> Self {
        Self::new(place, "the settings of the session were refused")
            .hint("`session-init` in the configuration is sent to every session")
            .of_session(error)
    }

    /// What went wrong once there was a connection: another one may live longer.
    fn of_session(mut self, error: DbError) -> Self {
        self.passing = matches!(error, DbError::Connection(_));
        self.cause(error)
    }

    /// The connection ended while it was being made.
    pub(crate) fn closed(place: String, server: &str) -> Self {
        Self::new(place, "the server ended the connection before it was made")
            .hint(format!("is this the port of a {server} server?"))
            .passing()
            .may_depend_on_tls()
    }

    /// The operating system did not make the connection. `server` is the product that was looked for.
    pub(crate) fn io(place: String, host: &str, server: &str, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let socket = host.starts_with('/');
        let text = error.to_string();
        match error.kind() {
            ErrorKind::ConnectionRefused => Self::new(place, "the connection was refused")
                .hint(WAIT)
                .passing(),
            ErrorKind::NotFound if socket => Self::new(place, "there is no socket of a server")
                .hint(WAIT)
                .passing(),
            ErrorKind::PermissionDenied if socket => {
                Self::new(place, "this user may not use the server's socket")
            }
            ErrorKind::TimedOut => Self::new(place, "no answer in time").passing(),
            ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe => {
                Self::closed(place, server)
            }
            _ if text.contains("failed to lookup address") => {
                Self::new(place, format!("the host `{host}` is not known"))
                    .hint("check the host in the URL")
                    .passing()
            }
            _ => Self::new(place, text),
        }
    }

    /// The TLS handshake failed; `words` are those of `rustls`, `root` is the parameter that names the authority.
    pub(crate) fn handshake(place: String, words: &str, root: &str) -> Self {
        let refusal =
            Self::new(place, format!("the TLS handshake failed: {words}")).may_depend_on_tls();
        if words.contains("UnknownIssuer") || words.contains("BadSignature") {
            refusal.hint(format!(
                "name the authority that signed the server's certificate by `{root}=…`"
            ))
        } else if words.contains("NotValidForName") || words.contains("not valid for name") {
            refusal.hint(
                "the certificate needs the host's name as a subjectAltName (a common name alone does not count)",
            )
        } else if words.contains("UnsupportedCertVersion") {
            refusal.hint(
                "the server's certificate is of X.509 version 1; it has to be made with extensions (version 3)",
            )
        } else {
            refusal
        }
    }

    /// One error from what all servers of the URL said.
    pub(crate) fn into_error(refusals: Vec<Self>, place: String) -> ConnectError {
        let several = refusals.len() > 1;
        let passing = refusals.iter().any(|refusal| refusal.passing);
        let reasons: Vec<String> = refusals
            .iter()
            .map(|refusal| {
                if several {
                    format!("{}: {}", refusal.place, refusal.reason)
                } else {
                    refusal.reason.clone()
                }
            })
            .collect();
        let (mut hint, mut cause) = (None, None);
        for refusal in refusals {
            hint = hint.or(refusal.hint);
            cause = cause.or(refusal.cause);
        }
        ConnectError {
            place,
            reason: reasons.join("; "),
            hint,
            cause,
            passing,
        }
    }
}

/// Divides the time among the servers of a URL, so that one that does not answer leaves some for the others.
pub(crate) struct Shares {
    end: Instant,
    left: u32,
}

impl Shares {
    pub(crate) fn new(limit: Duration, attempts: usize) -> Self {
        Self {
            end: Instant::now() + limit,
            left: u32::try_from(attempts).unwrap_or(u32::MAX),
        }
    }

    pub(crate) fn next(&mut self) -> Duration {
        let share = self.end.saturating_duration_since(Instant::now()) / self.left.max(1);
        self.left = self.left.saturating_sub(1);
        share
    }
}
