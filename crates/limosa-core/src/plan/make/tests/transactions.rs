//! Which steps share transactions.

use super::{Desk, UP};
use crate::history::samples::with_up;
use crate::plan::{PlanError, Room, Transactions};

const PLENTY: Room = Room { locks: None };

fn desk(scripts: &[&str]) -> Desk {
    let files = (1_u32..)
        .zip(scripts)
        .map(|(number, sql)| with_up(&number.to_string(), sql));
    Desk::new(files.collect())
}

#[test]
fn definitions_share_a_transaction_up_to_the_first_rows() {
    let desk = desk(&[
        "CREATE TABLE a (id int)",
        "BEGIN; CREATE TABLE b (id int); COMMIT",
        "INSERT INTO a VALUES (1)",
        "CREATE TABLE c (id int)",
    ]);
    let plan = desk.plan(&UP);
    assert_eq!(PLENTY.together(plan.steps()), 2);
    assert_eq!(PLENTY.together(&plan.steps()[2..]), 0);
    assert_eq!(PLENTY.together(&plan.steps()[3..]), 1);
}

#[test]
fn a_transaction_takes_a_quarter_of_the_locks_at_most() {
    let scripts = vec!["CREATE TABLE a (id int)"; 600];
    let plan = desk(&scripts).plan(&UP);
    assert_eq!(PLENTY.together(plan.steps()), 500);
    let room = Room { locks: Some(200) };
    assert_eq!(room.together(plan.steps()), 10);
}

#[test]
fn what_cannot_be_in_one_transaction_is_refused_when_that_was_asked_for() {
    for (sql, line, reason) in [
        ("VACUUM a", 1, "this statement runs outside of transactions"),
        (
            "BEGIN; SELECT 1; COMMIT;\n SELECT 2",
            2,
            "it is in several transactions, and the next one begins here",
        ),
        (
            "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT",
            1,
            "it asks for a transaction of a certain kind",
        ),
    ] {
        let mut desk = desk(&["CREATE TABLE a (id int)", sql]);
        desk.plan(&UP);
        desk.options.transactions = Transactions::All;
        let PlanError::NotTogether {
            migration,
            line: at,
            reason: why,
        } = desk.error(&UP)
        else {
            panic!("{sql}");
        };
        assert_eq!((migration.version.as_str(), at, why), ("2", line, reason));
    }
}
