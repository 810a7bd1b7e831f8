//! The command line of the task.

use std::path::PathBuf;

/// How much is measured.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Options {
    /// One part of the page.
    pub(super) only: Option<String>,
    /// How often each program runs; each part has its own number otherwise.
    pub(super) rounds: Option<usize>,
    pub(super) megabytes: u64,
    pub(super) migrations: usize,
    /// A program that is there already.
    pub(super) limosa: Option<PathBuf>,
}

const USUAL: Options = Options {
    only: None,
    rounds: None,
    megabytes: 500,
    migrations: 1000,
    limosa: None,
};

impl Options {
    /// Reads the arguments; the usage where they are not right.
    pub(super) fn read(arguments: &[String], parts: &[&str]) -> Result<Self, String> {
        let usage = || {
            format!(
                "\
usage: cargo xtask bench [options]

  --only PART          one part of the page: {}
  --rounds NUMBER      how often each program runs
  --megabytes NUMBER   how large a large file is ({} otherwise)
  --migrations NUMBER  how many small migrations there are ({} otherwise)
  --limosa FILE        measures this program instead of building one

Other sizes and programs are for a first look: the page is not written.
",
                parts.join(", "),
                USUAL.megabytes,
                USUAL.migrations
            )
        };
        let mut options = USUAL;
        let mut rest = arguments.iter();
        while let Some(name) = rest.next() {
            let value = rest.next().ok_or_else(usage)?;
            let number = || value.parse().ok().filter(|&number: &u32| number > 0);
            match name.as_str() {
                "--only" if parts.contains(&value.as_str()) => options.only = Some(value.clone()),
                "--rounds" => options.rounds = Some(number().ok_or_else(usage)? as usize),
                "--megabytes" => options.megabytes = number().ok_or_else(usage)?.into(),
                "--limosa" => options.limosa = Some(PathBuf::from(value)),
                "--migrations" => options.migrations = number().ok_or_else(usage)? as usize,
                _ => return Err(usage()),
            }
        }
        Ok(options)
    }

    /// Whether the sizes and the program are those that the page speaks of.
    pub(super) fn is_usual(&self) -> bool {
        (self.megabytes, self.migrations) == (USUAL.megabytes, USUAL.migrations)
            && self.limosa.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &str) -> Result<Options, String> {
        let arguments: Vec<String> = arguments.split_whitespace().map(str::to_owned).collect();
        Options::read(&arguments, &["small", "large"])
    }

    #[test]
    fn the_usual_sizes_are_those_of_the_page() {
        assert_eq!(read(""), Ok(USUAL));
        let one = read("--only small --rounds 5").expect("they are right");
        assert!(one.is_usual() && one.rounds == Some(5));
        for other in ["--migrations 10", "--limosa /usr/bin/limosa"] {
            assert!(!read(other).expect("they are right").is_usual());
        }
    }

    #[test]
    fn what_is_not_understood_gets_the_usage() {
        for wrong in [
            "--only nothing",
            "--rounds",
            "--rounds 0",
            "--rounds x",
            "all",
        ] {
            let usage = read(wrong).expect_err("it is wrong");
            assert!(usage.contains("--only PART"), "{wrong}: {usage}");
        }
    }
}
