//! From options to settings, migrations and databases.

mod address;
mod fetched;
mod folder;
mod neighbours;
mod shadow;
mod sources;
mod whose;

use std::path::PathBuf;
use std::time::Duration;

use limosa_core::config::{
    Asked, DEFAULT_SET, DatabaseSettings, HistoryKind, Limit, Settings, TimeoutKeys,
};
use limosa_core::layout::{self, Certainty, Place};
use limosa_core::{Class, Diagnostic, Layout, MigrationSet, Version};
use limosa_db::{Access, ConnectOptions, SessionSettings};
use limosa_engine::{Database, Look, OtherTool, Problem};
use limosa_sql::Dialect;

use crate::args::{Global, Reaching, Timing};
use crate::interrupt::{Interrupt, Working, before_anything};
use crate::report::render;
use crate::stop::Stop;
use crate::surroundings::Surroundings;
use crate::terminal::{DIM, NAME, Terminal, clean_line, paint};
use address::Address;
pub use address::Told;
use folder::said_by;
pub use folder::{known_dialect, layout_of, place};
pub use sources::Sources;
use whose::whose;

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
    /// Who said where it is.
    pub told: Told,
}

impl Project {
    /// Finds and reads the configuration, and resolves the settings.
    pub fn find(global: &Global, extra: &Extra<'_>, around: &Surroundings) -> Result<Self, Stop> {
        let asked = asked(global, extra);
        let sources = Sources::read(global, &asked, around)?;
        Ok(Self {
            settings: sources.resolve(&asked, around)?,
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
        self.open_for(Look::History, one, access, timing)
    }

    /// As [`Project::open`], and reads what else will be asked for.
    pub fn open_for<'p>(
        &'p self,
        look: Look,
        one: &'p DatabaseSettings,
        access: Access,
        timing: Option<&Timing>,
    ) -> Result<Opened<'p>, Stop> {
        let mut address = Address::of(one, access)?;
        let dialect = address.url.dialect();
        // A server is connected to while the files are read. An SQLite file would be made before they are known to be
        // good ones.
        let connect = || self.connecting(look, one, &address, access, timing);
        let early = (dialect != Dialect::Sqlite).then(connect);
        let mut set = load(one, one.layout, dialect)?;
        let mut database = self.connected(early.unwrap_or_else(connect))?;
        let reported = |problem: Problem| Stop::from(problem.diagnostic());
        let of_other_sets = self.tools_beside(one);
        if set.certainty >= Certainty::Beside
            && let Some(layout) = whose(one, &set, address.tool, &mut database, &of_other_sets)?
        {
            set = load(one, Some(layout), dialect)?;
        }
        let layout = Some(set.layout).filter(|layout| *layout != Layout::Native);
        let mut tool = address.tool.or(layout);
        if tool.is_none() && one.history.is_some_and(|kind| kind != HistoryKind::Native) {
            // Files that no other tool reads: the table tells whose history is meant.
            let tools = database.tools(&of_other_sets);
            tool = match tools.as_slice() {
                [(tool, _)] => Some(*tool),
                _ => None,
            };
        }
        if address.tool.is_none() {
            address.belongs_to(tool)?;
        }
        database
            .keep(OtherTool {
                history: one.history,
                tool,
                table: address.table,
                ignored_chars: one.ignored_chars.clone(),
                of_other_sets,
            })
            .map_err(reported)?;
        self.has_own_table(one, &database, address.told.table())?;
        Ok(Opened {
            settings: one,
            set,
            database,
            told: self.among_others(one, address.told),
        })
    }

    /// Connects to a database without reading its migrations.
    pub fn reach(&self, one: &DatabaseSettings, access: Access) -> Result<(Database, Told), Stop> {
        let address = Address::of(one, access)?;
        let database =
            self.connected(self.connecting(Look::History, one, &address, access, None))?;
        Ok((database, self.among_others(one, address.told)))
    }

