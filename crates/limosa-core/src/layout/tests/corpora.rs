//! The real folders of other projects, where `LIMOSA_CORPORA` says where they are.

use std::fs;
use std::path::{Path, PathBuf};

use limosa_sql::Dialect;

use super::read_path;
use crate::layout::{check_converted, convert};
use crate::{Layout, MigrationSet};

fn corpora() -> Option<PathBuf> {
    let path = std::env::var_os("LIMOSA_CORPORA");
    if path.is_none() {
        println!("skipped: LIMOSA_CORPORA is not set");
    }
    path.map(PathBuf::from)
}

/// Reads a folder without saying what it is; every script in it must be readable.
fn load(path: &Path) -> MigrationSet {
    let reading = read_path(path, None).unwrap();
    assert!(reading.errors.is_empty(), "{:?}", reading.errors);
    for migration in &reading.set.migrations {
        for script in [&migration.up, &migration.down].into_iter().flatten() {
            let sums = script.checksums(Dialect::Postgres).unwrap();
            assert_eq!(sums.raw, script.sha256, "{}", script.file);
        }
    }
    reading.set
}

#[test]
fn every_corpus_is_recognised_and_read() {
    let Some(corpora) = corpora() else { return };
    for (folder, layout, count) in [
        ("goose-console", Layout::LiamstaskGoose, 2),
        (
            "golang-migrate-two-databases/bcda",
            Layout::GolangMigrate,
            22,
        ),
        (
            "golang-migrate-two-databases/bcda_queue",
            Layout::GolangMigrate,
            1,
        ),
        ("golang-migrate-rolling/frontend", Layout::GolangMigrate, 67),
        ("golang-migrate-rolling/codeintel", Layout::GolangMigrate, 3),
        ("db-migrate-blue-green", Layout::DbMigrate, 40),
    ] {
        let set = load(&corpora.join(folder));
        assert_eq!(
            (set.layout, set.migrations.len()),
            (layout, count),
            "{folder}"
        );
        assert!(
            set.migrations
                .iter()
                .all(|one| one.up.is_some() && one.down.is_some())
        );
        let titles = set
            .remarks
            .iter()
            .filter(|one| one.name == "two-titles")
            .count();
        assert_eq!(titles, usize::from(folder.ends_with("bcda")), "{folder}");
    }
}

#[test]
fn every_corpus_can_be_converted() {
    let Some(corpora) = corpora() else { return };
    for folder in [
        "goose-console",
        "golang-migrate-two-databases/bcda",
        "golang-migrate-two-databases/bcda_queue",
        "golang-migrate-rolling/frontend",
        "golang-migrate-rolling/codeintel",
        "db-migrate-blue-green",
    ] {
        let old = load(&corpora.join(folder));
        let native = tempfile::tempdir().unwrap();
        for migration in &old.migrations {
            for file in convert(migration, old.layout, Dialect::Postgres).unwrap() {
                fs::write(native.path().join(file.path), file.text).unwrap();
            }
        }
        let new = read_path(native.path(), Some(Layout::Native)).unwrap();
        let mut problems = new.errors;
        problems.extend(check_converted(&old, &new.set, Dialect::Postgres));
        assert!(problems.is_empty(), "{folder}: {problems:?}");
    }
}

#[test]
fn the_loaders_of_db_migrate_are_bypassed() {
    let Some(corpora) = corpora() else { return };
    let folder = tempfile::tempdir().unwrap();
    let sqls = folder.path().join("sqls");
    fs::create_dir(&sqls).unwrap();
    for file in fs::read_dir(corpora.join("db-migrate-blue-green/sqls")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), sqls.join(file.file_name())).unwrap();
        let name = file.file_name().into_string().unwrap();
        if let Some(name) = name.strip_suffix("-up.sql") {
            let code = crate::layout::db_migrate::loader_for_tests(name);
            fs::write(folder.path().join(format!("{name}.js")), code).unwrap();
        }
    }
    let set = load(folder.path());
    assert_eq!((set.layout, set.migrations.len()), (Layout::DbMigrate, 40));
    assert!(set.remarks.is_empty(), "{:?}", set.remarks);
    assert!(
        set.migrations
            .iter()
            .all(|one| one.up.is_some() && one.down.is_some())
    );
    assert!(set.migrations.iter().all(|one| one.opaque.is_none()));
}
