//! The locks that are taken before a statement are those that the statement takes.

use std::collections::BTreeSet;

use limosa_db::blockers::{Look, Tables, Wait};
use limosa_db::{Locked, Session};
use limosa_sql::Modes;
use limosa_sql::facts::table_locks;
use limosa_testkit::require;

use crate::support::locked;

const SCHEMA: &str = "
    CREATE TABLE p (id int PRIMARY KEY, i int, name text);
    CREATE INDEX p_i ON p (i);
    CREATE TABLE c (id int, p_id int CONSTRAINT c_p REFERENCES p (id));
    CREATE TABLE inh_p (a int);
    CREATE TABLE inh_c () INHERITS (inh_p);
    CREATE TABLE part (k int) PARTITION BY LIST (k);
    CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
    CREATE TABLE part_def PARTITION OF part DEFAULT;
    CREATE TABLE new_part (k int);
    CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TRIGGER t0 AFTER INSERT ON p EXECUTE FUNCTION g();
    CREATE POLICY o ON p USING (true);
    ALTER TABLE p ADD CONSTRAINT later CHECK (i > 0) NOT VALID;
    CREATE SCHEMA \"we\"\"ird; S\";
    CREATE TABLE \"we\"\"ird; S\".\"T.x\" (id int)";

/// Statements whose locks are known.
const KNOWN: &[&str] = &[
    "ALTER TABLE p ADD COLUMN z int",
    "ALTER TABLE p ADD COLUMN z int DEFAULT 5 CHECK (z > 0)",
    "ALTER TABLE p ADD CONSTRAINT k CHECK (i > 0) NOT VALID",
    "ALTER TABLE p ADD UNIQUE (i)",
    "ALTER TABLE p VALIDATE CONSTRAINT later",
    "ALTER TABLE p ALTER COLUMN i TYPE bigint",
    "ALTER TABLE p ALTER COLUMN i SET STATISTICS 500",
    "ALTER TABLE p ALTER COLUMN i SET STATISTICS 500, ALTER COLUMN i SET NOT NULL",
    "ALTER TABLE p ALTER COLUMN i SET (n_distinct = 5)",
    "ALTER TABLE p SET (fillfactor = 70)",
    "ALTER TABLE p CLUSTER ON p_i",
    "ALTER TABLE p DROP COLUMN i",
    "ALTER TABLE p RENAME TO q",
    "ALTER TABLE p RENAME COLUMN i TO j",
    "ALTER TABLE p RENAME CONSTRAINT later TO sooner",
    "ALTER TABLE p OWNER TO CURRENT_USER",
    "ALTER TABLE p ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE p REPLICA IDENTITY FULL",
    "ALTER TABLE p DISABLE TRIGGER ALL",
    "ALTER TABLE p SET SCHEMA \"we\"\"ird; S\"",
    "ALTER TABLE \"we\"\"ird; S\".\"T.x\" ADD COLUMN y int",
    "ALTER TABLE c ADD COLUMN q int REFERENCES p (id)",
    "ALTER TABLE c ADD FOREIGN KEY (id) REFERENCES p (id) NOT VALID",
    "ALTER TABLE c ALTER CONSTRAINT c_p DEFERRABLE",
    "ALTER TABLE inh_p ADD COLUMN z int",
    "ALTER TABLE inh_p ALTER COLUMN a SET NOT NULL",
    "ALTER TABLE part ADD COLUMN z int",
    "ALTER TABLE part ADD PRIMARY KEY (k)",
    "ALTER TABLE part ADD FOREIGN KEY (k) REFERENCES p (id)",
    "ALTER TABLE part ATTACH PARTITION new_part FOR VALUES IN (2)",
    "CREATE INDEX ON p (name)",
    "CREATE INDEX ON part (k)",
    "CREATE INDEX ON ONLY part (k)",
    "CREATE INDEX ON inh_p (a)",
    "CREATE TABLE n (id int, p_id int REFERENCES p (id))",
    "CREATE TABLE n PARTITION OF part FOR VALUES IN (3)",
    "CREATE TABLE n (LIKE p INCLUDING ALL)",
    "CREATE TABLE n () INHERITS (p)",
    "CREATE TRIGGER t1 BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION g()",
    "CREATE TRIGGER t1 AFTER INSERT ON part FOR EACH ROW EXECUTE FUNCTION g()",
    "CREATE POLICY po ON p USING (true)",
    "CREATE RULE r AS ON INSERT TO c DO ALSO NOTHING",
    "ALTER POLICY o ON p USING (false)",
    "DROP POLICY o ON p",
    "DROP TRIGGER t0 ON p",
    "DROP INDEX p_i",
    "DROP TABLE c",
    "DROP TABLE part_1",
    "DROP TABLE IF EXISTS inh_p, nosuch CASCADE",
    "TRUNCATE c",
    "TRUNCATE part",
    "CLUSTER p USING p_i",
    "COMMENT ON TABLE p IS 'x'",
    "ALTER TABLE nosuch ADD COLUMN a int",
];

