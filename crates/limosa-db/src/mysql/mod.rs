//! `MySQL` and `MariaDB`: an asynchronous driver, driven from here on a runtime of the session's own.

mod connect;
mod driver;
mod failure;
mod lock;
mod refusal;
mod remains;
mod settings;
mod start;
mod temporary;
mod url;
mod value;

pub(crate) use connect::connect;
