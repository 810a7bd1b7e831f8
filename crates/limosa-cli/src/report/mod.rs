//! Texts, tables, diagnostics and JSON documents, made from what the engine returns.

mod adopt;
mod diagnostic;
mod difference;
mod drift;
mod history;
pub mod json;
mod plan;
mod schema;
mod status;

pub use adopt::{adopt_text, converted_text, unknown};
pub use diagnostic::render;
pub use difference::{difference_text, line_diff};
pub use drift::drift_text;
pub use history::history_text;
pub use plan::{Listed, Listing, Words, show_plan};
pub use schema::schema_text;
pub use status::{status_text, time};
