//! Real migrations of real projects, on PostgreSQL. The folder is named by `LIMOSA_CORPORA`; every
//! folder below it that holds migrations is tried, whatever it is called.

mod support;

use std::path::PathBuf;

use limosa_core::history::State;
use limosa_core::plan::Goal;
use support::corpora::{copied, corpora};

#[test]
fn every_corpus_applies_in_full() {
    for folder in corpora() {
        let Some(lab) = copied(&folder) else { return };
        let report = lab.up();
        assert!(!report.done.is_empty(), "{}", folder.display());
        eprintln!(
            "{}: {} migrations applied",
            folder.display(),
            report.done.len()
        );
        assert!(
            lab.states()
                .iter()
                .all(|(_, state)| *state == State::Applied)
        );
        assert!(lab.up().plan.is_empty());
    }
}

#[test]
fn every_corpus_goes_down_as_far_as_its_files_allow() {
    for folder in corpora() {
        let Some(lab) = copied(&folder) else { return };
        let total = lab.up().done.len();
        let mut undone = 0;
        let stopped = loop {
            match lab.run(Goal::Down {
                limit: Some(1),
                to: None,
            }) {
                Ok(report) if report.done.is_empty() => break None,
                Ok(_) => undone += 1,
                Err(failure) => break Some(failure),
            }
        };
        let Some(failure) = stopped else {
            assert_eq!(undone, total, "{}", folder.display());
            assert!(lab.applied().is_empty());
            eprintln!("{}: all {total} undone", folder.display());
            continue;
        };
        // A broken down stops with its place and the server's words, and its migration stays applied.
        let failed = failure
            .failed
            .as_ref()
            .unwrap_or_else(|| panic!("{:#?}", failure.problem));
        eprintln!(
            "{}: {undone} undone, then {}:{}: {} ({})",
            folder.display(),
            failed.file.as_deref().unwrap_or("?"),
            failed.line.unwrap_or(0),
            failed.message,
            failed.code.as_deref().unwrap_or("?"),
        );
        assert!(failed.file.is_some() && failed.line.is_some());
        assert_eq!(lab.applied().len(), total - undone);
        assert_eq!(
            lab.applied().last().map(String::as_str),
            Some(failed.version.as_str())
        );
    }
}

#[test]
fn the_known_broken_down_is_found_in_its_file() {
    let Some(root) = std::env::var_os("LIMOSA_CORPORA").map(PathBuf::from) else {
        eprintln!("skipped: LIMOSA_CORPORA does not name a folder of real migrations");
        return;
    };
    let folder = root.join("golang-migrate-two-databases/bcda");
    if !folder.is_dir() {
        eprintln!("skipped: {} is not there", folder.display());
        return;
    }
    let Some(lab) = copied(&folder) else { return };
    lab.up();
    let failure = lab
        .run(Goal::Down {
            limit: None,
            to: None,
        })
        .unwrap_err();
    assert_eq!(failure.done.len(), 2, "22 and 21 are undone");
    let failed = failure.failed.unwrap();
    assert_eq!(failed.version, "000020");
    assert_eq!(
        (failed.line, failed.code.as_deref()),
        (Some(5), Some("42601"))
    );
    assert!(
        failed
            .file
            .unwrap()
            .ends_with("000020_add_job_metric_cols.down.sql")
    );
    assert!(
        failed.message.contains("syntax error at or near \"int\""),
        "{}",
        failed.message
    );
}
