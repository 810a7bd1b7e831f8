//! Makes the baseline from a schema and rows, and proves it in a shadow.

use std::collections::BTreeSet;
use std::fs;

use limosa_core::layout::{self, NewFile, Place};
use limosa_core::{Class, Diagnostic, MigrationSet};
use limosa_db::Session;
use limosa_db::schema::{self, LeftOut};
use limosa_schema::describe::{Sides, describe_as};
use limosa_schema::{Key, Kind, Object, Schema, diff, write};
use limosa_sql::Dialect;

use super::content::{self, Content};
use super::text::Baseline;
use super::{Chosen, FromDatabase, SquashRequest, Squashed};
use crate::Problem;
use crate::shadow::{Shadow, ShadowDatabase};
use crate::verify::replay;

/// What the baseline has to make.
pub(super) struct Source {
    /// What is there before any migration: the prelude.
    before: Snapshot,
    after: Snapshot,
    /// The tables whose rows count; all of them where none are named.
    rows_of: Option<BTreeSet<Key>>,
}

/// A database at a moment.
struct Snapshot {
    schema: Schema,
    content: Content,
}

/// What the migrations make in a shadow.
pub(super) fn replayed(
    shadow: &Shadow<'_>,
    request: &SquashRequest<'_>,
) -> Result<Source, Problem> {
    let mut database = shadow.database()?;
    let before = snapshot(&mut database, None)?;
    replay(
        &mut database,
        request.set,
        Some(request.to),
        request.environment,
        request.interrupted,
    )?;
    Ok(Source {
        before,
        after: snapshot(&mut database, None)?,
        rows_of: None,
    })
}

/// What a database is, without its owners, which are those of one installation.
pub(super) fn read(shadow: &Shadow<'_>, from: &mut FromDatabase<'_>) -> Result<Source, Problem> {
    let before = snapshot(&mut shadow.database()?, None)?;
    let left_out = from.database.left_out()?;
    let session = &mut *from.database.session;
    let schema = without_owners(&read_schema(session, &left_out)?);
    let wanted = named_tables(&schema, from.with_rows)?;
    let content = content::read(session, &schema, Some(&wanted))?;
    Ok(Source {
        before,
        after: Snapshot { schema, content },
        rows_of: Some(wanted),
    })
}

fn snapshot(
    database: &mut ShadowDatabase,
    rows_of: Option<&BTreeSet<Key>>,
) -> Result<Snapshot, Problem> {
    let schema = read_schema(&mut *database.session(), &[])?;
    let content = content::read(&mut *database.session(), &schema, rows_of)?;
    Ok(Snapshot { schema, content })
}

fn read_schema(session: &mut dyn Session, left_out: &[LeftOut]) -> Result<Schema, Problem> {
    schema::read_with_texts(session, left_out).map_err(|cause| Problem::Db {
        doing: "reading the schema",
        cause,
    })
}

fn without_owners(schema: &Schema) -> Schema {
    let objects = schema.objects().cloned().map(|mut object| {
        object.properties.remove("owner");
        object
    });
    Schema::new(schema.dialect, schema.server.clone(), objects)
}

/// The tables that somebody names.
fn named_tables(schema: &Schema, names: &[String]) -> Result<BTreeSet<Key>, Problem> {
    let mut found = BTreeSet::new();
    for name in names {
        let is_it = |key: &&Key| key.dotted() == *name || key.path.join(".") == *name;
        let mut keys = schema.of(Kind::Table).map(|one| &one.key);
        let Some(key) = keys.find(is_it) else {
            let message = format!("there is no table {name} in the database");
            return Err(Problem::report(
                Diagnostic::error("no-table", Class::Usage, message)
                    .with_note("nothing was written")
                    .with_help("name a table as `name`, or with its schema as `schema.name`"),
            ));
        };
        found.insert(key.clone());
    }
    Ok(found)
}

/// Writes the baseline and holds what it makes against what it has to make.
pub(super) fn proved(
    shadow: &Shadow<'_>,
    request: &SquashRequest<'_>,
    chosen: &Chosen<'_>,
    source: &Source,
) -> Result<Squashed, Problem> {
    let Source { before, after, .. } = source;
    let own = after.content.clone().without(&before.content);
    let statements = statements(&before.schema, &after.schema, &own);
    let by_hand = write::remarks(&statements);
    if !by_hand.is_empty() {
        return Err(not_written(by_hand));
    }
    let last = chosen.last();
    let baseline = Baseline {
        layout: request.set.layout,
        dialect: after.schema.dialect,
        last,
        name: &chosen.name,
        replaces: &chosen.replaces,
        min_release: chosen.min_release(),
        statements: &statements,
    };
    let files = baseline.files();
    let mut made = shadow.database()?;
    let (_folder, set) = as_read(request.set, &files, after.schema.dialect)?;
    replay(
        &mut made,
        &set,
        None,
        request.environment,
        request.interrupted,
    )
    .map_err(cannot_be_loaded)?;
    let made = snapshot(&mut made, source.rows_of.as_ref())?;
    same(source, &made)?;
    Ok(Squashed {
        version: last.version.clone(),
        name: baseline.name().to_owned(),
        replaces: chosen.replaces.clone(),
        migrations: chosen.migrations.len(),
        statements: statements.len(),
        rows: (own.counts())
            .map(|(key, rows)| (key.clone(), rows))
            .collect(),
        fingerprint: after.schema.fingerprint(),
        files,
    })
}

/// The statements of the baseline. Rows come before what would act on them.
fn statements(before: &Schema, after: &Schema, rows: &Content) -> Vec<String> {
    if rows.is_empty() {
        return undoing_settings(made(before, after));
    }
    let first = without_later(after);
    let mut statements = undoing_settings(made(before, &first));
    statements.extend(rows.statements(after));
    statements.extend(undoing_settings(write::repair(&first, after)));
    statements
}

