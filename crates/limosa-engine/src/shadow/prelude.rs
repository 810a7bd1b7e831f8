//! SQL that every database of a shadow begins with: roles, extensions and whatever else the migrations take for
//! granted (`shadow-prelude`).

use limosa_core::mask::{masked, passwords, without};
use limosa_core::{Class, Diagnostic};
use limosa_db::{Locked, Session as _};
use limosa_sql::{PieceKind, Splitter, classify_with_modes};

use super::server::ShadowServer;
use crate::Problem;
use crate::interrupt::{Watch, watched};

/// Runs it.
pub(super) fn run(
    session: &mut Locked,
    server: &ShadowServer,
    texts: &[String],
    interrupted: &(dyn Fn() -> bool + Sync),
) -> Result<(), Problem> {
    let (dialect, target) = (session.dialect(), session.server().target);
    let (canceller, watch) = (session.canceller(), Watch::default());
    let stated = |sql: &str| format!("the statement: {}", masked(dialect, sql));
    watched(interrupted, &canceller, &watch, || {
        for text in texts {
            let mut splitter = Splitter::new(dialect, text.as_bytes());
            loop {
                let modes = splitter.modes();
                let Some(piece) = splitter.next() else { break };
                let piece = piece.map_err(|error| refused(&error.to_string(), None))?;
                let sql = String::from_utf8_lossy(piece.sql()).into_owned();
                match piece.kind {
                    PieceKind::Gap => {}
                    PieceKind::CopyData | PieceKind::Directive => {
                        return Err(refused("it holds what is not SQL", None));
                    }
                    PieceKind::Statement { .. } => {
                        let facts = classify_with_modes(sql.as_bytes(), &target, modes);
                        server.admit(&sql, &facts, modes).map_err(|beyond| {
                            let report = beyond.diagnostic(None, &server.described());
                            Problem::report(report.with_note(stated(&sql)))
                        })?;
                        let ran = watch.statement(interrupted, || session.run(&sql));
                        if watch.has_stopped() {
                            return Err(stopped());
                        }
                        ran.map_err(|error| {
                            let said = error.to_string();
                            let said = without(&said, &passwords(dialect, &sql));
                            refused(&said, Some(stated(&sql)))
                        })?;
                    }
                }
            }
        }
        Ok(())
    })
}

fn refused(reason: &str, statement: Option<String>) -> Problem {
    let message = format!("the prelude of the shadow failed: {reason}");
    let mut diagnostic = Diagnostic::error("shadow-prelude", Class::Usage, message);
    if let Some(statement) = statement {
        diagnostic = diagnostic.with_note(statement);
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
