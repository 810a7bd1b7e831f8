//! What the files of a folder say about the tool that they were written for.

use std::fs::File;
use std::io::{self, Read};

use crate::layout::folder::{Entry, EntryKind, Folder};
use crate::layout::{db_migrate, golang_migrate, native};
use crate::script::annotation::Annotation;
use crate::{
    Layout,
    layout::directive::{is_directive, is_near_miss},
};

/// Only the beginning of a file is looked at.
const LOOKED_AT: u64 = 64 << 10;

/// What something in a folder speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    NativeDirective,
    GooseAnnotation,
    /// What only liamstask/goose reads, or its configuration.
    OldGoose,
    /// What only pressly/goose reads.
    NewGoose,
    /// Migrations in Go.
    GoCode,
    DbMigrateCode,
    DbMigrateSql,
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
    found: Vec<(Tool, String)>,
}

/// Lines that only one of the tools writes that are not read yet.
const OTHER_LINES: &[(&str, &str)] = &[
    ("-- migrate:up", "dbmate"),
    ("-- migrate:down", "dbmate"),
    ("-- +migrate ", "sql-migrate"),
    ("-- rambler ", "rambler"),
    ("---- create above / drop below", "tern"),
    ("-- up migration", "node-pg-migrate"),
    ("--gopg:", "go-pg/migrations"),
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
        if evidence.of(Tool::GooseAnnotation).is_some() || evidence.of(Tool::GoCode).is_some() {
            evidence.goose_configuration(folder);
        }
        evidence
    }

    /// The example of a tool, where there is any.
    pub(super) fn of(&self, tool: Tool) -> Option<&str> {
        let found = self.found.iter().find(|(found, _)| *found == tool)?;
        Some(&found.1)
    }

    /// A tool that is not read yet.
    pub(super) fn not_read_yet(&self) -> Option<(&'static str, &str)> {
        self.found.iter().find_map(|(tool, example)| match tool {
            Tool::Other(name) => Some((*name, example.as_str())),
            _ => None,
        })
    }

    fn add(&mut self, tool: Tool, example: impl FnOnce() -> String) {
        if self.of(tool).is_none() {
            self.found.push((tool, example()));
        }
    }

    fn directory(&mut self, folder: &Folder, entry: &Entry) {
        let Ok(below) = folder.below(&entry.name) else {
            return;
        };
        if entry.name == "sqls" {
            if let Some(sql) = below
                .entries
                .iter()
                .find(|one| db_migrate::sql_name(one).is_some())
            {
                self.add(Tool::DbMigrateSql, || sql.shown.clone());
            }
            return;
        }
        // Of the layouts that are read only liamstask/goose looks into folders.
        for file in &below.entries {
            if file.kind == EntryKind::File && is_single(&file.name) && annotated(file) {
                self.add(Tool::GooseAnnotation, || file.shown.clone());
                self.add(Tool::OldGoose, || {
                    format!("{} is in a folder of its own", file.shown)
                });
            }
        }
        if below.get("up.sql").is_some() {
            self.add(Tool::Other("diesel"), || format!("{}/up.sql", entry.shown));
        } else if below.get("migration.sql").is_some() {
            self.add(Tool::Other("Prisma"), || {
                format!("{}/migration.sql", entry.shown)
            });
        }
    }

    fn file(&mut self, entry: &Entry) {
        let name = entry.name.as_str();
        let example = || entry.shown.clone();
        if db_migrate::is_code(entry) && db_migrate::recorded_name(name).is_some() {
            self.add(Tool::DbMigrateCode, example);
        } else if name.ends_with(".tx.up.sql") || name.ends_with(".tx.down.sql") {
            self.add(Tool::Other("go-pg/migrations"), example);
        } else if golang_migrate::parse(name).is_some() {
            self.add(Tool::Pair, example);
        } else if is_single(name) {
            self.add(Tool::Single, example);
        } else if is_go_code(name) {
            let text = beginning(entry).unwrap_or_default();
            let mentions = |part: &str| text.windows(part.len()).any(|one| one == part.as_bytes());
            if mentions("go-pg/migrations") {
                self.add(Tool::Other("go-pg/migrations"), example);
            } else if mentions("goose") || mentions("func Up_") {
                self.add(Tool::GoCode, example);
            }
        } else if db_migrate::sql_name(entry).is_some() {
            self.add(Tool::InsideOfSqls, example);
        } else if is_flyway(name) {
            self.add(Tool::Other("Flyway or refinery"), example);
        }
        if entry.extension() == "sql" {
            // A file that cannot be read is reported when the layout reads it.
            self.text(entry, &beginning(entry).unwrap_or_default());
        }
    }

    fn text(&mut self, entry: &Entry, text: &[u8]) {
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
            if is_directive(line) || is_near_miss(line) {
                self.add(Tool::NativeDirective, example);
            } else if let Some(new) = Annotation::parse(Layout::Goose, line) {
                self.add(Tool::GooseAnnotation, example);
                let old = Annotation::parse(Layout::LiamstaskGoose, line);
                if new.is_ok() && !matches!(old, Some(Ok(_))) {
                    self.add(Tool::NewGoose, example);
                }
                if let Some(Ok(section @ (Annotation::Up | Annotation::Down))) = old {
                    let again = sections.contains(&section);
                    if again || (section == Annotation::Down && sections.is_empty()) {
                        self.add(Tool::OldGoose, example);
                    }
                    sections.push(section);
                }
            } else {
                let begins = |prefix: &str| {
                    line.len() >= prefix.len()
                        && line[..prefix.len()].eq_ignore_ascii_case(prefix.as_bytes())
                };
                if let Some((_, tool)) = OTHER_LINES.iter().find(|(prefix, _)| begins(prefix)) {
                    self.add(Tool::Other(tool), example);
                }
            }
        }
    }

    /// `dbconf.yml` beside the folder or beside the folder above, as liamstask/goose looks for it.
    fn goose_configuration(&mut self, folder: &Folder) {
        let Ok(path) = folder.path.canonicalize() else {
            return;
        };
        let Some(above) = path.parent() else { return };
        for directory in [path.as_path(), above, &above.join("db")] {
            for name in ["dbconf.yml", "dbconf.yaml"] {
                if directory.join(name).is_file() {
                    self.add(Tool::OldGoose, || format!("there is a {name} for it"));
                }
            }
        }
    }
}

/// `1_x.sql`.
fn is_single(name: &str) -> bool {
    matches!(native::parse(name), Some((_, _, None)))
        && !name.ends_with(".given.sql")
        && !name.ends_with(".expect.sql")
}

/// `1_x.go`.
fn is_go_code(name: &str) -> bool {
    name.strip_suffix(".go")
        .filter(|stem| !stem.ends_with("_test"))
        .and_then(|stem| stem.split_once('_'))
        .is_some_and(|(version, _)| {
            !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())
        })
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

fn annotated(entry: &Entry) -> bool {
    beginning(entry).is_ok_and(|text| {
        text.split(|byte| *byte == b'\n')
            .any(|line| Annotation::parse(Layout::Goose, line).is_some())
    })
}

fn beginning(entry: &Entry) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    if entry.kind == EntryKind::File {
        File::open(&entry.path)?
            .take(LOOKED_AT)
            .read_to_end(&mut text)?;
    }
    Ok(text)
}
