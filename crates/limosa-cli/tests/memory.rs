//! A plan has every statement of its files, and takes no memory for them.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::fmt::Write as _;
use std::io::Read as _;
use std::process::{Command, Stdio};

use limosa_testkit::{Project, Sqlite};

/// How many statements two files have. The output of either is longer than what a pipe holds.
const FEW: usize = 6_000;
const MANY: usize = 60_000;
/// How many bytes more a plan of the larger one may take: its text has 5 MB, and the statements would take 15 MB.
const MORE: u64 = 4 << 20;

/// The most memory that the command takes, in bytes, and what it prints. It waits while its output is not read, so it is
/// looked at in time.
fn peak(project: &Project, url: &str, arguments: &[&str]) -> (u64, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_limosa"))
        .args(arguments)
        .current_dir(project.path())
        .env_clear()
        .env("LIMOSA_URL", url)
        .env("HOME", project.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut output = child.stdout.take().unwrap();
    let (mut most, mut printed) = (0, Vec::new());
    let mut piece = vec![0; 16 << 10];
    loop {
        let read = output.read(&mut piece).unwrap();
        let status = std::fs::read_to_string(&status).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        // Whoever has ended has none any more.
        let kilobytes = line.map_or("0", |line| line.trim().trim_end_matches(" kB"));
        most = most.max(kilobytes.parse::<u64>().unwrap() * 1024);
        if read == 0 {
            break;
        }
        printed.extend_from_slice(&piece[..read]);
    }
    assert!(child.wait().unwrap().success());
    (most, String::from_utf8(printed).unwrap())
}

/// A project with a migration of so many statements.
fn project(statements: usize) -> Project {
    let mut text = String::from("CREATE TABLE t (n integer, note text);\n");
    let note = "it is; ".repeat(8);
    for n in 1..statements {
        writeln!(text, "INSERT INTO t VALUES ({n}, '{note}');").unwrap();
    }
    Project::new(env!("CARGO_BIN_EXE_limosa")).file("migrations/1_t.sql", text)
}

#[test]
fn a_plan_of_a_large_file_is_shown_as_it_is_read() {
    let db = Sqlite::database();
    let (few, many) = (project(FEW), project(MANY));
    for arguments in [
        &["plan"][..],
        &["plan", "--format", "json"],
        &["plan", "--format", "sql"],
        &["up", "--dry-run"],
        &["up", "--dry-run", "--format", "json"],
    ] {
        let (less, _) = peak(&few, &db.url(), arguments);
        let (more, printed) = peak(&many, &db.url(), arguments);
        let last = format!("VALUES ({}, ", MANY - 1);
        assert!(printed.contains(&last), "{arguments:?}");
        assert!(
            less > 0 && more < less + MORE,
            "{arguments:?} takes {less} bytes for {FEW} statements, and {more} for {MANY}"
        );
    }
}
