//! From a URL to a session: hosts in their order, TLS as the mode says, the first that fits.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{OptionFuture, join3};
use limosa_core::DatabaseUrl;
use limosa_sql::{Dialect, Target};
use tokio_postgres::NoTls;
use tokio_postgres::config::{SslMode as DriverMode, SslNegotiation};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::cancel::CancelRoute;
use super::driver::{Parts, PostgresSession};
use super::gate::{Gate, GatedTls};
use super::pgpass::{Found, Login, look_up};
use super::pooled::Pooled;
use super::refusal::{of_connecting, of_unfit};
use super::settings::{SETTINGS, START_SETTINGS, Scope, parameters};
use super::socket::{Socket, Watch, addresses};
use super::tls;
use super::url::{ConnectionSettings, Host, SslMode, Wanted};
use super::wire::{Link, Wire, drive};
use crate::connect::{Answers, First};
use crate::refusal::{Refusal, Shares};
use crate::store::Prepared;
use crate::{
    Backend, Capabilities, ConnectError, ConnectOptions, Connector, DbError, Row, Server,
    Session as _,
};

const SERVER: &str = include_str!("server.sql");
/// How many connections are made to find out whether sessions of the server are shared, and how long that may take.
const OTHERS: usize = 3;
const PROBE: Duration = Duration::from_secs(3);
/// The parameter cannot be set: this server's system cannot watch a connection.
const INVALID_PARAMETER: &str = "22023";

