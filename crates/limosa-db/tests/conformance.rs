//! What every driver promises, tried on every server.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "conformance/every.rs"]
mod every;

#[path = "conformance/support.rs"]
mod support;

#[path = "conformance/values.rs"]
mod values;

#[path = "conformance/running.rs"]
mod running;

#[path = "conformance/locking.rs"]
mod locking;

#[path = "conformance/hygiene.rs"]
mod hygiene;
