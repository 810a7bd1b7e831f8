//! The settings that Limosa holds on a session.

use std::time::Duration;

use crate::{SessionSettings, Value};

pub(super) const SETTINGS: &str = include_str!("settings.sql");
/// The same at the start of a session.
pub(super) const START_SETTINGS: &str = concat!(
    include_str!("settings.sql"),
    include_str!("start_settings.sql")
);
pub(super) const TIMEOUTS: &str = include_str!("timeouts.sql");
pub(super) const RESET_SETTINGS: &str = include_str!("reset_settings.sql");
pub(super) const RESET_SESSION: &str = include_str!("reset_session.sql");

/// For how long a setting holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Until the session ends.
    Session,
    /// Until the transaction ends: the session is not ours.
    Transaction,
}

/// A transaction behind a pooler that does nothing for this long is ended by the server: whoever began it is gone or
/// stopped, and another migrator has to wait for its end.
const IDLE: Duration = Duration::from_secs(30);

impl Scope {
    pub(super) fn is_local(self) -> Value {
        Value::Bool(self == Self::Transaction)
    }

    /// How long a transaction may do nothing.
    fn idle(self) -> Value {
        milliseconds((self == Self::Transaction).then_some(IDLE))
    }
}

/// The parameters of [`SETTINGS`].
pub(super) fn parameters(
    settings: &SessionSettings,
    check_interval: bool,
    scope: Scope,
) -> [Value; 5] {
    [
        milliseconds(settings.lock_timeout),
        milliseconds(settings.statement_timeout),
        Value::Bool(check_interval),
        scope.is_local(),
        scope.idle(),
    ]
}

/// A limit as the server reads it: milliseconds, 0 for none. A limit below a millisecond is one, not none.
pub(super) fn milliseconds(limit: Option<Duration>) -> Value {
    // The server's largest value is that of a 32-bit integer.
    let number = limit.map_or(0, |limit| limit.as_millis().clamp(1, i32::MAX as u128));
    Value::Text(number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tiny_limit_is_not_no_limit() {
        assert_eq!(milliseconds(None), Value::from("0"));
        assert_eq!(
            milliseconds(Some(Duration::from_nanos(1))),
            Value::from("1")
        );
        assert_eq!(
            milliseconds(Some(Duration::from_secs(2))),
            Value::from("2000")
        );
        assert_eq!(milliseconds(Some(Duration::MAX)), Value::from("2147483647"));
    }
}
