//! SQL text to tokens, tokens to statements, statements to facts, for each dialect.
//!
//! Everything here is a pure function on bytes: no I/O but the reader that the
//! caller hands in, no server, no configuration.
//!
//! - [`Splitter`] reads a stream and yields [`Piece`]s, which concatenated are the input.
//! - [`Lexer`] yields the [`Token`]s of one statement.
//! - [`classify`] says what a statement does ([`Facts`]).

pub mod dialect;
pub mod facts;
pub mod lexer;
pub mod split;

pub use dialect::{Dialect, Target};
pub use facts::{Facts, classify, classify_with_modes};
pub use lexer::{Lexer, Modes, Token, TokenKind, quote_identifier};
pub use split::{Piece, PieceKind, SplitError, SplitProblem, Splitter};
