//! Private servers, databases, projects and transcripts for the tests of Limosa.
//!
//! Nothing here is published. The kit starts PostgreSQL and MariaDB from local binaries, in
//! temporary folders, on free ports of 127.0.0.1 and on Unix sockets; it never talks to a server
//! that it did not start, and nothing is left behind, even when the test process is killed.
//!
//! ```no_run
//! use limosa_testkit::{Postgres, require};
//!
//! fn a_test() {
//!     let server = require!(Postgres);
//!     let db = server.database();
//!     db.execute("create table t (a int); insert into t values (1)");
//!     assert_eq!(db.query("select a from t"), [["1"]]);
//!     println!("{}", db.url());
//! }
//! ```

mod acceptor;
pub mod address;
pub mod binaries;
mod certificates;
mod database;
mod death;
mod failure;
mod galera;
mod instance;
mod mariadb;
mod pgbouncer;
mod postgres;
mod project;
pub mod proxy;
mod random;
mod settings;
mod skip;
pub mod slow;
mod sqlite;
pub mod story;
pub mod tools;
pub mod transcripts;

pub use certificates::Certificates;
pub use database::{Client, Database, Kind, QueryError, Role};
pub use death::kill_this_process;
pub use failure::KitError;
pub use galera::Galera;
pub use mariadb::MariaDb;
pub use pgbouncer::{PgBouncer, PoolMode};
pub use postgres::Postgres;
pub use project::{Output, Project, Run, Running, limosa};
pub use settings::Settings;
pub use skip::{Server, is_older, skip_or_panic};
pub use sqlite::Sqlite;
