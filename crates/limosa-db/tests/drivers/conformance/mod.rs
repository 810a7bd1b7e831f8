//! What every driver promises, tried on every server.

mod hygiene;
mod locking;
mod running;
mod values;
