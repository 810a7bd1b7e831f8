//! What is wrong with a tool's configuration, with its place and never with its text.

use super::{ToolFile, UrlChoice};
use crate::{Class, Diagnostic, Label};

/// Line and column, from 1.
pub(super) type Spot = (u64, u64);

/// Something in a file that cannot be understood.
pub(super) fn wrong(file: &ToolFile, spot: Spot, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("bad-tool-config", Class::Usage, message)
        .at(Label {
            file: file.shown.clone(),
            line: spot.0,
            column: spot.1,
            text: String::new(),
            excerpt: None,
        })
        .with_help(format!(
            "correct it, or leave {} out\nlimosa --no-tool-config …",
            file.shown
        ))
}

/// A URL that cannot be used, which is only told to who needs it.
pub(super) fn no_url(problem: Diagnostic) -> UrlChoice {
    UrlChoice::Wrong(Box::new(problem))
}

/// A name from a file as it may be shown: only what nobody would write as a password.
pub(super) fn shown_name(name: &str) -> String {
    let plain = name.len() <= 32
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte));
    if plain {
        format!("`{name}`")
    } else {
        "that is named".to_owned()
    }
}
