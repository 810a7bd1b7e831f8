//! How long a folder takes to be read, and a plan to be made, with nothing and with everything to do. Twice as many
//! migrations take about twice as long.

use std::sync::Arc;

use divan::Bencher;
use divan::counter::ItemsCount;
use limosa_core::history::{Applied, History, Origin, StoredScript};
use limosa_core::layout::{self, Place};
use limosa_core::plan::{Goal, PlanOptions, plan};
use limosa_core::{MigrationSet, Script};
use limosa_sql::{Dialect, Target};
use tempfile::TempDir;

fn main() {
    divan::main();
}

const NUMBERS: [usize; 3] = [1_000, 10_000, 20_000];

/// A folder of migrations with both sections.
fn folder(number: usize) -> TempDir {
    let folder = tempfile::tempdir().expect("there is a place for it");
    for at in 1..=number {
        let text = format!(
            "-- limosa: up\nCREATE TABLE t{at} (id integer PRIMARY KEY, name text);\n\
             CREATE INDEX t{at}_name ON t{at} (name);\n\n-- limosa: down\nDROP TABLE t{at};\n"
        );
        let path = folder.path().join(format!("{at:06}_t{at}.sql"));
        std::fs::write(path, text).expect("it is written");
    }
    folder
}

fn load(folder: &TempDir) -> MigrationSet {
    let place = Place {
        directory: folder.path(),
        shown: "migrations",
        layout: None,
        dialect: Dialect::Postgres,
    };
    layout::load(&place).expect("they can be read")
}

/// The history of a database in which all of them are applied.
fn history(set: &MigrationSet) -> History {
    let stored = |script: &Option<Arc<Script>>| StoredScript {
        sha256: script.as_ref().map(|script| script.sha256.to_string()),
        text_stored: true,
        ..StoredScript::default()
    };
    let rows = (1..).zip(&set.migrations);
    History {
        applied: rows
            .map(|(sequence, one)| Applied {
                sequence,
                version: one.version.clone(),
                name: one.name.clone(),
                layout: set.layout.name().to_owned(),
                origin: Origin::Applied,
                up: stored(&one.up),
                down: stored(&one.down),
                irreversible: None,
                release: None,
                min_release: None,
                applied_at: "2026-11-20T15:02:10.000Z".to_owned(),
                duration_ms: 1,
                statements: 2,
                applied_by: "ada@web-3".to_owned(),
            })
            .collect(),
        attempts: Vec::new(),
        ..History::default()
    }
}

fn steps(set: &MigrationSet, history: &History) -> usize {
    let goal = Goal::Up {
        to: None,
        limit: None,
    };
    let target = Target {
        dialect: Dialect::Postgres,
        version: (15, 0),
        mariadb: false,
    };
    let plan = plan(
        set,
        history,
        &goal,
        &PlanOptions::default(),
        &target,
        &|_| None,
    );
    plan.expect("there is a plan").steps().len()
}

#[divan::bench(args = NUMBERS, sample_count = 10)]
fn reading_a_folder(bencher: Bencher<'_, '_>, number: usize) {
    let folder = folder(number);
    bencher
        .counter(ItemsCount::new(number))
        .bench(|| load(&folder));
}

#[divan::bench(args = NUMBERS, sample_count = 10)]
fn planning_nothing(bencher: Bencher<'_, '_>, number: usize) {
    let folder = folder(number);
    let set = load(&folder);
    let history = history(&set);
    bencher
        .counter(ItemsCount::new(number))
        .bench(|| assert_eq!(steps(&set, &history), 0));
}

#[divan::bench(args = NUMBERS, sample_count = 10)]
fn planning_all(bencher: Bencher<'_, '_>, number: usize) {
    let folder = folder(number);
    let set = load(&folder);
    let history = History::default();
    bencher
        .counter(ItemsCount::new(number))
        .bench(|| assert_eq!(steps(&set, &history), number));
}
