//! A project of another tool, with nothing of ours: its own configuration says where everything is.

mod choices;
mod db_migrate;
mod golang_migrate;
mod goose;
mod init;
mod sqlx;

use limosa_testkit::{Database, Project};

const GOOSE: &str = "-- +goose Up\nCREATE TABLE a (x integer);\n-- +goose Down\nDROP TABLE a;\n";

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_limosa"))
}

/// `user`, `password`, `host`, `port` and `database` of a URL of the test kit.
fn parts(database: &Database) -> [String; 5] {
    let url = database.url();
    let split = || {
        let (_, rest) = url.split_once("://")?;
        let (login, rest) = rest.rsplit_once('@')?;
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let (place, name) = rest.split_once('/')?;
        let (host, port) = place.rsplit_once(':')?;
        let name = name.split('?').next()?;
        Some([user, password, host, port, name])
    };
    split().expect("a complete URL").map(str::to_owned)
}

/// A connection string of libpq.
fn keywords(database: &Database) -> String {
    let [user, password, host, port, name] = parts(database);
    format!(
        "host={host} port={port} user={user} password='{password}' dbname={name} sslmode=disable"
    )
}

/// A connection string of Go's driver.
fn go_mysql(database: &Database) -> String {
    let [user, password, host, port, name] = parts(database);
    format!("{user}:{password}@tcp({host}:{port})/{name}?parseTime=true")
}
