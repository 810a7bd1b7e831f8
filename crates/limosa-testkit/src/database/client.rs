//! A session through the plain drivers, independent of Limosa.

use std::fmt;
use std::path::Path;
use std::thread;
use std::time::Duration;

use mysql::prelude::Queryable;
use rusqlite::fallible_iterator::FallibleIterator;

use super::{Access, Kind};

/// A server that does not answer a connection attempt in this time is not there.
const CONNECT: Duration = Duration::from_secs(10);

/// What the server said, with its code where it has one.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// The message of the server or the driver.
    pub message: String,
    /// SQLSTATE for PostgreSQL, the number of the error for MariaDB, empty otherwise.
    pub code: String,
}

/// An open session.
pub struct Client {
    // Absent only while the value is dropped.
    session: Option<Session>,
}

enum Session {
    Postgres(Box<postgres::Client>),
    MariaDb(Box<mysql::Conn>),
    Sqlite(Box<rusqlite::Connection>),
}

impl Client {
    pub(crate) fn open(access: &Access, database: &str) -> Result<Self, QueryError> {
        outside_of_runtimes(|| match access.kind {
            Kind::Postgres => {
                let client = postgres::Config::new()
                    .host_path(access.socket())
                    .port(access.port)
                    .user(access.superuser())
                    .dbname(database)
                    .connect_timeout(CONNECT)
                    .connect(postgres::NoTls)
                    .map_err(|error| of_postgres(&error))?;
                Ok(Self {
                    session: Some(Session::Postgres(Box::new(client))),
                })
            }
            _ => {
                let socket = access.socket().join("sql.sock");
                let options = mysql::OptsBuilder::new()
                    .socket(Some(socket.to_string_lossy()))
                    .user(Some(access.superuser()))
                    .pass(Some(&access.password))
                    .db_name(Some(database))
                    .init(
                        Some(access.first)
                            .filter(|sql| !sql.is_empty())
                            .into_iter()
                            .collect(),
                    )
                    .tcp_connect_timeout(Some(CONNECT));
                let conn = mysql::Conn::new(options).map_err(|error| of_mysql(&error))?;
                Ok(Self {
                    session: Some(Session::MariaDb(Box::new(conn))),
                })
            }
        })
    }

    pub(super) fn open_file(path: &Path) -> Result<Self, QueryError> {
        let connection = rusqlite::Connection::open(path).map_err(|error| of_sqlite(&error))?;
        connection
            .busy_timeout(CONNECT)
            .map_err(|error| of_sqlite(&error))?;
        Ok(Self {
            session: Some(Session::Sqlite(Box::new(connection))),
        })
    }

    /// The rows of all results, as text, `NULL` for a null.
    ///
    /// # Errors
    /// With the server's words.
    pub fn try_query(&mut self, sql: &str) -> Result<Vec<Vec<String>>, QueryError> {
        match &mut self.session {
            Some(Session::Postgres(client)) => outside_of_runtimes(|| query_postgres(client, sql)),
            Some(Session::MariaDb(conn)) => query_mysql(conn, sql),
            Some(Session::Sqlite(connection)) => query_sqlite(connection, sql),
            None => Ok(Vec::new()),
        }
    }

    /// The rows of all results, as text, `NULL` for a null.
    ///
    /// # Panics
    /// When the server refuses.
    #[track_caller]
    pub fn query(&mut self, sql: &str) -> Vec<Vec<String>> {
        must(sql, self.try_query(sql))
    }

    /// Runs one or more statements.
    ///
    /// # Panics
    /// When the server refuses.
    #[track_caller]
    pub fn execute(&mut self, sql: &str) {
        must(sql, self.try_query(sql));
    }

    /// The first value of the first row.
    ///
    /// # Panics
    /// When the server refuses or there is no row.
    #[track_caller]
    pub fn value(&mut self, sql: &str) -> String {
        let first = self
            .query(sql)
            .into_iter()
            .next()
            .and_then(|row| row.into_iter().next());
        first.unwrap_or_else(|| panic!("no row from: {sql}"))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if let Some(session @ Session::Postgres(_)) = self.session.take() {
            outside_of_runtimes(|| drop(session));
        }
    }
}

/// Runs `work` on a thread of its own: the PostgreSQL driver has an asynchronous runtime inside,
/// which refuses to run in a test that has one as well.
fn outside_of_runtimes<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| match scope.spawn(work).join() {
        Ok(value) => value,
        Err(panic) => std::panic::resume_unwind(panic),
    })
}

fn query_postgres(
    client: &mut postgres::Client,
    sql: &str,
) -> Result<Vec<Vec<String>>, QueryError> {
    let messages = client
        .simple_query(sql)
        .map_err(|error| of_postgres(&error))?;
    let mut rows = Vec::new();
    for message in messages {
        if let postgres::SimpleQueryMessage::Row(row) = message {
            rows.push(
                (0..row.len())
                    .map(|i| row.get(i).unwrap_or("NULL").to_owned())
                    .collect(),
            );
        }
    }
    Ok(rows)
}

fn query_mysql(conn: &mut mysql::Conn, sql: &str) -> Result<Vec<Vec<String>>, QueryError> {
    let mut results = conn.query_iter(sql).map_err(|error| of_mysql(&error))?;
    let mut rows = Vec::new();
    while let Some(result) = results.iter() {
        for row in result {
            let values = row.map_err(|error| of_mysql(&error))?.unwrap();
            rows.push(values.into_iter().map(mysql_text).collect());
        }
    }
    Ok(rows)
}

fn mysql_text(value: mysql::Value) -> String {
    match value {
        mysql::Value::NULL => "NULL".to_owned(),
        mysql::Value::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        other => other.as_sql(true),
    }
}

fn query_sqlite(
    connection: &rusqlite::Connection,
    sql: &str,
) -> Result<Vec<Vec<String>>, QueryError> {
    let mut rows = Vec::new();
    let mut batch = rusqlite::Batch::new(connection, sql);
    while let Some(mut statement) =
        FallibleIterator::next(&mut batch).map_err(|error| of_sqlite(&error))?
    {
        let columns = statement.column_count();
        let mut found = statement.raw_query();
        while let Some(row) = found.next().map_err(|error| of_sqlite(&error))? {
            let text = |i| {
                row.get_ref(i)
                    .map(sqlite_text)
                    .map_err(|error| of_sqlite(&error))
            };
            rows.push((0..columns).map(text).collect::<Result<_, _>>()?);
        }
    }
    Ok(rows)
}

fn sqlite_text(value: rusqlite::types::ValueRef<'_>) -> String {
    use rusqlite::types::ValueRef;
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
    }
}

fn of_postgres(error: &postgres::Error) -> QueryError {
    let code = error
        .code()
        .map(|code| code.code().to_owned())
        .unwrap_or_default();
    let message = match error.as_db_error() {
        Some(answer) => answer.to_string(),
        None => crate::skip::chain(error),
    };
    QueryError { message, code }
}

fn of_mysql(error: &mysql::Error) -> QueryError {
    let code = match error {
        mysql::Error::MySqlError(answer) => answer.code.to_string(),
        _ => String::new(),
    };
    QueryError {
        message: error.to_string(),
        code,
    }
}

fn of_sqlite(error: &rusqlite::Error) -> QueryError {
    QueryError {
        message: error.to_string(),
        code: String::new(),
    }
}

#[track_caller]
pub(crate) fn must<T>(what: &str, result: Result<T, QueryError>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{error} [{}]\nin: {what}", error.code),
    }
}
