//! Questions to git.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use limosa_core::layout::{Place, show_name};

use super::BaseError;

/// The repository that a folder is in.
pub(super) struct Git<'p> {
    directory: &'p Path,
}

/// The files of a folder that git has, and those that differ from what it has.
pub(crate) struct Tracked {
    known: BTreeSet<PathBuf>,
    modified: BTreeSet<PathBuf>,
}

impl Tracked {
    /// Those of a folder.
    ///
    /// # Errors
    /// When git does not know: the folder is in no repository, or nothing was committed yet.
    pub(crate) fn of(directory: &Path) -> Result<Self, BaseError> {
        let git = Git { directory };
        let diff = ["diff", "--name-only", "-z", "--relative", "HEAD", "--", "."];
        Ok(Self {
            known: git.paths(&["ls-files", "-z", "--", "."])?,
            modified: git.paths(&diff)?,
        })
    }

    /// Whether the last commit has a file, by its place in the folder, as it is now.
    pub(crate) fn has_unmodified(&self, file: &Path) -> bool {
        self.known.contains(file) && !self.modified.contains(file)
    }
}

/// A file in a commit.
struct Blob {
    id: String,
    path: PathBuf,
    link: bool,
}

impl<'p> Git<'p> {
    pub(super) fn open(place: &Place<'p>) -> Result<Self, BaseError> {
        let git = Self {
            directory: place.directory,
        };
        let output = git.run(&["rev-parse", "--is-inside-work-tree"])?;
        if output.status.success() {
            Ok(git)
        } else {
            Err(BaseError::NoRepository(show_name(place.shown)))
        }
    }

    /// The commit of a reference.
    pub(super) fn commit(&self, reference: &str) -> Result<String, BaseError> {
        if reference.is_empty() || reference.starts_with('-') || reference.contains('\0') {
            return Err(BaseError::NotAReference(show_name(reference)));
        }
        let commit = format!("{reference}^{{commit}}");
        let asked = [
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &commit,
        ];
        let output = self.run(&asked)?;
        identifier(&output).ok_or_else(|| BaseError::UnknownReference(show_name(reference)))
    }

    /// The commit where HEAD left another commit.
    pub(super) fn merge_base(&self, reference: &str, commit: &str) -> Result<String, BaseError> {
        let output = self.run(&["merge-base", "--", commit, "HEAD"])?;
        identifier(&output).ok_or_else(|| BaseError::NothingInCommon(show_name(reference)))
    }

    /// The paths that git answers with, each followed by a NUL.
    fn paths(&self, arguments: &[&'static str]) -> Result<BTreeSet<PathBuf>, BaseError> {
        let output = self.run(arguments)?;
        if !output.status.success() {
            return Err(failed(arguments[0], &output));
        }
        let paths = output.stdout.split(|byte| *byte == 0);
        Ok(paths
            .filter(|path| !path.is_empty())
            .map(|path| PathBuf::from(String::from_utf8_lossy(path).into_owned()))
            .collect())
    }

    /// Writes the files that the folder has in a commit into another folder.
    pub(super) fn write_files(&self, commit: &str, into: &Path) -> Result<(), BaseError> {
        let output = self.run(&["ls-tree", "-r", "-z", commit])?;
        if !output.status.success() {
            return Err(failed("ls-tree", &output));
        }
        let blobs: Vec<Blob> = output
            .stdout
            .split(|byte| *byte == 0)
            .filter_map(blob)
            .collect();
        if blobs.is_empty() {
            return Ok(());
        }
        self.read_blobs(&blobs, into)
    }

    fn read_blobs(&self, blobs: &[Blob], into: &Path) -> Result<(), BaseError> {
        let mut child = self
            .command(&["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(BaseError::NoGit)?;
        let (Some(mut ask), Some(answer)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(unexpected());
        };
        let ids: Vec<&str> = blobs.iter().map(|blob| blob.id.as_str()).collect();
        let ids = ids.join("\n") + "\n";
        // Asked from a thread of its own, since git answers while it is still being asked.
        let asking = thread::spawn(move || ask.write_all(ids.as_bytes()));
        let mut answer = BufReader::new(answer);
        let result = blobs
            .iter()
            .try_for_each(|blob| write_blob(&mut answer, blob, into));
        // Ends git, when it waits to be read, and with it the thread.
        drop(answer);
        let asked = asking.join();
        let status = child.wait().map_err(BaseError::NoGit)?;
        result?;
        match asked {
            Ok(Ok(())) if status.success() => Ok(()),
            _ => Err(unexpected()),
        }
    }

    fn run(&self, arguments: &[&str]) -> Result<Output, BaseError> {
        self.command(arguments)
            .stdin(Stdio::null())
            .output()
            .map_err(BaseError::NoGit)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command
            .current_dir(self.directory)
            .args(arguments)
            .env("LC_ALL", "C")
            .env("GIT_OPTIONAL_LOCKS", "0");
        command
    }
}

/// `<id> blob <size>`, the bytes, a line end.
fn write_blob(answer: &mut impl BufRead, blob: &Blob, into: &Path) -> Result<(), BaseError> {
    let mut head = String::new();
    answer.read_line(&mut head).map_err(BaseError::Temporary)?;
    let size = head
        .strip_prefix(&format!("{} blob ", blob.id))
        .and_then(|size| size.trim().parse::<u64>().ok())
        .ok_or_else(unexpected)?;
    let path = into.join(&blob.path);
    let mut write = || -> io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut bytes = answer.by_ref().take(size);
        if blob.link {
            let mut target = String::new();
            bytes.read_to_string(&mut target)?;
            link(&target, &path)?;
        } else {
            io::copy(&mut bytes, &mut fs::File::create_new(&path)?)?;
        }
        answer.read_exact(&mut [0])
    };
    write().map_err(BaseError::Temporary)
}

#[cfg(unix)]
fn link(target: &str, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

#[cfg(not(unix))]
fn link(target: &str, path: &Path) -> io::Result<()> {
    // As git does where links are not to be had.
    fs::write(path, target)
}

/// `<mode> <type> <id>\t<path>`, of regular files and links. The path is relative to the folder.
fn blob(entry: &[u8]) -> Option<Blob> {
    let entry = std::str::from_utf8(entry).ok()?;
    let (head, path) = entry.split_once('\t')?;
    let mut words = head.split(' ');
    let link = match (words.next()?, words.next()?) {
        ("100644" | "100755", "blob") => false,
        ("120000", "blob") => true,
        _ => return None,
    };
    let path = PathBuf::from(path);
    let is_below = path
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    is_below.then_some(Blob {
        id: words.next()?.to_owned(),
        path,
        link,
    })
}

fn identifier(output: &Output) -> Option<String> {
    let text = std::str::from_utf8(&output.stdout).ok()?.trim();
    let is_hexadecimal = text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (output.status.success() && is_hexadecimal).then(|| text.to_owned())
}

fn failed(command: &'static str, output: &Output) -> BaseError {
    let message = String::from_utf8_lossy(&output.stderr);
    BaseError::Failed {
        command,
        message: show_name(message.trim()),
    }
}

fn unexpected() -> BaseError {
    BaseError::Failed {
        command: "cat-file",
        message: "it did not give the files".to_owned(),
    }
}
