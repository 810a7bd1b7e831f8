//! The settings of a session, and how they are put back.

use std::time::Duration;

use mysql_async::Value as Native;

use crate::{Row, SessionSettings};

/// The variables that scripts change. Those that this server has are read when the session begins; those that
/// differ are put back. Character sets come before the collation that follows from them.
///
/// Some cannot be changed while a transaction is open, or would end it.
pub(super) const VARIABLES: &[(&str, Inside)] = &[
    ("character_set_client", Inside::Works),
    ("character_set_connection", Inside::Works),
    ("character_set_results", Inside::Works),
    ("character_set_collations", Inside::Works),
    ("collation_connection", Inside::Works),
    ("sql_mode", Inside::Works),
    ("foreign_key_checks", Inside::Works),
    ("unique_checks", Inside::Works),
    ("check_constraint_checks", Inside::Works),
    ("autocommit", Inside::Left),
    ("time_zone", Inside::Works),
    ("sql_safe_updates", Inside::Works),
    ("sql_big_selects", Inside::Works),
    ("sql_auto_is_null", Inside::Works),
    ("sql_notes", Inside::Works),
    ("sql_warnings", Inside::Works),
    ("sql_select_limit", Inside::Works),
    ("sql_quote_show_create", Inside::Works),
    ("sql_if_exists", Inside::Works),
    ("sql_log_bin", Inside::Left),
    ("sql_require_primary_key", Inside::Works),
    ("sql_generate_invisible_primary_key", Inside::Works),
    ("binlog_format", Inside::Left),
    ("tx_isolation", Inside::Works),
    ("transaction_isolation", Inside::Works),
    ("tx_read_only", Inside::Works),
    ("transaction_read_only", Inside::Works),
    ("completion_type", Inside::Works),
    ("lock_wait_timeout", Inside::Works),
    ("innodb_lock_wait_timeout", Inside::Works),
    ("innodb_strict_mode", Inside::Works),
    ("max_statement_time", Inside::Works),
    ("max_execution_time", Inside::Works),
    ("max_error_count", Inside::Works),
    ("max_sort_length", Inside::Works),
    ("max_recursive_iterations", Inside::Works),
    ("cte_max_recursion_depth", Inside::Works),
    ("group_concat_max_len", Inside::Works),
    ("default_storage_engine", Inside::Works),
    ("default_tmp_storage_engine", Inside::Works),
    ("explicit_defaults_for_timestamp", Inside::Works),
    ("alter_algorithm", Inside::Works),
    ("old_alter_table", Inside::Works),
    ("system_versioning_alter_history", Inside::Works),
    ("auto_increment_increment", Inside::Works),
    ("auto_increment_offset", Inside::Works),
    ("div_precision_increment", Inside::Works),
    ("default_week_format", Inside::Works),
    ("lc_time_names", Inside::Works),
    ("optimizer_switch", Inside::Works),
    ("idle_transaction_timeout", Inside::Works),
    ("wsrep_on", Inside::Left),
    ("wsrep_osu_method", Inside::Left),
    ("wsrep_sync_wait", Inside::Works),
    ("wait_timeout", Inside::Works),
    ("net_read_timeout", Inside::Works),
    ("net_write_timeout", Inside::Works),
];

/// What becomes of a change inside a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    Works,
    /// It is refused there, or ends the transaction: left alone until the transaction has ended.
    Left,
}

