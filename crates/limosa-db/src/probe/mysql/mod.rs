//! Probes on `MySQL` and `MariaDB`, where every definition runs alone.
//!
//! The objects of a statement ([`Aim`]) are compared with what they were: as before means that it has not run, unless
//! it is of a kind that can leave everything as it was. A table changes at once or not at all (the server promises it
//! from `MariaDB` 10.6 and `MySQL` 8.0 on), so a changed definition means that the statement ran; columns and indexes
//! that it names are looked for beside that. Where the same definition says nothing (`TRUNCATE`, renames that swap),
//! the number that `InnoDB` gives to the rows of a table decides, where the user may see it.
//!
//! What a statement is after is kept with what was seen, so it can be judged without its text, which may have passwords
//! in it. It is taken that nobody else redefines the objects of a statement in doubt. Tested on `MariaDB` 10.11; on `MySQL` not
//! yet tested.

mod account;
mod aim;
mod alter;
mod definition;
mod object;
mod procedure;
mod reader;
mod rows;
mod scene;
mod verdict;

use limosa_sql::Facts;
use limosa_sql::facts::InTransaction;

use super::{Effect, Finding, Snapshot};
use crate::{DbError, Session};
use aim::{Aim, Does, Others};
use definition::Unseen;
pub(super) use procedure::is_undone_with_its_entry;
use scene::{Context, Scene};

/// The setting of `MariaDB` that adds `IF EXISTS` to every statement.
const IF_EXISTS: &str = "SHOW SESSION VARIABLES LIKE 'sql_if_exists'";

pub(super) fn look(
    session: &mut dyn Session,
    facts: &Facts,
    sql: &str,
) -> Result<Option<Snapshot>, DbError> {
    if facts.transaction != InTransaction::CommitsImplicitly {
        return Ok(None);
    }
    let context = Context::of_session(session)?;
    let Some(mut aim) = Aim::of(facts.kind, sql, &context) else {
        return Ok(None);
    };
    if aim.does == Does::Drop(Others::Refused) && aim.objects.len() > 1 {
        let rows = session.query(IF_EXISTS, &[])?;
        let on = rows.first().and_then(|row| row.text(1));
        if on.as_deref() == Some("ON") {
            aim.does = Does::Drop(Others::Passed);
        }
    }
    let scene = match Scene::look(session, &aim) {
        Ok(scene) => scene,
        // Without the right to look there is nothing to compare with.
        Err(Unseen::Hidden(_)) => return Ok(None),
        Err(Unseen::Db(error)) => return Err(error),
    };
    let snapshot = || scene.snapshot(&aim, &context.server);
    Ok(verdict::can_be_judged(&aim, &scene).then(snapshot))
}

/// Snapshots of other servers have no aim of this kind.
pub(super) fn refused(before: &Snapshot) -> Option<String> {
    verdict::refused(&scene::aim(before)?, &before.objects)
}

pub(super) fn was_absent(before: &Snapshot) -> bool {
    let is_absent = |object: &object::Object| {
        let kept = before.objects.get(&scene::key(object));
        kept.is_some_and(|kept| !scene::was_there(kept))
    };
    scene::aim(before)
        .is_some_and(|aim| !aim.objects.is_empty() && aim.objects.iter().all(is_absent))
}

/// The statement is not needed: what it is after was kept.
pub(super) fn judge(session: &mut dyn Session, before: &Snapshot) -> Result<Finding, DbError> {
    let Some(aim) = scene::aim(before) else {
        return Ok(Effect::Other("it was begun by another version of Limosa".to_owned()).alone());
    };
    match Scene::look(session, &aim) {
        Ok(mut now) => {
            if !scene::is_same_server(before, &Context::of_session(session)?) {
                now.forget_marks();
            }
            Ok(verdict::judge(&aim, &before.objects, &now))
        }
        Err(Unseen::Hidden(why)) => Ok(Effect::Other(why).alone()),
        Err(Unseen::Db(error)) => Err(error),
    }
}