/// The strong locks of this session on tables that were there before.
fn strong(session: &mut Locked, tables: &BTreeSet<i64>) -> BTreeSet<String> {
    let rows = session
        .query(
            "SELECT l.relation::int8, l.mode FROM pg_locks l WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' \
             AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')",
            &[],
        )
        .unwrap();
    let mut strongest = std::collections::BTreeMap::new();
    for row in rows {
        let (Some(table), Some(mode)) = (row.int(0), row.text(1)) else {
            continue;
        };
        let rank = ["ShareLock", "ShareRowExclusiveLock", "ExclusiveLock"]
            .iter()
            .position(|one| *one == mode)
            .unwrap_or(3);
        if tables.contains(&table) {
            let kept = strongest.entry(table).or_insert((rank, mode.clone()));
            if rank > kept.0 {
                *kept = (rank, mode);
            }
        }
    }
    strongest
        .into_iter()
        .map(|(table, (_, mode))| format!("{table} {mode}"))
        .collect()
}

#[test]
fn the_locks_that_are_known_are_those_that_the_server_takes() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    session.run(SCHEMA).unwrap();
    let tables: BTreeSet<i64> = session
        .query(
            "SELECT oid::int8 FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text \
             NOT IN ('pg_catalog', 'information_schema', 'pg_toast')",
            &[],
        )
        .unwrap()
        .iter()
        .filter_map(|row| row.int(0))
        .collect();
    let target = session.server().target;
    let mut wrong = Vec::new();
    for sql in KNOWN {
        let locks = table_locks(sql.as_bytes(), &target, Modes::of(target.dialect));
        session.run("BEGIN").unwrap();
        if let Some(tables) = Tables::of(&mut session, &locks).unwrap() {
            session.run(&tables.lock(Wait::No)).unwrap();
        }
        let known = strong(&mut session, &tables);
        session.run("ROLLBACK; BEGIN").unwrap();
        let taken = match session.run(sql) {
            Ok(_) => strong(&mut session, &tables),
            Err(error) => {
                assert!(sql.contains("nosuch"), "{sql}: {error}");
                BTreeSet::new()
            }
        };
        session.run("ROLLBACK").unwrap();
        if known != taken {
            wrong.push(format!("{sql}: known {known:?}, taken {taken:?}"));
        }
    }
    let names = database
        .query("SELECT oid, relname FROM pg_class WHERE relkind IN ('r', 'p') AND oid > 16000");
    assert!(wrong.is_empty(), "{wrong:#?}\n{names:?}");
}

#[test]
fn a_look_names_the_holders_and_keeps_no_lock() {
    let database = require!(Postgres).database();
    let mut session = locked(&database);
    session.run(SCHEMA).unwrap();
    let target = session.server().target;
    let locks = table_locks(
        b"ALTER TABLE part ADD COLUMN x int",
        &target,
        Modes::of(target.dialect),
    );
    let tables = Tables::of(&mut session, &locks).unwrap().unwrap();
    assert_eq!(tables.look(&mut session).unwrap(), Look::Free);
    let mut reader = database.open();
    let pid = reader.value("SELECT pg_backend_pid()").parse().ok();
    // Of a partition, which is locked with its parent.
    reader.execute("BEGIN; SELECT * FROM part_1");
    let Look::Held(holders) = tables.look(&mut session).unwrap() else {
        panic!("it is in use");
    };
    assert_eq!(holders.iter().map(|one| one.id).collect::<Vec<_>>(), [pid]);
    let held = "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation \
                WHERE l.pid = pg_backend_pid() AND c.relname LIKE 'part%'";
    assert_eq!(session.query(held, &[]).unwrap()[0].int(0), Some(0));
    reader.execute("COMMIT");
    assert_eq!(tables.look(&mut session).unwrap(), Look::Free);
}
