//! A small process that cleans up when this process is gone, however it went.
//!
//! The watchdog reads a pipe whose other end only this process holds. Each line that it reads
//! is the pid of the server at that moment (0: none). At the end of the pipe, which the kernel
//! brings about even after SIGKILL, it stops that pid and removes the folder. It is in a process
//! group of its own, so that Ctrl-C on the terminal ends the work but not its cleaner.

use std::fs::File;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::ServerError;
use crate::account::Account;
use crate::failure::Doing;

/// A pid is only ours while its command line names our folder: pids are used again.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
folder=$1 signal=$2 pid=0
while read -r next; do pid=$next; done
ours() {
  [ "$pid" -gt 0 ] && kill -0 "$pid" 2>/dev/null || return 1
  [ -r "/proc/$pid/cmdline" ] || return 0
  grep -qaF -- "$folder" "/proc/$pid/cmdline"
}
if ours; then kill -s "$signal" "$pid"; fi
tries=0
while ours && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
if ours; then kill -s KILL "$pid"; fi
tries=0
while [ -e "$folder" ] && [ $tries -lt 100 ]; do
  rm -rf -- "$folder" 2>/dev/null || sleep 0.1
  tries=$((tries + 1))
done
"#;

/// The running watchdog of one folder.
#[derive(Debug)]
pub(crate) struct Watchdog {
    child: Child,
    pipe: Option<ChildStdin>,
}

impl Watchdog {
    /// Starts to watch over `folder`; `signal` (without `SIG`) is how its server is stopped.
    pub(crate) fn start(folder: &Path, signal: &str) -> Result<Self, ServerError> {
        let mut child = Command::new("sh")
            .args(["-c", SCRIPT, "limosa-watchdog"])
            .arg(folder)
            .arg(signal)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .doing(|| "start sh".to_owned())?;
        let pipe = child.stdin.take();
        Ok(Self { child, pipe })
    }

    /// Starts `program`, which is under watch from its first instruction.
    ///
    /// The shell in front of it waits for a line on its input, which is only sent when the
    /// watchdog knows the pid; when this process dies before that, the program never starts.
    pub(crate) fn spawn(
        &mut self,
        program: &Path,
        arguments: &[String],
        account: Account,
        log: &File,
        folder: &Path,
    ) -> Result<Child, ServerError> {
        let copy = || log.try_clone().doing(|| "share the log file".to_owned());
        let mut command = Command::new("sh");
        command
            .args([
                "-c",
                r#"read -r go && exec "$@" </dev/null"#,
                "limosa-start",
            ])
            .arg(program)
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(copy()?)
            .stderr(copy()?)
            .process_group(0);
        account.apply(&mut command);
        let mut child = command
            .spawn()
            .doing(|| format!("start {}", program.display()))?;
        self.tell(child.id())?;
        let go = child.stdin.take();
        if let Some(mut go) = go {
            go.write_all(b"go\n")
                .doing(|| format!("start {}", program.display()))?;
        }
        Ok(child)
    }

    /// Says which pid is the server now; 0 when none runs.
    pub(crate) fn tell(&mut self, pid: u32) -> Result<(), ServerError> {
        match &mut self.pipe {
            Some(pipe) => writeln!(pipe, "{pid}").doing(|| "reach the watchdog".to_owned()),
            None => Ok(()),
        }
    }
}

impl Drop for Watchdog {
    /// Ends the watch and waits until the folder is removed.
    fn drop(&mut self) {
        drop(self.pipe.take());
        // A watchdog that is gone already has nothing left to say.
        let _ = self.child.wait();
    }
}
