//! What the catalog says of the tables that migration tools keep: ours and those of others, looked for together.

use limosa_core::Layout;
use limosa_sql::Dialect;

use super::foreign::{Candidate, Found, Wanted, candidates, usual, usual_question};
use super::{Prepared, StoreError, Tables};
use crate::{DbError, Row, Session};

/// What the catalog said at one moment.
#[derive(Debug, Clone)]
pub struct Catalog {
    dialect: Dialect,
    /// Where ours are to be; everywhere unless one is configured.
    schema: Option<String>,
    own: Vec<Row>,
    home: Vec<Row>,
    /// The tables that have the usual name of a tool.
    others: Vec<Candidate>,
}

impl Catalog {
    /// The statements that ask for it.
    pub fn questions(dialect: Dialect, schema: Option<&str>) -> Vec<Prepared> {
        let mut questions = vec![Tables::question(dialect, schema), usual_question(dialect)];
        questions.extend(Tables::home_question(dialect, schema));
        questions
    }

    /// What they were answered.
    pub fn of(dialect: Dialect, schema: Option<&str>, answers: Vec<Vec<Row>>) -> Self {
        let mut answers = answers.into_iter();
        let mut next = || answers.next().unwrap_or_default();
        Self {
            dialect,
            schema: schema.map(str::to_owned),
            own: next(),
            others: candidates(&next()),
            home: next(),
        }
    }

    /// Asks for it.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn read(session: &mut dyn Session, schema: Option<&str>) -> Result<Self, StoreError> {
        let dialect = session.dialect();
        let answers = session.query_all(&Self::questions(dialect, schema));
        Ok(Self::of(
            dialect,
            schema,
            answers.map_err(Self::unreadable)?,
        ))
    }

    /// Why it cannot be read.
    pub fn unreadable(cause: DbError) -> StoreError {
        let doing = "looking for the tables of Limosa";
        StoreError::Db { doing, cause }
    }

    /// Where our tables are. Their format is not looked at. `session` is asked where somebody may be creating them.
    ///
    /// # Errors
    /// When there are several, or they are not ours.
    pub fn tables(&self, session: &mut dyn Session) -> Result<Option<Tables>, StoreError> {
        Tables::found(session, self.schema.as_deref(), &self.own)
    }

    /// Where our tables would be created.
    ///
    /// # Errors
    /// When there is no such schema.
    pub fn home(&self) -> Result<Tables, StoreError> {
        match self.dialect {
            Dialect::Sqlite => Ok(Tables::in_schema("main")),
            Dialect::Postgres | Dialect::Mysql => {
                Tables::home_of(&self.home, self.schema.as_deref())
            }
        }
    }

    /// Every tool whose table is there under its usual name, with that name. Two tools may use the same table.
    pub fn tools(&self) -> Vec<(Layout, String)> {
        let all = usual(self.dialect, &self.others).into_iter();
        all.map(|(tool, found)| (tool, found.table)).collect()
    }

    /// The table of a tool. `None` when there is no such tool for this kind of database. `session` is asked for a name
    /// that is not the usual one.
    ///
    /// # Errors
    /// When a table of that name is not one of the tool, or the name is none.
    pub fn table_of(
        &self,
        session: &mut dyn Session,
        tool: Layout,
        name: Option<&str>,
    ) -> Result<Option<Found>, StoreError> {
        let Some(wanted) = Wanted::of(self.dialect, tool, name)? else {
            return Ok(None);
        };
        let tables = if wanted.is_usual() {
            self.others.clone()
        } else {
            wanted.look(session)?
        };
        wanted.among(self.dialect, tables).map(Some)
    }
}
