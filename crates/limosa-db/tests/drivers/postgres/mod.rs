//! What only `PostgreSQL` has: connecting as libpq does, COPY, and its own kinds of errors.

mod connecting;
mod encryption;
mod series;
mod table_locks;
mod working;
