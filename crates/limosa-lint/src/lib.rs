//! Rules over the files of migrations, and what their findings mean.
//!
//! Nothing here looks at a database, a repository or the environment: the caller reads the files
//! ([`limosa_core::layout::read`]) and, where changes since a point in time matter, the state of
//! the files at that point ([`Base`]). One rule is one file in [`mod@rules`], and one line in its
//! list.

mod explain;
mod input;
mod report;
pub mod rules;

pub use explain::{explain, names};
pub use input::{Base, BaseMigration, LintInput};
pub use report::{Allowed, LintReport, lint};
pub use rules::{Rule, rules};
