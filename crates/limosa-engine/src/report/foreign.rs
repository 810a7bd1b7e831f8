//! What is said about histories that do not agree.

use limosa_core::foreign::ForeignError;
use limosa_core::{Class, Diagnostic};

pub(super) fn diagnostic(error: &ForeignError) -> Diagnostic {
    match error {
        ForeignError::Unfinished {
            tool,
            table,
            version,
            before,
            after,
        } => {
            let diagnostic =
                Diagnostic::error("other-unfinished", Class::Undecided, error.to_string())
                    .with_note(format!(
                        "{table} says so{}, and not how far {tool} came",
                        their_word(tool)
                    ));
            let (up, down) = (version.as_deref(), after.as_deref());
            let diagnostic = match (up, down) {
                (Some(up), Some(down)) => diagnostic.with_note(format!(
                    "either {up} failed on its way up, or {down} on its way down"
                )),
                (Some(up), None) => diagnostic.with_note(format!("{up} failed on its way up")),
                (None, Some(down)) => {
                    diagnostic.with_note(format!("{down} failed on its way down"))
                }
                (None, None) => diagnostic,
            };
            let diagnostic = diagnostic.with_help(
                "look in the database what is there of it, finish it or take it back by hand, then say what you made of it:",
            );
            let diagnostic = match up {
                Some(up) => diagnostic
                    .with_help(format!("{up} is there in full\nlimosa resolve {up} --as applied"))
                    .with_help(match before {
                        Some(before) => format!(
                            "nothing of {up} is there, and {before} is the last\nlimosa resolve {up} --as not-applied"
                        ),
                        None => format!(
                            "nothing of {up} is there, nor of any other\nlimosa resolve {up} --as not-applied"
                        ),
                    }),
                None => diagnostic,
            };
            match down {
                Some(down) => diagnostic.with_help(format!(
                    "{down} is still there in full\nlimosa resolve {down} --as applied"
                )),
                None => diagnostic,
            }
        }
        ForeignError::Differs {
            tool,
            table,
            only_theirs,
            only_ours,
        } => {
            let diagnostic = Diagnostic::error("histories-differ", Class::Usage, error.to_string());
            let only = [
                (format!("{table} of {tool}"), only_theirs),
                ("limosa_history".to_owned(), only_ours),
            ];
            let only = only.iter().filter(|(_, versions)| !versions.is_empty());
            only.fold(diagnostic, |diagnostic, (table, versions)| {
                diagnostic.with_note(format!("only {table} has: {}", list(versions)))
            })
            .with_note("nothing was changed")
            .with_help(format!(
                "if {tool} is right, our history follows it\nlimosa adopt --from {tool} --keep theirs"
            ))
            .with_help(format!(
                "if limosa_history is right, {table} follows it\nlimosa adopt --from {tool} --keep ours"
            ))
        }
        ForeignError::Renamed {
            tool,
            table,
            theirs,
            here,
            ..
        } => Diagnostic::error("histories-differ", Class::Usage, error.to_string())
            .with_note(format!(
                "{table} has the name that the file had when {tool} applied it"
            ))
            .with_note("nothing was changed")
            .with_help(format!("give the file its old name again: `{theirs}`"))
            .with_help(format!(
                "or write the new one into {table}, in every database: `{here}`"
            )),
        ForeignError::File(error) => {
            Diagnostic::error("unreadable-file", Class::Usage, error.to_string())
        }
        _ => Diagnostic::error("histories-differ", Class::Usage, error.to_string()),
    }
}

/// What the tool itself calls it, for people who look for its word.
fn their_word(tool: &str) -> &'static str {
    match tool {
        "golang-migrate" => " (`dirty`)",
        "sqlx" => " (`success` is false)",
        _ => "",
    }
}

/// The versions, a few of them in full.
fn list(versions: &[String]) -> String {
    const SHOWN: usize = 8;
    match versions {
        all if all.len() <= SHOWN => all.join(", "),
        all => format!("{} and {} more", all[..SHOWN].join(", "), all.len() - SHOWN),
    }
}
