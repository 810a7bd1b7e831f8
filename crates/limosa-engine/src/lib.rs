//! Runs, applies and reverts plans. One loop for the command line and the library.
//!
//! [`Database::open`] connects and finds Limosa's tables; [`Database::history`] reads them;
//! [`run()`] plans, takes the lock, plans again and carries the plan out, telling an
//! [`Observer`](limosa_core::event::Observer).

pub mod adopt;
mod apply;
pub mod base;
pub mod convert;
pub mod database;
pub mod drift;
pub mod dump;
mod identity;
mod interrupt;
mod notices;
pub mod other;
pub mod pooler;
pub mod renumber;
mod report;
pub mod resolve;
pub mod run;
pub mod scaffold;
pub mod script;
mod sequences;
pub mod shadow;
pub mod squash;
mod stored;
pub mod verify;

pub use database::{Database, Look, Settings, Wanted};
pub use drift::{Outside, Since};
pub use dump::{Dump, dump};
pub use limosa_core::journal::JournalEntry;
pub use limosa_db::store::Texts;
pub use other::{Current, Keep, OtherTool};
pub use report::{Failed, Problem, RunFailure, RunReport};
pub use resolve::{Resolution, Resolved, resolve};
pub use run::{Answer, Request, run};
