//! Whoever is in the way of a statement is named: while it waits, and when it gave up.

use std::time::Duration;

use limosa_testkit::Kind;

use super::Told;
use crate::support::Lab;

/// A table `a` that somebody else reads in an open transaction.
fn read(kind: Kind) -> Option<(Lab, limosa_testkit::Client, i64)> {
    Some(read_in(Lab::on(kind)?))
}

/// The same in a certain database.
fn read_in(mut lab: Lab) -> (Lab, limosa_testkit::Client, i64) {
    let kind = lab.db.kind();
    lab.lock_timeout = Duration::from_secs(1);
    lab.file(
        "1_a.sql",
        "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\n",
    );
    lab.up();
    let mut reader = lab.db.open();
    let own = match kind {
        Kind::Postgres => {
            reader.execute("SET application_name = 'report'");
            "SELECT pg_backend_pid()"
        }
        _ => "SELECT CONNECTION_ID()",
    };
    let id = reader.value(own).parse().expect("a number");
    reader.execute("BEGIN");
    reader.execute("SELECT id FROM a");
    (lab, reader, id)
}

#[test]
fn a_reader_is_named_while_a_statement_waits_on_postgresql() {
    let Some((lab, mut reader, id)) = read(Kind::Postgres) else {
        return;
    };
    lab.file("2_b.sql", "ALTER TABLE a ADD COLUMN b int;\n");
    let mut told = Told::until(move || reader.execute("COMMIT"));
    Lab::done(lab.up_observed(&mut told));
    let [one] = told.waiting[0].as_slice() else {
        panic!("{:?}", told.waiting);
    };
    assert_eq!(
        (one.id, one.application.as_deref(), one.user.as_deref()),
        (Some(id), Some("report"), Some("postgres"))
    );
    assert_eq!(one.state.as_deref(), Some("idle in transaction"));
    assert_eq!(one.query.as_deref(), Some("SELECT id FROM a"));
    assert!(one.transaction_for.is_some() && one.visible && one.certain);
}

#[test]
fn a_reader_is_named_though_a_pooler_is_between() {
    let pooler = limosa_testkit::require!(PgBouncer);
    let Some((mut lab, mut reader, id)) = read(Kind::Postgres) else {
        return;
    };
    lab.url = Some(pooler.url(&lab.db));
    lab.file("2_b.sql", "ALTER TABLE a ADD COLUMN b int;\n");
    let mut told = Told::until(move || reader.execute("COMMIT"));
    Lab::done(lab.up_observed(&mut told));
    let told = &told.waiting[0];
    assert!(told.iter().any(|one| one.id == Some(id)), "{told:?}");
}

#[test]
fn the_oldest_transaction_is_named_while_a_statement_waits_on_mariadb() {
    let Some((lab, mut reader, id)) = read(Kind::MariaDb) else {
        return;
    };
    lab.file("2_b.sql", "ALTER TABLE a ADD COLUMN b int;\n");
    let mut told = Told::until_named(id, move || reader.execute("COMMIT"));
    Lab::done(lab.up_observed(&mut told));
    let told: Vec<_> = told.waiting.iter().flatten().collect();
    let one = told.iter().find(|one| one.id == Some(id));
    let one = one.unwrap_or_else(|| panic!("{told:?}"));
    assert_eq!(one.user.as_deref(), Some("root"));
    assert_eq!(one.state.as_deref(), Some("idle in transaction"));
    assert!(one.transaction_for.is_some() && one.visible);
    // Other tests use the same server, and it keeps no list of metadata locks.
    assert!(!one.certain);
}

#[test]
fn a_writer_of_the_same_row_is_named_for_certain_on_mariadb() {
    let Some((lab, mut reader, id)) = read(Kind::MariaDb) else {
        return;
    };
    reader.execute("UPDATE a SET id = 2");
    lab.file("2_b.sql", "UPDATE a SET id = 3;\n");
    let mut told = Told::until(move || reader.execute("COMMIT"));
    Lab::done(lab.up_observed(&mut told));
    let [one] = told.waiting[0].as_slice() else {
        panic!("{:?}", told.waiting);
    };
    assert!(one.certain && one.id == Some(id), "{one:?}");
}

#[test]
fn whoever_is_in_the_way_is_in_the_final_report() {
    // MariaDB names the oldest transactions, so nobody else may have one there.
    let mariadb = match limosa_testkit::MariaDb::start(&limosa_testkit::Settings::new()) {
        Ok(server) => Some(server),
        Err(error) => {
            limosa_testkit::skip_or_panic(&error);
            None
        }
    };
    let mariadb = mariadb.as_ref().map(|server| Lab::with(server.database()));
    for lab in [Lab::on(Kind::Postgres), mariadb].into_iter().flatten() {
        let (mut lab, _reader, id) = read_in(lab);
        lab.lock_budget = Duration::ZERO;
        lab.file("2_b.sql", "ALTER TABLE a ADD COLUMN b int;\n");
        let failure = lab.up_fails();
        let report = failure.problem.diagnostic();
        assert_eq!((report.name, report.class.exit_code()), ("lock-timeout", 1));
        let named = failure.failed.as_ref().unwrap().blockers.iter();
        assert!(named.clone().any(|one| one.id == Some(id)), "{report:?}");
        let note = report.notes.iter().find(|note| note.contains("in the way"));
        assert!(
            note.is_some_and(|note| note.contains("idle in transaction")),
            "{report:?}"
        );
        assert!(
            report.help.iter().any(|help| help.contains("limosa up")),
            "{report:?}"
        );
    }
}

