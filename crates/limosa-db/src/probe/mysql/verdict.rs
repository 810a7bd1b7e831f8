//! What became of a statement, from its objects before and now.

use std::collections::BTreeMap;

use super::aim::{Aim, Does, Others};
use super::alter::{Parts, same};
use super::object::{Kind, Object};
use super::rows;
use super::scene::{Scene, Seen, key, rows_key, was_there, written};
use crate::probe::{Effect, Finding};

/// What was kept of the objects before the statement began.
type Before = BTreeMap<String, String>;

/// What became of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Became {
    /// It is as it was.
    Same,
    /// It has another definition.
    Changed,
    Gone,
    New,
    /// It was not there and is not.
    Never,
}

/// Whether what is seen before a statement begins will do to decide about it.
pub(super) fn can_be_judged(aim: &Aim, scene: &Scene) -> bool {
    let there = |seen: &Seen| seen.definition.is_some();
    let is_temporary = |seen: &Seen| {
        let definition = seen.definition.as_ref();
        definition.is_some_and(super::definition::Definition::is_temporary)
    };
    if scene.seen.iter().any(is_temporary) {
        return false;
    }
    let first = scene.seen.first();
    match &aim.does {
        // What is in a database is not looked at.
        Does::Replace => {
            !first.is_some_and(|seen| seen.object.kind == Kind::Database && there(seen))
        }
        // A function in a library is not shown.
        Does::Drop(_) => {
            !first.is_some_and(|seen| seen.object.kind == Kind::Function && !there(seen))
        }
        Does::Exchange | Does::Discard | Does::Import => scene
            .seen
            .iter()
            .all(|seen| !there(seen) || !seen.rows.marks.is_empty()),
        Does::Truncate(partitions) if !partitions.is_empty() => scene
            .seen
            .iter()
            .all(|seen| !there(seen) || !seen.rows.marks.is_empty()),
        _ => true,
    }
}

/// Why the server would do a part of the statement and then refuse the rest: some of its objects are not there, or there
/// already.
pub(super) fn refused(aim: &Aim, before: &Before) -> Option<String> {
    let there = |object: &&Object| before.get(&key(object)).is_some_and(|kept| was_there(kept));
    let (there, missing): (Vec<_>, Vec<_>) = aim.objects.iter().partition(there);
    match (&aim.does, there.first(), missing.first()) {
        (Does::Drop(Others::Refused), Some(_), Some(missing)) => Some(format!(
            "{missing} is not there, and the server would drop the others before it says so"
        )),
        (Does::Create(Others::Refused), Some(there), Some(_)) => Some(format!(
            "{there} is there already, and the server would create the others before it says so"
        )),
        _ => None,
    }
}

/// What became of the statement.
pub(super) fn judge(aim: &Aim, before: &Before, now: &Scene) -> Finding {
    let became: Vec<Became> = now.seen.iter().map(|seen| became(before, seen)).collect();
    let effect = match &aim.does {
        Does::Repeatable => Effect::Absent,
        Does::Create(others) => return created(*others, now, &became),
        Does::Replace => replaced(before, now, &became),
        Does::Drop(others) => return dropped(*others, now, &became),
        Does::Change(parts) => changed(parts, before, now, &became),
        Does::ChangeAndRename => match became[..] {
            [Became::Gone, Became::New] => Effect::Present,
            [Became::Same | Became::Never, Became::Same | Became::Never] => Effect::Absent,
            _ => neither(now, &became),
        },
        Does::Rename(pairs) => renamed(pairs, before, now),
        Does::Truncate(partitions) => truncated(partitions, before, now, &became),
        Does::Exchange => match (&became[..], moved(before, now.seen.last(), &[])) {
            ([Became::Never, _] | [_, Became::Never], _) | (_, Some(Moved::None)) => Effect::Absent,
            (_, Some(Moved::All)) => Effect::Present,
            _ => neither(now, &became),
        },
        Does::Discard | Does::Import => file(&aim.does, before, now, &became),
    };
    effect.alone()
}

fn became(before: &Before, seen: &Seen) -> Became {
    let now = written(seen.definition.as_ref());
    // It was looked at before, so it is in there.
    let before = before.get(&key(&seen.object)).map_or("", String::as_str);
    match (was_there(before), was_there(&now)) {
        (true, true) if before == now => Became::Same,
        (true, true) => Became::Changed,
        (true, false) => Became::Gone,
        (false, true) => Became::New,
        (false, false) => Became::Never,
    }
}

/// In words what was seen, when it is neither what was there nor what the statement makes.
fn neither(now: &Scene, became: &[Became]) -> Effect {
    let seen = now.seen.iter().zip(became).map(|(seen, became)| {
        let object = &seen.object;
        match became {
            Became::Same => format!("{object} is as it was"),
            Became::Changed => format!("{object} has another definition than before"),
            Became::Gone => format!("{object} is gone"),
            Became::New => format!("{object} is there and was not"),
            Became::Never => format!("{object} is not there"),
        }
    });
    Effect::Other(seen.collect::<Vec<_>>().join(", "))
}

