//! From a URL to a session.

use std::path::Path;
use std::time::Duration;

use limosa_core::DatabaseUrl;
use limosa_sql::{Dialect, Target};
use rusqlite::{Connection, OpenFlags, ffi};

use super::driver::{Limits, MEMORY, SqliteSession};
use super::failure::failure;
use super::process;
use super::url::{FileUrl, Mode, Place};
use crate::{
    Access, Backend, Capabilities, ConnectError, ConnectOptions, Connector, DbError, Server,
    Session,
};

/// Opens a session.
///
/// A file that is not there is created for [`Access::Write`]. For [`Access::Read`] nothing is created: the
/// session then is an empty read-only database in memory that goes by the name of the file, since that is what
/// a reader would find.
pub(crate) fn connect(
    url: &DatabaseUrl,
    options: &ConnectOptions,
) -> Result<Box<dyn Session>, ConnectError> {
    let file = FileUrl::read(url, &options.directory)
        .map_err(|error| ConnectError::of_url(url, &error))?;
    let place = match &file.place {
        Place::Memory => MEMORY.to_owned(),
        Place::File(path) => path.display().to_string(),
    };
    let refuse = |refusal: Refusal| ConnectError {
        place: place.clone(),
        reason: refusal.reason,
        hint: refusal.hint.map(str::to_owned),
        cause: refusal.cause,
        passing: refusal.passing,
    };
    let connection = match &file.place {
        Place::Memory => Connection::open_in_memory().map_err(|error| refuse(of_open(error))),
        Place::File(path) => open(path, &file, options).map_err(refuse),
    }?;
    let read_only = match &file.place {
        Place::Memory => false,
        Place::File(path) => {
            file.mode == Mode::ReadOnly || file.immutable || is_write_protected(path)
        }
    };
    let server = server(place.clone(), read_only);
    let session = SqliteSession::new(
        connection,
        server,
        options.settings.clone(),
        Connector::new(url, options),
        if options.is_confined {
            Limits::Confined
        } else {
            Limits::None
        },
    );
    session
        .map(|session| Box::new(session) as Box<dyn Session>)
        .map_err(|error| {
            refuse(Refusal {
                reason: "the settings of the session were refused".into(),
                hint: Some("`session-init` in the configuration is sent to every session"),
                cause: Some(error),
                passing: false,
            })
        })
}

struct Refusal {
    reason: String,
    hint: Option<&'static str>,
    cause: Option<DbError>,
    passing: bool,
}

fn open(path: &Path, file: &FileUrl, options: &ConnectOptions) -> Result<Connection, Refusal> {
    let missing = !path.exists();
    if missing && options.access == Access::Read && file.mode == Mode::Create {
        return empty().map_err(of_open);
    }
    if missing && file.mode != Mode::Create {
        return Err(Refusal {
            reason: "there is no such file".into(),
            hint: Some("the URL's `mode` forbids creating it; `mode=rwc` creates it"),
            cause: None,
            passing: false,
        });
    }
    if let Some(folder) = path.parent()
        && missing
        && !folder.as_os_str().is_empty()
        && !folder.is_dir()
    {
        return Err(Refusal {
            reason: format!("the folder {} is not there", folder.display()),
            hint: Some("a database file is created, the folder that it is in is not"),
            cause: None,
            passing: false,
        });
    }
    if path.is_dir() {
        return Err(Refusal {
            reason: "it is a folder, not a file".into(),
            hint: None,
            cause: None,
            passing: false,
        });
    }
    let read_only = file.mode == Mode::ReadOnly || options.access == Access::Read || file.immutable;
    let flags = match (read_only, file.mode) {
        (true, _) => OpenFlags::SQLITE_OPEN_READ_ONLY,
        (false, Mode::Create) => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        (false, _) => OpenFlags::SQLITE_OPEN_READ_WRITE,
    };
    match try_open(path, flags, file.immutable, options) {
        // After a crash somebody has to roll back what was half written, and a reader that may not write
        // cannot; unless the URL itself forbids it, the file is opened as every other program would.
        Err(error) if needs_writing(&error) && file.mode != Mode::ReadOnly && !file.immutable => {
            try_open(path, OpenFlags::SQLITE_OPEN_READ_WRITE, false, options).and_then(
                |connection| {
                    connection.pragma_update(None, "query_only", true)?;
                    Ok(connection)
                },
            )
        }
        result => result,
    }
    .map_err(of_open)
}

fn try_open(
    path: &Path,
    flags: OpenFlags,
    immutable: bool,
    options: &ConnectOptions,
) -> rusqlite::Result<Connection> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = if immutable {
        let uri = format!("file:{}?immutable=1", uri_path(path));
        Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?
    } else {
        Connection::open_with_flags(path, flags)?
    };
    // Opening reads nothing; the first look tells whether it is a database at all.
    connection.busy_timeout(options.timeout.max(Duration::from_millis(1)))?;
    connection.query_row("SELECT count(*) FROM main.sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}

/// Whether this user cannot write to the file; asked of the system, since a reading session is read-only anyway.
fn is_write_protected(path: &Path) -> bool {
    path.exists() && std::fs::OpenOptions::new().append(true).open(path).is_err()
}

/// A path inside a `file:` URI.
fn uri_path(path: &Path) -> String {
    path.display()
        .to_string()
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23")
}

/// An empty database that nobody can write to.
fn empty() -> rusqlite::Result<Connection> {
    let connection = Connection::open_in_memory()?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn extended(error: &rusqlite::Error) -> i32 {
    error.sqlite_error().map_or(0, |error| error.extended_code)
}

fn needs_writing(error: &rusqlite::Error) -> bool {
    matches!(
        extended(error),
        ffi::SQLITE_READONLY_ROLLBACK
            | ffi::SQLITE_READONLY_RECOVERY
            | ffi::SQLITE_READONLY_CANTINIT
            | ffi::SQLITE_CANTOPEN
    )
}

fn of_open(error: rusqlite::Error) -> Refusal {
    let code = extended(&error);
    let (reason, hint, passing) = match code & 0xff {
        ffi::SQLITE_NOTADB => ("the file is not an SQLite database", None, false),
        ffi::SQLITE_CANTOPEN | ffi::SQLITE_PERM => (
            "the file cannot be opened",
            Some("may this user read and write the file and its folder?"),
            false,
        ),
        ffi::SQLITE_BUSY => (
            "another process holds the file exclusively",
            Some("end that process, or wait for it with `--wait`"),
            true,
        ),
        ffi::SQLITE_READONLY => (
            "the file must be written to before it can be read, and this user may not",
            Some(
                "an earlier process ended in the middle of a transaction; open the file once with write access",
            ),
            false,
        ),
        _ => ("the database cannot be opened", None, false),
    };
    Refusal {
        reason: reason.to_owned(),
        hint,
        cause: Some(failure(error, "")),
        passing,
    }
}

fn server(place: String, read_only: bool) -> Server {
    let number = u32::try_from(rusqlite::version_number()).unwrap_or_default();
    Server {
        target: Target {
            dialect: Dialect::Sqlite,
            version: (number / 1_000_000, number / 1000 % 1000),
            mariadb: false,
        },
        product: "SQLite",
        version: rusqlite::version().to_owned(),
        database: place.clone(),
        place,
        user: String::new(),
        client: None,
        capabilities: Capabilities {
            transactional_ddl: true,
            read_only,
            lasting_sessions: true,
            session_locks: true,
        },
        backend: Backend {
            id: i64::from(std::process::id()),
            started: process::started(i64::from(std::process::id())),
        },
    }
}
