//! A statement of which nobody recorded how it ended.

use serde::Serialize;

/// A statement of which nobody recorded how it ended: the next run decides it first.
#[derive(Debug, Serialize)]
pub struct InDoubt {
    statement: i64,
    begun_at: String,
}

impl From<&limosa_core::history::InDoubt> for InDoubt {
    fn from(doubt: &limosa_core::history::InDoubt) -> Self {
        Self {
            statement: doubt.statement,
            begun_at: doubt.at.clone(),
        }
    }
}
