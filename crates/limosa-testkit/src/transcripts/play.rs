//! Runs the pages of a folder.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::compare::{self, Line};
use super::page::{self, Action, Page, Step};
use super::redact::{self, Machine};
use crate::{Database, Kind, Project};

/// Programs that are the same everywhere; a page that needs another one is not portable.
const PROGRAMS: [&str; 20] = [
    "limosa", "cat", "ls", "echo", "printf", "sh", "sed", "grep", "head", "tail", "wc", "sort",
    "cp", "mv", "rm", "mkdir", "touch", "chmod", "git", "diff",
];

/// Runs every page (`*.md`) of the folder against each of its databases, with `limosa` as the
/// program at the given path.
///
/// ```no_run
/// // In crates/limosa-cli/tests/transcripts.rs the path is env!("CARGO_BIN_EXE_limosa").
/// limosa_testkit::transcripts::run("tests/transcripts", limosa_testkit::limosa());
/// ```
///
/// # Panics
/// With the page, the line and the difference for each page that does not hold; when the folder
/// has no page.
#[track_caller]
pub fn run(folder: impl AsRef<Path>, limosa: impl AsRef<Path>) {
    run_those(folder.as_ref(), limosa.as_ref(), |_| true);
}

/// Runs the pages of a folder of the documentation that name their databases; the others are only read.
///
/// # Panics
/// As [`run`].
#[track_caller]
pub fn run_marked(folder: impl AsRef<Path>, limosa: impl AsRef<Path>) {
    let is_marked = |text: &str| {
        let mut lines = text.lines();
        lines.any(|line| page::comment(line, "databases:").is_some())
    };
    run_those(folder.as_ref(), limosa.as_ref(), is_marked);
}

#[track_caller]
fn run_those(folder: &Path, limosa: &Path, is_one: impl Fn(&str) -> bool) {
    let wanted = std::env::var("LIMOSA_TRANSCRIPT").unwrap_or_default();
    let mode = match std::env::var_os("LIMOSA_BLESS") {
        Some(value) if !value.is_empty() => Mode::Bless,
        _ => Mode::Check,
    };
    let mut pages: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("an entry of a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .filter(|path| {
            path.file_name()
                .is_some_and(|n| n.to_string_lossy().contains(&wanted))
        })
        .filter(|path| fs::read_to_string(path).is_ok_and(|text| is_one(&text)))
        .collect();
    pages.sort();
    assert!(
        !pages.is_empty(),
        "no page {wanted:?} in {}",
        folder.display()
    );
    let failures: Vec<String> = pages
        .iter()
        .filter_map(|path| play(path, limosa, mode).err())
        .collect();
    assert!(
        failures.is_empty(),
        "{}\n{} of {} pages do not hold; LIMOSA_BLESS=1 writes what was printed into them\n",
        failures.join("\n"),
        failures.len(),
        pages.len()
    );
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Check,
    Bless,
}

/// Runs one page against each of its databases.
pub(super) fn play(path: &Path, limosa: &Path, mode: Mode) -> Result<(), String> {
    let read = || fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
    let mut text = read()?;
    let parse = |text: &str| {
        page::parse(text).map_err(|(line, reason)| format!("{}:{line}: {reason}", path.display()))
    };
    let mut page = parse(&text)?;
    let places: Vec<Option<Kind>> = match page.databases.as_slice() {
        [] => vec![None],
        kinds => kinds.iter().copied().map(Some).collect(),
    };
    for kind in places {
        let database = match kind {
            None | Some(Kind::Sqlite) => None,
            Some(kind) => match kind.try_database_named("shop") {
                Ok(database) => Some(database),
                Err(reason) => {
                    crate::skip_or_panic(reason);
                    continue;
                }
            },
        };
        let stage = Stage::new(&page, kind, database, limosa);
        let edits = stage.play(&page).map_err(|(line, reason)| {
            let on = kind.map_or(String::new(), |kind| format!(" (on {})", kind.label()));
            format!("{}:{line}{on}: {reason}", path.display())
        })?;
        let problem = edits.iter().find(|edit| !edit.difference.is_empty());
        match (mode, problem) {
            (Mode::Check, Some(edit)) => {
                let on = kind.map_or(String::new(), |kind| format!(" (on {})", kind.label()));
                return Err(format!(
                    "{}:{}{on}: `{}` printed something else\n{}",
                    path.display(),
                    edit.line,
                    edit.command,
                    edit.difference
                ));
            }
            (Mode::Bless, Some(_)) => {
                text = apply(&text, &edits);
                fs::write(path, &text).map_err(|error| format!("{}: {error}", path.display()))?;
                page = parse(&text)?;
            }
            (_, None) => {}
        }
    }
    Ok(())
}

/// New lines for a step whose output is not as expected.
struct Edit {
    line: usize,
    command: String,
    /// The lines to replace, counted from 1.
    from: usize,
    count: usize,
    lines: Vec<String>,
    difference: String,
}

fn apply(text: &str, edits: &[Edit]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for edit in edits.iter().rev() {
        let from = edit.from - 1;
        lines.splice(from..from + edit.count, edit.lines.iter().cloned());
    }
    lines.join("\n") + "\n"
}

/// The project and the database of one run of a page.
struct Stage {
    project: Project,
    kind: Option<Kind>,
    database: Option<Database>,
    variable: String,
    machine: Machine,
    known: BTreeSet<String>,
}

