//! What a project is configured by: `limosa.toml`, `.env`, and the configuration of another tool.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use limosa_core::config::{
    self, Asked, Config, ConfigFile, FILE_NAME, Files, Found, Settings, ToolConfig, ToolFile,
    Variables, What, find, may_be_set_by_env_file, meant_tool, parse_dotenv, read, read_tools,
    resolve,
};
use limosa_core::{Class, Diagnostic, Layout};

use super::{Extra, asked};
use crate::args::Global;
use crate::stop::Stop;
use crate::surroundings::{Surroundings, me};

/// Everything that was found.
pub struct Sources {
    config: Option<Config>,
    /// The variables of `.env` that may be used by us.
    env_file: BTreeMap<String, String>,
    /// What another tool's configuration says.
    tool: Option<ToolConfig>,
}

impl Sources {
    /// Looks for everything and reads it.
    pub fn read(global: &Global, asked: &Asked, around: &Surroundings) -> Result<Self, Stop> {
        let found = configuration(global, around)?;
        let (config, how) = match found {
            Some((config, how)) => (Some(config), how),
            None => (None, Found::BySearch),
        };
        let root = config
            .as_ref()
            .map_or_else(PathBuf::new, |config| config.root.clone());
        let mut env_file = if global.no_env_file {
            BTreeMap::new()
        } else {
            env_file(&root)?
        };
        let keys = config.as_ref().map(|config| &config.keys);
        let variables = Variables {
            process: &around.variables,
            env_file: &env_file,
        };
        let files = OnDisk {
            root: &root,
            found: how,
        };
        let tool = match meant_tool(keys, asked) {
            Some(meant) if !global.no_tool_config => files.tool(meant, asked, variables)?,
            _ => None,
        };
        env_file.retain(|name, _| may_be_set_by_env_file(keys, name));
        Ok(Self {
            config,
            env_file,
            tool,
        })
    }

    /// What another tool's configuration says in a folder that is going to be a project.
    pub fn tool_in(
        root: &Path,
        global: &Global,
        around: &Surroundings,
    ) -> Result<Option<ToolConfig>, Stop> {
        let asked = asked(global, &Extra::default());
        let env_file = if global.no_env_file {
            BTreeMap::new()
        } else {
            env_file(root)?
        };
        let variables = Variables {
            process: &around.variables,
            env_file: &env_file,
        };
        let files = OnDisk {
            root,
            found: Found::BySearch,
        };
        match meant_tool(None, &asked) {
            Some(meant) if !global.no_tool_config => files.tool(meant, &asked, variables),
            _ => Ok(None),
        }
    }

    /// The settings that they come to.
    pub fn resolve(&self, asked: &Asked, around: &Surroundings) -> Result<Settings, Stop> {
        let variables = Variables {
            process: &around.variables,
            env_file: &self.env_file,
        };
        let settings = resolve(self.config.as_ref(), self.tool.as_ref(), asked, variables)?;
        Ok(settings)
    }
}

fn configuration(global: &Global, around: &Surroundings) -> Result<Option<(Config, Found)>, Stop> {
    let (path, found) = match &global.config {
        Some(path) if !path.as_os_str().is_empty() => (path.clone(), Found::ByName),
        _ => match find(&around.folder, around.home().as_deref()) {
            Some(path) => (path, Found::BySearch),
            None => return Ok(None),
        },
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    let (root, shown) = match found {
        Found::ByName => (folder.to_owned(), path.display().to_string()),
        Found::BySearch => {
            // Found by going up: so many steps are between here and there.
            let steps = around
                .folder
                .strip_prefix(folder)
                .map_or(0, |below| below.components().count());
            let root: PathBuf = std::iter::repeat_n("..", steps).collect();
            let shown = root.join(FILE_NAME).display().to_string();
            (root, shown)
        }
    };
    let text = read(&path, &shown, me(), (found, What::Ours))?;
    let config = Config {
        keys: ConfigFile::parse(&text, &shown)?,
        shown,
        root,
    };
    Ok(Some((config, found)))
}

/// The files of a project.
struct OnDisk<'a> {
    root: &'a Path,
    found: Found,
}

impl OnDisk<'_> {
    fn tool(
        &self,
        meant: Option<Layout>,
        asked: &Asked,
        variables: Variables<'_>,
    ) -> Result<Option<ToolConfig>, Stop> {
        let sources = config::Sources {
            files: self,
            variables,
            environment: asked.environment.as_deref(),
        };
        Ok(read_tools(&sources, meant)?)
    }
}

impl Files for OnDisk<'_> {
    fn read(&self, name: &str) -> Result<Option<ToolFile>, Diagnostic> {
        let path = self.root.join(name);
        let shown = path.display().to_string();
        // What is not a file of that name is not meant for the tool.
        if !path.is_file() {
            return Ok(None);
        }
        let text = read(&path, &shown, me(), (self.found, What::OfTool))?;
        Ok(Some(ToolFile { shown, text }))
    }
}

/// The variables of `.env`.
fn env_file(root: &Path) -> Result<BTreeMap<String, String>, Stop> {
    let path = root.join(".env");
    let wrong = |why: String| {
        let shown = path.display();
        let problem = Diagnostic::error(
            "bad-env-file",
            Class::Usage,
            format!("{shown} cannot be used: {why}"),
        );
        Stop::from(problem.with_help("mend it, or leave it out\nlimosa --no-env-file …"))
    };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
        // A folder of that name (a Python environment) is not meant for us.
        Err(error) if error.kind() == ErrorKind::IsADirectory => return Ok(BTreeMap::new()),
        Err(error) => return Err(wrong(error.to_string())),
    };
    parse_dotenv(&text).map_err(|error| wrong(error.to_string()))
}
