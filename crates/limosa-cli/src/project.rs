//! From options to settings, migrations and databases.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use limosa_core::config::{
    Asked, Config, ConfigFile, DatabaseSettings, FILE_NAME, Found, Limit, Origin, Secrets,
    Settings, TimeoutKeys, Variables, find, may_be_set_by_env_file, parse_dotenv, read, resolve,
};
use limosa_core::layout::{self, Certainty, Place};
use limosa_core::{Class, DatabaseUrl, Diagnostic, Layout, MigrationSet, Version};
use limosa_db::{Access, ConnectOptions, SessionSettings};
use limosa_engine::{Database, OtherTool, Problem};
use limosa_sql::Dialect;

use crate::args::{Global, Reaching, Timing};
use crate::interrupt::{Interrupt, before_anything};
use crate::stop::Stop;
use crate::surroundings::{Surroundings, me};
use crate::terminal::{DIM, NAME, clean_line, paint};

/// A project: its settings and where it runs.
#[derive(Debug)]
pub struct Project {
    /// The settings.
    pub settings: Settings,
    surroundings: Surroundings,
    interrupt: Option<Interrupt>,
}

/// What a command adds to the options of every command.
#[derive(Debug, Default)]
pub struct Extra<'a> {
    /// Bounds on time.
    pub timing: Option<&'a Timing>,
    /// How far to go.
    pub reaching: Option<&'a Reaching>,
}

/// A database with its migrations.
pub struct Opened<'p> {
    /// Its settings.
    pub settings: &'p DatabaseSettings,
    /// Its migrations.
    pub set: MigrationSet,
    /// The connection.
    pub database: Database,
    /// Where the URL came from.
    pub url_from: Origin,
}

impl Project {
    /// Finds and reads the configuration, and resolves the settings.
    pub fn find(global: &Global, extra: &Extra<'_>, around: &Surroundings) -> Result<Self, Stop> {
        let config = configuration(global, around)?;
        let root = config
            .as_ref()
            .map_or_else(PathBuf::new, |config| config.root.clone());
        let env_file = if global.no_env_file {
            BTreeMap::new()
        } else {
            env_file(&root, config.as_ref().map(|config| &config.keys))?
        };
        let mut asked = Asked {
            url: global.url.clone().filter(|url| !url.is_empty()),
            dir: global.dir.clone().filter(|dir| !dir.as_os_str().is_empty()),
            environment: global.environment.clone().filter(|name| !name.is_empty()),
            databases: global
                .database
                .iter()
                .filter(|name| !name.is_empty())
                .cloned()
                .collect(),
            layout: global.layout,
            history: global.history,
            tool: global.tool,
            tool_table: global.tool_table.clone().filter(|name| !name.is_empty()),
            dialect: global.dialect,
            set: global.set.clone().filter(|name| !name.is_empty()),
            timeouts: TimeoutKeys {
                connect: global.connect_timeout,
                ..extra.timing.map_or_else(TimeoutKeys::default, Timing::keys)
            },
            ..Asked::default()
        };
        if let Some(reaching) = extra.reaching {
            asked.release.clone_from(&reaching.release);
            if reaching.out_of_order {
                asked.order = Some(limosa_core::plan::Order::OutOfOrder);
            }
        }
        let variables = Variables {
            process: &around.variables,
            env_file: &env_file,
        };
        Ok(Self {
            settings: resolve(config.as_ref(), &asked, variables)?,
            surroundings: around.clone(),
            interrupt: None,
        })
    }

    /// From now on connecting ends when a signal comes.
    #[must_use]
    pub fn until(self, interrupt: &Interrupt) -> Self {
        Self {
            interrupt: Some(interrupt.clone()),
            ..self
        }
    }

    /// Whether what destroys data must be named.
    pub fn is_protected(&self) -> bool {
        self.settings
            .environment
            .as_ref()
            .is_some_and(|one| one.protected)
    }

