//! Whole scripts are looked at before anything of them runs.

use limosa_core::script::Environment;
use limosa_core::{Script, ScriptReader};

use super::server::ShadowServer;
use super::{Shadow, ShadowDatabase};
use crate::Problem;
use crate::apply::Place;

impl Shadow<'_> {
    /// Whether all statements of these scripts may run in it.
    ///
    /// # Errors
    /// With the first statement that reaches beyond it, or when a script cannot be read.
    pub fn admit_all<'m>(
        &self,
        scripts: impl IntoIterator<Item = &'m Script>,
        environment: Environment<'_>,
    ) -> Result<(), Problem> {
        let mut scripts = scripts.into_iter();
        scripts.try_for_each(|script| self.server.admit_script(script, environment))
    }
}

impl ShadowDatabase {
    /// Whether all statements of a script may run in it.
    ///
    /// # Errors
    /// As [`Shadow::admit_all`].
    pub fn admit(&self, script: &Script, environment: Environment<'_>) -> Result<(), Problem> {
        self.named.server().admit_script(script, environment)
    }
}

impl ShadowServer {
    fn admit_script(&self, script: &Script, environment: Environment<'_>) -> Result<(), Problem> {
        let target = self.target();
        let dialect = target.dialect;
        let unreadable =
            |error: limosa_core::ScriptError| Problem::report(error.diagnostic(script));
        let opened = ScriptReader::open(script, dialect, environment);
        let mut reader = opened.map_err(unreadable)?;
        while let Some(text) = reader.next() {
            let text = text.map_err(unreadable)?;
            let Err(beyond) = self.admit(text.sql, &text.facts(&target), text.modes) else {
                continue;
            };
            let place = Place::of(&script.file, &text, dialect);
            let label = place.label(String::new(), None);
            return Err(Problem::report(
                beyond.diagnostic(Some(label), &self.described()),
            ));
        }
        Ok(())
    }
}
