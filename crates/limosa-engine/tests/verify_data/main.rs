//! What verify does about data: rows are made for tables, and what becomes of them is seen.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]
#![expect(clippy::print_stderr, reason = "skips and figures are printed")]

mod cases;
mod corpora;
mod culprits;
mod fill;
mod kit;
mod moves;
mod passages;
mod speed;