fn looks_the_same(now: &Scene, became: &[Became]) -> Effect {
    match neither(now, became) {
        Effect::Other(seen) => Effect::Other(format!("{seen}, which says nothing")),
        effect => effect,
    }
}

fn with(now: &Scene, became: &[Became], wanted: Became) -> Vec<Object> {
    let pairs = now.seen.iter().zip(became);
    pairs
        .filter(|(_, became)| **became == wanted)
        .map(|(seen, _)| seen.object.clone())
        .collect()
}

fn drop_statement(objects: &[Object]) -> Option<String> {
    let names: Vec<String> = objects.iter().map(Object::quoted).collect();
    let kind = objects.first()?.kind.word();
    Some(format!("DROP {kind} IF EXISTS {}", names.join(", ")))
}

fn created(others: Others, now: &Scene, became: &[Became]) -> Finding {
    let new = with(now, became, Became::New);
    let is = |what: Became| became.contains(&what);
    if is(Became::Changed) || is(Became::Gone) {
        return neither(now, became).alone();
    }
    let fails = others == Others::Refused && is(Became::Same);
    match (new.is_empty(), is(Became::Never) || fails) {
        (true, _) => Effect::Absent.alone(),
        (false, false) => Effect::Present.alone(),
        // Some of several users or roles.
        (false, true) => Finding {
            effect: Effect::Absent,
            clean_up: drop_statement(&new).into_iter().collect(),
        },
    }
}

/// What replaces is done again where that changes nothing.
fn replaced(before: &Before, now: &Scene, became: &[Became]) -> Effect {
    if let ([seen], [became]) = (&now.seen[..], became)
        && seen.object.kind.has_rows()
    {
        return match (became, moved(before, Some(seen), &[])) {
            // The old one was to go anyway.
            (Became::Never | Became::Gone, _) => Effect::Absent,
            (Became::New | Became::Changed, _) => Effect::Present,
            (Became::Same, Some(Moved::None)) => Effect::Absent,
            (Became::Same, Some(Moved::All)) => Effect::Present,
            (Became::Same, _) => {
                emptied(seen).unwrap_or_else(|| looks_the_same(now, std::slice::from_ref(became)))
            }
        };
    }
    let done = |became: &Became| matches!(became, Became::New | Became::Changed);
    if became.iter().all(done) {
        Effect::Present
    } else {
        Effect::Absent
    }
}

fn dropped(others: Others, now: &Scene, became: &[Became]) -> Finding {
    let left = with(now, became, Became::Same);
    let is = |what: Became| became.contains(&what);
    if is(Became::Changed) || is(Became::New) {
        return neither(now, became).alone();
    }
    match (is(Became::Gone), left.is_empty()) {
        (false, _) => Effect::Absent.alone(),
        // The server ends with an error, whatever it did before.
        _ if others == Others::Refused && is(Became::Never) => neither(now, became).alone(),
        (true, true) => Effect::Present.alone(),
        (true, false) => Finding {
            effect: Effect::Present,
            clean_up: drop_statement(&left).into_iter().collect(),
        },
    }
}

fn changed(parts: &Parts, before: &Before, now: &Scene, became: &[Became]) -> Effect {
    let is = |what: Became| became.contains(&what);
    if is(Became::Gone) || is(Became::New) {
        return neither(now, became);
    }
    if !is(Became::Changed) {
        return match moved(before, now.seen.first(), &[]) {
            _ if !parts.may_look_the_same() => Effect::Absent,
            Some(Moved::None) => Effect::Absent,
            Some(_) => Effect::Present,
            None => looks_the_same(now, became),
        };
    }
    if is(Became::Same) || is(Became::Never) {
        // Some of several users: what is set can be set again; what is taken away cannot.
        let sets = now.seen.iter().all(|seen| seen.object.kind == Kind::User);
        return if sets {
            Effect::Absent
        } else {
            neither(now, became)
        };
    }
    match now.seen.first().map(|seen| missing(parts, seen)) {
        Some(Some(why)) => Effect::Other(why),
        _ => Effect::Present,
    }
}

/// What the statement makes of a table and is not so.
fn missing(parts: &Parts, seen: &Seen) -> Option<String> {
    let definition = seen.definition.as_ref()?;
    let (columns, indexes) = (definition.columns(), definition.indexes());
    let has = |names: &[String], wanted: &String| names.iter().any(|name| same(name, wanted));
    let absent = |what: &str, wanted: &[String], names: &[String]| {
        let name = wanted.iter().find(|name| !has(names, name))?;
        Some(format!("it has no {what} `{name}`"))
    };
    let present = |what: &str, gone: &[String], kept: &[String], names: &[String]| {
        let name = gone
            .iter()
            .find(|name| has(names, name) && !has(kept, name))?;
        Some(format!("it still has the {what} `{name}`"))
    };
    let why = absent("column", &parts.columns, &columns)
        .or_else(|| absent("index", &parts.indexes, &indexes))
        .or_else(|| present("column", &parts.gone, &parts.columns, &columns))
        .or_else(|| present("index", &parts.indexes_gone, &parts.indexes, &indexes))?;
    Some(format!(
        "{} has another definition than before, but {why}",
        seen.object
    ))
}

