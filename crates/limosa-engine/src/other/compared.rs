//! What is applied, by our history and that of another tool.

use std::collections::HashMap;

use limosa_core::foreign::{ForeignHistory, Moved, compare};
use limosa_core::history::History;
use limosa_core::{Layout, MigrationSet, Version};
use limosa_db::Session;
use limosa_db::store::{Stores, Texts};

use crate::Problem;

/// Our history, and what the other tool did since both agreed.
#[derive(Debug, Clone, Default)]
pub struct Current {
    /// What is applied, with what the other tool did.
    pub history: History,
    /// What the other tool did and ours does not say yet.
    pub moved: Moved,
    /// Whether the other tool keeps only the highest version.
    pub only_highest: bool,
}

/// Reads both histories and holds one against the other. Writes nothing.
pub(crate) fn current(
    stores: &Stores,
    own: bool,
    session: &mut dyn Session,
    set: &MigrationSet,
    texts: Texts,
) -> Result<Current, Problem> {
    let history = if own {
        stores.history(session, texts)?
    } else {
        History::default()
    };
    compared(stores, session, set, history)
}

/// Reads the history of the other tool and holds ours against it. Writes nothing.
pub(super) fn compared(
    stores: &Stores,
    session: &mut dyn Session,
    set: &MigrationSet,
    history: History,
) -> Result<Current, Problem> {
    let Some(foreign) = stores.foreign().filter(|foreign| foreign.exists()) else {
        return Ok(Current {
            history,
            ..Current::default()
        });
    };
    let theirs = foreign.read(session)?;
    let moved = moved(stores, session, set, &history, &theirs)?;
    Ok(Current {
        history: moved.onto(&history),
        moved,
        only_highest: theirs.marks.only_highest(),
    })
}

/// What a record in our journal says when the other tool's table was told, too.
pub(crate) fn known_to(tool: Layout) -> String {
    serde_json::json!({ "with": tool.name() }).to_string()
}

/// What the other tool did since both histories agreed.
///
/// A migration that Limosa applied or undid while that table was not kept looks as if the other tool had undone or
/// applied it. Our journal knows better: then nobody can tell from the tables what is true.
pub(super) fn moved(
    stores: &Stores,
    session: &mut dyn Session,
    set: &MigrationSet,
    ours: &History,
    theirs: &ForeignHistory,
) -> Result<Moved, Problem> {
    let failed = |error| Problem::Foreign(Box::new(error));
    let moved = compare(set, ours, theirs).map_err(failed)?;
    let Some(own) = stores.own().filter(|_| !moved.is_nothing()) else {
        return Ok(moved);
    };
    if ours.applied.is_empty() && moved.back.is_empty() {
        return Ok(moved);
    }
    let tool = theirs.tool.name();
    let knows = |detail: Option<String>| {
        let detail: Option<serde_json::Value> =
            detail.and_then(|text| serde_json::from_str(&text).ok());
        let says = |key| detail.as_ref().and_then(|one| one.get(key)?.as_str());
        says("with").or(says("by")) == Some(tool)
    };
    let known: HashMap<Version, bool> = (own.records(session)?.into_iter())
        .map(|(version, detail)| (version, knows(detail)))
        .collect();
    let apart = |version: &&Version| known.get(*version).is_some_and(|known| !known);
    if !(moved.versions_ahead().chain(&moved.back)).any(|version| apart(&version)) {
        return Ok(moved);
    }
    let only_ours = moved.back.iter().filter(apart);
    Err(failed(
        theirs.differs(moved.versions_ahead().filter(apart), only_ours),
    ))
}
