//! The files of a baseline, in each layout.

use std::path::Path;

use limosa_core::layout::{NewFile, Shape};
use limosa_core::{Layout, Migration, Replaces};
use limosa_schema::write;
use limosa_sql::Dialect;

/// The longest line of versions.
const WIDTH: usize = 96;

/// What another tool runs to undo a baseline: nothing that could succeed, so that the tool does not take it for undone.
const GUARD: &str = "-- A baseline cannot be undone, and this statement fails so that nothing takes it for undone.\nSELECT * FROM a_baseline_cannot_be_undone;\n";

/// A baseline that is to be written.
pub(super) struct Baseline<'b> {
    pub layout: Layout,
    pub dialect: Dialect,
    /// The last migration that it stands for.
    pub last: &'b Migration,
    /// Its name without the version.
    pub name: &'b str,
    pub replaces: &'b Replaces,
    /// The lowest release that can work with the schema after it.
    pub min_release: Option<&'b str>,
    pub statements: &'b [String],
}

impl Baseline<'_> {
    /// Its name. db-migrate knows its migrations by their names and would run one with another name once more.
    pub(super) fn name(&self) -> &str {
        if self.layout == Layout::DbMigrate {
            &self.last.name
        } else {
            self.name
        }
    }

    /// Its files.
    pub(super) fn files(&self) -> Vec<NewFile> {
        let version = self.last.version.text();
        let stem = match self.name() {
            "" => version.to_owned(),
            name => format!("{version}{}{name}", self.layout.separator()),
        };
        let shape = match self.layout {
            Layout::Sqlx if self.last.down.is_some() => Shape::Pair,
            _ => Shape::One,
        };
        let files = self.layout.new_files(&stem, shape);
        let files = files.or_else(|| self.layout.new_files(&stem, Shape::Pair));
        let mut files = files.unwrap_or_default();
        // Where pairs of SQL stand alone, the first loader among them would hide the others.
        let has_loader = self
            .last
            .files
            .iter()
            .any(|file| is_loader(Path::new(file)));
        files.retain(|file| has_loader || !is_loader(&file.path));
        for file in files.iter_mut().filter(|file| !is_loader(&file.path)) {
            let name = file.path.to_string_lossy().into_owned();
            file.text = match self.layout {
                Layout::Native => self.native(),
                Layout::Goose | Layout::LiamstaskGoose => self.goose(),
                _ if name.ends_with(".down.sql") || name.ends_with("-down.sql") => GUARD.to_owned(),
                _ => self.head() + &self.plain(),
            };
        }
        files
    }

    fn native(&self) -> String {
        let release = self.min_release.map_or_else(String::new, |release| {
            format!("-- limosa: min-release={release}\n")
        });
        let text = write::script(self.dialect, self.statements);
        format!("{}{release}\n{text}", self.head())
    }

    fn goose(&self) -> String {
        let mut text = format!("-- +goose Up\n{}\n", self.head());
        for statement in self.statements {
            let is_compound = statement.trim_end().contains(';');
            let statement = terminated(statement);
            text.push_str(&if is_compound {
                format!("-- +goose StatementBegin\n{statement}-- +goose StatementEnd\n\n")
            } else {
                format!("{statement}\n")
            });
        }
        format!("{text}-- +goose Down\n{GUARD}")
    }

    /// Without the lines that only a client or Limosa understands.
    fn plain(&self) -> String {
        let statements = self.statements.iter();
        statements.fold(String::new(), |text, statement| {
            text + "\n" + &terminated(statement)
        })
    }

    fn head(&self) -> String {
        let count = match self.replaces.len() {
            1 => "a migration".to_owned(),
            n => format!("{n} migrations"),
        };
        let mut head = format!(
            "-- The baseline of {count} up to {}, written by `limosa squash`.\n",
            self.last.version
        );
        for line in self.replaces.lines(WIDTH - "-- limosa: replaces()".len()) {
            head.push_str(&format!("-- limosa: replaces({line})\n"));
        }
        head
    }
}

/// Whether it is the code by which db-migrate finds its files of SQL.
fn is_loader(path: &Path) -> bool {
    path.extension().is_some_and(|one| one == "js")
}

fn terminated(statement: &str) -> String {
    let last = statement.lines().last().unwrap_or_default();
    // A semicolon would belong to a comment in the last line.
    let gap = if last.contains("--") { "\n" } else { "" };
    format!("{statement}{gap};\n")
}

#[cfg(test)]
mod tests;