/// Opens a session, and sends our questions with its set-up.
pub(crate) fn connect(
    url: &DatabaseUrl,
    options: &ConnectOptions,
    questions: &[Prepared],
) -> Result<First, ConnectError> {
    let settings = ConnectionSettings::read(url, options)
        .map_err(|error| ConnectError::of_url(url, &error))?;
    let refuse = |reason: String| ConnectError {
        place: settings.places(),
        reason,
        hint: None,
        cause: None,
        passing: false,
    };
    // Sockets need no TLS, and so no certificates for it either.
    let tls = if settings.hosts.iter().all(Host::is_socket) {
        None
    } else {
        tls::connector(&settings).map_err(refuse)?
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| refuse(error.to_string()))?;
    let limit = settings.timeout.unwrap_or(options.timeout);
    let to_open = ToOpen {
        settings: &settings,
        tls: tls.as_ref(),
        options,
        questions,
    };
    match runtime.block_on(to_open.first_that_fits(limit)) {
        Ok(found) => {
            let mut session = PostgresSession::new(Parts {
                runtime,
                wire: found.wire,
                route: found.route,
                server: found.server,
                database_oid: found.database_oid,
                settings: options.settings.clone(),
                check_interval: found.check_interval,
                connector: Connector::new(url, options),
                pooled: found.pooled,
            });
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

/// A connection that does what the URL wants.
struct Connected {
    wire: Wire,
    route: CancelRoute,
    server: Server,
    database_oid: u32,
    check_interval: bool,
    writable: bool,
    pooled: Option<Pooled>,
    /// The session of the server that answered first.
    backend: Backend,
    /// The answers to our questions, where they were sent with the set-up.
    answers: Option<Answers>,
}

/// What is to be opened.
#[derive(Clone, Copy)]
struct ToOpen<'a> {
    settings: &'a ConnectionSettings,
    tls: Option<&'a MakeRustlsConnect>,
    options: &'a ConnectOptions,
    questions: &'a [Prepared],
}

impl ToOpen<'_> {
    async fn first_that_fits(self, limit: Duration) -> Result<Connected, Vec<Refusal>> {
        let passes: &[Wanted] = match self.settings.wanted {
            Wanted::PreferStandby => &[Wanted::Standby, Wanted::Any],
            ref wanted => std::slice::from_ref(wanted),
        };
        let mut shares = Shares::new(limit, self.settings.hosts.len() * passes.len());
        let mut refusals = Vec::new();
        for wanted in passes {
            refusals.clear();
            for host in &self.settings.hosts {
                let share = shares.next();
                let attempt = self.open_and_ask(host, *wanted);
                let refusal = match tokio::time::timeout(share, attempt).await {
                    Ok(Ok(connected)) => return Ok(connected),
                    Ok(Err(refusal)) => refusal,
                    Err(_) => Refusal::timeout(host.place(), share),
                };
                refusals.push(refusal);
            }
        }
        Err(refusals)
    }

    async fn open_and_ask(self, host: &Host, wanted: Wanted) -> Result<Connected, Refusal> {
        let (settings, tls) = (self.settings, self.tls);
        let (wire, route) = open(settings, host, tls).await?;
        let answer = |error: DbError| Refusal::answer(host.place(), error);
        let refused = |error: DbError| Refusal::settings(host.place(), error);
        let session = &self.options.settings;
        let mut wanted_settings = parameters(session, true, Scope::Session).to_vec();
        wanted_settings.push(wire.gate.process().into());
        // The statements of the configuration come between our settings and our questions.
        let questions = session.init.is_empty().then_some(self.questions);
        // All of it is sent together, in this order: one round trip.
        let (about, set, answers) = join3(
            wire.query(SERVER, &[]),
            wire.query(START_SETTINGS, &wanted_settings),
            OptionFuture::from(questions.map(|questions| wire.query_all(questions))),
        )
        .await;
        let mut connected =
            connected(&about.map_err(answer)?, wire, route, host).map_err(answer)?;
        connected.answers = answers;
        let mut set = set.map(drop);
        if connected.pooled.is_some() && self.options.is_direct {
            let shared = is_shared(settings, host, tls, &connected);
            // Whoever lets nobody in meanwhile leaves it open, and counts as a pooler.
            if let Ok(Ok(false)) = tokio::time::timeout(PROBE, shared).await {
                connected.pooled = None;
                connected.server.backend = connected.backend.clone();
                connected.server.capabilities.lasting_sessions = true;
                connected.server.capabilities.session_locks = true;
                // It was not taken for ours.
                let again = parameters(session, true, Scope::Session);
                set = connected.wire.query(SETTINGS, &again).await.map(drop);
            }
        }
        let standby = connected.server.capabilities.read_only;
        let fits = match wanted {
            Wanted::Any | Wanted::PreferStandby => Ok(()),
            Wanted::ReadWrite if !connected.writable => Err("the server does not accept writes"),
            Wanted::ReadOnly if connected.writable => Err("the server accepts writes"),
            Wanted::Primary if standby => Err("the server is a standby"),
            Wanted::Standby if !standby => Err("the server is not a standby"),
            _ => Ok(()),
        };
        fits.map_err(|reason| of_unfit(host, reason))?;
        if connected.pooled.is_some() {
            // The settings are made in each transaction: the session of the server is not ours.
            return Ok(connected);
        }
        let wire = &connected.wire;
        match set {
            Err(error) if error.code() == INVALID_PARAMETER => {
                connected.check_interval = false;
                let without = wire.apply(session, false, Scope::Session).await;
                without.map_err(refused)?;
            }
            Err(error) => return Err(refused(error)),
            Ok(()) => wire.initialize(session).await.map_err(refused)?,
        }
        Ok(connected)
    }
}

/// Whether another connection gets our session of the server while we do nothing, or we get another one while others
/// hold some in transactions.
async fn is_shared(
    settings: &ConnectionSettings,
    host: &Host,
    tls: Option<&MakeRustlsConnect>,
    ours: &Connected,
) -> Result<bool, DbError> {
    let first = ours.backend.id;
    let mut others = Vec::new();
    let mut shared = false;
    while !shared && others.len() < OTHERS {
        let Ok((other, _)) = open(settings, host, tls).await else {
            return Ok(true);
        };
        other.run("BEGIN").await?;
        shared = process(&other).await? == Some(first);
        others.push(other);
        // Not asked when theirs is ours: with a single session of the server the answer would never come.
        shared = shared || process(&ours.wire).await? != Some(first);
    }
    for other in &others {
        other.run("ROLLBACK").await?;
    }
    Ok(shared)
}

/// The process that answers now.
async fn process(wire: &Wire) -> Result<Option<i64>, DbError> {
    let rows = wire
        .query("SELECT pg_catalog.pg_backend_pid()", &[])
        .await?;
    Ok(rows.first().and_then(|row| row.int(0)))
}

/// The ways to try, as libpq does for the mode.
fn ways(mode: SslMode, host: &Host) -> &'static [DriverMode] {
    match mode {
        // The server never offers TLS on a socket.
        _ if host.is_socket() => &[DriverMode::Disable],
        SslMode::Disable => &[DriverMode::Disable],
        SslMode::Allow => &[DriverMode::Disable, DriverMode::Require],
        SslMode::Prefer => &[DriverMode::Prefer, DriverMode::Disable],
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => &[DriverMode::Require],
    }
}

async fn open(
    settings: &ConnectionSettings,
    host: &Host,
    tls: Option<&MakeRustlsConnect>,
) -> Result<(Wire, CancelRoute), Refusal> {
    let (password, remark) = password(settings, host);
    let lookup = addresses(host).await;
    let addresses =
        lookup.map_err(|error| Refusal::io(host.place(), &host.name, "PostgreSQL", &error))?;
    let watch = Watch::of(settings);
    let mut refusals: Vec<Refusal> = Vec::new();
    let mut answered = false;
    for address in &addresses {
        // A server that has answered would say the same at its other addresses.
        if answered {
            break;
        }
        for way in ways(settings.sslmode, host) {
            let config = configure(settings, password.as_deref(), *way);
            let route = CancelRoute {
                address: address.clone(),
                watch: watch.clone(),
                host: host.name.clone(),
                tls: tls.filter(|_| *way != DriverMode::Disable).cloned(),
            };
            let dialed = dial(&config, &route).await;
            answered = !matches!(dialed, Err(Dialing::Socket(_)));
            let refusal = match dialed {
                Ok(wire) => return Ok((wire, route)),
                Err(Dialing::Socket(error)) => {
                    Refusal::io(host.place(), &host.name, "PostgreSQL", &error)
                }
                Err(Dialing::Name(error)) => Refusal::new(host.place(), error),
                Err(Dialing::Driver(error)) => {
                    of_connecting(host, settings, &error, remark.as_deref())
                }
            };
            let again = refusal.may_depend_on_tls;
            refusals.push(refusal);
            if !again {
                break;
            }
        }
    }
    // What does not depend on the way says more than what does; else the first way is the one that is meant.
    let told = refusals
        .iter()
        .position(|refusal| !refusal.may_depend_on_tls)
        .unwrap_or(0);
    if refusals.is_empty() {
        return Err(Refusal::new(host.place(), "the host has no address"));
    }
    Err(refusals.swap_remove(told))
}

