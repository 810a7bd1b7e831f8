//! Plays scripts in a shadow: what `up` and `down` would send, without a lock, a history or a journal.

use std::collections::BTreeSet;

use limosa_core::plan::{Part, Unit, UnitMode, outline, statements};
use limosa_core::script::Environment;
use limosa_core::{Class, Diagnostic, Layout, Script, ScriptReader};
use limosa_db::{DbError, Locked};
use limosa_sql::{Dialect, Target};

use crate::Problem;
use crate::apply::{Place, discreet, said_by_server};
use crate::interrupt::{Watch, watched};

/// A script and what is known of it before it is played.
pub(super) struct Ready<'m> {
    pub script: &'m Script,
    pub units: Vec<Unit>,
    /// Whether all of it can run in a transaction that somebody else has begun.
    pub can_be_enclosed: bool,
    /// How many statements it sends.
    pub statements: u64,
}

/// Whose transactions a script runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// Its own, as on a real database.
    Its,
    /// One that is open already, and that is rolled back some time.
    Ours,
}

/// Why a script was not played to its end.
#[derive(Debug)]
pub(super) enum NotPlayed {
    /// A statement failed, or what it left is refused.
    Failed(Box<Failed>),
    /// The person asked to stop.
    Interrupted,
    /// Something else than the script.
    Problem(Box<Problem>),
}

/// A statement that failed.
#[derive(Debug)]
pub(super) struct Failed {
    /// The report: message, place, what the server said.
    pub diagnostic: Diagnostic,
    /// The error.
    pub cause: DbError,
}

impl From<Problem> for NotPlayed {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

/// What plays scripts.
#[derive(Clone, Copy)]
pub(super) struct Player<'a> {
    pub environment: Environment<'a>,
    pub interrupted: &'a (dyn Fn() -> bool + Sync),
}

impl<'m> Ready<'m> {
    /// Reads a script once.
    pub(super) fn new(
        script: &'m Script,
        target: &Target,
        environment: Environment<'_>,
    ) -> Result<Self, Problem> {
        let units = outline(script, target, environment, &[])
            .map_err(Problem::Plan)?
            .units;
        let mut can_be_enclosed = target.dialect != Dialect::Mysql
            && matches!(units.as_slice(), [one] if one.mode == UnitMode::Transaction { modes: String::new() });
        let mut sent = 0;
        let tell = &mut |planned: limosa_core::plan::Planned<'_>| {
            sent = planned.number;
            // Pragmas have no effect inside a transaction.
            can_be_enclosed &= target.dialect != Dialect::Sqlite
                || Part::of(&planned.facts, false) != Part::Setting;
        };
        statements(script, &units, target, environment, tell).map_err(Problem::Plan)?;
        Ok(Self {
            script,
            units,
            can_be_enclosed,
            statements: sent,
        })
    }
}

impl Player<'_> {
    /// Plays a script. Afterwards the session is as it was before, whatever the script has set in it.
    pub(super) fn play(
        &self,
        session: &mut Locked,
        ready: &Ready<'_>,
        within: Within,
    ) -> Result<(), NotPlayed> {
        let watch = Watch::default();
        let canceller = session.canceller();
        let target = session.server().target;
        let played = watched(self.interrupted, &canceller, &watch, || {
            Playing {
                player: self,
                session: &mut *session,
                ready,
                watch: &watch,
                target,
            }
            .all(within)
        });
        if watch.has_stopped() || (self.interrupted)() {
            return Err(NotPlayed::Interrupted);
        }
        if played.is_err() && within == Within::Its {
            // What comes next finds the session as it was. The failure is the news, whatever becomes of this.
            let _ = session.reset_session();
        }
        played?;
        let cleaned = match within {
            Within::Its => session.reset_session(),
            Within::Ours => session.reset_settings(),
        };
        cleaned.map_err(|cause| db("cleaning the session", cause).into())
    }
}

struct Playing<'p, 'a> {
    player: &'p Player<'a>,
    session: &'p mut Locked,
    ready: &'p Ready<'p>,
    watch: &'p Watch,
    target: Target,
}

