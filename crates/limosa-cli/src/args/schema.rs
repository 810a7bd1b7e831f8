//! The commands of `limosa schema`.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, Subcommand, ValueEnum};

use super::options::{ShadowArgs, TwoFormats};

/// The schema as data, as SQL and as documentation, and the difference of two.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  limosa schema show\n  limosa schema diff files database\n  limosa schema docs --check"
)]
pub struct Schema {
    /// What to do with it.
    #[command(subcommand)]
    pub command: SchemaCommand,
}

/// What can be done with a schema.
#[derive(Debug, Subcommand)]
pub enum SchemaCommand {
    /// Show tables, columns, constraints and everything else
    ///
    /// Shows the schema: tables with their columns, constraints and indexes, and everything else that is
    /// there. Writes nothing. With `--format json` it is a snapshot, which `schema diff` can compare later.
    Show(SchemaShow),
    /// Write the schema as SQL that makes it again
    ///
    /// Writes the schema as SQL. The same schema gives the same text, and loading it gives the same schema.
    Dump(SchemaDump),
    /// Compare two schemas
    ///
    /// Compares two schemas. Exits with 3 when there is a difference.
    Diff(SchemaDiff),
    /// Write a page of documentation with diagrams
    ///
    /// Writes a page in Markdown: a table of contents, diagrams of the relations, and a section for each table.
    /// It is made from the migration files, so no database is needed.
    Docs(SchemaDocs),
}

/// Examples, and behind them what a schema can be taken from.
macro_rules! examples {
    ($examples:literal) => {
        concat!(
            "Examples:\n",
            $examples,
            "\n\n",
            "\
SOURCE is one of:
  database             the configured database
  files                the configured migrations, applied to a shadow
  files@VERSION        the same, up to and with that version
  FOLDER[@VERSION]     the migrations in a folder
  postgres://…         a database, by its URL (mysql://, mariadb://, sqlite:)
  FILE.json            a snapshot that `limosa schema show --format json` has written
  FILE.sql             a dump, loaded into a shadow
  NAME                 a database of limosa.toml, by its name there"
        )
    };
}

/// Shows the schema.
#[derive(Debug, Args)]
#[command(
    after_help = examples!("  limosa schema show\n  limosa schema show --from files\n  limosa schema show --format json > before.json")
)]
pub struct SchemaShow {
    /// What it is taken from
    #[arg(long, value_name = "SOURCE", default_value = "database")]
    pub from: String,
    /// The format.
    #[command(flatten)]
    pub report: TwoFormats,
    /// The shadow.
    #[command(flatten)]
    pub shadow: ShadowArgs,
}

/// Writes the schema as SQL.
#[derive(Debug, Args)]
#[command(
    after_help = examples!("  limosa schema dump > schema.sql\n  limosa schema dump --output schema.sql\n  limosa schema dump --from files --output schema.sql --check")
)]
pub struct SchemaDump {
    /// What it is taken from
    #[arg(long, value_name = "SOURCE", default_value = "database")]
    pub from: String,
    /// The file to write; `-` is stdout
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub output: PathBuf,
    /// Write nothing, and exit with 3 when the file is not what would be written
    #[arg(long, env = "LIMOSA_CHECK", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub check: bool,
    /// The shadow.
    #[command(flatten)]
    pub shadow: ShadowArgs,
}

/// Compares two schemas. Exits with 3 when there is a difference.
#[derive(Debug, Args)]
#[command(
    after_help = examples!("  limosa schema diff files database\n  limosa schema diff files@20261120150210 files\n  limosa schema diff before.json database --format json")
)]
pub struct SchemaDiff {
    /// A source: what it is compared with
    #[arg(value_name = "FIRST")]
    pub first: String,
    /// A source: what is compared
    #[arg(value_name = "SECOND")]
    pub second: String,
    /// How to show it
    #[arg(
        long,
        value_enum,
        default_value_t,
        env = "LIMOSA_FORMAT",
        hide_env_values = true
    )]
    pub format: DiffFormat,
    /// The shadow.
    #[command(flatten)]
    pub shadow: ShadowArgs,
}

/// Formats of a difference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For people
    #[default]
    Text,
    /// A document (limosa.diff/1)
    Json,
    /// Statements that turn the first into the second, for review
    Sql,
}

/// Writes a page of documentation.
#[derive(Debug, Args)]
#[command(
    after_help = examples!("  limosa schema docs\n  limosa schema docs --check\n  limosa schema docs --from database --output -")
)]
pub struct SchemaDocs {
    /// What it is taken from
    #[arg(long, value_name = "SOURCE", default_value = "files")]
    pub from: String,
    /// The file to write; `-` is stdout [default: docs/schema.md in the project]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write nothing, and exit with 3 when the file is not what would be written
    #[arg(long, env = "LIMOSA_CHECK", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub check: bool,
    /// The shadow.
    #[command(flatten)]
    pub shadow: ShadowArgs,
}
