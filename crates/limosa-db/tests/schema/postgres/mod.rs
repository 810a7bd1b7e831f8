//! The catalog of PostgreSQL: every property of every kind of object is seen, and nothing else.

mod case;
mod code;
mod constraints;
mod indexes;
mod relations;
mod types;
mod whole;
