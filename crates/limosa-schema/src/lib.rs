//! The schema of a database as a value: what is in it, its fingerprint, the difference of two, its documentation.
//!
//! No I/O: `limosa-db` reads a [`Schema`] from the catalog of a server. An [`Object`] is the same for every kind and
//! dialect: a [`Key`], and properties by name. So nothing here knows more of a table than its name for it, and what a
//! dialect has in addition is one more property.

pub mod describe;
pub mod diff;
pub mod docs;
pub mod fingerprint;
pub mod kind;
pub mod object;
pub mod rows;
pub mod schema;
pub mod write;

pub use describe::{Sides, describe};
pub use diff::{Change, Difference, PropertyChange, diff};
pub use fingerprint::Fingerprint;
pub use kind::Kind;
pub use object::{Key, Object};
pub use schema::Schema;
