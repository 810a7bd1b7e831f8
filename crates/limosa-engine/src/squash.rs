//! One baseline in place of many migrations, proved to make the same database.
//!
//! [`squash`] makes the files of a baseline in a shadow and changes nothing; [`write()`] puts them in the place of
//! those that they replace. What a baseline means for databases is decided elsewhere (`limosa_core::history`).

mod content;
mod counters;
mod make;
mod replace;
mod text;

use limosa_core::history::InEffect;
use limosa_core::layout::{NewFile, show_name};
use limosa_core::plan::is_below;
use limosa_core::script::Environment;
use limosa_core::{Class, Diagnostic, Layout, Migration, MigrationSet, Replaces, Version};
use limosa_schema::{Fingerprint, Key};

use crate::scaffold::{LONGEST, slug};
use crate::shadow::Shadow;
use crate::{Database, Problem};

pub use replace::{Archive, Replacement, replacement, write};

/// What to squash.
pub struct SquashRequest<'a> {
    /// The migrations here.
    pub set: &'a MigrationSet,
    /// The last migration that the baseline stands for.
    pub to: &'a Version,
    /// The name of the baseline without its version.
    pub name: &'a str,
    /// Variables, for layouts that expand them.
    pub environment: Environment<'a>,
    /// True once the person asked to stop.
    pub interrupted: &'a (dyn Fn() -> bool + Sync),
}

/// An existing database from which a baseline is made.
pub struct FromDatabase<'a> {
    /// The database, which is only read.
    pub database: &'a mut Database,
    /// The tables whose rows belong to the baseline, each as `name` or `schema.name`.
    pub with_rows: &'a [String],
}

/// A baseline, proved and not yet written.
#[derive(Debug, Clone)]
pub struct Squashed {
    /// Its files, with their places in the folder of the migrations.
    pub files: Vec<NewFile>,
    /// Its version.
    pub version: Version,
    /// Its name without the version.
    pub name: String,
    /// What it stands for.
    pub replaces: Replaces,
    /// How many migrations are replaced by files: those of an older baseline are one.
    pub migrations: usize,
    /// How many statements it has.
    pub statements: usize,
    /// The tables that it fills, with the number of their rows.
    pub rows: Vec<(Key, usize)>,
    /// The fingerprint of the schema, the same by the migrations and by the baseline.
    pub fingerprint: Fingerprint,
}

/// Makes the baseline of the migrations up to a version by replaying them in a shadow.
///
/// # Errors
/// When there are no such migrations, when one cannot be run or fails, or when the baseline does not make the same.
pub fn squash(shadow: &Shadow<'_>, request: &SquashRequest<'_>) -> Result<Squashed, Problem> {
    let chosen = chosen(request)?;
    let code = (chosen.migrations.iter()).find_map(|one| Some((one, one.opaque.as_deref()?)));
    if let Some((migration, why)) = code {
        return Err(is_code(migration, why, request.to));
    }
    let source = make::replayed(shadow, request)?;
    make::proved(shadow, request, &chosen, &source)
}

/// Makes the baseline of the migrations up to a version from a database that has exactly these.
///
/// # Errors
/// When the database has others, or not all of them, or when the baseline does not make the same.
pub fn squash_from(
    shadow: &Shadow<'_>,
    request: &SquashRequest<'_>,
    from: &mut FromDatabase<'_>,
) -> Result<Squashed, Problem> {
    let chosen = chosen(request)?;
    has_exactly(&chosen, request, &mut *from.database)?;
    let source = make::read(shadow, from)?;
    make::proved(shadow, request, &chosen, &source)
}

/// The migrations that are replaced.
struct Chosen<'a> {
    migrations: Vec<&'a Migration>,
    replaces: Replaces,
    /// The name of the baseline, as a part of a file name.
    name: String,
}

impl<'a> Chosen<'a> {
    fn last(&self) -> &'a Migration {
        self.migrations[self.migrations.len() - 1]
    }

    /// The lowest release that can work with the schema after all of them.
    fn min_release(&self) -> Option<&'a str> {
        let releases = self
            .migrations
            .iter()
            .filter_map(|one| one.min_release.as_deref());
        releases.reduce(|highest, one| if is_below(highest, one) { one } else { highest })
    }
}

