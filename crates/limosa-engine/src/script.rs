//! A plan as a script that a person runs by hand, history rows included.

use std::io::{self, Write};

use limosa_core::foreign::Moved;
use limosa_core::history::Direction;
use limosa_core::plan::{Action, Part, Unit, UnitMode};
use limosa_core::script::Environment;
use limosa_core::{Class, Diagnostic, MigrationSet, Plan, Script, ScriptReader, Step};
use limosa_db::store::{Change, Entry, Recorded, Stage, Stores, Texts};
use limosa_sql::{Dialect, Target};

use crate::apply::Kept;
use crate::other::known_to;
use crate::sequences::Sequences;
use crate::{Current, Database, Problem, identity};

/// Writes the script. The database is only read.
///
/// # Errors
/// When a migration or the history cannot be read, or the script cannot be written.
pub fn write(
    database: &mut Database,
    plan: &Plan,
    set: &MigrationSet,
    environment: Environment<'_>,
    out: &mut dyn Write,
) -> Result<(), Problem> {
    let Current { history, moved, .. } = database.current(set, Texts::Without)?;
    let create = database.tables().is_none();
    let store = database.stores()?;
    if store.own().is_some() && !moved.is_nothing() {
        return Err(not_taken_over(&moved));
    }
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
        sequences: Sequences::of(&history),
    };
    writer.header(database, plan).map_err(unwritten)?;
    if let Some(own) = store.own().filter(|_| create && !plan.is_empty()) {
        writer
            .line("\n-- The tables of Limosa, which are not there yet.")
            .map_err(unwritten)?;
        writer
            .line(&own.create_script(target.dialect))
            .map_err(unwritten)?;
    }
    if let Some(foreign) = store
        .foreign()
        .filter(|one| !one.exists() && !plan.is_empty())
    {
        let title = format!(
            "\n-- The table of {}, which is not there yet.",
            foreign.tool()
        );
        writer.line(&title).map_err(unwritten)?;
        for create in foreign.create_script(target.dialect) {
            writer.line(&create).map_err(unwritten)?;
        }
    }
    plan.steps().iter().try_for_each(|step| writer.step(step))
}

/// What another tool did has to be in our history before a script can go on from it.
fn not_taken_over(moved: &Moved) -> Problem {
    let (ahead, back) = (moved.ahead.len(), moved.back.len());
    let message = format!(
        "another tool applied {ahead} and undid {back} migrations that the history of Limosa does not know of yet"
    );
    Problem::report(
        Diagnostic::error("not-adopted", Class::Usage, message)
            .with_help("take that over first, then write the script\nlimosa adopt"),
    )
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the form that `map_err` takes"
)]
fn unwritten(error: io::Error) -> Problem {
    let message = format!("the script cannot be written: {error}");
    Problem::report(Diagnostic::error("cannot-write", Class::Failed, message))
}

struct Writer<'a> {
    out: &'a mut dyn Write,
    store: &'a Stores,
    target: Target,
    environment: Environment<'a>,
    run: String,
    actor: String,
    tool_version: String,
    release: Option<String>,
    sequences: Sequences,
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
        let kept = Kept::of(step, self.target.dialect, self.store)
            .map_err(|error| unreadable(step, &error))?;
        match &step.action {
            Action::Record(_) => {
                self.line("BEGIN;").map_err(unwritten)?;
                self.records(step, &attempt, &kept, None, true)
                    .map_err(unwritten)?;
                self.line("COMMIT;").map_err(unwritten)?;
            }
            Action::Run { script, .. } => self.units(step, script, &attempt, &kept)?,
        }
        self.sequences.after(step);
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
            detail: self.store.foreign().map(|foreign| known_to(foreign.tool())),
            ..Entry::default()
        };
        let place = self.sequences.place(step);
        let mut lines = Vec::new();
        if let Some(own) = self.store.own() {
            if let Some((index, unit)) = unit {
                let done = Entry {
                    unit: Some(index),
                    digest: Some(unit.digest.to_string()),
                    ..entry("unit-done")
                };
                lines.push(own.entry_script(dialect, &done));
            }
            if last && step.direction == Direction::Up {
                let origin = match step.action {
                    Action::Record(origin) => origin,
                    Action::Run { .. } => limosa_core::history::Origin::Applied,
                };
                let row = Recorded {
                    sequence: place.sequence,
                    attempt,
                    version: step.version.text(),
                    name: &step.name,
                    layout: step.record.layout,
                    origin: origin.name(),
                    up: &kept.up,
                    down: &kept.down,
                    irreversible: step.record.irreversible.as_deref(),
                    release: self.release.as_deref(),
                    min_release: step.record.min_release.as_deref(),
                    statements: step.statements(),
                    duration_ms: Some(0),
                    applied_at: None,
                    actor: &self.actor,
                    tool_version: &self.tool_version,
                };
                lines.push(own.record_script(dialect, &row));
                lines.push(own.entry_script(dialect, &entry(crate::apply::event_of(origin))));
            } else if last {
                lines.push(own.unrecord_script(dialect, &place.recorded));
                lines.push(own.entry_script(dialect, &entry("reverted")));
            }
        }
        if let Some(foreign) = self.store.foreign().filter(|_| last) {
            let change = Change {
                checksum: kept.checksum.as_deref(),
                ..place.change(step, Stage::Done)
            };
            lines.extend(foreign.script(dialect, &change));
        }
        lines.iter().try_for_each(|line| self.line(line))
    }
}

fn unreadable(step: &Step, error: &limosa_core::ScriptError) -> Problem {
    Problem::report(match step.script() {
        Some(script) => error.diagnostic(script),
        None => Diagnostic::error("unreadable", Class::Usage, error.to_string()),
    })
}
