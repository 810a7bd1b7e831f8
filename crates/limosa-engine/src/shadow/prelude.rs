//! SQL that every database of a shadow begins with: roles, extensions and whatever else the migrations take for
//! granted (`shadow-prelude`).

use limosa_core::mask::masked;
use limosa_core::{Class, Diagnostic};
use limosa_db::{Locked, Session as _};
use limosa_sql::{PieceKind, Splitter};

use crate::Problem;
use crate::interrupt::{Watch, watched};

/// Runs it.
pub(super) fn run(
    session: &mut Locked,
    texts: &[String],
    interrupted: &(dyn Fn() -> bool + Sync),
) -> Result<(), Problem> {
    let dialect = session.dialect();
    let (canceller, watch) = (session.canceller(), Watch::default());
    watched(interrupted, &canceller, &watch, || {
        for text in texts {
            let mut splitter = Splitter::new(dialect, text.as_bytes());
            while let Some(piece) = splitter.next() {
                let piece = piece.map_err(|error| refused(error.to_string(), None))?;
                let sql = String::from_utf8_lossy(piece.sql()).into_owned();
                match piece.kind {
                    PieceKind::Gap => {}
                    PieceKind::CopyData | PieceKind::Directive => {
                        return Err(refused("it holds what is not SQL".to_owned(), None));
                    }
                    PieceKind::Statement { .. } => {
                        let ran = watch.statement(interrupted, || session.run(&sql));
                        if watch.has_stopped() {
                            return Err(stopped());
                        }
                        let shown = || masked(dialect, &sql).into_owned();
                        ran.map_err(|error| refused(error.to_string(), Some(shown())))?;
                    }
                }
            }
        }
        Ok(())
    })
}

fn refused(reason: String, statement: Option<String>) -> Problem {
    let message = format!("the prelude of the shadow failed: {reason}");
    let mut diagnostic = Diagnostic::error("shadow-prelude", Class::Usage, message);
    if let Some(statement) = statement {
        diagnostic = diagnostic.with_note(format!("the statement: {statement}"));
    }
    Problem::report(diagnostic.with_help("correct `shadow-prelude` in limosa.toml"))
}

fn stopped() -> Problem {
    let message = "interrupted while a shadow was made";
    Problem::report(Diagnostic::error(
        "interrupted",
        Class::Interrupted,
        message,
    ))
}
