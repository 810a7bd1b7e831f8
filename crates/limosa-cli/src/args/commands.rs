//! The commands with their own options.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use limosa_core::Layout;

use super::global::tools;
use super::{
    DriftFormat, Global, Going, PlanFormat, Reaching, ShadowArgs, Timing, Transacting, TwoFormats,
};

/// Database migrations that engineers trust
///
/// Limosa changes the schema of PostgreSQL, MySQL, MariaDB and SQLite databases while the
/// application keeps running. It reads the migrations that you have, and keeps the history of the
/// tool that they were written for: golang-migrate, goose, db-migrate, sqlx, go-pg/migrations.
#[derive(Debug, Parser)]
#[command(
    name = "limosa",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    after_help = "Start:     limosa init, limosa new create users, limosa up\n\
                        Look:      limosa status, limosa plan\n\
                        Topics:    limosa help exit-codes"
)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write limosa.toml and the folder for migrations
    ///
    /// Writes limosa.toml and the folder for migrations. Never overwrites anything.
    Init(Init),
    /// Make a new migration
    ///
    /// Makes a new migration in the layout of the folder.
    New(New),
    /// Show what is applied, what is pending, and what is wrong
    ///
    /// Shows what is applied, what is pending, and what is wrong. Writes nothing.
    Status(Status),
    /// Show the journal: everything that ever happened
    ///
    /// Shows the journal, newest entry last. Writes nothing.
    History(History),
    /// Show exactly what `up` would do
    ///
    /// Shows exactly what `up` would do, statement by statement. Writes nothing.
    Plan(PlanArgs),
    /// Apply what is pending
    ///
    /// Applies what is pending, each migration recorded together with its work. What an earlier run
    /// left unfinished is continued. Asks nothing: the files were reviewed.
    Up(Up),
    /// Undo the last applied migration
    ///
    /// Undoes the last applied migration, by order of application. Asks when data is destroyed and
    /// the database has rows.
    Down(Down),
    /// Go up or down to a version
    ///
    /// Applies what is pending up to a version, or undoes everything above it.
    Goto(Goto),
    /// Undo the last applied migration and apply it again
    ///
    /// Undoes the last applied migration and applies it again: for work on its file.
    Redo(Redo),
    /// Record migrations as applied without running them
    ///
    /// Records everything up to and with a version as applied, without running it: for a database
    /// that has this schema already.
    Baseline(Baseline),
    /// Take over the history of another tool
    ///
    /// Takes over the history of another tool, without running anything and without a change to its
    /// table, or gives it back. `up` does the same before it applies anything.
    Adopt(Adopt),
    /// Check the migration files
    ///
    /// Checks the migration files. Needs no database. Exits with 3 when there are findings.
    Lint(Lint),
    /// Prove in a throw-away database that each down restores what its up changed, rows included
    ///
    /// Proves in a throw-away database that what goes up comes down again: the schema, and the rows in
    /// it. Needs no database of yours: it starts a private server, or uses the one of `--shadow`. Exits
    /// with 3 when there are findings.
    Verify(Verify),
    /// Find what was changed in the database outside of migrations, and how to repair it
    ///
    /// Plays what is applied in a throw-away database, holds the live one against it, and shows the
    /// statements that would repair it. Runs none of them, and only reads the database. Exits with 3 when
    /// something differs that counts.
    Drift(Drift),
    /// Show, write, compare and document the schema
    ///
    /// The schema as data, as SQL and as documentation, and the difference of two.
    Schema(super::Schema),
    /// Give a migration a new version, behind all others
    ///
    /// Gives a migration that is not applied yet a new version behind all others, after a collision.
    Renumber(Renumber),
    /// Put one baseline in the place of many migrations
    ///
    /// Puts one file in the place of all migrations up to a version, after proving in a throw-away
    /// database that it makes the same schema and the same rows. Databases that have the old ones
    /// take it as applied, new ones run it. Changes files only.
    Squash(Squash),
    /// Answer for a statement that was interrupted and cannot be judged
    ///
    /// Records what a person saw in the database about a statement of which nobody knows how it
    /// ended. `limosa up` then goes on. Only needed where a command said so (exit code 5).
    Resolve(Resolve),
    /// Explain a finding or an error by its name
    ///
    /// Explains a finding or an error by its name.
    Explain(Explain),
    /// Print completions for a shell
    ///
    /// Prints completions for a shell.
    Completions(Completions),
    /// Print the manual page
    ///
    /// Prints the manual page of limosa, or of one of its commands.
    Man(Man),
    #[command(name = "exit-codes", hide = true, about = crate::exit::TABLE, help_template = "{about}\n")]
    /// What the exit codes mean.
    ExitCodes,
}

