//! Reads the table of another tool, and says in words which row cannot be understood.

use limosa_core::{Version, VersionError};

use super::Foreign;
use crate::store::StoreError;
use crate::{Row, Session, Value};

/// Reads one table.
pub(in crate::store) struct TableReader<'a> {
    pub(super) foreign: &'a Foreign,
    pub(super) session: &'a mut dyn Session,
}

impl TableReader<'_> {
    /// The rows of a statement about `{table}`.
    pub fn rows(&mut self, sql: &str) -> Result<Vec<Row>, StoreError> {
        let dialect = self.session.dialect();
        let prepared = self.foreign.prepare(dialect, sql, &[]);
        let rows = self.session.query(&prepared.sql, &prepared.parameters);
        rows.map_err(|cause| self.foreign.failed("reading", dialect, cause))
    }

    /// The version in a column.
    pub fn version(&self, row: &Row, at: usize) -> Result<Version, StoreError> {
        let Some(text) = row.text(at) else {
            return Err(self.not_understood("a row has no version"));
        };
        Version::number(&text).map_err(|error| {
            self.not_understood(&match error {
                VersionError::NotANumber(_) if row.int(at).is_some_and(|number| number < 0) => {
                    format!("the version {text} is below 0")
                }
                error => format!("the version {error}"),
            })
        })
    }

    /// What a column says about a version: yes or no.
    pub fn flag(
        &self,
        row: &Row,
        at: usize,
        column: &str,
        version: &str,
    ) -> Result<bool, StoreError> {
        match row.0.get(at) {
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(Value::Int(0)) => Ok(false),
            Some(Value::Int(1)) => Ok(true),
            _ => {
                let found = row
                    .text(at)
                    .map_or("NULL".to_owned(), |text| format!("`{text}`"));
                let reason =
                    format!("{column} of version {version} is neither yes nor no, but {found}");
                Err(self.not_understood(&reason))
            }
        }
    }

    /// A row that cannot be understood.
    pub fn not_understood(&self, reason: &str) -> StoreError {
        StoreError::ForeignRow {
            tool: self.foreign.tool.name(),
            table: self.foreign.shown(self.session.dialect()),
            reason: reason.to_owned(),
        }
    }
}
