//! Tests that stand beside migrations.

use std::path::Path;

use limosa_core::layout::{Place, load};
use limosa_core::{Layout, MigrationSet};
use limosa_engine::verify::cases;
use limosa_testkit::Kind;

use crate::kit::Bench;
use crate::on_every_bench;

on_every_bench!(a_test_gives_rows_and_expects_none_that_are_wrong);

fn set(folder: &Path, kind: Kind, files: &[(&str, &str)]) -> MigrationSet {
    for (name, text) in files {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let dialect = match kind {
        Kind::Postgres => limosa_sql::Dialect::Postgres,
        Kind::MariaDb => limosa_sql::Dialect::Mysql,
        Kind::Sqlite => limosa_sql::Dialect::Sqlite,
    };
    load(&Place {
        directory: folder,
        shown: "migrations",
        layout: Some(Layout::Native),
        dialect,
    })
    .unwrap()
}

fn a_test_gives_rows_and_expects_none_that_are_wrong(mut bench: Bench) {
    let folder = tempfile::TempDir::new().unwrap();
    let set = set(
        folder.path(),
        bench.db.kind(),
        &[
            (
                "2_lower.sql",
                "-- limosa: up\nUPDATE users SET email = lower(email);\n",
            ),
            (
                "2_lower.given.sql",
                "INSERT INTO users VALUES (1, 'Ann@Example.org');\nINSERT INTO users VALUES (2, NULL);\n",
            ),
            (
                "2.expect.sql",
                "-- limosa: up\nSELECT id, email FROM users WHERE email <> lower(email);\n\
                 SELECT 1 FROM users WHERE id = 2 AND email IS NOT NULL;\n\
                 -- limosa: down\n-- Both\n-- are there.\n\nSELECT 'gone', 2 WHERE (SELECT count(*) FROM users) <> 2;\n\
                 SELECT nothing FROM users;\nDELETE FROM users;\n",
            ),
            ("9.given.sql", "INSERT INTO users VALUES (1, 'x');"),
        ],
    );
    let remarks = cases::remarks(&set);
    let names: Vec<_> = remarks.iter().map(|one| one.1.name).collect();
    assert_eq!(names, ["case-without-migration"]);
    assert_eq!(set.migrations.len(), 1, "tests are no migrations");

    let case = cases::of(&set, &set.migrations[0].version).unwrap();
    assert_eq!(
        case.files,
        ["migrations/2.expect.sql", "migrations/2_lower.given.sql"]
    );
    bench.run("CREATE TABLE users (id integer PRIMARY KEY, email varchar(50))");
    let schema = bench.schema();
    let given = case.given.as_ref().unwrap();
    cases::run_given(&mut bench.session, &schema, given, &|_| None)
        .unwrap()
        .unwrap();
    assert_eq!(bench.count("users"), 2);

    let up = case.expect.as_ref().unwrap();
    bench.run("UPDATE users SET email = upper(email)");
    if bench.db.kind() != Kind::MariaDb {
        // Its collation does not tell the two apart.
        let found = cases::run_expect(&mut bench.session, up, &|_| None).unwrap();
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(found[0].name, "expectation-failed");
        assert_eq!(
            (found[0].labels[0].line, found[0].labels[0].file.as_str()),
            (2, "migrations/2.expect.sql")
        );
        assert!(found[0].notes[0].contains("ANN@EXAMPLE.ORG"), "{found:#?}");
    }
    bench.run("UPDATE users SET email = lower(email)");
    let found = cases::run_expect(&mut bench.session, up, &|_| None).unwrap();
    assert_eq!(found.len(), 0, "{found:#?}");

    let down = case.expect_down.as_ref().unwrap();
    let found = cases::run_expect(&mut bench.session, down, &|_| None).unwrap();
    let places: Vec<_> = found
        .iter()
        .map(|one| (one.labels[0].line, one.message.as_str()))
        .collect();
    assert_eq!(places.len(), 2, "{found:#?}");
    assert_eq!(places[0].0, 9);
    assert!(
        places[0].1.starts_with("a query of the test cannot be run"),
        "{places:?}"
    );
    assert_eq!(places[1], (10, "this is no query, and a test only looks"));
    assert_eq!(bench.count("users"), 2, "nothing was done");

    let again = cases::run_given(&mut bench.session, &schema, given, &|_| None).unwrap();
    let refused = again.unwrap_err();
    assert_eq!((refused.name, refused.labels[0].line), ("given-fails", 1));
}
