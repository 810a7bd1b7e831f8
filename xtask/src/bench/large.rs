//! Files of hundreds of megabytes: time and memory, and a statement that is refused.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use limosa_testkit::Database;

use super::aims::{self, Judged};
use super::arena::{Arena, Entrant, Place, Wire};
use super::measure::{Whom, measure as measured};
use super::page::{Part, cell, measured_on, memory, shown, table};
use super::programs::{Act, Glue, PEERS, Program, write_one};
use super::rounds::{Absent, Outcome, compete};
use super::{Bench, NAMES, files, unwritten};

/// The single statement that is refused.
const HUGE_STATEMENT: u64 = 200;
/// The file with COPY that every tool tries.
const SMALL_COPY: u64 = 100_000;

/// A file of SQL that fills a table.
struct Body {
    path: PathBuf,
    rows: u64,
}

pub(super) fn measure(bench: &Bench) -> Result<Part, String> {
    let size = bench.megabytes * 1_000_000;
    let body = |name: &str, write: fn(&Path, u64) -> std::io::Result<u64>, size| {
        let path = bench.folder.join(name);
        let rows = write(&path, size).map_err(unwritten)?;
        Ok::<_, String>(Body { path, rows })
    };
    let small = body("copy-small.sql", files::copy, SMALL_COPY)?;
    let inserts = body("inserts.sql", files::inserts, size)?;
    let client = Program::Client(Glue::OneTransaction);

    let postgres = Arena::start(Place::Postgres)?;
    let mut versions = vec![postgres.version()];
    let everybody: Vec<Program> = [Program::Limosa, client].into_iter().chain(PEERS).collect();
    let on_postgres = apply(bench, &postgres, &everybody, &inserts, bench.rounds(1))?;
    let small_copy = apply(bench, &postgres, &everybody, &small, 1)?;
    let mut ours: Vec<Outcome> = Vec::new();
    let mut parts = format!(
        "### INSERT statements: PostgreSQL, not durable\n\n{}",
        table(&on_postgres)
    );
    for place in [Place::MariaDb, Place::Sqlite] {
        let arena = Arena::start(place)?;
        versions.push(arena.version());
        let outcomes = apply(
            bench,
            &arena,
            &[Program::Limosa, client],
            &inserts,
            bench.rounds(1),
        )?;
        let _ = write!(
            parts,
            "### INSERT statements: {}\n\n{}",
            place.name(),
            table(&outcomes)
        );
        ours.extend(outcomes.into_iter().filter(is_ours));
    }
    remove(&inserts.path)?;
    let copy = body("copy.sql", files::copy, size)?;
    let outcomes = apply(
        bench,
        &postgres,
        &[Program::Limosa, client],
        &copy,
        bench.rounds(1),
    )?;
    remove(&copy.path)?;
    let _ = write!(
        parts,
        "### One COPY block: PostgreSQL, not durable\n\n{}",
        table(&outcomes)
    );
    parts.push_str(&copies(&small_copy));
    parts.push_str(&huge(bench)?);
    ours.extend(outcomes.into_iter().filter(is_ours));
    ours.extend(on_postgres.iter().filter(|one| is_ours(one)).cloned());
    let judged = vec![
        aims::to_best_peer(&aims::LARGE_PEER, &on_postgres, Program::Limosa),
        Judged {
            aim: &aims::LARGE_MEMORY,
            figure: most_memory(&ours),
        },
    ];
    let text = format!(
        "## Large files\n\nOne migration of {} MB. The INSERT statements have about 150 bytes each; the databases' own \
         clients run them in one transaction. *Processor* is the time of the program alone, without the server's \
         (SQLite has no server). {}{parts}",
        bench.megabytes,
        measured_on(bench, &versions),
    );
    Ok(Part {
        name: NAMES.large,
        text,
        judged,
    })
}

fn is_ours(one: &Outcome) -> bool {
    one.program == Program::Limosa
}

/// Each program applies the file, one after the other: the files are large, so there is one at a time.
fn apply(
    bench: &Bench,
    arena: &Arena,
    programs: &[Program],
    body: &Body,
    rounds: usize,
) -> Result<Vec<Outcome>, String> {
    let kind = arena.place.kind();
    let mut all = Vec::new();
    for &program in programs {
        let folder = bench.folder.join("large");
        let mut entrant = Entrant {
            program,
            act: Act::Up,
            name: program.name(kind),
            file: program.find(kind, &bench.limosa),
            folder: folder.clone(),
        };
        if entrant.file.is_ok() {
            let written = write_one(program, program.tool(kind).as_ref(), &folder, &body.path);
            entrant.file = written.and(entrant.file);
        }
        let outcomes = compete(arena, &[entrant], rounds, Wire::Near, |db| filled(db, body));
        all.extend(outcomes);
        remove(&folder)?;
    }
    Ok(all)
}

