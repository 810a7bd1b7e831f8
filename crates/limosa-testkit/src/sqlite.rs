//! `SQLite` databases in temporary folders.

use crate::Database;

/// `SQLite` has no server; this only makes databases.
#[derive(Debug, Clone, Copy)]
pub struct Sqlite;

impl Sqlite {
    /// A new, empty database file in a temporary folder of its own, removed with the value.
    ///
    /// ```
    /// let db = limosa_testkit::Sqlite::database();
    /// db.execute("create table t (a); insert into t values ('x')");
    /// assert_eq!(db.query("select a from t"), [["x"]]);
    /// assert!(db.url().starts_with("sqlite:/"));
    /// ```
    #[track_caller]
    pub fn database() -> Database {
        Database::sqlite()
    }
}
