//! What was changed outside of migrations.
//!
//! The end of a run keeps the fingerprint of the schema in the journal ([`kept`]); [`Database::changed_outside`]
//! looks whether it is still that. It claims nothing where it cannot know.
//!
//! [`Database::changed_outside`]: crate::Database::changed_outside

mod counted;
mod kept;
mod outside;
mod reader;

pub(crate) use kept::{Limits, at_the_end};
pub use outside::{Outside, Since};
