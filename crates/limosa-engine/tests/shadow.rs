//! Throw-away databases: fresh, copied, dropped, whatever becomes of their owner.

#[path = "shadow/support.rs"]
mod support;

#[path = "shadow/databases.rs"]
mod databases;
