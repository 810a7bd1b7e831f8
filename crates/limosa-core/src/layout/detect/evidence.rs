//! What the files of a folder say about the tool that they were written for.

use std::borrow::Cow;
use std::path::Path;

use super::cargo::names;
use crate::Layout;
use crate::layout::folder::{Entry, EntryKind, Folder};
use crate::layout::{db_migrate, golang_migrate, native};
use crate::script::annotation::Annotation;

/// What something in a folder speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// Only the tool of this layout writes it. (What is of pressly/goose, liamstask/goose may have
    /// written as well.)
    Written(Layout),
    /// It stands beside the folder and belongs to the tool of this layout.
    Beside(Layout),
    /// What only pressly/goose reads.
    NewGoose,
    /// The folder is the `sqls` of db-migrate.
    InsideOfSqls,
    /// `1_x.up.sql`.
    Pair,
    /// `1_x.sql`.
    Single,
    /// A tool that is not read yet.
    Other(&'static str),
}

/// What was found, each with an example in words.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    found: Vec<(Sign, String)>,
}

/// Lines that only one of the tools writes that are not read yet.
const OTHER_LINES: &[(&str, &str)] = &[
    ("-- migrate:up", "dbmate"),
    ("-- migrate:down", "dbmate"),
    ("-- +migrate ", "sql-migrate"),
    ("-- rambler ", "rambler"),
    ("---- create above / drop below", "tern"),
    ("-- up migration", "node-pg-migrate"),
    ("--liquibase formatted sql", "Liquibase"),
];

impl Evidence {
    pub(super) fn collect(folder: &Folder) -> Self {
        let mut evidence = Self::default();
        for entry in &folder.entries {
            if entry.kind == EntryKind::Directory {
                evidence.directory(folder, entry);
            } else {
                evidence.file(entry);
            }
        }
        if let Ok(path) = folder.path.canonicalize() {
            evidence.beside(&path);
        }
        evidence
    }

    /// The example of a sign, where there is any.
    pub(super) fn of(&self, sign: Sign) -> Option<&str> {
        let found = self.found.iter().find(|(found, _)| *found == sign)?;
        Some(&found.1)
    }

    /// A tool that is not read yet.
    pub(super) fn not_read_yet(&self) -> Option<(&'static str, &str)> {
        self.found.iter().find_map(|(sign, example)| match sign {
            Sign::Other(name) => Some((*name, example.as_str())),
            _ => None,
        })
    }

    fn add(&mut self, sign: Sign, example: impl FnOnce() -> String) {
        if self.of(sign).is_none() {
            self.found.push((sign, example()));
        }
    }

    fn directory(&mut self, folder: &Folder, entry: &Entry) {
        let Ok(below) = folder.below(&entry.name) else {
            return;
        };
        for layout in Layout::ALL {
            if let Some(file) = layout.rules().knows_in_folder(&entry.name, &below) {
                self.add(Sign::Written(layout), || file.shown.clone());
            }
        }
        if below.get("up.sql").is_some() {
            self.add(Sign::Other("diesel"), || format!("{}/up.sql", entry.shown));
        } else if below.get("migration.sql").is_some() {
            self.add(Sign::Other("Prisma"), || {
                format!("{}/migration.sql", entry.shown)
            });
        }
    }

    fn file(&mut self, entry: &Entry) {
        let name = entry.name.as_str();
        let example = || entry.shown.clone();
        let text = if entry.may_be_read() {
            // A file that cannot be read is reported when the layout reads it.
            entry.beginning().unwrap_or_default()
        } else {
            Cow::default()
        };
        for layout in Layout::ALL {
            if layout.rules().knows_file(entry, &text) {
                self.add(Sign::Written(layout), example);
            }
        }
        if golang_migrate::parse(name).is_some() {
            self.add(Sign::Pair, example);
        } else if is_single(name) {
            self.add(Sign::Single, example);
        } else if db_migrate::sql_name(entry).is_some() {
            self.add(Sign::InsideOfSqls, example);
        } else if is_flyway(name) {
            self.add(Sign::Other("Flyway or refinery"), example);
        }
        if entry.extension() == "sql" {
            self.lines(entry, &text);
        }
    }

