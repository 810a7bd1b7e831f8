//! Real migrations of real projects, in the folder that `LIMOSA_CORPORA` names: whatever schema they have after each
//! migration comes back from its dump, and is repaired to the one before and to the next.

use std::path::PathBuf;
use std::sync::OnceLock;

use limosa_core::plan::Goal;
use limosa_db::schema::{LeftOut, read_with_texts};
use limosa_schema::{Change, Schema, diff, write};
use limosa_testkit::{Database, Kind};

use super::database::{assert_same_for_pg_dump, differences, load, psql, schema, session, written};
use super::support::corpora::{copied, corpora};

/// The schema without our tables.
fn theirs(database: &Database) -> Schema {
    let left_out: Vec<LeftOut> = ["limosa_history", "limosa_journal"]
        .iter()
        .map(|table| LeftOut {
            schema: None,
            table: (*table).to_owned(),
        })
        .collect();
    read_with_texts(&mut *session(database), &left_out).unwrap()
}

/// A folder, and the schemas after each of its migrations.
struct Corpus {
    folder: PathBuf,
    schemas: Vec<Schema>,
}

/// All of them, read once.
fn all() -> &'static [Corpus] {
    static ALL: OnceLock<Vec<Corpus>> = OnceLock::new();
    ALL.get_or_init(|| {
        let read = |folder: PathBuf| {
            let lab = copied(&folder)?;
            let mut schemas = Vec::new();
            let goal = || Goal::Up {
                limit: Some(1),
                to: None,
            };
            while !lab.run(goal()).unwrap().done.is_empty() {
                schemas.push(theirs(&lab.db));
            }
            assert!(!schemas.is_empty(), "{}", folder.display());
            Some(Corpus { folder, schemas })
        };
        corpora().into_iter().filter_map(read).collect()
    })
}

/// A database with the schema of a dump.
#[track_caller]
fn loaded(schema: &Schema) -> Database {
    let text = written(schema);
    let database = Kind::Postgres.try_database_named("copy").unwrap();
    load(&database, &text);
    database
}

#[test]
fn every_schema_on_the_way_comes_back_from_its_dump() {
    for Corpus { folder, schemas } in all() {
        for before in schemas {
            let after = schema(&loaded(before));
            let differences = differences(before, &after);
            let folder = folder.display();
            assert!(
                differences.is_empty(),
                "{folder}: {differences}\n{}",
                written(before)
            );
            assert_eq!(write::remarks(&write::create(before)), [""; 0]);
        }
        eprintln!("{}: {} schemas came back", folder.display(), schemas.len());
    }
}

#[test]
fn a_whole_corpus_is_the_same_for_pg_dump() {
    for folder in corpora() {
        let Some(lab) = copied(&folder) else { return };
        lab.up();
        let copy = loaded(&theirs(&lab.db));
        lab.db.execute("DROP TABLE limosa_history, limosa_journal");
        assert_same_for_pg_dump(&lab.db, &copy);
    }
}

#[test]
fn every_schema_is_repaired_to_the_next_and_back() {
    let mut counts = Counts::default();
    for Corpus { folder, schemas } in all() {
        for pair in schemas.windows(2) {
            let [before, next] = pair else { continue };
            let database = loaded(before);
            let there = repaired(&database, before, next, &mut counts);
            repaired(&database, &there, before, &mut counts);
        }
        eprintln!("{}: {counts:?}", folder.display());
    }
}

/// How repairs ended.
#[derive(Debug, Default)]
struct Counts {
    exact: usize,
    /// All but something that is said.
    said: usize,
}

/// Runs a repair and gives the schema after it.
#[track_caller]
fn repaired(database: &Database, from: &Schema, to: &Schema, counts: &mut Counts) -> Schema {
    let statements = write::repair(from, to);
    let text = write::script(to.dialect, &statements);
    if let Err(error) = psql(database, &text) {
        panic!("{error}");
    }
    let after = schema(database);
    let remarks = write::remarks(&statements);
    if after.fingerprint() == to.fingerprint() {
        assert_eq!(remarks, [""; 0], "{text}");
        counts.exact += 1;
        return after;
    }
    // Whatever is left is said.
    for left in diff(to, &after) {
        let said = match left.change {
            Change::OrderOnly { .. } => {
                format!("the columns of {} will be in the order ", left.key)
            }
            _ => format!("{}: ", left.key),
        };
        assert!(
            remarks.iter().any(|one| one.starts_with(&said)),
            "{left:?}\n{text}"
        );
    }
    counts.said += 1;
    after
}
