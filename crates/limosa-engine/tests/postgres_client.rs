//! The same file through Limosa and through `psql` makes the same database.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::io::Write as _;
use std::process::{Command, Stdio};

use limosa_testkit::binaries::new_postgres_client;
use limosa_testkit::{Database, Kind, is_older, skip_or_panic};
use support::Lab;

/// A lab on PostgreSQL, where its clients are as new as the server; that they are not is printed.
fn lab() -> Option<Lab> {
    let lab = Lab::on(Kind::Postgres)?;
    for program in ["psql", "pg_dump"] {
        if let Err(reason) = new_postgres_client(program) {
            skip_or_panic(&reason);
            return None;
        }
    }
    (!is_older(&lab.db, 14, "BEGIN ATOMIC")).then_some(lab)
}

/// Runs a program of the server's package and gives its output.
fn client(program: &str, arguments: &[&str], database: &Database, input: &str) -> String {
    let path = new_postgres_client(program).unwrap();
    let mut child = Command::new(&path)
        .args(arguments)
        .args(["--no-password", "--dbname", &database.url()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input.as_bytes()));
        child.wait_with_output().unwrap()
    });
    assert!(
        output.status.success(),
        "{program}: {}\n{input}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn psql(database: &Database, text: &str) {
    client(
        "psql",
        &["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"],
        database,
        text,
    );
}

/// Everything in a database but Limosa's tables, as `pg_dump` writes it.
fn contents(database: &Database) -> String {
    let dump = client("pg_dump", &["--exclude-table=limosa_*"], database, "");
    let is_ours =
        |line: &&str| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict");
    dump.lines().filter(is_ours).collect::<Vec<_>>().join("\n")
}

const TRICKY: &str = r#"-- it's; "a" $$
CREATE TABLE "a;""b" (id int, "end" text DEFAULT ';''', "x$$y" text DEFAULT E'\';\\', z text DEFAULT U&'\0061;!0062' UESCAPE '!');;
/* ; /* nested ' ; */ $$ ; */
COMMENT ON TABLE "a;""b" IS $c$; $$ ; '$C$ ; $c$;
CREATE TABLE t (id int PRIMARY KEY, b bit(4) DEFAULT B'1010', n text); CREATE TABLE u (LIKE t INCLUDING ALL);
CREATE FUNCTION f1(x int) RETURNS int LANGUAGE plpgsql AS $body$
BEGIN
  -- it's; $$
  IF x > 1 THEN RETURN 1; END IF; -- END;
  EXECUTE $q$SELECT ';'$q$;
  RETURN CASE WHEN x = 0 THEN 0 ELSE 2 END;
END $body$;
CREATE FUNCTION f2(x int) RETURNS int
  BEGIN ATOMIC
    SELECT CASE WHEN x > 1 THEN 1 ELSE 2 END;
    SELECT CASE x WHEN 1 THEN (CASE WHEN true THEN 3 END) END;
  END;
CREATE PROCEDURE p1() BEGIN ATOMIC INSERT INTO t (id) VALUES (1); DELETE FROM t WHERE n = ';'; END; CALL p1();
CREATE FUNCTION f3("begin" int, "end" int) RETURNS int LANGUAGE sql RETURN "begin" + "end";
CREATE FUNCTION f4() RETURNS text LANGUAGE sql AS 'SELECT '';'''; SELECT f4() AS begin;
CREATE RULE r1 AS ON INSERT TO t DO ALSO (INSERT INTO u VALUES (NEW.id); DELETE FROM u WHERE n = ';';);
CREATE RULE r2 AS ON DELETE TO u DO INSTEAD NOTHING;
CREATE FUNCTION tr() RETURNS trigger LANGUAGE plpgsql AS $$begin new.n := ';'; return new; end$$;
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.id > 0 AND (CASE NEW.id WHEN 1 THEN true END) IS NOT FALSE) EXECUTE FUNCTION tr();
CREATE VIEW v AS SELECT id AS "select;" FROM t;
CREATE VIEW w AS SELECT 'a'
  ';b' AS ab, $one$;$one$::text AS one WHERE false;
