//! What a migration costs over the wire on MariaDB.

use limosa_testkit::proxy::{FaultProxy, Seen};
use limosa_testkit::{MariaDb, Project, require};

/// The conversation of `limosa up` over these migrations, over TCP without encryption.
fn conversation(server: &MariaDb, migrations: &[String]) -> Seen {
    let project = Project::new(env!("CARGO_BIN_EXE_limosa"));
    for (number, up) in (1..).zip(migrations) {
        project.write(format!("migrations/{number}_m{number}.sql"), up);
    }
    let db = server.database();
    let proxy = FaultProxy::start(db.kind(), server.port()).expect("there is a port");
    let url = format!("{}?ssl-mode=DISABLED", db.url_through(&proxy));
    let output = project.limosa(&["up"]).env("LIMOSA_URL", url).run();
    assert_eq!(output.code, 0, "{output}");
    proxy.seen()
}

fn commits(seen: &Seen) -> usize {
    let sql = seen.messages.iter().map(|message| message.sql.as_str());
    sql.filter(|sql| sql.contains("COMMIT")).count()
}

#[test]
fn a_definition_costs_three_messages_and_one_commit() {
    let server = require!(MariaDb);
    let [few, many] = [2, 7].map(|definitions| {
        let columns = (2..=definitions).map(|at| format!("ALTER TABLE t ADD COLUMN c{at} text;\n"));
        let up = format!("CREATE TABLE t (id int);\n{}", columns.collect::<String>());
        conversation(server, &[up])
    });
    // What is there, that it begins and the one before is done, and the definition itself.
    let trips = many.round_trips - few.round_trips;
    assert_eq!(trips, 3 * 5, "{few:#?}\n{many:#?}");
    assert_eq!(commits(&many), commits(&few));
}

#[test]
fn the_end_of_a_migration_costs_two_messages() {
    let server = require!(MariaDb);
    let [few, many] = [2, 7].map(|migrations| {
        let ups = (1..=migrations).map(|at| format!("CREATE TABLE t{at} (id int);\n"));
        conversation(server, &ups.collect::<Vec<_>>())
    });
    // The three of the definition, the records of the end, and their commit.
    let trips = many.round_trips - few.round_trips;
    assert_eq!(trips, 5 * 5, "{few:#?}\n{many:#?}");
    assert_eq!(commits(&many), commits(&few) + 5);
}

#[test]
fn the_transaction_of_a_migration_costs_eight_messages_beside_its_statement() {
    let server = require!(MariaDb);
    let [few, many] = [2, 7].map(|migrations| {
        let mut ups = vec!["CREATE TABLE t (id int);\n".to_owned()];
        ups.extend((1..=migrations).map(|at| format!("INSERT INTO t VALUES ({at});\n")));
        conversation(server, &ups)
    });
    // Its beginning with its entry, whether the table keeps rows in a rollback, the statement, what it left of the
    // session, three records, the commit, and the same look once more behind the end of everything.
    let trips = many.round_trips - few.round_trips;
    assert_eq!(trips, 9 * 5, "{few:#?}\n{many:#?}");
}
