//! What only MariaDB (and MySQL) has.

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

mod units;
