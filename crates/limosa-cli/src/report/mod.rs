//! Texts, tables, diagnostics and JSON documents, made from what the engine returns.

mod diagnostic;
pub mod json;
mod plan;
mod status;

pub use diagnostic::render;
pub use plan::{Listed, list, plan_text};
pub use status::{status_text, time};