    /// Reads the migrations of a database, then connects to it.
    pub fn open<'p>(
        &'p self,
        one: &'p DatabaseSettings,
        access: Access,
        timing: Option<&Timing>,
    ) -> Result<Opened<'p>, Stop> {
        let (address, url_from) = url(one, access)?;
        let mut set = load(one, one.layout, address.dialect())?;
        let mut database = self.connect(one, (&address, &url_from), access, timing)?;
        let reported = |problem: Problem| Stop::from(problem.diagnostic());
        if set.certainty >= Certainty::Beside {
            // Where the files alone do not tell, the table of a tool does.
            let tools = database.tools().map_err(reported)?;
            if let Some(layout) = layout_by_table(one, &set, &tools)? {
                set = load(one, Some(layout), address.dialect())?;
            }
        }
        let layout = Some(set.layout).filter(|layout| *layout != Layout::Native);
        database
            .keep(OtherTool {
                history: one.history,
                tool: one.tool.or(layout),
                table: one.tool_table.clone(),
                ignored_chars: String::new(),
            })
            .map_err(reported)?;
        Ok(Opened {
            settings: one,
            set,
            database,
            url_from,
        })
    }

    /// Connects to a database without reading its migrations.
    pub fn reach(
        &self,
        one: &DatabaseSettings,
        access: Access,
    ) -> Result<(Database, Origin), Stop> {
        let (address, url_from) = url(one, access)?;
        let database = self.connect(one, (&address, &url_from), access, None)?;
        Ok((database, url_from))
    }

    fn connect(
        &self,
        one: &DatabaseSettings,
        (url, url_from): (&DatabaseUrl, &Origin),
        access: Access,
        timing: Option<&Timing>,
    ) -> Result<Database, Stop> {
        let timeouts = one.timeouts;
        let root = &self.settings.root;
        let directory = if url_from.is_of_project() {
            root.clone()
        } else {
            PathBuf::new()
        };
        // Who migrates an SQLite database may keep even readers out for a while.
        let busy = match (url.dialect(), access) {
            (Dialect::Sqlite, Access::Write) => timeouts.lock_wait,
            _ => Duration::ZERO,
        };
        let options = ConnectOptions {
            timeout: timeouts.connect,
            wait: timing
                .and_then(|timing| timing.wait)
                .map(Limit::bounded)
                .unwrap_or_default()
                .max(busy),
            settings: SessionSettings {
                lock_timeout: timeouts.lock,
                statement_timeout: timeouts.statement,
                init: one.session_init.clone(),
            },
            access,
            is_direct: access == Access::Write && one.direct_url.is_some(),
            directory,
            environment: self.surroundings.variables.clone(),
        };
        let settings = limosa_engine::Settings {
            set: one.set.clone(),
            schema: one.schema.clone(),
            lock_wait: timeouts.lock_wait,
            other_locks: vec![],
            other: None,
            lock_budget: timeouts.lock_budget,
            retry_for: timeouts.retry_for,
            release: one.release.clone(),
            actor: self.surroundings.actor(),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let url = url.clone();
        let open = move || Database::open(&url, &options, &settings);
        let opened = match &self.interrupt {
            Some(interrupt) => interrupt.unless(open).ok_or_else(before_anything)?,
            None => open(),
        };
        opened.map_err(|problem| problem.diagnostic().into())
    }

    /// The first line of a story: which database, which server, who said so.
    pub fn introduction(&self, database: &Database, url_from: &Origin) -> String {
        let server = database.server();
        let name = paint(NAME, clean_line(&server.database));
        let place = match server.target.dialect {
            Dialect::Sqlite => String::new(),
            _ => format!(" on {}", clean_line(&server.place)),
        };
        let environment = match &self.settings.environment {
            Some(one) if one.protected => format!(", environment {} (protected)", one.name),
            Some(one) => format!(", environment {}", one.name),
            None => String::new(),
        };
        let product = format!("({} {})", server.product, clean_line(&server.version));
        format!(
            "{name}{place} {product}, {}",
            paint(DIM, format!("url from {url_from}{environment}"))
        )
    }
}

/// Where the migrations of a database are, for reading names or files without a server. The
/// dialect is the configured one, else that of the URL; names mean the same in all of them.
pub fn place<'a>(one: &'a DatabaseSettings, shown: &'a str) -> Place<'a> {
    Place {
        directory: &one.migrations,
        shown,
        layout: one.layout,
        dialect: one.known_dialect().unwrap_or(Dialect::Postgres),
    }
}

/// The layout of a database's folder, also when something is wrong with its files.
pub fn layout_of(one: &DatabaseSettings) -> Result<Layout, Stop> {
    let shown = one.migrations.to_string_lossy();
    Ok(layout::read(&place(one, &shown))?.set.layout)
}

