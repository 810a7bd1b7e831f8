//! The objects of a statement as they are at one moment.

use std::collections::BTreeMap;

use limosa_sql::lexer::Modes;

use super::aim::{Aim, Does};
use super::definition::{Definition, Unseen, definition};
use super::object::{Kind, Object};
use super::rows::{self, Rows};
use crate::probe::Snapshot;
use crate::{DbError, Session};

/// The keys under which it is kept what the statement is after, and which server it was.
const AIM: &str = "aim";
const SERVER: &str = "server";
/// What is kept of an object that is not there.
const NOT_THERE: &str = "not there";

/// The modes that change how a statement is read.
const READING: &[&str] = &["ANSI_QUOTES", "NO_BACKSLASH_ESCAPES"];

/// What a statement means in its session.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) database: Option<String>,
    /// Those of [`READING`] that are set.
    modes: Vec<&'static str>,
    /// The marks of rows differ from server to server.
    pub(super) server: String,
}

impl Context {
    #[cfg(test)]
    pub(super) fn in_database(name: &str) -> Self {
        Self {
            database: Some(name.to_owned()),
            modes: vec![],
            server: String::new(),
        }
    }

    pub(super) fn of_session(session: &mut dyn Session) -> Result<Self, DbError> {
        let reading = session.reading()?;
        Ok(Self {
            modes: modes(&reading.modes),
            database: reading.database,
            server: reading.server,
        })
    }

    pub(super) fn modes(&self) -> Modes {
        Modes {
            ansi_quotes: self.modes.contains(&READING[0]),
            backslash_escapes: !self.modes.contains(&READING[1]),
            ..Modes::of(limosa_sql::Dialect::Mysql)
        }
    }
}

fn modes(modes: &str) -> Vec<&'static str> {
    let is_set = |mode: &&&str| modes.split(',').any(|set| set == **mode);
    READING.iter().filter(is_set).copied().collect()
}

/// What was seen of one object.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) object: Object,
    /// `None` when it is not there.
    pub(super) definition: Option<Definition>,
    pub(super) rows: Rows,
}

/// What was seen of all of them.
#[derive(Debug, Default)]
pub(super) struct Scene {
    pub(super) seen: Vec<Seen>,
}

impl Scene {
    pub(super) fn look(session: &mut dyn Session, aim: &Aim) -> Result<Self, Unseen> {
        let mut scene = Self::default();
        for object in &aim.objects {
            let mut definition = definition(session, object)?;
            if matches!(aim.does, Does::Drop(_)) && object.kind == Kind::Table {
                // `DROP TABLE` does not find a view.
                definition = definition.filter(Definition::is_of_table);
            }
            let rows = match (&definition, &aim.does) {
                (None, _) => Rows::default(),
                (_, Does::Discard | Does::Import) => rows::file(session, object)?,
                (_, Does::Change(parts)) if parts.may_look_the_same() => {
                    rows::made(session, object)?
                }
                (_, does) if does.is_about_rows() && object.kind.has_rows() => {
                    rows::of(session, object)?
                }
                _ => Rows::default(),
            };
            scene.seen.push(Seen {
                object: object.clone(),
                definition,
                rows,
            });
        }
        Ok(scene)
    }

    /// After a failover they are those of another server.
    pub(super) fn forget_marks(&mut self) {
        for seen in &mut self.seen {
            seen.rows.marks.clear();
        }
    }

    pub(super) fn snapshot(&self, aim: &Aim, server: &str) -> Snapshot {
        // What is plain data cannot fail to be written.
        let aim = serde_json::to_string(aim).unwrap_or_default();
        let mut objects = BTreeMap::from([(AIM.to_owned(), aim)]);
        for seen in &self.seen {
            objects.insert(key(&seen.object), written(seen.definition.as_ref()));
            if !seen.rows.marks.is_empty() {
                objects.insert(rows_key(&seen.object), rows::written(&seen.rows.marks));
                objects.insert(SERVER.to_owned(), server.to_owned());
            }
        }
        Snapshot { objects }
    }
}

/// What the statement is after that was looked at.
pub(super) fn aim(before: &Snapshot) -> Option<Aim> {
    serde_json::from_str(before.objects.get(AIM)?).ok()
}

/// Whether the marks of rows that were kept mean something on this server.
pub(super) fn is_same_server(before: &Snapshot, now: &Context) -> bool {
    before
        .objects
        .get(SERVER)
        .is_some_and(|server| *server == now.server)
}

/// What a snapshot keeps of a definition.
pub(super) fn written(definition: Option<&Definition>) -> String {
    definition.map_or_else(|| NOT_THERE.to_owned(), Definition::digest)
}

/// Whether what was written says that the object was there.
pub(super) fn was_there(written: &str) -> bool {
    written != NOT_THERE
}

pub(super) fn key(object: &Object) -> String {
    object.to_string()
}

pub(super) fn rows_key(object: &Object) -> String {
    format!("rows of {object}")
}
