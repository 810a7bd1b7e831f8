//! The program itself: how large it is, and whether it can be built without the system's libraries.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::aims::{self, Judged};
use super::arena::{Arena, Entrant, Place, Wire};
use super::page::{Part, cell, measured_on};
use super::programs::{Act, Program};
use super::rounds::Absent;
use super::small::all_there;
use super::{Bench, NAMES, build};
use crate::servers;

/// What a static program is built for.
const TARGET: &str = "x86_64-unknown-linux-musl";
/// How many migrations the static program has to apply.
const MIGRATIONS: usize = 10;

pub(super) fn measure(bench: &Bench) -> Result<Part, String> {
    let released = megabytes(&bench.limosa)?;
    let tried = prepare().map_err(Absent::NotHere).and_then(|()| {
        let program = build(&bench.root, Some(TARGET)).map_err(Absent::Failed)?;
        works(bench, &program).map_err(Absent::Failed)?;
        megabytes(&program).map_err(Absent::Failed)
    });
    let row = match &tried {
        Ok(size) => {
            format!("{size:.1} MB; it applies {MIGRATIONS} migrations on SQLite and PostgreSQL")
        }
        Err(Absent::Failed(reason)) => format!("failed: {}", cell(reason)),
        Err(Absent::NotHere(reason)) => format!("not built: {}", cell(reason)),
    };
    let text = format!(
        "## The program\n\n{}| program | |\n|---|---|\n| as it is released | {released:.1} MB |\n| static (`{TARGET}`) | \
         {row} |\n",
        measured_on(bench, &[])
    );
    let judged = |aim, figure| Judged { aim, figure };
    Ok(Part {
        name: NAMES.binary,
        text,
        judged: vec![
            judged(&aims::BINARY, Ok(released)),
            judged(&aims::STATIC, tried),
        ],
    })
}

fn megabytes(program: &Path) -> Result<f64, String> {
    let data =
        std::fs::metadata(program).map_err(|error| format!("{}: {error}", program.display()))?;
    let kilobytes = u32::try_from(data.len() / 1000).unwrap_or(u32::MAX);
    Ok(f64::from(kilobytes) / 1000.0)
}

/// What the build needs: the standard library for the target, and a C compiler.
fn prepare() -> Result<(), String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err(format!("{TARGET} is built on Linux on x86-64"));
    }
    let output = Command::new("rustup")
        .args(["target", "add", TARGET])
        .output()
        .map_err(|error| format!("rustup: {error}"))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(format!("rustup cannot add the target: {words}"));
    }
    match Command::new("musl-gcc").arg("--version").output() {
        Ok(output) if output.status.success() => Ok(()),
        _ => servers::install_package("musl-tools"),
    }
}

/// That a program tells its version, needs no library of the system, and applies migrations.
fn works(bench: &Bench, program: &Path) -> Result<(), String> {
    let output = Command::new(program).arg("--version").output();
    let output = output.map_err(|error| format!("it cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("--version ended with {}", output.status));
    }
    for place in [Place::Sqlite, Place::Postgres] {
        let arena = Arena::start(place)?;
        let entrant = Entrant {
            file: Ok(PathBuf::from(program)),
            ..bench.entrant(Program::Limosa, place.kind(), MIGRATIONS, Act::Up)
        };
        let db = arena.database();
        arena.run(&entrant, &db, Wire::Near)?;
        all_there(&db, MIGRATIONS)?;
    }
    Ok(())
}
