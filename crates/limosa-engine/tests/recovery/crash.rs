//! A PostgreSQL server that is killed while a statement runs that no transaction undoes.

use limosa_testkit::{Postgres, Settings, is_older};

use crate::faults::{events, recovered, waits};
use crate::support::{Lab, UP};

#[test]
fn a_server_that_is_killed_in_the_middle_is_met_by_recovery() {
    let server = match Postgres::start(&Settings::new().durable()) {
        Ok(server) => server,
        Err(reason) => return limosa_testkit::skip_or_panic(&reason),
    };
    let table = "CREATE TABLE t (id int) PARTITION BY RANGE (id);\n\
        CREATE TABLE p PARTITION OF t FOR VALUES FROM (0) TO (9);\nCREATE INDEX by_id ON p (id);\n";
    for (statement, waiting, found) in [
        (
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS other ON p (id)",
            "create unique",
            "leftover",
        ),
        ("REINDEX INDEX CONCURRENTLY by_id", "reindex", "leftover"),
        ("DROP INDEX CONCURRENTLY by_id", "drop index", "absent"),
        (
            "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
            "alter table t",
            "present",
        ),
    ] {
        let lab = Lab::with(server.database());
        if statement.contains("DETACH") && is_older(&lab.db, 14, "DETACH PARTITION … CONCURRENTLY")
        {
            continue;
        }
        lab.file("1_table.sql", table);
        lab.up();
        lab.file("2_alone.sql", &format!("{statement};\n"));
        let mut other = lab.db.open();
        other.execute("BEGIN");
        other.execute("SELECT * FROM t");
        other.execute("LOCK TABLE p IN ROW EXCLUSIVE MODE");
        std::thread::scope(|scope| {
            let run = scope.spawn(|| lab.run(UP));
            lab.db.wait_until(&waits(waiting));
            server.kill();
            server.restart().expect("the server starts again");
            // It goes on with another connection, or gives up and the next run goes on.
            drop(run.join().expect("the run does not panic"));
        });
        lab.up();
        assert_eq!(lab.applied(), ["1", "2"], "{statement}");
        assert_eq!(recovered(&lab)[0].0, found, "{statement}");
        let last = events(&lab, "2", 0);
        assert!(last.ends_with("unit-done"), "{statement}: {last}");
        let invalid = "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT i.indisvalid";
        assert_eq!(lab.db.value(invalid), "0", "{statement}");
    }
}
