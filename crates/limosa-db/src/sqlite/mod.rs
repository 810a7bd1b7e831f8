//! `SQLite`, bundled.

mod connect;
mod driver;
mod failure;
mod settings;
mod url;
mod value;

pub(crate) use connect::connect;
