//! Owners, grants, partitions, and stored texts that nobody may plant.

use limosa_engine::drift::Counting;
use limosa_testkit::Kind;

use super::support::Lab;
use super::{Bench, USUAL, told};

const PRIVILEGES: Counting = Counting {
    privileges: true,
    everything: false,
};
const STRICT: Counting = Counting {
    privileges: false,
    everything: true,
};

fn bench() -> Option<Bench> {
    Lab::on(Kind::Postgres).map(Bench::of)
}

#[test]
fn a_grant_is_mentioned_and_counts_where_it_is_asked_for() {
    let Some(bench) = bench() else { return };
    bench.file("1_a.sql", "CREATE TABLE a (x integer);");
    bench.up();
    let role = bench.db.role("app");
    bench
        .db
        .execute(&format!("GRANT SELECT ON a TO {}", role.name));
    assert_eq!(bench.changed_outside(), Some(false));
    let drift = bench.look();
    assert!(!drift.is_there() && drift.repair.is_empty());
    assert_eq!(drift.found.len(), 1, "{:?}", told(&drift));
    let drift = bench.look_with(PRIVILEGES);
    assert!(drift.is_there());
    for statement in &drift.repair {
        bench.db.execute(statement);
    }
    let drift = bench.look_with(PRIVILEGES);
    assert!(!drift.is_there(), "{:?}", told(&drift));
}

#[test]
fn a_partition_that_a_job_makes_does_not_count_and_what_is_in_those_of_both_does() {
    let Some(bench) = bench() else { return };
    bench.file(
        "1_sales.sql",
        "CREATE TABLE sales (at date NOT NULL, sum integer) PARTITION BY RANGE (at);\n\
         CREATE INDEX ON sales (sum);\n\
         CREATE TABLE y2025 PARTITION OF sales FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');\n",
    );
    bench.up();
    bench.no_drift();
    bench.db.execute(
        "CREATE TABLE y2026 PARTITION OF sales FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
    );
    assert_eq!(bench.changed_outside(), Some(false));
    assert!(!bench.look().is_there());
    let strict = bench.look_with(STRICT);
    assert!(strict.is_there(), "{:?}", told(&strict));
    bench.db.execute("DROP TABLE y2026");
    bench.no_drift();
    bench.db.execute("ALTER TABLE y2025 ADD CHECK (sum > 0)");
    assert!(bench.look().is_there());
}

#[test]
fn whoever_migrates_need_not_own_the_database() {
    let Some(mut bench) = bench() else { return };
    let role = bench.db.role("migrator");
    bench
        .db
        .execute(&format!("CREATE SCHEMA app AUTHORIZATION {}", role.name));
    bench.db.execute(&format!(
        "GRANT CREATE ON DATABASE {} TO {}",
        bench.db.name(),
        role.name
    ));
    bench.file(
        "1_a.sql",
        "CREATE SCHEMA IF NOT EXISTS app; CREATE TABLE app.a (x integer PRIMARY KEY);",
    );
    bench.schema = Some("app".to_owned());
    bench.url = Some(bench.db.url_as(&role));
    bench.up();
    let granted = format!(
        "(database: grant CREATE to {} is only in the database)",
        role.name
    );
    assert_eq!(told(&bench.look()), [granted]);
    // Another role sees the same.
    bench.url = None;
    assert_eq!(bench.changed_outside(), Some(false));
    assert!(!bench.look().is_there());
}

#[test]
fn a_stored_text_that_somebody_may_have_planted_is_not_played() {
    let Some(bench) = bench() else { return };
    bench.file("1_a.sql", "CREATE TABLE a (x integer);");
    bench.up();
    let role = bench.db.role("writer");
    bench
        .db
        .execute(&format!("GRANT UPDATE ON limosa_history TO {}", role.name));
    bench.looked(USUAL).unwrap();
    bench.remove("1_a.sql");
    let problem = bench.looked(USUAL).unwrap_err().diagnostic();
    assert_eq!(problem.name, "stored-sql-not-trusted");
}

#[test]
fn columns_in_another_order_are_mentioned() {
    let Some(bench) = bench() else { return };
    bench.file("1_a.sql", "CREATE TABLE a (x integer, y integer);");
    bench.up();
    bench
        .db
        .execute("ALTER TABLE a DROP COLUMN x; ALTER TABLE a ADD COLUMN x integer");
    assert_eq!(bench.changed_outside(), Some(true));
    let drift = bench.look();
    assert!(!drift.is_there());
    assert_eq!(
        told(&drift),
        ["(columns of table a stand in another order: x, y → y, x)"]
    );
    assert!(bench.look_with(STRICT).is_there());
}
