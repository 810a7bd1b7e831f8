//! Options of every command, usable before or after its name.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use clap::{Args, ValueEnum};
use limosa_core::Layout;
use limosa_core::config::{HistoryKind, Limit};
use limosa_sql::Dialect;

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Which database and files")]
pub struct Global {
    /// The database [env: LIMOSA_URL=, DATABASE_URL=]
    ///
    /// postgres://user@host/database, mysql://user@host/database or sqlite:path/to/file.db.
    /// A password in an argument can be seen by other users of the machine: prefer a variable,
    /// PGPASSFILE, or limosa.toml with { file = "…" } or { command = ["…"] }. Where it leads to a
    /// pooler, LIMOSA_DIRECT_URL names the server itself for commands that write.
    #[arg(long, global = true, value_name = "URL", hide_env = true)]
    pub url: Option<String>,

    /// The folder with the migrations
    #[arg(
        long,
        global = true,
        value_name = "FOLDER",
        env = "LIMOSA_DIR",
        hide_env_values = true
    )]
    pub dir: Option<PathBuf>,

    /// An environment of limosa.toml or of another tool's configuration
    #[arg(
        short,
        long,
        global = true,
        value_name = "NAME",
        env = "LIMOSA_ENVIRONMENT",
        hide_env_values = true
    )]
    pub environment: Option<String>,

    /// One of several databases of limosa.toml (can be repeated)
    #[arg(
        short,
        long,
        global = true,
        value_name = "NAME",
        value_delimiter = ',',
        env = "LIMOSA_DATABASE",
        hide_env_values = true
    )]
    pub database: Vec<String>,

    /// How the folder is read; detected otherwise
    #[arg(long, global = true, value_parser = layouts(), env = "LIMOSA_LAYOUT", hide_env_values = true)]
    pub layout: Option<Layout>,

    /// Which history table is kept
    #[arg(long, global = true, value_parser = histories(), env = "LIMOSA_HISTORY", hide_env_values = true)]
    pub history: Option<HistoryKind>,

    /// Whose history table is beside ours; otherwise that of the layout's own tool
    #[arg(long, global = true, value_parser = tools(), env = "LIMOSA_TOOL", hide_env_values = true)]
    pub tool: Option<Layout>,

    /// The name of that table, `table` or `schema.table`; otherwise the tool's default
    #[arg(
        long,
        global = true,
        value_name = "TABLE",
        env = "LIMOSA_TOOL_TABLE",
        hide_env_values = true
    )]
    pub tool_table: Option<String>,

    /// The name of the set of migrations in the history
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        env = "LIMOSA_SET",
        hide_env_values = true
    )]
    pub set: Option<String>,

    /// The dialect of the files, for commands that do not connect
    #[arg(long, global = true, value_parser = dialects(), env = "LIMOSA_DIALECT", hide_env_values = true)]
    pub dialect: Option<Dialect>,

    /// The configuration; otherwise limosa.toml is searched upwards
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "LIMOSA_CONFIG",
        hide_env_values = true
    )]
    pub config: Option<PathBuf>,

    /// Do not read the .env file of the project
    #[arg(long, global = true, env = "LIMOSA_NO_ENV_FILE", hide_env_values = true,
          value_parser = clap::builder::FalseyValueParser::new())]
    pub no_env_file: bool,

    /// Do not read the configurations of other tools
    #[arg(long, global = true, env = "LIMOSA_NO_TOOL_CONFIG", hide_env_values = true,
          value_parser = clap::builder::FalseyValueParser::new())]
    pub no_tool_config: bool,

    /// How long connecting may take [default: 10s]
    #[arg(
        long,
        global = true,
        value_name = "DURATION",
        env = "LIMOSA_CONNECT_TIMEOUT",
        hide_env_values = true
    )]
    pub connect_timeout: Option<Limit>,

    /// Run as if started in that folder
    #[arg(
        short = 'C',
        global = true,
        value_name = "FOLDER",
        help_heading = "Everywhere"
    )]
    pub change_dir: Option<PathBuf>,

    /// When to use colours
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value_t,
        help_heading = "Everywhere",
        env = "LIMOSA_COLOR",
        hide_env_values = true
    )]
    pub color: ColorWhen,

    /// Only results and errors
    #[arg(short, long, global = true, help_heading = "Everywhere", conflicts_with = "verbose", env = "LIMOSA_QUIET", hide_env_values = true,
          value_parser = clap::builder::FalseyValueParser::new())]
    pub quiet: bool,

    /// More: the SQL of every statement, the state of every migration
    #[arg(short, long, global = true, help_heading = "Everywhere", env = "LIMOSA_VERBOSE", hide_env_values = true,
          value_parser = clap::builder::FalseyValueParser::new())]
    pub verbose: bool,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

fn layouts() -> impl TypedValueParser<Value = Layout> {
    PossibleValuesParser::new(Layout::ALL.map(Layout::name))
        .map(|name| Layout::from_name(&name).unwrap_or(Layout::Native))
}

/// The tools whose history can be kept.
pub(super) fn tools() -> impl TypedValueParser<Value = Layout> {
    PossibleValuesParser::new(Layout::of_tools().map(Layout::name))
        .try_map(|name| Layout::from_name(&name).ok_or("no tool has that name"))
}

fn dialects() -> impl TypedValueParser<Value = Dialect> {
    PossibleValuesParser::new(Dialect::ALL.map(Dialect::name))
        .map(|name| Dialect::from_name(&name).unwrap_or(Dialect::Postgres))
}

fn histories() -> impl TypedValueParser<Value = HistoryKind> {
    PossibleValuesParser::new(["native", "mirror", "foreign"]).map(|name| match name.as_str() {
        "mirror" => HistoryKind::Mirror,
        "foreign" => HistoryKind::Foreign,
        _ => HistoryKind::Native,
    })
}
