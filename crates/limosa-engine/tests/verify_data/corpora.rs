//! Tables of real projects take rows after each of their migrations. The folder is named by `LIMOSA_CORPORA`.

use std::path::{Path, PathBuf};

use limosa_core::layout::{Place, load};
use limosa_core::{Layout, ScriptReader};
use limosa_engine::verify::rows::fill;
use limosa_testkit::Kind;

use crate::kit::Bench;

/// The folders below that have `.sql` files.
fn folders() -> Vec<PathBuf> {
    let Some(root) = std::env::var_os("LIMOSA_CORPORA") else {
        eprintln!("skipped: LIMOSA_CORPORA does not name a folder of real migrations");
        return vec![];
    };
    let mut found = Vec::new();
    let mut open = vec![PathBuf::from(root)];
    while let Some(folder) = open.pop() {
        let mut has_sql = false;
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            has_sql |= path.extension().is_some_and(|extension| extension == "sql");
            if path.is_dir() {
                open.push(path);
            }
        }
        if has_sql {
            found.push(folder);
        }
    }
    found.sort();
    found
}

/// What is to be run, in order: a name and the statements.
fn ups(folder: &Path) -> Vec<(String, Vec<String>)> {
    if folder.ends_with("sqls") {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with("-up.sql"))
            .collect();
        names.sort();
        let text = |name: &String| std::fs::read_to_string(folder.join(name)).unwrap();
        return names
            .iter()
            .map(|name| (name.clone(), vec![text(name)]))
            .collect();
    }
    let place = |layout: Option<Layout>| Place {
        directory: folder,
        shown: "migrations",
        layout,
        dialect: limosa_sql::Dialect::Postgres,
    };
    let set = load(&place(None)).or_else(|_| load(&place(Some(Layout::GolangMigrate))));
    let set = set.unwrap_or_else(|wrong| panic!("{}: {wrong:#?}", folder.display()));
    let statements = |script: &limosa_core::Script| {
        let mut reader =
            ScriptReader::open(script, limosa_sql::Dialect::Postgres, &|_| None).unwrap();
        let mut all = Vec::new();
        while let Some(text) = reader.next() {
            all.push(text.unwrap().sql.to_owned());
        }
        all
    };
    set.migrations
        .iter()
        .map(|one| {
            let up = one.up.as_deref().map(statements);
            (one.full_name(), up.unwrap_or_default())
        })
        .collect()
}

#[test]
fn tables_of_real_projects_take_rows_after_each_migration() {
    for folder in folders() {
        let Some(mut bench) = Bench::on(Kind::Postgres) else {
            return;
        };
        let mut rows = 0;
        let mut time = std::time::Duration::ZERO;
        let mut reasons = Vec::new();
        let ups = ups(&folder);
        for (name, statements) in &ups {
            for statement in statements {
                bench.run(statement);
            }
            let schema = bench.schema();
            bench.run("BEGIN");
            let began = std::time::Instant::now();
            let filled = fill(&mut bench.session, &schema).unwrap();
            time += began.elapsed();
            bench.run("ROLLBACK");
            rows += filled.rows;
            let unproved = filled.unproved.iter();
            reasons.extend(unproved.map(|one| format!("{name}: {}: {}", one.key, one.reason)));
        }
        eprintln!(
            "{}: {} migrations, {rows} rows in {time:?}, {} not proved",
            folder.display(),
            ups.len(),
            reasons.len()
        );
        assert_eq!(reasons, Vec::<String>::new());
    }
}
