//! From a URL to a session.

use std::time::Duration;

use limosa_core::DatabaseUrl;
use limosa_sql::{Dialect, Target};
use mysql_async::{ClientIdentity, Conn, Opts, OptsBuilder, SslOpts};

use super::driver::{MysqlSession, Wire};
use super::refusal::of_connecting;
use super::settings::{Remembered, own};
use super::start::{self, About};
use super::url::{ConnectionSettings, Host, SslMode};
use crate::connect::{Answers, First};
use crate::refusal::{Refusal, Shares};
use crate::store::Prepared;
use crate::{
    Backend, Capabilities, ConnectError, ConnectOptions, Connector, DbError, Server, Session as _,
};

const GRANTS: &str = include_str!("grants.sql");

/// Opens a session.
pub(crate) fn connect(
    url: &DatabaseUrl,
    options: &ConnectOptions,
    questions: &[Prepared],
) -> Result<First, ConnectError> {
    let settings = ConnectionSettings::read(url, options)
        .map_err(|error| ConnectError::of_url(url, &error))?;
    // The driver asks for the process's provider of cryptography, which is not clear as soon as the program that
    // this library is built into brings another one. An earlier choice of that program stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let refuse =
        |reason: String| Refusal::into_error(vec![Refusal::new("", reason)], settings.places());
    let tls = tls(&settings).map_err(refuse)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| refuse(error.to_string()))?;
    let limit = settings.timeout.unwrap_or(options.timeout);
    let opening = first_that_answers(&settings, tls.as_ref(), options, questions, limit);
    match runtime.block_on(opening) {
        Ok(found) => {
            let mut session = MysqlSession::new(
                runtime,
                found.wire,
                found.options,
                found.server,
                options.settings.clone(),
                found.remembered,
                Connector::new(url, options),
            );
            let answers = found
                .answers
                .unwrap_or_else(|| session.query_all(questions));
            Ok((Box::new(session), answers))
        }
        Err(refusals) => {
            // A look-up of a name may still be running on a thread; nobody waits for it.
            runtime.shutdown_background();
            Err(Refusal::into_error(refusals, settings.places()))
        }
    }
}

struct Connected {
    wire: Wire,
    options: Opts,
    server: Server,
    remembered: Remembered,
    /// The answers to our questions, where they were sent with the set-up.
    answers: Option<Answers>,
}

async fn first_that_answers(
    settings: &ConnectionSettings,
    tls: Option<&SslOpts>,
    options: &ConnectOptions,
    questions: &[Prepared],
    limit: Duration,
) -> Result<Connected, Vec<Refusal>> {
    let mut shares = Shares::new(limit, settings.hosts.len());
    let mut refusals = Vec::new();
    for host in &settings.hosts {
        let share = shares.next();
        let attempt = open_and_ask(settings, host, tls, options, questions);
        refusals.push(match tokio::time::timeout(share, attempt).await {
            Ok(Ok(connected)) => return Ok(connected),
            Ok(Err(refusal)) => refusal,
            Err(_) => Refusal::timeout(host.place(), share),
        });
    }
    Err(refusals)
}

async fn open_and_ask(
    settings: &ConnectionSettings,
    host: &Host,
    tls: Option<&SslOpts>,
    options: &ConnectOptions,
    questions: &[Prepared],
) -> Result<Connected, Refusal> {
    let (conn, driver_options) = open(settings, host, tls).await?;
    let mut wire = Wire::new(conn);
    let answer = |error: DbError| Refusal::answer(host.place(), error);
    let about = start::about(&mut wire).await.map_err(answer)?;
    let mut server = server(&about, host).map_err(answer)?;
    if about.says_read_only {
        let mariadb = server.target.mariadb;
        let may_write = may_write_nevertheless(&mut wire, mariadb).await;
        server.capabilities.read_only = !may_write.map_err(answer)?;
    }
    server.capabilities.session_locks = !about.cluster;
    let session = &options.settings;
    // The statements of the configuration come between our settings and our questions, and a cluster may have to be
    // asked again.
    let ahead = session.init.is_empty() && !about.cluster;
    let own = own(session, server.target.mariadb, about.cluster);
    let questions = if ahead { questions } else { &[] };
    let begun = start::begin(&mut wire, &about, &own, questions).await;
    let begun = begun.map_err(|error| Refusal::settings(host.place(), error))?;
    server.backend.started = begun.node.unwrap_or_default();
    let initialized = wire.initialize(session).await;
    initialized.map_err(|error| Refusal::settings(host.place(), error))?;
    Ok(Connected {
        wire,
        options: driver_options,
        server,
        remembered: begun.remembered,
        answers: ahead.then_some(begun.answers),
    })
}

async fn open(
    settings: &ConnectionSettings,
    host: &Host,
    tls: Option<&SslOpts>,
) -> Result<(Conn, Opts), Refusal> {
    let with_tls = tls.filter(|_| matches!(host, Host::Tcp(..)));
    let options = configure(settings, host, with_tls);
    let refusal = match Conn::new(options.clone()).await {
        Ok(conn) => return Ok((conn, options)),
        Err(error) => of_connecting(host, settings, error),
    };
    let preferred = settings.sslmode == SslMode::Preferred && with_tls.is_some();
    if !preferred || !refusal.may_depend_on_tls {
        return Err(refusal);
    }
    let options = configure(settings, host, None);
    match Conn::new(options.clone()).await {
        Ok(conn) => Ok((conn, options)),
        Err(error) => Err(of_connecting(host, settings, error)),
    }
}

