//! Why one host of a URL did not give a session: in words, with a hint, without secrets.

use std::error::Error as _;
use std::time::Duration;

use super::failure::{cause, of_server};
use super::url::{ConnectionSettings, Host};
use crate::{ConnectError, DbError};

/// One host's refusal.
#[derive(Default)]
pub(super) struct Refusal {
    place: String,
    reason: String,
    hint: Option<String>,
    cause: Option<DbError>,
    /// The server refuses everybody now, or is starting.
    passing: bool,
    /// The same attempt with TLS instead of without, or the other way round, may succeed.
    pub(super) may_depend_on_tls: bool,
}

const WAIT: &str = "is the server running there? `--wait` waits for one that is starting";

impl Refusal {
    fn new(host: &Host, reason: impl Into<String>) -> Self {
        Self {
            place: host.place(),
            reason: reason.into(),
            ..Self::default()
        }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    fn passing(mut self) -> Self {
        self.passing = true;
        self
    }

    /// The server did not answer in time.
    pub(super) fn timeout(host: &Host, limit: Duration) -> Self {
        Self::new(host, format!("no answer within {limit:.3?}"))
            .hint("is the address right, and does a firewall let the connection through?")
            .passing()
    }

    /// The server is not of the kind that `target_session_attrs` asks for.
    pub(super) fn unfit(host: &Host, reason: &str) -> Self {
        Self::new(host, reason)
            .hint("the URL's `target_session_attrs` asks for another kind of server")
            .passing()
    }

    /// The first question was not answered.
    pub(super) fn answer(host: &Host, error: DbError) -> Self {
        let mut refusal = Self::new(host, "the server does not answer questions about itself");
        refusal.cause = Some(error);
        refusal
    }

    /// The settings of the session were refused.
    pub(super) fn settings(host: &Host, error: DbError) -> Self {
        let mut refusal = Self::new(host, "the settings of the session were refused")
            .hint("`session-init` in the configuration is sent to every session");
        refusal.cause = Some(error);
        refusal
    }

    /// Connecting or logging in failed.
    pub(super) fn connecting(
        host: &Host,
        settings: &ConnectionSettings,
        error: &tokio_postgres::Error,
        remark: Option<&str>,
    ) -> Self {
        if let Some(server) = error.as_db_error() {
            let mut refusal = of_code(host, settings, server, remark);
            refusal.cause = Some(DbError::Server(Box::new(of_server(server, ""))));
            return refusal;
        }
        let words = cause(error);
        let tls = error.to_string().contains("TLS");
        if words.contains("password missing") {
            let hint = remark.unwrap_or(
                "give it in the URL, in PGPASSWORD, or in a password file (PGPASSFILE, ~/.pgpass)",
            );
            return Self::new(host, "the server asks for a password and there is none").hint(hint);
        }
        if words.contains("server does not support TLS") {
            return Self::new(host, "the server does not offer TLS")
                .hint("the URL's `sslmode` demands TLS; `sslmode=prefer` does without where there is none");
        }
        if tls {
            let mut refusal = Self::new(host, format!("the TLS handshake failed: {words}"));
            refusal.hint = certificate_hint(&words).map(str::to_owned);
            refusal.may_depend_on_tls = true;
            return refusal;
        }
        match error
            .source()
            .and_then(|cause| cause.downcast_ref::<std::io::Error>())
        {
            Some(io) => of_io(host, io),
            None => Self::new(host, words),
        }
    }

    /// One error from what all hosts said.
    pub(super) fn into_error(refusals: Vec<Self>, settings: &ConnectionSettings) -> ConnectError {
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
            place: settings.places(),
            reason: reasons.join("; "),
            hint,
            cause,
            passing,
        }
    }
}

fn of_io(host: &Host, error: &std::io::Error) -> Refusal {
    use std::io::ErrorKind;
    let text = error.to_string();
    match error.kind() {
        ErrorKind::ConnectionRefused => Refusal::new(host, "the connection was refused")
            .hint(WAIT)
            .passing(),
        ErrorKind::NotFound if host.is_socket() => {
            Refusal::new(host, "there is no socket of a server")
                .hint(WAIT)
                .passing()
        }
        ErrorKind::PermissionDenied if host.is_socket() => {
            Refusal::new(host, "this user may not use the server's socket")
        }
        ErrorKind::TimedOut => Refusal::new(host, "no answer in time").passing(),
        ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe => {
            let mut refusal =
                Refusal::new(host, "the server ended the connection before it was made")
                    .hint("is this the port of a PostgreSQL server?")
                    .passing();
            refusal.may_depend_on_tls = true;
            refusal
        }
        _ if text.contains("failed to lookup address") => {
            Refusal::new(host, format!("the host `{}` is not known", host.name))
                .hint("check the host in the URL")
                .passing()
        }
        _ => Refusal::new(host, text),
    }
}

fn of_code(
    host: &Host,
    settings: &ConnectionSettings,
    server: &tokio_postgres::error::DbError,
    remark: Option<&str>,
) -> Refusal {
    let ConnectionSettings { user, database, .. } = settings;
    match server.code().code() {
        "28P01" => Refusal::new(host, format!("the server does not accept the password of `{user}`"))
            .hint(remark.unwrap_or(
                "the password comes from the URL, else PGPASSWORD, else a password file (PGPASSFILE, ~/.pgpass)",
            )),
        "28000" => {
            let mut refusal = Refusal::new(host, format!("the server does not let `{user}` in"));
            refusal.may_depend_on_tls = true;
            if server.message().contains("no encryption") || server.message().contains("SSL off") {
                refusal.hint("the server may demand TLS: `sslmode=require` in the URL")
            } else {
                refusal.hint("the server's pg_hba.conf decides who may connect from where")
            }
        }
        "3D000" => Refusal::new(host, format!("there is no database `{database}`"))
            .hint("create it, or check the name in the URL"),
        "42501" => Refusal::new(host, format!("`{user}` may not connect to the database `{database}`"))
            .hint(format!("its owner can `GRANT CONNECT ON DATABASE {database} TO {user}`")),
        "53300" => Refusal::new(host, "the server has too many connections")
            .hint("end some, or wait with `--wait`")
            .passing(),
        "57P03" => Refusal::new(host, "the server is starting or stopping")
            .hint("`--wait` waits for it")
            .passing(),
        _ => Refusal::new(host, server.message()),
    }
}

fn certificate_hint(words: &str) -> Option<&'static str> {
    if words.contains("UnknownIssuer") {
        Some("name the authority that signed the server's certificate by `sslrootcert=…`")
    } else if words.contains("NotValidForName") || words.contains("not valid for name") {
        Some(
            "the certificate needs the host's name as a subjectAltName (a common name alone does not count); \
             `sslmode=verify-ca` does not compare names",
        )
    } else if words.contains("UnsupportedCertVersion") {
        Some(
            "the server's certificate is of X.509 version 1; it has to be made with extensions (version 3)",
        )
    } else {
        None
    }
}
