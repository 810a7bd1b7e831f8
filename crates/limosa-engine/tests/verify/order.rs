//! Which migrations are tried, and in what order.

use std::collections::BTreeSet;

use limosa_core::Version;
use limosa_engine::verify::Which;
use limosa_sql::Dialect;

use crate::bench::{found, report};

const FILES: [(&str, &str); 4] = [
    (
        "1_a.sql",
        "-- limosa: up\nCREATE TABLE a (id int);\n-- limosa: down\n",
    ),
    (
        "2_b.sql",
        "-- limosa: up\nCREATE TABLE b (id int);\n-- limosa: down\nDROP TABLE b;\n",
    ),
    // Split over two versions: only together they come back.
    (
        "3_c.sql",
        "-- limosa: up\nALTER TABLE b ADD COLUMN c int;\n-- limosa: down\nSELECT 1;\n",
    ),
    (
        "4_d.sql",
        "-- limosa: up\nALTER TABLE b RENAME COLUMN c TO d;\n-- limosa: down\nALTER TABLE b DROP COLUMN d;\n",
    ),
];

fn version(number: &str) -> Version {
    Version::number(number).unwrap()
}

#[test]
fn only_what_is_asked_for_is_tried() {
    let of = |which: Which| {
        let report = report(Dialect::Sqlite, &FILES, which);
        (report.checked, found(&report))
    };
    let c = "3 down-leaves-difference column b.c (left_behind)".to_owned();
    let c2 = "3 up-fails-again".to_owned();
    let d = "4 down-leaves-difference column b.c (lost)".to_owned();
    let d2 = "4 up-fails-again".to_owned();
    let d3 = "4 data-lost column b.c (column_lost)".to_owned();
    assert_eq!(
        of(Which::All),
        (
            4,
            vec![
                "1 down-empty".to_owned(),
                c.clone(),
                c2.clone(),
                d.clone(),
                d2.clone(),
                d3.clone()
            ]
        )
    );
    assert_eq!(of(Which::From(version("4"))), (1, vec![d, d2, d3]));
    let some = BTreeSet::from([version("2"), version("3")]);
    assert_eq!(of(Which::Only(some)), (2, vec![c, c2]));
    assert_eq!(of(Which::Only(BTreeSet::new())), (0, vec![]));
}

#[test]
fn a_change_that_is_split_over_versions_is_tried_as_one() {
    let range = Which::Range(version("3"), version("4"));
    let report = report(Dialect::Sqlite, &FILES, range);
    assert_eq!((report.checked, found(&report)), (2, vec![]));
}

#[test]
fn rows_of_a_test_go_up_and_down_and_its_queries_find_what_is_wrong() {
    let files = |down: &'static str| {
        [
            (
                "1_a.sql",
                "-- limosa: up\nCREATE TABLE a (id integer PRIMARY KEY, mail text);\n-- limosa: down\nDROP TABLE a;\n",
            ),
            ("2_lower.sql", down),
            (
                "2.given.sql",
                "INSERT INTO a VALUES (1, 'A@B'), (2, 'c@d');\n",
            ),
            (
                "2.expect.sql",
                "SELECT id FROM a WHERE mail <> lower(mail);\n",
            ),
            ("9.expect.sql", "SELECT 1;\n"),
        ]
    };
    let good = files(
        "-- limosa: up\n-- limosa: irreversible: lower case\nUPDATE a SET mail = lower(mail);\n",
    );
    let report_of = |files: &[(&str, &str)]| found(&report(Dialect::Sqlite, files, Which::All));
    assert_eq!(report_of(&good), ["9 case-without-migration"]);
    let bad = files(
        "-- limosa: up\n-- limosa: irreversible: lower case\nUPDATE a SET mail = lower(mail) WHERE id > 1;\n",
    );
    assert_eq!(
        report_of(&bad),
        ["2 expectation-failed", "9 case-without-migration"]
    );
}
