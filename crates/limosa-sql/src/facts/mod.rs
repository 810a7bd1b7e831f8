//! What a statement does, judged from its tokens.
//!
//! Each dialect has a table of its verbs (`DELETE`, `VACUUM`, …) and one of its objects (`TABLE`,
//! `INDEX`, …), and small readers for what follows them. This is not a parser: what it does not
//! know is `unknown`, and what it does not need it skips.

mod alter_table;
mod classify;
mod control;
mod data;
mod draft;
mod locks;
mod model;
mod mysql;
mod objects;
mod postgres;
mod reader;
mod sqlite;
#[cfg(test)]
mod tests;

pub use classify::{classify, classify_with_modes};
pub use locks::{Children, LockMode, Named, TableLock, table_locks};
pub use model::{Action, Change, Control, Facts, InTransaction, Loss};
