//! Real migrations of real projects, in the folder that `LIMOSA_CORPORA` names.

#![expect(clippy::print_stderr, reason = "skips are printed")]

use std::path::{Path, PathBuf};

use limosa_testkit::Kind;

use super::Lab;

/// The folders with `.sql` files, or none, which is printed.
pub fn corpora() -> Vec<PathBuf> {
    let Some(root) = std::env::var_os("LIMOSA_CORPORA") else {
        eprintln!("skipped: LIMOSA_CORPORA does not name a folder of real migrations");
        return vec![];
    };
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(root)];
    while let Some(folder) = folders.pop() {
        let mut has_sql = false;
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            has_sql |= path.extension().is_some_and(|extension| extension == "sql");
            if path.is_dir() {
                folders.push(path);
            }
        }
        if has_sql {
            found.push(folder);
        }
    }
    found.sort();
    assert!(
        !found.is_empty(),
        "LIMOSA_CORPORA has no folder with migrations"
    );
    found
}

/// A copy of a folder, with the loaders that db-migrate keeps beside its `sqls`.
pub fn copied(folder: &Path) -> Option<Lab> {
    let mut lab = Lab::on(Kind::Postgres)?;
    lab.layout = None;
    if folder.ends_with("sqls") {
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let text = std::fs::read_to_string(folder.join(&name)).unwrap();
            lab.file(&format!("sqls/{name}"), &text);
            if let Some(title) = name.strip_suffix("-up.sql") {
                lab.file(&format!("{title}.js"), &loader(title));
            }
        }
    } else {
        lab.copy_from(folder);
    }
    Some(lab)
}

/// What db-migrate generates does this: it reads the file and runs its text.
fn loader(title: &str) -> String {
    let direction = |name: &str| {
        format!(
            "exports.{name} = function (db) {{\n\
             \x20 var filePath = path.join(__dirname, 'sqls', '{title}-{name}.sql');\n\
             \x20 return new Promise(function (resolve, reject) {{\n\
             \x20   fs.readFile(filePath, {{ encoding: 'utf-8' }}, function (err, data) {{\n\
             \x20     if (err) return reject(err);\n\
             \x20     resolve(data);\n\
             \x20   }});\n\
             \x20 }}).then(function (data) {{ return db.runSql(data); }});\n\
             }};\n"
        )
    };
    format!(
        "var fs = require('fs');\nvar path = require('path');\n{}{}exports._meta = {{ version: 1 }};\n",
        direction("up"),
        direction("down")
    )
}
