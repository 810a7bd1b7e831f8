//! The tasks of whoever works on Limosa: `cargo xtask test`, `tidy`, `bench`, `crash-matrix`, `interop` and `versions`.

mod bench;
mod crash_matrix;
mod interop;
mod servers;
mod test;
mod tidy;
mod tools;
mod versions;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <task>

  test [cargo test arguments]   finds or installs the servers, starts private ones, runs the tests
  bench [--only PART] [options] measures side by side with others, writes docs/benchmarks.md; --help tells more
  crash-matrix [options]        kills at every position, writes docs/reliability.md; --help tells more
  interop [--all]               lets the original tools judge; --all writes docs/reference/compatibility.md
  versions [MAJOR ...]          runs the tests of the drivers and the engine on PostgreSQL 12 to 18, or on these
  tidy                          checks what neither the compiler nor clippy can check
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((task, rest)) if task == "test" => test::run(&root(), rest),
        Some((task, rest)) if task == "bench" => bench::run(&root(), rest),
        Some((task, rest)) if task == "crash-matrix" => crash_matrix::run(&root(), rest),
        Some((task, rest)) if task == "interop" => interop::run(&root(), rest),
        Some((task, rest)) if task == "versions" => versions::run(rest),
        Some((task, [])) if task == "tidy" => tidy::run(&root()),
        _ => {
            eprint(USAGE);
            ExitCode::from(2)
        }
    }
}

/// The root of the workspace, which is the folder above this crate.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Tells the story of a task, on standard error.
fn eprint(text: &str) {
    #[expect(clippy::print_stderr, reason = "tasks talk to whoever started them")]
    {
        eprint!("{text}");
    }
}
