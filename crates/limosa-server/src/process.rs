//! Other processes of this machine.

use std::fs;
use std::process::{Child, Command};

use rustix::process::Pid;

/// The pid of a child.
pub(crate) fn pid_of(child: &Child) -> Option<Pid> {
    Pid::from_raw(i32::try_from(child.id()).ok()?)
}

/// The processes that `parent` has started: PostgreSQL has one for each session.
pub(crate) fn children_of(parent: u32) -> Vec<Pid> {
    let output = Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output();
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

/// The program of a process and its arguments; `None` when there is no such process.
pub(crate) fn command_line(pid: Pid) -> Option<String> {
    let pid = pid.as_raw_nonzero();
    if let Ok(bytes) = fs::read(format!("/proc/{pid}/cmdline")) {
        return Some(String::from_utf8_lossy(&bytes).replace('\0', " "));
    }
    let output = Command::new("ps")
        .args(["-o", "command=", "-p", &pid.to_string()])
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (!text.is_empty()).then_some(text)
}
