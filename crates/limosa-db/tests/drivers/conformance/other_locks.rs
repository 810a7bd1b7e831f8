//! Locks of other tools, beside ours.

use std::time::Duration;

use limosa_db::{HeldLock, LockError, LockWait, Locked, Locks, OtherKey, OtherLock, Waits};
use limosa_testkit::{Database, Kind};

use crate::every::on_servers_with_locks;
use crate::support::{locks, session};

on_servers_with_locks!(
    either_tool_waits_for_the_other,
    where_one_lock_is_held_none_is_kept,
    the_guard_covers_the_others_unless_they_are_given_up,
    what_was_given_up_is_waited_for,
    what_nobody_waits_for_in_the_server_is_not_given_up,
    many_migrators_with_the_same_locks_all_come_through,
);

/// A key for the database, since names are server-wide on `MariaDB`.
fn other(database: &Database, tool: &'static str, number: i64) -> OtherLock {
    let key = match database.kind() {
        Kind::Postgres => OtherKey::Number(number),
        _ => OtherKey::Name(format!("{}'\\{number}", database.name())),
    };
    let waits = Waits::InServer;
    OtherLock { tool, key, waits }
}

/// SQL that takes the lock as the other tool does, waiting in the server.
fn blocking(lock: &OtherLock) -> String {
    match &lock.key {
        OtherKey::Number(number) => format!("SELECT 1 FROM pg_advisory_lock({number})"),
        OtherKey::Name(name) => format!("SELECT GET_LOCK({}, 600)", quoted(name)),
    }
}

fn unlock(lock: &OtherLock) -> String {
    match &lock.key {
        OtherKey::Number(number) => format!("SELECT pg_advisory_unlock({number})"),
        OtherKey::Name(name) => format!("SELECT RELEASE_LOCK({})", quoted(name)),
    }
}

/// Whether nobody has the lock.
fn is_free(database: &Database, lock: &OtherLock) -> bool {
    let sql = match &lock.key {
        OtherKey::Number(number) => format!(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
             AND (classid::int8 << 32) | objid::int8 = {number}"
        ),
        OtherKey::Name(name) => format!("SELECT IS_USED_LOCK({}) IS NOT NULL", quoted(name)),
    };
    database.value(&sql) == "0"
}

fn quoted(name: &str) -> String {
    format!("'{}'", name.replace('\\', "\\\\").replace('\'', "''"))
}

fn with_others(database: &Database, others: Vec<OtherLock>) -> Locks {
    Locks {
        others,
        ..locks(database)
    }
}

fn wait(limit: Duration, waiting: &mut dyn FnMut(&HeldLock, Duration)) -> LockWait<'_> {
    LockWait {
        limit,
        lost: None,
        waiting,
        interrupted: &|| false,
    }
}

/// Long enough.
const LONG: Duration = Duration::from_secs(60);

fn take_within(
    database: &Database,
    locks: &Locks,
    limit: Duration,
    told: &mut dyn FnMut(&HeldLock),
) -> Result<Locked, LockError> {
    session(database).lock(locks, &mut wait(limit, &mut |lock, _| told(lock)))
}

#[track_caller]
fn take(database: &Database, locks: &Locks) -> Locked {
    take_within(database, locks, LONG, &mut |_| {}).unwrap()
}

fn either_tool_waits_for_the_other(database: &Database) {
    let lock = other(database, "that-tool", -5);
    let locks = with_others(database, vec![lock.clone()]);

    // The other tool is at work: we wait, and say for whom.
    let mut tool = database.open();
    tool.value(&blocking(&lock));
    let mut told = Vec::new();
    let limit = Duration::from_millis(900);
    let result = take_within(database, &locks, limit, &mut |lock| told.push(lock.clone()));
    let Err(error @ LockError::Held { .. }) = result else {
        panic!("the lock of the other tool did not keep us out");
    };
    let text = error.to_string();
    assert!(
        text.starts_with("the lock of that-tool is held by "),
        "{text}"
    );
    let LockError::Held { lock: held, .. } = error else {
        unreachable!()
    };
    let id = match database.kind() {
        Kind::Postgres => tool.value("SELECT pg_backend_pid()"),
        _ => tool.value("SELECT CONNECTION_ID()"),
    };
    assert_eq!(held.holder.unwrap().id.to_string(), id);
    assert_eq!(told.first().unwrap().tool, Some("that-tool"));
    tool.value(&unlock(&lock));

    // We are at work: the other tool waits, and gets it after us.
    let ours = take(database, &locks);
    assert!(!is_free(database, &lock));
    std::thread::scope(|scope| {
        let waiter = scope.spawn(|| {
            tool.value(&blocking(&lock));
            tool.value(&unlock(&lock));
        });
        database.wait_until(match database.kind() {
            Kind::Postgres => {
                "SELECT count(*) FROM pg_stat_activity \
                 WHERE datname = current_database() AND wait_event_type = 'Lock'"
            }
            _ => {
                "SELECT count(*) FROM information_schema.PROCESSLIST \
                 WHERE DB = database() AND STATE = 'User lock'"
            }
        });
        assert!(!waiter.is_finished());
        drop(ours);
        waiter.join().unwrap();
    });
}