/// Writes limosa.toml and the folder for migrations. Never overwrites anything.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  limosa init\n  limosa init --sequential --url sqlite:shop.db")]
pub struct Init {
    /// Number new migrations one after the other instead of by time
    #[arg(long)]
    pub sequential: bool,
}

/// Makes a new migration in the layout of the folder.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  limosa new lowercase email\n  limosa new --pair drop_legacy")]
pub struct New {
    /// What it does, in a few words
    #[arg(required = true, value_name = "NAME")]
    pub name: Vec<String>,
    /// Number it one after the other instead of by time
    #[arg(long, env = "LIMOSA_SEQUENTIAL", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub sequential: bool,
    /// Make two files, up and down, instead of one with sections; so it is without this option where the last
    /// migration is a pair
    #[arg(long, env = "LIMOSA_PAIR", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub pair: bool,
}

/// Shows what is applied, what is pending, and what is wrong. Writes nothing.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  limosa status\n  limosa status --check && echo up to date\n  limosa status --format json"
)]
pub struct Status {
    /// Exit with 3 when anything is pending, out of order, changed, missing or interrupted. What was changed outside
    /// of migrations does not count here: `limosa drift` exits with 3 then
    #[arg(long, env = "LIMOSA_CHECK", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub check: bool,
    /// The format.
    #[command(flatten)]
    pub report: TwoFormats,
    /// Wait for a database that is starting or not reachable yet
    #[arg(long, value_name = "DURATION", num_args = 0..=1, require_equals = true,
          default_missing_value = "60s", env = "LIMOSA_WAIT", hide_env_values = true)]
    pub wait: Option<limosa_core::config::Limit>,
}

/// Shows the journal run by run, the newest last: who, when, from where, what was done, what failed and what was
/// recovered. Writes nothing.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  limosa history\n  limosa history 20261120150210\n  limosa history -n 1000 --format json"
)]
pub struct History {
    /// Only runs that did something with this version
    pub version: Option<String>,
    /// Only the run of this name, or those whose names begin like this
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    /// How many of the newest runs
    #[arg(
        short = 'n',
        value_name = "COUNT",
        default_value_t = 10,
        env = "LIMOSA_COUNT",
        hide_env_values = true
    )]
    pub count: usize,
    /// The format.
    #[command(flatten)]
    pub report: TwoFormats,
}

/// Shows exactly what `up` would do, statement by statement. Writes nothing.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  limosa plan\n  limosa plan --to 20261120150210\n  limosa plan --format sql > change.sql"
)]
pub struct PlanArgs {
    /// How far.
    #[command(flatten)]
    pub reaching: Reaching,
    /// How migrations are put into transactions.
    #[command(flatten)]
    pub transacting: Transacting,
    /// How to show it
    #[arg(
        long,
        value_enum,
        default_value_t,
        env = "LIMOSA_FORMAT",
        hide_env_values = true
    )]
    pub format: PlanFormat,
}

/// Applies what is pending, each migration recorded together with its work. What an earlier run
/// left unfinished is continued. Asks nothing: the files were reviewed.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  limosa up\n  limosa up -n 1\n  limosa up --to 20261120150210 --wait=90s\n  limosa -e production up --allow-destructive 20261120150210"
)]
pub struct Up {
    /// How far.
    #[command(flatten)]
    pub reaching: Reaching,
    /// How it goes.
    #[command(flatten)]
    pub going: Going,
}

