//! Databases that a script attaches (`SQLite`): they stay attached between its units, and what is
//! in memory is gone once it is detached.

use limosa_db::DbError;
use limosa_sql::{Dialect, Target, classify};

use super::Applier;

/// Whether a setting holds until the session ends, so that it is not repeated before each unit.
pub(super) fn stays(setting: &str, target: &Target) -> bool {
    target.dialect == Dialect::Sqlite
        && matches!(
            classify(setting.as_bytes(), target).kind,
            "attach" | "detach"
        )
}

impl Applier<'_> {
    /// The attached databases; none where there is no such thing.
    pub(super) fn attached(&mut self) -> Result<Vec<String>, DbError> {
        if self.locked.dialect() != Dialect::Sqlite {
            return Ok(vec![]);
        }
        let sql = "SELECT name FROM pragma_database_list WHERE name NOT IN ('main', 'temp')";
        let rows = self.locked.query(sql, &[])?;
        Ok(rows.iter().filter_map(|row| row.text(0)).collect())
    }

    /// Detaches all but these, so that a unit which attached more can be done again.
    pub(super) fn detach_but(&mut self, kept: &[String]) -> Result<(), DbError> {
        for name in self.attached()? {
            if !kept.contains(&name) {
                let name = name.replace('"', "\"\"");
                self.locked.run(&format!("DETACH \"{name}\""))?;
            }
        }
        Ok(())
    }
}
