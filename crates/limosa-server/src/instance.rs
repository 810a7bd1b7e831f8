//! One private server process and its folder: started, waited for, killed, started again.
//!
//! Knows nothing of SQL; what differs between the servers is in [`Recipe`], and whether one answers is asked by the
//! caller.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};

use crate::ServerError;
use crate::account::{Account, temporary_root};
use crate::failure::Doing;
use crate::process::{children_of, pid_of};
use crate::watchdog::Watchdog;

/// A start that takes longer than this has failed.
const START: Duration = Duration::from_secs(60);
/// Between two looks at a server that starts.
const LOOK: Duration = Duration::from_millis(5);

/// What differs between the servers.
#[derive(Debug)]
pub struct Recipe {
    /// In messages: `the PostgreSQL server`.
    pub server: &'static str,
    /// Begins the name of the temporary folder.
    pub prefix: &'static str,
    /// Runs the server when root starts it.
    pub account: &'static str,
    /// The mode of the folder with the socket: who may enter it may connect.
    pub socket_mode: u32,
    /// Stops the server in good order.
    pub stop: Signal,
    /// Stops the server and all its processes at once.
    pub end: Signal,
    /// [`Recipe::end`] as `kill -s` calls it.
    pub end_name: &'static str,
}

/// A private server and its folder, which has the folders `data`, `temporary` and `socket` and the file `log`. They
/// end with the value, and with this process.
#[derive(Debug)]
pub struct Instance {
    recipe: &'static Recipe,
    folder: PathBuf,
    account: Account,
    state: Mutex<State>,
    /// Locked as long as its owner lives; given back when all else is gone.
    _owned: File,
}

#[derive(Debug)]
struct State {
    command: (PathBuf, Vec<String>),
    child: Option<Child>,
    watchdog: Watchdog,
}

impl Instance {
    /// Makes the folder and its watchdog; no server runs yet.
    ///
    /// # Errors
    /// When a folder or the watchdog cannot be made, or root finds no unprivileged account.
    pub fn prepare(recipe: &'static Recipe) -> Result<Self, ServerError> {
        let (folder, owned) = own_folder(recipe.prefix)?;
        let watchdog = Watchdog::start(&folder, recipe.end_name)?;
        let account = Account::choose(&folder, recipe.account)?;
        for (name, mode) in [
            ("data", 0o700),
            ("temporary", 0o700),
            ("socket", recipe.socket_mode),
        ] {
            let path = folder.join(name);
            fs::create_dir(&path).doing(|| format!("create {}", path.display()))?;
            fs::set_permissions(&path, permissions(mode))
                .doing(|| format!("protect {}", path.display()))?;
            account.give(&path)?;
        }
        Ok(Self {
            recipe,
            folder,
            account,
            state: Mutex::new(State {
                command: (PathBuf::new(), Vec::new()),
                child: None,
                watchdog,
            }),
            _owned: owned,
        })
    }

    /// The folder of this instance.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The account that the server runs under.
    pub fn account(&self) -> Account {
        self.account
    }

