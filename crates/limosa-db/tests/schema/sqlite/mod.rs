//! What is seen of a SQLite database.

mod changes;
mod same;
mod writing;
