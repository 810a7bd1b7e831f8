//! `SQLite`, bundled.

mod confined;
mod connect;
mod driver;
mod failure;
pub(crate) mod process;
mod settings;
mod url;
mod value;

pub(crate) use connect::connect;
