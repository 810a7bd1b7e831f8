//! Filling does not keep anybody waiting.

use std::fmt::Write as _;
use std::time::Instant;

use limosa_engine::verify::{content, rows};
use limosa_schema::rows::{Attempt, Filling, Shape, Standing};
use limosa_testkit::Kind;

use crate::kit::Bench;

#[test]
fn a_hundred_tables_are_filled_and_read_at_once() {
    let Some(mut bench) = Bench::on(Kind::Postgres) else {
        return;
    };
    let mut sql = String::new();
    for table in 0..100 {
        let parent = match table {
            0 => String::new(),
            _ => format!("parent_id bigint NOT NULL REFERENCES t{},", table / 2),
        };
        writeln!(
            sql,
            "CREATE TABLE t{table} (id bigserial PRIMARY KEY, {parent} name text NOT NULL UNIQUE, amount numeric(10, 2), \
             state text NOT NULL CHECK (state IN ('a', 'b')), data jsonb, at timestamptz NOT NULL DEFAULT now());"
        )
        .unwrap();
    }
    bench.run(&sql);
    let schema = bench.schema();
    bench.run("BEGIN");
    let began = Instant::now();
    let mut standing = Standing::default();
    let mut made = 0;
    for table in &Filling::of(&schema).tables {
        let rows = table.rows(&Shape::ALL, Attempt::default(), &standing);
        for row in &rows {
            standing.add(table, row);
        }
        made += table.insert(&rows).len();
    }
    eprintln!("{made} statements are made in {:?}", began.elapsed());
    let began = Instant::now();
    let filled = rows::fill(&mut bench.session, &schema).unwrap();
    let filling = began.elapsed();
    let began = Instant::now();
    let content = content::read(&mut bench.session, &schema).unwrap();
    let reading = began.elapsed();
    eprintln!(
        "100 tables: {} rows filled in {filling:?}, read in {reading:?}",
        filled.rows
    );
    assert_eq!(filled.unproved, []);
    assert_eq!(filled.rows, 500);
    assert_eq!(content.rows(), 500);
    // A debug build on a machine that has other things to do.
    assert!(filling.as_millis() < 5_000 && reading.as_millis() < 5_000);
}
