//! What is tried: the sampled form unless the command line says otherwise.

use limosa_testkit::Kind;

use crate::position::Position;

pub const USAGE: &str = "\
usage: cargo xtask crash-matrix [options]

  --database NAME      only postgres, mariadb or sqlite
  --scenario NAME      only the scenarios with this in their name (postgres/copy)
  --position POSITION  only this position, as a failure names it
  --seconds NUMBER     second faults for each first one (1)
  --stride NUMBER      only one in so many positions, at random
  --seed NUMBER        for what is chosen
  --sampled            the form that belongs to the tests
";

/// How much is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Some positions of each scenario.
    Sampled,
    /// Every position.
    Full,
}

/// The command line.
#[derive(Debug, Clone)]
pub struct Options {
    pub extent: Extent,
    pub databases: Vec<Kind>,
    pub scenario: String,
    pub position: Option<Position>,
    pub seconds: usize,
    /// One in so many positions is tried.
    pub stride: usize,
    pub seed: u64,
    /// Where the page is written.
    pub page: Option<String>,
}

/// What the command line asks for.
#[derive(Debug)]
pub enum Asked {
    /// To try positions.
    Try(Options),
    /// The names of the tests, as test runners ask for them.
    List,
    /// Other tests than this one.
    Nothing,
}

impl Asked {
    /// Reads the arguments: our own, and those that `cargo test` hands to every test.
    pub fn read(arguments: &[String], seed: u64) -> Result<Self, String> {
        let mut options = Options {
            extent: Extent::Sampled,
            databases: Kind::ALL.to_vec(),
            scenario: String::new(),
            position: None,
            seconds: 1,
            stride: 1,
            seed,
            page: None,
        };
        let mut rest = arguments.iter();
        let mut filters = Vec::new();
        while let Some(argument) = rest.next() {
            let mut value = || {
                rest.next()
                    .ok_or_else(|| format!("{argument} needs a value"))
            };
            match argument.as_str() {
                "--list" => return Ok(Self::List),
                "--full" => options.extent = Extent::Full,
                "--sampled" => options.extent = Extent::Sampled,
                "--database" => {
                    let name = value()?;
                    options.databases.retain(|kind| kind.label() == name);
                    if options.databases.is_empty() {
                        return Err(format!("{name} is no database"));
                    }
                }
                "--scenario" => options.scenario.clone_from(value()?),
                "--position" => options.position = Some(value()?.parse()?),
                "--seconds" => options.seconds = number(value()?)?,
                "--stride" => options.stride = number::<usize>(value()?)?.max(1),
                "--seed" => options.seed = number(value()?)?,
                "--page" => options.page = Some(value()?.clone()),
                "--skip" | "--test-threads" | "--format" | "--color" | "-Z" => {
                    value()?;
                }
                "--help" => return Err(USAGE.to_owned()),
                flag if flag.starts_with('-') && options.extent == Extent::Full => {
                    return Err(format!("{flag} is no option of this\n\n{USAGE}"));
                }
                // What is for the usual harness of tests has no meaning here.
                flag if flag.starts_with('-') => {}
                filter => filters.push(filter),
            }
        }
        let ours = |filter: &&str| "crash_matrix".contains(*filter);
        if !filters.is_empty() && !filters.iter().any(ours) {
            return Ok(Self::Nothing);
        }
        if let Some(position) = &options.position {
            options.scenario.clone_from(&position.scenario);
        }
        Ok(Self::Try(options))
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text} is no number"))
}