impl Playing<'_, '_> {
    fn all(&mut self, within: Within) -> Result<(), NotPlayed> {
        let script = self.ready.script;
        let unreadable = |error: limosa_core::ScriptError| {
            NotPlayed::from(Problem::report(error.diagnostic(script)))
        };
        let open = ScriptReader::open(script, self.target.dialect, self.player.environment);
        let mut reader = open.map_err(unreadable)?;
        let violations = match within {
            Within::Its => self.violations()?,
            Within::Ours => None,
        };
        for unit in &self.ready.units {
            let in_own = within == Within::Its && unit.mode != UnitMode::Alone;
            let (mut begun, mut first) = (false, true);
            let mut at = unit.statements.start;
            while at < unit.statements.end {
                let Some(text) = reader.next() else { break };
                let text = text.map_err(unreadable)?;
                at = text.index + 1;
                let facts = text.facts(&self.target);
                let part = Part::of(&facts, first);
                first &= part != Part::Statement;
                if text.index < unit.statements.start || part == Part::Control {
                    continue;
                }
                let before_it = self.target.dialect == Dialect::Sqlite && part == Part::Setting;
                if in_own && !begun && !before_it {
                    self.begin(&unit.mode)?;
                    begun = true;
                }
                let sql = text.sql.to_owned();
                let is_as_written = text.written == text.sql;
                let place = Place::of(&script.file, &text, self.target.dialect);
                let session = &mut *self.session;
                let copies = facts.kind == "copy_from_stdin";
                let sent = self.watch.statement(self.player.interrupted, || {
                    if copies {
                        session.copy_in(&sql, &mut reader.copy_data())
                    } else {
                        session.run(&sql)
                    }
                });
                if let Err(cause) = sent {
                    let cause = discreet(
                        self.target.dialect,
                        &sql,
                        is_as_written,
                        reader.values(),
                        cause,
                    );
                    return Err(failed(&place, cause));
                }
            }
            self.end(unit, begun || within == Within::Ours)?;
            if in_own && self.is_last(unit) {
                self.no_new_violations(violations.as_ref())?;
            }
            if begun {
                self.ours("committing", "COMMIT")?;
            }
        }
        Ok(())
    }

    fn is_last(&self, unit: &Unit) -> bool {
        self.ready.units.last() == Some(unit)
    }

    fn begin(&mut self, mode: &UnitMode) -> Result<(), NotPlayed> {
        let UnitMode::Transaction { modes } = mode else {
            return Ok(());
        };
        let begin = match self.target.dialect {
            Dialect::Postgres => format!("BEGIN {modes}"),
            Dialect::Mysql if !modes.is_empty() => {
                self.ours(
                    "beginning a transaction",
                    &format!("SET TRANSACTION {modes}"),
                )?;
                "START TRANSACTION".to_owned()
            }
            Dialect::Mysql => "START TRANSACTION".to_owned(),
            Dialect::Sqlite => "BEGIN IMMEDIATE".to_owned(),
        };
        self.ours("beginning a transaction", &begin)
    }

    /// What is deferred until the end of a transaction happens now, as far as it is for the server to say.
    fn end(&mut self, unit: &Unit, in_transaction: bool) -> Result<(), NotPlayed> {
        if self.target.dialect != Dialect::Postgres || !in_transaction {
            return Ok(());
        }
        let checked = self.session.run("SET CONSTRAINTS ALL IMMEDIATE");
        checked.map(drop).map_err(|cause| {
            let place = Place {
                file: self.ready.script.file.clone(),
                line: unit.line,
                column: 1,
                shown: String::new(),
            };
            failed(&place, cause)
        })
    }

    fn ours(&mut self, doing: &'static str, sql: &str) -> Result<(), NotPlayed> {
        let done = self.session.run(sql);
        done.map(drop).map_err(|cause| db(doing, cause).into())
    }

    /// Rows that violate foreign keys, where `up` looks for them: with native files on `SQLite`.
    fn violations(&mut self) -> Result<Option<BTreeSet<Vec<Option<String>>>>, NotPlayed> {
        if self.target.dialect != Dialect::Sqlite || self.ready.script.layout != Layout::Native {
            return Ok(None);
        }
        let sql = "SELECT \"table\", rowid, parent, fkid FROM pragma_foreign_key_check";
        let rows = self.session.query(sql, &[]);
        let rows = rows.map_err(|cause| NotPlayed::from(db("checking the foreign keys", cause)))?;
        let violation = |row: &limosa_db::Row| (0..4).map(|at| row.text(at)).collect();
        Ok(Some(rows.iter().map(violation).collect()))
    }

    fn no_new_violations(
        &mut self,
        before: Option<&BTreeSet<Vec<Option<String>>>>,
    ) -> Result<(), NotPlayed> {
        let Some(before) = before else {
            return Ok(());
        };
        let after = self.violations()?.unwrap_or_default();
        let Some(new) = after.difference(before).next() else {
            return Ok(());
        };
        let name = |at: usize| new.get(at).cloned().flatten().unwrap_or_default();
        let cause = DbError::Client(format!(
            "rows of {} refer to rows of {} that are not there",
            name(0),
            name(2)
        ));
        let place = Place {
            file: self.ready.script.file.clone(),
            line: 1,
            column: 1,
            shown: String::new(),
        };
        Err(failed(&place, cause))
    }
}

fn failed(place: &Place, cause: DbError) -> NotPlayed {
    if let DbError::Connection(_) = cause {
        return db("running a statement in the shadow", cause).into();
    }
    let position = cause.failure().and_then(|failure| failure.position);
    let label = place.label(String::new(), position);
    let diagnostic = Diagnostic::error("statement-failed", Class::Finding, cause.to_string());
    NotPlayed::Failed(Box::new(Failed {
        diagnostic: said_by_server(diagnostic.at(label), &cause),
        cause,
    }))
}

fn db(doing: &'static str, cause: DbError) -> Problem {
    Problem::Db { doing, cause }
}