DO $do$ BEGIN FOR i IN 10..12 LOOP INSERT INTO t (id) VALUES (i); END LOOP; END $do$;
COPY t (id, n) FROM stdin; -- a comment
20	it's; $$ /* \\ "
21	\N
\.
COPY u (id, n) FROM STDIN WITH (FORMAT csv, HEADER);
id,n
30,"a;
\\.
b"
31,'
\.
BEGIN; INSERT INTO t (id) VALUES (40); END;
BEGIN; INSERT INTO t (id) VALUES (41); COMMIT AND CHAIN; INSERT INTO t (id) VALUES (42); COMMIT;
SET standard_conforming_strings = off;
INSERT INTO u (id, n) VALUES (50, 'it\'s;'); SET standard_conforming_strings = on;
INSERT INTO u (id, n) VALUES (51, '\'); INSERT INTO u (id, n) SELECT 52, $tag$ $tag $$ $tag$;
CREATE INDEX CONCURRENTLY t_n ON t (n) WHERE n <> ';';
INSERT INTO u (id, n) VALUES (53, 'a' -- ;
  '/* ; */') ; SELECT 1 AS "a""b;", 5 - -1, 'x'::text /* last */"#;

#[test]
fn tricky_statements_have_the_same_effect() {
    let (Some(theirs), Some(ours)) = (lab(), lab()) else {
        return;
    };
    psql(&theirs.db, TRICKY);
    ours.file("1_a.sql", TRICKY);
    ours.up();
    let expected = contents(&theirs.db);
    for part in [
        "BEGIN ATOMIC",
        "CREATE RULE r1",
        "$C$ ;",
        "\ta/* ; */",
        "\tit's;",
        "t_n",
    ] {
        assert!(expected.contains(part), "{part}\n{expected}");
    }
    similar(&contents(&ours.db), &expected);
}

/// Equal, with the first difference shown.
fn similar(ours: &str, theirs: &str) {
    for (our, their) in ours.lines().zip(theirs.lines()) {
        assert_eq!(our, their);
    }
    assert_eq!(ours.lines().count(), theirs.lines().count());
}

#[test]
fn a_dump_makes_the_same_database() {
    let (Some(source), Some(ours)) = (lab(), lab()) else {
        return;
    };
    psql(&source.db, TRICKY);
    source
        .db
        .execute("CREATE SCHEMA s; CREATE TABLE s.m (id int GENERATED ALWAYS AS IDENTITY, raw bytea); INSERT INTO s.m (raw) VALUES ('\\x005c0a')");
    ours.file("1_dump.sql", &client("pg_dump", &[], &source.db, ""));
    ours.file(
        "2_after.sql",
        "CREATE TABLE after AS SELECT current_setting('search_path') AS path;\n",
    );
    ours.up();
    assert_eq!(ours.db.value("SELECT path FROM after"), "\"$user\", public");
    ours.db.execute("DROP TABLE after");
    similar(&contents(&ours.db), &contents(&source.db));
}

/// What stands between statements.
const GAPS: &[&str] = &[
    "\n",
    "-- it's; \"\n",
    "/* ' ; /* \" */ ; */",
    "--\n",
    "\r\n",
    ";;",
    " ; ",
    "/**/",
    "-- $$\n",
];

/// Statements whose effect can be seen, each of them one.
const STATEMENTS: &[&str] = &[
    "INSERT INTO seen (x) VALUES ('a;b'), ('it''s;'), (E'\\';\\\\'), (U&'\\0061;')",
    "INSERT INTO seen (x) VALUES ($$;'\"$$), ($a$;$$;$A$;$a$), ($é$;$é$)",
    "INSERT INTO seen (x) SELECT 'a' AS \"a;\"\"$$\" /* ; /* ' */ ; */",
    "INSERT INTO seen (x) -- it's ; $$\n VALUES ('c')",
    // The server goes on with E on the next line; psql takes that line for a string without it.
    "INSERT INTO seen (x) VALUES ('a'\n';b'), (E'a\\''\n';')",
    "INSERT INTO seen (x) SELECT x$1 FROM (SELECT 1::text AS x$1) q$2",
    "DO $$BEGIN INSERT INTO seen (x) VALUES (';'); END$$",
    "CREATE OR REPLACE FUNCTION f(x int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN x > 1 THEN 1 END; SELECT 2; END",
    "CREATE OR REPLACE RULE r AS ON UPDATE TO seen DO ALSO (SELECT 1; SELECT ';')",
    "SELECT f(1)::text AS begin WHERE false",
    "SELECT 1 AS \"end\", (SELECT 2) AS \"begin\"",
    "PREPARE s AS SELECT $1::int; DEALLOCATE s",
    // psql looks at the setting at the beginning of each line only.
    "SET standard_conforming_strings = off;\nINSERT INTO seen (x) VALUES ('\\';'); SET standard_conforming_strings = on;\nSELECT 1",
];

#[test]
fn random_scripts_have_the_same_effect() {
    let (Some(theirs), Some(ours)) = (lab(), lab()) else {
        return;
    };
    let table = "CREATE TABLE seen (id int GENERATED ALWAYS AS IDENTITY, x text);\n\
         CREATE FUNCTION f(x int) RETURNS int LANGUAGE sql RETURN x;\n";
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut below = |end: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % end as u64).unwrap()
    };
    psql(&theirs.db, table);
    ours.file("0_table.sql", table);
    for version in 1..=25 {
        let mut text = String::new();
        for _ in 0..5 + below(20) {
            text.push_str(GAPS[below(GAPS.len())]);
            text.push_str(STATEMENTS[below(STATEMENTS.len())]);
            text.push_str([";", "\n;", " ; -- it's\n", ";/* ; */"][below(4)]);
        }
        psql(&theirs.db, &text);
        ours.file(&format!("{version}_script.sql"), &text);
    }
    let report = ours.up();
    assert!(report.done.iter().map(|done| done.statements).sum::<u64>() > 100);
    let rows = "SELECT id, x FROM seen ORDER BY id";
    assert_eq!(ours.db.query(rows), theirs.db.query(rows));
}
