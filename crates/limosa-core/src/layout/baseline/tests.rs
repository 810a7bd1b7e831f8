//! Heads of baselines, and sets that cannot be right.

use crate::Layout;
use crate::layout::tests::{TestFolder, short};

fn replaced(layout: Layout, files: &[(&str, &str)]) -> String {
    let reading = TestFolder::with(files).read(layout);
    assert!(reading.errors.is_empty(), "{:?}", reading.errors);
    let last = reading.set.migrations.last().unwrap();
    assert_eq!(last.is_baseline(), last.irreversible.is_some());
    last.replaces().to_string()
}

fn errors(files: &[(&str, &str)]) -> Vec<String> {
    short(&TestFolder::with(files).read(Layout::Native).errors)
}

#[test]
fn a_baseline_is_read_in_every_layout() {
    let head = "-- the beginning\n-- limosa: replaces(1..3,\n-- limosa: replaces(1, 2)\n";
    let head = head.replace("replaces(1..3,", "replaces(3)");
    let text = |before: &str| format!("{before}{head}\nCREATE TABLE t (id int);\n");
    for (layout, name, before) in [
        (Layout::Native, "3_b.sql", ""),
        (Layout::Native, "3_b.sql", "-- limosa: up\n"),
        (Layout::Native, "3_b.up.sql", "\u{feff}"),
        (Layout::GolangMigrate, "3_b.up.sql", "\u{feff}"),
        (Layout::Goose, "3_b.sql", "-- +goose Up\n"),
        (Layout::LiamstaskGoose, "3_b.sql", "-- +goose Up\n"),
        (Layout::GoPg, "3_b.up.sql", ""),
        (Layout::Sqlx, "3_b.sql", "\n"),
    ] {
        assert_eq!(
            replaced(layout, &[(name, &text(before))]),
            "1..3",
            "{layout}"
        );
    }
}

#[test]
fn in_the_layout_of_another_tool_only_the_head_of_the_file_counts() {
    let text = "SELECT 1;\n-- limosa: replaces(1)\n";
    assert_eq!(replaced(Layout::GolangMigrate, &[("1_a.up.sql", text)]), "");
    let text = "-- limosa: no-transaction\n-- limosa: anything\nSELECT 1;\n";
    assert_eq!(replaced(Layout::GolangMigrate, &[("1_a.up.sql", text)]), "");
    let wrong = TestFolder::with(&[("1_a.up.sql", "\n-- limosa: replaces(x)\nSELECT 1;\n")]);
    assert_eq!(
        short(&wrong.read(Layout::GolangMigrate).errors),
        [
            "Error unknown-directive m/1_a.up.sql:2 `replaces` does not list versions: `x` is not a number"
        ]
    );
}

#[test]
fn a_baseline_has_the_version_of_the_last_that_it_replaces() {
    assert_eq!(
        errors(&[("4_b.sql", "-- limosa: replaces(1..3)\nSELECT 1;\n")]),
        [
            "Error bad-baseline m/4_b.sql:1 4_b replaces migrations up to 3, which is not its own version"
        ]
    );
}

#[test]
fn what_is_replaced_is_not_there_as_well() {
    let baseline = ("3_b.sql", "-- limosa: replaces(1..3)\nSELECT 1;\n");
    assert_eq!(
        errors(&[("2_late.sql", "SELECT 1;\n"), baseline]),
        ["Error bad-baseline m/2_late.sql:1 2_late is here, and 3_b stands for it"]
    );
    let later = ("5_c.sql", "-- limosa: replaces(2, 5)\nSELECT 1;\n");
    assert_eq!(
        errors(&[baseline, later]),
        ["Error bad-baseline m/3_b.sql:1 3_b and another baseline both stand for 2"]
    );
}

#[test]
fn a_baseline_has_no_down() {
    let text = "-- limosa: replaces(1)\n-- limosa: up\nSELECT 1;\n-- limosa: down\nSELECT 2;\n";
    assert_eq!(
        errors(&[("1_b.sql", text)]),
        ["Error bad-baseline m/1_b.sql:1 1_b replaces others and has a down"]
    );
    let text = "-- limosa: up\nSELECT 1;\n-- limosa: down\n-- limosa: replaces(1)\nSELECT 2;\n";
    assert_eq!(
        errors(&[("1_b.sql", text)]),
        ["Error misplaced-directive m/1_b.sql:4 `replaces` stands with the statements that undo"]
    );
}
