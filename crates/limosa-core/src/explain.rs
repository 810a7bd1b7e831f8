//! What the names of diagnostics of this crate mean, for `limosa explain`. Each text is a file.

macro_rules! texts {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("explain/", $name, ".md")))),*]
    };
}

/// Names and their texts in Markdown. What rules of `lint` find is explained by the rules.
pub const TEXTS: &[(&str, &str)] = texts![
    "ambiguous-layout",
    "cannot-expand",
    "cannot-split",
    "down-without-up",
    "duplicate-section",
    "layout-not-read",
    "link-leaves-folder",
    "misplaced-directive",
    "missing-file",
    "no-directory",
    "no-loader",
    "no-section",
    "no-semicolon",
    "not-a-directory",
    "not-a-file",
    "not-utf8",
    "nul-byte",
    "psql-command",
    "statement-too-large",
    "text-before-section",
    "two-titles",
    "unclosed-statement",
    "unreadable-directory",
    "unreadable-file",
    "version-too-large",
];