/// Undoes the last applied migration, by order of application. Asks when data is destroyed and
/// the database has rows.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  limosa down --dry-run\n  limosa down\n  limosa down -n 3\n  limosa down --to 20261120143112"
)]
pub struct Down {
    /// How many migrations to undo [default: 1]
    #[arg(short = 'n', value_name = "COUNT", conflicts_with_all = ["all", "to"])]
    pub count: Option<usize>,
    /// Undo all of them
    #[arg(long, conflicts_with = "to")]
    pub all: bool,
    /// Undo everything applied after this version, which stays
    #[arg(long, value_name = "VERSION")]
    pub to: Option<String>,
    /// How it goes.
    #[command(flatten)]
    pub going: Going,
}

/// Applies what is pending up to a version, or undoes everything above it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  limosa goto 20261120143112\n  limosa goto 0 --dry-run")]
pub struct Goto {
    /// The version that will be the highest; 0 is below every version
    pub version: String,
    /// How it goes.
    #[command(flatten)]
    pub going: Going,
}

/// Undoes the last applied migration and applies it again: for work on its file.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  limosa redo\n  limosa redo --dry-run")]
pub struct Redo {
    /// How it goes.
    #[command(flatten)]
    pub going: Going,
}

/// Records everything up to and with a version as applied, without running it: for a database
/// that has this schema already.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  limosa baseline 20261120143112\n  limosa baseline 42 --dry-run"
)]
pub struct Baseline {
    /// The last version that the database already has
    pub version: String,
    /// Show what would be recorded, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How to report on stdout
    #[arg(
        long,
        value_enum,
        default_value_t,
        env = "LIMOSA_FORMAT",
        hide_env_values = true
    )]
    pub format: super::RunFormat,
    /// Bounds on time.
    #[command(flatten)]
    pub timing: Timing,
}

/// Checks the migration files. Needs no database. Exits with 3 when there are findings.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  limosa lint\n  limosa lint --since origin/main\n  limosa lint --format json"
)]
pub struct Lint {
    /// A git revision: what changed after it must not touch what it has
    #[arg(
        long,
        value_name = "REVISION",
        env = "LIMOSA_SINCE",
        hide_env_values = true
    )]
    pub since: Option<String>,
    /// The format.
    #[command(flatten)]
    pub report: TwoFormats,
}

/// Proves in a throw-away database that what goes up comes down again: the schema, and the rows in it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  limosa verify\n  limosa verify --since origin/main\n  limosa verify --range 41..43\n  limosa verify --format json"
)]
pub struct Verify {
    /// Only this migration and those after it
    #[arg(long, value_name = "VERSION", conflicts_with_all = ["since", "range"])]
    pub from: Option<String>,
    /// Only what is new or changed since this git revision
    #[arg(
        long,
        value_name = "REVISION",
        env = "LIMOSA_SINCE",
        hide_env_values = true,
        conflicts_with = "range"
    )]
    pub since: Option<String>,
    /// These migrations as one change: up through all of them, then down
    #[arg(long, value_name = "FIRST..LAST")]
    pub range: Option<String>,
    /// Make an error of what is a note otherwise: another order of columns, what cannot be proved
    #[arg(long, env = "LIMOSA_STRICT", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub strict: bool,
    /// Where it is tried.
    #[command(flatten)]
    pub shadow: ShadowArgs,
    /// The format.
    #[command(flatten)]
    pub report: TwoFormats,
}

/// Plays what is applied in a throw-away database, holds the live one against it, and shows the statements that would
/// repair it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  limosa drift\n  limosa drift --format sql > repair.sql\n  limosa -e production drift --format json"
)]
pub struct Drift {
    /// Let owners and grants count, too: without it they are only mentioned, because administrators give them, and
    /// the roles need not be in the throw-away database
    #[arg(long, env = "LIMOSA_PRIVILEGES", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub privileges: bool,
    /// Let count what is only mentioned otherwise: partitions of one side, another order of columns, blanks and
    /// comments within texts
    #[arg(long, env = "LIMOSA_STRICT", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub strict: bool,
    /// Where the migrations are played.
    #[command(flatten)]
    pub shadow: ShadowArgs,
    /// How to report
    #[arg(
        long,
        value_enum,
        default_value_t,
        env = "LIMOSA_FORMAT",
        hide_env_values = true
    )]
    pub format: DriftFormat,
}

