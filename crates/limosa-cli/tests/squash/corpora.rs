//! Real migrations of real projects, squashed at several versions. Without `LIMOSA_CORPORA` there are none.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use limosa_testkit::{Kind, require};

use crate::place::{Place, dump};

/// The files of a folder, with their places in it.
fn files(folder: &Path, within: &str, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            files(&path, &format!("{within}{name}/"), found);
        } else if path.extension().is_some_and(|one| one == "sql") {
            found.push((
                format!("{within}{name}"),
                fs::read_to_string(&path).unwrap(),
            ));
        }
    }
}

fn is_squashed_anywhere(folder: &Path, layout: &str) {
    let server = require!(Postgres);
    let mut found = Vec::new();
    files(folder, "", &mut found);
    let files: Vec<(&str, &str)> = found
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let config = format!("layout = \"{layout}\"\nhistory = \"native\"\n");
    let whole = Place::new(Kind::Postgres, &config, &files);
    let old = server.database();
    whole.done(&old, &["up"]);
    let tables = ["limosa_history", "limosa_journal"];
    let wanted = dump(&whole, &old, &tables);
    let versions: BTreeSet<String> = found
        .iter()
        .filter_map(|(name, _)| {
            let name = name.rsplit('/').next()?;
            Some(name.chars().take_while(char::is_ascii_digit).collect())
        })
        .collect();
    let versions: Vec<&String> = versions.iter().collect();
    let all = versions.len();
    let chosen: BTreeSet<usize> = [1, all / 2, all - 1]
        .into_iter()
        .filter(|at| *at > 0)
        .collect();
    for at in chosen {
        println!("{}: squashed to {}", folder.display(), versions[at]);
        let place = Place::new(Kind::Postgres, &config, &files);
        place.squash(&["--to", versions[at]]);
        let new = server.database();
        place.done(&new, &["up"]);
        assert_eq!(dump(&place, &new, &tables), wanted, "{}", versions[at]);
        place.is_up_to_date(&old);
        place.is_up_to_date(&new);
    }
}

#[test]
fn the_corpora_are_squashed_at_several_versions() {
    let Some(root) = std::env::var_os("LIMOSA_CORPORA").map(PathBuf::from) else {
        println!("skipped: LIMOSA_CORPORA is not set");
        return;
    };
    let mut seen = 0;
    for (folder, layout) in [
        ("goose-console", "liamstask-goose"),
        ("db-migrate-blue-green", "db-migrate"),
        ("golang-migrate-two-databases/bcda", "golang-migrate"),
        ("golang-migrate-rolling/codeintel", "golang-migrate"),
        ("golang-migrate-rolling/frontend", "golang-migrate"),
    ] {
        let folder = root.join(folder);
        if folder.is_dir() {
            is_squashed_anywhere(&folder, layout);
            seen += 1;
        }
    }
    assert!(seen > 0, "LIMOSA_CORPORA has none of the folders");
}
