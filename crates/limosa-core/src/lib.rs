//! Migrations, layouts, history, plan, journal, events, diagnostics and configuration.
//!
//! No I/O but reading the migration files that the caller points at.

pub mod url;

pub use url::{DatabaseUrl, UrlError};
