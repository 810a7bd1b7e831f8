//! A stream of SQL to pieces.
//!
//! A growing window lies over the reader (`window`). A pure step on that window says what its
//! first piece is, or that the window is too short: then it is doubled, so that the whole is
//! linear. Between statements it is `gap` that reads, inside of one `statement` with the
//! tracker of the dialect, behind `COPY … FROM stdin` `copy`. What a statement changes in how
//! the next ones are read is noted by `session`.

mod copy;
mod cut;
mod gap;
mod mysql;
mod mysql_body;
mod piece;
mod postgres;
mod problem;
mod session;
mod splitter;
mod sql_mode;
mod sqlite;
mod statement;
#[cfg(test)]
mod tests;
mod window;

pub use piece::{Piece, PieceKind};
pub use problem::{SplitError, SplitProblem};
pub use splitter::Splitter;
