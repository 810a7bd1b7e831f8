//! What becomes of the files.

use limosa_testkit::{Kind, Output, require};

use crate::place::{Place, SHOP};

#[test]
fn nothing_is_removed_that_git_does_not_have_as_it_is() {
    require!(Postgres);
    let place = Place::new(Kind::Postgres, "", &SHOP);
    let changed = SHOP[1]
        .1
        .replace("-- limosa: up", "-- limosa: up\n-- not committed");
    place.project.write("migrations/0002_users.sql", &changed);
    let refused = place.limosa(&["squash", "--to", "4"]);
    assert_eq!(refused.code, 2, "{refused}");
    assert!(
        refused.stderr.contains("not-in-git") && refused.stderr.contains("0002_users.sql"),
        "{refused}"
    );
    assert_eq!(place.files().len(), SHOP.len());
    // The last ones do not matter, since they stay.
    place.commit();
    place
        .project
        .write("migrations/0005_last.sql", "SELECT 1;\n");
    place
        .project
        .write("migrations/0006_new.sql", "SELECT 1;\n");
    place.squash(&["--to", "4"]);
    assert_eq!(
        place.files(),
        ["0004_baseline.sql", "0005_last.sql", "0006_new.sql"]
    );
}

#[test]
fn without_git_the_replaced_files_are_moved_where_they_are_wanted() {
    require!(Postgres);
    let place = Place::new(Kind::Postgres, "", &SHOP);
    std::fs::remove_dir_all(place.project.path().join(".git")).unwrap();
    let refused = place.limosa(&["squash", "--to", "4"]);
    assert_eq!(refused.code, 2, "{refused}");
    assert!(refused.stderr.contains("--archive DIR"), "{refused}");
    let refused = place.limosa(&["squash", "--to", "4", "--archive", "migrations/old"]);
    assert_eq!(refused.code, 2, "{refused}");
    place.squash(&["--to", "4", "--archive", "old"]);
    assert_eq!(place.files(), ["0004_baseline.sql", "0005_last.sql"]);
    for (name, text) in &SHOP[..4] {
        assert_eq!(place.project.read(format!("old/{name}")), *text);
    }
}

#[test]
fn a_dry_run_proves_and_writes_nothing() {
    require!(Postgres);
    let place = Place::new(Kind::Postgres, "", &SHOP);
    let output = place.squash(&["--to", "4", "--dry-run"]);
    assert!(
        output
            .stdout
            .contains("Would write migrations/0004_baseline.sql")
            && output
                .stdout
                .contains("Would remove migrations/0001_roles.sql"),
        "{output}"
    );
    assert_eq!(place.files().len(), SHOP.len());
    let output = place.squash(&["--to", "4", "--dry-run", "--format", "json"]);
    let document = document(&output);
    let squashed = &document["squashed"];
    assert_eq!(squashed["version"], "0004");
    assert_eq!(squashed["written"], false);
    assert_eq!(squashed["replaces"].as_array().unwrap().len(), 4);
    assert_eq!(squashed["removed"].as_array().unwrap().len(), 4);
    assert_eq!(squashed["rows"][0]["table"], "public.orders");
    assert_eq!(squashed["rows"][0]["rows"], 2);
}

/// The document on stdout, held against its schema.
fn document(output: &Output) -> serde_json::Value {
    let schema = include_str!("../../../../docs/reference/json/squash.schema.json");
    let schema = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let document: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    let wrong: Vec<String> = schema
        .iter_errors(&document)
        .map(|one| one.to_string())
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}\n{document:#}");
    assert_eq!(document["exit_code"], output.code, "{output}");
    document
}

#[test]
fn lint_does_not_miss_what_a_baseline_replaced() {
    require!(Postgres);
    let place = Place::new(Kind::Postgres, "", &SHOP);
    place.squash(&["--to", "4"]);
    let lint = place.limosa(&["lint", "--since", "HEAD"]);
    assert_eq!(lint.code, 0, "{lint}");
}

#[test]
fn a_migration_that_fails_or_is_the_only_one_is_no_baseline() {
    require!(Postgres);
    let mut files = SHOP.to_vec();
    files[2].1 = "SELECT no_such_thing;\n";
    let place = Place::new(Kind::Postgres, "", &files);
    let refused = place.limosa(&["squash", "--to", "4"]);
    assert_eq!(refused.code, 3, "{refused}");
    assert!(refused.stderr.contains("0003_lower.sql:1"), "{refused}");
    let refused = place.limosa(&["squash", "--to", "1"]);
    assert_eq!(refused.code, 2, "{refused}");
    assert!(refused.stderr.contains("nothing-to-squash"), "{refused}");
    let refused = place.limosa(&["squash", "--to", "1", "--format", "json"]);
    assert_eq!(
        document(&refused)["problems"][0]["name"],
        "nothing-to-squash"
    );
    let refused = place.limosa(&["squash", "--to", "17"]);
    assert_eq!(refused.code, 2, "{refused}");
    assert!(refused.stderr.contains("unknown-version"), "{refused}");
    assert_eq!(place.files().len(), SHOP.len());
}

#[test]
fn a_baseline_keeps_its_version() {
    require!(Postgres);
    let place = Place::new(Kind::Postgres, "", &SHOP);
    place.squash(&["--to", "4"]);
    let refused = place.limosa(&["renumber", "4"]);
    assert_eq!(refused.code, 2, "{refused}");
    assert!(refused.stderr.contains("is a baseline"), "{refused}");
    // What a branch brings with an old number is moved.
    place
        .project
        .write("migrations/0002_late.sql", "SELECT 1;\n");
    let refused = place.limosa(&["lint"]);
    assert!(refused.stdout.contains("bad-baseline"), "{refused}");
    let moved = place.limosa(&["renumber", "2"]);
    assert_eq!(moved.code, 0, "{moved}");
    assert!(place.files().contains(&"0006_late.sql".to_owned()));
}
