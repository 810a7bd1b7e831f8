//! What was changed outside of migrations.
//!
//! The end of a run keeps the fingerprint of the schema in the journal (`kept`); [`Database::changed_outside`]
//! looks whether it is still that, and claims nothing where it cannot know. [`drift()`] plays what is applied in a
//! shadow and says what is different in the database, object by object.
//!
//! [`Database::changed_outside`]: crate::Database::changed_outside

mod compare;
mod counted;
mod found;
mod kept;
mod outside;
mod reader;
mod replayed;

pub use compare::{Asked, Drift, Replay, drift};
pub use found::{About, Counting, Found};
pub(crate) use kept::{Limits, at_the_end};
pub use outside::{Outside, Since};
