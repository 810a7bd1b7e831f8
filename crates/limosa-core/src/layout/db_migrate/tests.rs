//! Tests of the layout of db-migrate. The loaders here are written after its own, in the three
//! forms that it generates.

use super::loader::{Loader, recognise};
use super::recorded_name;
use crate::Layout;
use crate::layout::tests::{TestFolder, short, statements};

const NAME: &str = "20200101000000-add-x";

/// The default loader.
pub(in crate::layout) fn loader_for_tests(name: &str) -> String {
    let direction = |direction: &str| {
        format!(
            "exports.{direction} = function(db) {{
               var filePath = path.join(__dirname, 'sqls', '{name}-{direction}.sql');
               return new Promise(function(resolve, reject) {{
                 fs.readFile(filePath, {{encoding: 'utf-8'}}, function(err,data){{
                   if (err) return reject(err);
                   console.log('received data: ' + data);
                   resolve(data);
                 }});
               }}).then(function(data) {{ return db.runSql(data); }});
             }};\n"
        )
    };
    format!(
        "'use strict';\nvar dbm; var type; var seed;\nvar fs = require('fs'); // files\n\
         var path = require('path');\nvar Promise;\n/** set up: \"it's\" */\n\
         exports.setup = function(options, seedLink) {{ dbm = options.dbmigrate;\n\
         type = dbm.dataType; seed = seedLink; Promise = options.Promise; }};\n{}{}\
         exports._meta = {{ \"version\": 1 }};\n",
        direction("up"),
        direction("down")
    )
}

fn ignoring_on_init() -> String {
    loader_for_tests(NAME)
        .replace("'sqls', '", "'/sqls/")
        .replace("__dirname, ", "__dirname + ")
        .replacen(
            "if (err)",
            "if (ignoreOnInit) { console.log('ignoring on init: ' + filePath) }\nif (err)",
            1,
        )
}

fn coffee() -> String {
    let direction = |direction: &str| {
        format!(
            "exports.{direction} = (db, callback) ->\n  filePath = path.join \
             \"#{{__dirname}}/sqls/{NAME}-{direction}.sql\"\n  fs.readFile filePath, {{encoding: \
             'utf-8'}}, (err,data) ->\n    return callback err if err\n\n    db.runSql data, \
             callback\n\n"
        )
    };
    format!(
        "'use strict';\n\ndbm = undefined\nfs = require 'fs'\npath = require 'path'\n\n#\n# set \
         up\n#\nexports.setup = (options, seedLink) ->\n  dbm = options.dbmigrate\n\n{}{}",
        direction("up"),
        direction("down")
    )
}

#[test]
fn the_three_loaders_are_recognised_however_they_are_formatted() {
    let expected = Loader {
        up: format!("{NAME}-up.sql"),
        down: format!("{NAME}-down.sql"),
    };
    let reformatted = loader_for_tests(NAME)
        .replace('\'', "\"")
        .replace("var ", "const ")
        .replace("function(data)", "(data) =>");
    for code in [
        loader_for_tests(NAME),
        ignoring_on_init(),
        coffee(),
        reformatted,
    ] {
        assert_eq!(recognise(&code), Some(expected.clone()), "{code}");
    }
}

#[test]
fn code_that_does_more_than_load_is_none() {
    let plain = loader_for_tests(NAME);
    for (from, to) in [
        ("db.runSql(data)", "db.runSql(data.replace('a', 'b'))"),
        ("db.runSql(data)", "db.runSql(data + data)"),
        ("db.runSql(data)", "db.runSql('DROP TABLE x')"),
        ("db.runSql(data)", "db.dropTable(data)"),
        ("resolve(data)", "resolve('x' + data)"),
        ("if (err)", "db.runSql(data); if (err)"),
        ("-down.sql", "-up.sql"),
        ("-up.sql", ".sql"),
        ("'sqls', '20", "'other', '20"),
        ("-up.sql", "/../x-up.sql"),
        ("var Promise;", "require('./evil');"),
        ("var Promise;", "var Promise = `${process.exit(1)}`;"),
    ] {
        assert_eq!(recognise(&plain.replace(from, to)), None, "{from} -> {to}");
    }
    assert_eq!(
        recognise("exports.up = function(db) { return null; };"),
        None
    );
    assert_eq!(recognise("'unfinished"), None);
}

