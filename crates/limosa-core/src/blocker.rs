//! Who keeps a statement from going on, as far as the server tells.

use std::fmt;
use std::time::Duration;

/// A session, or a prepared transaction, that holds a lock which a statement waits for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blocker {
    /// What people call it: `pid 8812`, `connection 17`, `prepared transaction order-5`.
    pub session: String,
    /// Process or connection id on the server; none for a prepared transaction.
    pub id: Option<i64>,
    /// The application, by its own name.
    pub application: Option<String>,
    /// The user.
    pub user: Option<String>,
    /// Where it is connected from.
    pub address: Option<String>,
    /// What it does now: `active`, `idle in transaction`.
    pub state: Option<String>,
    /// For how long its transaction has been running.
    pub transaction_for: Option<Duration>,
    /// Its statement, or its last one, cut and without passwords.
    pub query: Option<String>,
    /// Whether the server shows this user what that session does.
    pub visible: bool,
    /// Whether the server says that it is in the way; otherwise it is only the oldest that may be.
    pub certain: bool,
}

impl fmt::Display for Blocker {
    /// `pid 8812 (psql, user ada, from 10.1.2.3), idle in transaction, 3min 20s old: SELECT …`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.certain {
            f.write_str("perhaps ")?;
        }
        f.write_str(&self.session)?;
        let who = [
            self.application.clone(),
            self.user.as_ref().map(|user| format!("user {user}")),
            self.address.as_ref().map(|from| format!("from {from}")),
        ];
        let who: Vec<String> = who.into_iter().flatten().collect();
        if !who.is_empty() {
            write!(f, " ({})", who.join(", "))?;
        }
        if let Some(state) = &self.state {
            write!(f, ", {state}")?;
        }
        if let Some(age) = self.transaction_for {
            write!(f, ", transaction open for {}", words(age))?;
        }
        match &self.query {
            Some(query) => write!(f, ": {query}"),
            None if self.visible => Ok(()),
            None => f.write_str(", what it does is not visible to this user"),
        }
    }
}

/// `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`.
fn words(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blocker_is_described_with_what_is_known() {
        let blocker = Blocker {
            session: "pid 8812".into(),
            id: Some(8812),
            application: Some("psql".into()),
            user: Some("ada".into()),
            address: Some("10.1.2.3".into()),
            state: Some("idle in transaction".into()),
            transaction_for: Some(Duration::from_secs(200)),
            query: Some("SELECT 1".into()),
            visible: true,
            certain: true,
        };
        assert_eq!(
            blocker.to_string(),
            "pid 8812 (psql, user ada, from 10.1.2.3), idle in transaction, transaction open for 3 min 20 s: SELECT 1"
        );
        let hidden = Blocker {
            session: "connection 17".into(),
            ..Blocker::default()
        };
        assert_eq!(
            hidden.to_string(),
            "perhaps connection 17, what it does is not visible to this user"
        );
    }
}
