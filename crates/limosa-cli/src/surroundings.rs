//! What the process finds around it: variables, folders, who runs it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use limosa_core::config::Me;

/// The surroundings.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The variables whose names and values are text.
    pub variables: BTreeMap<String, String>,
    /// Where the command runs.
    pub folder: PathBuf,
}

impl Surroundings {
    /// Looks around.
    pub fn look() -> std::io::Result<Self> {
        let variables = std::env::vars_os()
            .filter_map(|(name, text)| Some((name.into_string().ok()?, text.into_string().ok()?)))
            .collect();
        Ok(Self {
            variables,
            folder: std::env::current_dir()?,
        })
    }

    /// A variable that is set and not empty.
    pub fn variable(&self, name: &str) -> Option<String> {
        self.variables
            .get(name)
            .filter(|text| !text.is_empty())
            .cloned()
    }

    /// The home folder.
    pub fn home(&self) -> Option<PathBuf> {
        self.variable("HOME").map(PathBuf::from)
    }

    /// `user@host`, for the history.
    pub fn actor(&self) -> String {
        let user = ["USER", "LOGNAME", "USERNAME"]
            .iter()
            .find_map(|name| self.variable(name))
            .unwrap_or_else(unnamed_user);
        match host() {
            Some(host) => format!("{user}@{host}"),
            None => user,
        }
    }
}

/// Who runs the process, where the system numbers its users.
#[cfg(unix)]
pub fn me() -> Option<Me> {
    Some(Me {
        user: rustix::process::geteuid().as_raw(),
        group: rustix::process::getegid().as_raw(),
    })
}

/// Who runs the process, where the system numbers its users.
#[cfg(not(unix))]
pub fn me() -> Option<Me> {
    None
}

fn unnamed_user() -> String {
    me().map_or_else(
        || "unknown".to_owned(),
        |me| match me.user {
            0 => "root".to_owned(),
            user => format!("uid-{user}"),
        },
    )
}

#[cfg(unix)]
fn host() -> Option<String> {
    let names = rustix::system::uname();
    let name = names.nodename().to_string_lossy().into_owned();
    (!name.is_empty()).then_some(name)
}

#[cfg(not(unix))]
fn host() -> Option<String> {
    std::env::var("COMPUTERNAME").ok()
}
