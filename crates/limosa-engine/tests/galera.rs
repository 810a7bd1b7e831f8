//! `limosa` on a real Galera cluster of two nodes.

mod support;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use limosa_core::Layout;
use limosa_core::config::HistoryKind;
use limosa_core::plan::Goal;
use limosa_db::OtherKey;
use limosa_engine::OtherTool;
use limosa_testkit::proxy::{Fault, FaultProxy};
use limosa_testkit::{Galera, Kind, require};
use support::{Lab, Remarks, two_locks};

/// A folder beside a database that is reached through one of the nodes.
fn lab(cluster: &Galera, node: usize) -> Lab {
    let mut lab = Lab::with(cluster.database());
    lab.url = Some(cluster.url(node, &lab.db));
    lab
}

#[test]
fn what_one_node_has_done_is_seen_by_the_next_run_on_the_other() {
    let cluster = require!(Galera);
    let mut lab = lab(cluster, 0);
    lab.file("1_a.up.sql", "CREATE TABLE a (id int PRIMARY KEY);\nINSERT INTO a VALUES (1);\nALTER TABLE a ADD COLUMN b int;")
        .file("1_a.down.sql", "DROP TABLE a;");
    assert!(!lab.open().server().capabilities.session_locks);
    for round in 0..5 {
        lab.url = Some(cluster.url(round % 2, &lab.db));
        assert_eq!(lab.up().done.len(), 1);
        lab.url = Some(cluster.url((round + 1) % 2, &lab.db));
        assert_eq!(lab.applied(), ["1"]);
        assert!(lab.up().done.is_empty());
        lab.down(1);
        assert!(!lab.has_table("a"));
    }
    let lease = "select holder, token from limosa_lock where part = 'lease'";
    assert_eq!(lab.db.query(lease), [["NULL", "10"]]);
}

/// A definition undoes every transaction that is in its way, on every node. Migrators that start at the same time and
/// find no lease yet send some late. Here the other node defines the table of the lease anew before one message after
/// the other.
fn is_not_stopped_by_definitions(goals: &[Goal], prepare: impl Fn(&mut Lab)) {
    let cluster = require!(Galera);
    let proxy = FaultProxy::start(Kind::MariaDb, cluster.node(0).port()).expect("there is a port");
    let undone = || -> u64 {
        let mut node = cluster.node(0).try_open().expect("it answers");
        let count = "select variable_value from information_schema.global_status \
                     where variable_name = 'WSREP_LOCAL_BF_ABORTS'";
        node.query(count)[0][0].parse().expect("it is a number")
    };
    for goal in goals {
        let is_up = *goal == support::UP;
        let before = undone();
        for at in 1.. {
            let mut lab = lab(cluster, 0);
            prepare(&mut lab);
            lab.file(
                "1_a.up.sql",
                "CREATE TABLE a (id int PRIMARY KEY);\nCREATE TABLE b (id int);\nINSERT INTO a VALUES (1);",
            )
            .file("1_a.down.sql", "DROP TABLE b;\nDROP TABLE a;")
            .file("2_b.up.sql", "INSERT INTO a VALUES (2);")
            .file("2_b.down.sql", "DELETE FROM a WHERE id = 2;");
            if !is_up {
                lab.up();
            }
            lab.url = Some(lab.db.url_through(&proxy));
            let node = Mutex::new(cluster.node(1).try_open().expect("it answers"));
            let define = format!(
                "ALTER TABLE IF EXISTS {}.limosa_lock COMMENT = 'anew'",
                lab.db.name()
            );
            proxy.arm([Fault::before(at, move || {
                node.lock().expect("nobody panics").execute(&define);
            })]);
            let ran = lab.run(goal.clone());
            let met = proxy.seen().faults;
            let place = format!("{goal:?}, message {at}, {met:?}");
            assert!(
                ran.is_ok(),
                "{place}: {:?}",
                ran.err().map(|e| e.problem.diagnostic())
            );
            assert_eq!(lab.applied().len(), if is_up { 2 } else { 0 }, "{place}");
            if is_up {
                let rows = lab.db.query("select id from a order by id");
                assert_eq!(rows, [["1"], ["2"]], "{place}");
            }
            assert_eq!(lab.has_table("b"), is_up, "{place}");
            if met.is_empty() {
                break;
            }
        }
        assert!(undone() > before, "nothing was in the way of anything");
    }
}

const DOWN: Goal = Goal::Down {
    to: None,
    limit: None,
};

#[test]
fn definitions_of_another_node_stop_nobody() {
    is_not_stopped_by_definitions(&[support::UP, DOWN], |_| {});
}

#[test]
fn definitions_of_another_node_stop_nobody_beside_another_tool() {
    is_not_stopped_by_definitions(&[support::UP], |lab| {
        lab.layout = Some(Layout::GolangMigrate);
        lab.other = Some(OtherTool {
            history: Some(HistoryKind::Mirror),
            tool: lab.layout,
            ..OtherTool::default()
        });
    });
}

