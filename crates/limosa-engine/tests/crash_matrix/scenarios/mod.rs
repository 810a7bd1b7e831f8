//! The scenarios of each database.

pub mod mariadb;
pub mod postgres;
pub mod sqlite;
