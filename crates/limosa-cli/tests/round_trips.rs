//! What goes over the wire when there is nothing to do: connecting, one round trip, no lock and no write.

use limosa_testkit::proxy::{FaultProxy, Seen};
use limosa_testkit::{Database, Kind, Project, require};

/// A database in which all migrations of a project are applied, behind a proxy that counts.
struct Watched {
    project: Project,
    db: Database,
    proxy: FaultProxy,
}

impl Watched {
    fn new(db: Database, port: u16) -> Self {
        let project = Project::new(env!("CARGO_BIN_EXE_limosa"));
        // Nothing in such a file says whose it is, so the database is asked.
        for number in 1..=3 {
            let up = format!("CREATE TABLE t{number} (id int);\n");
            project.write(format!("migrations/{number}_t{number}.sql"), up);
        }
        let output = project.limosa(&["up"]).env("LIMOSA_URL", db.url()).run();
        assert_eq!(output.code, 0, "{output}");
        let proxy = FaultProxy::start(db.kind(), port).expect("there is a port");
        Self { project, db, proxy }
    }

    /// The same before anything is applied, with so many small migrations.
    fn with_pending(db: Database, port: u16, count: usize) -> Self {
        let project = Project::new(env!("CARGO_BIN_EXE_limosa"));
        for number in 1..=count {
            let up = format!(
                "CREATE TABLE t{number} (id int);\nCREATE INDEX ON t{number} (id);\n\
                 ALTER TABLE t{number} ADD COLUMN name text;\n"
            );
            project.write(format!("migrations/{number}_t{number}.sql"), up);
        }
        let proxy = FaultProxy::start(db.kind(), port).expect("there is a port");
        Self { project, db, proxy }
    }

    /// The conversation of a command that only reads, over TCP without encryption.
    fn seen(&self, arguments: &[&str]) -> Seen {
        let seen = self.conversation(arguments);
        for message in &seen.messages {
            let sql = message.sql.to_lowercase();
            let writes = ["insert", "update", "delete", "create", "begin"];
            let is_writing = writes.iter().any(|word| sql.starts_with(word));
            assert!(
                !is_writing && !sql.contains("_lock("),
                "{arguments:?}: {message}"
            );
        }
        seen
    }

    /// The conversation of a command, over TCP without encryption.
    fn conversation(&self, arguments: &[&str]) -> Seen {
        let mut url = self.db.url_through(&self.proxy);
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(match self.db.kind() {
            Kind::MariaDb => "ssl-mode=DISABLED",
            _ => "sslmode=disable",
        });
        self.proxy.arm([]);
        let command = self.project.limosa(arguments).env("LIMOSA_URL", url);
        let output = command.run();
        assert_eq!(output.code, 0, "{output}");
        self.proxy.seen()
    }
}

/// How many messages with SQL there are.
fn statements(seen: &Seen) -> usize {
    let with_sql = seen.messages.iter();
    with_sql.filter(|message| !message.sql.is_empty()).count()
}

#[test]
fn nothing_to_do_on_postgres_is_connecting_and_one_round_trip() {
    let server = require!(Postgres);
    let watched = Watched::new(server.database(), server.port());
    // Who we are, and twice the password.
    const LOGIN: usize = 3;
    // All that sets the session up and looks into the catalog goes together.
    const SET_UP: usize = 1;
    for (command, last) in [
        (&["up"][..], 1),
        (&["up", "--dry-run"], 1),
        (&["plan"], 1),
        // The state and the schema, together.
        (&["status"], 2),
    ] {
        let seen = watched.seen(command);
        assert_eq!(seen.round_trips, LOGIN + SET_UP + 1, "{command:?} {seen:?}");
        assert_eq!(statements(&seen), 5 + last, "{command:?} {seen:?}");
    }
}

#[test]
fn nothing_to_do_on_mariadb_is_connecting_and_one_round_trip() {
    let server = require!(MariaDb);
    let watched = Watched::new(server.database(), server.port());
    // Who we are, and what the driver wants to know.
    const LOGIN: usize = 2;
    // Which variables there are, then their values with everything else.
    const SET_UP: usize = 2;
    let seen = watched.seen(&["up"]);
    assert_eq!(seen.round_trips, LOGIN + SET_UP + 1, "{seen:?}");
    assert_eq!(statements(&seen), 4, "{seen:?}");
    // The catalog, its texts, and what this user may see of it.
    let seen = watched.seen(&["status"]);
    assert_eq!(seen.round_trips, LOGIN + SET_UP + 1 + 3, "{seen:?}");
}

#[test]
fn the_round_trips_of_up_on_postgres_do_not_grow_with_the_migrations() {
    let server = require!(Postgres);
    for how in ["each", "auto"] {
        let trips = [3, 103].map(|count| {
            let watched = Watched::with_pending(server.database(), server.port(), count);
            let seen = watched.conversation(&["up", "--transaction", how]);
            assert_eq!(
                watched.db.value("select count(*) from limosa_history"),
                count.to_string()
            );
            seen.round_trips
        });
        // An answer that comes while the next requests leave counts as a turn, too.
        assert!(
            trips[0] < 20 && trips[1] < trips[0] + 10,
            "{how}: {trips:?}"
        );
    }
}