    /// Writes a file into the folder that the server can read.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write(&self, name: &str, text: &str) -> Result<PathBuf, ServerError> {
        let path = self.folder.join(name);
        fs::write(&path, text).doing(|| format!("write {}", path.display()))?;
        Ok(path)
    }

    /// Runs a program of the set-up to its end, under watch.
    ///
    /// # Errors
    /// With what it printed, when it fails.
    pub fn set_up(&self, program: &Path, arguments: &[String]) -> Result<(), ServerError> {
        let log = self.log_file()?;
        let mut state = self.state();
        let watchdog = &mut state.watchdog;
        let mut child = watchdog.spawn(program, arguments, self.account, &log, &self.folder)?;
        let status = child
            .wait()
            .doing(|| format!("wait for {}", program.display()))?;
        watchdog.tell(0)?;
        if status.success() {
            return Ok(());
        }
        Err(ServerError::Failed {
            program: program.display().to_string(),
            output: self.log(),
        })
    }

    /// Starts the server and waits until `answers` says that it takes sessions; it says why not otherwise.
    ///
    /// # Errors
    /// When it ends at once, or does not answer within a minute.
    pub fn start(
        &self,
        program: PathBuf,
        arguments: Vec<String>,
        answers: &dyn Fn() -> Result<(), String>,
    ) -> Result<(), ServerError> {
        self.state().command = (program, arguments);
        self.launch(answers)
    }

    fn launch(&self, answers: &dyn Fn() -> Result<(), String>) -> Result<(), ServerError> {
        let log = self.log_file()?;
        let begin = log.metadata().map_or(0, |found| found.len());
        let mut state = self.state();
        let State {
            command: (program, arguments),
            child,
            watchdog,
        } = &mut *state;
        let server = watchdog.spawn(program, arguments, self.account, &log, &self.folder)?;
        let server = child.insert(server);
        let deadline = Instant::now() + START;
        let reason = loop {
            let answer = match answers() {
                Ok(()) => return Ok(()),
                Err(answer) => answer,
            };
            if let Ok(Some(status)) = server.try_wait() {
                *child = None;
                watchdog.tell(0)?;
                break format!("it ended with {status}");
            }
            if Instant::now() > deadline {
                break format!("no answer within {} s: {answer}", START.as_secs());
            }
            std::thread::sleep(LOOK);
        };
        let text = self.log();
        let begin = usize::try_from(begin).unwrap_or(0);
        let log = last_lines(text.get(begin..).unwrap_or(&text), 30);
        Err(ServerError::Start {
            server: self.recipe.server,
            reason,
            log,
        })
    }

    /// Kills the server and all its processes with SIGKILL.
    pub fn kill(&self) {
        let mut state = self.state();
        let Some(mut child) = state.child.take() else {
            return;
        };
        if let Some(pid) = pid_of(&child) {
            // A stopped server starts no further process while its processes are counted.
            let _ = kill_process(pid, Signal::STOP);
            for process in children_of(child.id()) {
                let _ = kill_process(process, Signal::KILL);
            }
            let _ = kill_process(pid, Signal::KILL);
        }
        let _ = child.wait();
        state.forget();
    }

    /// Stops the server in good order; open sessions are ended.
    pub fn stop(&self) {
        let mut state = self.state();
        let Some(mut child) = state.child.take() else {
            return;
        };
        if let Some(pid) = pid_of(&child) {
            let _ = kill_process(pid, self.recipe.stop);
        }
        let _ = child.wait();
        state.forget();
    }

    /// Starts the server again, in the same way.
    ///
    /// # Errors
    /// As [`Instance::start`].
    pub fn restart(&self, answers: &dyn Fn() -> Result<(), String>) -> Result<(), ServerError> {
        self.stop();
        let deadline = Instant::now() + START;
        loop {
            match self.launch(answers) {
                // What a killed server held (its shared memory, its port) is given back a moment
                // after its end; until then a new one ends at once.
                Err(ServerError::Start { .. }) if Instant::now() < deadline => {}
                other => return other,
            }
            std::thread::sleep(LOOK);
        }
    }

    /// The pid of the server, when it runs.
    pub fn pid(&self) -> Option<u32> {
        self.state().child.as_ref().map(Child::id)
    }

    /// Everything that the server has logged.
    pub fn log(&self) -> String {
        log_of(&self.folder)
    }

    fn log_file(&self) -> Result<File, ServerError> {
        let path = self.folder.join("log");
        OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&path)
            .doing(|| format!("open {}", path.display()))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic in one thread says nothing about the server of the others.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn forget(&mut self) {
        // A watchdog that cannot be reached cannot kill a wrong pid either.
        let _ = self.watchdog.tell(0);
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let mut state = self.state();
        if let Some(mut child) = state.child.take() {
            if let Some(pid) = pid_of(&child) {
                let _ = kill_process(pid, self.recipe.end);
            }
            let _ = child.wait();
            state.forget();
        }
    }
}

/// What the server of this folder has logged.
pub fn log_of(folder: &Path) -> String {
    let bytes = fs::read(folder.join("log")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A new folder, and the lock on it that says that its owner lives.
fn own_folder(prefix: &str) -> Result<(PathBuf, File), ServerError> {
    let root = temporary_root();
    loop {
        let folder = tempfile::Builder::new()
            .prefix(prefix)
            // Another account goes through it to its own folders in it.
            .permissions(permissions(0o711))
            .tempdir_in(&root)
            .doing(|| format!("make a folder in {}", root.display()))?;
        // Whoever looks for leftovers may have found it before it was locked, and removed it.
        let Ok(handle) = File::open(folder.path()) else {
            continue;
        };
        let locked = handle.lock();
        locked.doing(|| format!("lock {}", folder.path().display()))?;
        if is_same(&handle, folder.path()) {
            return Ok((folder.keep(), handle));
        }
    }
}

fn is_same(handle: &File, path: &Path) -> bool {
    match (handle.metadata(), fs::symlink_metadata(path)) {
        (Ok(held), Ok(there)) => (held.dev(), held.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

pub(crate) fn permissions(mode: u32) -> fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(mode)
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
