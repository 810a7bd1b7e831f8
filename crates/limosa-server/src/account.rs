//! Under which account a server runs.
//!
//! PostgreSQL refuses to run as root, so root gives the server and its folders to an
//! unprivileged account of the machine. Anybody else runs the server as themselves.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::ServerError;
use crate::failure::Doing;

/// The account of a server.
#[derive(Debug, Clone, Copy)]
pub enum Account {
    /// Whoever runs this process.
    Own,
    /// An unprivileged account, because root runs this process.
    Other {
        /// Its user.
        uid: u32,
        /// Its group.
        gid: u32,
    },
}

impl Account {
    /// Chooses the account for servers whose folder is `folder`, which this process has made.
    pub(crate) fn choose(folder: &Path, preferred: &str) -> Result<Self, ServerError> {
        let owner = fs::metadata(folder).doing(|| format!("look at {}", folder.display()))?;
        // A folder that this process has just made belongs to the user that it runs as.
        if owner.uid() != 0 {
            return Ok(Self::Own);
        }
        for name in [preferred, "postgres", "mysql", "nobody"] {
            if let (Some(uid), Some(gid)) = (id("-u", name), id("-g", name)) {
                return Ok(Self::Other { uid, gid });
            }
        }
        Err(ServerError::Missing {
            server: "an unprivileged account for a server started by root",
            programs: format!("{preferred}, nobody"),
            folders: Vec::new(),
        })
    }

    /// Makes `command` run under this account.
    pub(crate) fn apply(self, command: &mut Command) {
        if let Self::Other { uid, gid } = self {
            command.uid(uid).gid(gid);
        }
    }

    /// Gives a file or folder to this account.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn give(self, path: &Path) -> Result<(), ServerError> {
        if let Self::Other { uid, gid } = self {
            chown(path, Some(uid), Some(gid)).doing(|| format!("give away {}", path.display()))?;
        }
        Ok(())
    }
}

fn id(what: &str, name: &str) -> Option<u32> {
    let output = Command::new("id").args([what, name]).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// A folder for temporary folders: the system's, unless another account could not enter it or a
/// socket's path inside would be longer than the 107 bytes that the kernel accepts.
pub(crate) fn temporary_root() -> PathBuf {
    let usual = std::env::temp_dir();
    let open = usual.ancestors().all(|folder| {
        fs::metadata(folder).is_ok_and(|found| found.permissions().mode() & 0o001 != 0)
    });
    if open && usual.is_absolute() && usual.as_os_str().len() < 60 {
        usual
    } else {
        PathBuf::from("/tmp")
    }
}
