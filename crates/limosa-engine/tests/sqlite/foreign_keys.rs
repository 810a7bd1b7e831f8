//! Foreign keys: off unless a script asks for them, and checked in the native layout.

use limosa_core::Layout;

use super::lab;
use super::support::Lab;

/// A parent with two rows and a child with two that refer to them.
fn family(lab: &Lab) {
    lab.db.execute(
        "CREATE TABLE parent (id INTEGER PRIMARY KEY);\n\
         CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id) ON DELETE CASCADE);\n\
         INSERT INTO parent VALUES (1), (2);\n\
         INSERT INTO child VALUES (1, 1), (2, 2);",
    );
}

#[test]
fn the_usual_rebuild_of_a_table_keeps_the_rows_that_refer_to_it() {
    for pragma in ["PRAGMA foreign_keys=OFF;\n", ""] {
        let lab = lab();
        family(&lab);
        lab.file(
            "1_rebuild.sql",
            &format!(
                "{pragma}BEGIN;\nCREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT);\n\
                 INSERT INTO new_parent (id) SELECT id FROM parent;\nDROP TABLE parent;\n\
                 ALTER TABLE new_parent RENAME TO parent;\nCOMMIT;\nPRAGMA foreign_keys=ON;\n"
            ),
        );
        lab.up();
        assert_eq!(
            lab.db.query("select id, parent from child order by 1"),
            [["1", "1"], ["2", "2"]]
        );
        assert_eq!(
            lab.db.value("select count(name) + count(*) from parent"),
            "2"
        );
    }
}

#[test]
fn a_new_violation_of_a_foreign_key_is_rolled_back() {
    let lab = lab();
    family(&lab);
    lab.file(
        "1_a.sql",
        "CREATE TABLE a (id INTEGER);\nDELETE FROM parent WHERE id = 1;\n",
    );
    let report = lab.up_fails().problem.diagnostic();
    assert_eq!(
        (report.name, report.class.exit_code()),
        ("foreign-key-violated", 1)
    );
    assert!(report.message.contains("child"), "{}", report.message);
    assert_eq!(lab.db.value("select count(*) from parent"), "2");
    assert!(lab.applied().is_empty() && !lab.has_table("a"));
    lab.file("1_a.sql", "CREATE TABLE a (id INTEGER);\nDELETE FROM parent WHERE id = 1;\nDELETE FROM child WHERE parent = 1;\n");
    lab.up();
}

#[test]
fn an_old_violation_of_a_foreign_key_stops_nobody() {
    let lab = lab();
    family(&lab);
    lab.db
        .execute("PRAGMA foreign_keys = OFF; INSERT INTO child VALUES (3, 99)");
    lab.file("1_a.sql", "CREATE TABLE a (id INTEGER);\n");
    lab.up();
    lab.file("2_b.sql", "INSERT INTO child VALUES (4, 98);\n");
    assert_eq!(
        lab.up_fails().problem.diagnostic().name,
        "foreign-key-violated"
    );
    assert_eq!(lab.db.value("select count(*) from child"), "3");
}

#[test]
fn the_layouts_of_other_tools_do_not_check_foreign_keys() {
    for (layout, file, text) in [
        (
            Layout::GolangMigrate,
            "1_a.up.sql",
            "DELETE FROM parent WHERE id = 1;\n",
        ),
        (
            Layout::Goose,
            "00001_a.sql",
            "-- +goose Up\nDELETE FROM parent WHERE id = 1;\n",
        ),
    ] {
        let mut lab = lab();
        lab.layout = Some(layout);
        family(&lab);
        lab.file(file, text);
        lab.up();
        assert_eq!(lab.db.value("select count(*) from parent"), "1", "{layout}");
        assert_eq!(
            lab.db.value("select count(*) from child"),
            "2",
            "{layout}: nothing is enforced"
        );
    }
}

#[test]
fn a_script_that_asks_for_foreign_keys_has_them_and_the_next_one_does_not() {
    let lab = lab();
    family(&lab);
    lab.file(
        "1_a.sql",
        "PRAGMA foreign_keys=ON;\nDELETE FROM parent WHERE id = 1;\n",
    );
    lab.up();
    assert_eq!(
        lab.db.query("select id from child"),
        [["2"]],
        "they go with their parent"
    );
    lab.file(
        "2_b.sql",
        "PRAGMA foreign_keys=ON;\nINSERT INTO child VALUES (5, 77);\n",
    );
    let failed = lab.up_fails().failed.unwrap();
    assert_eq!(
        (failed.statement, failed.code.as_deref()),
        (Some(2), Some("SQLITE_CONSTRAINT_FOREIGNKEY"))
    );
    lab.file("2_b.sql", "PRAGMA foreign_keys=ON;\nSELECT 1;\n");
    lab.file(
        "3_c.sql",
        "CREATE TABLE seen AS SELECT foreign_keys AS x FROM pragma_foreign_keys;\n",
    );
    lab.up();
    assert_eq!(lab.db.value("select x from seen"), "0");
}
