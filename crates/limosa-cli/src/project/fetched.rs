//! URLs that stand in files or come from commands.

use std::path::Path;
use std::process::{Command, Stdio};

use limosa_core::config::Secrets;

/// Reads secrets from files and commands.
pub(super) struct Fetched;

impl Secrets for Fetched {
    fn file(&self, path: &Path) -> Result<String, String> {
        std::fs::read_to_string(path).map_err(|error| error.to_string())
    }

    fn command(&self, words: &[String]) -> Result<String, String> {
        let Some((program, arguments)) = words.split_first() else {
            return Err("is empty".into());
        };
        // What it says on stderr is for the person; what it prints is the secret.
        let output = Command::new(program)
            .args(arguments)
            .stdin(Stdio::inherit())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("cannot be started: {error}"))?;
        if !output.status.success() {
            return Err(match output.status.code() {
                Some(code) => format!("ended with exit code {code}"),
                None => "was ended by a signal".into(),
            });
        }
        let text =
            String::from_utf8(output.stdout).map_err(|_| "printed something that is not UTF-8")?;
        if text.trim().is_empty() {
            return Err("printed nothing".into());
        }
        Ok(text)
    }
}
