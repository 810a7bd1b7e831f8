//! `cargo xtask bench`: how long `limosa` takes and how much memory, beside the databases' own clients and other
//! migration tools.
//!
//! The programs run as processes against private servers of the test kit. Each part of the page is measured, judged and
//! written alone, so that one that fails costs no other its figures. What is promised and missed makes the task fail.

mod aims;
mod arena;
mod binary;
mod files;
mod large;
mod latency;
mod measure;
mod nothing;
mod options;
mod page;
mod programs;
mod prove;
mod rounds;
mod small;
mod split;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use limosa_testkit::Kind;
use limosa_testkit::tools::MEASURED;

use crate::{eprint, servers, tools};
use arena::Entrant;
use options::Options;
use page::Part;
use programs::{Act, Program};

/// The names of the parts, as `--only` takes them.
struct Names {
    small: &'static str,
    latency: &'static str,
    nothing: &'static str,
    large: &'static str,
    verify: &'static str,
    split: &'static str,
    binary: &'static str,
}

const NAMES: Names = Names {
    small: "small",
    latency: "latency",
    nothing: "nothing",
    large: "large",
    verify: "verify",
    split: "split",
    binary: "binary",
};

/// Measures a part; one sentence where that is not possible.
type Measure = fn(&Bench) -> Result<Part, String>;

/// The parts in the order of the page.
const PARTS: [(&str, Measure); 7] = [
    (NAMES.small, small::measure),
    (NAMES.latency, latency::measure),
    (NAMES.nothing, nothing::measure),
    (NAMES.large, large::measure),
    (NAMES.verify, prove::measure),
    (NAMES.split, split::measure),
    (NAMES.binary, binary::measure),
];

/// The parts in which the tools of others run.
const WITH_TOOLS: [&str; 4] = [NAMES.small, NAMES.latency, NAMES.nothing, NAMES.large];

/// What the parts share.
struct Bench {
    root: PathBuf,
    limosa: PathBuf,
    folder: PathBuf,
    /// How many small migrations there are.
    migrations: usize,
    /// How large a large file is.
    megabytes: u64,
    /// As the command line says.
    rounds: Option<usize>,
}

/// Measures everything, or one part, and writes `docs/benchmarks.md` where the sizes are the usual ones.
pub(crate) fn run(root: &Path, arguments: &[String]) -> ExitCode {
    let names = PARTS.map(|(name, _)| name);
    let options = match Options::read(arguments, &names) {
        Ok(options) => options,
        Err(usage) => {
            eprint(&usage);
            return ExitCode::from(2);
        }
    };
    match measure_all(root, &options) {
        Ok(complaints) if complaints.is_empty() => ExitCode::SUCCESS,
        Ok(complaints) => {
            for sentence in complaints {
                eprint(&format!("error: {sentence}\n"));
            }
            ExitCode::FAILURE
        }
        Err(sentence) => {
            eprint(&format!("error: {sentence}\n"));
            ExitCode::FAILURE
        }
    }
}

/// What is missed or failed, in sentences.
fn measure_all(root: &Path, options: &Options) -> Result<Vec<String>, String> {
    servers::ensure()?;
    let wanted = |name: &str| options.only.as_deref().is_none_or(|only| only == name);
    if WITH_TOOLS.iter().any(|name| wanted(name)) {
        tools::ensure(&MEASURED)?;
    }
    let folder = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
    let bench = Bench {
        root: root.to_owned(),
        limosa: match &options.limosa {
            Some(file) => file.clone(),
            None => build(root, None)?,
        },
        folder: folder.path().to_owned(),
        migrations: options.migrations,
        megabytes: options.megabytes,
        rounds: options.rounds,
    };
    let order = PARTS.map(|(name, _)| name);
    let path = root.join("docs/benchmarks.md");
    let mut complaints = Vec::new();
    for (name, measure) in PARTS.into_iter().filter(|(name, _)| wanted(name)) {
        eprint(&format!("measuring {name}\n"));
        let part = match rounds::guarded(|| measure(&bench)) {
            Ok(part) => part,
            Err(reason) => {
                complaints.push(format!("{name} could not be measured: {reason}"));
                continue;
            }
        };
        complaints.extend(part.judged.iter().filter_map(aims::Judged::broken));
        eprint(&format!(
            "\n{}\n{}\n",
            part.text,
            aims::table("", &part.judged)
        ));
        if options.is_usual() {
            let old = fs::read_to_string(&path).unwrap_or_default();
            fs::write(&path, page::renewed(&old, &order, &part))
                .map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
        }
    }
    Ok(complaints)
}

impl Bench {
    /// How many rounds there are, where nobody said otherwise.
    fn rounds(&self, usual: usize) -> usize {
        self.rounds.unwrap_or(usual)
    }

    /// Every program with its files for so many migrations.
    fn entrants(&self, kind: Kind, migrations: usize, act: Act) -> Vec<Entrant> {
        let all = Program::all(kind).into_iter();
        all.map(|program| self.entrant(program, kind, migrations, act))
            .collect()
    }

    /// One program with its files for so many migrations.
    fn entrant(&self, program: Program, kind: Kind, migrations: usize, act: Act) -> Entrant {
        let name = program.name(kind);
        let folder = self
            .folder
            .join(format!("{}-{migrations}-{name}", kind.label()));
        let mut file = program.find(kind, &self.limosa);
        if file.is_ok() && !folder.exists() {
            let all = programs::migrations(migrations);
            let written = programs::write_many(program, program.tool(kind).as_ref(), &folder, &all);
            file = written.and(file);
        }
        Entrant {
            program,
            act,
            name,
            file,
            folder,
        }
    }
}

/// Builds the program as it is released, for this machine or for another target.
fn build(root: &Path, target: Option<&str>) -> Result<PathBuf, String> {
    let mut command = cargo(root);
    command.args(["build", "--release", "--quiet", "-p", "limosa-cli"]);
    if let Some(target) = target {
        command.args(["--target", target]);
    }
    let output = command
        .output()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(format!("limosa cannot be built: {words}"));
    }
    let folder = std::env::var_os("CARGO_TARGET_DIR");
    let folder = root.join(folder.map_or_else(|| PathBuf::from("target"), PathBuf::from));
    let folder = target.map_or(folder.clone(), |target| folder.join(target));
    Ok(folder.join("release/limosa"))
}

fn cargo(root: &Path) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.current_dir(root);
    command
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the form that `map_err` takes"
)]
fn unwritten(error: std::io::Error) -> String {
    format!("a file cannot be generated: {error}")
}
