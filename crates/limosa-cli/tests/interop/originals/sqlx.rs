//! sqlx, by its command and inside an application.

use limosa_testkit::tools::{SQLX_CLI, SQLX_LIBRARY, Tool};
use limosa_testkit::{Kind, Output, Run};

use super::{Goal, Locked, Original, program, stamps};
use crate::migrations::Migration;
use crate::place::Place;

pub struct Sqlx;

/// A subcommand of `sqlx migrate`.
pub fn command(place: &Place, arguments: &[&str]) -> Run {
    let url = place.db.url();
    let mut all = vec!["migrate"];
    all.extend(arguments);
    all.extend(["--no-dotenv", "--source", "migrations", "-D", &url]);
    place.project.program(program(&SQLX_CLI), &all)
}

impl Original for Sqlx {
    fn name(&self) -> &'static str {
        "sqlx"
    }

    fn tool(&self, _kind: Kind) -> Tool {
        SQLX_CLI
    }

    fn kinds(&self) -> &'static [Kind] {
        &Kind::ALL
    }

    fn table(&self) -> &'static str {
        "_sqlx_migrations"
    }

    fn write(&self, place: &Place, folder: &str, migrations: &[Migration]) {
        for migration in migrations {
            let version = self.version(migration.number);
            let stem = format!("{folder}/{version}_{}", migration.name);
            place.project.write(format!("{stem}.up.sql"), &migration.up);
            place
                .project
                .write(format!("{stem}.down.sql"), &migration.down);
        }
    }

    fn told(&self, place: &Place) -> Vec<(&'static str, String)> {
        vec![("DATABASE_URL", place.db.url())]
    }

    fn begin(&self, place: &Place) {
        // Its driver for SQLite wants a file that is there.
        if place.db.kind() == Kind::Sqlite {
            place.db.execute("pragma user_version = 0");
        }
    }

    fn call(&self, place: &Place, goal: Goal) -> Run {
        match goal {
            Goal::Up => command(place, &["run"]),
            Goal::UpTo(count) => command(place, &["run", "--target-version", &self.version(count)]),
            Goal::Down => command(place, &["revert"]),
        }
    }

    /// It says nothing.
    fn says_nothing_to_do(&self, output: &Output) -> bool {
        output.code == 0 && output.stdout.is_empty() && output.stderr.is_empty()
    }

    fn rows(&self, kind: Kind) -> String {
        let hex = match kind {
            Kind::Postgres => "encode(checksum, 'hex')",
            Kind::MariaDb | Kind::Sqlite => "lower(hex(checksum))",
        };
        format!(
            "select version, description, success, {hex}, execution_time >= 0, {} \
             from _sqlx_migrations order by version",
            stamps::recent(kind, "installed_on")
        )
    }

    fn locked(&self, kind: Kind) -> &'static [Locked] {
        const LIBRARY: Locked = Locked {
            name: "library",
            tool: SQLX_LIBRARY,
            call: |place| {
                let arguments = [&*place.db.url(), "migrations"];
                place.project.program(program(&SQLX_LIBRARY), &arguments)
            },
        };
        match kind {
            Kind::Postgres => &[LIBRARY],
            Kind::MariaDb | Kind::Sqlite => &[],
        }
    }

    fn without_lock(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::MariaDb => {
                "its library asks for a lock by GET_LOCK(…, -1), which MariaDB refuses, and goes on without"
            }
            Kind::Postgres | Kind::Sqlite => "it takes no lock",
        }
    }
}
