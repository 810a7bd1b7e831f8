//! The same migrations in the files that each program wants.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use limosa_testkit::tools;

use super::{Glue, Program};

/// The file of the database's own client.
pub(super) const ONE_FILE: &str = "all.sql";

/// A table, an index, a column.
#[derive(Debug, Clone)]
pub(in crate::bench) struct Migration {
    number: usize,
    title: String,
    up: [String; 3],
    down: String,
}

/// So many of them.
pub(in crate::bench) fn migrations(count: usize) -> Vec<Migration> {
    let one = |number| Migration {
        number,
        title: format!("table_{number}"),
        up: [
            format!(
                "CREATE TABLE table_{number} (id bigint PRIMARY KEY, name varchar(80) NOT NULL, note varchar(200))"
            ),
            format!("CREATE INDEX table_{number}_name ON table_{number} (name)"),
            format!("ALTER TABLE table_{number} ADD COLUMN amount integer NOT NULL DEFAULT 0"),
        ],
        down: format!("DROP TABLE table_{number};\n"),
    };
    (1..=count).map(one).collect()
}

/// How one migration is written.
struct Files {
    /// The file of its way up, from the project's folder.
    up: String,
    /// What stands before its SQL.
    head: &'static str,
    down: Down,
}

enum Down {
    /// In the same file, behind this.
    Same(&'static str),
    /// In a file of its own.
    Beside(String),
    /// Not at all.
    None,
}

impl Program {
    fn files(self, number: usize, title: &str) -> Files {
        let stamp = 20_260_101_000_000_u64 + number as u64;
        let same = |up: String, head: &'static str, tail: &'static str| Files {
            up: format!("migrations/{up}"),
            head,
            down: Down::Same(tail),
        };
        let pair = |stem: String, up: &str, down: &str| Files {
            up: format!("migrations/{stem}{up}"),
            head: "",
            down: Down::Beside(format!("migrations/{stem}{down}")),
        };
        match self {
            Self::Limosa | Self::LimosaEach | Self::Client(_) => same(
                format!("{number:06}_{title}.sql"),
                "-- limosa: up\n",
                "\n-- limosa: down\n",
            ),
            Self::GolangMigrate => pair(format!("{number:06}_{title}"), ".up.sql", ".down.sql"),
            Self::Goose => same(
                format!("{stamp}_{title}.sql"),
                "-- +goose Up\n",
                "\n-- +goose Down\n",
            ),
            Self::Dbmate => same(
                format!("{stamp}_{title}.sql"),
                "-- migrate:up\n",
                "\n-- migrate:down\n",
            ),
            Self::Sqlx => pair(format!("{stamp}_{title}"), ".up.sql", ".down.sql"),
            Self::Diesel => pair(format!("{stamp}_{title}"), "/up.sql", "/down.sql"),
            Self::Refinery => Files {
                up: format!("migrations/V{number}__{title}.sql"),
                head: "",
                down: Down::None,
            },
            Self::NodePgMigrate => same(
                format!("{}_{title}.sql", 1_700_000_000_000_u64 + number as u64),
                "-- Up Migration\n",
                "\n-- Down Migration\n",
            ),
            Self::DbMigrate => pair(
                format!("sqls/{}", stem(number, title)),
                "-up.sql",
                "-down.sql",
            ),
        }
    }
}

/// The name of a migration of db-migrate.
fn stem(number: usize, title: &str) -> String {
    let stamp = 20_260_101_000_000_u64 + number as u64;
    format!("{stamp}-{}", title.replace('_', "-"))
}

/// Writes many migrations as this program wants them.
pub(in crate::bench) fn write_many(
    program: Program,
    tool: Option<&tools::Tool>,
    folder: &Path,
    migrations: &[Migration],
) -> Result<(), String> {
    let failed = |error: io::Error| format!("a file cannot be written: {error}");
    if let Program::Client(glue) = program {
        fs::create_dir_all(folder).map_err(failed)?;
        return fs::write(folder.join(ONE_FILE), glued(migrations, glue)).map_err(failed);
    }
    let loader = loader(program, tool)?;
    for migration in migrations {
        let up = format!("{};\n", migration.up.join(";\n"));
        write(
            program,
            loader.as_deref(),
            folder,
            (migration.number, &migration.title),
            |out| out.write_all(up.as_bytes()),
            &migration.down,
        )
        .map_err(failed)?;
    }
    Ok(())
}

/// Writes one migration whose way up is this file.
pub(in crate::bench) fn write_one(
    program: Program,
    tool: Option<&tools::Tool>,
    folder: &Path,
    body: &Path,
) -> Result<(), String> {
    if let Program::Client(_) = program {
        return fs::create_dir_all(folder)
            .and_then(|()| fs::hard_link(body, folder.join(ONE_FILE)))
            .map_err(|error| format!("a file cannot be linked: {error}"));
    }
    let loader = loader(program, tool)?;
    let copy = |out: &mut dyn Write| io::copy(&mut File::open(body)?, out).map(|_| ());
    let down = "DROP TABLE measurements;\n";
    write(program, loader.as_deref(), folder, (1, "rows"), copy, down)
        .map_err(|error| format!("a file cannot be written: {error}"))
}

/// What stands beside the files of SQL of db-migrate.
fn loader(program: Program, tool: Option<&tools::Tool>) -> Result<Option<String>, String> {
    match (program, tool) {
        (Program::DbMigrate, Some(tool)) => tools::db_migrate_loader(tool).map(Some),
        _ => Ok(None),
    }
}

fn write(
    program: Program,
    loader: Option<&str>,
    folder: &Path,
    (number, title): (usize, &str),
    up: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    down: &str,
) -> io::Result<()> {
    let files = program.files(number, title);
    let path = folder.join(&files.up);
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    let mut out = BufWriter::new(File::create(path)?);
    out.write_all(files.head.as_bytes())?;
    up(&mut out)?;
    match files.down {
        Down::Same(tail) => write!(out, "{tail}{down}")?,
        Down::Beside(path) => fs::write(folder.join(path), down)?,
        Down::None => {}
    }
    if let Some(loader) = loader {
        let stem = stem(number, title);
        let path = folder.join(format!("migrations/{stem}.js"));
        fs::write(path, loader.replace("{stem}", &stem))?;
    }
    out.flush()
}

/// All of them in one file for the database's own client.
fn glued(migrations: &[Migration], glue: Glue) -> String {
    let mut text = String::new();
    for migration in migrations {
        let statements = migration.up.join(match glue {
            Glue::OneMessage => "\\;\n",
            _ => ";\n",
        });
        text.push_str(&match glue {
            Glue::EachInTransaction => format!("BEGIN;\n{statements};\nCOMMIT;\n"),
            // psql sends what is before an escaped semicolon with what is behind it.
            Glue::OneMessage => format!("{statements}\\;\n"),
            Glue::OneTransaction | Glue::Plain => format!("{statements};\n"),
        });
    }
    if glue == Glue::OneMessage {
        text.push_str("SELECT 1;\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_message_has_one_semicolon_that_ends_it() {
        let text = glued(&migrations(3), Glue::OneMessage);
        assert_eq!(text.matches("\\;").count(), 9);
        assert_eq!(text.matches(';').count(), 10);
        assert!(text.ends_with("\\;\nSELECT 1;\n"));
    }

    #[test]
    fn every_program_gets_the_same_sql() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let one = migrations(1);
        for program in [Program::Limosa, Program::Goose, Program::Diesel] {
            let own = folder
                .path()
                .join(program.name(limosa_testkit::Kind::Sqlite));
            write_many(program, None, &own, &one).expect("it is written");
            let text = fs::read_to_string(own.join(program.files(1, "table_1").up));
            let text = text.expect("it is there");
            assert!(text.contains(&one[0].up.join(";\n")), "{text}");
        }
    }
}