#[test]
fn every_kind_of_statement_stands_behind_the_check_of_the_lease() {
    let cluster = require!(Galera);
    let lab = lab(cluster, 1);
    lab.file(
        "1_all.sql",
        "CREATE TABLE a (id int PRIMARY KEY, n int);\n\
         INSERT INTO a VALUES (1, 0);\n\
         CREATE PROCEDURE p() BEGIN UPDATE a SET n = n + 1; SELECT 1; END;\n\
         CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW BEGIN SET @x = 1; SET @y = 2; END;\n\
         CREATE FUNCTION f() RETURNS int DETERMINISTIC RETURN 1;\n\
         CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1;\n\
         CREATE VIEW v AS SELECT 1 AS one;\n\
         ALTER VIEW v AS SELECT 2 AS two;\n\
         CALL p();\n\
         TRUNCATE TABLE a;\n\
         OPTIMIZE TABLE a;\n\
         ANALYZE TABLE a;\n\
         CREATE TEMPORARY TABLE left_over (id int);\n\
         SET sql_mode = 'ORACLE';\n\
         CREATE TABLE b (id int PRIMARY KEY);\n\
         SET sql_mode = 'ANSI_QUOTES,HIGH_NOT_PRECEDENCE,NO_BACKSLASH_ESCAPES';\n\
         CREATE TABLE \"c\" (id int PRIMARY KEY);\n\
         RENAME TABLE b TO d;\n\
         DROP TABLE d;\n",
    );
    assert_eq!(lab.up().done.len(), 1);
    assert!(lab.has_table("c") && !lab.has_table("d"));
    lab.file(
        "2_bad.sql",
        "CREATE TABLE g (id int PRIMARY KEY,\n  n int primary kee);",
    );
    let report = lab.up_fails().problem.diagnostic();
    let place = &report.labels[0];
    assert_eq!((place.line, place.column), (2, 17), "{report:?}");
    lab.file(
        "2_bad.sql",
        "LOCK TABLES a WRITE;\nINSERT INTO a VALUES (9, 9);\nUNLOCK TABLES;",
    );
    let report = lab.up_fails().problem.diagnostic();
    assert!(
        report
            .message
            .contains("LOCK TABLES holds on one node only"),
        "{report:?}"
    );
    assert_eq!(lab.db.value("select count(*) from a"), "0");
}

#[test]
fn nothing_is_written_once_the_lease_is_gone() {
    let cluster = require!(Galera);
    // Each statement ends the lease of its own run, as somebody on the other node would by taking it over.
    let gone = "UPDATE limosa_lock SET token = token + 1, holder = NULL WHERE part = 'lease'";
    for statements in [
        format!(
            "CREATE PROCEDURE p() BEGIN {gone}; COMMIT; END;\nCALL p();\nCREATE TABLE after_it (id int PRIMARY KEY);"
        ),
        format!(
            "CREATE PROCEDURE p() BEGIN {gone}; COMMIT; END;\nCALL p();\nINSERT INTO kept VALUES (1);"
        ),
    ] {
        let mut lab = lab(cluster, 0);
        lab.db.execute("create table kept (id int primary key)");
        lab.retry_for = Duration::ZERO;
        lab.file("1_a.sql", &statements);
        let report = lab.up_fails().problem.diagnostic();
        assert_eq!(report.name, "connection-lost", "{report:?}");
        assert!(!lab.has_table("after_it"));
        assert_eq!(lab.db.value("select count(*) from kept"), "0");
    }
}

#[test]
fn a_killed_connection_is_met_by_another_one_which_takes_the_lease_again() {
    let cluster = require!(Galera);
    let lab = lab(cluster, 0);
    lab.db.execute("create table a (id int primary key)");
    lab.file(
        "1_a.sql",
        "INSERT INTO a VALUES (1);\nSELECT SLEEP(1);\nINSERT INTO a VALUES (2);",
    )
    .file("2_b.sql", "CREATE TABLE b (id int PRIMARY KEY);");
    let asleep = format!(
        "select id from information_schema.processlist where db = '{}' and state = 'User sleep'",
        lab.db.name()
    );
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let deadline = Instant::now() + Duration::from_secs(60);
            let id = loop {
                if let Some(row) = lab.db.query(&asleep).first() {
                    break row[0].clone();
                }
                assert!(Instant::now() < deadline, "it never sleeps");
                std::thread::yield_now();
            };
            lab.db.execute(&format!("kill {id}"));
        });
        assert_eq!(lab.up().done.len(), 2);
    });
    assert_eq!(lab.db.query("select id from a order by id"), [["1"], ["2"]]);
    let lease = "select holder, token from limosa_lock where part = 'lease'";
    assert_eq!(lab.db.query(lease), [["NULL", "2"]]);
}

#[test]
fn a_node_that_stands_still_for_a_while_is_waited_for() {
    // A cluster of its own: its nodes give up waiting for each other after a second.
    require!(Galera);
    let cluster = Galera::start().expect("another one starts, too");
    let lab = lab(&cluster, 1);
    lab.file("1_a.sql", "CREATE TABLE a (id int PRIMARY KEY);");
    lab.db.execute("create table ahead (id int primary key)");
    let mut node = cluster.node(1).try_open().expect("it answers");
    node.execute("set global wsrep_provider_options = 'repl.causal_read_timeout=PT1S'");
    node.execute("flush tables with read lock");
    lab.db.execute("insert into ahead values (1)");
    let began = Instant::now();
    let pause = Duration::from_secs(3);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::park_timeout(pause);
            node.execute("unlock tables");
        });
        assert_eq!(lab.up().done.len(), 1);
    });
    assert!(began.elapsed() >= pause, "it did not stand still");
}

#[test]
fn a_tool_that_is_not_kept_out_is_told_once() {
    let cluster = require!(Galera);
    let mut lab = lab(cluster, 0);
    lab.other_locks = two_locks(|number| OtherKey::Name(format!("{}-{number}", lab.db.name())));
    lab.file("1_a.sql", "CREATE TABLE a (id int PRIMARY KEY);");
    let mut told = Remarks::default();
    Lab::done(lab.up_observed(&mut told));
    let said = "that-tool is not kept out while limosa works: its lock excludes only those on the same node of a cluster";
    assert_eq!(told.0, [said]);
}
