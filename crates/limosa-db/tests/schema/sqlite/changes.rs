//! Each change is seen, and nothing else.

use limosa_testkit::{Kind, Sqlite};

use crate::changes::{Case, hold, schema};

/// A change of the table `t` by making it again.
macro_rules! remade {
    ($before:literal, $after:literal, $seen:expr) => {
        Case {
            setup: concat!("CREATE TABLE t (", $before),
            change: concat!("DROP TABLE t;\nCREATE TABLE t (", $after),
            seen: &$seen,
        }
    };
}

#[test]
fn each_property_of_a_column_is_seen_alone() {
    hold(
        Kind::Sqlite,
        &[
            Case {
                setup: "CREATE TABLE t (a int)",
                change: "ALTER TABLE t ADD COLUMN b text NOT NULL DEFAULT ''",
                seen: &["column t.b: left_behind"],
            },
            Case {
                setup: "CREATE TABLE t (a int, b int)",
                change: "ALTER TABLE t DROP COLUMN a",
                seen: &["column t.a: lost"],
            },
            Case {
                setup: "CREATE TABLE t (a int)",
                change: "DROP TABLE t",
                seen: &["table t: lost"],
            },
            remade!(
                "a int, b int)",
                "b int, a int)",
                ["table t: order_only b a"]
            ),
            remade!("a int)", "a INTEGER)", ["column t.a: changed type"]),
            remade!(
                "a varchar(10))",
                "a varchar(20))",
                ["column t.a: changed type"]
            ),
            remade!("a)", "a blob)", ["column t.a: changed type"]),
            remade!(
                "a int)",
                "a int NOT NULL)",
                ["column t.a: changed nullable"]
            ),
            remade!(
                "a int DEFAULT 1)",
                "a int DEFAULT 2)",
                ["column t.a: changed default"]
            ),
            remade!(
                "a int DEFAULT 1)",
                "a int DEFAULT -1)",
                ["column t.a: changed default"]
            ),
            remade!(
                "a int DEFAULT 'x')",
                "a int DEFAULT x'00')",
                ["column t.a: changed default"]
            ),
            remade!(
                "a int)",
                "a int DEFAULT NULL)",
                ["column t.a: changed default"]
            ),
            remade!(
                "a int)",
                "a int DEFAULT CURRENT_TIMESTAMP)",
                ["column t.a: changed default"]
            ),
            remade!(
                "a int)",
                "a int DEFAULT (abs(-1) + 1))",
                ["column t.a: changed default"]
            ),
            remade!(
                "a text)",
                "a text COLLATE NOCASE)",
                ["column t.a: changed collation"]
            ),
            remade!(
                "a text NOT NULL)",
                "a text NOT NULL ON CONFLICT IGNORE)",
                ["column t.a: changed not_null_on_conflict"]
            ),
            remade!(
                "a text NOT NULL)",
                "a text CONSTRAINT n NOT NULL)",
                ["column t.a: changed not_null_name"]
            ),
            remade!(
                "a int, b int AS (a + 1))",
                "a int, b int AS (a + 2))",
                ["column t.b: changed generated"]
            ),
            remade!(
                "a int, b int AS (a + 1))",
                "a int, b int AS (a + 1) STORED)",
                ["column t.b: changed generated_kind"]
            ),
            remade!(
                "a INTEGER PRIMARY KEY)",
                "a INTEGER PRIMARY KEY AUTOINCREMENT)",
                ["column t.a: changed auto_increment"]
            ),
        ],
    );
}

#[test]
fn each_property_of_a_table_is_seen_alone() {
    hold(
        Kind::Sqlite,
        &[
            remade!("a int)", "a int) STRICT", ["table t: changed strict"]),
            remade!(
                "a text NOT NULL PRIMARY KEY)",
                "a text NOT NULL PRIMARY KEY) WITHOUT ROWID",
                ["table t: changed without_rowid"]
            ),
            Case {
                setup: "CREATE VIRTUAL TABLE s USING fts5(a, b)",
                change: "DROP TABLE s;\nCREATE VIRTUAL TABLE s USING fts5(a, b, tokenize = 'porter')",
                seen: &["table s: changed arguments"],
            },
            Case {
                setup: "CREATE VIRTUAL TABLE s USING rtree(id, x, y)",
                change: "DROP TABLE s;\nCREATE VIRTUAL TABLE s USING rtree_i32(id, x, y)",
                seen: &["table s: changed module"],
            },
        ],
    );
}

