//! What a definition on MariaDB costs over the wire.

use limosa_testkit::proxy::{FaultProxy, Seen};
use limosa_testkit::{MariaDb, Project, require};

/// The conversation of `limosa up` over a migration with so many definitions, over TCP without encryption.
fn conversation(server: &MariaDb, definitions: usize) -> Seen {
    let project = Project::new(env!("CARGO_BIN_EXE_limosa"));
    let columns = (2..=definitions).map(|at| format!("ALTER TABLE t ADD COLUMN c{at} text;\n"));
    let up: String = columns.collect();
    project.write(
        "migrations/1_t.sql",
        format!("CREATE TABLE t (id int);\n{up}"),
    );
    let db = server.database();
    let proxy = FaultProxy::start(db.kind(), server.port()).expect("there is a port");
    let url = format!("{}?ssl-mode=DISABLED", db.url_through(&proxy));
    let output = project.limosa(&["up"]).env("LIMOSA_URL", url).run();
    assert_eq!(output.code, 0, "{output}");
    proxy.seen()
}

#[test]
fn a_definition_costs_three_messages_and_one_commit() {
    let server = require!(MariaDb);
    let [few, many] = [2, 7].map(|definitions| conversation(server, definitions));
    // What is there, that it begins and the one before is done, and the definition itself.
    assert_eq!(
        many.round_trips - few.round_trips,
        3 * 5,
        "{few:#?}\n{many:#?}"
    );
    let transactions = |seen: &Seen| {
        let sql = seen.messages.iter().map(|message| message.sql.as_str());
        sql.filter(|sql| sql.contains("COMMIT")).count()
    };
    assert_eq!(transactions(&many), transactions(&few));
}
