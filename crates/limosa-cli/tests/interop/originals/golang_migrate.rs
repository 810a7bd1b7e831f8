//! golang-migrate, by its command and inside an application.

use limosa_testkit::tools::{GOLANG_MIGRATE, GOLANG_MIGRATE_LIBRARY, Tool};
use limosa_testkit::{Kind, Output, Run};

use super::{Goal, Locked, Original, Set, program};
use crate::migrations::Migration;
use crate::place::Place;

pub struct GolangMigrate;

/// The database as the command wants it.
pub fn url(place: &Place) -> String {
    place.db.address().golang_migrate()
}

/// The command with these arguments.
pub fn command(place: &Place, arguments: &[&str]) -> Run {
    let url = url(place);
    let mut all = vec!["-path", "migrations", "-database", &url];
    all.extend(arguments);
    place.project.program(program(&GOLANG_MIGRATE), &all)
}

/// The command for one set of several.
pub fn in_set(place: &Place, set: &Set, arguments: &[&str]) -> Run {
    let url = url(place);
    let mark = if url.contains('?') { '&' } else { '?' };
    let url = format!("{url}{mark}x-migrations-table={}", set.table);
    let mut all = vec!["-path", &set.folder, "-database", &url];
    all.extend(arguments);
    place.project.program(program(&GOLANG_MIGRATE), &all)
}

impl Original for GolangMigrate {
    fn name(&self) -> &'static str {
        "golang-migrate"
    }

    fn tool(&self, _kind: Kind) -> Tool {
        GOLANG_MIGRATE
    }

    fn kinds(&self) -> &'static [Kind] {
        &Kind::ALL
    }

    fn table(&self) -> &'static str {
        "schema_migrations"
    }

    fn version(&self, number: usize) -> String {
        format!("{number:06}")
    }

    fn write(&self, place: &Place, folder: &str, migrations: &[Migration]) {
        for migration in migrations {
            let stem = format!(
                "{folder}/{}_{}",
                self.version(migration.number),
                migration.name
            );
            place.project.write(format!("{stem}.up.sql"), &migration.up);
            place
                .project
                .write(format!("{stem}.down.sql"), &migration.down);
        }
    }

    /// It has neither a file nor a variable.
    fn told(&self, place: &Place) -> Vec<(&'static str, String)> {
        vec![("LIMOSA_URL", url(place))]
    }

    fn call(&self, place: &Place, goal: Goal) -> Run {
        match goal {
            Goal::Up => command(place, &["up"]),
            Goal::UpTo(count) => command(place, &["goto", &count.to_string()]),
            Goal::Down => command(place, &["down", "1"]),
        }
    }

    fn says_nothing_to_do(&self, output: &Output) -> bool {
        output.code == 0 && output.stderr == "no change\n"
    }

    fn rows(&self, _kind: Kind) -> String {
        "select version, dirty from schema_migrations".to_owned()
    }

    fn locked(&self, kind: Kind) -> &'static [Locked] {
        const COMMAND: Locked = Locked {
            name: "command",
            tool: GOLANG_MIGRATE,
            call: |place| command(place, &["up"]),
        };
        const PGX5: Locked = Locked {
            name: "pgx5",
            tool: GOLANG_MIGRATE,
            call: |place| {
                let url = url(place).replacen("postgres:", "pgx5:", 1);
                let arguments = ["-path", "migrations", "-database", &url, "up"];
                place.project.program(program(&GOLANG_MIGRATE), &arguments)
            },
        };
        const LIBRARY: Locked = Locked {
            name: "library",
            tool: GOLANG_MIGRATE_LIBRARY,
            call: |place| {
                let arguments = [&*url(place), "migrations"];
                let program = program(&GOLANG_MIGRATE_LIBRARY);
                place.project.program(program, &arguments)
            },
        };
        match kind {
            Kind::Postgres => &[COMMAND, PGX5, LIBRARY],
            Kind::MariaDb => &[COMMAND],
            Kind::Sqlite => &[],
        }
    }

    fn without_lock(&self, _kind: Kind) -> &'static str {
        "its lock for SQLite ends with its process"
    }
}
