//! What `PostgreSQL`'s refusals mean.

use std::error::Error as _;

use super::failure::{cause, of_server};
use super::url::{ConnectionSettings, Host};
use crate::DbError;
use crate::refusal::Refusal;

/// Why connecting or logging in failed; `remark` says why a password file was not used.
pub(super) fn of_connecting(
    host: &Host,
    settings: &ConnectionSettings,
    error: &tokio_postgres::Error,
    remark: Option<&str>,
) -> Refusal {
    if let Some(server) = error.as_db_error() {
        return of_code(host, settings, server, remark)
            .cause(DbError::Server(Box::new(of_server(server, ""))));
    }
    let words = cause(error);
    if words.contains("password missing") {
        let hint = remark.unwrap_or(
            "give it in the URL, in PGPASSWORD, or in a password file (PGPASSFILE, ~/.pgpass)",
        );
        return Refusal::new(
            host.place(),
            "the server asks for a password and there is none",
        )
        .hint(hint);
    }
    if words.contains("server does not support TLS") {
        return Refusal::new(host.place(), "the server does not offer TLS").hint(
            "the URL's `sslmode` demands TLS; `sslmode=prefer` does without where there is none",
        );
    }
    if error.to_string().contains("TLS") {
        return Refusal::handshake(host.place(), &words, "sslrootcert");
    }
    match error
        .source()
        .and_then(|cause| cause.downcast_ref::<std::io::Error>())
    {
        Some(io) => Refusal::io(host.place(), &host.name, "PostgreSQL", io),
        None if error.is_closed() => Refusal::closed(host.place(), "PostgreSQL"),
        None => Refusal::new(host.place(), words),
    }
}

/// The server is not of the kind that `target_session_attrs` asks for.
pub(super) fn of_unfit(host: &Host, reason: &str) -> Refusal {
    Refusal::new(host.place(), reason)
        .hint("the URL's `target_session_attrs` asks for another kind of server")
        .passing()
}

fn of_code(
    host: &Host,
    settings: &ConnectionSettings,
    server: &tokio_postgres::error::DbError,
    remark: Option<&str>,
) -> Refusal {
    let ConnectionSettings { user, database, .. } = settings;
    let refuse = |reason: String| Refusal::new(host.place(), reason);
    match server.code().code() {
        "28P01" => refuse(format!("the server does not accept the password of `{user}`")).hint(remark.unwrap_or(
            "the password comes from the URL, else PGPASSWORD, else a password file (PGPASSFILE, ~/.pgpass)",
        )),
        "28000" => {
            let refusal = refuse(format!("the server does not let `{user}` in")).may_depend_on_tls();
            if server.message().contains("no encryption") || server.message().contains("SSL off") {
                refusal.hint("the server may demand TLS: `sslmode=require` in the URL")
            } else {
                refusal.hint("the server's pg_hba.conf decides who may connect from where")
            }
        }
        "3D000" => refuse(format!("there is no database `{database}`"))
            .hint("create it, or check the name in the URL"),
        "42501" => refuse(format!("`{user}` may not connect to the database `{database}`"))
            .hint(format!("its owner can `GRANT CONNECT ON DATABASE {database} TO {user}`")),
        "53300" => refuse("the server has too many connections".to_owned())
            .hint("end some, or wait with `--wait`")
            .passing(),
        // A server that stops, or whose process died, ends those who are entering, too.
        "57P01" | "57P02" | "57P03" => refuse("the server is starting or stopping".to_owned())
            .hint("`--wait` waits for it")
            .passing(),
        _ => refuse(server.message().to_owned()),
    }
}
