//! On a Galera cluster with migrators on both nodes.

use limosa_testkit::{Galera, require};

use crate::{race, sleeper};

fn urls(cluster: &Galera, database: &limosa_testkit::Database, on_each: usize) -> Vec<String> {
    let node = |number| vec![cluster.url(number, database); on_each];
    [node(0), node(1)].concat()
}

#[test]
fn ten_processes_on_each_node_apply_each_migration_once_though_the_leader_is_killed() {
    let cluster = require!(Galera);
    for _ in race::rounds() {
        let database = cluster.database();
        race::run(&database, &urls(cluster, &database, 10), 2);
    }
}

#[test]
fn a_process_that_slept_longer_than_its_lease_does_not_write_when_it_wakes() {
    let cluster = require!(Galera);
    let database = cluster.database();
    // The transaction of whoever blocks is one of them.
    let at_work = format!(
        "SELECT count(*) - 1 FROM information_schema.innodb_trx t \
         JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id WHERE p.db = '{}'",
        database.name()
    );
    let [sleeper, other] = [cluster.url(0, &database), cluster.url(1, &database)];
    sleeper::run(&database, &sleeper, &other, &at_work);
}
