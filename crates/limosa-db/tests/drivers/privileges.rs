//! The grants of `docs/reference/privileges.md` are enough: a role that has exactly those migrates and looks.

use limosa_db::store::{Limosa, Tables};
use limosa_db::{Access, ConnectOptions, Session, connect};
use limosa_testkit::{Database, Role, require};

use crate::support::{lock, options, session, url};

fn session_of(database: &Database, role: &Role, access: Access) -> Box<dyn Session> {
    let options = ConnectOptions {
        access,
        ..options()
    };
    connect(&url(&database.url_as(role)), &options)
        .unwrap_or_else(|error| panic!("{error}: {:?}", error.cause))
}

/// What a run of migrations does to a database, as far as privileges are concerned.
fn migrate(database: &Database, role: &Role, migrations: &[&str]) {
    let mut session = session_of(database, role, Access::Write);
    assert!(!session.server().capabilities.read_only);
    assert!(Tables::find(&mut *session, None).unwrap().is_none());
    let tables = Tables::home(&mut *session, None).unwrap();
    let mut session = lock(session, database);
    // While it is held, somebody else sees who holds it.
    let guard = format!("SELECT {}", session.guard());
    assert!(session.query(&guard, &[]).unwrap()[0].is_true(0));
    Limosa::new(tables, "main").create(&mut session).unwrap();
    for migration in migrations {
        session.run(migration).unwrap();
        session.reset_session().unwrap();
    }
    let tables = Tables::find(&mut *session, None).unwrap().unwrap();
    assert!(tables.writers(&mut *session).unwrap().is_empty());
}

#[test]
fn the_least_grants_are_enough_on_postgres() {
    let database = require!(Postgres).database();
    let role = database.role("migrator");
    let reader = database.role("reader");
    // The server of the tests lets everybody connect; a hardened one does not.
    let (name, reader_name) = (&role.name, &reader.name);
    let owner = database.name();
    database.execute(&format!(
        "REVOKE ALL ON DATABASE \"{owner}\" FROM PUBLIC;
         REVOKE ALL ON SCHEMA public FROM PUBLIC;
         GRANT CONNECT, TEMPORARY ON DATABASE \"{owner}\" TO \"{name}\";
         GRANT USAGE, CREATE ON SCHEMA public TO \"{name}\""
    ));
    migrate(
        &database,
        &role,
        &[
            "CREATE TABLE users (id int PRIMARY KEY, email text)",
            "CREATE INDEX CONCURRENTLY users_email ON users (email)",
            "ALTER TABLE users ADD COLUMN name text",
            "DROP TABLE users",
        ],
    );
    // Who only looks (`status`, `plan`) reads two tables.
    database.execute(&format!(
        "GRANT CONNECT ON DATABASE \"{owner}\" TO \"{reader_name}\";
         GRANT USAGE ON SCHEMA public TO \"{reader_name}\";
         GRANT SELECT ON public.limosa_history, public.limosa_journal TO \"{reader_name}\""
    ));
    look(&database, &reader);
}

#[test]
fn the_least_grants_are_enough_on_mariadb() {
    let database = require!(MariaDb).database();
    let role = database.role("migrator");
    let reader = database.role("reader");
    let (name, reader_name, schema) = (&role.name, &reader.name, database.name());
    database.execute(&format!(
        "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES ON `{schema}`.* TO `{name}`@'%'"
    ));
    migrate(
        &database,
        &role,
        &[
            "CREATE TABLE users (id int PRIMARY KEY, email text)",
            "ALTER TABLE users ADD COLUMN name text, ADD INDEX (email(20))",
            "INSERT INTO users VALUES (1, 'a', 'b')",
            "DROP TABLE users",
        ],
    );
    database.execute(&format!(
        "GRANT SELECT ON `{schema}`.limosa_history TO `{reader_name}`@'%'"
    ));
    database.execute(&format!(
        "GRANT SELECT ON `{schema}`.limosa_journal TO `{reader_name}`@'%'"
    ));
    look(&database, &reader);
}

fn look(database: &Database, role: &Role) {
    let mut session = session_of(database, role, Access::Read);
    assert!(Tables::find(&mut *session, None).unwrap().is_some());
    let schema = match database.kind() {
        limosa_testkit::Kind::Postgres => "public",
        _ => database.name(),
    };
    for table in ["limosa_history", "limosa_journal"] {
        session
            .query(&format!("SELECT count(*) FROM {schema}.{table}"), &[])
            .unwrap();
    }
    drop(self::session(database));
}