#[test]
fn the_name_is_what_db_migrate_records() {
    assert_eq!(
        recorded_name("20200101000000-a-b.js"),
        Some("20200101000000-a-b")
    );
    assert_eq!(
        recorded_name("x20200101000000-a.test.js"),
        Some("20200101000000-a")
    );
    assert_eq!(recorded_name("2020-a.js"), None);
    assert_eq!(recorded_name("20200101000000-.js"), None);
}

#[test]
fn migrations_are_their_sql_files_and_other_code_is_opaque() {
    let other = "exports.up = function(db) { return db.createTable('x'); };";
    let lost = "20200103000000-lost";
    let folder = TestFolder::with(&[
        ("20200101000000-add-x.js", &loader_for_tests(NAME)),
        ("sqls/20200101000000-add-x-up.sql", "SELECT 1; SELECT 2"),
        (
            "sqls/20200101000000-add-x-down.sql",
            "/* Replace with your SQL commands */",
        ),
        ("20200102000000-code.js", other),
        ("20200103000000-lost.js", &loader_for_tests(lost)),
        ("sqls/20200104000000-alone-up.sql", ""),
        ("index.js", other),
        ("package.json", ""),
    ]);
    let reading = folder.try_read(None).unwrap();
    assert_eq!(reading.set.layout, Layout::DbMigrate);
    assert_eq!(
        short(&reading.errors),
        [format!(
            "Error missing-file m/{lost}.js:1 m/{lost}.js loads sqls/{lost}-up.sql, which is missing"
        )]
    );
    let remarks = short(&reading.set.remarks);
    assert_eq!(remarks.len(), 3, "{remarks:?}");
    assert!(remarks[0].starts_with("Warning missing-file"));
    assert!(remarks[1].starts_with("Note unparsable-name m/index.js"));
    assert!(
        remarks[2].starts_with("Warning no-loader m/sqls:1 the SQL files of 20200104000000-alone")
    );
    let [first, second, ..] = reading.set.migrations.as_slice() else {
        panic!()
    };
    assert_eq!(first.full_name(), "20200101000000_add-x");
    assert_eq!(statements(first), [vec!["SELECT 1", "SELECT 2"], vec![]]);
    assert!(
        second
            .opaque
            .as_deref()
            .unwrap()
            .contains("only db-migrate")
    );
}

#[test]
fn sql_files_without_any_code_are_read_as_pairs() {
    let folder = TestFolder::with(&[
        ("sqls/20200101000000-a-up.sql", "SELECT 1"),
        ("sqls/20200101000000-a-down.sql", "SELECT 2"),
        ("sqls/20200102000000-b-down.sql", "SELECT 3"),
        ("sqls/notes.sql", ""),
    ]);
    let reading = folder.try_read(None).unwrap();
    assert_eq!(reading.set.layout, Layout::DbMigrate);
    assert_eq!(
        statements(&reading.set.migrations[0]),
        [vec!["SELECT 1"], vec!["SELECT 2"]]
    );
    assert!(short(&reading.errors)[0].starts_with("Error down-without-up"));
    let remarks = short(&reading.set.remarks);
    assert!(
        remarks[0].starts_with("Note unparsable-name m/sqls/notes.sql"),
        "{remarks:?}"
    );
    assert!(remarks[1].starts_with("Note no-loader m/sqls:1"));
}

#[test]
fn a_scope_is_not_read_and_said() {
    let folder = TestFolder::with(&[
        ("20200101000000-a.js", &loader_for_tests("20200101000000-a")),
        ("sqls/20200101000000-a-up.sql", "SELECT 1"),
        ("sqls/20200101000000-a-down.sql", "SELECT 2"),
        ("admin/20200101000001-b.js", ""),
        ("lib/tools.js", ""),
    ]);
    let reading = folder.try_read(None).unwrap();
    assert_eq!(reading.set.migrations.len(), 1);
    assert_eq!(
        short(&reading.set.remarks),
        [
            "Note scope-not-read m/admin/20200101000001-b.js:1 the migrations in m/admin are not \
             read: they are a scope"
        ]
    );
    assert_eq!(
        reading.set.remarks[0].notes,
        ["`db-migrate up:admin` runs them, `db-migrate up` does not"]
    );
}
