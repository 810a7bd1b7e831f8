//! A database that is not as it should be is repaired, and what cannot be repaired is said.

use limosa_schema::{Schema, write};
use limosa_testkit::{Database, require};

use super::database::{differences, psql, run, schema};
use super::rich::{CODE, TABLES, TYPES};

/// Repairs a database until it is as it should be, or until what is left is said. Gives what is said.
#[track_caller]
fn repaired(database: &Database, from: &Schema, to: &Schema, label: &str) -> Vec<String> {
    let statements = write::repair(from, to);
    let text = write::script(to.dialect, &statements);
    if let Err(error) = psql(database, &text) {
        panic!("{label}: {error}\n{text}");
    }
    let left = differences(to, &schema(database));
    let said = write::remarks(&statements);
    assert_eq!(
        left.is_empty(),
        said.is_empty(),
        "{label}\n{left}\n{said:?}\n{text}"
    );
    said
}

const BASE: &str = "
CREATE SCHEMA s;
CREATE TYPE s.mood AS ENUM ('a', 'b');
CREATE TYPE s.pair AS (x int, y text);
CREATE DOMAIN s.dom AS int CHECK (VALUE > 0);
CREATE SEQUENCE s.seq;
CREATE FUNCTION s.f(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a';
CREATE FUNCTION s.trg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE s.parent (id int PRIMARY KEY, code text UNIQUE);
CREATE TABLE s.t (id int PRIMARY KEY, a int, b text DEFAULT 'x', c int NOT NULL, m s.mood, d s.dom, p int, e numeric(4,2),
    CONSTRAINT t_check CHECK (a > 0), CONSTRAINT t_p_fkey FOREIGN KEY (p) REFERENCES s.parent (id));
CREATE INDEX t_a ON s.t (a);
CREATE VIEW s.v AS SELECT id, a, b FROM s.t;
CREATE VIEW s.w AS SELECT v.id, v.a FROM s.v;
COMMENT ON VIEW s.w IS 'on top';
CREATE MATERIALIZED VIEW s.mv AS SELECT id FROM s.w;
CREATE INDEX mv_id ON s.mv (id);
CREATE TRIGGER trg BEFORE INSERT ON s.t FOR EACH ROW EXECUTE FUNCTION s.trg();
CREATE RULE r AS ON DELETE TO s.v DO INSTEAD NOTHING;
CREATE POLICY pol ON s.t USING (a > 0);
";

/// What is done to the second database, or what else stands in its text, each alone.
const CHANGES: &[&str] = &[
    "CREATE SCHEMA more; CREATE TABLE more.t (id int)",
    "DROP VIEW s.w CASCADE",
    "ALTER TABLE s.t ADD COLUMN z int DEFAULT 3 NOT NULL",
    "a int, b text DEFAULT 'x' => a bigint, b varchar(9) DEFAULT 'y'",
    "ALTER TABLE s.t ALTER b DROP DEFAULT",
    "ALTER TABLE s.t ALTER c DROP NOT NULL, ALTER a SET NOT NULL",
    "ALTER TABLE s.t ALTER c TYPE text",
    "ALTER TABLE s.t ALTER e TYPE numeric(6,3)",
    "ALTER TABLE s.t ALTER c ADD GENERATED ALWAYS AS IDENTITY (START 7)",
    "ALTER TABLE s.t DROP CONSTRAINT t_check",
    "ALTER TABLE s.t DROP CONSTRAINT t_check, ADD CONSTRAINT t_check CHECK (a > 1)",
    "ALTER TABLE s.t DROP CONSTRAINT t_check, ADD CONSTRAINT t_check CHECK (a > 0) NOT VALID",
    "ALTER TABLE s.t DROP CONSTRAINT t_p_fkey, ADD CONSTRAINT t_p_fkey FOREIGN KEY (p) REFERENCES s.parent ON DELETE CASCADE",
    "ALTER TABLE s.parent DROP CONSTRAINT parent_pkey CASCADE, ADD CONSTRAINT other PRIMARY KEY (id); ALTER TABLE s.t ADD CONSTRAINT t_p_fkey FOREIGN KEY (p) REFERENCES s.parent (id)",
    "ALTER TABLE s.t RENAME CONSTRAINT t_pkey TO renamed",
    "DROP INDEX s.t_a",
    "DROP INDEX s.t_a; CREATE UNIQUE INDEX t_a ON s.t (a DESC) WHERE a > 3",
    "ALTER INDEX s.t_a SET (fillfactor = 50)",
    "CREATE INDEX t_f ON s.t (s.f(a)); CREATE INDEX mv_too ON s.mv (id) WHERE id > 3",
    "ALTER TYPE s.mood ADD VALUE 'between' BEFORE 'b'",
    "ALTER TYPE s.pair ADD ATTRIBUTE z int",
    "CREATE TABLE s.u (p s.pair); ALTER TYPE s.pair ADD ATTRIBUTE z int",
    "ALTER DOMAIN s.dom ADD CONSTRAINT more CHECK (VALUE < 9); ALTER DOMAIN s.dom SET DEFAULT 4; ALTER DOMAIN s.dom SET NOT NULL",
    "ALTER DOMAIN s.dom DROP CONSTRAINT dom_check",
    "ALTER SEQUENCE s.seq INCREMENT 3 MAXVALUE 99 CACHE 4 CYCLE; ALTER SEQUENCE s.seq OWNED BY s.t.c",
    "ALTER SEQUENCE s.seq AS smallint INCREMENT -1 MINVALUE -8 MAXVALUE 7",
    "CREATE OR REPLACE FUNCTION s.f(a int) RETURNS int LANGUAGE sql STABLE COST 5 AS 'SELECT a + 1'",
    "DROP FUNCTION s.f; CREATE FUNCTION s.f(b int) RETURNS text LANGUAGE sql AS 'SELECT b::text'; COMMENT ON FUNCTION s.f IS 'new'",
    "ALTER TABLE s.t ALTER c SET DEFAULT s.f(1); CREATE VIEW s.calls AS SELECT s.f(2)",
    "ALTER TABLE s.t ALTER c SET DEFAULT nextval('s.seq')",
    "CREATE OR REPLACE VIEW s.v AS SELECT id, a, b, c FROM s.t; ALTER VIEW s.v SET (security_barrier = true)",
    "DROP MATERIALIZED VIEW s.mv; CREATE MATERIALIZED VIEW s.mv AS SELECT id + 1 AS id FROM s.w WITH NO DATA; CREATE INDEX mv_id ON s.mv (id)",
    "ALTER TABLE s.t DISABLE TRIGGER trg",
    "DROP TRIGGER trg ON s.t; CREATE TRIGGER trg AFTER UPDATE OF b ON s.t FOR EACH STATEMENT EXECUTE FUNCTION s.trg()",
    "COMMENT ON TABLE s.t IS 'it''s'; COMMENT ON COLUMN s.t.a IS 'a'; COMMENT ON VIEW s.w IS NULL; COMMENT ON CONSTRAINT t_check ON s.t IS 'c'; COMMENT ON INDEX s.t_a IS 'i'; COMMENT ON TRIGGER trg ON s.t IS 't'",
    "ALTER TABLE s.t SET (fillfactor = 60); ALTER TABLE s.t SET UNLOGGED, REPLICA IDENTITY FULL, ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
    "ALTER TABLE s.t ALTER a SET STATISTICS 50, ALTER a SET (n_distinct = 5)",
    "DROP TABLE s.t CASCADE; DROP TABLE s.parent",
    "DROP SCHEMA s CASCADE",
    "GRANT SELECT ON s.t TO PUBLIC; GRANT UPDATE (a) ON s.t TO PUBLIC; REVOKE EXECUTE ON FUNCTION s.f FROM PUBLIC; GRANT USAGE ON SCHEMA s TO PUBLIC",
    "CREATE TABLE s.a (id int PRIMARY KEY); CREATE TABLE s.z (id int PRIMARY KEY REFERENCES s.a); ALTER TABLE s.a ADD FOREIGN KEY (id) REFERENCES s.z",
    "CREATE TABLE s.row_of (id int); CREATE FUNCTION s.rows() RETURNS s.row_of LANGUAGE sql AS 'SELECT NULL::s.row_of'; ALTER TABLE s.row_of ALTER id SET DEFAULT (s.rows()).id",
    "CREATE TABLE s.log (at date, n int, PRIMARY KEY (at)) PARTITION BY RANGE (at); CREATE TABLE s.log_1 PARTITION OF s.log DEFAULT; CREATE INDEX log_n ON s.log (n)",
    "CREATE TABLE s.kin (x int) INHERITS (s.t)",
    "CREATE STATISTICS s.st ON a, b FROM s.t",
    "ALTER TABLE s.t DROP COLUMN a CASCADE",
    "DROP RULE r ON s.v; DROP POLICY pol ON s.t; CREATE POLICY pol ON s.t AS RESTRICTIVE FOR SELECT USING (a > 1)",
    "CREATE EXTENSION pgcrypto; ALTER TABLE s.t ADD COLUMN z uuid DEFAULT gen_random_uuid()",
    "DROP TYPE s.pair; CREATE TYPE s.pair AS (y text, x int)",
];

#[test]
fn each_change_is_repaired_in_both_directions() {
    let server = require!(Postgres);
    let fresh = |text: &str| {
        let database = server.database_named("repaired");
        run(&database, text);
        database
    };
    let mut database = fresh(BASE);
    let base = schema(&database);
    let mut by_hand = Vec::new();
    for change in CHANGES {
        let changed = match change.split_once(" => ") {
            Some((old, new)) => {
                assert!(BASE.contains(old), "{change}");
                schema(&fresh(&BASE.replacen(old, new, 1)))
            }
            None => {
                run(&database, change);
                let changed = schema(&database);
                by_hand.extend(repaired(&database, &changed, &base, change));
                if !by_hand.is_empty() {
                    database = fresh(BASE);
                }
                changed
            }
        };
        assert_ne!(changed.fingerprint(), base.fingerprint(), "{change}");
        by_hand.extend(repaired(&database, &base, &changed, change));
        if by_hand.is_empty() {
            assert_eq!(repaired(&database, &changed, &base, change), [""; 0]);
        } else {
            // What is said is about a label that cannot go, or a column that cannot go back to its place.
            let known = ["the columns of table s.", "type s."];
            let is_known = |one: &String| known.iter().any(|text| one.starts_with(text));
            assert!(by_hand.iter().all(is_known), "{change}: {by_hand:#?}");
            database = fresh(BASE);
        }
        by_hand.clear();
    }
}

#[test]
fn everything_is_made_and_dropped() {
    let server = require!(Postgres);
    let empty = schema(&server.database_named("empty"));
    for rich in [TABLES, CODE, TYPES] {
        let label = rich.lines().next().unwrap();
        let database = server.database_named("rich");
        run(&database, rich);
        let whole = schema(&database);
        assert_eq!(repaired(&database, &whole, &empty, label), [""; 0]);
        assert_eq!(repaired(&database, &empty, &whole, label), [""; 0]);
    }
}
