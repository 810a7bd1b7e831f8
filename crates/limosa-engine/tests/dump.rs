//! A dump makes the same schema again, and the statements of a repair turn one schema into another.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

#[path = "dump/corpora.rs"]
mod corpora;
#[path = "dump/database.rs"]
mod database;
#[path = "dump/repairs.rs"]
mod repairs;
#[path = "dump/rich.rs"]
mod rich;
mod support;
