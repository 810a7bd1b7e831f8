//! pressly/goose.

use limosa_testkit::tools::{GOOSE, Tool};
use limosa_testkit::{Kind, Output, Run};

use super::{Goal, Original, Set, program, stamps};
use crate::migrations::Migration;
use crate::place::Place;

pub struct Goose;

/// The driver and the data source, as Go's drivers want them.
pub fn source(place: &Place) -> [String; 2] {
    place.db.address().goose()
}

/// A file in the layout of both goose.
pub fn file(migration: &Migration) -> String {
    format!(
        "-- +goose Up\n{}\n-- +goose Down\n{}",
        migration.up, migration.down
    )
}

/// Its rows, which are the same in both goose.
pub fn rows(kind: Kind) -> String {
    format!(
        "select version_id, is_applied, {} from goose_db_version order by id",
        stamps::recent(kind, "tstamp")
    )
}

/// The command for one set of several.
pub fn in_set(place: &Place, set: &Set, arguments: &[&str]) -> Run {
    let [driver, source] = source(place);
    let mut all = vec!["-dir", &set.folder, "-table", &set.table, &driver, &source];
    all.extend(arguments);
    place.project.program(program(&GOOSE), &all)
}

impl Original for Goose {
    fn name(&self) -> &'static str {
        "goose"
    }

    fn tool(&self, _kind: Kind) -> Tool {
        GOOSE
    }

    fn kinds(&self) -> &'static [Kind] {
        &Kind::ALL
    }

    fn table(&self) -> &'static str {
        "goose_db_version"
    }

    fn write(&self, place: &Place, folder: &str, migrations: &[Migration]) {
        for migration in migrations {
            let version = self.version(migration.number);
            let path = format!("{folder}/{version}_{}.sql", migration.name);
            place.project.write(path, file(migration));
        }
    }

    fn told(&self, place: &Place) -> Vec<(&'static str, String)> {
        let [driver, source] = source(place);
        vec![
            ("GOOSE_DBSTRING", source),
            ("GOOSE_DRIVER", driver),
            ("GOOSE_MIGRATION_DIR", "migrations".to_owned()),
        ]
    }

    fn call(&self, place: &Place, goal: Goal) -> Run {
        let [driver, source] = source(place);
        let mut all = vec!["-dir", "migrations", &*driver, &*source];
        let version;
        match goal {
            Goal::Up => all.push("up"),
            Goal::UpTo(count) => {
                version = self.version(count);
                all.extend(["up-to", &version]);
            }
            Goal::Down => all.push("down"),
        }
        place.project.program(program(&GOOSE), &all)
    }

    fn says_nothing_to_do(&self, output: &Output) -> bool {
        output.code == 0 && output.stderr.contains("goose: no migrations to run.")
    }

    fn rows(&self, kind: Kind) -> String {
        rows(kind)
    }

    fn without_lock(&self, _kind: Kind) -> &'static str {
        "its command takes no lock"
    }
}
