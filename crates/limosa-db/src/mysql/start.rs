//! What sets a session up, in as few messages as it can be: the text protocol takes several statements at once.

use mysql_async::consts::ColumnType;
use mysql_async::prelude::Queryable as _;
use mysql_async::{Row as NativeRow, Value as Native};

use super::driver::Wire;
use super::failure::failure;
use super::settings::{Inside, Remembered, VARIABLES, is_of_cluster, reading, those_of_the_server};
use super::value::row;
use crate::connect::Answers;
use crate::store::Prepared;
use crate::{DbError, Row};

/// The server's own default collation of the character set, not the driver's idea of it.
const NAMES: &str = "SET NAMES utf8mb4, autocommit = 1";
const SERVER: &str = include_str!("server.sql");
const NODE: &str = include_str!("node.sql");
const ROLE: &str = "SELECT CURRENT_ROLE()";

/// What is asked first: all that follows depends on it.
pub(super) struct About {
    /// The row of `server.sql`.
    pub server: Vec<Row>,
    /// Whether the server as such refuses writes.
    pub says_read_only: bool,
    /// The variables of [`VARIABLES`] that this server has.
    names: Vec<(&'static str, Inside)>,
    /// Whether it is a node of a Galera cluster.
    pub cluster: bool,
    /// The role, where the server has roles.
    role: Option<Vec<Row>>,
}

/// What the session was like when it began, and what else was asked with that.
pub(super) struct Begun {
    pub remembered: Remembered,
    /// Which node of a cluster it is.
    pub node: Option<String>,
    pub answers: Answers,
}

/// Sets the character set, and asks what the server is and which variables it has.
pub(super) async fn about(wire: &mut Wire) -> Result<About, DbError> {
    let names: Vec<String> = (VARIABLES.iter())
        .map(|(name, _)| format!("'{name}'"))
        .collect();
    let variables = format!(
        "SHOW SESSION VARIABLES WHERE Variable_name IN ({})",
        names.join(", ")
    );
    // Servers before roles do not know the function, and nothing behind an error is done.
    let (mut sets, error) = together(wire, &[NAMES, SERVER, &variables, ROLE]).await;
    let role = match error {
        None => sets.pop().map(rows),
        Some(DbError::Server(_)) if sets.len() == 3 => None,
        Some(error) => return Err(error),
    };
    let mut sets = sets.into_iter().skip(1).map(rows);
    let server = sets.next().unwrap_or_default();
    let variables = sets.next().unwrap_or_default();
    let read_only = server.first().and_then(|row| row.text(4));
    Ok(About {
        says_read_only: !matches!(read_only.as_deref(), None | Some("" | "0" | "OFF")),
        names: those_of_the_server(&variables),
        cluster: is_of_cluster(&variables),
        server,
        role,
    })
}

/// Reads what a reset puts back, makes our own settings, and asks the rest.
pub(super) async fn begin(
    wire: &mut Wire,
    about: &About,
    own: &[(&'static str, Native)],
    questions: &[Prepared],
) -> Result<Begun, DbError> {
    let variables = reading(&about.names);
    // They are numbers.
    let limits: Vec<String> = (own.iter())
        .map(|(name, value)| format!("@@session.{name} = {}", value.as_sql(true)))
        .collect();
    let limits = format!("SET {}", limits.join(", "));
    // From our settings on, a node of a cluster waits for the others before it answers.
    let mut statements = vec![variables.as_str(), "SELECT DATABASE()", NODE, &limits];
    let before = statements.len();
    statements.extend(questions.iter().map(|one| one.sql.as_str()));
    let (mut sets, error) = together(wire, &statements).await;
    match error {
        Some(error) if sets.len() >= before => {
            let begun = Box::pin(begin(wire, about, own, &[])).await?;
            let answers = Err(error);
            return Ok(Begun { answers, ..begun });
        }
        Some(error) => return Err(error),
        None => {}
    }
    let answers = sets.split_off(before).into_iter().map(rows).collect();
    let mut sets = sets.into_iter();
    let values = sets.next().unwrap_or_default().into_iter().next();
    let mut rest = sets.map(rows);
    let text = |rows: Option<Vec<Row>>, at| rows?.first()?.text(at);
    let database = text(rest.next(), 0);
    let node = text(rest.next(), 1).filter(|_| about.cluster);
    Ok(Begun {
        remembered: Remembered {
            variables: (about.names.iter())
                .zip(values.map(typed).unwrap_or_default())
                .map(|((name, inside), value)| (*name, *inside, value))
                .collect(),
            database,
            role: text(about.role.clone(), 0).filter(|role| role != "NONE"),
            roles: about.role.is_some(),
            cluster: about.cluster,
        },
        node,
        answers: Ok(answers),
    })
}

/// Sends statements in one message. Returns the rows of those before the first that failed.
pub(super) async fn together(
    wire: &mut Wire,
    statements: &[&str],
) -> (Vec<Vec<NativeRow>>, Option<DbError>) {
    if statements.is_empty() {
        return (Vec::new(), None);
    }
    let parts: Vec<String> = (statements.iter())
        .map(|sql| crate::store::statement::without_comments(sql))
        .collect();
    let sql = parts.join(";\n");
    let mut sets = Vec::new();
    let mut read = async || {
        let mut result = wire.conn.query_iter(&sql).await?;
        while result.columns().is_some() {
            let mut rows = Vec::new();
            while let Some(row) = result.next().await? {
                rows.push(row);
            }
            sets.push(rows);
        }
        // An error of a statement after the first waits here.
        result.next().await.map(drop)
    };
    let ended: Result<(), mysql_async::Error> = read().await;
    (sets, ended.err().map(|error| failure(error, &sql)))
}

pub(super) fn rows(set: Vec<NativeRow>) -> Vec<Row> {
    set.into_iter().map(row).collect()
}

/// The values of a row with the types that a prepared statement would give them: they are set by one later.
pub(super) fn typed(received: NativeRow) -> Vec<Native> {
    let columns = received.columns();
    let values = received.unwrap().into_iter();
    values
        .zip(columns.iter())
        .map(|(value, column)| match value {
            Native::Bytes(bytes) => of_text(bytes, column.column_type()),
            other => other,
        })
        .collect()
}

fn of_text(bytes: Vec<u8>, kind: ColumnType) -> Native {
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    let parsed = match kind {
        ColumnType::MYSQL_TYPE_TINY
        | ColumnType::MYSQL_TYPE_SHORT
        | ColumnType::MYSQL_TYPE_INT24
        | ColumnType::MYSQL_TYPE_LONG
        | ColumnType::MYSQL_TYPE_LONGLONG => match text.parse() {
            Ok(number) => Some(Native::Int(number)),
            Err(_) => text.parse().ok().map(Native::UInt),
        },
        ColumnType::MYSQL_TYPE_FLOAT | ColumnType::MYSQL_TYPE_DOUBLE => {
            text.parse().ok().map(Native::Double)
        }
        _ => None,
    };
    parsed.unwrap_or(Native::Bytes(bytes))
}
