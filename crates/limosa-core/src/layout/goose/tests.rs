//! Tests of the layout of pressly/goose.

use std::sync::Arc;

use crate::Layout;
use crate::layout::tests::{TestFolder, short, statements};

fn problems(text: &str) -> Vec<String> {
    let reading = TestFolder::with(&[("1_x.sql", text)]).read(Layout::Goose);
    short(&reading.errors)
}

#[test]
fn sections_blocks_and_options_are_read() {
    let folder = TestFolder::with(&[
        (
            "00001_first.sql",
            "-- why\n-- +goose NO TRANSACTION\n\n-- +goose Up\nSELECT 1;\n-- +goose \
             StatementBegin\nDO $$ BEGIN; END $$\n-- +goose StatementEnd\n-- +goose \
             down\r\nSELECT 2; -- x\r\n",
        ),
        ("2_only_up.sql", "\u{feff}-- +goose Up\n-- nothing\n"),
        ("3_code.go", "package migrations // goose"),
        ("3_code_test.go", ""),
        ("README.md", ""),
        ("sub/4_x.sql", "garbage"),
    ]);
    let reading = folder.try_read(None).unwrap();
    // The case of `down` and NO TRANSACTION are pressly's, a folder below is no evidence by itself.
    assert_eq!(reading.set.layout, Layout::Goose);
    assert!(reading.errors.is_empty(), "{:?}", reading.errors);
    let [first, second, third] = reading.set.migrations.as_slice() else {
        panic!()
    };
    assert_eq!(first.full_name(), "00001_first");
    assert_eq!(
        statements(first),
        [vec!["SELECT 1", "DO $$ BEGIN; END $$"], vec!["SELECT 2"]]
    );
    let options =
        |script: &Option<Arc<crate::Script>>| script.as_ref().unwrap().options.no_transaction;
    assert!(options(&first.up) && options(&first.down) && !options(&second.up));
    assert!(second.down.is_none() && statements(second)[0].is_empty());
    assert!(third.opaque.is_some() && third.up.is_none());
}

#[test]
fn the_expansion_that_is_on_goes_on_into_the_down() {
    let text =
        "-- +goose ENVSUB ON\n-- +goose Up\nSELECT '[$X]';\n-- +goose Down\nSELECT '[$X]';\n";
    let off = text.replace("-- +goose Down", "-- +goose ENVSUB OFF\n-- +goose Down");
    let folder = TestFolder::with(&[("1_on.sql", text), ("2_off.sql", &off)]);
    let reading = folder.read(Layout::Goose);
    assert!(reading.errors.is_empty());
    let [on, off] = reading.set.migrations.as_slice() else {
        panic!()
    };
    assert_eq!(statements(on), [vec!["SELECT '[]'"], vec!["SELECT '[]'"]]);
    assert_eq!(
        statements(off),
        [vec!["SELECT '[]'"], vec!["SELECT '[$X]'"]]
    );
    // So it does in what is stored.
    let down = on.down.as_ref().unwrap();
    let stored = down.text(1 << 20).unwrap().unwrap();
    let mut again = on.clone();
    again.down = Some(Arc::new(crate::Script::from_text(
        down.layout,
        "stored",
        stored,
        down.options.clone(),
    )));
    assert_eq!(statements(&again), statements(on));
    assert_eq!(again.down.unwrap().sha256, down.sha256);
}

#[test]
fn what_goose_refuses_is_refused_with_its_line() {
    for (text, expected) in [
        ("", "no-section m/1_x.sql:1"),
        ("SELECT 1;", "text-before-section m/1_x.sql:1"),
        (
            "-- a\nSELECT 1;\n-- +goose Up\n",
            "text-before-section m/1_x.sql:2",
        ),
        (
            "-- +goose Down\n-- +goose Up\n",
            "down-without-up m/1_x.sql:1",
        ),
        (
            "-- +goose Up\n-- +goose Up\n",
            "duplicate-section m/1_x.sql:2",
        ),
        (
            "-- +goose Up\n-- +goose Down\n-- +goose Down\n",
            "duplicate-section m/1_x.sql:3",
        ),
        (
            "-- +goose Up\n  -- +goose Down\n",
            "unknown-directive m/1_x.sql:2",
        ),
        (
            "-- +goose Up\n-- +goose Donw\n",
            "unknown-directive m/1_x.sql:2",
        ),
        (
            "-- +goose Up\n-- +goose StatementBegin\n",
            "unclosed-statement m/1_x.sql:2",
        ),
        (
            "-- +goose Up\n-- +goose StatementEnd\n",
            "unclosed-statement m/1_x.sql:2",
        ),
    ] {
        let found = problems(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(
            found[0].starts_with(&format!("Error {expected} ")),
            "{text}: {found:?}"
        );
    }
    let reading = TestFolder::with(&[("1_x.sql", "-- +goose Up\n-- +goose statmentbegin\n")]);
    let help = &reading.read(Layout::Goose).errors[0].help;
    assert_eq!(help, &["did you mean `StatementBegin`?"]);
}

#[test]
fn names_are_those_of_goose() {
    let up = "-- +goose Up\n";
    let folder = TestFolder::with(&[
        ("0_zero.sql", up),
        ("x.sql", up),
        ("1x.sql", up),
        ("5_a.sql", up),
        ("05_b.sql", up),
        ("5_c.go", "package x"),
        ("helper.go", ""),
    ]);
    let found = short(&folder.read(Layout::Goose).errors);
    assert_eq!(found.len(), 4, "{found:?}");
    for (found, name) in found.iter().zip(["0_zero", "1x", "x"]) {
        assert!(found.starts_with(&format!("Error unparsable-name m/{name}.sql")));
    }
    assert!(found[3].contains("duplicate-version m/05_b.sql:1,m/5_a.sql:1,m/5_c.go:1"));
}
