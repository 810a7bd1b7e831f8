//! Throw-away databases: fresh, copied, dropped, whatever becomes of their owner.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

#[path = "shadow/admission.rs"]
mod admission;
#[path = "shadow/support.rs"]
mod support;

#[path = "shadow/databases.rs"]
mod databases;
#[path = "shadow/killed.rs"]
mod killed;
#[path = "shadow/mariadb_copy.rs"]
mod mariadb_copy;
#[path = "shadow/shared.rs"]
mod shared;
