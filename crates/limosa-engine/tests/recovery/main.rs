//! After a fault the next run continues: statements that run alone are decided by what is to be seen of them.

#![expect(clippy::needless_pass_by_value, reason = "each test owns its database")]

#[path = "../support/mod.rs"]
mod support;

/// A lab on PostgreSQL, or the end of the test where there is no server.
macro_rules! lab {
    () => {
        match crate::support::Lab::on(limosa_testkit::Kind::Postgres) {
            Some(lab) => lab,
            None => return,
        }
    };
}

mod changed;
mod crash;
mod faults;
mod postgres_index;
mod postgres_other;
