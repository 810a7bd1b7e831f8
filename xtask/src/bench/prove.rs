//! How long `limosa verify` takes for a folder of migrations, and how much memory.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use limosa_testkit::Kind;

use super::measure::{Measured, Whom, measure as measured};
use super::page::{Part, measured_on, memory, shown};
use super::{Bench, NAMES, unwritten};
use crate::eprint;

/// How many migrations the folder has.
const MIGRATIONS: usize = 300;
/// One in so many does not restore.
const FORGETFUL: usize = 10;
/// A folder that was proved.
#[derive(Debug)]
struct Proved {
    kind: Kind,
    run: Measured,
}

pub(super) fn measure(bench: &Bench) -> Result<Part, String> {
    let all = prove(&bench.limosa, &bench.folder)?;
    Ok(Part {
        name: NAMES.verify,
        text: part(bench, &all),
        judged: Vec::new(),
    })
}

/// Proves the same migrations on each database, with findings.
fn prove(limosa: &Path, folder: &Path) -> Result<Vec<Proved>, String> {
    let mut all = Vec::new();
    for kind in Kind::ALL {
        eprint(&format!(
            "{MIGRATIONS} migrations proved on {}\n",
            kind.label()
        ));
        let project = folder.join("verify").join(kind.label());
        let migrations = project.join("migrations");
        std::fs::create_dir_all(&migrations).map_err(unwritten)?;
        for number in 1..=MIGRATIONS {
            let path = migrations.join(format!("{number:04}_step.sql"));
            std::fs::write(path, migration(number)).map_err(unwritten)?;
        }
        let dialect = match kind {
            Kind::Postgres => "postgres",
            Kind::MariaDb => "mysql",
            Kind::Sqlite => "sqlite",
        };
        let mut command = Command::new(limosa);
        command
            .arg("-C")
            .arg(&project)
            .args(["verify", "--dialect", dialect]);
        let run = measured(command, Whom::Alone)?;
        run.expect(3)?;
        all.push(Proved { kind, run });
    }
    Ok(all)
}

/// In turn: a table that refers to one before it, a column, another table that refers to it, another name for a
/// column, which some forget to give back.
fn migration(number: usize) -> String {
    let turn = number.div_ceil(4);
    let (up, down) = match number % 4 {
        1 => {
            let parent = match turn {
                1 => String::new(),
                _ => format!(", parent integer REFERENCES t{} (id)", turn - 1),
            };
            (
                format!(
                    "CREATE TABLE t{turn} (id integer PRIMARY KEY, name varchar(80) NOT NULL{parent});\n\
                     CREATE INDEX t{turn}_name ON t{turn} (name);"
                ),
                format!("DROP TABLE t{turn};"),
            )
        }
        2 => (
            format!("ALTER TABLE t{turn} ADD COLUMN amount numeric(12, 2) NOT NULL DEFAULT 0;"),
            format!("ALTER TABLE t{turn} DROP COLUMN amount;"),
        ),
        3 => (
            format!(
                "CREATE TABLE u{turn} (id integer PRIMARY KEY, t integer NOT NULL REFERENCES t{turn} (id));"
            ),
            format!("DROP TABLE u{turn};"),
        ),
        _ => (
            format!("ALTER TABLE t{turn} RENAME COLUMN name TO title;"),
            match turn % FORGETFUL {
                0 => "SELECT 1;".to_owned(),
                _ => format!("ALTER TABLE t{turn} RENAME COLUMN title TO name;"),
            },
        ),
    };
    format!("-- limosa: up\n{up}\n\n-- limosa: down\n{down}\n")
}

/// The part of the page.
fn part(bench: &Bench, all: &[Proved]) -> String {
    let mut text = format!(
        "## Proving\n\n`limosa verify` over {MIGRATIONS} migrations, one in {} of which does not restore: each up, down and \
         up again, over empty tables and over rows; every stretch of the chain. PostgreSQL and MariaDB are private \
         servers, whose start is in the clock. *Memory* and *processor* are those of limosa alone. \
         {}| database | clock | for each migration | processor | memory |\n|---|---|---|---|---|\n",
        4 * FORGETFUL,
        measured_on(bench, &[]),
    );
    for Proved { kind, run } in all {
        let each = run.wall / u32::try_from(MIGRATIONS).unwrap_or(1);
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            kind.label(),
            shown(run.wall),
            shown(each),
            run.processor.map_or_else(|| "?".to_owned(), shown),
            memory(run.memory),
        );
    }
    text.push('\n');
    text
}
