//! db-migrate, with files of SQL.

use std::sync::OnceLock;

use limosa_testkit::tools::{self, DB_MIGRATE, DB_MIGRATE_SQLITE, Tool};
use limosa_testkit::{Kind, Output, Run};

use super::{Goal, Original, program, stamps};
use crate::migrations::{self, Migration};
use crate::place::Place;

pub struct DbMigrate;

/// The loader that stands beside two files of SQL, as the tool itself makes it.
pub fn loader(place: &Place, stem: &str) -> String {
    static MADE: OnceLock<String> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        tools::db_migrate_loader(&DbMigrate.tool(place.db.kind())).unwrap_or_else(|e| panic!("{e}"))
    });
    made.replace("{stem}", stem)
}

impl Original for DbMigrate {
    fn name(&self) -> &'static str {
        "db-migrate"
    }

    fn tool(&self, kind: Kind) -> Tool {
        match kind {
            Kind::Sqlite => DB_MIGRATE_SQLITE,
            Kind::Postgres | Kind::MariaDb => DB_MIGRATE,
        }
    }

    fn kinds(&self) -> &'static [Kind] {
        &Kind::ALL
    }

    fn table(&self) -> &'static str {
        "migrations"
    }

    fn write(&self, place: &Place, folder: &str, migrations: &[Migration]) {
        for migration in migrations {
            let title = migration.name.replace('_', "-");
            let stem = format!("{}-{title}", self.version(migration.number));
            let sql = format!("{folder}/sqls/{stem}");
            place
                .project
                .write(format!("{folder}/{stem}.js"), loader(place, &stem));
            place.project.write(format!("{sql}-up.sql"), &migration.up);
            place
                .project
                .write(format!("{sql}-down.sql"), &migration.down);
        }
    }

    fn configure(&self, place: &Place) {
        let configuration = place.db.address().db_migrate();
        place.project.write("database.json", configuration);
    }

    fn told(&self, _place: &Place) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn call(&self, place: &Place, goal: Goal) -> Run {
        let program = program(&self.tool(place.db.kind()));
        match goal {
            Goal::Up => place.project.program(program, &["up"]),
            // `--count` counts those that are pending.
            Goal::UpTo(count) => {
                let first = &migrations::all(place.db.kind())[..count];
                let folder = format!("first{count}");
                self.write(place, &folder, first);
                place.project.program(program, &["up", "-m", &folder])
            }
            Goal::Down => place.project.program(program, &["down"]),
        }
    }

    fn says_nothing_to_do(&self, output: &Output) -> bool {
        output.code == 0 && output.stdout.contains("No migrations to run")
    }

    fn rows(&self, kind: Kind) -> String {
        format!(
            "select name, {} from migrations order by run_on, name",
            stamps::recent(kind, "run_on")
        )
    }

    fn without_lock(&self, _kind: Kind) -> &'static str {
        "it takes no lock"
    }
}
