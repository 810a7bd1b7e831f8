//! Differences that count, and those that are only mentioned.

use limosa_sql::Dialect;
use serde_json::{Value, json};

use super::*;

fn key(kind: Kind, path: &[&str]) -> Key {
    Key::new(kind, path.iter().copied())
}

fn table(name: &str) -> Object {
    Object::new(key(Kind::Table, &["public", name]))
}

fn column(table: &str, name: &str, position: u32) -> Object {
    let mut column = Object::new(key(Kind::Column, &["public", table, name]));
    column.parent = Some(key(Kind::Table, &["public", table]));
    column.position = Some(position);
    column.with("type", json!("integer"))
}

trait With {
    fn with(self, name: &str, value: Value) -> Self;
}

impl With for Object {
    fn with(mut self, name: &str, value: Value) -> Self {
        self.properties.insert(name.to_owned(), value);
        self
    }
}

fn schema(objects: Vec<Object>) -> Schema {
    Schema::new(Dialect::Postgres, "PostgreSQL 15", objects)
}

fn told(found: &[Found]) -> Vec<(String, &'static str, About, bool)> {
    let told = |one: &Found| {
        let Difference { key, change } = &one.difference;
        (key.to_string(), change.name(), one.about, one.counts)
    };
    found.iter().map(told).collect()
}

const USUAL: Counting = Counting {
    privileges: false,
    everything: false,
};
const ALL: Counting = Counting {
    privileges: true,
    everything: true,
};

#[test]
fn what_administrators_and_jobs_do_is_told_and_does_not_count() {
    let files = schema(vec![table("a"), table("sales")]);
    let partition = table("y2026").with(PARTITION_OF, json!(["public", "sales"]));
    let database = schema(vec![
        table("a").with("grants", json!(["app: SELECT"])),
        table("sales"),
        partition,
        Object::new(key(Kind::DefaultPrivileges, &["app"])).with("grants", json!(["app: SELECT"])),
    ]);
    let (all, repair) = found(&files, &database, "ada", USUAL);
    assert_eq!(
        told(&all),
        [
            ("table a".to_owned(), "privileges", About::Privileges, false),
            (
                "table y2026".to_owned(),
                "left_behind",
                About::Partitions,
                false
            ),
            (
                "default privileges app".to_owned(),
                "privileges",
                About::Privileges,
                false
            ),
        ]
    );
    assert_eq!(repair, Vec::<String>::new());
    let (all, _) = found(&files, &database, "ada", ALL);
    assert!(all.len() == 3 && all.iter().all(|one| one.counts));
}

#[test]
fn a_change_and_a_grant_of_the_same_object_are_two_differences() {
    let files = schema(vec![table("a"), column("a", "x", 1)]);
    let changed = column("a", "x", 1)
        .with("type", json!("bigint"))
        .with("grants", json!(["app: SELECT"]));
    let database = schema(vec![table("a"), changed]);
    let (all, _) = found(&files, &database, "ada", USUAL);
    assert_eq!(
        told(&all),
        [
            ("column a.x".to_owned(), "changed", About::Structure, true),
            (
                "column a.x".to_owned(),
                "privileges",
                About::Privileges,
                false
            ),
        ]
    );
}

#[test]
fn whoever_migrates_owns_what_the_migrations_made() {
    let files = schema(vec![table("a"), table("b")]);
    let owned = |name: &str, owner: &str| table(name).with(OWNER, json!(owner));
    let database = schema(vec![owned("a", "app"), owned("b", "ada")]);
    let (all, _) = found(&files, &database, "app", USUAL);
    assert_eq!(
        told(&all),
        [("table b".to_owned(), "privileges", About::Privileges, false)]
    );
}

#[test]
fn what_does_not_count_stays_when_the_rest_is_repaired() {
    let files = schema(vec![
        table("a"),
        column("a", "x", 1),
        column("a", "y", 2),
        column("a", "z", 3),
    ]);
    let database = schema(vec![
        table("a").with("grants", json!(["app: SELECT"])),
        column("a", "z", 1).with("type", json!("bigint")),
        column("a", "x", 2),
        table("p").with(PARTITION_OF, json!(["public", "a"])),
    ]);
    let apart = partitions_of_one(&files, &database);
    let (all, _) = found(&files, &database, "ada", USUAL);
    let wanted = wanted(&files, &database, &apart, &all, USUAL);
    let should = schema(vec![
        table("a").with("grants", json!(["app: SELECT"])),
        column("a", "z", 1),
        column("a", "x", 2),
        column("a", "y", 3),
        table("p").with(PARTITION_OF, json!(["public", "a"])),
    ]);
    assert_eq!(wanted, should);
}
