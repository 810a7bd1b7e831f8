//! The schemas of real databases, read from their catalogs.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod changes;
mod mysql;
mod postgres;
mod sqlite;
mod support;
