//! Runs a program and measures it: wall time, time on the processor, and the largest resident memory.
//!
//! Memory and processor time are read from `/proc` while the program runs; on systems without
//! that they are missing. Somebody else looks, so that the end is seen at once.

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// A peak between the last look and the end is not seen, so the looks are close together.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(8);
/// What takes longer is killed.
const LONGEST_RUN: Duration = Duration::from_secs(20 * 60);
/// What is kept of what a program says.
const WORDS: usize = 16 << 10;

/// What a program took.
#[derive(Debug, Default)]
pub(super) struct Measured {
    pub(super) name: String,
    pub(super) code: Option<i32>,
    /// The begin of what it said on standard error.
    pub(super) stderr: String,
    /// The begin of what it said on standard output.
    pub(super) stdout: String,
    pub(super) wall: Duration,
    /// User and system time of all its threads.
    pub(super) processor: Option<Duration>,
    /// The largest resident memory in bytes, mapped files included.
    pub(super) memory: Option<u64>,
}

impl Measured {
    /// That it ended as it should.
    pub(super) fn expect(&self, code: i32) -> Result<(), String> {
        if self.code == Some(code) {
            return Ok(());
        }
        if self.wall >= LONGEST_RUN {
            let minutes = LONGEST_RUN.as_secs() / 60;
            return Err(format!("it took more than {minutes} minutes"));
        }
        Err(match self.complaint() {
            Some(line) => line.to_owned(),
            None => match self.code {
                Some(code) => format!("{} ended with exit code {code}", self.name),
                None => format!("{} was killed", self.name),
            },
        })
    }

    /// The line that says what went wrong: the first one with an error, else the first one.
    fn complaint(&self) -> Option<&str> {
        let all = || self.stderr.lines().chain(self.stdout.lines());
        let bad = |line: &&str| {
            let line = line.to_ascii_lowercase();
            ["error", "failed", "refused"]
                .iter()
                .any(|word| line.contains(word))
        };
        let line = all()
            .find(bad)
            .or_else(|| all().find(|line| !line.trim().is_empty()))?;
        Some(line.trim())
    }
}

/// Whose memory and time on the processor count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whom {
    /// Those of the program alone.
    Alone,
    /// Its children's, too.
    Family,
}

/// Runs it to its end.
pub(super) fn measure(mut command: Command, whom: Whom) -> Result<Measured, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let failed = |error: std::io::Error| format!("{name} cannot be run: {error}");
    let began = Instant::now();
    let mut child = command.spawn().map_err(failed)?;
    let stderr = child
        .stderr
        .take()
        .map(|pipe| thread::spawn(|| words(pipe)));
    let stdout = child
        .stdout
        .take()
        .map(|pipe| thread::spawn(|| words(pipe)));
    let id = child.id();
    let (ended, end) = mpsc::channel::<()>();
    let watch = thread::spawn(move || watch(id, whom, began, &end));
    let status = child.wait();
    let wall = began.elapsed();
    drop(ended);
    let (processor, memory) = watch.join().unwrap_or_default();
    let said = |reader: Option<thread::JoinHandle<String>>| {
        reader.map_or_else(String::new, |reader| reader.join().unwrap_or_default())
    };
    Ok(Measured {
        code: status.map_err(failed)?.code(),
        stderr: said(stderr),
        stdout: said(stdout),
        wall,
        processor,
        memory,
        name,
    })
}

/// Reads everything and keeps the begin.
fn words(mut pipe: impl Read) -> String {
    let mut text = Vec::new();
    // What cannot be read is missing in a message about an error.
    let _ = pipe.by_ref().take(WORDS as u64).read_to_end(&mut text);
    let _ = std::io::copy(&mut pipe, &mut std::io::sink());
    String::from_utf8_lossy(&text).into_owned()
}

/// Looks at a process until the other end of the channel is gone.
fn watch(
    id: u32,
    whom: Whom,
    began: Instant,
    end: &mpsc::Receiver<()>,
) -> (Option<Duration>, Option<u64>) {
    let (mut processor, mut memory) = (None, None);
    let mut pause = SHORTEST_PAUSE;
    loop {
        let mut family = vec![id];
        if whom == Whom::Family {
            descendants(id, &mut family);
        }
        memory = sum(family.iter().map(|&id| resident(id))).max(memory);
        processor = sum(family.iter().map(|&id| on_processor(id))).max(processor);
        if began.elapsed() > LONGEST_RUN {
            let pid = i32::try_from(id).ok().and_then(Pid::from_raw);
            // It may have ended just now.
            let _ = pid.map(|pid| kill_process(pid, Signal::KILL));
        }
        match end.recv_timeout(pause) {
            Err(RecvTimeoutError::Timeout) => pause = (pause * 2).min(LONGEST_PAUSE),
            _ => return (processor, memory),
        }
    }
}

/// The sum of what is known.
fn sum<T: std::ops::Add<Output = T>>(all: impl Iterator<Item = Option<T>>) -> Option<T> {
    all.flatten().reduce(|one, other| one + other)
}

fn descendants(id: u32, all: &mut Vec<u32>) {
    let tasks = fs::read_dir(format!("/proc/{id}/task"));
    for task in tasks.into_iter().flatten().flatten() {
        let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        for child in children.split_ascii_whitespace().flat_map(str::parse) {
            all.push(child);
            descendants(child, all);
        }
    }
}

fn resident(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes << 10)
}

fn on_processor(id: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name of the program is in parentheses and may contain blanks.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    let ticks = ticks()? + ticks()?;
    let per_second = rustix::param::clock_ticks_per_second();
    Some(Duration::from_millis(ticks * 1000 / per_second.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Measured {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        measure(command, Whom::Family).expect("sh can be run")
    }

    #[test]
    fn a_program_is_measured_while_it_runs() {
        let measured = sh("i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; echo no >&2; exit 3");
        assert_eq!((measured.code, measured.stderr.as_str()), (Some(3), "no\n"));
        assert!(measured.expect(0).is_err() && measured.expect(3).is_ok());
        if cfg!(target_os = "linux") {
            assert!(measured.memory > Some(100 << 10), "{measured:?}");
            assert!(
                measured.processor <= Some(measured.wall * 2),
                "{measured:?}"
            );
        }
    }

    #[test]
    fn the_memory_of_children_counts() {
        let loops = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done";
        let alone = sh(loops);
        let parent = sh(&format!("sh -c '{loops}'; true"));
        if cfg!(target_os = "linux") {
            assert!(parent.memory > alone.memory, "{parent:?} {alone:?}");
        }
    }

    #[test]
    fn a_failure_is_said_in_the_line_with_the_error() {
        let measured = sh("echo applying 1; echo 'ERROR: no table' >&2; exit 1");
        assert_eq!(measured.expect(0), Err("ERROR: no table".to_owned()));
        let silent = sh("exit 4");
        assert_eq!(
            silent.expect(0),
            Err("sh ended with exit code 4".to_owned())
        );
    }
}
