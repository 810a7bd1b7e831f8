//! What was taken over, for people.

use limosa_core::{Diagnostic, full_name};

use super::json::{
    AdoptChange, AdoptDatabase, AdoptFile, AdoptFiles, AdoptMigration, AdoptOutcome,
};
use crate::terminal::{GOOD, NOTE, WARNING, clean_line, count, pad, paint};

/// One line for each migration, and what became of it.
pub fn adopt_text(done: &AdoptDatabase) -> String {
    let number = done.migrations.len();
    let (tool, table) = (done.tool, clean_line(&done.table));
    let mut text: String = done
        .migrations
        .iter()
        .map(|one| line(one, done.outcome))
        .collect();
    let migrations = count(number, "migration");
    let sentence = match done.outcome {
        AdoptOutcome::Undone => {
            format!(
                "The history of Limosa is removed; what is applied is what {table} of {tool} says"
            )
        }
        _ if number == 0 => {
            format!("Nothing to do: limosa_history says what {table} of {tool} says")
        }
        AdoptOutcome::Adopted => {
            format!("Took over {migrations} from {table} of {tool}, which was not changed")
        }
        AdoptOutcome::WouldAdopt => {
            format!("`limosa adopt` would take over {migrations} from {table} of {tool}")
        }
        AdoptOutcome::Corrected => {
            format!(
                "Corrected {migrations} in {table} of {tool}, which now says what limosa_history says"
            )
        }
    };
    text.push_str(&format!("{sentence}\n"));
    text
}

fn line(one: &AdoptMigration, outcome: AdoptOutcome) -> String {
    let name = clean_line(&full_name(&one.version, &one.name));
    // What the other tool had and we had not is taken out of its table, and the other way round.
    let what = match (one.change, outcome) {
        (AdoptChange::Applied, AdoptOutcome::Corrected) => "removed",
        (AdoptChange::Undone, AdoptOutcome::Corrected) => "added",
        (AdoptChange::Applied, _) => "applied",
        (AdoptChange::Undone, _) => "undone",
    };
    let remark = match one.file {
        _ if outcome == AdoptOutcome::Corrected => String::new(),
        AdoptFile::Same => paint(GOOD, "the file is the one that was applied"),
        AdoptFile::LineEndings => paint(NOTE, "the file differs in its line endings alone"),
        AdoptFile::Differs => paint(WARNING, "the file is another one than was applied"),
        AdoptFile::Missing => paint(WARNING, "there is no file"),
        AdoptFile::Unknown => String::new(),
    };
    let line = format!("{}  {}  {remark}", pad(what, 8), pad(&name, 40));
    format!("{}\n", line.trim_end())
}

/// What the other tool's history cannot tell.
pub fn unknown(done: &AdoptDatabase, only_highest: bool) -> Vec<Diagnostic> {
    let applied = || (done.migrations.iter()).filter(|one| one.change == AdoptChange::Applied);
    let mut notes = Vec::new();
    if only_highest && applied().count() > 1 {
        let message = format!(
            "{} keeps only the highest version: that everything below it was applied is taken from that",
            done.tool
        );
        notes.push(Diagnostic::note("taken-over", message));
    }
    if applied().any(|one| one.file == AdoptFile::Unknown) {
        let message = format!(
            "{} keeps no checksums: whether the files are those that were applied is not known",
            done.tool
        );
        notes.push(Diagnostic::note("taken-over", message));
    }
    notes
}

/// The files that were converted.
pub fn converted_text(files: &AdoptFiles) -> String {
    let (layout, folder) = (files.layout, clean_line(&files.folder));
    let migrations = count(files.migrations, "migration");
    let number = count(files.files.len(), "file");
    let mut text = String::new();
    if !files.written {
        for file in &files.files {
            text.push_str(&format!("{}\n", clean_line(file)));
        }
        text.push_str(&format!(
            "`limosa adopt --convert {folder}` would write {migrations} of {layout} as {number}\n"
        ));
        return text;
    }
    text.push_str(&format!(
        "Wrote {migrations} of {layout} into {folder}, as {number} of the native layout\n"
    ));
    text
}
