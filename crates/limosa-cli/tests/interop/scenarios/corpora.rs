//! Real migrations of real projects, with the tables of their own tools.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use limosa_testkit::Kind;

use super::{Case, Skip};
use crate::look::Look;
use crate::originals::{Goal, Original, db_migrate_loader};
use crate::place::{Mode, Place};

/// A folder of them, and whose layout it has.
struct Corpus {
    name: &'static str,
    folder: &'static str,
    tool: &'static str,
}

const CORPORA: [Corpus; 6] = [
    Corpus {
        name: "two-databases-bcda",
        folder: "golang-migrate-two-databases/bcda",
        tool: "golang-migrate",
    },
    Corpus {
        name: "two-databases-queue",
        folder: "golang-migrate-two-databases/bcda_queue",
        tool: "golang-migrate",
    },
    Corpus {
        name: "rolling-frontend",
        folder: "golang-migrate-rolling/frontend",
        tool: "golang-migrate",
    },
    Corpus {
        name: "rolling-codeintel",
        folder: "golang-migrate-rolling/codeintel",
        tool: "golang-migrate",
    },
    Corpus {
        name: "console",
        folder: "goose-console",
        tool: "liamstask-goose",
    },
    Corpus {
        name: "blue-green",
        folder: "db-migrate-blue-green/sqls",
        tool: "db-migrate",
    },
];

pub fn cases(original: &'static dyn Original, kind: Kind) -> Vec<Case> {
    let own = CORPORA
        .iter()
        .filter(|corpus| corpus.tool == original.name() && kind == Kind::Postgres);
    own.map(|corpus| Case {
        original,
        kind,
        scenario: "corpus",
        variant: corpus.name,
        what: "migrations of a real project: Limosa applies all, and half of them after the tool",
        needs: None,
        always: false,
        run: |case, _| run(case),
    })
    .collect()
}

fn run(case: &Case) -> Result<String, Skip> {
    let corpus = CORPORA
        .iter()
        .find(|corpus| corpus.name == case.variant)
        .expect("the case was made from it");
    let migrations = migrations(&root()?.join(corpus.folder));
    let total = migrations.len();
    let place = |count: usize| {
        let place = Place::bare(case.original, case.kind);
        copy(&place, corpus, &migrations, count);
        place
    };

    let alone = place(total);
    alone.tool(Goal::Up);
    let expected = Look::of(&alone);

    let whole = place(total);
    whole.keep(Mode::Mirror);
    whole.limosa(&["up"]);
    whole.tool_is_content();
    assert_eq!(Look::of(&whole), expected, "limosa alone");

    let half = place(total.div_ceil(2));
    half.tool(Goal::Up);
    copy(&half, corpus, &migrations, total);
    half.keep(Mode::Mirror);
    half.limosa_sees(total.div_ceil(2));
    half.limosa(&["up"]);
    half.limosa_sees(total);
    half.tool_is_content();
    assert_eq!(Look::of(&half), expected, "limosa after the tool");

    half.tool(Goal::Down);
    half.limosa_sees(total - 1);
    half.limosa(&["up"]);
    half.tool_is_content();
    Ok(format!("{total} migrations: the same end in each way"))
}

/// The folder of all, which the repository does not have.
fn root() -> Result<PathBuf, Skip> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let beside = here
        .ancestors()
        .nth(3)
        .map(|root| root.join("shared/corpora"));
    let named = std::env::var_os("LIMOSA_CORPORA").map(PathBuf::from);
    named
        .or(beside)
        .filter(|folder| folder.is_dir())
        .ok_or_else(|| {
            Skip::Missing("the folder of real migrations is not on this machine".to_owned())
        })
}

/// The files of each migration, by what stands before its first `_`, `-` or `.`.
fn migrations(folder: &Path) -> Vec<Vec<PathBuf>> {
    let mut by_version: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{error}"));
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let version = name.split(['_', '-', '.']).next().unwrap_or_default();
        by_version
            .entry(version.to_owned())
            .or_default()
            .push(path.clone());
    }
    by_version.into_values().collect()
}

/// Puts the first so many into the project.
fn copy(place: &Place, corpus: &Corpus, migrations: &[Vec<PathBuf>], count: usize) {
    let folder = place.original.folder();
    for path in migrations[..count].iter().flatten() {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let text = fs::read(path).unwrap_or_else(|error| panic!("{error}"));
        if corpus.tool != "db-migrate" {
            place.project.write(format!("{folder}/{name}"), text);
            continue;
        }
        place.project.write(format!("{folder}/sqls/{name}"), text);
        if let Some(stem) = name.strip_suffix("-up.sql") {
            let loader = db_migrate_loader(place, stem);
            place.project.write(format!("{folder}/{stem}.js"), loader);
        }
    }
}
