//! Tests of the layout of liamstask/goose.

use std::sync::Arc;

use crate::Layout;
use crate::layout::tests::{TestFolder, short, statements};

#[test]
fn sections_stand_in_any_order_and_come_again() {
    let folder = TestFolder::with(&[
        (
            "1_x.sql",
            "-- +goose Down\nSELECT 4;\n-- +goose Up\nSELECT 1;\n-- +goose StatementBegin\nSELECT \
             2;\n-- +goose StatementEnd\n-- +goose Down\nSELECT 5;\n-- +goose Up\nSELECT 3;\n",
        ),
        ("deep/er/2_y.sql", "-- +goose Up\nSELECT 6;\n"),
        ("3_code.go", "func Up_3(txn *sql.Tx) {}"),
        ("noversion.sql", "garbage"),
    ]);
    let reading = folder.try_read(None).unwrap();
    assert_eq!(reading.set.layout, Layout::LiamstaskGoose);
    assert!(reading.errors.is_empty(), "{:?}", reading.errors);
    let [first, second, third] = reading.set.migrations.as_slice() else {
        panic!()
    };
    let expected = [
        vec!["SELECT 1", "SELECT 2", "SELECT 3"],
        vec!["SELECT 4", "SELECT 5"],
    ];
    assert_eq!(statements(first), expected);
    assert_eq!(second.files, ["m/deep/er/2_y.sql"]);
    assert!(second.down.is_none() && third.opaque.is_some());
    assert!(short(&reading.set.remarks)[0].starts_with("Note unparsable-name m/noversion.sql"));
    // What is stored reads the same, though it is in several parts.
    let up = first.up.as_ref().unwrap();
    let stored = up.text(1 << 20).unwrap().unwrap();
    let mut again = first.clone();
    again.up = Some(Arc::new(crate::Script::from_text(
        up.layout,
        "stored",
        stored,
        up.options.clone(),
    )));
    assert_eq!(statements(&again), expected);
    let sums = |script: &crate::Script| script.checksums(limosa_sql::Dialect::Postgres).unwrap();
    assert_eq!(sums(again.up.as_ref().unwrap()), sums(up));
}

#[test]
fn what_goose_does_not_execute_is_said() {
    let text = "SELECT 0;\n-- +goose Up\nSELECT 1;\n-- +goose NO TRANSACTION\n--+goose Down\n\
                SELECT ';'\n-- end\n-- +goose Down\nSELECT 2; SELECT 3 -- ;\n";
    let folder = TestFolder::with(&[("1_x.sql", text)]);
    let reading = folder.read(Layout::LiamstaskGoose);
    assert!(reading.errors.is_empty(), "{:?}", reading.errors);
    let remarks = short(&reading.set.remarks);
    let found: Vec<_> = remarks
        .iter()
        .map(|line| line.split(' ').take(3).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        found,
        [
            "Warning unknown-directive m/1_x.sql:4",
            "Warning unknown-directive m/1_x.sql:5",
            "Warning text-before-section m/1_x.sql:1",
            "Warning no-semicolon m/1_x.sql:6",
            "Warning no-semicolon m/1_x.sql:9",
        ]
    );
    assert_eq!(
        statements(&reading.set.migrations[0]),
        [["SELECT 1"], ["SELECT 2"]]
    );
}

#[test]
fn a_block_at_the_end_needs_no_semicolon() {
    let text = "-- +goose Up\n-- +goose StatementBegin\nSELECT 1\n-- +goose StatementEnd\n";
    let folder = TestFolder::with(&[("1_x.sql", text)]);
    let reading = folder.read(Layout::LiamstaskGoose);
    assert!(reading.set.remarks.is_empty(), "{:?}", reading.set.remarks);
    assert_eq!(statements(&reading.set.migrations[0])[0], ["SELECT 1"]);
    let open = TestFolder::with(&[("1_x.sql", "-- +goose Up\n-- +goose StatementBegin\n")]);
    assert!(short(&open.read(Layout::LiamstaskGoose).errors)[0].contains("unclosed-statement"));
    let none = TestFolder::with(&[("1_x.sql", "SELECT 1;\n")]);
    assert!(short(&none.read(Layout::LiamstaskGoose).errors)[0].contains("no-section"));
}
