//! The catalog of PostgreSQL: every property of every kind of object is seen, and nothing else.

mod case;
mod code;
mod constraints;
mod domains;
mod indexes;
mod others;
mod relations;
mod rights;
mod whole;
