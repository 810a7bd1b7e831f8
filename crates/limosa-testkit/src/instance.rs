//! One private server of the tests: on a port of 127.0.0.1 beside its socket, or one that another process of the same
//! test run has started.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use limosa_server::{Account, Doing, ServerError};

use crate::KitError;
use crate::database::Access;

/// What differs between the servers.
#[derive(Debug)]
pub(crate) struct Recipe {
    /// What differs between their processes.
    pub(crate) process: limosa_server::Recipe,
    /// Names a running instance of the kit to use instead of a new one.
    pub(crate) variable: &'static str,
}

/// A private server and its folder.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) access: Access,
    recipe: &'static Recipe,
    /// Absent when the server belongs to another process of the same test run.
    own: Option<limosa_server::Instance>,
}

impl Instance {
    /// Makes the folder and its watchdog; no server runs yet.
    pub(crate) fn prepare(
        recipe: &'static Recipe,
        access: impl FnOnce(PathBuf) -> Access,
    ) -> Result<Self, KitError> {
        let own = limosa_server::Instance::prepare(&recipe.process)?;
        Ok(Self {
            access: access(own.folder().to_owned()),
            recipe,
            own: Some(own),
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
        Some(Ok(Self {
            access,
            recipe,
            own: None,
        }))
    }

    /// The account that the server runs under.
    pub(crate) fn account(&self) -> Account {
        self.own
            .as_ref()
            .map_or(Account::Own, limosa_server::Instance::account)
    }

    /// Runs a program of the set-up to its end, under watch.
    pub(crate) fn set_up(&self, program: &Path, arguments: &[String]) -> Result<(), KitError> {
        Ok(self.owned().set_up(program, arguments)?)
    }

    /// Starts the server for the first time, on a free port that `configure` writes down.
    pub(crate) fn start(
        &mut self,
        program: &Path,
        arguments: &[String],
        configure: impl Fn(&Access) -> Result<(), KitError>,
    ) -> Result<(), KitError> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            self.access.port = free_port()?;
            configure(&self.access)?;
            let access = &self.access;
            let answers = || access.answers();
            match (self.owned()).start(program.to_owned(), arguments.to_vec(), &answers) {
                // Between our look and the server's bind somebody else may take the port.
                Err(ServerError::Start { log, .. }) if attempts < 5 && log.contains("in use") => {}
                other => break other?,
            }
        }
        let text = format!("{}\n{}\n", self.access.port, self.access.password);
        let record = self.access.folder.join("instance");
        Ok(fs::write(&record, text).doing(|| format!("write {}", record.display()))?)
    }

    /// Kills the server and all its processes with SIGKILL.
    pub(crate) fn kill(&self) {
        self.owned().kill();
    }

    /// Stops the server in good order; open sessions are ended.
    pub(crate) fn stop(&self) {
        self.owned().stop();
    }

    /// Starts the server again, on the same port.
    pub(crate) fn restart(&self) -> Result<(), KitError> {
        Ok(self.owned().restart(&|| self.access.answers())?)
    }

    /// The pid of the server, when it runs and this process has started it.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.own.as_ref()?.pid()
    }

    /// Everything that the server has logged.
    pub(crate) fn log(&self) -> String {
        limosa_server::log_of(&self.access.folder)
    }

    fn owned(&self) -> &limosa_server::Instance {
        self.own.as_ref().unwrap_or_else(|| {
            panic!(
                "{} is shared by the whole test run; start a server of your own to stop it",
                self.recipe.process.server
            )
        })
    }
}

pub(crate) fn free_port() -> Result<u16, KitError> {
    let found = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port());
    Ok(found.doing(|| "find a free port".to_owned())?)
}
