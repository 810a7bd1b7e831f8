//! Proves in a shadow that what goes up comes down again: the schema, and the rows in it.
//!
//! [`verify`] takes the migrations in their order. For each of them a trial is made of the state before it: up, down,
//! compare; up again, compare; and all of it once more over rows that were made for the purpose. Then it is applied
//! for good, and the next one is tried. A trial is a transaction that is rolled back, where all of its statements may
//! run in one, and a copy of the database where not. At the end the whole chain is walked down and up again.

pub mod cases;
mod chain;
pub mod content;
mod finding;
mod over_rows;
mod play;
mod replay;
mod round_trip;
pub mod rows;
mod subject;
mod touched;
mod trial;
mod walk;

pub use finding::{Finding, Strictness};
pub use replay::{replay, replay_script};
pub use subject::Which;
pub use walk::{Progress, Report, Request, verify};
