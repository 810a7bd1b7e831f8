//! Scripts that reach beyond a shadow are refused before anything of them runs.

use limosa_core::script::ScriptOptions;
use limosa_core::{Layout, Script};
use limosa_engine::verify::replay_script;
use limosa_sql::Dialect;

use crate::support::{column, open, options, refusal, settings};

fn script(name: &str, text: &str) -> Script {
    Script::from_text(Layout::Native, name, text, ScriptOptions::default())
}

#[test]
fn the_statement_is_shown_in_its_file_and_nothing_before_it_has_run() {
    let connect = options();
    let shadow = open(&settings(Dialect::Sqlite, &connect));
    let good = script("1_shop.sql", "CREATE TABLE shop (a);");
    let bad = script(
        "2_other.sql",
        "CREATE TABLE before (a);\n\nATTACH 'other.db' AS other;\n",
    );
    let none = |_: &str| None;
    assert!(shadow.admit_all([&good], &none).is_ok());
    let report = refusal(shadow.admit_all([&good, &bad], &none));
    assert_eq!(report.name, "beyond-shadow");
    let place = &report.labels[0];
    assert_eq!((place.file.as_str(), place.line), ("2_other.sql", 3));
    let mut database = shadow.database().unwrap();
    let replayed = replay_script(&mut database, "2_other", &bad, &none, &|| false);
    assert_eq!(refusal(replayed).name, "beyond-shadow");
    let tables = "SELECT name FROM sqlite_schema";
    assert!(column(&mut **database.session(), tables).is_empty());
}

/// The migrations of real projects, all of them for PostgreSQL, in the folder that `LIMOSA_CORPORA` names.
#[test]
fn real_migrations_may_run_on_a_server_of_our_own() {
    use limosa_engine::shadow::{Ground, admit};
    use limosa_sql::{PieceKind, Splitter, Target, classify_with_modes};
    let Some(root) = std::env::var_os("LIMOSA_CORPORA") else {
        eprintln!("skipped: LIMOSA_CORPORA does not name a folder of real migrations");
        return;
    };
    let target = Target::newest(Dialect::Postgres);
    let (mut all, mut shared) = (0, 0);
    let mut folders = vec![std::path::PathBuf::from(root)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.extension().is_none_or(|extension| extension != "sql") {
                continue;
            }
            let text = std::fs::read(&path).unwrap();
            let mut splitter = Splitter::new(Dialect::Postgres, &text[..]);
            loop {
                let modes = splitter.modes();
                let Some(Ok(piece)) = splitter.next() else {
                    break;
                };
                let sql = String::from_utf8_lossy(piece.sql());
                if !matches!(piece.kind, PieceKind::Statement { .. }) {
                    continue;
                }
                all += 1;
                let facts = classify_with_modes(sql.as_bytes(), &target, modes);
                let on = |ground| admit(&sql, &facts, &target, modes, ground);
                if let Err(beyond) = on(Ground::Private) {
                    panic!("{}: {beyond:?}: {sql}", path.display());
                }
                if let Err(beyond) = on(Ground::Shared) {
                    eprintln!("{}: {}", path.display(), beyond.why);
                    shared += 1;
                }
            }
        }
    }
    assert!(all > 0, "LIMOSA_CORPORA has no migrations");
    eprintln!("{all} statements, of which {shared} are refused on a server of others");
}
