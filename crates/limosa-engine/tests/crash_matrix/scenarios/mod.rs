//! The scenarios of each database.

pub mod mariadb;
pub mod mirror;
pub mod postgres;
pub mod sqlite;
