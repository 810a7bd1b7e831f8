//! Tests with real repositories.

use std::path::Path;
use std::process::Command;

use limosa_lint::{LintInput, LintReport, lint};
use limosa_sql::Dialect;

use super::*;

const WHOLE: &str = "-- limosa: up\nSELECT 1;\n-- limosa: down\nSELECT 2;\n";

struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        fs::create_dir(repository.folder()).unwrap();
        repository.git(&["init", "-q", "-b", "main"]);
        repository
    }

    fn folder(&self) -> std::path::PathBuf {
        self.0.path().join("migrations")
    }

    fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .current_dir(self.0.path())
            .args(["-c", "user.name=x", "-c", "user.email=x@example.com"])
            .args(["-c", "core.autocrlf=false", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder().join(name), text).unwrap();
    }

    fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "x"]);
    }

    fn base(&self, reference: &str) -> Result<Base, BaseError> {
        base_at(reference, &place(&self.folder()), Layout::Native)
    }

    fn lint(&self, reference: &str) -> LintReport {
        let folder = self.folder();
        let reading = read(&place(&folder)).unwrap();
        let base = self.base(reference).unwrap();
        lint(&LintInput {
            set: &reading.set,
            errors: &reading.errors,
            base: Some(&base),
            dialect: Dialect::Postgres,
        })
    }
}

fn place(directory: &Path) -> Place<'_> {
    Place {
        directory,
        shown: "migrations",
        layout: Some(Layout::Native),
        dialect: Dialect::Postgres,
    }
}

fn short(report: &LintReport) -> Vec<String> {
    let line = |one: &limosa_core::Diagnostic| format!("{} {}", one.name, one.labels[0].file);
    report.findings.iter().map(line).collect()
}

#[test]
fn a_branch_is_judged_by_where_it_began_and_by_where_it_goes() {
    let repository = Repository::new();
    repository.write("10_a.sql", WHOLE);
    repository.write("20_b.sql", WHOLE);
    fs::write(repository.0.path().join("README"), "x").unwrap();
    repository.commit();
    repository.git(&["checkout", "-q", "-b", "branch"]);
    repository.write("20_b.sql", &WHOLE.replace("SELECT 1", "SELECT 3"));
    repository.write("30_mine.sql", WHOLE);
    repository.commit();
    assert_eq!(
        short(&repository.lint("main")),
        ["changed-after-merge migrations/20_b.sql"]
    );

    repository.git(&["checkout", "-q", "main"]);
    repository.write("30_theirs.sql", WHOLE);
    repository.write("40_theirs.sql", WHOLE);
    repository.commit();
    repository.git(&["checkout", "-q", "branch"]);
    repository.write("50_not_committed.sql", "SELECT 1;");
    // What only the other branch has was not removed here.
    assert_eq!(
        short(&repository.lint("main")),
        [
            "changed-after-merge migrations/20_b.sql",
            "out-of-order migrations/30_mine.sql",
            "no-down migrations/50_not_committed.sql",
        ]
    );
}

#[test]
fn a_folder_that_did_not_exist_had_no_migrations() {
    let repository = Repository::new();
    fs::write(repository.0.path().join("README"), "x").unwrap();
    repository.commit();
    repository.write("1_a.sql", WHOLE);
    let base = repository.base("HEAD").unwrap();
    assert!(base.migrations.is_empty() && base.merged.is_empty());
}

#[test]
fn what_is_no_reference_is_refused() {
    let repository = Repository::new();
    repository.write("1_a.sql", WHOLE);
    repository.commit();
    assert!(matches!(
        repository.base("--output=x"),
        Err(BaseError::NotAReference(_))
    ));
    assert!(matches!(
        repository.base(""),
        Err(BaseError::NotAReference(_))
    ));
    assert!(matches!(
        repository.base("nowhere"),
        Err(BaseError::UnknownReference(_))
    ));
    assert!(matches!(
        repository.base("; ls"),
        Err(BaseError::UnknownReference(_))
    ));
    let elsewhere = tempfile::tempdir().unwrap();
    let base = base_at("HEAD", &place(elsewhere.path()), Layout::Native);
    assert!(matches!(base, Err(BaseError::NoRepository(_))));
}

#[test]
fn histories_without_a_common_commit_are_told_apart() {
    let repository = Repository::new();
    repository.write("1_a.sql", WHOLE);
    repository.commit();
    repository.git(&["checkout", "-q", "--orphan", "other"]);
    repository.write("2_b.sql", WHOLE);
    repository.commit();
    assert!(matches!(
        repository.base("main"),
        Err(BaseError::NothingInCommon(_))
    ));
}