    fn lines(&mut self, entry: &Entry, text: &[u8]) {
        let mut sections = Vec::new();
        for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
            let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
            if !line.trim_ascii_start().starts_with(b"--") {
                continue;
            }
            let example = || {
                let line = String::from_utf8_lossy(line.trim_ascii());
                format!(
                    "{}:{}: `{}`",
                    entry.shown,
                    number + 1,
                    super::show_name(&line)
                )
            };
            let known = Layout::ALL
                .into_iter()
                .find(|layout| layout.rules().knows_line(line));
            if let Some(layout) = known {
                self.add(Sign::Written(layout), example);
                if layout == Layout::Goose {
                    self.goose_line(line, &mut sections, &example);
                }
                continue;
            }
            let begins = |prefix: &str| {
                line.len() >= prefix.len()
                    && line[..prefix.len()].eq_ignore_ascii_case(prefix.as_bytes())
            };
            if let Some((_, tool)) = OTHER_LINES.iter().find(|(prefix, _)| begins(prefix)) {
                self.add(Sign::Other(tool), example);
            }
        }
    }

    /// What only one of the gooses understands.
    fn goose_line(
        &mut self,
        line: &[u8],
        sections: &mut Vec<Annotation>,
        example: &dyn Fn() -> String,
    ) {
        let new = Annotation::parse(Layout::Goose, line);
        let old = Annotation::parse(Layout::LiamstaskGoose, line);
        if matches!(new, Some(Ok(_))) && !matches!(old, Some(Ok(_))) {
            self.add(Sign::NewGoose, example);
        }
        if let Some(Ok(section @ (Annotation::Up | Annotation::Down))) = old {
            let again = sections.contains(&section);
            if again || (section == Annotation::Down && sections.is_empty()) {
                self.add(Sign::Written(Layout::LiamstaskGoose), example);
            }
            sections.push(section);
        }
    }

    /// What stands beside the folder. It only counts where the files could be those of the tool.
    fn beside(&mut self, folder: &Path) {
        if self.of(Sign::Written(Layout::Goose)).is_some() {
            self.goose_configuration(folder);
        } else if self.of(Sign::Pair).or(self.of(Sign::Single)).is_some() {
            self.sqlx_project(folder);
        }
    }

    /// `dbconf.yml` beside the folder or beside the folder above, as liamstask/goose looks for it.
    fn goose_configuration(&mut self, folder: &Path) {
        let Some(above) = folder.parent() else { return };
        for directory in [folder, above, &above.join("db")] {
            for name in ["dbconf.yml", "dbconf.yaml"] {
                if directory.join(name).is_file() {
                    self.add(Sign::Beside(Layout::LiamstaskGoose), || {
                        format!("there is a {name} for it")
                    });
                }
            }
        }
    }

    /// The project that the folder belongs to, up to the root of its repository. Where there is no
    /// repository, only the folder above is looked at.
    fn sqlx_project(&mut self, folder: &Path) {
        let above = folder.ancestors().skip(1);
        let in_repository = folder.ancestors().any(|one| one.join(".git").exists());
        for project in above {
            let manifest = project.join("Cargo.toml");
            let found = if project.join("sqlx.toml").is_file() {
                Some("there is a sqlx.toml for it")
            } else if project.join("limosa.toml").is_file() || names("limosa", &manifest) {
                // Whose migrations are Limosa's may well send its queries by sqlx.
                return;
            } else if project.join(".sqlx").is_dir() {
                Some("there is a folder .sqlx beside it")
            } else if names("sqlx", &manifest) {
                Some("its project depends on sqlx: Cargo.toml")
            } else {
                None
            };
            if let Some(found) = found {
                self.add(Sign::Beside(Layout::Sqlx), || found.to_owned());
                return;
            }
            let is_project = PROJECT_FILES.iter().any(|name| project.join(name).exists());
            if is_project || !in_repository || project.join(".git").exists() {
                return;
            }
        }
    }
}

/// What a folder of a project has. What stands above it belongs to others.
const PROJECT_FILES: &[&str] = &["Cargo.toml", "go.mod", "package.json"];

/// `1_x.sql`.
fn is_single(name: &str) -> bool {
    matches!(native::parse(name), Some((_, _, None)))
}

/// `V1__x.sql`, `R__x.sql`.
fn is_flyway(name: &str) -> bool {
    let Some((head, _)) = name
        .strip_suffix(".sql")
        .and_then(|stem| stem.split_once("__"))
    else {
        return false;
    };
    match head.split_at_checked(1) {
        Some(("R", "")) => true,
        Some(("V" | "U", version)) => version.starts_with(|c: char| c.is_ascii_digit()),
        _ => false,
    }
}