#[test]
fn what_another_user_does_is_not_shown_without_the_right_to_see_it() {
    let Some((mut lab, mut reader, id)) = read(Kind::Postgres) else {
        return;
    };
    reader.execute("COMMIT");
    let role = lab.db.role("deployer");
    lab.db.execute(&format!(
        "ALTER TABLE a OWNER TO {0}; ALTER TABLE limosa_history OWNER TO {0}; ALTER TABLE limosa_journal OWNER TO {0}; \
         GRANT ALL ON SCHEMA public TO {0}",
        role.name
    ));
    lab.url = Some(lab.db.url_as(&role));
    reader.execute("BEGIN; SELECT * FROM a");
    lab.lock_budget = Duration::ZERO;
    lab.file("2_b.sql", "ALTER TABLE a ADD COLUMN b int;\n");
    let failure = lab.up_fails();
    let blockers = &failure.failed.as_ref().unwrap().blockers;
    assert_eq!(blockers.len(), 1, "{:?}", failure.problem.diagnostic());
    assert_eq!((blockers[0].id, blockers[0].visible), (Some(id), false));
    assert!(blockers[0].query.is_none());
    let text = blockers[0].to_string();
    assert!(text.contains("not visible to this user"), "{text}");
}

#[test]
fn a_concurrent_build_says_for_whom_it_waits_and_has_no_timeout() {
    let Some((mut lab, mut reader, id)) = read(Kind::Postgres) else {
        return;
    };
    lab.lock_timeout = Duration::from_millis(50);
    lab.db.execute("CREATE TABLE other (id int)");
    // A snapshot of a table that has nothing to do with it.
    reader.execute("COMMIT; BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM other");
    lab.file("2_b.sql", "CREATE INDEX CONCURRENTLY a_id ON a (id);\n");
    let mut told = Told::until(move || reader.execute("COMMIT"));
    Lab::done(lab.up_observed(&mut told));
    assert!(told.retries.is_empty());
    let [one] = told.waiting[0].as_slice() else {
        panic!("{:?}", told.waiting);
    };
    assert_eq!(one.id, Some(id));
    assert_eq!(
        lab.db
            .value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass"),
        "t"
    );
}

#[test]
fn a_reader_is_named_for_certain_where_mariadb_keeps_a_list() {
    let settings = limosa_testkit::Settings::new()
        .set("performance_schema", "ON")
        .set(
            "performance_schema_instrument",
            "'wait/lock/metadata/sql/mdl=ON'",
        );
    let server = match limosa_testkit::MariaDb::start(&settings) {
        Ok(server) => server,
        Err(error) => return limosa_testkit::skip_or_panic(&error),
    };
    let mut lab = Lab::with(server.database());
    lab.lock_timeout = Duration::from_secs(2);
    lab.db.execute("CREATE TABLE a (id int)");
    let mut reader = lab.db.open();
    let id = reader.value("SELECT CONNECTION_ID()").parse().ok();
    reader.execute("BEGIN");
    reader.execute("SELECT id FROM a");
    // Older, and elsewhere.
    let mut elsewhere = lab.db.open();
    elsewhere.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT");
    lab.file("1_b.sql", "ALTER TABLE a ADD COLUMN b int;\n");
    for budget in [Duration::ZERO, Duration::from_secs(60)] {
        lab.lock_budget = budget;
        let mut told = Told::default();
        if budget.is_zero() {
            // It waits itself.
            assert!(lab.up_observed(&mut told).is_err());
        } else {
            let mut reader = std::mem::replace(&mut reader, lab.db.open());
            told = Told::until(move || reader.execute("COMMIT"));
            Lab::done(lab.up_observed(&mut told));
        }
        let [one] = told.waiting[0].as_slice() else {
            panic!("{:?}", told.waiting);
        };
        assert!(one.certain && one.id == id, "{one:?}");
    }
}

#[test]
fn a_statement_that_gave_up_before_anybody_looked_names_who_was_in_the_way_all_the_same() {
    let Some((mut lab, _reader, id)) = read(Kind::Postgres) else {
        return;
    };
    lab.lock_timeout = Duration::from_millis(1);
    lab.lock_budget = Duration::ZERO;
    lab.file("2_b.sql", "ALTER TABLE a ADD COLUMN b int;\n");
    let failure = lab.up_fails();
    let blockers = &failure.failed.as_ref().expect("a statement").blockers;
    assert_eq!(
        blockers.iter().map(|one| one.id).collect::<Vec<_>>(),
        [Some(id)]
    );
}
