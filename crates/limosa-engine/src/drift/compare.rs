//! The database held against what its migrations make in a shadow.

use limosa_core::history::History;
use limosa_core::script::Environment;
use limosa_core::{Class, Diagnostic, MigrationSet};
use limosa_db::store::{Limosa, Texts, quote_identifier, tables_of_tools};
use limosa_schema::{Kind, Schema, write};
use limosa_sql::Dialect;

use super::found::{Counting, Found, found};
use super::replayed::{Plays, Replayed, merged, of_other_sets, of_set, trusted};
use crate::shadow::{Shadow, ShadowDatabase};
use crate::{Database, Problem, verify};

/// What is asked.
pub struct Asked<'a> {
    /// What counts.
    pub counting: Counting,
    /// Variables, for layouts that expand them.
    pub environment: Environment<'a>,
    /// True once the person asked to stop.
    pub interrupted: &'a (dyn Fn() -> bool + Sync),
    /// Told of each migration before it is played: its number from 1, of how many, and its name.
    pub playing: &'a mut dyn FnMut(usize, usize, &str),
}

/// What was found.
#[derive(Debug)]
pub struct Drift {
    /// What is different, in the order of the objects. *Before* is what the migrations make.
    pub found: Vec<Found>,
    /// Statements that would make the database what its migrations make, where something counts.
    pub repair: Vec<String>,
    /// How many migrations were played.
    pub replayed: usize,
    /// The dialect.
    pub dialect: Dialect,
}

/// What is applied, ready to be played.
pub struct Replay {
    all: Vec<Replayed>,
    newest: Option<i64>,
    /// What is to be said about it.
    pub remarks: Vec<Diagnostic>,
}

impl Replay {
    /// How many migrations there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether nothing is applied.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

impl Database {
    /// What the history says was applied, of this set and of others in the same database. Only reads.
    ///
    /// # Errors
    /// When the history cannot be read, or something of it cannot be played again.
    pub fn applied(&mut self, set: &MigrationSet) -> Result<Replay, Problem> {
        let newest = self.newest()?;
        let history: History = self.current(set, Texts::Ups)?.history;
        let Plays { all, mut remarks } = of_set(set, &history, self.server().target.dialect)?;
        let mut sets = vec![all];
        let own: Option<Limosa> = self.store().filter(|_| self.keeps_own());
        if let Some(own) = &own {
            let name = self.settings.set.clone();
            sets.extend(of_other_sets(&mut *self.session, own, &name)?);
        }
        let all = merged(sets);
        if let Some(own) = &own {
            remarks.extend(trusted(&mut *self.session, own, &all)?);
        }
        Ok(Replay {
            all,
            newest,
            remarks,
        })
    }

    /// The schema that goes with what is applied.
    fn schema_of(&mut self, replay: &Replay) -> Result<Schema, Problem> {
        let schema = self.schema()?;
        if self.newest()? == replay.newest {
            return Ok(schema);
        }
        let message = "a run was at work while the database was read";
        Err(Problem::report(
            Diagnostic::error("changed-meanwhile", Class::Blocked, message)
                .with_note("nothing was changed by this command")
                .with_help("run the command again when the other one is done"),
        ))
    }

    /// The newest entry of the journal, where there is one.
    fn newest(&mut self) -> Result<Option<i64>, Problem> {
        let Some(own) = self.store() else {
            return Ok(None);
        };
        let newest = own.newest(&mut *self.session, 1)?;
        Ok(newest.first().map(|entry| entry.id))
    }
}

/// Plays what is applied in a shadow, and holds the database against it. Only reads the database.
///
/// # Errors
/// When the database cannot be read, or a migration fails in the shadow.
pub fn drift(
    database: &mut Database,
    replay: &Replay,
    shadow: &Shadow<'_>,
    asked: &mut Asked<'_>,
) -> Result<Drift, Problem> {
    let schema = database.schema_of(replay)?;
    let left_out = database.left_out()?;
    let scripts = replay.all.iter().map(|one| &*one.script);
    shadow.admit_all(scripts, asked.environment)?;
    let mut played = shadow.database()?;
    begin_like(&mut played, &schema)?;
    let of = replay.all.len();
    for (number, one) in (1..).zip(&replay.all) {
        (asked.playing)(number, of, &one.name);
        verify::replay_script(
            &mut played,
            &one.name,
            &one.script,
            asked.environment,
            asked.interrupted,
        )
        .map_err(refused)?;
    }
    let session = played.session();
    let tools = tables_of_tools(&mut **session, None)?;
    let left_out: Vec<_> = left_out.into_iter().chain(tools).collect();
    let files = limosa_db::schema::read_with_texts(&mut **session, &left_out).map_err(|cause| {
        let doing = "reading the schema of the shadow";
        Problem::Db { doing, cause }
    })?;
    let user = &database.server().user;
    let (found, repair) = found(&files, &schema, user, asked.counting);
    Ok(Drift {
        found,
        repair,
        replayed: of,
        dialect: schema.dialect,
    })
}

impl Drift {
    /// Whether something is different that counts.
    pub fn is_there(&self) -> bool {
        self.found.iter().any(|one| one.counts)
    }

    /// The statements that would repair it, as a script; nothing where there is nothing to repair.
    pub fn script(&self) -> String {
        write::script(self.dialect, &self.repair)
    }
}

/// Gives the shadow what texts have by default in the database: no migration says it.
fn begin_like(shadow: &mut ShadowDatabase, schema: &Schema) -> Result<(), Problem> {
    if schema.dialect != Dialect::Mysql {
        return Ok(());
    }
    let mut settings = schema.of(Kind::Database);
    let Some(collation) = settings.find_map(|one| one.text_of("collation")) else {
        return Ok(());
    };
    let quoted = |name: &str| quote_identifier(Dialect::Mysql, name);
    let (name, collation) = (quoted(shadow.name()), quoted(collation));
    let sql = format!("ALTER DATABASE {name} COLLATE = {collation}");
    let done = shadow.session().run(&sql);
    done.map(drop).map_err(|cause| {
        let doing = "preparing the shadow";
        Problem::Db { doing, cause }
    })
}

/// A migration that fails in the shadow is no finding about the database.
fn refused(problem: Problem) -> Problem {
    match problem {
        Problem::Reported(diagnostic) if diagnostic.class == Class::Finding => {
            Problem::report(Diagnostic {
                class: Class::Usage,
                ..*diagnostic
            })
        }
        other => other,
    }
}
