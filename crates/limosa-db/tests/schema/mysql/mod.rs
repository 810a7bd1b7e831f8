//! What is seen of a MariaDB database.

use limosa_testkit::Kind;

use crate::changes::{Case, hold};

#[test]
fn each_change_of_a_table_is_seen_alone() {
    hold(
        Kind::MariaDb,
        &[Case {
            setup: "CREATE TABLE t (a int)",
            change: "ALTER TABLE t ADD COLUMN b text NOT NULL DEFAULT ''",
            seen: &["column t.b: left_behind"],
        }],
    );
}
