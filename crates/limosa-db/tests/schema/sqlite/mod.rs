//! What is seen of a SQLite database.

use limosa_testkit::{Kind, Sqlite};

use crate::changes::{Case, differences, execute, hold, schema};

#[test]
fn each_change_of_a_table_is_seen_alone() {
    hold(
        Kind::Sqlite,
        &[Case {
            setup: "CREATE TABLE t (a int)",
            change: "ALTER TABLE t ADD COLUMN b text NOT NULL DEFAULT ''",
            seen: &["column t.b: left_behind"],
        }],
    );
}

/// A table that was altered, and one that was made so, are the same.
#[test]
fn the_way_does_not_count() {
    for (first, second) in [(
        "CREATE TABLE t (a INTEGER PRIMARY KEY);\nALTER TABLE t ADD COLUMN b varchar( 20 ) DEFAULT 'x' CHECK (b <> 'y')",
        "create table \"t\"(a INTEGER primary key /* x */, [b] varchar(20) check( b<>'y' ) default 'x')",
    )] {
        let (one, other) = (Sqlite::database(), Sqlite::database());
        execute(&one, first);
        execute(&other, second);
        let (one, other) = (schema(&one), schema(&other));
        assert_eq!(differences(&one, &other), [""; 0], "{second}");
    }
}
