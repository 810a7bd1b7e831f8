//! What says the same is the same.

use std::time::Instant;

use limosa_db::schema::LeftOut;
use limosa_schema::{Key, Kind};
use limosa_testkit::Sqlite;

use crate::changes::{differences, schema, schema_without, session};

/// Pairs of ways to the same schema.
const SAME: &[(&str, &str)] = &[
    (
        "CREATE TABLE t (a INTEGER PRIMARY KEY);\n\
         ALTER TABLE t ADD COLUMN b varchar( 20 ) DEFAULT 'x' CHECK (b <> 'y')",
        "create table \"t\"(a INTEGER primary key /* x */, [b] varchar(20) check( b<>'y' ) default ('x'))",
    ),
    (
        "CREATE TABLE t (a int, b int, CONSTRAINT p PRIMARY KEY (a), UNIQUE (b), FOREIGN KEY (b) REFERENCES t (a))",
        "CREATE TABLE t (a int CONSTRAINT p PRIMARY KEY, b int REFERENCES T UNIQUE)",
    ),
    (
        "CREATE TABLE t (a int CHECK (a in (1,2) and \"a\" is not null), x AS (A*2))",
        "CREATE TABLE t (a int CHECK ([a] IN ( 1, 2 ) AND `a` IS NOT NULL), x GENERATED ALWAYS AS (a * 2) VIRTUAL)",
    ),
    (
        "CREATE TABLE t (s text DEFAULT \"on\" CHECK (s IN (\"on\", 'off')))",
        "CREATE TABLE t (s text DEFAULT 'on' CHECK (s IN ('on', 'off')))",
    ),
    (
        "CREATE TABLE old (a int CHECK (a > 0), b int AS (a + 1));\nCREATE INDEX i ON old (a, b) WHERE a > 2;\n\
         CREATE VIEW v AS SELECT a, old.b FROM old WHERE a > 1;\n\
         CREATE TRIGGER r AFTER UPDATE OF a ON old WHEN new.a > 3 BEGIN UPDATE old SET a = 4 WHERE a = new.a; END;\n\
         CREATE TABLE o (a int REFERENCES old (a));\n\
         ALTER TABLE old RENAME TO t;\nALTER TABLE t RENAME COLUMN a TO c",
        "CREATE TABLE t (c int CHECK (c > 0), b int AS (c + 1));\nCREATE INDEX i ON t (c, b) WHERE c > 2;\n\
         CREATE VIEW v AS SELECT c AS a, t.b FROM t WHERE c > 1;\nDROP VIEW v;\n\
         CREATE VIEW v AS SELECT c, t.b FROM t WHERE c > 1;\n\
         CREATE TRIGGER r AFTER UPDATE OF c ON t WHEN new.c > 3 BEGIN UPDATE t SET c = 4 WHERE c = new.c; END;\n\
         CREATE TABLE o (a int REFERENCES t (c))",
    ),
    (
        "CREATE TABLE t (a int, CHECK (a > 1) UNIQUE (a))",
        "CREATE TABLE t (a int, CHECK (a > 1), UNIQUE (a))",
    ),
    (
        "CREATE TABLE t (\"group\" int, key text, CHECK (\"group\" > 1 and key like 'x'))",
        "CREATE TABLE t ([group] int, \"key\" text, CHECK ([group] > 1 AND \"key\" LIKE 'x'))",
    ),
    (
        "CREATE TABLE t (a int NOT NULL ON CONFLICT ABORT, b int REFERENCES u (x) ON DELETE NO ACTION NOT DEFERRABLE)",
        "CREATE TABLE t (a int NOT NULL, b int REFERENCES u (x))",
    ),
    (
        "CREATE TABLE t AS SELECT 1 AS a, 'x' AS \"b c\"",
        "CREATE TABLE t (a, \"b c\")",
    ),
    (
        "CREATE TABLE t (a decimal(10 , 2), b unsigned  big  int, c [my type])",
        "CREATE TABLE t (a decimal(10,2),b unsigned big int,c \"my type\")",
    ),
];

#[test]
fn the_way_does_not_count() {
    for (first, second) in SAME {
        let (one, other) = (Sqlite::database(), Sqlite::database());
        one.execute(first);
        other.execute(second);
        let (one, other) = (schema(&one), schema(&other));
        assert_eq!(differences(&one, &other), [""; 0], "{second}");
        assert_eq!(one.fingerprint(), other.fingerprint());
    }
}

