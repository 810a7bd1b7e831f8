//! Sessions on real servers: what every driver promises, and what each one has of its own.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod conformance;
mod every;
mod mariadb;
mod postgres;
mod privileges;
mod probe_mariadb;
mod sqlite;
mod stores;
mod support;