fn chosen<'a>(request: &SquashRequest<'a>) -> Result<Chosen<'a>, Problem> {
    let refused = |name, message: String| Diagnostic::error(name, Class::Usage, message);
    let Some(last) = request.set.get(request.to) else {
        let problem = match request.set.baseline_of(request.to) {
            Some(by) => refused(
                "replaced",
                format!("{} is replaced by {} already", request.to, by.full_name()),
            ),
            None => refused(
                "unknown-version",
                format!("there is no migration {}", request.to),
            )
            .with_help("`limosa status -v` lists the versions"),
        };
        return Err(Problem::report(problem));
    };
    let migrations: Vec<&Migration> = (request.set.migrations.iter())
        .take_while(|one| one.version <= last.version)
        .collect();
    if let [only] = migrations.as_slice() {
        let problem = refused(
            "nothing-to-squash",
            format!(
                "{} is the first one: there is nothing to put together",
                only.full_name()
            ),
        );
        return Err(Problem::report(
            problem.with_help("name a later version with `--to`"),
        ));
    }
    let mut replaces = Replaces::default();
    for one in &migrations {
        replaces.extend(one.replaces().iter().cloned());
        replaces.extend([one.version.clone()]);
    }
    if request.set.layout == Layout::DbMigrate && last.opaque.is_some() {
        return Err(Problem::report(
            refused(
                "code-migration",
                format!(
                    "{} is code, and db-migrate knows a baseline by the name of its last migration",
                    last.full_name()
                ),
            )
            .with_help("name a version with `--to` whose migration is SQL"),
        ));
    }
    let name = slug(request.name, request.set.layout.separator());
    let Some(name) = name.filter(|name| name.len() <= LONGEST) else {
        return Err(Problem::report(refused(
            "usage",
            format!(
                "`{}` cannot be part of a file name",
                show_name(request.name)
            ),
        )));
    };
    Ok(Chosen {
        migrations,
        replaces,
        name,
    })
}

fn is_code(migration: &Migration, why: &str, to: &Version) -> Problem {
    let message = format!("{} cannot be run here: {why}", migration.full_name());
    let problem = Diagnostic::error("code-migration", Class::Usage, message);
    let problem = match migration.files.first() {
        Some(file) => problem.in_file(file.clone()),
        None => problem,
    };
    Problem::report(
        problem
            .with_note("nothing was written")
            .with_help(format!(
                "make the baseline from a database that has the migrations up to {to} and no later one:\nlimosa squash --to {to} --from-database URL"
            )),
    )
}

/// Refuses a database that is not what the migrations up to the version make.
fn has_exactly(
    chosen: &Chosen<'_>,
    request: &SquashRequest<'_>,
    database: &mut Database,
) -> Result<(), Problem> {
    let history = database
        .current(request.set, crate::Texts::Without)?
        .history;
    let in_effect = InEffect::new(&history.applied);
    let mut wrong: Vec<String> = Vec::new();
    let lacks = |version: &&Version| in_effect.row(version).is_none();
    let missing: Vec<&Version> = chosen.replaces.iter().filter(lacks).collect();
    wrong.extend(listed("not applied there", &missing));
    let known = |version: &Version| chosen.replaces.contains(version);
    let more: Vec<&Version> = (history.applied.iter().map(|row| &row.version))
        .filter(|version| !known(version))
        .collect();
    wrong.extend(listed("applied there, and not to be replaced", &more));
    let begun: Vec<&Version> = history.attempts.iter().map(|one| &one.version).collect();
    wrong.extend(listed("begun there and not finished", &begun));
    if wrong.is_empty() {
        return Ok(());
    }
    let server = database.server();
    let message = format!(
        "{} on {} is not at version {}: the baseline would be of something else",
        server.database, server.place, request.to
    );
    let problem = Diagnostic::error("not-at-version", Class::Usage, message);
    let problem = wrong.into_iter().fold(problem, Diagnostic::with_note);
    Err(Problem::report(
        problem.with_note("nothing was written").with_help(format!(
            "name a database that has the migrations up to {} and no others",
            request.to
        )),
    ))
}

/// The most versions that are listed.
const LISTED: usize = 10;

fn listed(what: &str, versions: &[&Version]) -> Option<String> {
    if versions.is_empty() {
        return None;
    }
    let mut texts: Vec<String> = (versions.iter().take(LISTED))
        .map(ToString::to_string)
        .collect();
    if versions.len() > LISTED {
        texts.push(format!("and {} more", versions.len() - LISTED));
    }
    Some(format!("{what}: {}", texts.join(", ")))
}
