//! One run of a program: its environment, its input, what came out.

use std::ffi::OsStr;
use std::fmt;
use std::io::{self, PipeReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::terminal::Keyboard;

/// A program that runs longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// A program that is about to run.
#[derive(Debug)]
pub struct Run {
    command: Command,
    input: Option<Vec<u8>>,
    streams: Streams,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Streams {
    Apart,
    Together,
    Terminal,
}

/// What a finished program has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
    /// Its exit code; 128 and the number of the signal when one ended it.
    pub code: i32,
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            stdout,
            stderr,
            code,
        } = self;
        write!(
            f,
            "exit code {code}\n--- stdout\n{stdout}\n--- stderr\n{stderr}"
        )
    }
}

impl Run {
    pub(super) fn new(program: &Path, arguments: &[&str], folder: &Path) -> Self {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder).env_clear();
        Self {
            command,
            input: None,
            streams: Streams::Apart,
        }
    }

    pub(super) fn together(mut self) -> Self {
        self.streams = Streams::Together;
        self
    }

    pub(super) fn on_terminal(mut self) -> Self {
        self.streams = Streams::Terminal;
        self
    }

    /// Sets a variable of the environment.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Gives the program this text to read; without it there is nothing to read.
    #[must_use]
    pub fn stdin(mut self, text: impl AsRef<[u8]>) -> Self {
        self.input = Some(text.as_ref().to_vec());
        self
    }

    /// Runs the program to its end.
    ///
    /// # Panics
    /// When it cannot be started or does not end within two minutes.
    #[track_caller]
    pub fn run(self) -> Output {
        self.start().finish()
    }

    /// Starts the program, to be interrupted or killed while it runs.
    ///
    /// # Panics
    /// When it cannot be started.
    #[track_caller]
    pub fn start(mut self) -> Running {
        self.command.stdin(if self.input.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        });
        let pipe = || io::pipe().expect("the system has pipes");
        let mut keyboard = None;
        let (stdout, stderr) = match self.streams {
            Streams::Together => {
                let (stdout, writer) = pipe();
                let copy = writer.try_clone().expect("a pipe can be shared");
                self.command.stdout(writer).stderr(copy);
                (read(Some(stdout)), read(None))
            }
            Streams::Apart => {
                let ((stdout, writer), (stderr, other)) = (pipe(), pipe());
                self.command.stdout(writer).stderr(other);
                (read(Some(stdout)), read(Some(stderr)))
            }
            Streams::Terminal => {
                let (person, shown, program) = Keyboard::open();
                let copy = || program.try_clone().expect("a terminal can be shared");
                self.command.stdin(copy()).stdout(copy()).stderr(copy());
                keyboard = Some(person);
                (shown, read(None))
            }
        };
        let program = self.command.get_program().to_owned();
        let mut child = match self.command.spawn() {
            Ok(child) => child,
            Err(error) => panic!("cannot start {}: {error}", program.display()),
        };
        // The command holds the writing ends, without which the pipes never end.
        drop(self.command);
        if let (Some(mut pipe), Some(input)) = (child.stdin.take(), self.input) {
            // A program that does not read its input ends the pipe, which is its right.
            thread::spawn(move || pipe.write_all(&input));
        }
        Running {
            child: Some(child),
            keyboard,
            stdout,
            stderr,
            seen: Vec::new(),
        }
    }
}

/// A program that runs; killed with the value.
#[derive(Debug)]
pub struct Running {
    child: Option<Child>,
    keyboard: Option<Keyboard>,
    stdout: Receiver<Vec<u8>>,
    stderr: Receiver<Vec<u8>>,
    seen: Vec<u8>,
}

impl Running {
    /// Waits until the text has appeared on the standard output, or on the terminal.
    ///
    /// # Panics
    /// When the program ends before, or says nothing for two minutes.
    #[track_caller]
    pub fn wait_for(&mut self, text: &str) {
        while !String::from_utf8_lossy(&self.seen).contains(text) {
            let Ok(bytes) = self.stdout.recv_timeout(PATIENCE) else {
                let errors: Vec<u8> = self.stderr.try_iter().flatten().collect();
                panic!(
                    "no {text:?} in the output: {}\n--- stderr\n{}",
                    String::from_utf8_lossy(&self.seen),
                    String::from_utf8_lossy(&errors)
                )
            };
            self.seen.extend(bytes);
        }
    }

    /// Types a line on the terminal.
    ///
    /// # Panics
    /// When the program has none.
    #[track_caller]
    pub fn type_line(&mut self, line: &str) {
        self.type_keys(&format!("{line}\n"));
    }

    /// Types on the terminal; Ctrl-C is `\u{3}`, Ctrl-D `\u{4}`.
    ///
    /// # Panics
    /// When the program has none.
    #[track_caller]
    pub fn type_keys(&mut self, keys: &str) {
        let keyboard = self.keyboard.as_mut().expect("it runs on a terminal");
        keyboard.type_in(keys);
    }

    /// Takes the terminal away, as a lost connection does.
    ///
    /// # Panics
    /// When the program has none.
    #[track_caller]
    pub fn hang_up(&mut self) {
        let keyboard = self.keyboard.as_mut().expect("it runs on a terminal");
        keyboard.hang_up();
    }

    /// The pid of the program.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    /// Sends SIGINT, as Ctrl-C does.
    pub fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Sends SIGHUP.
    pub fn hup(&self) {
        self.signal(Signal::HUP);
    }

    /// Stops it where it is (SIGSTOP), as a machine does that is put to sleep.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on after [`Self::pause`].
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    /// Sends SIGKILL.
    pub fn kill(&self) {
        self.signal(Signal::KILL);
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.pid()).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // It may have ended on its own, which its exit code will say.
            let _ = kill_process(pid, signal);
        }
    }

    /// Waits for the end of the program.
    ///
    /// # Panics
    /// When it says nothing for two minutes and does not end.
    #[track_caller]
    pub fn finish(mut self) -> Output {
        use std::os::unix::process::ExitStatusExt;
        let mut stdout = std::mem::take(&mut self.seen);
        let mut stderr = Vec::new();
        for (pipe, text) in [(&self.stdout, &mut stdout), (&self.stderr, &mut stderr)] {
            loop {
                match pipe.recv_timeout(PATIENCE) {
                    Ok(bytes) => text.extend(bytes),
                    Err(mpsc::RecvTimeoutError::Disconnected) => break,
                    Err(mpsc::RecvTimeoutError::Timeout) => panic!(
                        "the program hangs after printing:\n{}",
                        String::from_utf8_lossy(text)
                    ),
                }
            }
        }
        let mut child = self
            .child
            .take()
            .expect("only `finish` takes the child, once");
        let status = child.wait().expect("our own child can be waited for");
        let code = status
            .code()
            .or_else(|| status.signal().map(|signal| 128 + signal));
        Output {
            stdout: String::from_utf8_lossy(&stdout).into_owned(),
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
            code: code.unwrap_or(-1),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Reads a pipe on a thread, piece by piece; the channel ends with the pipe.
fn read(pipe: Option<PipeReader>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    if let Some(mut pipe) = pipe {
        thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(length @ 1..) = pipe.read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
    }
    receiver
}