fn where_one_lock_is_held_none_is_kept(database: &Database) {
    let all = [1, 2, 3].map(|number| other(database, "that-tool", number));
    let mut holder = database.open();
    holder.value(&blocking(&all[1]));
    // In another order, and one of them twice.
    let others = [2, 0, 1, 0].map(|at: usize| all[at].clone()).to_vec();
    let locks = with_others(database, others);
    let mut looked = 0;
    let result = take_within(database, &locks, Duration::from_millis(200), &mut |_| {
        // While it is waited, nothing is held.
        assert!(is_free(database, &all[0]) && is_free(database, &all[2]));
        drop(take(database, &with_others(database, vec![])));
        looked += 1;
    });
    assert!(matches!(result, Err(LockError::Held { .. })));
    assert!(looked > 0);
    holder.value(&unlock(&all[1]));
    let mut ours = take(database, &locks);
    assert!(all.iter().all(|lock| !is_free(database, lock)));
    // What was named twice was taken once.
    ours.give_up_others().unwrap();
    assert!(all.iter().all(|lock| is_free(database, lock)));
}

fn guarded(locked: &mut Locked) -> bool {
    let sql = format!("SELECT CASE WHEN {} THEN 1 ELSE 0 END", locked.guard());
    locked.query(&sql, &[]).unwrap()[0].int(0) == Some(1)
}

fn the_guard_covers_the_others_unless_they_are_given_up(database: &Database) {
    let all = [-1, i64::MAX].map(|number| other(database, "that-tool", number));
    let locks = with_others(database, all.to_vec());
    let mut ours = take(database, &locks);
    assert!(guarded(&mut ours));
    ours.give_up_others().unwrap();
    assert!(all.iter().all(|lock| is_free(database, lock)));
    assert!(guarded(&mut ours));
    ours.take_others(&mut wait(Duration::ZERO, &mut |_, _| {}))
        .unwrap();
    assert!(all.iter().all(|lock| !is_free(database, lock)));
    assert!(guarded(&mut ours));
    // A migration gives one of them back behind our back.
    ours.run(&unlock(&all[1])).unwrap();
    assert!(!guarded(&mut ours));
}

fn what_was_given_up_is_waited_for(database: &Database) {
    let all = [7, 8].map(|number| other(database, "that-tool", number));
    let locks = with_others(database, all.to_vec());
    let mut ours = take(database, &locks);
    ours.give_up_others().unwrap();
    let mut tool = database.open();
    tool.value(&blocking(&all[1]));
    let mut told = 0;
    let mut waiting = |lock: &HeldLock, _| {
        assert_eq!(lock.tool, Some("that-tool"));
        told += 1;
    };
    let result = ours.take_others(&mut wait(Duration::from_millis(900), &mut waiting));
    assert!(matches!(result, Err(LockError::Held { .. })));
    assert!(told > 0);
    // Our own lock is still ours, and of the others none.
    assert!(guarded(&mut ours));
    assert!(is_free(database, &all[0]));
    tool.value(&unlock(&all[1]));
    ours.take_others(&mut wait(LONG, &mut |_, _| {})).unwrap();
    assert!(guarded(&mut ours));
    assert!(!is_free(database, &all[0]));
}

fn what_nobody_waits_for_in_the_server_is_not_given_up(database: &Database) {
    let mut all = [3, 4].map(|number| other(database, "that-tool", number));
    all[0].waits = Waits::ByAsking;
    let mut ours = take(database, &with_others(database, all.to_vec()));
    ours.give_up_others().unwrap();
    assert!(!is_free(database, &all[0]) && is_free(database, &all[1]));
    assert!(guarded(&mut ours));
    ours.take_others(&mut wait(LONG, &mut |_, _| {})).unwrap();
    assert!(all.iter().all(|lock| !is_free(database, lock)));
    ours.give_up_others().unwrap();
    ours.run(&unlock(&all[0])).unwrap();
    assert!(!guarded(&mut ours));
}

/// They are migrators of different histories, so that only the locks of the other tools keep them apart.
fn many_migrators_with_the_same_locks_all_come_through(database: &Database) {
    const ROUNDS: usize = 25;
    let inside = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for migrator in 0..3 {
            let inside = &inside;
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let mut others =
                        [1, 2, 3, 4].map(|number| other(database, "that-tool", number));
                    others.rotate_left((round + migrator) % 4);
                    let locks = Locks {
                        table: format!("history_{migrator}"),
                        ..with_others(database, others.to_vec())
                    };
                    let mut ours = take(database, &locks);
                    for _ in 0..2 {
                        use std::sync::atomic::Ordering;
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        assert!(guarded(&mut ours));
                        inside.fetch_sub(1, Ordering::SeqCst);
                        ours.give_up_others().unwrap();
                        ours.take_others(&mut wait(LONG, &mut |_, _| {})).unwrap();
                    }
                }
            });
        }
    });
}