fn filled(db: &Database, body: &Body) -> Result<(), String> {
    let rows = db.value("select count(*) from measurements");
    if rows == body.rows.to_string() {
        return Ok(());
    }
    Err(format!("it left {rows} of {} rows", body.rows))
}

/// Removes a file or a folder that may not be there.
fn remove(path: &Path) -> Result<(), String> {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.to_string()),
        _ => Ok(()),
    }
}

fn most_memory(ours: &[Outcome]) -> Result<f64, Absent> {
    let mut most = 0.0_f64;
    for one in ours {
        if let Some(reason) = &one.absent {
            return Err(reason.clone());
        }
        let memory = one.memory.ok_or_else(|| {
            Absent::NotHere("this system does not tell the memory of a process".to_owned())
        })?;
        let kibibytes = u32::try_from(memory >> 10).unwrap_or(u32::MAX);
        most = most.max(f64::from(kibibytes) / 1024.0);
    }
    Ok(most)
}

/// Who can apply what `pg_dump` writes.
fn copies(outcomes: &[Outcome]) -> String {
    let mut text = String::from(
        "### A small file with COPY, as `pg_dump` writes it\n\n| program | |\n|---|---|\n",
    );
    for one in outcomes {
        let result = match &one.absent {
            None => "works".to_owned(),
            Some(Absent::Failed(reason)) => format!("fails: {}", cell(reason)),
            Some(Absent::NotHere(reason)) => format!("not here: {}", cell(reason)),
        };
        let _ = writeln!(text, "| {} | {result} |", one.name);
    }
    text.push('\n');
    text
}

/// A statement of 200 MB, which is more than any server takes.
fn huge(bench: &Bench) -> Result<String, String> {
    let folder = bench.folder.join("huge");
    fs::create_dir_all(folder.join("migrations")).map_err(unwritten)?;
    files::huge(
        &folder.join("migrations/1_huge.sql"),
        HUGE_STATEMENT * 1_000_000,
    )
    .map_err(unwritten)?;
    let db = Arena::start(Place::Sqlite)?.database();
    let limosa = Program::Limosa;
    let run = measured(
        limosa.command(Act::Up, &bench.limosa, &folder, &db.address()),
        Whom::Family,
    )?;
    remove(&folder)?;
    if run.code != Some(2) || !run.stderr.contains("statement-too-large") {
        return Err(format!(
            "a statement of {HUGE_STATEMENT} MB is not refused as it should be: {}",
            run.stderr
        ));
    }
    Ok(format!(
        "A single statement of {HUGE_STATEMENT} MB is refused before anything is changed (exit code 2), after {} and with \
         {} of memory: statements may have 64 MiB.\n",
        shown(run.wall),
        memory(run.memory)
    ))
}

#[cfg(test)]
mod tests {
    use super::super::rounds::tests::outcome;
    use super::*;

    #[test]
    fn the_largest_memory_counts_and_a_failure_is_one() {
        let mut other = outcome(Program::Limosa, &[1]);
        other.memory = Some(65 << 20);
        let all = [outcome(Program::Limosa, &[1]), other];
        assert_eq!(most_memory(&all), Ok(65.0));
        let mut failed = outcome(Program::Limosa, &[]);
        failed.absent = Some(Absent::Failed("no".to_owned()));
        assert!(matches!(most_memory(&[failed]), Err(Absent::Failed(_))));
        let mut unknown = outcome(Program::Limosa, &[1]);
        unknown.memory = None;
        assert!(matches!(most_memory(&[unknown]), Err(Absent::NotHere(_))));
    }

    #[test]
    fn who_fails_at_copy_is_named_with_the_reason() {
        let mut failed = outcome(Program::Sqlx, &[]);
        failed.absent = Some(Absent::Failed("syntax error".to_owned()));
        let text = copies(&[outcome(Program::Limosa, &[1]), failed]);
        assert!(
            text.contains("| limosa up | works |\n| sqlx-cli | fails: syntax error |"),
            "{text}"
        );
    }
}
