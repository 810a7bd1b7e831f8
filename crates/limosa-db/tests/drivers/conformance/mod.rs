//! What every driver promises, tried on every server.

mod ahead;
mod gathered;
mod hygiene;
mod locking;
mod other_locks;
mod running;
mod values;
