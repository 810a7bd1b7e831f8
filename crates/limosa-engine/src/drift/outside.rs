//! Whether the schema is as the last run left it.

use limosa_core::foreign::Moved;
use limosa_core::journal::JournalEntry;
use limosa_db::schema::LeftOut;
use limosa_schema::{Kind, Object};
use serde_json::Value;

use super::counted::{within, without};
use super::kept::{Kept, Look, PART};
use crate::{Database, Problem};

/// The run that left the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// Its name in the journal.
    pub run: String,
    /// When it ended, RFC 3339 in UTC.
    pub at: String,
}

/// Whether the schema is as the last run left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outside {
    /// It is.
    Unchanged(Since),
    /// It was changed since, and not by a migration.
    Changed(Since),
    /// Nobody can say, and why.
    Unknown(String),
}

impl Database {
    /// Whether the schema is as the last run of any set left it: owners, grants and partitions do not count. Only
    /// reads. `moved` is what another tool did since the histories agreed.
    pub fn changed_outside(&mut self, moved: &Moved) -> Outside {
        self.held_against_the_last_run(moved)
            .unwrap_or_else(|problem| {
                Outside::Unknown(format!("the schema cannot be seen: {problem}"))
            })
    }

    fn held_against_the_last_run(&mut self, moved: &Moved) -> Result<Outside, Problem> {
        let unknown = |why: &str| Ok(Outside::Unknown(why.to_owned()));
        let (since, then) = match self.last_end()? {
            Ok(_) if !moved.is_nothing() => {
                return unknown("another tool was at work since the last run");
            }
            Ok(kept) => kept,
            Err(why) => return unknown(&why),
        };
        // With the eyes of then: another set may keep another table beside ours.
        let schema = self.schema_without(&then.left_out())?;
        let now = Look::of(&schema, &mut *self.session)?;
        if let Some(why) = now.why_not_like(&then.look) {
            return Ok(Outside::Unknown(why));
        }
        if now.fingerprint == then.look.fingerprint {
            return Ok(Outside::Unchanged(since));
        }
        // A tool may have made its table since.
        let tools = self.left_out()?;
        let tools = within(&schema, |object| is_one_of(&tools, object));
        if Look::of(&without(&schema, &tools), &mut *self.session)? == then.look {
            return Ok(Outside::Unchanged(since));
        }
        // A run that began meanwhile changes the schema, too.
        match self.last_end()? {
            Ok((still, _)) if still == since => Ok(Outside::Changed(since)),
            _ => unknown("a run began while the schema was read"),
        }
    }

    /// What the journal's end says about the schema, or why it says nothing.
    fn last_end(&mut self) -> Result<Result<(Since, Kept), String>, Problem> {
        if !self.keeps_own() {
            return Ok(Err(
                "there is no journal beside the table of another tool".to_owned()
            ));
        }
        let Some(store) = self.store() else {
            return Ok(Err("no run has changed anything yet".to_owned()));
        };
        let newest = match self.first.newest.take() {
            Some(newest) => newest,
            None => store.newest(&mut *self.session, 2)?,
        };
        Ok(end(&newest))
    }
}

fn is_one_of(tables: &[LeftOut], object: &Object) -> bool {
    let path: Vec<&str> = object.key.path.iter().map(String::as_str).collect();
    object.key.kind == Kind::Table
        && tables.iter().any(|one| {
            let schema = one.schema.as_deref();
            path == schema
                .into_iter()
                .chain([one.table.as_str()])
                .collect::<Vec<_>>()
        })
}

/// What the two newest entries say.
fn end(newest: &[JournalEntry]) -> Result<(Since, Kept), String> {
    let Some(last) = newest.first() else {
        return Err("no run has changed anything yet".to_owned());
    };
    if last.event != "run-finished" {
        return Err("the last run has not finished".to_owned());
    }
    let detail = last.detail.as_deref().unwrap_or_default();
    let mut detail = serde_json::from_str::<Value>(detail).unwrap_or_default();
    let schema = detail[PART].take();
    if let Some(why) = schema["not_read"].as_str() {
        return Err(format!("the last run could not read the schema: {why}"));
    }
    let kept: Kept = serde_json::from_value(schema)
        .map_err(|_| "the last run was one of a Limosa that kept no fingerprint".to_owned())?;
    if newest.get(1).map_or(0, |entry| entry.id) != kept.after {
        return Err("two runs were at work at the same time".to_owned());
    }
    let since = Since {
        run: last.run.clone(),
        at: last.at.clone(),
    };
    Ok((since, kept))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(id: i64, event: &str, detail: &Value) -> JournalEntry {
        JournalEntry {
            id,
            run: "r1".to_owned(),
            at: "2026-11-20T15:02:10.123Z".to_owned(),
            event: event.to_owned(),
            detail: Some(detail.to_string()),
            ..JournalEntry::default()
        }
    }

    fn kept(after: i64) -> Value {
        json!({ "count": 1, "schema": {
            "fingerprint": "limosa1:00", "server": "PostgreSQL 15", "without": [], "after": after,
        }})
    }

    #[test]
    fn only_a_finished_run_at_the_very_end_says_how_the_schema_was() {
        let before = entry(7, "applied", &json!({}));
        let said = |last: JournalEntry| end(&[last, before.clone()]).map(|(since, _)| since.run);
        assert_eq!(
            said(entry(8, "run-finished", &kept(7))),
            Ok("r1".to_owned())
        );
        for (last, why) in [
            (entry(8, "run-failed", &kept(7)), "not finished"),
            (entry(8, "unit-started", &kept(7)), "not finished"),
            (entry(8, "run-finished", &kept(6)), "at the same time"),
            (
                entry(8, "run-finished", &json!({ "count": 1 })),
                "no fingerprint",
            ),
            (
                entry(8, "run-finished", &json!({ "schema": 3 })),
                "no fingerprint",
            ),
            (
                entry(
                    8,
                    "run-finished",
                    &json!({ "schema": { "not_read": "denied" } }),
                ),
                "denied",
            ),
        ] {
            let said = said(last).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
        assert!(end(&[]).unwrap_err().contains("no run"));
    }

    #[test]
    fn looks_of_two_servers_versions_or_readers_are_not_compared() {
        let look = Look {
            fingerprint: "limosa1:00".to_owned(),
            server: "MariaDB 10.11".to_owned(),
            reader: Some("app 01".to_owned()),
        };
        let changed = Look {
            fingerprint: "limosa1:01".to_owned(),
            ..look.clone()
        };
        assert_eq!(look.why_not_like(&changed), None);
        for other in [
            Look {
                fingerprint: "limosa2:00".to_owned(),
                ..look.clone()
            },
            Look {
                server: "MariaDB 11.4".to_owned(),
                ..look.clone()
            },
            Look {
                reader: Some("app 02".to_owned()),
                ..look.clone()
            },
        ] {
            assert!(look.why_not_like(&other).is_some(), "{other:?}");
        }
    }
}
