//! Finds out the layout of a directory from its files.
//!
//! Names say what could read a file, the beginnings of the files what wrote it. Where two layouts
//! would give the files a different meaning, none is chosen.

mod cargo;
mod evidence;
mod readable;

use self::evidence::{Evidence, Sign};
pub use self::readable::readable_as;
use super::folder::{Folder, show_name};
use crate::{Class, Diagnostic, Layout};

/// How sure it is that a folder is of its layout, surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// Somebody said so.
    Given,
    /// There is something in the files that only its tool writes.
    Written,
    /// Something that belongs to its tool stands beside the folder.
    Beside,
    /// Nothing tells: it is the commonest one of those whose files are named like this.
    Assumed,
}

/// What the files of a folder say about their layout.
pub(super) struct Detected {
    pub(super) layout: Layout,
    pub(super) certainty: Certainty,
    /// Every layout that they could be read as, where nothing in them says which one it is.
    pub(super) readable: Vec<Layout>,
}

/// The layout of a folder.
pub(super) fn layout_of(folder: &Folder) -> Result<Detected, Vec<Diagnostic>> {
    let evidence = Evidence::collect(folder);
    let (layout, certainty) = decide(folder, &evidence)?;
    let readable = if certainty >= Certainty::Beside {
        readable::layouts(folder, &evidence)
    } else {
        Vec::new()
    };
    Ok(Detected {
        layout,
        certainty,
        readable,
    })
}

fn decide(folder: &Folder, evidence: &Evidence) -> Result<(Layout, Certainty), Vec<Diagnostic>> {
    let of = |sign| evidence.of(sign);
    // What only one tool writes decides.
    let written: Vec<(Layout, &str)> = Layout::ALL
        .into_iter()
        .filter_map(|layout| Some((layout, of(Sign::Written(layout))?)))
        .collect();
    match written.as_slice() {
        [] => {}
        [(Layout::Goose, _)] | [(Layout::Goose, _), (Layout::LiamstaskGoose, _)] => {
            return which_goose(folder, evidence);
        }
        // The loaders of db-migrate do not name a pair.
        [found @ (Layout::DbMigrate, _)] => {
            return match of(Sign::Pair) {
                None => Ok((Layout::DbMigrate, Certainty::Written)),
                Some(pair) => Err(ambiguous(folder, &[*found, (Layout::GolangMigrate, pair)])),
            };
        }
        // A pair with a directive is a native pair, and so on.
        [(layout, _)] => return Ok((*layout, Certainty::Written)),
        _ => return Err(ambiguous(folder, &written)),
    }
    if let Some((tool, example)) = evidence.not_read_yet() {
        return Err(not_read_yet(folder, tool, example));
    }
    if let Some(example) = of(Sign::InsideOfSqls) {
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
    if of(Sign::Beside(Layout::Sqlx)).is_some() {
        return Ok((Layout::Sqlx, Certainty::Beside));
    }
    // A pair means the same in all layouts, a single file does not: golang-migrate passes over it.
    match (of(Sign::Pair), of(Sign::Single)) {
        (Some(_), None) => Ok((Layout::GolangMigrate, Certainty::Assumed)),
        (Some(pair), Some(single)) => Err(ambiguous(
            folder,
            &[
                (Layout::GolangMigrate, pair),
                (Layout::Native, single),
                (Layout::Sqlx, single),
            ],
        )),
        _ => Ok((Layout::Native, Certainty::Assumed)),
    }
}

/// Both goose layouts read most files alike. Where nothing tells them apart it is pressly's, which
/// is the one in use.
fn which_goose(
    folder: &Folder,
    evidence: &Evidence,
) -> Result<(Layout, Certainty), Vec<Diagnostic>> {
    let written = evidence.of(Sign::Written(Layout::LiamstaskGoose));
    let beside = evidence.of(Sign::Beside(Layout::LiamstaskGoose));
    let new = evidence.of(Sign::NewGoose);
    match (written.or(beside), new) {
        (Some(old), Some(new)) => Err(ambiguous(
            folder,
            &[(Layout::LiamstaskGoose, old), (Layout::Goose, new)],
        )),
        (Some(_), None) if written.is_some() => Ok((Layout::LiamstaskGoose, Certainty::Written)),
        (Some(_), None) => Ok((Layout::LiamstaskGoose, Certainty::Beside)),
        (None, Some(_)) => Ok((Layout::Goose, Certainty::Written)),
        (None, None) => Ok((Layout::Goose, Certainty::Assumed)),
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
