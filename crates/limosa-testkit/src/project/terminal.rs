//! A pseudo-terminal: what a program takes for a person at a keyboard.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread::JoinHandle;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// How often the reading thread looks whether the terminal is to go away.
const LOOK: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 20_000_000,
};

/// The side of the person; the terminal goes away with the value.
#[derive(Debug)]
pub(super) struct Keyboard {
    master: Option<File>,
    gone: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
}

impl Keyboard {
    /// A new terminal: this side, what appears on it, and the side of the program.
    pub(super) fn open() -> (Self, Receiver<Vec<u8>>, File) {
        let open = || -> rustix::io::Result<(OwnedFd, std::ffi::CString)> {
            let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
            grantpt(&master)?;
            unlockpt(&master)?;
            let name = ptsname(&master, Vec::new())?;
            Ok((master, name))
        };
        let (master, name) = open().expect("the system has pseudo-terminals");
        let name = std::ffi::OsString::from_vec(name.into_bytes());
        let program = File::options().read(true).write(true).open(name);
        let program = program.expect("a new terminal can be opened");
        let master = File::from(master);
        let copy = master.try_clone().expect("a terminal can be shared");
        let gone = Arc::new(AtomicBool::new(false));
        let (sender, receiver) = mpsc::channel();
        let end = Arc::clone(&gone);
        let reader = std::thread::spawn(move || read(copy, &end, &sender));
        let keyboard = Self {
            master: Some(master),
            gone,
            reader: Some(reader),
        };
        (keyboard, receiver, program)
    }

    pub(super) fn type_in(&mut self, text: &str) {
        if let Some(master) = &mut self.master {
            master
                .write_all(text.as_bytes())
                .expect("the terminal is there");
        }
    }

    /// Closes the terminal, as a lost connection of ssh does.
    pub(super) fn hang_up(&mut self) {
        self.gone.store(true, Ordering::SeqCst);
        if let Some(reader) = self.reader.take() {
            // It only reads; when it panicked, it has closed its side as well.
            let _ = reader.join();
        }
        self.master = None;
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        self.hang_up();
    }
}

/// Passes on what appears, until the program has closed its side or the terminal goes away.
fn read(mut master: File, gone: &AtomicBool, sender: &mpsc::Sender<Vec<u8>>) {
    let mut buffer = [0; 8192];
    while !gone.load(Ordering::SeqCst) {
        let mut files = [PollFd::new(&master, PollFlags::IN)];
        if !matches!(poll(&mut files, Some(&LOOK)), Ok(1..)) {
            continue;
        }
        match master.read(&mut buffer) {
            Ok(length @ 1..) if sender.send(buffer[..length].to_vec()).is_ok() => {}
            // The program has ended: the system says so with an error.
            _ => return,
        }
    }
}
