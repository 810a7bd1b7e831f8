//! `limosa adopt --convert`: the files, and no database.

use std::path::{Path, PathBuf};

use limosa_core::config::{DatabaseSettings, HistoryKind};
use limosa_core::{Diagnostic, Layout, MigrationSet};
use limosa_engine::convert::{Converted, Write, convert};

use crate::args::{Adopt, ReportFormat};
use crate::commands::new::only_folder;
use crate::commands::{Context, Outcome};
use crate::exit;
use crate::project::{Extra, Project, known_dialect, load};
use crate::report::json::AdoptFiles;
use crate::report::{converted_text, render};
use crate::stop::Stop;

/// Writes the files of another layout as native ones.
pub(super) fn run(
    args: &Adopt,
    into: &Path,
    context: &Context,
    done: &mut Option<AdoptFiles>,
) -> Outcome {
    let terminal = &context.terminal;
    let project = Project::find(&context.global, &Extra::default(), &context.around)?;
    for remark in &project.settings.remarks {
        terminal.story(&render(remark, terminal));
    }
    let one = only_folder(&project)?;
    let dialect = known_dialect(one, "adopt --convert FOLDER")?;
    let set = load(one, args.from.or(one.layout), dialect)?;
    if set.layout == Layout::Native {
        return Err(native_already(one));
    }
    let write = if args.dry_run {
        Write::Nothing
    } else {
        Write::Files
    };
    let converted = convert(&set, into, dialect, write)?;
    let files = AdoptFiles {
        layout: set.layout.name(),
        folder: into.to_string_lossy().into_owned(),
        written: write == Write::Files,
        migrations: set.migrations.len(),
        files: shown(&converted.files),
    };
    if args.report.format == ReportFormat::Text {
        terminal.out(&converted_text(&files));
    }
    *done = Some(files);
    if write == Write::Files {
        let root = &project.settings.root;
        terminal.story(&render(&settings(one, &set, into, root), terminal));
    }
    if let Some(warning) = checksums(&set, &converted) {
        terminal.story(&render(&warning, terminal));
    }
    Ok(exit::DONE)
}

fn shown(files: &[PathBuf]) -> Vec<String> {
    let files = files.iter();
    files
        .map(|file| file.to_string_lossy().into_owned())
        .collect()
}

fn native_already(one: &DatabaseSettings) -> Stop {
    let folder = one.migrations.display();
    Stop::usage(format!("the files in {folder} are native already")).help(
        "if they are those of another tool, name it\nlimosa adopt --convert FOLDER --from TOOL",
    )
}

/// What has to be said in limosa.toml, so that the new folder is read.
fn settings(one: &DatabaseSettings, set: &MigrationSet, into: &Path, root: &Path) -> Diagnostic {
    let folder = from_root(into, root);
    let folder = folder
        .to_string_lossy()
        .replace('\\', "\\\\")
        .replace('"', "\\\"");
    let mut lines = Vec::new();
    if one.name != "default" {
        lines.push(format!("[databases.{}]", one.name));
    }
    lines.push(format!("migrations = \"{folder}\""));
    lines.push("layout = \"native\"".to_owned());
    if one.history != Some(HistoryKind::Native) {
        lines.push(format!("tool = \"{}\"", one.tool.unwrap_or(set.layout)));
    }
    let message = "nothing else was changed, and what is applied stays applied in every database";
    Diagnostic::note("converted", message)
        .with_help(format!("say it in limosa.toml\n{}", lines.join("\n")))
        .with_help("the old folder may go when nothing reads it any more")
}

/// A folder as limosa.toml names it.
fn from_root(into: &Path, root: &Path) -> PathBuf {
    if root.as_os_str().is_empty() {
        return into.to_owned();
    }
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let into = whole(into);
    match into.strip_prefix(whole(root)) {
        Ok(below) => below.to_owned(),
        Err(_) => into,
    }
}

/// What the other tool will find changed, where it keeps checksums of files.
fn checksums(set: &MigrationSet, converted: &Converted) -> Option<Diagnostic> {
    let changed = shown(&converted.changed_for_tool);
    let (first, more) = changed.split_first()?;
    let which = match more.len() {
        0 => first.clone(),
        more => format!("{first} and {more} more"),
    };
    let message = format!(
        "{} keeps checksums of files, and for it {which} would be another file",
        set.layout
    );
    Some(
        Diagnostic::warning("converted-checksum", message)
            .with_note("where Limosa applies such a file, that tool does not go on")
            .with_help(
                "before the old folder goes, take over the history of each database\nlimosa adopt",
            ),
    )
}
