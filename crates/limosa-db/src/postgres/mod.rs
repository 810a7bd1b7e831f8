//! `PostgreSQL`: an asynchronous driver, driven from here on a runtime of the session's own.

mod ahead;
mod backend_key;
mod cancel;
mod connect;
mod driver;
mod failure;
mod gate;
mod lock;
mod messages;
mod pgpass;
mod pooled;
mod prepared;
mod refusal;
mod series;
mod settings;
mod socket;
mod tls;
mod url;
mod value;
mod wire;

pub(crate) use connect::connect;
