//! What a person asks for.

use super::Transactions;
use crate::Version;

/// What is to be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// Apply what is pending, up to and with a version, or a number of migrations.
    Up {
        /// The last version to apply.
        to: Option<Version>,
        /// How many at most.
        limit: Option<usize>,
    },
    /// Undo the last applied ones, by order of application.
    Down {
        /// How many; all when `None`.
        limit: Option<usize>,
        /// Undo everything applied after this version instead; the version itself stays.
        to: Option<Version>,
    },
    /// Apply up to a version, or undo everything above it. `None` is below every version.
    Goto(Option<Version>),
    /// Undo the last applied migration and apply it again.
    Redo,
    /// Record everything up to and with a version as applied without running it.
    Baseline(Version),
}

/// What happens with a pending migration below the highest applied one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// It is an error.
    #[default]
    Strict,
    /// It is applied, in the order of versions.
    OutOfOrder,
}

/// How to plan.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// About pending migrations below the highest applied one.
    pub order: Order,
    /// The release of the application that runs this, where it is known.
    pub release: Option<String>,
    /// How migrations are put into transactions.
    pub transactions: Transactions,
}
