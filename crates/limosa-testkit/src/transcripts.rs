//! Markdown pages whose console blocks are run and compared: tests that are also documentation.
//!
//! A page is written as a reader wants it:
//!
//! ````markdown
//! # The first migration
//!
//! <!-- databases: sqlite, postgres, mariadb -->
//!
//! ```sql title="migrations/1_users.sql"
//! CREATE TABLE users (id int);
//! ```
//!
//! ```console
//! $ limosa up
//! shop on [..], url from DATABASE_URL
//!
//!      Applied 1_users   1 statement   4ms
//! $ limosa status --check
//! ...
//! $ echo $?
//! 0
//! ```
//! ````
//!
//! - The comment `databases:` names the servers. The page runs once for each, from the top, in a
//!   project and a database of its own, with `DATABASE_URL` set. Without it no database is there.
//! - A block with `title="path"` writes a file. `sql run` runs its SQL on the database, as
//!   somebody else would. `only="postgres, mariadb"` keeps any block to these servers. Blocks in an
//!   HTML comment count, too: a reader does not see them.
//! - The comment `variable: NAME` names another variable for the URL than `DATABASE_URL`, for projects
//!   that have it from elsewhere.
//! - In a `console` block a line `$ command` is run by `sh` in the root of the project (`> ` goes
//!   on with it); the lines up to the next one are what it prints, output and errors as on a
//!   terminal. A code other than 0 must be shown by `$ echo $?` as the next command.
//! - `[..]` stands for anything within a line, `...` alone on a line for any number of lines.
//!   Durations, timestamps, versions of servers, pids and version numbers that no title has are
//!   compared by kind, so a page shows plausible ones. Names, hosts, ports and paths of the
//!   machine are shown as on a reader's: database `shop` at its usual port, in `/home/ada/shop`.
//! - `LIMOSA_BLESS=1` writes what was printed into the page, and leaves every line that matches
//!   as it is. `LIMOSA_TRANSCRIPT=name` runs only the pages with that in their name.
//! - The password of the database may appear in no output at all.

mod compare;
mod page;
mod play;
mod redact;

pub use play::{run, run_marked};