/// What the session was like when it began.
#[derive(Debug, Clone, Default)]
pub(super) struct Remembered {
    pub(super) variables: Vec<(&'static str, Inside, Native)>,
    pub(super) database: Option<String>,
    pub(super) role: Option<String>,
    /// Whether the server has roles.
    pub(super) roles: bool,
    /// Whether the server is a node of a Galera cluster.
    pub(super) cluster: bool,
}

/// What a session holds on a node of a cluster. What another node has committed is waited for before every statement
/// (the sum of all kinds of statements), and a transaction that does nothing for half a minute is ended: whoever began
/// it is gone or stopped, and another migrator has to wait for its end.
const OF_CLUSTER: [(&str, u64); 2] = [("wsrep_sync_wait", 15), ("idle_transaction_timeout", 30)];

/// Our own settings of a session: the limits, and what a cluster needs.
pub(super) fn own(
    settings: &SessionSettings,
    mariadb: bool,
    cluster: bool,
) -> Vec<(&'static str, Native)> {
    let mut own = timeouts(settings.lock_timeout, settings.statement_timeout, mariadb);
    let more = OF_CLUSTER.into_iter().filter(|_| cluster);
    own.extend(more.map(|(name, value)| (name, Native::UInt(value))));
    own
}

/// Whether the variables of the server are those of a node of a cluster.
pub(super) fn is_of_cluster(rows: &[Row]) -> bool {
    rows.iter().any(|row| {
        row.text(0)
            .is_some_and(|name| name.eq_ignore_ascii_case("wsrep_on"))
            && row
                .text(1)
                .is_some_and(|value| value.eq_ignore_ascii_case("on"))
    })
}

impl Remembered {
    pub(super) fn names(&self) -> Vec<(&'static str, Inside)> {
        self.variables
            .iter()
            .map(|(name, inside, _)| (*name, *inside))
            .collect()
    }
}

/// Whether two values are the same; servers differ in whether a number has a sign.
pub(super) fn are_same(one: &Native, other: &Native) -> bool {
    match (one, other) {
        (Native::Int(signed), Native::UInt(unsigned))
        | (Native::UInt(unsigned), Native::Int(signed)) => {
            u64::try_from(*signed).is_ok_and(|signed| signed == *unsigned)
        }
        _ => one == other,
    }
}

/// The variables that this server has, from the rows of `SHOW SESSION VARIABLES`.
pub(super) fn those_of_the_server(rows: &[Row]) -> Vec<(&'static str, Inside)> {
    let names: std::collections::BTreeSet<String> = rows
        .iter()
        .filter_map(|row| row.text(0))
        .map(|name| name.to_lowercase())
        .collect();
    VARIABLES
        .iter()
        .copied()
        .filter(|(name, _)| names.contains(*name))
        .collect()
}

/// The statement that reads these variables.
pub(super) fn reading(names: &[(&'static str, Inside)]) -> String {
    let columns: Vec<String> = names
        .iter()
        .map(|(name, _)| format!("@@session.{name}"))
        .collect();
    format!("SELECT {}", columns.join(", "))
}

/// The statement that sets these variables by parameters.
pub(super) fn setting(names: &[&str]) -> String {
    let parts: Vec<String> = names
        .iter()
        .map(|name| format!("@@session.{name} = ?"))
        .collect();
    format!("SET {}", parts.join(", "))
}

/// The limits as this server has them: whole seconds for locks, at least one; for statements seconds with a
/// fraction on `MariaDB`, milliseconds (and only for SELECT) on `MySQL`.
pub(super) fn timeouts(
    lock: Option<Duration>,
    statement: Option<Duration>,
    mariadb: bool,
) -> Vec<(&'static str, Native)> {
    const A_YEAR: u64 = 31_536_000;
    let seconds = lock.map_or(A_YEAR, |limit| {
        let whole = limit.as_secs() + u64::from(limit.subsec_nanos() > 0);
        whole.clamp(1, A_YEAR)
    });
    let statement = if mariadb {
        let limit = statement.map_or(0.0, |limit| {
            limit
                .clamp(Duration::from_millis(1), Duration::from_secs(A_YEAR))
                .as_secs_f64()
        });
        ("max_statement_time", Native::Double(limit))
    } else {
        let limit = statement.map_or(0, |limit| limit.as_millis().clamp(1, u128::from(u32::MAX)));
        (
            "max_execution_time",
            Native::UInt(u64::try_from(limit).unwrap_or(0)),
        )
    };
    vec![
        ("lock_wait_timeout", Native::UInt(seconds)),
        ("innodb_lock_wait_timeout", Native::UInt(seconds)),
        statement,
    ]
}

/// An identifier in backticks, which mean the same in every `sql_mode`.
pub(super) fn quoted(name: &str) -> String {
    limosa_sql::quote_identifier(limosa_sql::Dialect::Mysql, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_below_a_second_is_a_second_for_locks() {
        let set = timeouts(
            Some(Duration::from_millis(200)),
            Some(Duration::from_millis(200)),
            true,
        );
        assert_eq!(set[0].1, Native::UInt(1));
        assert_eq!(set[2], ("max_statement_time", Native::Double(0.2)));
        let set = timeouts(Some(Duration::from_millis(2500)), None, false);
        assert_eq!(set[0].1, Native::UInt(3));
        assert_eq!(set[2], ("max_execution_time", Native::UInt(0)));
    }
}
