//! What is seen of a MariaDB database.

mod code;
mod reading;
mod tables;