enum Dialing {
    Socket(std::io::Error),
    Name(String),
    Driver(tokio_postgres::Error),
}

/// Makes one connection.
async fn dial(config: &tokio_postgres::Config, route: &CancelRoute) -> Result<Wire, Dialing> {
    let (link, gate) = (Arc::new(Link::default()), Gate::default());
    let socket = Socket::connect(&route.address, &route.watch)
        .await
        .map_err(Dialing::Socket)?;
    let socket = gate.of(socket);
    let (client, task) = match &route.tls {
        None => {
            let (client, connection) = config
                .connect_raw(socket, NoTls)
                .await
                .map_err(Dialing::Driver)?;
            (client, tokio::spawn(drive(connection, Arc::clone(&link))))
        }
        Some(tls) => {
            let tls = GatedTls::new(tls, &route.host).map_err(Dialing::Name)?;
            let (client, connection) = config
                .connect_raw(socket, tls)
                .await
                .map_err(Dialing::Driver)?;
            (client, tokio::spawn(drive(connection, Arc::clone(&link))))
        }
    };
    Ok(Wire {
        client,
        task,
        link,
        gate,
    })
}

/// The password for this host, and why a password file was not used.
fn password(settings: &ConnectionSettings, host: &Host) -> (Option<String>, Option<String>) {
    if let Some(password) = &settings.password {
        return (Some(password.clone()), None);
    }
    let Some(file) = &settings.passfile else {
        return (None, None);
    };
    let login = Login {
        host: &host.name,
        port: host.port,
        database: &settings.database,
        user: &settings.user,
    };
    match look_up(file, &login) {
        Found::Password(password) => (Some(password), None),
        Found::Nothing => (None, None),
        Found::Ignored(reason) => (None, Some(reason)),
    }
}

fn configure(
    settings: &ConnectionSettings,
    password: Option<&str>,
    mode: DriverMode,
) -> tokio_postgres::Config {
    let mut config = tokio_postgres::Config::new();
    config
        .user(&settings.user)
        .dbname(&settings.database)
        .application_name(&settings.application_name)
        .ssl_mode(mode)
        .channel_binding(settings.channel_binding);
    if settings.direct_tls && mode == DriverMode::Require {
        config.ssl_negotiation(SslNegotiation::Direct);
    }
    if let Some(options) = &settings.options {
        config.options(options);
    }
    if let Some(password) = password {
        config.password(password);
    }
    config
}

/// A connection by what the server says about itself.
fn connected(
    about: &[Row],
    wire: Wire,
    route: CancelRoute,
    host: &Host,
) -> Result<Connected, DbError> {
    let row = about
        .first()
        .ok_or_else(|| DbError::Client("the server says nothing about itself".into()))?;
    let text = |index: usize| row.text(index).unwrap_or_default();
    let number = row
        .int(1)
        .and_then(|number| u32::try_from(number).ok())
        .unwrap_or(0);
    let full = text(0);
    // A pooler serves one connection by many processes, so it cannot name the one that answers now.
    let own_session = row.int(6) == Some(wire.gate.process());
    let backend = Backend {
        id: row.int(6).unwrap_or_default(),
        started: text(7),
    };
    let server = Server {
        target: Target {
            dialect: Dialect::Postgres,
            version: version(number),
            mariadb: false,
        },
        product: "PostgreSQL",
        version: full.split(' ').next().unwrap_or_default().to_owned(),
        place: host.place(),
        database: text(2),
        user: text(3),
        client: row.text(11),
        capabilities: Capabilities {
            transactional_ddl: true,
            read_only: row.is_true(4),
            lasting_sessions: own_session,
            session_locks: own_session,
        },
        backend: if own_session {
            backend.clone()
        } else {
            // It may be another one at every transaction, and others are in it, too.
            Backend::default()
        },
    };
    let pins = || [text(9).into(), text(10).into()];
    Ok(Connected {
        pooled: (!own_session).then(|| Pooled {
            pins: pins(),
            open: None,
        }),
        writable: !row.is_true(5),
        database_oid: row
            .int(8)
            .and_then(|oid| u32::try_from(oid).ok())
            .unwrap_or(0),
        wire,
        route,
        server,
        backend,
        check_interval: true,
        answers: None,
    })
}

/// `150018` is 15.18. Before 10 (`90624`) the first two numbers were the version that counts.
fn version(number: u32) -> (u32, u32) {
    match number {
        0..100_000 => (number / 10_000, number / 100 % 100),
        _ => (number / 10_000, number % 10_000),
    }
}
