//! liamstask/goose, the first one.

use limosa_testkit::tools::{LIAMSTASK_GOOSE, Tool};
use limosa_testkit::{Kind, Output, Run};

use super::goose::{file, rows, source};
use super::{Goal, Original, program};
use crate::migrations::{self, Migration};
use crate::place::Place;

pub struct LiamstaskGoose;

/// Writes `dbconf.yml` into a folder.
pub fn configure(place: &Place, folder: &str) {
    let [driver, source] = source(place);
    place.project.write(
        format!("{folder}/dbconf.yml"),
        format!("development:\n    driver: {driver}\n    open: {source}\n"),
    );
}

impl Original for LiamstaskGoose {
    fn name(&self) -> &'static str {
        "liamstask-goose"
    }

    fn tool(&self, _kind: Kind) -> Tool {
        LIAMSTASK_GOOSE
    }

    fn kinds(&self) -> &'static [Kind] {
        &Kind::ALL
    }

    fn table(&self) -> &'static str {
        "goose_db_version"
    }

    fn folder(&self) -> &'static str {
        "db/migrations"
    }

    fn write(&self, place: &Place, folder: &str, migrations: &[Migration]) {
        for migration in migrations {
            let version = self.version(migration.number);
            let path = format!("{folder}/{version}_{}.sql", migration.name);
            place.project.write(path, file(migration));
        }
    }

    fn configure(&self, place: &Place) {
        configure(place, "db");
    }

    fn told(&self, _place: &Place) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn call(&self, place: &Place, goal: Goal) -> Run {
        let program = program(&LIAMSTASK_GOOSE);
        match goal {
            Goal::Up => place.project.program(program, &["up"]),
            // It goes to the last file that there is.
            Goal::UpTo(count) => {
                let first = &migrations::all(place.db.kind())[..count];
                let folder = format!("first{count}");
                self.write(place, &format!("{folder}/migrations"), first);
                configure(place, &folder);
                place.project.program(program, &["-path", &folder, "up"])
            }
            Goal::Down => place.project.program(program, &["down"]),
        }
    }

    fn says_nothing_to_do(&self, output: &Output) -> bool {
        output.code == 0 && output.stdout.contains("goose: no migrations to run.")
    }

    fn rows(&self, kind: Kind) -> String {
        rows(kind)
    }

    fn without_lock(&self, _kind: Kind) -> &'static str {
        "it takes no lock"
    }
}
