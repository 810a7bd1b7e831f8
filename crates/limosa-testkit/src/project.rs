//! A folder with files in which a test runs `limosa`, cut off from the surroundings of whoever
//! runs the tests.

mod run;
mod terminal;

use std::fs;
use std::path::{Path, PathBuf};

pub use run::{Output, Run, Running};

/// A temporary project folder, removed with the value.
///
/// ```no_run
/// // In the tests of limosa-cli the path is env!("CARGO_BIN_EXE_limosa").
/// use limosa_testkit::{Project, Sqlite, limosa};
///
/// let db = Sqlite::database();
/// let project = Project::new(limosa()).file("migrations/1_a.sql", "create table a (x int);");
/// let output = project.limosa(&["up"]).env("DATABASE_URL", db.url()).run();
/// assert_eq!(output.code, 0, "{output}");
/// ```
#[derive(Debug)]
pub struct Project {
    folder: tempfile::TempDir,
    limosa: PathBuf,
}

impl Project {
    /// An empty project in which `limosa` is the program at this path.
    pub fn new(limosa: impl Into<PathBuf>) -> Self {
        let folder = tempfile::Builder::new().prefix("limosa-project-").tempdir();
        let folder = folder.expect("a temporary folder can be made");
        for name in ["shop", "home"] {
            fs::create_dir(folder.path().join(name)).expect("the new folder is writable");
        }
        Self {
            folder,
            limosa: limosa.into(),
        }
    }

    /// The root of the project.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("shop")
    }

    /// Adds a file, with its folders.
    #[must_use]
    pub fn file(self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) -> Self {
        self.write(path, text);
        self
    }

    /// Writes a file, with its folders; replaces what is there.
    #[track_caller]
    pub fn write(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).expect("the folder of the project is writable");
        }
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// The text of a file.
    #[track_caller]
    pub fn read(&self, path: impl AsRef<Path>) -> String {
        let path = self.path().join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Prepares `limosa` with these arguments, in the root of the project.
    pub fn limosa(&self, arguments: &[&str]) -> Run {
        self.program(&self.limosa, arguments)
    }

    /// Prepares `limosa` with these arguments on a terminal of its own, as a person runs it; its output and
    /// errors come as one text. It stands for TERM=xterm, so lines may change.
    pub fn on_terminal(&self, arguments: &[&str]) -> Run {
        let limosa = self.limosa.to_string_lossy();
        let mut all = vec!["--ctty", &*limosa];
        all.extend(arguments);
        let run = self.program("setsid", &all).env("TERM", "xterm");
        run.on_terminal()
    }

    /// Like [`Self::on_terminal`], but the terminal is not that of its session: no signal comes when it goes
    /// away.
    pub fn beside_terminal(&self, arguments: &[&str]) -> Run {
        let run = self.limosa(arguments).env("TERM", "xterm");
        run.on_terminal()
    }

    /// Prepares a line of shell, in which `limosa` is on the `PATH`; output and errors come as
    /// one text, in [`Output::stdout`], as on a terminal.
    pub fn shell(&self, line: &str) -> Run {
        self.program("sh", &["-c", line]).together()
    }

    /// Prepares any program, for example `git`, in the root of the project.
    pub fn program(&self, program: impl AsRef<Path>, arguments: &[&str]) -> Run {
        let mut run = Run::new(program.as_ref(), arguments, &self.path());
        let mut path = std::ffi::OsString::new();
        if let Some(folder) = self.limosa.parent() {
            path.push(folder);
            path.push(":");
        }
        path.push(std::env::var_os("PATH").unwrap_or_default());
        run = run
            .env("PATH", path)
            .env("HOME", self.folder.path().join("home"));
        for (name, value) in SURROUNDINGS {
            run = run.env(name, value);
        }
        run
    }
}

/// The same for everybody: no colour by a dumb terminal, one time zone, one language, and a git
/// that knows who commits and nobody's configuration.
const SURROUNDINGS: [(&str, &str); 9] = [
    ("TERM", "dumb"),
    ("TZ", "UTC"),
    ("LANG", "C.UTF-8"),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_AUTHOR_NAME", "Ada"),
    ("GIT_AUTHOR_EMAIL", "ada@example.com"),
    ("GIT_COMMITTER_NAME", "Ada"),
    ("GIT_COMMITTER_EMAIL", "ada@example.com"),
];

/// The `limosa` program for tests outside of limosa-cli: `LIMOSA_TEST_BIN` when it is set, else
/// the one beside the running test, in the same target folder.
///
/// # Panics
/// When it has not been built.
#[track_caller]
pub fn limosa() -> PathBuf {
    if let Some(path) = std::env::var_os("LIMOSA_TEST_BIN") {
        return PathBuf::from(path);
    }
    let test = std::env::current_exe().expect("a running program has a path");
    // Tests are in `target/debug/deps`, programs in `target/debug`.
    let path = test
        .ancestors()
        .nth(2)
        .map(|folder| folder.join("limosa"))
        .unwrap_or_default();
    assert!(
        path.is_file(),
        "{} is not built: cargo build -p limosa-cli",
        path.display()
    );
    path
}

#[cfg(test)]
mod tests {
    use super::Project;

    #[test]
    fn a_program_sees_the_project_and_nothing_of_our_environment() {
        let project = Project::new("/nowhere/limosa").file("a/b.txt", "hello");
        let output = project.program("cat", &["a/b.txt"]).run();
        assert_eq!((output.stdout.as_str(), output.code), ("hello", 0));
        let names = project
            .shell("env | cut -d= -f1")
            .env("EXTRA", "1")
            .run()
            .stdout;
        assert!(names.contains("EXTRA") && names.contains("TERM"), "{names}");
        assert!(
            !names.contains("CARGO") && !names.contains("NO_COLOR"),
            "{names}"
        );
    }

    #[test]
    fn output_errors_and_code_are_kept_apart() {
        let project = Project::new("/nowhere/limosa");
        let output = project
            .program("sh", &["-c", "echo out; echo err >&2; exit 3"])
            .run();
        assert_eq!(output.stdout, "out\n");
        assert_eq!(output.stderr, "err\n");
        assert_eq!(output.code, 3);
    }

    #[test]
    fn input_reaches_the_program() {
        let project = Project::new("/nowhere/limosa");
        assert_eq!(
            project.program("cat", &[]).stdin("shop\n").run().stdout,
            "shop\n"
        );
        assert_eq!(project.program("cat", &[]).run().stdout, "");
    }

    #[test]
    fn a_running_program_can_be_interrupted() {
        let project = Project::new("/nowhere/limosa");
        let script =
            "trap 'echo caught; exit 130' INT; echo ready; while :; do read -r x <&3; done";
        let line = format!("mkfifo p; exec 3<>p; {script}");
        let mut running = project.program("sh", &["-c", &line]).start();
        running.wait_for("ready");
        running.interrupt();
        let output = running.finish();
        assert_eq!(
            (output.stdout.as_str(), output.code),
            ("ready\ncaught\n", 130)
        );
    }
}