    /// Connects to a database without reading its migrations, for a look at all of it: the table of the other tool is
    /// known as far as somebody named it.
    pub fn reach_kept(
        &self,
        one: &DatabaseSettings,
        access: Access,
    ) -> Result<(Database, Told), Stop> {
        let address = Address::of(one, access)?;
        let mut database =
            self.connected(self.connecting(Look::History, one, &address, access, None))?;
        let tool = address.tool.or_else(|| layout_of(one).ok());
        if let Some(table) = &address.table
            && let Some(tool) = tool.filter(|tool| *tool != Layout::Native)
        {
            let other = OtherTool {
                history: one.history,
                tool: Some(tool),
                table: Some(table.clone()),
                ..OtherTool::default()
            };
            let kept = database.keep(other);
            kept.map_err(|problem| Stop::from(problem.diagnostic()))?;
        }
        Ok((database, self.among_others(one, address.told)))
    }

    fn connecting(
        &self,
        look: Look,
        one: &DatabaseSettings,
        address: &Address,
        access: Access,
        timing: Option<&Timing>,
    ) -> Working<Result<Database, Problem>> {
        let timeouts = one.timeouts;
        let root = &self.settings.root;
        let directory = if address.told.url.is_of_project() {
            root.clone()
        } else {
            PathBuf::new()
        };
        // Who migrates an SQLite database may keep even readers out for a while.
        let dialect = address.url.dialect();
        let busy = match (dialect, access) {
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
                statement_timeout: address.statement_timeout,
                init: session_init(one, dialect),
            },
            access,
            is_direct: access == Access::Write && one.direct_url.is_some(),
            is_confined: false,
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
        let url = address.url.clone();
        Working::begin(move || Database::open_for(look, &url, &options, &settings))
    }

    fn connected(&self, working: Working<Result<Database, Problem>>) -> Result<Database, Stop> {
        let opened = working.end(self.interrupt.as_ref());
        let opened = opened.ok_or_else(before_anything)?;
        opened.map_err(|problem| problem.diagnostic().into())
    }

    /// The first line of a story: which database, which server, who said so. Then what is worth saying about that.
    pub fn introduction(&self, database: &Database, told: &Told, terminal: &Terminal) -> String {
        let server = database.server();
        let name = paint(NAME, clean_line(&server.database));
        let place = match server.target.dialect {
            Dialect::Sqlite => String::new(),
            _ => format!(" on {}", clean_line(&server.place)),
        };
        let environment = match &self.settings.environment {
            Some(_) if told.names_environment() && !self.is_protected() => String::new(),
            Some(one) if one.protected => format!(", environment {} (protected)", one.name),
            Some(one) => format!(", environment {}", one.name),
            None => String::new(),
        };
        let product = format!("({} {})", server.product, clean_line(&server.version));
        let set = match database.settings().set.as_str() {
            DEFAULT_SET => String::new(),
            set => format!(", set {}", clean_line(set)),
        };
        let configured = told.name().map(|name| format!("{}: ", clean_line(name)));
        let configured = configured.unwrap_or_default();
        let line = format!(
            "{configured}{name}{place} {product}{set}, {}",
            paint(DIM, format!("{}{environment}", told.line()))
        );
        match told.remark() {
            Some(remark) => format!("{line}\n{}", render(remark, terminal).trim_end()),
            None => line,
        }
    }
}

/// What the command line says.
fn asked(global: &Global, extra: &Extra<'_>) -> Asked {
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
    asked
}

/// SQL for every session: what is configured, and what the other tool does first.
fn session_init(one: &DatabaseSettings, dialect: Dialect) -> Vec<String> {
    let mut init = Vec::new();
    if let Some(schema) = one
        .first_schema
        .as_ref()
        .filter(|_| dialect == Dialect::Postgres)
    {
        let path = format!("\"{}\",", schema.replace('"', "\"\"")).replace('\'', "''");
        init.push(format!(
            "SELECT pg_catalog.set_config('search_path', '{path}' || pg_catalog.current_setting('search_path'), false)"
        ));
    }
    init.extend(one.session_init.iter().cloned());
    init
}

/// Reads the migrations of a database.
pub fn load(
    one: &DatabaseSettings,
    layout: Option<Layout>,
    dialect: Dialect,
) -> Result<MigrationSet, Stop> {
    let shown = one.migrations.to_string_lossy();
    let place = Place {
        dialect,
        layout,
        ..place(one, &shown)?
    };
    Ok(layout::load(&place).map_err(|problems| said_by(one, problems))?)
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
