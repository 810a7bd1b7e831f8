//! Tests of all rules on folders.

use std::fs;
use std::path::Path;

use limosa_core::layout::{Place, Reading, read};
use limosa_core::{Diagnostic, Script};
use limosa_sql::Dialect;

use super::*;
use crate::{Base, BaseMigration};

const DIALECT: Dialect = Dialect::Postgres;

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
}

fn reading(folder: &Path) -> Reading {
    read(&Place {
        directory: folder,
        shown: "m",
        layout: None,
        dialect: DIALECT,
    })
    .unwrap()
}

fn base_of(reading: &Reading) -> Base {
    let sums = |script: Option<&Script>| script.map(|script| script.checksums(DIALECT).unwrap());
    let before = |one: &Migration| BaseMigration {
        version: one.version.clone(),
        full_name: one.full_name(),
        is_baseline: one.is_baseline(),
        files: one.files.clone(),
        up: sums(one.up.as_deref()),
        down: sums(one.down.as_deref()),
    };
    let migrations: Vec<BaseMigration> = reading.set.migrations.iter().map(before).collect();
    let merged = migrations
        .iter()
        .map(|one| (one.version.clone(), one.full_name.clone()));
    Base {
        reference: "main".to_owned(),
        merged: merged.collect(),
        migrations,
    }
}

fn lint_folder(folder: &Path, base: Option<&Base>) -> LintReport {
    let reading = reading(folder);
    lint(&LintInput {
        set: &reading.set,
        errors: &reading.errors,
        base,
        dialect: DIALECT,
    })
}

fn short(report: &LintReport) -> Vec<String> {
    let line = |one: &Diagnostic| {
        let label = one.labels.first().unwrap();
        format!(
            "{:?} {} {}:{}",
            one.severity, one.name, label.file, label.line
        )
    };
    report.findings.iter().map(line).collect()
}

#[test]
fn what_is_wrong_with_the_files_is_found_together() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[
            ("1_no_down.sql", "SELECT 1;"),
            ("2_empty.sql", "-- limosa: up\nSELECT 1;\n-- limosa: down\n"),
            ("3_pair.up.sql", "SELECT 1;"),
            ("3_pair.down.sql", "-- nothing"),
            (
                "4_a.sql",
                "-- limosa: irreversible: x\n-- limosa: upp\nSELECT 1;",
            ),
            ("04_b.sql", "-- limosa: irreversible: x\nSELECT 1;"),
            (
                "5_fine.sql",
                "-- limosa: up\nSELECT 1;\n-- limosa: down\nSELECT 2;\n",
            ),
            ("6_nothing.sql", "-- limosa: up\n-- limosa: down\n"),
            ("noversion.sql", ""),
            ("7_allow.sql", "-- limosa: allow(no-dwon): x\nSELECT 1;"),
        ],
    );
    let report = lint_folder(folder.path(), None);
    assert_eq!(
        short(&report),
        [
            "Error duplicate-version m/04_b.sql:1",
            "Warning no-down m/1_no_down.sql:1",
            "Warning empty-down m/2_empty.sql:3",
            "Warning empty-down m/3_pair.down.sql:1",
            "Error unknown-directive m/4_a.sql:2",
            "Warning empty-down m/6_nothing.sql:2",
            "Warning no-down m/7_allow.sql:1",
            "Error unknown-directive m/7_allow.sql:1",
            "Error unparsable-name m/noversion.sql:1",
        ]
    );
    assert_eq!(report.findings[7].help, ["did you mean `no-down`?"]);
    assert!(
        report
            .findings
            .iter()
            .all(|one| one.class == Class::Finding)
    );
    assert!(
        report
            .findings
            .iter()
            .all(|one| crate::explain(one.name).is_some())
    );
}

#[test]
fn what_the_author_allows_is_no_finding() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[(
            "1_x.sql",
            "-- limosa: allow(no-down): only forward\nSELECT 1;",
        )],
    );
    let report = lint_folder(folder.path(), None);
    assert!(report.findings.is_empty());
    let [allowed] = report.allowed.as_slice() else {
        panic!()
    };
    assert_eq!(
        (allowed.rule, allowed.reason.as_str()),
        ("no-down", "only forward")
    );
}

#[test]
fn since_a_point_only_what_is_new_is_judged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let whole = "-- limosa: up\nSELECT 1;\n-- limosa: down\nSELECT 2;\n";
    write(
        path,
        &[
            ("10_old.sql", "SELECT 1;"),
            ("20_old.sql", whole),
            ("30_gone.sql", whole),
        ],
    );
    write(path, &[("40_up.sql", whole), ("50_comment.sql", whole)]);
    let base = base_of(&reading(path));
    assert!(lint_folder(path, Some(&base)).findings.is_empty());

    fs::remove_file(path.join("30_gone.sql")).unwrap();
    write(
        path,
        &[
            ("15_late.sql", whole),
            ("20_old.sql", &whole.replace("SELECT 2", "SELECT 3")),
            ("40_up.sql", &whole.replace("SELECT 1", "SELECT 3")),
            (
                "50_comment.sql",
                &whole
                    .replace('\n', " -- why\r\n")
                    .replace(": up -- why", ": up")
                    .replace(": down -- why", ": down"),
            ),
            ("60_new.sql", "SELECT 1;"),
        ],
    );
    let report = lint_folder(path, Some(&base));
    assert_eq!(
        short(&report),
        [
            "Error out-of-order m/15_late.sql:1",
            "Note changed-after-merge m/20_old.sql:1",
            "Error changed-after-merge m/30_gone.sql:1",
            "Error changed-after-merge m/40_up.sql:1",
            "Warning no-down m/60_new.sql:1",
        ]
    );
    assert_eq!(report.judged, 2);
    assert_eq!(report.findings[0].help[1], "limosa renumber 15");
    assert!(
        report.findings[0]
            .message
            .contains("not above 50_comment, the highest version at main")
    );
}

#[test]
fn what_a_baseline_replaced_was_not_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let whole = "-- limosa: up\nSELECT 1;\n-- limosa: down\nSELECT 2;\n";
    let files = ["10_a.sql", "20_b.sql", "30_c.sql", "40_d.sql"];
    write(path, &files.map(|name| (name, whole)));
    let base = base_of(&reading(path));
    let squash = |gone: &[&str], version: &str, list: &str| {
        for name in gone {
            fs::remove_file(path.join(name)).unwrap();
        }
        let text = format!("-- limosa: replaces({list})\nSELECT 1;\n");
        let name = format!("{version}_baseline.sql");
        write(path, &[(name.as_str(), text.as_str())]);
    };
    squash(&["10_a.sql", "20_b.sql"], "20", "10, 20");
    assert!(lint_folder(path, Some(&base)).findings.is_empty());
    let base = base_of(&reading(path));
    assert!(lint_folder(path, Some(&base)).findings.is_empty());

    // A baseline that changes is changed like any other.
    let changed = "-- limosa: replaces(10, 20)\nSELECT 2;\n";
    write(path, &[("20_baseline.sql", changed)]);
    assert_eq!(
        short(&lint_folder(path, Some(&base))),
        ["Error changed-after-merge m/20_baseline.sql:1"]
    );
    squash(&["20_baseline.sql", "30_c.sql"], "30", "10, 20, 30");
    assert!(lint_folder(path, Some(&base)).findings.is_empty());
    fs::remove_file(path.join("40_d.sql")).unwrap();
    assert_eq!(
        short(&lint_folder(path, Some(&base))),
        ["Error changed-after-merge m/40_d.sql:1"]
    );
}
