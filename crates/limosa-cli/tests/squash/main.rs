//! `limosa squash` on real servers: what it writes, and what databases of every age make of it.

mod corpora;
mod databases;
mod files;
mod from_database;
mod history;
mod place;
mod tools;
