//! A schema as a page of documentation: Markdown, with diagrams in Mermaid.
//!
//! The page depends on nothing but the schema: no date, no server's address, no version of a server. So a page that is
//! kept beside the migrations can be checked against them on any machine.

mod groups;
mod markdown;
mod mermaid;
mod objects;
mod page;
pub mod phrase;
mod pictures;
pub mod relations;
mod table;

pub use page::page;
