//! Private servers: found among the programs of this machine, started in a temporary folder, ended with the value.
//!
//! - [`programs`] says which servers are installed, and where was looked for them.
//! - [`Instance`] is a server process with its folder. It ends with the value, and by a watchdog when this process
//!   is killed.
//! - [`ThrowAway`] is an instance for shadows: quick, not durable, without a network.
//! - [`remove_leftovers`] takes away what neither of them could.
//!
//! Nothing here speaks to a server: whether one answers is asked by the caller.

mod account;
mod failure;
mod instance;
mod leftovers;
mod process;
pub mod programs;
mod throw_away;
mod watchdog;

pub use account::Account;
pub use failure::{Doing, ServerError};
pub use instance::{Instance, Recipe, log_of};
pub use leftovers::remove_leftovers;
pub use rustix::process::Signal;
pub use throw_away::{PREFIX, ThrowAway};
