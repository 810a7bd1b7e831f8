//! Holders of locks on `PostgreSQL`.

use std::time::Duration;

use limosa_core::Blocker;
use limosa_sql::Dialect;
use limosa_sql::facts::{Children, LockMode, Named, TableLock};

use super::{Wait, shown};
use crate::store::quote_identifier;
use crate::{Backend, DbError, Row, Session, Value};

const WAITING: &str = include_str!("postgres_waiting.sql");
const HOLDERS: &str = include_str!("postgres_holders.sql");
const RELATIONS: &str = include_str!("postgres_relations.sql");

/// What the server shows instead of a query that this user may not see.
const HIDDEN: &str = "<insufficient privilege>";

pub(super) fn of_waiting(
    session: &mut dyn Session,
    backend: &Backend,
) -> Result<Vec<Blocker>, DbError> {
    let rows = session.query(WAITING, &[Value::Text(backend.id.to_string())])?;
    Ok(rows.iter().map(blocker).collect())
}

/// A table that is there, and the lock that a statement is going to take on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Relation {
    oid: i64,
    schema: String,
    name: String,
    mode: LockMode,
    children: bool,
}

impl Relation {
    /// The tables that a statement locks, as far as they are there: in the order of their names.
    pub(super) fn all(
        session: &mut dyn Session,
        locks: &[TableLock],
    ) -> Result<Vec<Self>, DbError> {
        let mut relations: Vec<Self> = Vec::new();
        for lock in locks {
            let (schema, name) = match lock.name.as_slice() {
                [name] => (None, name),
                // The server takes the name of this database before the schema's.
                [schema, name] | [_, schema, name] => (Some(schema.as_str()), name),
                _ => continue,
            };
            let named = match lock.named {
                Named::Table => "table",
                Named::Index => "index",
                Named::Dropped => "dropped",
                Named::DefaultPartition => "default",
            };
            let parameters = [schema.into(), name.as_str().into(), named.into()];
            for row in session.query(RELATIONS, &parameters)? {
                let children = match lock.children {
                    Children::Without => false,
                    Children::Partitions => row.is_true(3),
                    Children::With => true,
                };
                let relation = Self {
                    oid: row.int(0).unwrap_or_default(),
                    schema: row.text(1).unwrap_or_default(),
                    name: row.text(2).unwrap_or_default(),
                    mode: lock.mode,
                    children: children && row.is_true(4),
                };
                match relations.iter_mut().find(|other| other.oid == relation.oid) {
                    Some(other) => {
                        other.mode = other.mode.max(relation.mode);
                        other.children |= relation.children;
                    }
                    None => relations.push(relation),
                }
            }
        }
        relations.sort_by(|one, other| (&one.schema, &one.name).cmp(&(&other.schema, &other.name)));
        Ok(relations)
    }

    /// Whether a lock on this one is as much as a lock on the other.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.oid == other.oid && self.mode >= other.mode && self.children >= other.children
    }

    /// The statement that takes the lock, and only the lock.
    pub(super) fn lock(&self, wait: Wait) -> String {
        let quoted = |name: &str| quote_identifier(Dialect::Postgres, name);
        format!(
            "LOCK TABLE {}{}.{} IN {} MODE{}",
            if self.children { "" } else { "ONLY " },
            quoted(&self.schema),
            quoted(&self.name),
            self.mode.sql(),
            match wait {
                Wait::No => " NOWAIT",
                Wait::Timeout => "",
            }
        )
    }

    /// Who holds a lock that keeps this one from being taken, those with the oldest transactions first.
    pub(super) fn holders(&self, session: &mut dyn Session) -> Result<Vec<Blocker>, DbError> {
        let conflicting = match self.mode {
            LockMode::Share => {
                "RowExclusiveLock ShareUpdateExclusiveLock ShareRowExclusiveLock ExclusiveLock AccessExclusiveLock"
            }
            LockMode::ShareRowExclusive => {
                "RowExclusiveLock ShareUpdateExclusiveLock ShareLock ShareRowExclusiveLock ExclusiveLock \
                 AccessExclusiveLock"
            }
            LockMode::AccessExclusive => {
                "AccessShareLock RowShareLock RowExclusiveLock ShareUpdateExclusiveLock ShareLock \
                 ShareRowExclusiveLock ExclusiveLock AccessExclusiveLock"
            }
        };
        let parameters = [
            Value::Text(self.oid.to_string()),
            Value::Bool(self.children),
            conflicting.into(),
        ];
        let rows = session.query(HOLDERS, &parameters)?;
        Ok(rows.iter().map(blocker).collect())
    }
}

fn blocker(row: &Row) -> Blocker {
    let pid = row.int(0).filter(|pid| *pid != 0);
    let session = match (pid, row.text(8)) {
        (Some(pid), _) => format!("pid {pid}"),
        (None, Some(gid)) => format!("prepared transaction {gid}"),
        (None, None) => "a prepared transaction (see pg_prepared_xacts)".to_owned(),
    };
    let query = row.text(6).filter(|query| !query.is_empty());
    let visible = pid.is_none() || query.as_deref().is_some_and(|query| query != HIDDEN);
    let state = row.text(4).map(|state| {
        if row.is_true(7) {
            format!("{state}, waiting for a lock itself")
        } else {
            state
        }
    });
    Blocker {
        session,
        id: pid,
        application: row.text(1),
        user: row.text(2),
        address: row.text(3),
        state,
        transaction_for: row
            .int(5)
            .and_then(|age| u64::try_from(age).ok())
            .map(Duration::from_millis),
        query: query
            .filter(|_| visible)
            .map(|query| shown(Dialect::Postgres, &query)),
        visible,
        certain: true,
    }
}
