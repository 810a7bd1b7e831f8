//! Takes schemas from their sources.

use std::path::Path;

use limosa_core::config::DatabaseSettings;
use limosa_core::layout::Certainty;
use limosa_core::{
    Class, Diagnostic, Layout, Migration, MigrationSet, Script, ScriptOptions, Version,
};
use limosa_db::store::tables_of_tools;
use limosa_db::{Access, Server};
use limosa_engine::{Problem, verify};
use limosa_schema::Schema;
use limosa_schema::schema::SnapshotError;
use limosa_sql::Dialect;
use limosa_sql::lexer::significant_tokens;

use super::source::{Source, SourceKind};
use crate::args::ShadowArgs;
use crate::commands::Context;
use crate::interrupt::Interrupt;
use crate::project::{Extra, Project, known_dialect, load};
use crate::report::render;
use crate::stop::{Stop, with_cause};
use crate::terminal::{NAME, clean_line, count, paint};

/// What schemas are taken with.
pub struct Taking<'a> {
    pub context: &'a Context,
    pub project: Project,
    shadow: &'a ShadowArgs,
    /// The command, up to where a source is named: for what is told to type next.
    from: &'static str,
    interrupt: Interrupt,
}

impl<'a> Taking<'a> {
    /// Finds the project.
    pub fn new(
        context: &'a Context,
        shadow: &'a ShadowArgs,
        from: &'static str,
    ) -> Result<Self, Stop> {
        let interrupt = Interrupt::catch();
        let project = Project::find(&context.global, &Extra::default(), &context.around)?;
        for remark in &project.settings.remarks {
            context.terminal.story(&render(remark, &context.terminal));
        }
        Ok(Self {
            context,
            project: project.until(&interrupt),
            shadow,
            from,
            interrupt,
        })
    }

    /// Takes one.
    pub fn one(&self, source: &Source) -> Result<Schema, Stop> {
        Ok(self.taken(source, None)?.0)
    }

    /// Takes two. What is a database is looked at first, so that a shadow for the other one can have its version.
    pub fn two(&self, first: &Source, second: &Source) -> Result<[Schema; 2], Stop> {
        if matches!(second.kind, SourceKind::Database(_)) {
            let (second, server) = self.taken(second, None)?;
            let (first, _) = self.taken(first, server.as_ref())?;
            return Ok([first, second]);
        }
        let (first, server) = self.taken(first, None)?;
        let (second, _) = self.taken(second, server.as_ref())?;
        Ok([first, second])
    }

    fn taken(
        &self,
        source: &Source,
        like: Option<&Server>,
    ) -> Result<(Schema, Option<Server>), Stop> {
        let schema = match &source.kind {
            SourceKind::Database(settings) => {
                let (schema, server) = self.of_database(settings)?;
                return Ok((schema, Some(server)));
            }
            SourceKind::Files { settings, up_to } => {
                self.of_files(&source.name, settings, up_to.as_ref(), like)?
            }
            SourceKind::Snapshot(file) => of_snapshot(file)?,
            SourceKind::Dump { file, settings } => self.of_dump(file, settings, like)?,
        };
        Ok((schema, None))
    }

    /// The dialect of files: the configured one, else that of the database that they are for.
    fn dialect(&self, settings: &DatabaseSettings) -> Result<Dialect, Stop> {
        let command = self.from.trim_end_matches(" --from");
        known_dialect(settings, command)
    }

    fn of_database(&self, settings: &DatabaseSettings) -> Result<(Schema, Server), Stop> {
        let terminal = &self.context.terminal;
        let (mut database, told) = self.project.reach_kept(settings, Access::Read)?;
        let introduction = self.project.introduction(&database, &told, terminal);
        terminal.story(&format!("{introduction}\n\n"));
        let schema = database.schema().map_err(reported)?;
        Ok((schema, database.server().clone()))
    }

    fn of_files(
        &self,
        name: &str,
        settings: &DatabaseSettings,
        up_to: Option<&Version>,
        like: Option<&Server>,
    ) -> Result<Schema, Stop> {
        let dialect = self.dialect(settings)?;
        let set = load(settings, settings.layout, dialect)?;
        for remark in &set.remarks {
            self.context
                .terminal
                .story(&render(remark, &self.context.terminal));
        }
        if let Some(version) = up_to
            && set.get(version).is_none()
        {
            let folder = clean_line(&settings.migrations.to_string_lossy());
            let version = clean_line(version.text());
            let message = format!("there is no migration {version} in {folder}");
            let problem = Diagnostic::error("unknown-version", Class::Usage, message);
            return Err(Stop::from(
                problem.with_help("all of them are listed by\nlimosa status -v"),
            ));
        }
        let applied = set.migrations.iter();
        let applied = applied.filter(|one| up_to.is_none_or(|last| one.version <= *last));
        let applied = count(applied.count(), "migration");
        let done = format!("{}: {applied}, applied in", paint(NAME, name));
        self.in_shadow(settings, dialect, &done, like, &set, up_to)
            .map_err(|Stop(mut problems)| {
                for problem in &mut problems {
                    if ["no-shadow", "shadow-failed"].contains(&problem.name) {
                        let other = format!("or look at a database\nlimosa {} database", self.from);
                        problem.help.push(other);
                    }
                }
                Stop(problems)
            })
    }

