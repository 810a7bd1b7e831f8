//! go-pg/migrations, which is a library: a program of ours has it inside.

use limosa_testkit::tools::{GO_PG, Tool};
use limosa_testkit::{Kind, Output, Run};

use super::{Goal, Locked, Original, program, stamps};
use crate::migrations::Migration;
use crate::place::Place;

pub struct GoPg;

/// The program with a command of the library.
pub fn command(place: &Place, arguments: &[&str]) -> Run {
    let url = format!("{}?sslmode=disable", place.db.url());
    let mut all = vec![&*url, "migrations"];
    all.extend(arguments);
    place.project.program(program(&GO_PG), &all)
}

impl Original for GoPg {
    fn name(&self) -> &'static str {
        "go-pg"
    }

    fn tool(&self, _kind: Kind) -> Tool {
        GO_PG
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Postgres]
    }

    fn table(&self) -> &'static str {
        "gopg_migrations"
    }

    /// With gaps, since going down from a version writes the number below it.
    fn version(&self, number: usize) -> String {
        format!("{}", number * 10)
    }

    fn write(&self, place: &Place, folder: &str, migrations: &[Migration]) {
        for migration in migrations {
            // Both kinds of files.
            let kind = if migration.number % 2 == 0 { ".tx" } else { "" };
            let version = self.version(migration.number);
            let stem = format!("{folder}/{version}_{}{kind}", migration.name);
            place.project.write(format!("{stem}.up.sql"), &migration.up);
            place
                .project
                .write(format!("{stem}.down.sql"), &migration.down);
        }
    }

    /// It is told by the program that has it inside.
    fn told(&self, place: &Place) -> Vec<(&'static str, String)> {
        vec![("LIMOSA_URL", format!("{}?sslmode=disable", place.db.url()))]
    }

    fn begin(&self, place: &Place) {
        let output = command(place, &["init"]).run();
        assert_eq!(output.code, 0, "{output}");
    }

    fn call(&self, place: &Place, goal: Goal) -> Run {
        match goal {
            Goal::Up => command(place, &["up"]),
            Goal::UpTo(count) => command(place, &["up", &self.version(count)]),
            Goal::Down => command(place, &["down"]),
        }
    }

    fn says_nothing_to_do(&self, output: &Output) -> bool {
        let versions: Vec<&str> = output.stdout.split_whitespace().collect();
        output.code == 0 && matches!(versions[..], [before, after] if before == after)
    }

    fn rows(&self, kind: Kind) -> String {
        format!(
            "select version, {} from gopg_migrations order by id",
            stamps::recent(kind, "created_at")
        )
    }

    fn locked(&self, _kind: Kind) -> &'static [Locked] {
        &[Locked {
            name: "library",
            tool: GO_PG,
            call: |place| command(place, &["up"]),
        }]
    }
}
