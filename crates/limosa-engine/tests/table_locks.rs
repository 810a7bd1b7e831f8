//! Locks on tables: who is in the way is named, and others are not kept waiting.

#[path = "table_locks/conflicts.rs"]
mod conflicts;
#[path = "table_locks/naming.rs"]
mod naming;
#[path = "table_locks/queue.rs"]
mod queue;
mod support;

use limosa_core::Blocker;
use limosa_core::event::{Event, Observer};

/// What was told about waiting.
#[derive(Default)]
struct Told {
    waiting: Vec<Vec<Blocker>>,
    retries: Vec<Vec<Blocker>>,
    /// Called when somebody was named for the first time.
    give_way: Option<Box<dyn FnOnce()>>,
    /// The session that has to be named, where it has to be a certain one.
    named: Option<i64>,
}

impl Told {
    fn until(give_way: impl FnOnce() + 'static) -> Self {
        Self {
            give_way: Some(Box::new(give_way)),
            ..Self::default()
        }
    }

    /// A server that has a list of its own may show it a moment late.
    fn until_named(id: i64, give_way: impl FnOnce() + 'static) -> Self {
        Self {
            named: Some(id),
            ..Self::until(give_way)
        }
    }
}

impl Observer for Told {
    fn observe(&mut self, event: &Event<'_>) {
        match event {
            Event::TableWaiting { blockers, .. } => {
                self.waiting.push(blockers.to_vec());
                let named = |id| blockers.iter().any(|one| one.id == Some(id));
                if self.named.is_none_or(named)
                    && let Some(give_way) = self.give_way.take()
                {
                    give_way();
                }
            }
            Event::LockRetry { blockers, .. } => self.retries.push(blockers.to_vec()),
            _ => {}
        }
    }
}
