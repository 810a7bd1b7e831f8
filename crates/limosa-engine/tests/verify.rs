//! What `verify` finds, and what it leaves alone: each case on a shadow of its server.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

#[path = "verify/bench.rs"]
mod bench;
#[path = "verify/corpora.rs"]
mod corpora;
#[path = "verify/mysql.rs"]
mod mysql;
#[path = "verify/order.rs"]
mod order;
#[path = "verify/postgres.rs"]
mod postgres;
#[path = "verify/sqlite.rs"]
mod sqlite;
