//! `PostgreSQL`: an asynchronous driver, driven from here on a runtime of the session's own.

mod backend_key;
mod cancel;
mod connect;
mod copy_gate;
mod driver;
mod failure;
mod lock;
mod pgpass;
mod pooled;
mod refusal;
mod settings;
mod socket;
mod tls;
mod url;
mod value;

pub(crate) use connect::connect;
