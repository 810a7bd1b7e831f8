//! What only MariaDB (and MySQL) has.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

#[path = "../support/mod.rs"]
mod support;

/// A lab on MariaDB, or the end of the test where there is no server.
macro_rules! lab {
    () => {
        match crate::support::Lab::on(limosa_testkit::Kind::MariaDb) {
            Some(lab) => lab,
            None => return,
        }
    };
}

mod client;
mod doubt;
mod dumps;
mod locks;
mod scripts;
mod security;
mod session;
mod units;
mod variables;
