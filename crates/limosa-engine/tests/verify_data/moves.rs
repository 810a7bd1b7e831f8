//! Data that is somewhere else than before is not lost.

use limosa_testkit::Kind;

use crate::kit::{Bench, Play, short};
use crate::on_every_bench;

on_every_bench!(
    what_is_renamed_is_not_lost,
    a_column_that_is_copied_before_it_is_dropped_is_not_lost,
    a_column_that_becomes_another_one_with_other_values_is_told_by_what_they_say,
    a_column_that_moves_to_a_table_of_its_own_is_not_lost,
    a_new_column_with_a_number_for_each_row_keeps_nothing,
);

const ORDERS: &str = "CREATE TABLE orders (id integer PRIMARY KEY, state integer NOT NULL CHECK (state IN (1, 2, 3)), city varchar(40), total decimal(8, 2));";

#[track_caller]
fn for_good(bench: &mut Bench, up: &str, expected: &[&str]) {
    let play = Play {
        before: ORDERS,
        up,
        down: None,
        ..Play::default()
    };
    let found = play.on(bench);
    assert_eq!(short(&found), expected, "{up}\n{found:#?}");
}

fn what_is_renamed_is_not_lost(mut bench: Bench) {
    for_good(
        &mut bench,
        "ALTER TABLE orders RENAME COLUMN city TO town; ALTER TABLE orders RENAME TO purchases;",
        &[],
    );
}

fn a_column_that_is_copied_before_it_is_dropped_is_not_lost(mut bench: Bench) {
    let wide = match bench.db.kind() {
        Kind::MariaDb => {
            "ALTER TABLE orders ADD COLUMN cents decimal(20, 4); UPDATE orders SET cents = total;"
        }
        _ => "ALTER TABLE orders ADD COLUMN cents numeric(20, 4); UPDATE orders SET cents = total;",
    };
    for_good(
        &mut bench,
        &format!(
            "{wide} ALTER TABLE orders ADD COLUMN place varchar(100); UPDATE orders SET place = city; ALTER TABLE orders DROP COLUMN city; ALTER TABLE orders DROP COLUMN total;"
        ),
        &[],
    );
    bench.run("DROP TABLE orders");
    for_good(
        &mut bench,
        "ALTER TABLE orders ADD COLUMN place varchar(100); UPDATE orders SET place = 'x'; ALTER TABLE orders DROP COLUMN city;",
        &["data-lost orders.city column_lost"],
    );
}

fn a_column_that_becomes_another_one_with_other_values_is_told_by_what_they_say(mut bench: Bench) {
    // SQLite does not drop a column that a check speaks of.
    if bench.db.kind() == Kind::Sqlite {
        return;
    }
    let named = "ALTER TABLE orders ADD COLUMN status varchar(10);
        UPDATE orders SET status = CASE state WHEN 1 THEN 'new' WHEN 2 THEN 'paid' ELSE 'sent' END;
        ALTER TABLE orders DROP COLUMN state;";
    for_good(&mut bench, named, &[]);
    bench.run("DROP TABLE orders");
    let merged = named.replace("'sent'", "'paid'");
    for_good(&mut bench, &merged, &["data-lost orders.state column_lost"]);
}

fn a_column_that_moves_to_a_table_of_its_own_is_not_lost(mut bench: Bench) {
    for_good(
        &mut bench,
        "CREATE TABLE cities (id integer, name varchar(40));
         INSERT INTO cities SELECT min(id), city FROM orders WHERE city IS NOT NULL GROUP BY city;
         ALTER TABLE orders DROP COLUMN city;",
        &[],
    );
    bench.run("DROP TABLE cities; ");
    bench.run("DROP TABLE orders");
    for_good(
        &mut bench,
        "CREATE TABLE cities (id integer, name varchar(40)); ALTER TABLE orders DROP COLUMN city;",
        &["data-lost orders.city column_lost"],
    );
}

fn a_new_column_with_a_number_for_each_row_keeps_nothing(mut bench: Bench) {
    for_good(
        &mut bench,
        "ALTER TABLE orders ADD COLUMN number integer; UPDATE orders SET number = id + 5; ALTER TABLE orders DROP COLUMN city;",
        &["data-lost orders.city column_lost"],
    );
}
