//! One private server process and its folder: started, waited for, killed, started again.
//!
//! Knows nothing of SQL; what differs between the servers is in [`Recipe`].

use std::fs::{self, File, OpenOptions};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::KitError;
use crate::account::{Account, temporary_root};
use crate::database::Access;
use crate::failure::Doing;
use crate::watchdog::Watchdog;

/// A start that takes longer than this has failed.
const START: Duration = Duration::from_secs(60);
/// Between two looks at a server that starts.
const LOOK: Duration = Duration::from_millis(15);

/// What differs between the servers.
#[derive(Debug)]
pub(crate) struct Recipe {
    /// In messages.
    pub(crate) server: &'static str,
    /// Begins the name of the temporary folder.
    pub(crate) prefix: &'static str,
    /// Runs the server when root runs the tests.
    pub(crate) account: &'static str,
    /// Names a running instance of the kit to use instead of a new one.
    pub(crate) variable: &'static str,
    /// Stops the server in good order.
    pub(crate) stop: Signal,
    /// Stops the server and all its processes at once, for the end of a test.
    pub(crate) end: Signal,
    /// [`Recipe::end`] as `kill -s` calls it.
    pub(crate) end_name: &'static str,
}

/// A private server and its folder.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) recipe: &'static Recipe,
    pub(crate) access: Access,
    pub(crate) account: Account,
    command: (PathBuf, Vec<String>),
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    child: Option<Child>,
    /// Absent when the server belongs to another process of the same test run.
    watchdog: Option<Watchdog>,
}

impl Instance {
    /// Makes the folder and its watchdog; no server runs yet.
    pub(crate) fn prepare(
        recipe: &'static Recipe,
        access: impl FnOnce(PathBuf) -> Access,
    ) -> Result<Self, KitError> {
        let root = temporary_root();
        let folder = tempfile::Builder::new()
            .prefix(recipe.prefix)
            .permissions(permissions(0o755))
            .tempdir_in(&root)
            .doing(|| format!("make a folder in {}", root.display()))?
            .keep();
        let watchdog = Watchdog::start(&folder, recipe.end_name)?;
        let account = Account::choose(&folder, recipe.account)?;
        for (name, mode) in [("data", 0o700), ("temporary", 0o700), ("socket", 0o755)] {
            let path = folder.join(name);
            fs::create_dir(&path).doing(|| format!("create {}", path.display()))?;
            fs::set_permissions(&path, permissions(mode))
                .doing(|| format!("protect {}", path.display()))?;
            account.give(&path)?;
        }
        Ok(Self {
            recipe,
            access: access(folder),
            account,
            command: (PathBuf::new(), Vec::new()),
            state: Mutex::new(State {
                child: None,
                watchdog: Some(watchdog),
            }),
        })
    }

    /// The instance of another process of this test run, whose folder the environment names.
    pub(crate) fn attach(
        recipe: &'static Recipe,
        access: impl FnOnce(PathBuf) -> Access,
    ) -> Option<Result<Self, KitError>> {
        let folder = PathBuf::from(std::env::var_os(recipe.variable).filter(|v| !v.is_empty())?);
        let mut access = access(folder.clone());
        let known = fs::read_to_string(folder.join("instance")).is_ok_and(|text| {
            let mut lines = text.lines();
            access.port = lines
                .next()
                .and_then(|port| port.parse().ok())
                .unwrap_or_default();
            lines
                .next()
                .unwrap_or_default()
                .clone_into(&mut access.password);
            access.answers().is_ok()
        });
        if !known {
            return Some(Err(KitError::NotOurs {
                variable: recipe.variable,
                folder,
            }));
        }
        let state = Mutex::new(State {
            child: None,
            watchdog: None,
        });
        let command = (PathBuf::new(), Vec::new());
        Some(Ok(Self {
            recipe,
            access,
            account: Account::Own,
            command,
            state,
        }))
    }

    /// Runs a program of the set-up to its end, under watch.
    pub(crate) fn set_up(&self, program: &Path, arguments: &[String]) -> Result<(), KitError> {
        let log = self.log_file()?;
        let mut state = self.state();
        let Some(watchdog) = &mut state.watchdog else {
            return Ok(());
        };
        let mut child =
            watchdog.spawn(program, arguments, self.account, &log, &self.access.folder)?;
        let status = child
            .wait()
            .doing(|| format!("wait for {}", program.display()))?;
        watchdog.tell(0)?;
        if status.success() {
            return Ok(());
        }
        Err(KitError::Failed {
            program: program.display().to_string(),
            output: self.log(),
        })
    }

