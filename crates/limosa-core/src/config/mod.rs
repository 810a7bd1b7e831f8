//! Configuration: `limosa.toml`, `.env`, environment variables and options, resolved into
//! [`Settings`] for each database, with the origin of what matters.
//!
//! Below `limosa.toml` stands the configuration of the tool that the migrations were written for
//! ([`read_tools`]). [`resolve`] is a pure function on values. [`find`] looks for the file and refuses one that
//! somebody else controls. Secrets (a URL from a file or a command) are fetched through
//! [`Secrets`] and only when a connection is made.

mod dotenv;
mod duration;
mod file;
mod find;
mod neighbours;
mod problem;
mod resolve;
mod settings;
mod tools;
mod url_source;

pub use dotenv::{DotenvError, parse_dotenv};
pub use duration::{Limit, parse_duration};
pub use file::{
    ConfigFile, DatabaseKeys, EnvironmentKeys, HistoryKind, Numbering, SqlTexts, TimeoutKeys,
};
pub use find::{FILE_NAME, Found, Me, Unsafe, What, check_safe, find, read};
pub use resolve::{Asked, Config, Variables, may_be_set_by_env_file, resolve};
pub use settings::{ChosenEnvironment, DEFAULT_SET, DatabaseSettings, Settings, Timeouts};
pub use tools::{
    Files, Sources, ToolConfig, ToolFile, UrlParameters, meant as meant_tool, read as read_tools,
    tool_table,
};
pub use url_source::{Origin, Secrets, UrlChoice, UrlSource};
