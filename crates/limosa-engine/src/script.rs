//! A plan as a script that a person runs by hand, history rows included.

use std::io::{self, Write};

use limosa_core::history::Direction;
use limosa_core::plan::{Action, Part, Unit, UnitMode};
use limosa_core::script::Environment;
use limosa_core::{Plan, Script, ScriptReader, Step};
use limosa_db::store::{Entry, Limosa, Recorded, Tables, Texts};
use limosa_sql::{Dialect, Target};

use crate::apply::Kept;
use crate::{Database, Problem, identity};

/// Writes the script. The database is only read.
///
/// # Errors
/// When a migration or the history cannot be read, or the script cannot be written.
pub fn write(
    database: &mut Database,
    plan: &Plan,
    environment: Environment<'_>,
    out: &mut dyn Write,
) -> Result<(), Problem> {
    let history = database.history(Texts::Without)?;
    let (tables, create) = match database.tables().cloned() {
        Some(tables) => (tables, false),
        None => {
            let schema = database.settings().schema.clone();
            (
                Tables::home(&mut *database.session, schema.as_deref())?,
                true,
            )
        }
    };
    let store = Limosa::new(tables, &database.settings().set);
    let target = database.server().target;
    let mut writer = Writer {
        out,
        store: &store,
        target,
        environment,
        run: identity::fresh(),
        actor: format!("{}, by hand", database.settings().actor),
        tool_version: database.settings().tool_version.clone(),
        release: database.settings().release.clone(),
        sequences: history
            .applied
            .iter()
            .map(|row| (row.version.clone(), row.sequence))
            .collect(),
    };
    writer.header(database, plan).map_err(unwritten)?;
    if create && !plan.is_empty() {
        let create = store.create_script(target.dialect);
        writer
            .line("\n-- The tables of Limosa, which are not there yet.")
            .map_err(unwritten)?;
        writer.line(&create).map_err(unwritten)?;
    }
    plan.steps().iter().try_for_each(|step| writer.step(step))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the form that `map_err` takes"
)]
fn unwritten(error: io::Error) -> Problem {
    let message = format!("the script cannot be written: {error}");
    Problem::report(limosa_core::Diagnostic::error(
        "cannot-write",
        limosa_core::Class::Failed,
        message,
    ))
}

struct Writer<'a> {
    out: &'a mut dyn Write,
    store: &'a Limosa,
    target: Target,
    environment: Environment<'a>,
    run: String,
    actor: String,
    tool_version: String,
    release: Option<String>,
    sequences: Vec<(limosa_core::Version, i64)>,
}