/// What statements of PostgreSQL set for themselves holds for them alone: another tool goes on with the same session,
/// and expressions in the database may look for names as they do for the application.
fn undoing_settings(statements: Vec<String>) -> Vec<String> {
    const NEEDED: [(&str, &str); 2] = [
        ("SET check_function_bodies", "RESET check_function_bodies"),
        (
            "SELECT pg_catalog.set_config('search_path'",
            "RESET search_path",
        ),
    ];
    let is_head = |statement: &str| {
        ["SET client_encoding", "SET standard_conforming_strings"]
            .iter()
            .any(|one| statement.starts_with(one))
    };
    let mut kept: Vec<String> = (statements.into_iter())
        .filter(|one| !is_head(one))
        .collect();
    for (set, reset) in NEEDED {
        if kept.iter().any(|one| one.starts_with(set)) {
            kept.push(reset.to_owned());
        }
    }
    kept
}

fn made(before: &Schema, after: &Schema) -> Vec<String> {
    if before.is_empty() {
        write::create(after)
    } else {
        write::repair(before, after)
    }
}

/// Without triggers, rules, foreign keys and views that keep rows, and what needs them.
fn without_later(schema: &Schema) -> Schema {
    let mut later: BTreeSet<&Key> = (schema.objects())
        .filter(|one| acts_on_rows(schema.dialect, one))
        .map(|one| &one.key)
        .collect();
    loop {
        let more: Vec<&Key> = (schema.objects())
            .filter(|one| !later.contains(&one.key))
            .filter(|one| {
                one.parent
                    .iter()
                    .chain(&one.needs)
                    .any(|key| later.contains(key))
            })
            .map(|one| &one.key)
            .collect();
        if more.is_empty() {
            break;
        }
        later.extend(more);
    }
    let kept = schema.objects().filter(|one| !later.contains(&one.key));
    Schema::new(schema.dialect, schema.server.clone(), kept.cloned())
}

fn acts_on_rows(dialect: Dialect, object: &Object) -> bool {
    match object.key.kind {
        Kind::Trigger => true,
        Kind::Rule | Kind::EventTrigger | Kind::MaterializedView => dialect == Dialect::Postgres,
        // Elsewhere they are part of CREATE TABLE.
        Kind::Constraint => {
            dialect == Dialect::Postgres && object.text_of("form") == Some("foreign key")
        }
        _ => false,
    }
}

/// The baseline, read as it will be.
fn as_read(
    set: &MigrationSet,
    files: &[NewFile],
    dialect: Dialect,
) -> Result<(tempfile::TempDir, MigrationSet), Problem> {
    let folder = tempfile::tempdir().map_err(|cause| cannot_try(&cause))?;
    for file in files {
        let path = folder.path().join(&file.path);
        let parent = path.parent().map_or(Ok(()), fs::create_dir_all);
        parent
            .and_then(|()| fs::write(&path, &file.text))
            .map_err(|cause| cannot_try(&cause))?;
    }
    let place = Place {
        directory: folder.path(),
        shown: "the baseline",
        layout: Some(set.layout),
        dialect,
    };
    match layout::load(&place) {
        Ok(set) => Ok((folder, set)),
        Err(mut problems) => {
            let first = problems.remove(0).with_note("nothing was written");
            Err(Problem::report(first))
        }
    }
}

/// A statement of the baseline that fails is ours, and nothing that the user could have said differently.
fn cannot_be_loaded(problem: Problem) -> Problem {
    match problem {
        Problem::Reported(report) if report.class != Class::Interrupted => {
            let message = format!("the baseline cannot be loaded: {}", report.message);
            let report = Diagnostic {
                name: "squash-differs",
                message,
                class: Class::Finding,
                help: vec![],
                ..*report
            };
            Problem::report(report.with_note("nothing was written"))
        }
        other => other,
    }
}

fn cannot_try(cause: &std::io::Error) -> Problem {
    let message = format!("the baseline cannot be written to a temporary folder: {cause}");
    Problem::report(Diagnostic::error("cannot-write", Class::Failed, message))
}

fn not_written(by_hand: Vec<String>) -> Problem {
    let message = "the schema has something that cannot be written as SQL";
    let problem = Diagnostic::error("squash-differs", Class::Finding, message);
    let problem = by_hand.into_iter().fold(problem, Diagnostic::with_note);
    Problem::report(problem.with_note("nothing was written"))
}

/// The most lines of a difference that are shown.
const SHOWN: usize = 20;

/// Refuses a baseline that makes something else.
fn same(source: &Source, made: &Snapshot) -> Result<(), Problem> {
    let Snapshot { schema, content } = &source.after;
    let made_schema = match source.rows_of {
        None => made.schema.clone(),
        Some(_) => without_owners(&made.schema),
    };
    let sides = Sides::Beside {
        first: "what the migrations make",
        second: "what the baseline makes",
    };
    let mut lines: Vec<String> = diff(schema, &made_schema)
        .iter()
        .flat_map(|one| describe_as(one, sides))
        .collect();
    let schema_differs = !lines.is_empty() || schema.fingerprint() != made_schema.fingerprint();
    lines.extend(content.differences(&made.content));
    if lines.is_empty() && !schema_differs {
        return Ok(());
    }
    let message = "the baseline does not make what the migrations make";
    let mut problem = Diagnostic::error("squash-differs", Class::Finding, message);
    let more = lines.len().saturating_sub(SHOWN);
    for line in lines.into_iter().take(SHOWN) {
        problem = problem.with_note(line);
    }
    if more > 0 {
        problem = problem.with_note(format!("and {more} more"));
    }
    Err(Problem::report(problem.with_note("nothing was written")))
}