fn renamed(pairs: &[(Object, Object)], before: &Before, now: &Scene) -> Effect {
    let became: Vec<Became> = now.seen.iter().map(|seen| became(before, seen)).collect();
    let then = |what: &dyn Fn(&Object) -> Option<String>| -> BTreeMap<String, Option<String>> {
        let objects = now.seen.iter().map(|seen| &seen.object);
        objects.map(|object| (key(object), what(object))).collect()
    };
    let after = |mut map: BTreeMap<String, Option<String>>| {
        for (from, to) in pairs {
            if let Some(Some(moved)) = map.insert(key(from), None) {
                map.insert(key(to), Some(moved));
            }
        }
        map
    };
    let seen_now = |object: &Object| now.seen.iter().find(|seen| seen.object == *object);
    let old = |object: &Object| {
        before
            .get(&key(object))
            .filter(|text| was_there(text))
            .cloned()
    };
    let new = |object: &Object| {
        let definition = seen_now(object)?.definition.as_ref()?;
        Some(definition.digest())
    };
    let there = |text: Option<String>| text.map(|_| String::new());
    let old_rows = |object: &Object| before.get(&rows_key(object)).cloned();
    let new_rows = |object: &Object| {
        let marks = &seen_now(object)?.rows.marks;
        (!marks.is_empty()).then(|| rows::written(marks))
    };
    // What says most is looked at last: which names there are, how they are defined, which rows they have.
    let views = [
        (
            then(&|object| there(old(object))),
            then(&|object| there(new(object))),
        ),
        (then(&old), then(&new)),
        (then(&old_rows), then(&new_rows)),
    ];
    for (before, now) in views {
        let after = after(before.clone());
        if after == before {
            continue;
        }
        if now == after {
            return Effect::Present;
        }
        if now == before {
            return Effect::Absent;
        }
    }
    if became
        .iter()
        .all(|became| matches!(became, Became::Same | Became::Never))
    {
        return looks_the_same(now, &became);
    }
    neither(now, &became)
}

fn truncated(partitions: &[String], before: &Before, now: &Scene, became: &[Became]) -> Effect {
    let seen = now.seen.first();
    match (became, moved(before, seen, partitions)) {
        ([Became::Never], _) | ([Became::Same], Some(Moved::None)) => Effect::Absent,
        ([Became::Same], Some(Moved::All)) => Effect::Present,
        ([Became::Same], Some(Moved::Some)) => {
            Effect::Other("some of the partitions are emptied, and some are not".to_owned())
        }
        ([Became::Same], None) => seen
            .and_then(emptied)
            .unwrap_or_else(|| looks_the_same(now, became)),
        _ => neither(now, became),
    }
}

/// An empty table has lost its rows, or had none; its counter tells whether it was made anew.
fn emptied(seen: &Seen) -> Option<Effect> {
    let has_counted = seen.definition.as_ref()?.has_counted;
    match (seen.rows.empty?, has_counted) {
        (true, false) => Some(Effect::Present),
        (true, true) => Some(Effect::Absent),
        (false, _) => None,
    }
}

fn file(does: &Does, before: &Before, now: &Scene, became: &[Became]) -> Effect {
    let seen = now.seen.first();
    let is = |state: &str| {
        seen.and_then(|seen| seen.rows.marks.get("file"))
            .is_some_and(|now| now == state)
    };
    let was_discarded = seen
        .and_then(|seen| before.get(&rows_key(&seen.object)))
        .is_some_and(|before| {
            rows::read(before)
                .values()
                .any(|state| state == "discarded")
        });
    match became {
        [Became::Same] if *does == Does::Discard && is("discarded") => Effect::Present,
        [Became::Same] if *does == Does::Import && is("there") && was_discarded => Effect::Present,
        [Became::Same | Became::Never] => Effect::Absent,
        _ => neither(now, became),
    }
}

/// How many of the marks of rows are other ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moved {
    None,
    Some,
    All,
}

/// `None` when they are not known.
fn moved(before: &Before, seen: Option<&Seen>, partitions: &[String]) -> Option<Moved> {
    let seen = seen?;
    let before = rows::read(before.get(&rows_key(&seen.object))?);
    let now = &seen.rows.marks;
    let counts = |mark: &String| {
        partitions.is_empty() || partitions.iter().any(|name| rows::is_of(mark, name))
    };
    let others: Vec<bool> = before
        .iter()
        .filter(|(name, _)| counts(name))
        .map(|(name, mark)| now.get(name).map(|now| now != mark))
        .collect::<Option<_>>()?;
    match (others.contains(&true), others.contains(&false)) {
        (true, false) => Some(Moved::All),
        (true, true) => Some(Moved::Some),
        (false, true) => Some(Moved::None),
        (false, false) => None,
    }
}
