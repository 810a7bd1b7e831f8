//! Holders of locks on `MySQL` and `MariaDB`.
//!
//! Where the server keeps no list of metadata locks (`MariaDB` does so only with the Performance Schema or the
//! plugin `METADATA_LOCK_INFO`), the oldest transactions are named as those that may be in the way.

use std::time::Duration;

use limosa_core::Blocker;
use limosa_sql::Dialect;
use limosa_sql::facts::TableLock;

use super::shown;
use crate::{Backend, DbError, Session, Value};

const STATE: &str = include_str!("mysql_state.sql");
const ROW_WAITS: &str = include_str!("mysql_row_waits.sql");
const DATA_LOCK_WAITS: &str = include_str!("mysql_data_lock_waits.sql");
const METADATA_WAITS: &str = include_str!("mysql_metadata_waits.sql");
const METADATA_LOCKS: &str = include_str!("mysql_metadata_locks.sql");
const LOCK_INFO: &str = include_str!("mysql_lock_info.sql");
const OLDEST: &str = include_str!("mysql_oldest.sql");
const SESSION: &str = include_str!("mysql_session.sql");
const TRANSACTION: &str = include_str!("mysql_transaction.sql");
const APPLICATION: &str = include_str!("mysql_application.sql");

/// How many sessions are named.
const MOST: usize = 5;

pub(super) fn of_waiting(
    session: &mut dyn Session,
    backend: &Backend,
    locks: &[TableLock],
) -> Result<Vec<Blocker>, DbError> {
    let own = Value::Int(backend.id);
    let rows = session.query(STATE, std::slice::from_ref(&own))?;
    let state = rows.first().and_then(|row| row.text(0)).unwrap_or_default();
    let sources = if session.server().target.mariadb {
        ROW_WAITS
    } else {
        DATA_LOCK_WAITS
    };
    let rows = ids(session, sources, std::slice::from_ref(&own)).unwrap_or_default();
    if !rows.is_empty() {
        return Ok(described(session, &rows, true));
    }
    if !state.contains("metadata lock") {
        return Ok(Vec::new());
    }
    let waits = ids(session, METADATA_WAITS, std::slice::from_ref(&own)).unwrap_or_default();
    if !waits.is_empty() {
        return Ok(described(session, &waits, true));
    }
    Ok(of_tables(session, backend, locks))
}

/// Who uses these tables, or may use them; never the session of that backend. Empty when nobody does any more.
pub(super) fn of_tables(
    session: &mut dyn Session,
    backend: &Backend,
    locks: &[TableLock],
) -> Vec<Blocker> {
    for source in [METADATA_LOCKS, LOCK_INFO] {
        let holders = holders(session, source, backend, locks).unwrap_or_default();
        if !holders.is_empty() {
            return described(session, &holders, true);
        }
    }
    match ids(session, OLDEST, &[Value::Int(backend.id)]) {
        Ok(oldest) => described(session, &oldest, false),
        Err(_) => vec![Blocker {
            session: "another session".to_owned(),
            certain: true,
            ..Blocker::default()
        }],
    }
}

/// Who holds metadata locks on these tables, where the server keeps a list of them.
pub(super) fn listed(
    session: &mut dyn Session,
    locks: &[TableLock],
) -> Result<Option<Vec<Blocker>>, DbError> {
    let on = session.query("SELECT @@performance_schema", &[])?;
    if !on.first().is_some_and(|row| row.is_true(0)) {
        return Ok(None);
    }
    let own = session.server().backend.clone();
    let holders = holders(session, METADATA_LOCKS, &own, locks)?;
    Ok(Some(described(session, &holders, true)))
}

/// Who holds metadata locks on tables.
fn holders(
    session: &mut dyn Session,
    source: &str,
    backend: &Backend,
    locks: &[TableLock],
) -> Result<Vec<i64>, DbError> {
    let mut all = Vec::new();
    for lock in locks {
        let (schema, name) = match lock.name.as_slice() {
            [name] => (Value::Null, name),
            [schema, name] => (schema.as_str().into(), name),
            _ => continue,
        };
        let parameters = [schema, name.as_str().into(), Value::Int(backend.id)];
        for id in ids(session, source, &parameters)? {
            if !all.contains(&id) {
                all.push(id);
            }
        }
    }
    Ok(all)
}

fn ids(session: &mut dyn Session, sql: &str, parameters: &[Value]) -> Result<Vec<i64>, DbError> {
    let rows = session.query(sql, parameters)?;
    Ok(rows.iter().filter_map(|row| row.int(0)).collect())
}

fn described(session: &mut dyn Session, ids: &[i64], certain: bool) -> Vec<Blocker> {
    let mut blockers: Vec<Blocker> = ids
        .iter()
        .take(MOST)
        .map(|id| blocker(session, *id, certain))
        .collect();
    blockers.sort_by_key(|one| std::cmp::Reverse(one.transaction_for));
    blockers
}

fn blocker(session: &mut dyn Session, id: i64, certain: bool) -> Blocker {
    let mut first = |sql: &str| {
        let rows = session.query(sql, &[Value::Int(id)]).unwrap_or_default();
        rows.into_iter().next()
    };
    let seen = first(SESSION);
    let open = first(TRANSACTION).and_then(|row| row.int(0));
    let application = first(APPLICATION).and_then(|row| row.text(0));
    let text = |at: usize| seen.as_ref().and_then(|row| row.text(at));
    let state = match (text(2).as_deref(), text(3)) {
        (Some("Sleep"), _) if open.is_some() => Some("idle in transaction".to_owned()),
        (Some("Sleep"), _) => Some("idle".to_owned()),
        (_, Some(state)) if !state.is_empty() => Some(state),
        (Some(command), _) => Some(command.to_lowercase()),
        (None, _) => None,
    };
    Blocker {
        session: format!("connection {id}"),
        id: Some(id),
        application,
        user: text(0),
        // `10.1.2.3:41822`
        address: text(1).map(|host| {
            host.rsplit_once(':')
                .map_or(host.clone(), |(host, _)| host.to_owned())
        }),
        state,
        transaction_for: open
            .and_then(|age| u64::try_from(age).ok())
            .map(Duration::from_millis),
        query: text(4).map(|query| shown(Dialect::Mysql, &query)),
        visible: seen.is_some(),
        certain,
    }
}