impl Writer<'_> {
    fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    fn header(&mut self, database: &Database, plan: &Plan) -> io::Result<()> {
        let server = database.server();
        self.line(&format!(
            "-- What `limosa {}` would do on {} ({} {}).",
            self.tool_version, server.database, server.product, server.version
        ))?;
        self.line(&format!(
            "-- Migrations: {}, statements: {}. Run it once, by one person, and stop at the first error.",
            plan.steps().len(),
            plan.statements()
        ))?;
        if self.target.dialect == Dialect::Postgres {
            self.line("\\set ON_ERROR_STOP on")?;
        }
        Ok(())
    }

    fn step(&mut self, step: &Step) -> Result<(), Problem> {
        let attempt = step.attempt.clone().unwrap_or_else(identity::fresh);
        let title = format!("\n-- {}, {}", step.full_name(), step.direction.name());
        self.line(&title).map_err(unwritten)?;
        let kept = Kept::of(step, self.target.dialect).map_err(|error| unreadable(step, &error))?;
        match &step.action {
            Action::Record(_) => {
                self.line("BEGIN;").map_err(unwritten)?;
                self.records(step, &attempt, &kept, None, true)
                    .map_err(unwritten)?;
                self.line("COMMIT;").map_err(unwritten)?;
            }
            Action::Run { script, .. } => self.units(step, script, &attempt, &kept)?,
        }
        match step.direction {
            Direction::Up => {
                let next = self.highest() + 1;
                self.sequences.push((step.version.clone(), next));
            }
            Direction::Down => self
                .sequences
                .retain(|(version, _)| *version != step.version),
        }
        Ok(())
    }

    fn units(
        &mut self,
        step: &Step,
        script: &Script,
        attempt: &str,
        kept: &Kept,
    ) -> Result<(), Problem> {
        let dialect = self.target.dialect;
        let open = ScriptReader::open(script, dialect, self.environment);
        let mut reader = open.map_err(|error| unreadable(step, &error))?;
        for (index, unit) in step.units.iter().enumerate() {
            let last = index + 1 == step.units.len();
            let skipped = index < step.done;
            let in_transaction = matches!(unit.mode, UnitMode::Transaction { .. });
            let mut begun = !in_transaction || skipped;
            if !begun && dialect != Dialect::Sqlite {
                self.begin(unit).map_err(unwritten)?;
                begun = true;
            }
            let mut first = true;
            let mut at = unit.statements.start;
            while at < unit.statements.end {
                let Some(text) = reader.next() else { break };
                let text = text.map_err(|error| unreadable(step, &error))?;
                at = text.index + 1;
                let facts = text.facts(&self.target);
                let part = Part::of(&facts, first);
                first &= part != Part::Statement;
                if text.index < unit.statements.start || part == Part::Control || skipped {
                    continue;
                }
                if !begun && part == Part::Statement {
                    self.begin(unit).map_err(unwritten)?;
                    begun = true;
                }
                let copies = facts.kind == "copy_from_stdin";
                self.statement(text.sql).map_err(unwritten)?;
                if copies {
                    io::copy(&mut reader.copy_data(), &mut self.out).map_err(unwritten)?;
                    self.line("\\.").map_err(unwritten)?;
                }
            }
            if skipped {
                continue;
            }
            if !begun || !in_transaction {
                self.begin(&Unit {
                    mode: UnitMode::Transaction {
                        modes: String::new(),
                    },
                    ..unit.clone()
                })
                .map_err(unwritten)?;
            }
            self.records(step, attempt, kept, Some((index, unit)), last)
                .map_err(unwritten)?;
            self.line("COMMIT;").map_err(unwritten)?;
        }
        Ok(())
    }

    fn begin(&mut self, unit: &Unit) -> io::Result<()> {
        let modes = match &unit.mode {
            UnitMode::Transaction { modes } if modes.contains("ISOLATION") => modes.as_str(),
            _ => "",
        };
        match self.target.dialect {
            Dialect::Mysql if !modes.is_empty() => {
                self.line(&format!("SET TRANSACTION {modes};\nSTART TRANSACTION;"))
            }
            Dialect::Mysql => self.line("START TRANSACTION;"),
            Dialect::Postgres if !modes.is_empty() => self.line(&format!("BEGIN {modes};")),
            Dialect::Postgres => self.line("BEGIN;"),
            Dialect::Sqlite => self.line("BEGIN IMMEDIATE;"),
        }
    }

    /// A statement with its end. The mysql client needs another delimiter around bodies.
    fn statement(&mut self, sql: &str) -> io::Result<()> {
        if self.target.dialect == Dialect::Mysql && sql.contains(';') {
            let delimiter = ["//", "$$", "@@", "%%END%%"]
                .into_iter()
                .find(|one| !sql.contains(one));
            let delimiter = delimiter.unwrap_or("%%LIMOSA%%");
            return self.line(&format!(
                "DELIMITER {delimiter}\n{sql}\n{delimiter}\nDELIMITER ;"
            ));
        }
        self.line(&format!("{sql};"))
    }

    fn records(
        &mut self,
        step: &Step,
        attempt: &str,
        kept: &Kept,
        unit: Option<(usize, &Unit)>,
        last: bool,
    ) -> io::Result<()> {
        let dialect = self.target.dialect;
        let entry = |event| Entry {
            run: &self.run,
            event,
            attempt: Some(attempt),
            version: Some(step.version.text()),
            name: Some(&step.name),
            direction: Some(step.direction),
            actor: &self.actor,
            ..Entry::default()
        };
        let mut lines = Vec::new();
        if let Some((index, unit)) = unit {
            let done = Entry {
                unit: Some(index),
                digest: Some(&unit.digest),
                ..entry("unit-done")
            };
            lines.push(self.store.entry_script(dialect, &done));
        }
        if last && step.direction == Direction::Up {
            let origin = match step.action {
                Action::Record(origin) => origin,
                Action::Run { .. } => limosa_core::history::Origin::Applied,
            };
            let row = Recorded {
                sequence: self.highest(),
                attempt,
                version: step.version.text(),
                name: &step.name,
                layout: &step.record.layout,
                origin: origin.name(),
                up: &kept.up,
                down: &kept.down,
                irreversible: step.record.irreversible.as_deref(),
                release: self.release.as_deref(),
                min_release: step.record.min_release.as_deref(),
                statements: step.statements(),
                duration_ms: 0,
                applied_at: None,
                actor: &self.actor,
                tool_version: &self.tool_version,
            };
            lines.push(self.store.record_script(dialect, &row));
            lines.push(
                self.store
                    .entry_script(dialect, &entry(crate::apply::event_of(origin))),
            );
        } else if last {
            let recorded = self
                .sequences
                .iter()
                .find(|(version, _)| *version == step.version);
            let recorded = recorded.map_or(step.version.text(), |(version, _)| version.text());
            lines.push(self.store.unrecord_script(dialect, recorded));
            lines.push(self.store.entry_script(dialect, &entry("reverted")));
        }
        lines.iter().try_for_each(|line| self.line(line))
    }

    fn highest(&self) -> i64 {
        self.sequences
            .iter()
            .map(|(_, sequence)| *sequence)
            .max()
            .unwrap_or(0)
    }
}

fn unreadable(step: &Step, error: &limosa_core::ScriptError) -> Problem {
    Problem::report(match step.script() {
        Some(script) => error.diagnostic(script),
        None => limosa_core::Diagnostic::error(
            "unreadable",
            limosa_core::Class::Usage,
            error.to_string(),
        ),
    })
}
