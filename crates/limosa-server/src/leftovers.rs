//! Servers of owners that are gone, and that no watchdog took away: both were killed, or the machine was.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::process::{Pid, Signal, getuid, kill_process};

use crate::account::temporary_root;
use crate::process::command_line;

/// Removes the folders whose names begin with `prefix` and whose owner is gone, with the servers in them. What
/// cannot be removed is left to the next one.
///
/// An owner holds a lock on its folder from its first moment to its last one, so a folder whose lock can be taken
/// has none.
pub fn remove_leftovers(prefix: &str) {
    let Ok(entries) = fs::read_dir(temporary_root()) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            remove_if_left(&entry.path());
        }
    }
}

fn remove_if_left(folder: &Path) {
    // The folder for temporary files is everybody's: a link, and what another user made, are not ours.
    let Ok(found) = fs::symlink_metadata(folder) else {
        return;
    };
    if !found.is_dir() || found.uid() != getuid().as_raw() {
        return;
    }
    let Ok(handle) = File::open(folder) else {
        return;
    };
    if handle.try_lock().is_err() {
        return;
    }
    for file in ["data/postmaster.pid", "data/pid"] {
        if let Some(server) = server_of(folder, &folder.join(file)) {
            let _ = kill_process(server, Signal::KILL);
        }
    }
    // The watchdog may be at the same work, and what it removes first is as good as removed here.
    let _ = fs::remove_dir_all(folder);
}

/// The process that this file of a server names, if it is one of this folder: pids are used again.
fn server_of(folder: &Path, file: &Path) -> Option<Pid> {
    let text = fs::read_to_string(file).ok()?;
    let pid = Pid::from_raw(text.lines().next()?.trim().parse().ok()?)?;
    let data = folder.display().to_string();
    command_line(pid)?.contains(&data).then_some(pid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_folder_of_our_own_that_nobody_owns_is_removed() -> std::io::Result<()> {
        let prefix = "limosa-leftovers-test-";
        let root = temporary_root();
        let make = || tempfile::Builder::new().prefix(prefix).tempdir_in(&root);
        let (left, owned, elsewhere) = (make()?, make()?, tempfile::tempdir()?);
        let (left, owned_path) = (left.keep(), owned.path());
        fs::create_dir(left.join("data"))?;
        // A pid that is used again by a process that has nothing to do with the folder: this one.
        let pid = format!("{}\n", std::process::id());
        fs::write(left.join("data/postmaster.pid"), pid)?;
        let lock = File::open(owned_path)?;
        lock.lock()?;
        let link = root.join(format!("{prefix}link-{}", std::process::id()));
        std::os::unix::fs::symlink(elsewhere.path(), &link)?;
        remove_leftovers(prefix);
        assert!(!left.exists());
        assert!(owned_path.is_dir());
        assert!(link.is_symlink() && elsewhere.path().is_dir());
        fs::remove_file(link)
    }
}
