//! Tokens of a statement, for each dialect.
//!
//! The lexer is total: every byte of its text belongs to a token, whatever the bytes are.
//! It knows nothing about statements; finding their ends is the work of [`crate::split`].

mod identifier;
mod modes;
mod mysql;
mod postgres;
mod quotes;
mod scanner;
mod sqlite;
mod stream;
#[cfg(test)]
mod tests;
mod token;

pub use identifier::{identifier, quote_identifier, unquote};
pub use modes::Modes;
pub(crate) use quotes::comment_end;
pub(crate) use scanner::{Scan, Scanner, is_blank, is_executable_comment};
pub use stream::{Lexer, significant_tokens, significant_tokens_with_modes};
pub use token::{Token, TokenKind};