impl Stage {
    fn new(page: &Page, kind: Option<Kind>, database: Option<Database>, limosa: &Path) -> Self {
        let project = Project::new(limosa);
        let root = project.path();
        let mut machine = Machine::default();
        // A temporary folder may be a link (/tmp on macOS); both of its names may be printed.
        if let Ok(real) = root.canonicalize() {
            machine = machine.replace(real.display().to_string(), "/home/ada/shop");
        }
        machine = machine.replace(root.display().to_string(), "/home/ada/shop");
        if let Some(database) = &database {
            for (value, by) in database.looks() {
                machine = machine.replace(value, by);
            }
        }
        let titles = page.blocks.iter().filter_map(|block| match &block.action {
            Action::Write { path, .. } => Some(path.as_str()),
            _ => None,
        });
        let known = titles.flat_map(redact::versions).collect();
        Self {
            project,
            kind,
            database,
            variable: page.variable.clone(),
            machine,
            known,
        }
    }

    fn url(&self) -> Option<String> {
        match (self.kind, &self.database) {
            (Some(Kind::Sqlite), _) => Some("sqlite:shop.db".to_owned()),
            (_, Some(database)) => Some(database.url()),
            _ => None,
        }
    }

    fn play(&self, page: &Page) -> Result<Vec<Edit>, (usize, String)> {
        let mut edits = Vec::new();
        for block in &page.blocks {
            if let Some(kind) = self.kind
                && !block.only.is_empty()
                && !block.only.contains(&kind)
            {
                continue;
            }
            match &block.action {
                Action::Write { path, text } => self.project.write(path, text),
                Action::Sql(sql) => {
                    let run = match (&self.database, self.kind) {
                        (Some(database), _) => database.try_query(sql),
                        (None, Some(Kind::Sqlite)) => {
                            Database::query_file(&self.project.path().join("shop.db"), sql)
                        }
                        _ => return Err((block.line, "the page has no database".to_owned())),
                    };
                    run.map_err(|error| (block.line, error.to_string()))?;
                }
                Action::Console(steps) => {
                    let mut code = 0;
                    for (number, step) in steps.iter().enumerate() {
                        let shown = steps
                            .get(number + 1)
                            .is_some_and(|s| s.command == "echo $?");
                        code = self.step(step, code, shown, &mut edits)?;
                    }
                }
            }
        }
        Ok(edits)
    }

    fn step(
        &self,
        step: &Step,
        before: i32,
        shown: bool,
        edits: &mut Vec<Edit>,
    ) -> Result<i32, (usize, String)> {
        let program = step.command.split_whitespace().next().unwrap_or_default();
        if !PROGRAMS.contains(&program) {
            let known = PROGRAMS.join(", ");
            return Err((
                step.line,
                format!("{program:?} is not a portable program ({known})"),
            ));
        }
        // Every command has a shell of its own, which is told the code of the one before.
        let line = format!("(exit {before})\n{}", step.command);
        let mut run = self.project.shell(&line);
        if let Some(url) = self.url() {
            run = run.env(&self.variable, url);
        }
        let output = run.run();
        if let Some(password) = self.database.as_ref().and_then(Database::password)
            && output.stdout.contains(password)
        {
            return Err((step.line, format!("`{}` shows the password", step.command)));
        }
        let mut actual: Vec<String> = self
            .machine
            .translate(&output.stdout)
            .lines()
            .map(str::to_owned)
            .collect();
        for line in &mut actual {
            line.truncate(line.trim_end().len());
        }
        // Markdown pages end a block's output without empty lines.
        while actual.last().is_some_and(String::is_empty) {
            actual.pop();
        }
        let mut edit = self.compare(step, &actual);
        if output.code != 0 && !shown {
            let code = output.code;
            let _ = writeln!(edit.difference, "+ $ echo $?\n+ {code}");
            edit.lines.push("$ echo $?".to_owned());
            edit.lines.push(code.to_string());
        }
        edits.push(edit);
        Ok(output.code)
    }

    fn compare(&self, step: &Step, actual: &[String]) -> Edit {
        let mut written: &[String] = &step.expected;
        while let [front @ .., last] = written
            && last.trim().is_empty()
        {
            written = front;
        }
        let normal = |lines: &[String]| -> Vec<String> {
            lines
                .iter()
                .map(|line| redact::normal(line, &self.known))
                .collect()
        };
        let (expected, printed) = (normal(written), normal(actual));
        let mut edit = Edit {
            line: step.line,
            command: step.command.clone(),
            from: step.output_line,
            count: step.expected.len(),
            lines: step.expected.clone(),
            difference: String::new(),
        };
        if compare::matches(&expected, &printed) {
            return edit;
        }
        let expected: Vec<(&str, String)> =
            written.iter().map(String::as_str).zip(expected).collect();
        let printed: Vec<(&str, String)> = actual.iter().map(String::as_str).zip(printed).collect();
        edit.lines.clear();
        for line in compare::difference(&expected, &printed) {
            let (mark, text) = match line {
                Line::Same(text) => (' ', text),
                Line::Missing(text) => ('-', text),
                Line::Extra(text) => ('+', text),
            };
            let _ = writeln!(edit.difference, "{mark} {text}");
            if mark != '-' {
                edit.lines.push(text.to_owned());
            }
        }
        edit
    }
}
