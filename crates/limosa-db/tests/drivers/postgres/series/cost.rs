//! What a request costs us.

use std::time::Instant;

use limosa_db::Locked;
use limosa_testkit::require;

use super::super::connecting::accepted;
use super::{all_done, send};
use crate::support::{answer, lock, options};

const SQL: &str = "SET LOCAL application_name = 'x'";
/// How many of them are in a transaction.
const TOGETHER: usize = 100;
/// How many have no answer at most.
const WINDOW: usize = 300;

/// The time of the processor that this thread has used, in nanoseconds.
fn used() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

fn awaited(session: &mut Locked, requests: usize) {
    for _ in 0..requests / TOGETHER {
        session.run("BEGIN").unwrap();
        for _ in 0..TOGETHER {
            session.run(SQL).unwrap();
        }
        session.run("COMMIT").unwrap();
    }
}

fn ahead(session: &mut Locked, requests: usize) {
    for _ in 0..requests / TOGETHER {
        send(session, &["BEGIN"]);
        for _ in 0..TOGETHER {
            send(session, &[SQL]);
        }
        send(session, &["COMMIT"]);
        if session.outstanding().requests > WINDOW {
            while session.outstanding().requests > WINDOW / 2 {
                answer(session).unwrap();
            }
        }
    }
    all_done(session);
    session.settle().unwrap();
}

/// More of them with `LIMOSA_TEST_REQUESTS`; the figures are shown with `--nocapture`.
#[test]
fn a_request_that_is_sent_ahead_costs_less_than_one_that_is_awaited() {
    let requests = std::env::var("LIMOSA_TEST_REQUESTS").ok();
    let requests = requests.map_or(2_000, |number| number.parse().unwrap());
    let database = require!(Postgres).database();
    let mut session = lock(accepted(&database.socket_url(), &options()), &database);
    let mut costs = [u64::MAX; 2];
    for _ in 0..3 {
        for (way, work) in [awaited, ahead].into_iter().enumerate() {
            let (began, before) = (Instant::now(), used());
            work(&mut session, requests);
            let cost = (used() - before) / requests as u64;
            costs[way] = costs[way].min(cost);
            let name = ["awaited", "sent ahead"][way];
            let time = began.elapsed() / u32::try_from(requests).unwrap();
            println!("{name}: {cost} ns of our processor, {time:?} in all, for each of {requests}");
        }
    }
    let [awaited, ahead] = costs;
    assert!(ahead * 2 < awaited, "{ahead} ns, {awaited} ns awaited");
}
