//! Options that several commands share.

use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};
use limosa_core::config::{Limit, TimeoutKeys};

/// Bounds on time while statements run.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Bounds on time")]
pub struct Timing {
    /// How long one attempt of a statement waits for a lock on a table; 0 is without a limit [default: 2s]
    #[arg(
        long,
        value_name = "DURATION",
        env = "LIMOSA_LOCK_TIMEOUT",
        hide_env_values = true
    )]
    pub lock_timeout: Option<Limit>,

    /// How long a statement may run; 0 is without a limit [default: 0]
    #[arg(
        long,
        value_name = "DURATION",
        env = "LIMOSA_STATEMENT_TIMEOUT",
        hide_env_values = true
    )]
    pub statement_timeout: Option<Limit>,

    /// How long to wait for another migrator [default: 5min]
    #[arg(
        long,
        value_name = "DURATION",
        env = "LIMOSA_LOCK_WAIT",
        hide_env_values = true
    )]
    pub lock_wait: Option<Limit>,

    /// When the connection is lost, go on over another one that is there within this time; 0 is not to
    /// [default: 30s]
    #[arg(
        long,
        value_name = "DURATION",
        env = "LIMOSA_RETRY_FOR",
        hide_env_values = true
    )]
    pub retry_for: Option<Limit>,

    /// Wait for a database that is starting or not reachable yet
    #[arg(long, value_name = "DURATION", num_args = 0..=1, require_equals = true,
          default_missing_value = "60s", env = "LIMOSA_WAIT", hide_env_values = true)]
    pub wait: Option<Limit>,
}

impl Timing {
    /// As keys of the configuration.
    pub fn keys(&self) -> TimeoutKeys {
        TimeoutKeys {
            lock: self.lock_timeout,
            statement: self.statement_timeout,
            lock_wait: self.lock_wait,
            lock_budget: None,
            retry_for: self.retry_for,
            connect: None,
        }
    }
}

/// How far to go up.
#[derive(Debug, Clone, Default, Args)]
pub struct Reaching {
    /// The last version to apply
    #[arg(
        long,
        value_name = "VERSION",
        env = "LIMOSA_TO",
        hide_env_values = true
    )]
    pub to: Option<String>,

    /// How many migrations to apply at most
    #[arg(
        short = 'n',
        value_name = "COUNT",
        env = "LIMOSA_COUNT",
        hide_env_values = true
    )]
    pub count: Option<usize>,

    /// Also apply pending migrations below the highest applied one
    #[arg(long, env = "LIMOSA_OUT_OF_ORDER", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub out_of_order: bool,

    /// The release of the application, kept with what is applied
    #[arg(
        long,
        value_name = "RELEASE",
        env = "LIMOSA_RELEASE",
        hide_env_values = true
    )]
    pub release: Option<String>,
}

/// How a run goes, and how its prompts are answered beforehand. Answers have no variables: they
/// are given by somebody who knows this one run.
#[derive(Debug, Clone, Default, Args)]
pub struct Going {
    /// Show what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Answer the question about data that is destroyed with yes
    #[arg(short, long)]
    pub yes: bool,

    /// That migration may destroy data in a protected environment (can be repeated)
    #[arg(long, value_name = "VERSION")]
    pub allow_destructive: Vec<String>,

    /// How migrations are put into transactions.
    #[command(flatten)]
    pub transacting: Transacting,

    /// How to report on stdout
    #[arg(
        long,
        value_enum,
        default_value_t,
        env = "LIMOSA_FORMAT",
        hide_env_values = true
    )]
    pub format: RunFormat,

    /// Bounds on time.
    #[command(flatten)]
    pub timing: Timing,
}

/// How migrations are put into transactions.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct Transacting {
    /// How migrations are put into transactions
    #[arg(
        long,
        value_enum,
        value_name = "HOW",
        default_value_t,
        env = "LIMOSA_TRANSACTION",
        hide_env_values = true
    )]
    pub transaction: Transaction,
}

/// How migrations are put into transactions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Transaction {
    /// One each; on an empty database several in one, where the result is the same
    #[default]
    Auto,
    /// One each
    Each,
    /// All in one, or nothing is done
    All,
}

impl From<Transacting> for limosa_core::plan::Transactions {
    fn from(transacting: Transacting) -> Self {
        match transacting.transaction {
            Transaction::Auto => Self::Auto,
            Transaction::Each => Self::Each,
            Transaction::All => Self::All,
        }
    }
}

/// Formats of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum RunFormat {
    /// For people
    #[default]
    Text,
    /// One document at the end (limosa.run/1)
    Json,
    /// A line for each event (limosa.event/1), while it happens
    JsonLines,
}

/// Formats of a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For people
    #[default]
    Text,
    /// A document (limosa.plan/1)
    Json,
    /// A script that can be run by hand, history rows included
    Sql,
}

/// Formats of what differs from the migrations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum DriftFormat {
    /// For people
    #[default]
    Text,
    /// A document (limosa.drift/1)
    Json,
    /// Only the statements that would repair it
    Sql,
}

/// Formats of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people
    #[default]
    Text,
    /// A document
    Json,
}

/// The format option of a report.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct TwoFormats {
    /// How to report
    #[arg(
        long,
        value_enum,
        default_value_t,
        env = "LIMOSA_FORMAT",
        hide_env_values = true
    )]
    pub format: ReportFormat,
}

/// Where migrations are tried out.
#[derive(Debug, Clone, Default, Args)]
pub struct ShadowArgs {
    /// A server on which throw-away databases are made, instead of a private one that is started for it; its
    /// other databases are left alone
    #[arg(
        long,
        value_name = "URL",
        env = "LIMOSA_SHADOW",
        hide_env_values = true
    )]
    pub shadow: Option<String>,
}
