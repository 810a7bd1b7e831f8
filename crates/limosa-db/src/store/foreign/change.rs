//! What is written into the table of another tool.

use limosa_core::Version;
use limosa_core::history::Direction;

use crate::{Expect, Value};

/// One migration that is applied or undone, as the table of another tool has to say it.
#[derive(Debug, Clone)]
pub struct Change<'a> {
    /// Applying or undoing.
    pub direction: Direction,
    /// How far it is.
    pub stage: Stage,
    /// Its version.
    pub version: &'a Version,
    /// Its name.
    pub name: &'a str,
    /// The highest version that is applied before it.
    pub before: Option<&'a Version>,
    /// The highest version that is applied after it.
    pub after: Option<&'a Version>,
    /// The tool's own checksum of its script, where the tool keeps one.
    pub checksum: Option<&'a [u8]>,
    /// How long its statements took.
    pub duration: std::time::Duration,
}

/// How far a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The one transaction is open that does all of it, or the first one of several units. Nothing is done yet.
    Begins {
        /// Whether it takes several units, so that the database is in between for a while.
        in_units: bool,
    },
    /// It is done; written in the last transaction.
    Done,
    /// It took several units, and the first of them failed: nothing is done.
    TakenBack,
    /// The other tool had begun it, and a person says whether it is there: the one before and the one after
    /// are what is applied now.
    Settled {
        /// Whether it is there.
        applied: bool,
    },
}

/// A statement about `{table}`, with the parameters of [`Change::values`].
pub(in crate::store) struct Write {
    pub sql: &'static str,
    /// What it has to answer, so that the table is the one that the change was planned for.
    pub expected: Expect,
}

impl Write {
    /// A query that must find a row.
    pub const fn found(sql: &'static str) -> Self {
        let expected = Expect::Found;
        Self { sql, expected }
    }

    /// A statement that must change one row.
    pub const fn one(sql: &'static str) -> Self {
        let expected = Expect::OneRow;
        Self { sql, expected }
    }

    /// A statement that must change one row or more.
    pub const fn some(sql: &'static str) -> Self {
        let expected = Expect::SomeRows;
        Self { sql, expected }
    }

    /// A statement that may change any number of rows.
    pub const fn any(sql: &'static str) -> Self {
        let expected = Expect::Anything;
        Self { sql, expected }
    }
}

impl Change<'_> {
    /// The parameters that statements may use. Numbers may be NULL: write `CAST(:before AS {integer})`.
    pub(super) fn values(&self) -> Vec<(&'static str, Value)> {
        let number = |version: Option<&Version>| Value::from(version.and_then(Version::as_i64));
        let nanoseconds = i64::try_from(self.duration.as_nanos()).unwrap_or(i64::MAX);
        vec![
            ("version", number(Some(self.version))),
            ("before", number(self.before)),
            ("after", number(self.after)),
            ("text", self.version.text().into()),
            ("name", self.name.into()),
            // As sqlx makes it of the name of a file.
            ("description", self.name.replace('_', " ").into()),
            // Where there is no script there is nothing to sum up.
            (
                "checksum",
                Value::Bytes(self.checksum.unwrap_or_default().to_vec()),
            ),
            ("nanoseconds", nanoseconds.into()),
        ]
    }
}
