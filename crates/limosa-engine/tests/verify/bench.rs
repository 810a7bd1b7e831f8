//! A folder of native migrations, proved.

use std::path::Path;
use std::sync::OnceLock;

use limosa_core::layout::{self, Place};
use limosa_core::{Layout, MigrationSet};
use limosa_db::ConnectOptions;
use limosa_engine::shadow::{Shadow, ShadowSettings};
use limosa_engine::verify::{Report, Request, Strictness, Which, verify};
use limosa_sql::Dialect;

/// The shadow of a dialect, for all tests of this program; a private server ends with the program.
pub fn shadow(dialect: Dialect) -> &'static Shadow<'static> {
    static ALL: [OnceLock<Shadow<'static>>; 3] = [const { OnceLock::new() }; 3];
    let at = Dialect::ALL.iter().position(|one| *one == dialect).unwrap();
    ALL[at].get_or_init(|| {
        let connect = ConnectOptions {
            environment: std::env::vars().collect(),
            ..ConnectOptions::default()
        };
        let opened = Shadow::open(&ShadowSettings {
            dialect,
            like: None,
            url: None,
            target: None,
            protected: false,
            prelude: &[],
            connect: &connect,
            interrupted: &|| false,
        });
        opened.unwrap_or_else(|problem| panic!("{:#?}", problem.diagnostic()))
    })
}

/// Files by their names, in a folder.
pub fn set(folder: &Path, dialect: Dialect, files: &[(&str, &str)]) -> MigrationSet {
    for (name, text) in files {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let place = Place {
        directory: folder,
        shown: "migrations",
        layout: Some(Layout::Native),
        dialect,
    };
    layout::load(&place).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// Proves files as they are asked for.
pub fn report(dialect: Dialect, files: &[(&str, &str)], which: Which) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let set = set(folder.path(), dialect, files);
    let request = Request {
        set: &set,
        which,
        strictness: Strictness::Usual,
        environment: &|_| None,
        interrupted: &|| false,
    };
    verify(shadow(dialect), &request, &mut |_| {})
        .unwrap_or_else(|problem| panic!("{:#?}", problem.diagnostic()))
}

/// What is found, as `1 down-leaves-difference index a (lost)`.
pub fn found(report: &Report) -> Vec<String> {
    let line = |finding: &limosa_engine::verify::Finding| {
        let mut text = format!("{} {}", finding.version, finding.diagnostic.name);
        if let Some(object) = &finding.object {
            text.push_str(&format!(" {object}"));
        }
        if let Some(kind) = finding.kind {
            text.push_str(&format!(" ({kind})"));
        }
        text
    };
    report.findings.iter().map(line).collect()
}

/// One migration on what another one has made: `before`, then `up` and `down`.
pub fn one(dialect: Dialect, before: &str, up: &str, down: &str) -> Vec<String> {
    let first = format!("-- limosa: irreversible: the beginning\n{before}");
    let second = format!("-- limosa: up\n{up}\n-- limosa: down\n{down}\n");
    let files = [("1_first.sql", first.as_str()), ("2_second.sql", &second)];
    found(&report(dialect, &files, Which::All))
}

/// The same without what is about rows.
pub fn schema_of_one(dialect: Dialect, before: &str, up: &str, down: &str) -> Vec<String> {
    let mut found = one(dialect, before, up, down);
    found.retain(|line| {
        let about_rows = ["data-lost", "data-changed", "up-fails-on-data"];
        !about_rows.iter().any(|name| line.contains(name))
    });
    found
}
