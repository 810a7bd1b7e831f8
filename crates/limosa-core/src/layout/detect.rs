//! Finds out the layout of a directory from its files.
//!
//! Names say what could read a file, the beginnings of the files what wrote it. Where two layouts
//! would give the files a different meaning, none is chosen.

mod evidence;

use self::evidence::{Evidence, Tool};
use super::folder::{Folder, show_name};
use crate::{Class, Diagnostic, Layout};

/// The layout of a folder.
pub(super) fn layout_of(folder: &Folder) -> Result<Layout, Vec<Diagnostic>> {
    decide(folder, &Evidence::collect(folder))
}

fn decide(folder: &Folder, evidence: &Evidence) -> Result<Layout, Vec<Diagnostic>> {
    let of = |tool| evidence.of(tool);
    // What only one tool writes decides.
    let mut written = Vec::new();
    for (layout, found) in [
        (Layout::Native, of(Tool::NativeDirective)),
        (
            Layout::Goose,
            of(Tool::GooseAnnotation).or(of(Tool::GoCode)),
        ),
        (
            Layout::DbMigrate,
            of(Tool::DbMigrateCode).or(of(Tool::DbMigrateSql)),
        ),
    ] {
        written.extend(found.map(|example| (layout, example)));
    }
    match written.as_slice() {
        [] => {}
        [(Layout::Goose, _)] => return which_goose(folder, evidence),
        // A pair with a directive is a native pair.
        [(Layout::Native, _)] => return Ok(Layout::Native),
        [(layout, example)] => {
            return match of(Tool::Pair) {
                None => Ok(*layout),
                Some(pair) => Err(ambiguous(
                    folder,
                    &[(*layout, *example), (Layout::GolangMigrate, pair)],
                )),
            };
        }
        _ => return Err(ambiguous(folder, &written)),
    }
    if let Some((tool, example)) = evidence.not_read_yet() {
        return Err(not_read_yet(folder, tool, example));
    }
    if let Some(example) = of(Tool::InsideOfSqls) {
        return Err(vec![
            Diagnostic::error(
                "ambiguous-layout",
                Class::Usage,
                format!("{} is the folder sqls of db-migrate", shown(folder)),
            )
            .with_note(format!("it contains {example}"))
            .with_help("name the folder above it with `--dir`"),
        ]);
    }
    // A pair means the same in both layouts, a single file does not: golang-migrate passes over it.
    match (of(Tool::Pair), of(Tool::Single)) {
        (Some(_), None) => Ok(Layout::GolangMigrate),
        (Some(pair), Some(single)) => Err(ambiguous(
            folder,
            &[(Layout::GolangMigrate, pair), (Layout::Native, single)],
        )),
        _ => Ok(Layout::Native),
    }
}

/// Both goose layouts read most files alike. Where nothing tells them apart it is pressly's, which
/// is the one in use.
fn which_goose(folder: &Folder, evidence: &Evidence) -> Result<Layout, Vec<Diagnostic>> {
    let old = evidence.of(Tool::OldGoose);
    let new = evidence.of(Tool::NewGoose);
    match (old, new) {
        (Some(old), Some(new)) => Err(ambiguous(
            folder,
            &[(Layout::LiamstaskGoose, old), (Layout::Goose, new)],
        )),
        (Some(_), None) => Ok(Layout::LiamstaskGoose),
        _ => Ok(Layout::Goose),
    }
}

fn ambiguous(folder: &Folder, found: &[(Layout, &str)]) -> Vec<Diagnostic> {
    let mut problem = Diagnostic::error(
        "ambiguous-layout",
        Class::Usage,
        format!(
            "the files in {} can be read in more than one way",
            shown(folder)
        ),
    );
    for (layout, example) in found {
        problem = problem.with_note(format!("{layout}: {example}"));
    }
    problem = problem.with_help("say which it is, here or as `layout` in limosa.toml:");
    for (layout, _) in found {
        problem = problem.with_help(format!("--layout {layout}"));
    }
    vec![problem]
}

fn not_read_yet(folder: &Folder, tool: &str, example: &str) -> Vec<Diagnostic> {
    let names: Vec<&str> = Layout::ALL.into_iter().map(Layout::name).collect();
    vec![
        Diagnostic::error(
            "layout-not-read",
            Class::Usage,
            format!(
                "the files in {} are those of {tool}, which are not read yet",
                shown(folder)
            ),
        )
        .with_note(example)
        .with_help(format!(
            "`--layout` reads them as one of: {}",
            names.join(", ")
        )),
    ]
}

fn shown(folder: &Folder) -> String {
    if folder.shown.is_empty() {
        "this directory".to_owned()
    } else {
        show_name(&folder.shown)
    }
}

#[cfg(test)]
mod tests;
