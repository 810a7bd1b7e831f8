//! A person, a supervisor or a lost terminal stops `limosa`: it leaves clean, and the next run goes on.

#![expect(clippy::needless_pass_by_value, reason = "each test owns its database")]

mod evidence;
mod shop;
mod signals;
mod terminal;
