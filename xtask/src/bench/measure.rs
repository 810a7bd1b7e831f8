//! Runs a program and measures it: wall time, time on the processor, and the largest resident memory.
//!
//! Memory and processor time are read from `/proc` while the program runs, so they are those of that process
//! alone; on systems without it they are missing.

use std::fs;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A peak between the last look and the end is not seen, so the looks are close together.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(4);

/// What a program took.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) name: String,
    pub(super) code: Option<i32>,
    pub(super) stderr: String,
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
        let Self {
            name, code, stderr, ..
        } = self;
        Err(format!("{name} ended with {code:?}: {stderr}"))
    }
}

/// Runs it to its end. What it prints on standard output is dropped.
pub(super) fn measure(mut command: Command) -> Result<Measured, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let failed = |error: std::io::Error| format!("{name} cannot be run: {error}");
    let began = Instant::now();
    let mut child = command.spawn().map_err(failed)?;
    let errors = child.stderr.take();
    let reader = thread::spawn(move || {
        let mut text = Vec::new();
        // What is missing of the errors is missing in the message about them.
        let _ = errors.map(|mut pipe| pipe.read_to_end(&mut text));
        String::from_utf8_lossy(&text).into_owned()
    });
    let (mut memory, mut processor) = (None, None);
    let mut pause = SHORTEST_PAUSE;
    let status = loop {
        memory = resident(&child).max(memory);
        processor = on_processor(&child).max(processor);
        if let Some(status) = child.try_wait().map_err(failed)? {
            break status;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    };
    let wall = began.elapsed();
    Ok(Measured {
        code: status.code(),
        stderr: reader.join().unwrap_or_default(),
        wall,
        processor,
        memory,
        name,
    })
}

/// The median wall time of several runs, which all have to succeed.
pub(super) fn median(times: usize, make: impl Fn() -> Command) -> Result<Duration, String> {
    let mut all = Vec::with_capacity(times);
    for _ in 0..times {
        let mut command = make();
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let name = command.get_program().to_string_lossy().into_owned();
        let began = Instant::now();
        let status = command
            .status()
            .map_err(|error| format!("{name} cannot be run: {error}"))?;
        all.push(began.elapsed());
        if !status.success() {
            return Err(format!("{name} ended with {status}"));
        }
    }
    all.sort_unstable();
    Ok(all[times / 2])
}

fn resident(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes << 10)
}

fn on_processor(child: &Child) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).ok()?;
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

    #[test]
    fn a_program_is_measured_while_it_runs() {
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; echo no >&2; exit 3",
        ]);
        let measured = measure(command).expect("sh can be run");
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
}
