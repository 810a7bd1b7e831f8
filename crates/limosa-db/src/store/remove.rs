//! Giving our tables up, after another tool's history says all that they say.

use limosa_sql::Dialect;

use super::{Limosa, StoreError, Tables};
use crate::{DbError, Locked, Session as _};

impl Limosa {
    /// Removes what the history and the journal have of this set, and the tables when nothing else is in them.
    /// False when the lock is lost; `Some` says whether the tables are gone.
    ///
    /// # Errors
    /// What the server answers.
    pub(super) fn remove(&self, session: &mut Locked) -> Result<Option<bool>, StoreError> {
        let doing = "removing the history of Limosa";
        self.remove_set(session)
            .map_err(|cause| StoreError::Db { doing, cause })
    }

    fn remove_set(&self, session: &mut Locked) -> Result<Option<bool>, DbError> {
        let dialect = session.dialect();
        let lock = session.guard().to_owned();
        let context = self.context(dialect, &lock, "");
        let set = [("set", self.set.as_str().into())];
        let prepare = |text| context.prepare(text, &set);
        if session
            .query(&prepare("SELECT 1 {dual} WHERE {lock}").sql, &[])?
            .is_empty()
        {
            return Ok(None);
        }
        let others = prepare("SELECT 1 FROM {history} WHERE set_name <> :set LIMIT 1");
        if session.query(&others.sql, &others.parameters)?.is_empty() {
            let [history, journal] =
                [Tables::HISTORY, Tables::JOURNAL].map(|table| self.tables.quoted(dialect, table));
            if dialect == Dialect::Sqlite {
                session.run(&format!("DROP TABLE {history}"))?;
                session.run(&format!("DROP TABLE {journal}"))?;
            } else {
                // In one statement: where it commits by itself, half of both would be left otherwise.
                session.run(&format!("DROP TABLE {history}, {journal}"))?;
            }
            return Ok(Some(true));
        }
        for text in [
            "DELETE FROM {history} WHERE set_name = :set",
            "DELETE FROM {journal} WHERE set_name = :set AND event <> 'format'",
        ] {
            let delete = prepare(text);
            session.execute(&delete.sql, &delete.parameters)?;
        }
        Ok(Some(false))
    }
}
