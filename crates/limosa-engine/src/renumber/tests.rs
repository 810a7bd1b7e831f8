//! Tests of new versions for old migrations.

use std::time::Duration;

use limosa_core::layout::{Place, named_files, read};
use limosa_sql::Dialect;

use super::*;

struct Folder(tempfile::TempDir, Layout);

impl Folder {
    fn with(layout: Layout, names: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("-- {name}")).unwrap();
        }
        Self(folder, layout)
    }

    fn place(&self) -> Place<'_> {
        Place {
            directory: self.0.path(),
            shown: "m",
            layout: Some(self.1),
            dialect: Dialect::Postgres,
        }
    }

    fn plan(&self, which: &str, applied: &[&str]) -> Result<Renumbering, RenumberError> {
        let files = named_files(&self.place(), self.1).unwrap();
        let is_applied = |version: &Version, title: &str| {
            applied.contains(&full_name(version.text(), title).as_str())
        };
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_186_930);
        renumber(self.1, &files, which, &is_applied, None, now)
    }

    fn names(&self) -> Vec<String> {
        let files = named_files(&self.place(), self.1).unwrap();
        files
            .into_iter()
            .map(|file| file.path.to_string_lossy().into_owned())
            .collect()
    }
}

fn new_names(renumbering: &Renumbering) -> Vec<&str> {
    renumbering
        .renames
        .iter()
        .map(|one| one.to.to_str().unwrap())
        .collect()
}

#[test]
fn both_files_of_a_pair_move_to_the_next_number() {
    let folder = Folder::with(
        Layout::GolangMigrate,
        &[
            "007_a.up.sql",
            "007_a.down.sql",
            "007_b.up.sql",
            "007_b.down.sql",
            "009_c.up.sql",
        ],
    );
    let plan = folder.plan("007_b", &[]).unwrap();
    assert_eq!(
        (plan.before.as_str(), plan.after.as_str()),
        ("007_b", "010_b")
    );
    assert_eq!(new_names(&plan), ["010_b.down.sql", "010_b.up.sql"]);
    rename_files(folder.0.path(), &plan).unwrap();
    assert_eq!(
        folder.names(),
        [
            "007_a.down.sql",
            "007_a.up.sql",
            "009_c.up.sql",
            "010_b.down.sql",
            "010_b.up.sql"
        ]
    );
    let text = fs::read_to_string(folder.0.path().join("010_b.up.sql")).unwrap();
    assert_eq!(text, "-- 007_b.up.sql");
}

#[test]
fn of_two_with_one_version_the_one_that_is_not_applied_is_meant() {
    let folder = Folder::with(Layout::Native, &["1_a.sql", "01_b.sql"]);
    assert!(matches!(
        folder.plan("1", &[]),
        Err(RenumberError::Ambiguous { .. })
    ));
    assert_eq!(folder.plan("1", &["1_a"]).unwrap().before, "01_b");
    assert_eq!(folder.plan("m/1_a.sql", &[]).unwrap().before, "1_a");
    assert!(matches!(
        folder.plan("1_a", &["1_a"]),
        Err(RenumberError::Applied(_))
    ));
    assert!(matches!(
        folder.plan("5", &[]),
        Err(RenumberError::Unknown(_))
    ));
}

#[test]
fn two_ups_of_go_pg_are_two_migrations_with_a_transaction_or_without() {
    let files = ["6_g.up.sql", "6_g.tx.down.sql", "6_h.tx.up.sql"];
    let folder = Folder::with(Layout::GoPg, &files);
    let plan = folder.plan("6_h", &[]).unwrap();
    assert_eq!(new_names(&plan), ["7_h.tx.up.sql"]);
}

#[test]
fn a_pair_with_two_titles_is_one_migration() {
    let files = ["1_removal.down.sql", "1_remove.up.sql", "2_x.up.sql"];
    let folder = Folder::with(Layout::GolangMigrate, &files);
    assert_eq!(
        new_names(&folder.plan("1", &[]).unwrap()),
        ["3_removal.down.sql", "3_remove.up.sql"]
    );
}

#[test]
fn timestamps_become_the_present_one_and_tests_move_along() {
    let folder = Folder::with(
        Layout::Native,
        &[
            "20260101000000_a.sql",
            "20260101000000.given.sql",
            "20260202000000_b.sql",
        ],
    );
    let plan = folder.plan("20260101000000", &[]).unwrap();
    assert_eq!(
        new_names(&plan),
        ["20261120150210_a.sql", "20261120150210.given.sql"]
    );
    assert!(matches!(
        folder.plan("20260202000000", &[]),
        Err(RenumberError::AlreadyLast(_))
    ));
}

#[test]
fn all_three_files_of_db_migrate_move_and_the_loader_names_them() {
    let folder = Folder::with(Layout::DbMigrate, &["20260202000000-b.js"]);
    let version = Version::number("20260101000000").unwrap();
    let one = crate::scaffold::Shape::One;
    let files = crate::scaffold::scaffold(Layout::DbMigrate, one, &version, "add x").unwrap();
    crate::scaffold::write_new(folder.0.path(), &files).unwrap();
    let plan = folder.plan("20260101000000-add-x", &[]).unwrap();
    assert_eq!(plan.renames.len(), 3);
    rename_files(folder.0.path(), &plan).unwrap();
    let reading = read(&folder.place()).unwrap();
    assert!(reading.errors.is_empty(), "{:?}", reading.errors);
    let moved = reading.set.migrations.last().unwrap();
    assert_eq!(moved.full_name(), "20261120150210_add-x");
    assert!(moved.up.is_some() && moved.down.is_some());
}

#[test]
fn nothing_is_overwritten_and_a_failure_leaves_the_old_names() {
    let folder = Folder::with(
        Layout::GolangMigrate,
        &["1_a.down.sql", "1_a.up.sql", "2_b.up.sql"],
    );
    let plan = folder.plan("1", &[]).unwrap();
    fs::write(folder.0.path().join("3_a.up.sql"), "mine").unwrap();
    assert!(rename_files(folder.0.path(), &plan).is_err());
    assert_eq!(
        folder.names(),
        ["1_a.down.sql", "1_a.up.sql", "2_b.up.sql", "3_a.up.sql"]
    );
    assert_eq!(
        fs::read_to_string(folder.0.path().join("3_a.up.sql")).unwrap(),
        "mine"
    );
}
