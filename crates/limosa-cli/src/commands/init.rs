//! `limosa init`

use std::io::{ErrorKind, Write};
use std::path::Path;

use limosa_core::DatabaseUrl;

use super::{Context, Outcome};
use crate::args::Init;
use crate::exit;
use crate::stop::Stop;
use crate::terminal::{GOOD, paint};

/// Writes limosa.toml and the folder for migrations.
pub fn run(args: &Init, context: &Context) -> Outcome {
    let global = &context.global;
    let config = global
        .config
        .clone()
        .unwrap_or_else(|| limosa_core::config::FILE_NAME.into());
    let folder = global.dir.clone().unwrap_or_else(|| "migrations".into());
    let url = match &global.url {
        None => None,
        Some(text) => {
            let url = DatabaseUrl::parse(text).map_err(|error| Stop::usage(error.to_string()))?;
            if url.to_string() != *text {
                return Err(Stop::usage(
                    "a URL with a password or parameters is not written into a file",
                )
                .help("keep it in the environment\nDATABASE_URL=…"));
            }
            Some(text.clone())
        }
    };
    let made = make_folder(&folder)?;
    let written = write_new(&config, &text(args, &folder, url.as_deref()))?;
    let terminal = &context.terminal;
    let line = |done: bool, what: &Path| {
        if done {
            format!("{} {}\n", paint(GOOD, "Created"), what.display())
        } else {
            format!("{} is there already\n", what.display())
        }
    };
    terminal.story(&line(written, &config));
    terminal.story(&line(made, &folder));
    let next = if url.is_some() {
        "limosa new NAME"
    } else {
        "set DATABASE_URL, then: limosa new NAME"
    };
    terminal.story(&format!("\nnext: {next}\n"));
    Ok(exit::DONE)
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

fn text(args: &Init, folder: &Path, url: Option<&str>) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let numbering = if args.sequential {
        "sequential"
    } else {
        "timestamp"
    };
    let url = match url {
        Some(url) => format!("url        = {}\n", quoted(url)),
        None => "url        = { env = \"DATABASE_URL\" }\n".to_owned(),
    };
    format!(
        "# Configuration of limosa. Every key has a default.\n\
         migrations = {}\n\
         numbering  = \"{numbering}\"\n\
         {url}",
        quoted(&folder.to_string_lossy())
    )
}
