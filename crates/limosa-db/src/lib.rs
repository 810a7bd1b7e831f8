//! The only crate that opens connections: sessions, three drivers, locks and stores.
//!
//! - [`connect()`] opens a [`Session`] from a [`DatabaseUrl`](limosa_core::DatabaseUrl).
//! - [`Session`] is the narrow waist for reading, [`Executor`] for writing: what a driver must be able to do.
//! - [`Locked`] is a session that holds the lock between migrators; only it can write.

pub mod ahead;
pub mod blockers;
mod boundary;
pub mod connect;
pub mod failure;
mod lease;
mod lock_wait;
pub mod locked;
mod mysql;
pub mod other_keys;
mod other_locks;
mod postgres;
pub mod probe;
mod refusal;
pub mod schema;
pub mod session;
mod sqlite;
pub mod store;
mod url;
pub mod value;
mod watched;

pub use ahead::{Answered, Expect, Outstanding, SendAhead};
pub use connect::{
    Access, Answers, ConnectError, ConnectOptions, Connector, First, connect, connect_and_ask,
};
pub use failure::{DbError, Failure};
pub use locked::{
    HeldLock, LockError, LockHolder, LockWait, Locked, Locks, OtherKey, OtherLock, Waits,
};
pub use session::{
    Backend, Canceller, Capabilities, Executor, NoticeSink, Outcome, Reading, Server, Session,
    SessionSettings,
};
pub use value::{Row, Value};
