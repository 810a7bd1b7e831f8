//! What the refusals of `MySQL` and `MariaDB` mean.

use mysql_async::{DriverError, Error, IoError, ServerError};

use super::failure::{cause, of_server};
use super::url::{ConnectionSettings, Host};
use crate::DbError;
use crate::refusal::Refusal;

/// Why connecting or logging in failed.
pub(super) fn of_connecting(host: &Host, settings: &ConnectionSettings, error: Error) -> Refusal {
    match error {
        Error::Server(server) => of_code(host, settings, &server)
            .cause(DbError::Server(Box::new(of_server(server, "")))),
        Error::Driver(DriverError::NoClientSslFlagFromServer) => {
            Refusal::new(host.place(), "the server does not offer TLS")
                .hint("the URL's `ssl-mode` demands TLS; `ssl-mode=preferred` does without where there is none")
                .may_depend_on_tls()
        }
        Error::Driver(DriverError::CleartextPluginDisabled) => Refusal::new(
            host.place(),
            "the server wants the password in clear text, which is not sent",
        ),
        Error::Io(IoError::Tls(error)) => {
            Refusal::handshake(host.place(), &cause(&error), "ssl-ca")
        }
        Error::Io(IoError::Io(error)) => match error.get_ref().filter(|inner| inner.is::<rustls::Error>()) {
            Some(tls) => Refusal::handshake(host.place(), &tls.to_string(), "ssl-ca"),
            None => Refusal::io(host.place(), host.name(), "MySQL", &error),
        },
        other => Refusal::new(host.place(), cause(&other)),
    }
}

fn of_code(host: &Host, settings: &ConnectionSettings, server: &ServerError) -> Refusal {
    let user = &settings.user;
    let database = settings.database.as_deref().unwrap_or_default();
    let refuse = |reason: String| Refusal::new(host.place(), reason);
    match server.code {
        1045 | 1698 => refuse(format!("the server does not accept the password of `{user}`"))
            .hint("the password comes from the URL, else MYSQL_PWD; a user may also be bound to a host or a socket"),
        1044 => refuse(format!("`{user}` may not use the database `{database}`"))
            .hint("see docs/reference/privileges.md for what Limosa needs"),
        1049 => refuse(format!("there is no database `{database}`"))
            .hint("create it, or check the name in the URL"),
        1040 | 1203 | 1226 => refuse("the server has too many connections".to_owned())
            .hint("end some, or wait with `--wait`")
            .passing(),
        1129 | 1130 => refuse(server.message.clone()).hint("the server does not take connections from this host"),
        3159 => refuse("the server demands TLS".to_owned())
            .hint("the URL's `ssl-mode` forbids it; `ssl-mode=required` uses it")
            .may_depend_on_tls(),
        1053 => refuse("the server is stopping".to_owned())
            .hint("`--wait` waits for it")
            .passing(),
        _ => refuse(server.message.clone()),
    }
}