    /// Loads a file of SQL as if it were the only migration.
    fn of_dump(
        &self,
        file: &Path,
        settings: &DatabaseSettings,
        like: Option<&Server>,
    ) -> Result<Schema, Stop> {
        let dialect = self.dialect(settings)?;
        let text = read(file)?;
        let shown = shown(file);
        if significant_tokens(dialect, text.as_bytes())
            .next()
            .is_none()
        {
            // What is left when the program that should have written it failed is no empty schema.
            let message = format!("{shown} has no statement");
            return Err(Diagnostic::error("dump-not-loaded", Class::Usage, message).into());
        }
        let options = ScriptOptions::default();
        let script = Script::from_text(Layout::Native, shown.clone(), text, options);
        let version = Version::number("1").map_err(|error| Stop::failed(error.to_string()))?;
        let migration = Migration {
            version,
            name: String::new(),
            up: Some(script.into()),
            down: None,
            irreversible: None,
            min_release: None,
            allows: Vec::new(),
            accepted_losses: Vec::new(),
            opaque: None,
            files: vec![shown.clone()],
        };
        let set = MigrationSet {
            layout: Layout::Native,
            certainty: Certainty::Given,
            readable: Vec::new(),
            directory: file.parent().unwrap_or(Path::new("")).to_owned(),
            migrations: vec![migration],
            remarks: Vec::new(),
            cases: Vec::new(),
        };
        let done = format!("{}: loaded into", paint(NAME, &shown));
        let replayed = self.in_shadow(settings, dialect, &done, like, &set, None);
        replayed.map_err(|Stop(mut problems)| {
            for problem in problems.iter_mut().filter(|one| one.name == "up-fails") {
                problem.name = "dump-not-loaded";
                let why = problem
                    .message
                    .split_once(": ")
                    .map(|(_, why)| why.to_owned());
                problem.message = format!(
                    "{shown} cannot be loaded into a fresh database: {}",
                    why.unwrap_or_default()
                );
            }
            Stop(problems)
        })
    }

    fn in_shadow(
        &self,
        settings: &DatabaseSettings,
        dialect: Dialect,
        done: &str,
        like: Option<&Server>,
        set: &MigrationSet,
        up_to: Option<&Version>,
    ) -> Result<Schema, Stop> {
        let interrupted = || self.interrupt.came();
        let terminal = &self.context.terminal;
        let shadow = self
            .project
            .shadow(settings, dialect, self.shadow, like, &interrupted)?;
        terminal.story(&format!("{done} {}\n\n", shadow.described()));
        if let Some(remark) = shadow.remark() {
            let remark = Diagnostic::note("other-version", remark);
            terminal.story(&render(&remark, terminal));
        }
        let variables = &self.context.around.variables;
        let environment = |name: &str| variables.get(name).cloned();
        let mut database = shadow.database().map_err(reported)?;
        verify::replay(&mut database, set, up_to, &environment, &interrupted).map_err(reported)?;
        let doing = "reading the schema of the shadow";
        let session = database.session();
        // A migration may make the table of its own tool, which is no part of the schema of a database either.
        let left_out = tables_of_tools(session, None).map_err(|error| reported(error.into()))?;
        limosa_db::schema::read_with_texts(session, &left_out)
            .map_err(|cause| reported(Problem::Db { doing, cause }))
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "errors are given away where they are mapped"
)]
fn reported(problem: Problem) -> Stop {
    problem.diagnostic().into()
}

fn shown(file: &Path) -> String {
    clean_line(&file.to_string_lossy())
}

fn read(file: &Path) -> Result<String, Stop> {
    let unreadable = |why: String| {
        let message = format!("{} cannot be read: {why}", shown(file));
        Stop::from(Diagnostic::error("unreadable-file", Class::Usage, message))
    };
    let bytes = std::fs::read(file).map_err(|error| unreadable(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8".to_owned()))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}

fn of_snapshot(file: &Path) -> Result<Schema, Stop> {
    Schema::from_snapshot(&read(file)?).map_err(|error| {
        let message = format!("{} is no snapshot: {}", shown(file), with_cause(&error));
        let problem = Diagnostic::error("bad-snapshot", Class::Usage, message);
        let problem = match error {
            SnapshotError::Fingerprint => problem.with_note("a snapshot is not edited by hand"),
            _ => problem,
        };
        problem
            .with_help("make it again\nlimosa schema show --format json > FILE")
            .into()
    })
}
