//! Many migrators where a lock of the session excludes nobody: each migration is applied once, whoever is killed or
//! put to sleep.

mod galera;
mod pgbouncer;
mod race;
mod sleeper;
