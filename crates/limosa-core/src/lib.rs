//! Migrations, layouts, history, plan, journal, events, diagnostics and configuration.
//!
//! No I/O but reading the migration files that the caller points at.

pub mod blocker;
pub mod config;
pub mod diagnostic;
pub mod event;
pub mod explain;
pub mod foreign;
pub mod history;
pub mod journal;
pub mod layout;
pub mod mask;
pub mod migration;
pub mod plan;
pub mod replaces;
pub mod script;
pub mod url;
pub mod version;

pub use blocker::Blocker;
pub use diagnostic::{Class, Diagnostic, Excerpt, Label, Severity};
pub use layout::Layout;
pub use migration::{Migration, MigrationSet, full_name};
pub use plan::{Plan, PlanError, Step};
pub use replaces::{Replaces, ReplacesError};
pub use script::{
    Checksums, Digest, Script, ScriptError, ScriptOptions, ScriptReader, Segment, Source,
};
pub use url::{DatabaseUrl, UrlError};
pub use version::{SortKey, Version, VersionError};
