//! Rows that a statement of a migration reports are not kept: memory does not grow with their number.
//!
//! The peak of the whole process is looked at, so there is one test in this file.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use limosa_testkit::Kind;
use support::Lab;

/// All rows together, in bytes.
const ROWS: u64 = 300_000 * 400;

/// The most memory that this process had so far, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.unwrap().trim().trim_end_matches(" kB");
    kilobytes.parse::<u64>().unwrap() * 1024
}

#[test]
fn a_statement_that_reports_very_many_rows_takes_no_memory_for_them() {
    for kind in [Kind::Postgres, Kind::MariaDb, Kind::Sqlite] {
        let Some(lab) = Lab::on(kind) else {
            continue;
        };
        let from = match kind {
            Kind::Postgres => "SELECT repeat('x', 400) FROM generate_series(1, 300000)",
            Kind::MariaDb => "SELECT repeat('x', 400) FROM seq_1_to_300000",
            Kind::Sqlite => {
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) \
                 SELECT printf('%.400c', 'x') FROM n"
            }
        };
        // What a run takes by itself is taken before.
        lab.file(
            "1_table.sql",
            "-- limosa: up\nCREATE TABLE t (n integer);\n",
        );
        lab.up();
        let before = peak();
        lab.file("2_rows.sql", &format!("-- limosa: up\n{from};\n"));
        lab.up();
        let grown = peak() - before;
        assert!(grown < ROWS / 4, "{kind:?}: {grown} bytes for {ROWS}");
    }
}