/// The layout of a folder whose files may be of several tools, by the table that the database has of one of them;
/// `None` when it stays as it is.
fn layout_by_table(
    one: &DatabaseSettings,
    set: &MigrationSet,
    tools: &[(Layout, String)],
) -> Result<Option<Layout>, Stop> {
    let shown = one.migrations.to_string_lossy();
    let readable = layout::readable_as(&place(one, &shown))?;
    let found: Vec<&(Layout, String)> = tools
        .iter()
        .filter(|(tool, _)| readable.contains(tool))
        .collect();
    let tables: BTreeSet<&str> = found.iter().map(|(_, table)| table.as_str()).collect();
    if tables.len() > 1 {
        let mut problem = Diagnostic::error(
            "two-histories",
            Class::Usage,
            format!("the files in {shown} and the database fit more than one tool"),
        );
        for (tool, table) in &found {
            problem = problem.with_note(format!("the database has {table}, a table of {tool}"));
        }
        problem =
            problem.with_help("say whose files they are, here or as `layout` in limosa.toml:");
        for (tool, _) in &found {
            problem = problem.with_help(format!("--layout {tool}"));
        }
        return Err(problem.into());
    }
    let stays = found.iter().any(|(tool, _)| *tool == set.layout);
    Ok(found.first().filter(|_| !stays).map(|(tool, _)| *tool))
}

/// Reads the migrations of a database.
fn load(
    one: &DatabaseSettings,
    layout: Option<Layout>,
    dialect: Dialect,
) -> Result<MigrationSet, Stop> {
    let shown = one.migrations.to_string_lossy();
    let place = Place {
        dialect,
        layout,
        ..place(one, &shown)
    };
    Ok(layout::load(&place)?)
}

/// Fetches the URL of a database.
fn url(one: &DatabaseSettings, access: Access) -> Result<(DatabaseUrl, Origin), Stop> {
    let direct = one.direct_url.as_ref().filter(|_| access == Access::Write);
    let (url, url_from) = direct.unwrap_or(&one.url).fetch(&Fetched)?;
    if let Some(dialect) = one.dialect.filter(|dialect| *dialect != url.dialect()) {
        return Err(Stop::usage(format!(
            "the dialect is set to `{dialect}`, and the URL from {url_from} is one of `{}`",
            url.dialect()
        )));
    }
    Ok((url, url_from))
}

fn configuration(global: &Global, around: &Surroundings) -> Result<Option<Config>, Stop> {
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
    let text = read(&path, &shown, me(), found)?;
    Ok(Some(Config {
        keys: ConfigFile::parse(&text, &shown)?,
        shown,
        root,
    }))
}

/// The variables of `.env` that may be used.
fn env_file(root: &Path, keys: Option<&ConfigFile>) -> Result<BTreeMap<String, String>, Stop> {
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
    let mut variables = parse_dotenv(&text).map_err(|error| wrong(error.to_string()))?;
    variables.retain(|name, _| may_be_set_by_env_file(keys, name));
    Ok(variables)
}

/// Reads secrets from files and commands.
struct Fetched;

impl Secrets for Fetched {
    fn file(&self, path: &Path) -> Result<String, String> {
        std::fs::read_to_string(path).map_err(|error| error.to_string())
    }

    fn command(&self, words: &[String]) -> Result<String, String> {
        let Some((program, arguments)) = words.split_first() else {
            return Err("is empty".into());
        };
        // What it says on stderr is for the person; what it prints is the secret.
        let output = Command::new(program)
            .args(arguments)
            .stdin(Stdio::inherit())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("cannot be started: {error}"))?;
        if !output.status.success() {
            return Err(match output.status.code() {
                Some(code) => format!("ended with exit code {code}"),
                None => "was ended by a signal".into(),
            });
        }
        let text =
            String::from_utf8(output.stdout).map_err(|_| "printed something that is not UTF-8")?;
        if text.trim().is_empty() {
            return Err("printed nothing".into());
        }
        Ok(text)
    }
}

/// A version as people give it: the number, or the whole name of the migration.
pub fn version(text: &str) -> Result<Version, Stop> {
    let digits = text.split('_').next().unwrap_or(text);
    let digits = if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        digits
    } else {
        text
    };
    Version::number(digits).map_err(|error| {
        let shown: String = error.to_string().chars().take(200).collect();
        Stop::from(Diagnostic::error("bad-version", Class::Usage, shown))
            .help("a version is a number, and all of them are listed by\nlimosa status -v")
    })
}
