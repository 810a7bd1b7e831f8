//! Rows for the tables of a schema: such as the application could have written, and such as nobody thinks of.
//!
//! [`Filling::of`] puts the tables in an order in which they can be filled, [`Table::rows`] makes rows for one, and
//! [`Table::insert`] writes them as SQL. A row satisfies what can be known of the constraints: keys refer to rows of
//! other tables, checks are read (`check`) and solved (`evaluate`), unique values are different. What cannot be known
//! from the schema (a trigger, a function in a check) the server says; another [`Attempt`] then has other values.
//!
//! Nothing is random: the same schema gives the same rows.

pub(crate) mod check;
mod column_type;
pub(crate) mod evaluate;
mod explain;
mod hints;
mod insert;
mod literal;
mod make;
mod order;
mod parse;
mod partition;
mod pattern;
mod pool;
mod refer;
mod samples;
mod standing;
mod table;
mod text;
mod variables;

#[cfg(test)]
mod tests;

pub use make::{Attempt, Cell, Made, Row, Shape};
pub use order::Filling;
pub use standing::Standing;
pub use table::{ForeignKey, Table};
