//! What is tried: the sampled form unless the command line says otherwise.

use limosa_testkit::Kind;

pub const USAGE: &str = "\
usage: cargo xtask interop [options]

  --all             everything; writes docs/reference/compatibility.md
  --case NAME       only the cases with this in their name (goose/postgres/half)
  --database NAME   only postgres, mariadb or sqlite
  --list-cases      the names of all cases
  --page FILE       where the page is written
  --install         only installs the tools
";

/// How much is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What belongs to all tests.
    Sampled,
    /// Everything.
    All,
}

impl Extent {
    /// How often two programs are started together.
    pub fn rounds(self) -> usize {
        match self {
            Self::Sampled => 6,
            Self::All => 40,
        }
    }
}

/// The command line.
#[derive(Debug, Clone)]
pub struct Options {
    pub extent: Extent,
    pub databases: Vec<Kind>,
    pub case: String,
    pub page: Option<String>,
}

/// What the command line asks for.
#[derive(Debug)]
pub enum Asked {
    /// To try cases.
    Try(Options),
    /// The names of the cases.
    Cases,
    /// The names of the tests, as test runners ask for them.
    List,
    /// Other tests than this one.
    Nothing,
}

impl Asked {
    /// Reads the arguments: our own, and those that `cargo test` hands to every test.
    pub fn read(arguments: &[String]) -> Result<Self, String> {
        let mut options = Options {
            extent: Extent::Sampled,
            databases: Kind::ALL.to_vec(),
            case: String::new(),
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
                "--list-cases" => return Ok(Self::Cases),
                "--all" => options.extent = Extent::All,
                "--case" => options.case.clone_from(value()?),
                "--database" => {
                    let name = value()?;
                    options.databases.retain(|kind| kind.label() == name);
                    if options.databases.is_empty() {
                        return Err(format!("{name} is no database"));
                    }
                }
                "--page" => options.page = Some(value()?.clone()),
                "--skip" | "--test-threads" | "--format" | "--color" | "-Z" => {
                    value()?;
                }
                "--help" => return Err(USAGE.to_owned()),
                // What is for the usual harness of tests has no meaning here.
                flag if flag.starts_with('-') => {}
                filter => filters.push(filter),
            }
        }
        let ours = |filter: &&str| "interop".contains(*filter);
        if !filters.is_empty() && !filters.iter().any(ours) {
            return Ok(Self::Nothing);
        }
        Ok(Self::Try(options))
    }
}
