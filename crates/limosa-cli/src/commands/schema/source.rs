//! What a schema is taken from, as people write it.

use std::path::{Path, PathBuf};

use limosa_core::config::{DatabaseSettings, Origin, UrlChoice};
use limosa_core::{DatabaseUrl, Version};

use crate::project::{Project, version};
use crate::stop::Stop;
use crate::terminal::clean_line;

/// The word for the configured database.
const DATABASE: &str = "database";
/// The word for the configured migrations.
const FILES: &str = "files";

/// A source, and how a sentence names it.
#[derive(Debug, Clone)]
pub struct Source {
    /// `the files`, `shop.json`. Without secrets.
    pub name: String,
    /// What it is.
    pub kind: SourceKind,
}

/// What a schema is taken from.
#[derive(Debug, Clone)]
pub enum SourceKind {
    /// A database, with the settings by which it is reached.
    Database(Box<DatabaseSettings>),
    /// Migrations, applied to a shadow.
    Files {
        /// The settings, with their folder.
        settings: Box<DatabaseSettings>,
        /// The last one that is applied; all of them where there is none.
        up_to: Option<Version>,
    },
    /// A snapshot.
    Snapshot(PathBuf),
    /// A file of SQL, loaded into a shadow.
    Dump {
        /// The file.
        file: PathBuf,
        /// The settings of the database that it is one of.
        settings: Box<DatabaseSettings>,
    },
}

impl Source {
    /// Reads what was written. Looks at files, and not into them.
    pub fn parse(text: &str, project: &Project) -> Result<Self, Stop> {
        let shown = clean_line(text);
        let is = |name: &str, kind| Self {
            name: name.to_owned(),
            kind,
        };
        if text == DATABASE {
            return Ok(is("the database", SourceKind::Database(the_one(project)?)));
        }
        let (before, after) = match text.rsplit_once('@') {
            Some((before, after)) => (before, Some(after)),
            None => (text, None),
        };
        if before == FILES {
            return of_files(the_one(project)?, "the files", after);
        }
        if text.contains("://") || text.starts_with("sqlite:") {
            return of_url(text, project);
        }
        if let Some(settings) = named(text, project) {
            return Ok(is(&shown, SourceKind::Database(Box::new(settings.clone()))));
        }
        let path = Path::new(text);
        let folder = match after {
            _ if path.is_dir() => Some((path, None)),
            Some(_) if Path::new(before).is_dir() => Some((Path::new(before), after)),
            _ => None,
        };
        if let Some((folder, up_to)) = folder {
            let mut settings = any(project)?;
            folder.clone_into(&mut settings.migrations);
            settings.migrations_from = Origin::Option("the command line");
            let name = clean_line(&folder.to_string_lossy());
            return of_files(settings, &name, up_to);
        }
        let ending = path.extension().and_then(std::ffi::OsStr::to_str);
        match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("json") => Ok(is(&shown, SourceKind::Snapshot(path.to_owned()))),
            Some("sql") => {
                let (file, settings) = (path.to_owned(), any(project)?);
                Ok(is(&shown, SourceKind::Dump { file, settings }))
            }
            _ => Err(unknown(text, before, project)),
        }
    }
}

/// The database that was chosen; a question where there are several.
fn the_one(project: &Project) -> Result<Box<DatabaseSettings>, Stop> {
    match project.settings.databases.as_slice() {
        [one] => Ok(Box::new(one.clone())),
        several => {
            let names: Vec<&str> = several.iter().map(|one| one.name.as_str()).collect();
            let mut stop = Stop::usage(format!(
                "there is more than one database: {}",
                clean_line(&names.join(", "))
            ))
            .help("say which one is meant:");
            for name in names {
                stop = stop.help(format!("-d {}", clean_line(name)));
            }
            Err(stop)
        }
    }
}

/// Settings for something that the configuration does not know: those of the chosen database, else of the first one.
fn any(project: &Project) -> Result<Box<DatabaseSettings>, Stop> {
    match project.settings.databases.first() {
        Some(one) => Ok(Box::new(one.clone())),
        None => the_one(project),
    }
}

fn named<'p>(text: &str, project: &'p Project) -> Option<&'p DatabaseSettings> {
    let settings = &project.settings;
    let mut all = settings.databases.iter().chain(&settings.neighbours);
    all.find(|one| one.name == text && project.has_several())
}

fn of_url(text: &str, project: &Project) -> Result<Source, Stop> {
    let mut settings = any(project)?;
    let url = DatabaseUrl::parse(text)
        .map_err(|error| Stop::usage(format!("the URL of a source is wrong: {error}")))?;
    if settings.known_dialect() != Some(url.dialect()) {
        settings.session_init.clear();
    }
    settings.url = UrlChoice::Text(text.to_owned(), Origin::Option("the command line"));
    settings.direct_url = None;
    settings.dialect = None;
    Ok(Source {
        name: clean_line(&url.to_string()),
        kind: SourceKind::Database(settings),
    })
}

fn of_files(
    settings: Box<DatabaseSettings>,
    name: &str,
    up_to: Option<&str>,
) -> Result<Source, Stop> {
    let up_to = up_to.map(version).transpose()?;
    let name = match &up_to {
        None => name.to_owned(),
        Some(version) => format!("{name} up to {}", clean_line(version.text())),
    };
    let kind = SourceKind::Files { settings, up_to };
    Ok(Source { name, kind })
}

/// Neither a word that is known nor a file: what was meant?
fn unknown(text: &str, before: &str, project: &Project) -> Stop {
    let shown = clean_line(text);
    let looks_like_a_path = text.contains(['/', '\\', '.']);
    let mut stop = if looks_like_a_path {
        Stop::usage(format!("there is no file and no folder {shown}"))
    } else {
        Stop::usage(format!(
            "`{shown}` is nothing that a schema can be taken from"
        ))
    };
    let settings = &project.settings;
    let names = settings.databases.iter().chain(&settings.neighbours);
    let known = [DATABASE, FILES, "db"];
    let known = known.into_iter().chain(names.map(|one| one.name.as_str()));
    let near = known
        .map(|one| {
            (
                strsim::damerau_levenshtein(&before.to_lowercase(), one),
                one,
            )
        })
        .filter(|(distance, one)| *distance <= 1 + one.len() / 4)
        .min_by_key(|(distance, _)| *distance);
    if let Some((_, near)) = near {
        let near = if near == "db" { DATABASE } else { near };
        stop = stop.help(format!("did you mean `{}`?", clean_line(near)));
    }
    stop.help(
        "a source is `database`, `files`, `files@VERSION`, a URL, a folder with migrations, a .json that `limosa schema show --format json` has written, or a .sql",
    )
}
