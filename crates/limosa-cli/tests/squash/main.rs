//! `limosa squash` on real servers: what it writes, and what databases of every age make of it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]
#![expect(
    clippy::print_stdout,
    reason = "what is tried at the moment is said where it fails"
)]

mod corpora;
mod databases;
mod files;
mod from_database;
mod history;
mod other_servers;
mod place;
mod tools;
