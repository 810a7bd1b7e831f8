//! What is found in published migrations, and its cause. Whatever else `LIMOSA_CORPORA` names is proved, too, and has
//! to come to its end.

use std::collections::{BTreeMap, BTreeSet};

use limosa_core::Severity;
use limosa_engine::verify::{Report, Request, Strictness, Which, verify};
use limosa_sql::Dialect;

use crate::bench::shadow;
use crate::support::corpora::{copied, corpora};

/// By the end of a folder's path: versions whose down does not restore the schema, each with its cause; only another
/// order of columns is `order`.
const KNOWN: &[(&str, &[(&str, &str)])] = &[
    (
        "goose-console",
        &[(
            "20161117141922",
            "column vcstokens.the old table comes back with a column created_at that it had not",
        )],
    ),
    (
        "db-migrate-blue-green/sqls",
        &[
            ("20200521105655", "order"),
            (
                "20201030102755",
                "patient_name was text and comes back as varchar(255)",
            ),
            (
                "20201105091527",
                "recipient_number was text and comes back as varchar(255)",
            ),
        ],
    ),
    (
        "golang-migrate-two-databases/bcda",
        &[
            ("4", "the index of the dropped column is not made again"),
            (
                "5",
                "created_at of acos had a default before, which the down drops",
            ),
            (
                "6",
                "updated_at of acos had a default before, which the down drops",
            ),
            ("7", "seven indexes of dropped columns are not made again"),
            ("10", "the function is written with other blanks"),
            ("12", "order"),
            ("14", "order"),
            ("17", "order"),
            (
                "19",
                "the constraint on cms_id is dropped, which was there before",
            ),
            ("20", "a type stands behind DROP COLUMN: the down fails"),
        ],
    ),
    ("golang-migrate-two-databases/bcda_queue", &[]),
    ("golang-migrate-rolling/codeintel", &[]),
    (
        "golang-migrate-rolling/frontend",
        &[
            (
                "1528395684",
                "it creates schema_migrations where there is none, and the down leaves it",
            ),
            (
                "1528395693",
                "sequences, keys and constraints come back under the names of the new tables",
            ),
            (
                "1528395695",
                "a column is before another one in views, indexes are lost, the sequence is an integer",
            ),
            ("1528395699", "order"),
            (
                "1528395720",
                "an index and a check of the dropped column are not made again",
            ),
            ("1528395722", "order"),
            ("1528395735", "order"),
            (
                "1528395743",
                "the type is left behind, so that it cannot be applied again",
            ),
            (
                "1528395748",
                "an index of the dropped column is not made again",
            ),
        ],
    ),
];

/// Of them, those that cannot be applied again after their own down.
const NOT_AGAIN: &[&str] = &["1528395743"];

#[test]
fn what_does_not_restore_the_schema_is_found_and_nothing_else() {
    for folder in corpora() {
        let Some(lab) = copied(&folder) else { return };
        let set = lab.migrations().unwrap();
        let request = Request {
            set: &set,
            which: Which::All,
            strictness: Strictness::Usual,
            environment: &|_| None,
            interrupted: &|| false,
        };
        let report = verify(shadow(Dialect::Postgres), &request, &mut |_| {})
            .unwrap_or_else(|problem| panic!("{:#?}", problem.diagnostic()));
        assert_eq!(report.checked, set.migrations.len(), "{}", folder.display());
        let known = KNOWN.iter().find(|(path, _)| folder.ends_with(path));
        let Some((_, known)) = known else {
            continue;
        };
        let found = about_schema(&report);
        let expected: BTreeMap<String, bool> = (known.iter())
            .map(|(version, cause)| ((*version).to_owned(), *cause == "order"))
            .collect();
        assert_eq!(found, expected, "{}", folder.display());
        let again: BTreeSet<&str> = (report.findings.iter())
            .filter(|one| one.diagnostic.name == "up-fails-again")
            .map(|one| one.version.text())
            .collect();
        assert!(again.iter().all(|one| NOT_AGAIN.contains(one)), "{again:?}");
        assert_eq!(again.is_empty(), !folder.ends_with("frontend"));
    }
}

/// Versions whose down fails or leaves a difference on empty tables, and whether that is only an order of columns.
fn about_schema(report: &Report) -> BTreeMap<String, bool> {
    let mut found = BTreeMap::new();
    for finding in &report.findings {
        let of_rows = finding.kind == Some("on_data");
        if !["down-fails", "down-leaves-difference"].contains(&finding.diagnostic.name) || of_rows {
            continue;
        }
        let is_order = finding.diagnostic.severity == Severity::Note;
        let version = finding.version.text().trim_start_matches('0').to_owned();
        *found.entry(version).or_insert(true) &= is_order;
    }
    found
}
