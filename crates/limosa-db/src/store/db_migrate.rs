//! The table of db-migrate: a row for each applied migration, known by the name of its file.
//!
//! The name is `/20200101000000-add-users`; what stands before the last slash is the scope, and rows of another scope
//! are those of another set. Releases before scopes wrote no slash; db-migrate reads and deletes both.

use std::collections::HashMap;

use limosa_core::Version;
use limosa_core::foreign::{Mark, Marks};
use limosa_core::history::Direction;
use limosa_sql::Dialect;

use super::StoreError;
use super::foreign::{Change, Contents, ForeignStore, Holds, Home, Stage, TableReader, Write};

pub(super) struct DbMigrate;

/// How many digits a version has.
const DIGITS: usize = 14;

/// The version and the title in a name that db-migrate records.
fn parts(name: &str) -> Option<(Version, &str)> {
    let (stamp, title) = name.split_once('-')?;
    (stamp.len() == DIGITS && !title.is_empty())
        .then(|| Some((Version::number(stamp).ok()?, title)))
        .flatten()
}

/// The condition that a name is that of the version, with its slash or without.
macro_rules! is_it {
    ($name:literal) => {
        concat!(
            "(substr(",
            $name,
            ", 1, 16) = concat('/', :text, '-') OR substr(",
            $name,
            ", 1, 15) = concat(:text, '-'))"
        )
    };
}

/// The condition that no row is of the version.
macro_rules! where_absent {
    () => {
        concat!(
            " WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE ",
            is_it!("t.name"),
            ")"
        )
    };
}

impl ForeignStore for DbMigrate {
    fn table(&self) -> &'static str {
        "migrations"
    }

    fn home(&self) -> Home {
        Home::First
    }

    fn columns(&self) -> &'static [(&'static str, Holds)] {
        &[
            ("id", Holds::Number),
            ("name", Holds::Text),
            ("run_on", Holds::Time),
        ]
    }

    fn supports(&self, _: Dialect) -> bool {
        true
    }

    fn create(&self, dialect: Dialect) -> &'static [&'static str] {
        match dialect {
            Dialect::Postgres => &[
                "CREATE TABLE {table} (id SERIAL PRIMARY KEY NOT NULL, name VARCHAR(255) NOT NULL, \
                 run_on TIMESTAMP NOT NULL)",
            ],
            Dialect::Mysql => &[
                "CREATE TABLE {table} (id INTEGER NOT NULL PRIMARY KEY AUTO_INCREMENT, name VARCHAR(255) NOT NULL, \
                 run_on DATETIME NOT NULL)",
            ],
            Dialect::Sqlite => &[
                "CREATE TABLE {table} (\"id\" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, \
                 \"name\" VARCHAR (255) NOT NULL, \"run_on\" datetime NOT NULL)",
            ],
        }
    }

    fn read(&self, table: &mut TableReader<'_>) -> Result<Contents, StoreError> {
        let rows = table
            .rows("SELECT t.name, {time t.run_on} FROM {table} t ORDER BY t.run_on, t.name")?;
        let mut marks: Vec<Mark> = Vec::new();
        let mut names: HashMap<Version, String> = HashMap::new();
        for row in &rows {
            let name = row.text(0).unwrap_or_default();
            let within = match name.rsplit_once('/') {
                Some(("", within)) => within,
                Some(_) => continue,
                None => &name,
            };
            let Some((version, title)) = parts(within) else {
                let reason = format!("the name `{name}` is not `/<{DIGITS} digits>-<title>`");
                return Err(table.not_understood(&reason));
            };
            match names.get(&version) {
                // The same one with its slash and without.
                Some(known) if known == within => continue,
                Some(known) => {
                    let reason = format!("`{known}` and `{within}` have the same version");
                    return Err(table.not_understood(&reason));
                }
                None => {}
            }
            marks.push(Mark {
                name: Some(title.to_owned()),
                at: row.text(1),
                ..Mark::new(version.clone())
            });
            names.insert(version, within.to_owned());
        }
        Ok(Contents {
            marks: Marks::Each(marks),
            unfinished: None,
        })
    }

    fn write(&self, dialect: Dialect, change: &Change<'_>) -> Vec<Write> {
        const IS_ABSENT: &str = concat!("SELECT 1 AS is_absent {dual}", where_absent!());
        const IS_THERE: &str = concat!("SELECT 1 FROM {table} t WHERE ", is_it!("t.name"));
        const DELETE: &str = concat!("DELETE FROM {table} WHERE ", is_it!("name"));
        // The time is that of db-migrate on this server, and never before that of another row: it undoes the newest
        // first, by its own clock.
        let insert = match dialect {
            Dialect::Postgres => concat!(
                "INSERT INTO {table} (name, run_on) SELECT concat('/', :text, '-', :name), greatest( \
                 CAST(pg_catalog.clock_timestamp() AS timestamp(3)), (SELECT max(t.run_on) FROM {table} t))",
                where_absent!(),
            ),
            Dialect::Mysql => concat!(
                "INSERT INTO {table} (name, run_on) SELECT concat('/', :text, '-', :name), greatest( \
                 sysdate(), coalesce((SELECT max(t.run_on) FROM {table} t), sysdate())) FROM DUAL",
                where_absent!(),
            ),
            Dialect::Sqlite => concat!(
                "INSERT INTO {table} (name, run_on) SELECT concat('/', :text, '-', :name), max( \
                 CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER), \
                 coalesce((SELECT max(t.run_on) FROM {table} t WHERE typeof(t.run_on) = 'integer'), 0))",
                where_absent!(),
            ),
        };
        match (change.stage, change.direction) {
            (Stage::Begins { .. }, Direction::Up) => vec![Write::found(IS_ABSENT)],
            (Stage::Begins { .. }, Direction::Down) => vec![Write::found(IS_THERE)],
            (Stage::Done, Direction::Up) => vec![Write::one(insert)],
            (Stage::Done, Direction::Down) => vec![Write::some(DELETE)],
            // It writes nothing of what it began.
            (Stage::TakenBack | Stage::Settled { .. }, _) => vec![],
        }
    }
}
