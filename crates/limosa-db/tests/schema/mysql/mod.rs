//! What is seen of a MariaDB database.

mod code;
mod reading;
mod tables;
mod writing;

/// Something of everything. `{db}` is the name of the database.
const RICH: &str = include_str!("rich.sql");