#[test]
fn everything_that_a_table_says_is_read() {
    let database = Sqlite::database();
    database.execute("CREATE TABLE u (x int, y int, PRIMARY KEY (x, y));\n\
         CREATE TABLE t (id INTEGER PRIMARY KEY, \"my col\" text COLLATE rtrim NOT NULL DEFAULT ('it''s' || upper('x')), \
         p int, q int, FOREIGN KEY (p, q) REFERENCES U ON DELETE SET NULL, \
         CHECK (\"my col\" <> 'a -- no comment' OR p >= -1 AND length(\"my col\") != 3))",
    );
    let schema = schema(&database);
    let column = schema
        .get(&Key::new(Kind::Column, ["t", "my col"]))
        .unwrap();
    assert_eq!(column.text_of("type"), Some("text"));
    assert_eq!(column.text_of("collation"), Some("RTRIM"));
    assert_eq!(column.text_of("default"), Some("'it''s' || upper('x')"));
    assert_eq!(column.position, Some(2));
    assert!(!column.is("nullable"));
    let id = schema.get(&Key::new(Kind::Column, ["t", "id"])).unwrap();
    assert!(!id.is("nullable"), "{id:?}");
    let key = Key::new(Kind::Constraint, ["t", "foreign key (p, q)"]);
    let key = schema.get(&key).unwrap();
    assert_eq!(key.list_of("references"), ["u"]);
    assert_eq!(key.list_of("referenced_columns"), ["x", "y"]);
    assert_eq!(key.text_of("on_delete"), Some("set null"));
    assert_eq!(key.needs, [Key::new(Kind::Table, ["u"])]);
    let checks = schema
        .of(Kind::Constraint)
        .filter(|one| one.text_of("form") == Some("check"));
    let checks: Vec<_> = checks
        .map(|one| one.text_of("expression").unwrap())
        .collect();
    let expected = "\"my col\" <> 'a -- no comment' OR p >= - 1 AND length(\"my col\") != 3";
    assert_eq!(checks, [expected]);
}

#[test]
fn what_is_left_out_is_not_there_with_everything_that_belongs_to_it() {
    let database = Sqlite::database();
    database.execute("CREATE TABLE t (a int)");
    let before = schema(&database);
    database.execute("CREATE TABLE log (a INTEGER PRIMARY KEY AUTOINCREMENT, b text UNIQUE);\nCREATE INDEX i ON log (b);\n\
         CREATE TRIGGER r INSERT ON log BEGIN SELECT 1; END",
    );
    let left_out = [LeftOut {
        schema: None,
        table: "LOG".to_owned(),
    }];
    let after = schema_without(&database, &left_out);
    assert_eq!(differences(&before, &after), [""; 0]);
}

/// What is only in this session, or in another file, is not in the database.
#[test]
fn temporary_and_attached_tables_are_not_seen() {
    let database = Sqlite::database();
    database.execute("CREATE TABLE t (a int)");
    let before = schema(&database);
    let mut session = session(&database);
    for statement in [
        "CREATE TEMP TABLE t (b text)",
        "CREATE TEMP TABLE other (b text)",
        "ATTACH ':memory:' AS more",
        "CREATE TABLE more.t (c int)",
    ] {
        session.query(statement, &[]).unwrap();
    }
    let after = limosa_db::schema::read(&mut *session, &[]).unwrap();
    assert_eq!(differences(&before, &after), [""; 0]);
}

/// A thousand tables with two indexes each.
#[test]
fn a_thousand_tables_take_a_moment() {
    let database = Sqlite::database();
    let mut all = String::from("BEGIN; CREATE TABLE t0 (id INTEGER PRIMARY KEY);");
    for number in 1..1000 {
        all.push_str(&format!(
            "CREATE TABLE t{number} (id INTEGER PRIMARY KEY, a int NOT NULL DEFAULT 3 CHECK (a > 1), \
             b varchar(50) DEFAULT 'x', c text, p int REFERENCES t0 (id)); \
             CREATE INDEX i{number} ON t{number} (a, b); CREATE UNIQUE INDEX j{number} ON t{number} (c);"
        ));
    }
    database.execute(&(all + "COMMIT"));
    let mut session = session(&database);
    let begun = Instant::now();
    let schema = limosa_db::schema::read(&mut *session, &[]).unwrap();
    println!("{} objects in {:?}", schema.len(), begun.elapsed());
    assert_eq!(schema.of(Kind::Table).count(), 1000);
}
