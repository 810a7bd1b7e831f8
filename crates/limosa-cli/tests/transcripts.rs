//! The pages in `transcripts/`, and those of the documentation that name their databases: sessions that are tests
//! and documentation.

use std::path::Path;

#[test]
fn the_sessions_of_the_pages_hold() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    limosa_testkit::transcripts::run(pages, env!("CARGO_BIN_EXE_limosa"));
}

#[test]
fn the_sessions_of_the_how_to_pages_hold() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/how-to");
    limosa_testkit::transcripts::run_marked(pages, env!("CARGO_BIN_EXE_limosa"));
}
