//! Statements that begin or end a transaction. Only our own do: those of a file are not sent.

/// What a statement does to the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Boundary {
    Begin,
    Commit,
    Rollback,
}

impl Boundary {
    /// The boundary that one of our own statements is.
    pub(crate) fn of(sql: &str) -> Option<Self> {
        match sql {
            "BEGIN" | "START TRANSACTION" => Some(Self::Begin),
            "COMMIT" => Some(Self::Commit),
            "ROLLBACK" => Some(Self::Rollback),
            _ => sql
                .starts_with("BEGIN ISOLATION LEVEL ")
                .then_some(Self::Begin),
        }
    }
}
