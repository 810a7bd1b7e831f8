//! `limosa init`

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use limosa_core::config::{FILE_NAME, ToolConfig};
use limosa_core::layout::{self, Place, readable_as};
use limosa_core::{DatabaseUrl, Layout};
use limosa_sql::Dialect;

use super::{Context, Outcome};
use crate::args::Init;
use crate::exit;
use crate::project::Sources;
use crate::stop::Stop;
use crate::terminal::{GOOD, count, paint};

/// Writes limosa.toml and the folder for migrations. What another tool's configuration says is left to it.
pub fn run(args: &Init, context: &Context) -> Outcome {
    let global = &context.global;
    let terminal = &context.terminal;
    let config = global.config.clone().unwrap_or_else(|| FILE_NAME.into());
    let given = given_url(global.url.as_deref())?;
    let root = config.parent().unwrap_or(Path::new(""));
    let tool = Sources::tool_in(root, global, &context.around)?;
    let tool = tool.as_ref();
    let folder = match (&global.dir, tool.and_then(|tool| tool.migrations.as_ref())) {
        (Some(folder), _) => Folder::Given(folder.clone()),
        (None, Some((folder, from))) if from.is_of_project() => Folder::OfTool(root.join(folder)),
        (None, Some((folder, _))) => Folder::OfTool(folder.clone()),
        (None, None) => Folder::Given("migrations".into()),
    };
    let url = match given {
        Some(url) => Url::Given(url),
        None if tool.is_some_and(|tool| tool.url.is_some()) => Url::OfTool,
        None => Url::Variable,
    };
    let layout = tool.filter(|tool| tool.is_of_migrations);
    let files = found_in(folder.path(), layout.map(|tool| tool.tool));
    let made = match &folder {
        Folder::Given(path) => Some(make_folder(path)?),
        Folder::OfTool(_) => None,
    };
    let text = text(args, (&url, &folder, files.is_some()), tool);
    let written = write_new(&config, &text)?;
    if let Some(tool) = tool {
        terminal.story(&format!("Found {} of {}\n", tool.shown, tool.tool));
    }
    let line = |done: bool, what: &Path, more: &str| {
        if done {
            format!("{} {}\n", paint(GOOD, "Created"), what.display())
        } else {
            format!("{} is there already{more}\n", what.display())
        }
    };
    terminal.story(&line(written, &config, ""));
    let more = files.as_ref().map(|what| format!(": {what}"));
    let more = more.unwrap_or_default();
    match made {
        Some(made) => terminal.story(&line(made, folder.path(), &more)),
        None if files.is_some() => terminal.story(&line(false, folder.path(), &more)),
        None => {}
    }
    let command = match files {
        Some(_) => "limosa status",
        None => "limosa new NAME",
    };
    let next = match url {
        Url::Variable => format!("set DATABASE_URL, then: {command}"),
        Url::Given(_) | Url::OfTool => command.to_owned(),
    };
    terminal.story(&format!("\nnext: {next}\n"));
    Ok(exit::DONE)
}

/// Where the URL is.
enum Url {
    Given(String),
    /// In the other tool's configuration.
    OfTool,
    Variable,
}

/// The folder of the migrations.
enum Folder {
    Given(PathBuf),
    /// The other tool's configuration names it.
    OfTool(PathBuf),
}

impl Folder {
    fn path(&self) -> &Path {
        match self {
            Self::Given(path) | Self::OfTool(path) => path,
        }
    }
}

/// `--url`, where it may stand in a file.
fn given_url(text: Option<&str>) -> Result<Option<String>, Stop> {
    let Some(text) = text else {
        return Ok(None);
    };
    let url = DatabaseUrl::parse(text).map_err(|error| Stop::usage(error.to_string()))?;
    if url.to_string() != text {
        return Err(
            Stop::usage("a URL with a password or parameters is not written into a file")
                .help("keep it in the environment\nDATABASE_URL=…"),
        );
    }
    Ok(Some(text.to_owned()))
}

/// What a folder has already: `12 migrations of goose`. `None` when it is empty or not there.
fn found_in(folder: &Path, tool: Option<Layout>) -> Option<String> {
    std::fs::read_dir(folder).ok()?.next()?.ok()?;
    let shown = folder.to_string_lossy();
    let mut place = Place {
        directory: folder,
        shown: &shown,
        layout: None,
        // Names and sections mean the same in all of them.
        dialect: Dialect::Postgres,
    };
    let fits = |tool: &Layout| readable_as(&place).is_ok_and(|all| all.contains(tool));
    place.layout = tool.filter(fits);
    let Ok(reading) = layout::read(&place) else {
        return Some("limosa status tells more about its files".to_owned());
    };
    let number = count(reading.set.migrations.len(), "migration");
    Some(match reading.set.layout {
        Layout::Native => number,
        layout => format!("{number} of {layout}"),
    })
}

/// Whether the folder was made; false when it was there.
fn make_folder(folder: &Path) -> Result<bool, Stop> {
    if folder.is_dir() {
        return Ok(false);
    }
    std::fs::create_dir_all(folder)
        .map_err(|error| Stop::usage(format!("{} cannot be made: {error}", folder.display())))?;
    Ok(true)
}

/// Whether the file was written; false when it was there.
fn write_new(path: &Path, text: &str) -> Result<bool, Stop> {
    match std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
    {
        Ok(mut file) => {
            file.write_all(text.as_bytes()).map_err(|error| {
                Stop::failed(format!("{} cannot be written: {error}", path.display()))
            })?;
            Ok(true)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(Stop::usage(format!(
            "{} cannot be written: {error}",
            path.display()
        ))),
    }
}

/// The file. A key that another source has is left out: it would come before that source.
fn text(
    args: &Init,
    (url, folder, has_files): (&Url, &Folder, bool),
    tool: Option<&ToolConfig>,
) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut text = "# Configuration of limosa. Every key has a default.\n".to_owned();
    if let Some(tool) = tool {
        text.push_str(&format!(
            "# What is not said here comes from the configuration of {}: {}\n",
            tool.tool, tool.shown
        ));
    }
    if let Folder::Given(folder) = folder {
        let folder = quoted(&folder.to_string_lossy());
        text.push_str(&format!("migrations = {folder}\n"));
    }
    // New migrations are numbered as those that are there.
    if args.sequential {
        text.push_str("numbering  = \"sequential\"\n");
    } else if !has_files {
        text.push_str("numbering  = \"timestamp\"\n");
    }
    match url {
        Url::Given(url) => text.push_str(&format!("url        = {}\n", quoted(url))),
        Url::Variable => text.push_str("url        = { env = \"DATABASE_URL\" }\n"),
        Url::OfTool => {}
    }
    text
}