#[test]
fn each_property_of_a_constraint_is_seen_alone() {
    hold(
        Kind::Sqlite,
        &[
            remade!(
                "a int)",
                "a int, UNIQUE (a))",
                ["constraint t.unique (a): left_behind"]
            ),
            remade!(
                "a int, UNIQUE (a))",
                "a int, CONSTRAINT u UNIQUE (a))",
                [
                    "constraint t.u: left_behind",
                    "constraint t.unique (a): lost"
                ]
            ),
            remade!(
                "a int, b int, CONSTRAINT u UNIQUE (a))",
                "a int, b int, CONSTRAINT u UNIQUE (a, b))",
                ["constraint t.u: changed columns"]
            ),
            remade!(
                "a int, b int, UNIQUE (a, b))",
                "a int, b int, UNIQUE (a, b DESC))",
                ["constraint t.unique (a, b): changed orders"]
            ),
            remade!(
                "a int, UNIQUE (a))",
                "a int, UNIQUE (a COLLATE NOCASE))",
                ["constraint t.unique (a): changed collations"]
            ),
            remade!(
                "a int UNIQUE)",
                "a int UNIQUE ON CONFLICT REPLACE)",
                ["constraint t.unique (a): changed on_conflict"]
            ),
            remade!(
                "a int UNIQUE)",
                "a int UNIQUE, UNIQUE (a))",
                ["constraint t.unique (a) 2: left_behind"]
            ),
            remade!(
                "a int, b int, PRIMARY KEY (a))",
                "a int, b int, PRIMARY KEY (b))",
                ["constraint t.primary key: changed columns"]
            ),
            remade!(
                "a int CHECK (a > 0))",
                "a int CHECK (a > 1))",
                [
                    "constraint t.check (a > 0): lost",
                    "constraint t.check (a > 1): left_behind"
                ]
            ),
            remade!(
                "a int CONSTRAINT c CHECK (a > 0))",
                "a int CONSTRAINT c CHECK (a > 1))",
                ["constraint t.c: changed expression"]
            ),
            remade!(
                "a int REFERENCES u(x))",
                "a int REFERENCES u(y))",
                ["constraint t.foreign key (a): changed referenced_columns"]
            ),
            remade!(
                "a int REFERENCES u(x))",
                "a int REFERENCES v(x))",
                ["constraint t.foreign key (a): changed references"]
            ),
            remade!(
                "a int REFERENCES u(x))",
                "a int REFERENCES u(x) ON DELETE CASCADE)",
                ["constraint t.foreign key (a): changed on_delete"]
            ),
            remade!(
                "a int REFERENCES u(x))",
                "a int REFERENCES u(x) ON UPDATE SET NULL)",
                ["constraint t.foreign key (a): changed on_update"]
            ),
            remade!(
                "a int REFERENCES u(x))",
                "a int REFERENCES u(x) MATCH FULL)",
                ["constraint t.foreign key (a): changed match"]
            ),
            remade!(
                "a int REFERENCES u(x))",
                "a int REFERENCES u(x) DEFERRABLE)",
                ["constraint t.foreign key (a): changed deferrable"]
            ),
            remade!(
                "a int REFERENCES u(x) DEFERRABLE)",
                "a int REFERENCES u(x) DEFERRABLE INITIALLY DEFERRED)",
                ["constraint t.foreign key (a): changed initially_deferred"]
            ),
        ],
    );
}

/// An index, a view or a trigger on tables that are there, made again.
macro_rules! replaced {
    ($what:literal, $before:literal, $after:literal, $seen:expr) => {
        Case {
            setup: concat!(
                "CREATE TABLE t (a int, b text);\nCREATE VIEW u AS SELECT a FROM t;\n",
                $before
            ),
            change: concat!("DROP ", $what, " x;\n", $after),
            seen: &$seen,
        }
    };
}

