//! Stores: how a history table is read and written.
//!
//! [`Limosa`] is our own store: `limosa_history` and `limosa_journal`. [`Foreign`] is the store of another tool.
//! [`Stores`] are those that a run keeps: ours, another tool's, or both in the same transaction.

mod aside;
mod backend;
mod catalog;
mod db_migrate;
mod find;
mod foreign;
mod go_pg;
mod golang_migrate;
mod goose;
mod kept;
mod liamstask_goose;
mod limosa;
mod read;
mod remove;
mod script;
mod sqlx;
mod state;
pub(crate) mod statement;
mod stores;
mod take_over;
mod transaction;
mod vacancy;
mod write;

pub use catalog::Catalog;
pub use find::{StoreError, Tables, Writer};
pub use foreign::{Absent, Change, Foreign, Found, Stage};
pub use kept::{answered, questions, tables_of_tools};
pub use limosa::Limosa;
pub(crate) use limosa::revoke_others;
pub use state::{Seen, Texts};
pub use statement::{Prepared, quote_identifier};
pub use stores::Stores;
pub use take_over::Taken;
pub use vacancy::Vacancy;
pub use write::{Entry, Recorded, Reverted, UnitKind, UnitStart};