    /// Starts the server for the first time, on a free port that `configure` writes down.
    pub(crate) fn start(
        &mut self,
        program: PathBuf,
        arguments: Vec<String>,
        configure: impl Fn(&Access) -> Result<(), KitError>,
    ) -> Result<(), KitError> {
        self.command = (program, arguments);
        let mut attempts = 0;
        loop {
            attempts += 1;
            self.access.port = free_port()?;
            configure(&self.access)?;
            match self.launch() {
                // Between our look and the server's bind somebody else may take the port.
                Err(KitError::Start { log, .. }) if attempts < 5 && log.contains("in use") => {}
                other => break other?,
            }
        }
        let text = format!("{}\n{}\n", self.access.port, self.access.password);
        let record = self.access.folder.join("instance");
        fs::write(&record, text).doing(|| format!("write {}", record.display()))
    }

    fn launch(&self) -> Result<(), KitError> {
        let log = self.log_file()?;
        let begin = log.metadata().map_or(0, |found| found.len());
        let mut state = self.state();
        let State {
            child,
            watchdog: Some(watchdog),
        } = &mut *state
        else {
            return Ok(());
        };
        let (program, arguments) = &self.command;
        let server = watchdog.spawn(program, arguments, self.account, &log, &self.access.folder)?;
        let server = child.insert(server);
        let deadline = Instant::now() + START;
        let reason = loop {
            let answer = match self.access.answers() {
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
        Err(KitError::Start {
            server: self.recipe.server,
            reason,
            log,
        })
    }

    /// Kills the server and all its processes with SIGKILL.
    pub(crate) fn kill(&self) {
        let mut state = self.owned_state();
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
    pub(crate) fn stop(&self) {
        let mut state = self.owned_state();
        let Some(mut child) = state.child.take() else {
            return;
        };
        if let Some(pid) = pid_of(&child) {
            let _ = kill_process(pid, self.recipe.stop);
        }
        let _ = child.wait();
        state.forget();
    }

    /// Starts the server again, on the same port.
    pub(crate) fn restart(&self) -> Result<(), KitError> {
        self.stop();
        let deadline = Instant::now() + START;
        loop {
            match self.launch() {
                // What a killed server held (its shared memory, its port) is given back a moment
                // after its end; until then a new one ends at once.
                Err(KitError::Start { .. }) if Instant::now() < deadline => {}
                other => return other,
            }
            std::thread::sleep(LOOK);
        }
    }

    /// The pid of the server, when it runs and this process has started it.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.state().child.as_ref().map(Child::id)
    }

    /// Everything that the server has logged.
    pub(crate) fn log(&self) -> String {
        let bytes = fs::read(self.access.folder.join("log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn log_file(&self) -> Result<File, KitError> {
        let path = self.access.folder.join("log");
        let mut options = OpenOptions::new();
        options
            .create(true)
            .append(true)
            .open(&path)
            .doing(|| format!("open {}", path.display()))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic in one test says nothing about the server of the others.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn owned_state(&self) -> MutexGuard<'_, State> {
        let state = self.state();
        assert!(
            state.watchdog.is_some(),
            "{} is shared by the whole test run; start a server of your own to stop it",
            self.recipe.server
        );
        state
    }
}

impl State {
    fn forget(&mut self) {
        if let Some(watchdog) = &mut self.watchdog {
            // A watchdog that cannot be reached cannot kill a wrong pid either.
            let _ = watchdog.tell(0);
        }
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

fn pid_of(child: &Child) -> Option<Pid> {
    Pid::from_raw(i32::try_from(child.id()).ok()?)
}

/// The processes that `parent` has started: PostgreSQL has one for each session.
fn children_of(parent: u32) -> Vec<Pid> {
    let output = std::process::Command::new("ps")
        .args(["-A", "-o", "pid=,ppid="])
        .output();
    let listed = match output {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).into(),
        _ => processes_of_proc(),
    };
    listed
        .lines()
        .filter_map(|line| {
            let (pid, ppid) = line.trim().split_once(char::is_whitespace)?;
            (ppid.trim().parse() == Ok(parent)).then(|| Pid::from_raw(pid.parse().ok()?))?
        })
        .collect()
}

/// The same lines as `ps` prints, for a machine without it.
fn processes_of_proc() -> String {
    let Ok(entries) = fs::read_dir("/proc") else {
        return String::new();
    };
    let line = |entry: fs::DirEntry| {
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        // `pid (name) state ppid …`, where the name may have blanks and parentheses.
        let ppid = stat.rsplit_once(") ")?.1.split(' ').nth(1)?;
        Some(format!("{} {ppid}", entry.file_name().to_string_lossy()))
    };
    entries
        .flatten()
        .filter_map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

pub(crate) fn free_port() -> Result<u16, KitError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .doing(|| "find a free port".to_owned())
}

fn permissions(mode: u32) -> fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(mode)
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
