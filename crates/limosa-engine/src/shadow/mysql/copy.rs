//! A copy of a database by the server's own descriptions of what is in it: it has no other way.
//!
//! Both databases are on the same server, so the rows never come to us. Programs come before views, which may call
//! them; nothing looks into a program before it is called. A view may be over another one, so what fails is tried
//! again after the others.

use limosa_core::{Class, Diagnostic};
use limosa_db::{DbError, Locked, Outcome, Row, Session as _};

use super::{Same, quoted};
use crate::Problem;
use crate::interrupt::{Watch, watched};

/// The type of a table that keeps no rows that were deleted.
const PLAIN: &str = "BASE TABLE";

const DATABASE: &str = include_str!("database.sql");
const TABLES: &str = include_str!("tables.sql");
const COLUMNS: &str = include_str!("columns.sql");
const ROUTINES: &str = include_str!("routines.sql");
const TRIGGERS: &str = include_str!("triggers.sql");
const EVENTS: &str = include_str!("events.sql");

/// So that descriptions are written and read in the same way, and rows are taken as they are.
const READING: &str = "SET SESSION sql_mode = '', sql_quote_show_create = 1";
const WRITING: &str = "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO', foreign_key_checks = 0, unique_checks = 0, sql_notes = 0";
/// Only MariaDB can leave them out.
const WITHOUT_CHECKS: &str = "SET SESSION check_constraint_checks = 0";

/// Makes a database like another one, of which this is the same already; everything else that is in it is taken away
/// and made anew.
pub(crate) fn copy(
    from: &mut Locked,
    to: &mut Locked,
    same: &Same,
    interrupted: &(dyn Fn() -> bool + Sync),
) -> Result<(), Problem> {
    let (canceller, watch) = (to.canceller(), Watch::default());
    let copied = watched(interrupted, &canceller, &watch, || {
        Copy {
            from,
            to,
            same,
            watch: &watch,
            interrupted,
        }
        .everything()
    });
    if watch.has_stopped() {
        let message = "interrupted while a database of a shadow was copied";
        let diagnostic = Diagnostic::error("interrupted", Class::Interrupted, message);
        return Err(Problem::report(diagnostic));
    }
    copied.map_err(|cause| Problem::Db {
        doing: "copying a database of a shadow",
        cause,
    })
}

struct Copy<'a> {
    from: &'a mut Locked,
    to: &'a mut Locked,
    same: &'a Same,
    watch: &'a Watch,
    interrupted: &'a (dyn Fn() -> bool + Sync),
}