#[test]
fn each_property_of_an_index_is_seen_alone() {
    hold(
        Kind::Sqlite,
        &[
            Case {
                setup: "CREATE TABLE t (a int)",
                change: "CREATE INDEX x ON t (a)",
                seen: &["index x: left_behind"],
            },
            Case {
                setup: "CREATE TABLE t (a int);\nCREATE TABLE o (a int);\nCREATE INDEX x ON t (a)",
                change: "DROP INDEX x;\nCREATE INDEX x ON o (a)",
                seen: &["index x: changed belongs_to"],
            },
            replaced!(
                "INDEX",
                "CREATE INDEX x ON t (a)",
                "CREATE UNIQUE INDEX x ON t (a)",
                ["index x: changed unique"]
            ),
            replaced!(
                "INDEX",
                "CREATE INDEX x ON t (a)",
                "CREATE INDEX x ON t (a DESC)",
                ["index x: changed orders"]
            ),
            replaced!(
                "INDEX",
                "CREATE INDEX x ON t (a, b)",
                "CREATE INDEX x ON t (b, a)",
                ["index x: changed keys"]
            ),
            replaced!(
                "INDEX",
                "CREATE INDEX x ON t (b)",
                "CREATE INDEX x ON t (b COLLATE NOCASE)",
                ["index x: changed collations"]
            ),
            replaced!(
                "INDEX",
                "CREATE INDEX x ON t (b)",
                "CREATE INDEX x ON t (lower(b))",
                ["index x: changed keys"]
            ),
            replaced!(
                "INDEX",
                "CREATE INDEX x ON t (a)",
                "CREATE INDEX x ON t (a) WHERE b IS NOT NULL",
                ["index x: changed predicate"]
            ),
            replaced!(
                "INDEX",
                "CREATE INDEX x ON t (a) WHERE a > 1",
                "CREATE INDEX x ON t (a) WHERE a > 2",
                ["index x: changed predicate"]
            ),
        ],
    );
}

#[test]
fn each_property_of_a_view_or_trigger_is_seen_alone() {
    hold(
        Kind::Sqlite,
        &[
            replaced!(
                "VIEW",
                "CREATE VIEW x AS SELECT a FROM t",
                "CREATE VIEW x AS SELECT b FROM t",
                ["view x: changed definition"]
            ),
            replaced!(
                "VIEW",
                "CREATE VIEW x AS SELECT a FROM t",
                "CREATE VIEW x AS  SELECT a -- only a\nFROM t",
                ["view x: text_only definition"]
            ),
            replaced!(
                "VIEW",
                "CREATE VIEW x AS SELECT a FROM t",
                "CREATE VIEW x (y) AS SELECT a FROM t",
                ["view x: changed columns"]
            ),
            replaced!(
                "TRIGGER",
                "CREATE TRIGGER x INSERT ON t BEGIN SELECT 1; END",
                "CREATE TRIGGER x INSERT ON t BEGIN SELECT 2; END",
                ["trigger t.x: changed definition"]
            ),
            replaced!(
                "TRIGGER",
                "CREATE TRIGGER x INSERT ON t BEGIN SELECT 1; END",
                "CREATE TRIGGER x INSERT ON t BEGIN\n  SELECT 1;\nEND",
                ["trigger t.x: text_only definition"]
            ),
            replaced!(
                "TRIGGER",
                "CREATE TRIGGER x INSERT ON t BEGIN SELECT 1; END",
                "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END",
                ["trigger t.x: changed timing"]
            ),
            replaced!(
                "TRIGGER",
                "CREATE TRIGGER x INSERT ON t BEGIN SELECT 1; END",
                "CREATE TRIGGER x DELETE ON t BEGIN SELECT 1; END",
                ["trigger t.x: changed event"]
            ),
            replaced!(
                "TRIGGER",
                "CREATE TRIGGER x UPDATE ON t BEGIN SELECT 1; END",
                "CREATE TRIGGER x UPDATE OF a, b ON t BEGIN SELECT 1; END",
                ["trigger t.x: changed columns"]
            ),
            replaced!(
                "TRIGGER",
                "CREATE TRIGGER x UPDATE ON t BEGIN SELECT 1; END",
                "CREATE TRIGGER x UPDATE ON t FOR EACH ROW WHEN new.a > old.a BEGIN SELECT 1; END",
                ["trigger t.x: changed when"]
            ),
            replaced!(
                "TRIGGER",
                "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END",
                "CREATE TRIGGER x INSTEAD OF INSERT ON u BEGIN SELECT 1; END",
                ["trigger t.x: lost", "trigger u.x: left_behind"]
            ),
        ],
    );
}

/// A virtual table brings tables of its own, and a module may be one that nobody here knows.
#[test]
fn of_a_virtual_table_there_is_itself_and_no_more() {
    let database = Sqlite::database();
    database.execute("CREATE VIRTUAL TABLE docs USING fts5 (title, body , content='')");
    let unknown = "PRAGMA writable_schema = on; INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) \
        VALUES ('table', 'far', 'far', 0, 'CREATE VIRTUAL TABLE far USING nowhere(a, \"b c\")')";
    database.execute(unknown);
    let schema = schema(&database);
    let names: Vec<String> = schema.objects().map(|one| one.key.to_string()).collect();
    assert_eq!(names, ["table docs", "table far"]);
    let docs = schema.objects().next().unwrap();
    assert_eq!(docs.text_of("module"), Some("fts5"));
    assert_eq!(docs.list_of("arguments"), ["title", "body", "content=''"]);
}
