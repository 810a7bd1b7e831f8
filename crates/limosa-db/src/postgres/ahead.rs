//! Sending ahead on a session of its own. Behind a pooler it does one thing after the other.

use std::future::poll_fn;
use std::time::Duration;

use limosa_sql::{Dialect, PieceKind, Splitter};

use super::driver::{PostgresSession, closed};
use super::series::{Means, Series, Statement};
use super::settings::{RESET_SETTINGS, SETTINGS, Scope, TIMEOUTS, milliseconds, parameters};
use crate::ahead::none;
use crate::store::statement::without_comments;
use crate::watched::watched;
use crate::{Answered, DbError, Executor as _, Expect, SendAhead, Value};

const EXPECTED: &str = include_str!("expected.sql");

impl PostgresSession {
    /// The series that is open; a new one, as soon as the driver has nothing under way.
    fn series(&mut self) -> Result<&mut Series, DbError> {
        let (Some(runtime), Some(wire)) = (&self.runtime, &self.wire) else {
            return Err(closed());
        };
        let series = match self.series.take() {
            Some(series) => series,
            None => {
                let line = runtime.block_on(poll_fn(|context| wire.gate.poll_lend(context)));
                let line =
                    line.map_err(|reason| DbError::Connection(wire.link.lost().unwrap_or(reason)))?;
                Series::on(line)
            }
        };
        Ok(self.series.insert(series))
    }

    fn ask(&mut self, statements: &[Statement<'_>], means: Means) -> Result<usize, DbError> {
        let asked = self.series()?.ask(statements, means);
        let bytes = asked.inspect_err(|_| self.prepared.forget())?;
        if let (Some(runtime), Some(series)) = (&self.runtime, &mut self.series)
            && series.is_due()
        {
            runtime.block_on(series.write());
        }
        Ok(bytes)
    }

    /// The connection was lost in a series.
    fn lose(&mut self, reason: String) -> DbError {
        self.series = None;
        if let Some(wire) = &self.wire {
            wire.gate.close(&reason);
        }
        DbError::Connection(reason)
    }
}

impl SendAhead for PostgresSession {
    fn send(&mut self, sql: &str) -> Result<usize, DbError> {
        self.ask(&[Statement::once(sql, &[])], Means::text(sql))
    }

    fn send_own(
        &mut self,
        sql: &str,
        parameters: &[Value],
        expect: Expect,
    ) -> Result<usize, DbError> {
        let (returning, number) = match expect {
            Expect::Anything => {
                return self.ask(&[Statement::once(sql, parameters)], Means::text(sql));
            }
            Expect::OneRow => ("\nRETURNING 1", "= 1"),
            Expect::SomeRows => ("\nRETURNING 1", "> 0"),
            Expect::Found => ("", "> 0"),
        };
        let guarded = without_comments(EXPECTED)
            .replace("{number}", number)
            .replace("{statement}", &format!("{sql}{returning}"));
        let (name, is_known) = self.prepared.name(&guarded);
        let statement = Statement {
            sql: &guarded,
            parameters,
            prepared: Some((&name, is_known)),
        };
        self.ask(&[statement], Means::Guarded)
    }

    fn send_reset_settings(&mut self) -> Result<usize, DbError> {
        let settings = self.settings().clone();
        let held = parameters(&settings, self.check_interval, Scope::Session);
        let ours = without_comments(RESET_SETTINGS);
        let of_configuration = statements(&settings.init)?;
        let mut all: Vec<Statement<'_>> = ours
            .split_terminator(';')
            .map(|sql| Statement::once(sql, &[]))
            .collect();
        all.push(Statement::once(SETTINGS, &held));
        all.extend(of_configuration.iter().map(|sql| Statement::once(sql, &[])));
        self.ask(&all, Means::Ours)
    }

    fn send_timeouts(
        &mut self,
        lock: Option<Duration>,
        statement: Option<Duration>,
    ) -> Result<usize, DbError> {
        let local = Scope::Session.is_local();
        let parameters = [milliseconds(lock), milliseconds(statement), local];
        self.ask(&[Statement::once(TIMEOUTS, &parameters)], Means::Ours)
    }

    fn answer(
        &mut self,
        first: Duration,
        meanwhile: &mut dyn FnMut() -> Duration,
    ) -> Result<Answered, DbError> {
        let (Some(runtime), Some(wire)) = (&self.runtime, &self.wire) else {
            return Err(closed());
        };
        let Some(series) = &mut self.series else {
            return Err(wire.gate.gone().map_or_else(none, DbError::Connection));
        };
        let answer = match series.take(&wire.link) {
            Some(answer) => Ok(answer),
            None => watched(runtime, series.answered(&wire.link), first, meanwhile),
        };
        answer.unwrap_or_else(|reason| Err(self.lose(reason)))
    }

    fn close(&mut self) {
        if let Some(series) = &mut self.series {
            series.close();
        }
    }

    fn settle(&mut self) -> Result<(), DbError> {
        let (Some(runtime), Some(wire)) = (&self.runtime, &self.wire) else {
            return Err(closed());
        };
        let Some(mut series) = self.series.take() else {
            return wire
                .gate
                .gone()
                .map_or(Ok(()), |reason| Err(DbError::Connection(reason)));
        };
        let ended = runtime.block_on(series.end(&wire.link));
        if series.has_failed() {
            self.prepared.forget();
        }
        match ended {
            Ok(ended) => {
                let (line, unread) = series.into_line();
                wire.gate.give_back(line, unread);
                ended
            }
            Err(reason) => Err(self.lose(reason)),
        }
    }
}

/// The statements of texts: the extended protocol takes them one by one.
fn statements(texts: &[String]) -> Result<Vec<String>, DbError> {
    let mut all = Vec::new();
    for text in texts {
        let mut splitter = Splitter::new(Dialect::Postgres, text.as_bytes());
        while let Some(piece) = splitter.next() {
            let piece = piece.map_err(|error| DbError::Client(error.to_string()))?;
            if matches!(piece.kind, PieceKind::Statement { .. }) {
                all.push(String::from_utf8_lossy(piece.sql()).into_owned());
            }
        }
    }
    Ok(all)
}