fn configure(settings: &ConnectionSettings, host: &Host, tls: Option<&SslOpts>) -> Opts {
    let builder = OptsBuilder::default()
        .user(Some(&settings.user))
        .pass(settings.password.as_deref())
        .db_name(settings.database.as_deref())
        .prefer_socket(false)
        .tcp_keepalive(Some(Duration::from_secs(30)))
        .connect_attribute("program_name", "limosa")
        .ssl_opts(tls.cloned());
    match host {
        Host::Tcp(name, port) => builder.ip_or_hostname(name).tcp_port(*port),
        Host::Socket(path) => builder.socket(Some(path)),
    }
    .into()
}

/// The `mysql` client's meanings of `--ssl-mode`. Without an authority of its own, verifying asks those of the system.
fn tls(settings: &ConnectionSettings) -> Result<Option<SslOpts>, String> {
    let mut tls = match settings.sslmode {
        SslMode::Disabled => return Ok(None),
        SslMode::Preferred | SslMode::Required => {
            SslOpts::default().with_danger_accept_invalid_certs(true)
        }
        SslMode::VerifyCa => SslOpts::default().with_danger_skip_domain_validation(true),
        SslMode::VerifyIdentity => SslOpts::default(),
    };
    if matches!(
        settings.sslmode,
        SslMode::VerifyCa | SslMode::VerifyIdentity
    ) {
        let roots = match &settings.authority {
            Some(file) => {
                let text = std::fs::read(file)
                    .map_err(|error| format!("the certificate file {}: {error}", file.display()))?;
                vec![text.into()]
            }
            None => {
                let found = rustls_native_certs::load_native_certs();
                if found.certs.is_empty() {
                    return Err(
                        "the system has no root certificates; name one by `ssl-ca=…`".into(),
                    );
                }
                found
                    .certs
                    .into_iter()
                    .map(|root| root.to_vec().into())
                    .collect()
            }
        };
        tls = tls.with_root_certs(roots).with_disable_built_in_roots(true);
    }
    if let Some((certificate, key)) = &settings.certificate {
        let identity = ClientIdentity::new(certificate.clone().into(), key.clone().into());
        tls = tls.with_client_identity(Some(identity));
    }
    Ok(Some(tls))
}

fn server(about: &About, host: &Host) -> Result<Server, DbError> {
    let row = about
        .server
        .first()
        .ok_or_else(|| DbError::Client("the server says nothing about itself".into()))?;
    let text = |index: usize| row.text(index).unwrap_or_default();
    let full = text(0);
    let mariadb = full.to_lowercase().contains("mariadb");
    let version = plain_version(&full, mariadb);
    let whole = text(3);
    let (user, client) = whole
        .rsplit_once('@')
        .unwrap_or((whole.as_str(), "localhost"));
    Ok(Server {
        target: Target {
            dialect: Dialect::Mysql,
            version: numbers(version),
            mariadb,
        },
        product: if mariadb { "MariaDB" } else { "MySQL" },
        version: version.to_owned(),
        place: host.place(),
        database: text(2),
        user: user.to_owned(),
        client: (client != "localhost").then(|| client.to_owned()),
        capabilities: Capabilities {
            transactional_ddl: false,
            read_only: false,
            lasting_sessions: true,
            session_locks: true,
        },
        backend: Backend {
            id: row.int(1).unwrap_or_default(),
            started: String::new(),
        },
    })
}

/// Whether `read_only` does not hold for this user.
async fn may_write_nevertheless(wire: &mut Wire, mariadb: bool) -> Result<bool, DbError> {
    if !mariadb {
        let rows = wire
            .query("SELECT CONCAT(@@global.super_read_only, '')", &[])
            .await;
        if rows.is_ok_and(|rows| rows.first().is_some_and(|row| row.is_true(0))) {
            return Ok(false);
        }
    }
    let grants = wire.query(GRANTS, &[]).await?;
    Ok(grants.iter().filter_map(|row| row.text(0)).any(|grant| {
        let global = grant.contains(" ON *.* ");
        let named = if mariadb {
            "READ_ONLY ADMIN"
        } else {
            "CONNECTION_ADMIN"
        };
        // Whether SUPER is enough depends on the version, so it is counted only where nothing finer exists.
        global
            && (grant.contains("ALL PRIVILEGES")
                || grant.contains(named)
                || grant.contains("SUPER"))
    }))
}

/// `10.11.19` of `5.5.5-10.11.19-MariaDB-deb12-log`.
fn plain_version(full: &str, mariadb: bool) -> &str {
    let own = match full.strip_prefix("5.5.5-") {
        Some(own) if mariadb => own,
        _ => full,
    };
    let end = own
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(own.len());
    &own[..end]
}

fn numbers(version: &str) -> (u32, u32) {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_lose_their_remarks() {
        for (full, mariadb, plain) in [
            ("10.11.19-MariaDB-0+deb12u1", true, "10.11.19"),
            ("5.5.5-10.6.1-MariaDB-log", true, "10.6.1"),
            ("8.4.3", false, "8.4.3"),
            ("8.0.36-0ubuntu0.22.04.1", false, "8.0.36"),
        ] {
            assert_eq!(plain_version(full, mariadb), plain);
        }
        assert_eq!(numbers("10.11.19"), (10, 11));
    }
}
