//! Stores: how a history table is read and written.
//!
//! [`Limosa`] is our own store: `limosa_history` and `limosa_journal`.

mod aside;
mod backend;
mod find;
mod limosa;
mod read;
mod script;
pub(crate) mod statement;
mod write;

pub use find::{StoreError, Tables, Writer};
pub use limosa::Limosa;
pub(crate) use limosa::revoke_others;
pub use read::Texts;
pub use statement::quote_identifier;
pub use write::{Entry, Recorded, Reverted, UnitKind, UnitStart};
