//! How much memory a migration takes when it is read and planned. A project may have very many of them, and nothing
//! of their texts is kept.
//!
//! The allocator of the whole program is counted, so that this is the only test in it.

use limosa_core::history::History;
use limosa_core::layout::{self, Place};
use limosa_core::plan::{Goal, PlanOptions, plan};
use limosa_sql::{Dialect, Target};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

const MIGRATIONS: usize = 4_000;

/// How many bytes there may be for each migration. About 100 less are needed, and 200 while they are read: paths are
/// longer elsewhere, and there are more threads.
const WHILE_READING: usize = 1_200;
const READ: usize = 650;
const PLANNED: usize = 1_000;

#[test]
fn a_migration_takes_less_than_a_kibibyte_with_its_step() {
    let folder = tempfile::tempdir().unwrap();
    for at in 1..=MIGRATIONS {
        let text = format!("CREATE TABLE t{at} (id integer PRIMARY KEY, name text);\n");
        std::fs::write(folder.path().join(format!("{at}_t{at}.sql")), text).unwrap();
    }
    let place = Place {
        directory: folder.path(),
        shown: "migrations",
        layout: None,
        dialect: Dialect::Sqlite,
    };
    let target = Target {
        dialect: Dialect::Sqlite,
        version: (3, 50),
        mariadb: false,
    };
    let goal = Goal::Up {
        to: None,
        limit: None,
    };
    let before = ALLOCATED.current_usage();
    let of_each = |bytes: usize| bytes.saturating_sub(before) / MIGRATIONS;
    ALLOCATED.reset_peak_usage();
    let set = layout::load(&place).unwrap();
    let reading = of_each(ALLOCATED.peak_usage());
    let read = of_each(ALLOCATED.current_usage());
    let (history, options) = (History::default(), PlanOptions::default());
    let plan = plan(&set, &history, &goal, &options, &target, &|_| None).unwrap();
    let planned = of_each(ALLOCATED.current_usage());
    assert_eq!(plan.steps().len(), MIGRATIONS);
    let taken = (reading, read, planned);
    assert!(
        reading < WHILE_READING && read < READ && planned < PLANNED,
        "bytes of each migration while it is read, when it was read, with its step: {taken:?}"
    );
}
