//! What only `PostgreSQL` has: connecting as libpq does, COPY, and its own kinds of errors.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "conformance/support.rs"]
mod support;

#[path = "postgres/connecting.rs"]
mod connecting;

#[path = "postgres/encryption.rs"]
mod encryption;

#[path = "postgres/working.rs"]
mod working;
