//! The texts of baselines in each layout.

use limosa_core::{Layout, Migration, Replaces, Version};
use limosa_sql::Dialect;

use super::Baseline;

const FUNCTION: &str = "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1; SELECT 2;'";

fn files(layout: Layout, last: &Migration) -> Vec<(String, String)> {
    let baseline = Baseline {
        layout,
        dialect: Dialect::Postgres,
        last,
        name: "baseline",
        replaces: &Replaces::parse("1..3").unwrap(),
        min_release: Some("1.4.0"),
        statements: &[
            "CREATE TABLE a (id int) -- last".to_owned(),
            FUNCTION.to_owned(),
        ],
    };
    let files = baseline.files().into_iter();
    let shown = |path: &std::path::Path| path.display().to_string();
    files.map(|file| (shown(&file.path), file.text)).collect()
}

fn last() -> Migration {
    Migration::new(Version::number("3").unwrap(), "third")
}

const HEAD: &str = "-- The baseline of 3 migrations up to 3, written by `limosa squash`.\n-- limosa: replaces(1..3)\n";

#[test]
fn a_native_baseline_is_one_file_without_a_down() {
    let found = files(Layout::Native, &last());
    let text = format!(
        "{HEAD}-- limosa: min-release=1.4.0\n\nCREATE TABLE a (id int) -- last;\n\n{FUNCTION};\n"
    );
    let [(name, found)] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(name, "3_baseline.sql");
    // Whoever writes statements writes none that ends with a comment.
    assert_eq!(*found, text);
}

#[test]
fn what_undoes_it_in_another_tool_fails() {
    for (layout, names) in [
        (
            Layout::GolangMigrate,
            ["3_baseline.up.sql", "3_baseline.down.sql"],
        ),
        (
            Layout::GoPg,
            ["3_baseline.tx.up.sql", "3_baseline.tx.down.sql"],
        ),
        // Its name is what db-migrate knows it by.
        (
            Layout::DbMigrate,
            ["sqls/3-third-up.sql", "sqls/3-third-down.sql"],
        ),
    ] {
        let found = files(layout, &last());
        assert_eq!(
            found
                .iter()
                .map(|(name, _)| name.as_str())
                .collect::<Vec<_>>(),
            names
        );
        let up = format!("{HEAD}\nCREATE TABLE a (id int) -- last\n;\n\n{FUNCTION};\n");
        assert_eq!(found[0].1, up, "{layout}");
        assert!(
            found[1]
                .1
                .contains("SELECT * FROM a_baseline_cannot_be_undone;")
        );
    }
}

#[test]
fn goose_gets_statements_with_semicolons_in_blocks() {
    for layout in [Layout::Goose, Layout::LiamstaskGoose] {
        let found = files(layout, &last());
        assert_eq!(found[0].0, "3_baseline.sql");
        let up = format!(
            "-- +goose Up\n{HEAD}\nCREATE TABLE a (id int) -- last\n;\n\n-- +goose StatementBegin\n{FUNCTION};\n-- +goose StatementEnd\n\n-- +goose Down\n"
        );
        assert!(found[0].1.starts_with(&up), "{}", found[0].1);
    }
}