impl Copy<'_> {
    fn everything(&mut self) -> Result<(), DbError> {
        self.from.run(READING)?;
        self.run(WRITING)?;
        if self.to.server().target.mariadb {
            self.run(WITHOUT_CHECKS)?;
        }
        self.clear()?;
        self.defaults()?;
        let (mut tables, mut there, mut views) = (Vec::new(), Vec::new(), Vec::new());
        for row in self.from.query(TABLES, &[])? {
            let name = row.text(0).unwrap_or_default();
            match row.text(1).as_deref() {
                Some("VIEW") => views.push(name),
                Some("SEQUENCE") => self.sequence(&name)?,
                _ if self.same.tables.contains(&name) => {}
                Some(PLAIN) if self.same.definitions.contains(&name) => there.push(name),
                _ => tables.push(name),
            }
        }
        for table in &tables {
            let sql = self.described("TABLE", table, 1)?.0;
            self.run(&sql)?;
        }
        self.run("START TRANSACTION")?;
        for table in &there {
            self.run(&format!("DELETE FROM {}", quoted(table)))?;
        }
        tables.append(&mut there);
        self.rows(&tables)?;
        self.run("COMMIT")?;
        self.programs(ROUTINES)?;
        self.views(views)?;
        self.programs(TRIGGERS)?;
        self.programs(EVENTS)
    }

    /// Takes away what is there and may be another one.
    fn clear(&mut self) -> Result<(), DbError> {
        for list in [TRIGGERS, EVENTS, ROUTINES] {
            for row in self.to.query(list, &[])? {
                let [kind, name] = [0, 1].map(|at| row.text(at).unwrap_or_default());
                // A body goes with its package.
                self.run(&format!("DROP {kind} IF EXISTS {}", quoted(&name)))?;
            }
        }
        for row in self.to.query(TABLES, &[])? {
            let [name, kind] = [0, 1].map(|at| row.text(at).unwrap_or_default());
            let kind = match kind.as_str() {
                "VIEW" | "SEQUENCE" => kind,
                _ if self.same.tables.contains(&name) => continue,
                PLAIN if self.same.definitions.contains(&name) => continue,
                _ => "TABLE".to_owned(),
            };
            self.run(&format!("DROP {kind} {}", quoted(&name)))?;
        }
        Ok(())
    }

    fn run(&mut self, sql: &str) -> Result<Outcome, DbError> {
        let Self {
            to,
            watch,
            interrupted,
            ..
        } = self;
        watch.statement(*interrupted, || to.run(sql))
    }

    fn defaults(&mut self) -> Result<(), DbError> {
        let rows = self.from.query(DATABASE, &[])?;
        let [set, collation] = [0, 1].map(|at| rows.first().and_then(|row| row.text(at)));
        if let (Some(set), Some(collation)) = (set, collation) {
            self.run(&format!(
                "ALTER DATABASE CHARACTER SET {set} COLLATE {collation}"
            ))?;
        }
        Ok(())
    }

    /// How the server describes an object, in that column of its answer, and the whole answer.
    fn described(
        &mut self,
        kind: &str,
        name: &str,
        column: usize,
    ) -> Result<(String, Row), DbError> {
        let show = format!("SHOW CREATE {kind} {}", quoted(name));
        let row = self.from.query(&show, &[])?.into_iter().next();
        let text = row.as_ref().and_then(|row| row.text(column));
        match (text, row) {
            (Some(text), Some(row)) => Ok((text, row)),
            _ => Err(DbError::Client(format!(
                "the server does not show how {name} was made"
            ))),
        }
    }

    fn sequence(&mut self, name: &str) -> Result<(), DbError> {
        let sql = self.described("SEQUENCE", name, 1)?.0;
        self.run(&sql)?;
        let quoted = quoted(name);
        let state = format!("SELECT next_not_cached_value, cycle_count FROM {quoted}");
        let rows = self.from.query(&state, &[])?;
        if let Some((next, round)) = rows
            .first()
            .and_then(|row| Some((row.int(0)?, row.int(1)?)))
        {
            self.run(&format!("SELECT SETVAL({quoted}, {next}, 0, {round})"))?;
        }
        Ok(())
    }

    /// What is computed comes by itself.
    fn rows(&mut self, tables: &[String]) -> Result<(), DbError> {
        let source = quoted(&self.from.server().database);
        for table in tables {
            let columns = self.from.query(COLUMNS, &[table.as_str().into()])?;
            let columns = columns.iter().filter_map(|row| row.text(0));
            let columns: Vec<String> = columns.map(|column| quoted(&column)).collect();
            if columns.is_empty() {
                continue;
            }
            let (columns, table) = (columns.join(", "), quoted(table));
            self.run(&format!(
                "INSERT INTO {table} ({columns}) SELECT {columns} FROM {source}.{table}"
            ))?;
        }
        Ok(())
    }

    /// Each is read by the rules under which it was written.
    fn programs(&mut self, list: &str) -> Result<(), DbError> {
        for row in self.from.query(list, &[])? {
            let [kind, name] = [0, 1].map(|at| row.text(at).unwrap_or_default());
            let column = if kind == "EVENT" { 3 } else { 2 };
            let (sql, row) = self.described(&kind, &name, column)?;
            let mode = row.text(1).unwrap_or_default();
            self.run(&format!("SET SESSION sql_mode = '{mode}'"))?;
            if kind == "EVENT" {
                let zone = row.text(2).unwrap_or_default();
                self.run(&format!("SET SESSION time_zone = '{zone}'"))?;
            }
            self.run(&sql)?;
        }
        self.run(WRITING).map(|_| ())
    }

    fn views(&mut self, names: Vec<String>) -> Result<(), DbError> {
        let mut left = Vec::new();
        for name in names {
            left.push(self.described("VIEW", &name, 1)?.0);
        }
        while !left.is_empty() {
            let (before, mut failed) = (left.len(), Vec::new());
            let mut reason = None;
            for sql in left {
                if let Err(error) = self.run(&sql) {
                    reason.get_or_insert(error);
                    failed.push(sql);
                }
            }
            left = failed;
            if let (Some(reason), true) = (reason, left.len() == before) {
                return Err(reason);
            }
        }
        Ok(())
    }
}
