//! The lock between migrators.

use std::time::{Duration, Instant};

use limosa_db::{LockError, LockWait};
use limosa_testkit::{Database, Kind};

use crate::every::on_every_server;
use crate::support::{lock, locked, locks, session};

on_every_server!(
    a_second_session_does_not_get_the_lock,
    the_lock_is_given_back_when_its_session_is_dropped,
    the_guard_is_true_only_with_the_lock,
    a_wait_can_be_interrupted,
);

fn a_second_session_does_not_get_the_lock(database: &Database) {
    if database.kind() == Kind::Sqlite {
        return; // There the transaction excludes, not the lock.
    }
    let holder = locked(database);
    let mut told = Vec::new();
    let mut wait = LockWait {
        limit: Duration::from_millis(900),
        lost: None,
        waiting: &mut |lock, waited| told.push((lock.holder.clone(), waited)),
        interrupted: &|| false,
    };
    let result = session(database).lock(&locks(database), &mut wait);
    let Err(LockError::Held { lock, waited }) = result else {
        panic!("the lock was taken twice, or the server failed");
    };
    let named = lock.holder;
    let id = holder.server().backend.id;
    assert_eq!(named.as_ref().map(|holder| holder.id), Some(id));
    assert!(named.unwrap().who.contains(&id.to_string()));
    assert!(waited >= Duration::from_millis(900));
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0.as_ref().map(|holder| holder.id), Some(id));
}

fn the_lock_is_given_back_when_its_session_is_dropped(database: &Database) {
    for _ in 0..3 {
        let session = locked(database);
        drop(session);
    }
    let first = locked(database);
    let second = session(database);
    let taken = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| lock(second, database));
        drop(first);
        waiting.join().unwrap()
    });
    assert!(!taken.guard().is_empty());
}

fn the_guard_is_true_only_with_the_lock(database: &Database) {
    let mut holder = locked(database);
    let guard = format!("SELECT {}", holder.guard());
    assert!(holder.query(&guard, &[]).unwrap()[0].is_true(0));
    if database.kind() == Kind::Sqlite {
        return; // There the guard is always true: the transaction itself excludes others.
    }
    let mut other = session(database);
    assert!(!other.query(&guard, &[]).unwrap()[0].is_true(0));
    let release = match database.kind() {
        Kind::Postgres => "SELECT pg_advisory_unlock_all()",
        _ => "SELECT RELEASE_ALL_LOCKS()",
    };
    holder.query(release, &[]).unwrap();
    assert!(!holder.query(&guard, &[]).unwrap()[0].is_true(0));
}

fn a_wait_can_be_interrupted(database: &Database) {
    if database.kind() == Kind::Sqlite {
        return; // Nothing is waited for there.
    }
    let _holder = locked(database);
    let began = Instant::now();
    let mut wait = LockWait {
        limit: Duration::from_secs(60),
        lost: None,
        waiting: &mut |_, _| {},
        interrupted: &|| began.elapsed() > Duration::from_millis(100),
    };
    let result = session(database).lock(&locks(database), &mut wait);
    assert!(matches!(result, Err(LockError::Interrupted)));
    assert!(began.elapsed() < Duration::from_secs(10));
}