/// Takes over the history of another tool, without running anything.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  limosa adopt\n  limosa adopt --from golang-migrate --dry-run\n  limosa adopt --undo\n  limosa adopt --convert migrations-native"
)]
pub struct Adopt {
    /// The tool whose history is taken over; that of the files otherwise
    #[arg(long, value_name = "TOOL", value_parser = tools())]
    pub from: Option<Layout>,
    /// Which history is right where they differ: `theirs` makes that of Limosa follow, `ours` corrects the other
    /// tool's table
    #[arg(long, value_enum, value_name = "WHICH", conflicts_with = "undo")]
    pub keep: Option<Keeping>,
    /// Remove the history of Limosa again; the other tool's table stays as it is
    #[arg(long)]
    pub undo: bool,
    /// Write the files as native ones into a folder that does not exist or is empty, and do nothing else. No database
    /// is needed; what is applied stays applied
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["undo", "keep"])]
    pub convert: Option<PathBuf>,
    /// Show what would be taken over or converted, and do nothing
    #[arg(long, conflicts_with = "undo")]
    pub dry_run: bool,
    /// The format.
    #[command(flatten)]
    pub report: TwoFormats,
}

/// Which history is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Keeping {
    /// That of the other tool
    Theirs,
    /// That of Limosa
    Ours,
}

/// Gives a migration that is not applied yet a new version behind all others, after a collision.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  limosa renumber 42\n  limosa renumber 42_order_status --dry-run"
)]
pub struct Renumber {
    /// The version, or the whole name where two migrations share the version
    pub version: String,
    /// Show what would be renamed, and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Puts one file in the place of all migrations up to a version, and proves that it makes the same.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  limosa squash --to 20250101120000 --dry-run\n  limosa squash --to 42\n  limosa squash --to 42 --archive ../old-migrations\n  limosa squash --to 42 --from-database postgres://staging/app --with-rows countries"
)]
pub struct Squash {
    /// The last migration that is replaced; the baseline gets its version
    #[arg(long, value_name = "VERSION")]
    pub to: String,
    /// The name of the baseline, behind its version
    #[arg(long, value_name = "NAME", default_value = "baseline")]
    pub name: String,
    /// Move the replaced files into this folder, where git does not have them
    #[arg(long, value_name = "DIR")]
    pub archive: Option<PathBuf>,
    /// Make the baseline from this database instead of the files; it must have exactly the replaced migrations
    /// applied, and is only read
    #[arg(long, value_name = "URL")]
    pub from_database: Option<String>,
    /// A table of that database whose rows belong to the baseline; may be given more than once
    #[arg(long, value_name = "TABLE", requires = "from_database")]
    pub with_rows: Vec<String>,
    /// Prove it and show what would be written and removed, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Where it is tried.
    #[command(flatten)]
    pub shadow: ShadowArgs,
    /// The format.
    #[command(flatten)]
    pub report: TwoFormats,
}

/// Records a person's answer about an interrupted statement.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  limosa resolve 20261120150210 --statement 2 --as applied")]
pub struct Resolve {
    /// The version of the migration
    pub version: String,
    /// The number of the statement; another one than that in doubt is refused
    #[arg(long, value_name = "N")]
    pub statement: Option<u64>,
    /// What you saw: whether the statement took effect
    #[arg(long = "as", value_enum, value_name = "ANSWER")]
    pub answer: Effect,
}

/// Whether a statement took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Effect {
    /// It took effect
    Applied,
    /// It did not
    NotApplied,
}

/// Explains a finding or an error by its name.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  limosa explain out-of-order\n  limosa explain")]
pub struct Explain {
    /// The name, as it stands in brackets; all names when left out
    pub name: Option<String>,
}

/// Prints completions for a shell.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  limosa completions bash > /etc/bash_completion.d/limosa\n  limosa completions zsh > ~/.zfunc/_limosa"
)]
pub struct Completions {
    /// The shell
    pub shell: Shell,
}

/// Prints the manual page of limosa, or of one of its commands.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  limosa man > limosa.1\n  limosa man up | man -l -\n  limosa man schema diff > limosa-schema-diff.1"
)]
pub struct Man {
    /// A command
    pub command: Vec<String>,
}
