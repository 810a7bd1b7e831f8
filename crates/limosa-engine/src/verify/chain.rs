//! The whole chain: from the top down to the beginning, and up again.
//!
//! Each down was tried right after its up. Here it meets what the downs above it have left of the database: other
//! places in the tables' files, sequences further on, rows that a migration wrote. A down that does not restore by
//! itself ends a stretch of the chain; the next one begins in a fresh database below it.

use limosa_core::{Class, Diagnostic};
use limosa_schema::{Fingerprint, Schema, diff};

use super::finding::{Finding, Reporter};
use super::play::Within;
use super::round_trip::read;
use super::subject::{Scripts, Subject};
use super::walk::{Link, Walk, ended};
use crate::Problem;
use crate::shadow::ShadowDatabase;

impl Walk<'_> {
    /// Walks down from where the walk has ended, and up again.
    pub(super) fn chain(&mut self, subjects: &[Subject<'_>]) -> Result<(), Problem> {
        let Some(top) = self.state.take() else {
            return Ok(());
        };
        let links = std::mem::take(&mut self.links);
        let mut walked = 0;
        let mut broken = false;
        for (index, link) in links.iter().enumerate().rev() {
            let Link::Tried { before, restores } = link else {
                break;
            };
            if !restores {
                broken = true;
                walked = 0;
                continue;
            }
            if broken {
                self.database = self.fresh(&subjects[..=index])?;
            }
            let went = self.down(&subjects[index], &subjects[..index], before)?;
            walked = if went { walked + 1 } else { 0 };
            broken = !went;
        }
        if walked == 0 {
            return Ok(());
        }
        let first = links
            .iter()
            .take_while(|link| matches!(link, Link::Applied));
        self.up_again(&subjects[first.count()..], &top)
    }

    /// A database to which subjects are applied that were applied before.
    fn fresh(&self, subjects: &[Subject<'_>]) -> Result<ShadowDatabase, Problem> {
        let mut database = self.shadow.database()?;
        for subject in subjects {
            let session = database.session();
            let target = session.server().target;
            let scripts = Scripts::of(subject, &target, self.request.environment)?;
            let played = self.player.all(session, &scripts.ups, Within::Its);
            if let Err(failure) = played.map_err(ended)? {
                return Err(Problem::report(failure.failed.diagnostic));
            }
        }
        Ok(database)
    }

    /// Undoes a subject. False when it does not do here what it did right after its up.
    fn down(
        &mut self,
        subject: &Subject<'_>,
        below: &[Subject<'_>],
        before: &Fingerprint,
    ) -> Result<bool, Problem> {
        let session = self.database.session();
        let target = session.server().target;
        let scripts = Scripts::of(subject, &target, self.request.environment)?;
        let reporter = Reporter {
            migration: subject.last(),
            scripts: &scripts,
            target,
            environment: self.request.environment,
            strictness: self.request.strictness,
        };
        let played = self.player.all(session, &scripts.downs, Within::Its);
        if let Err(failure) = played.map_err(ended)? {
            let mut finding = reporter.fails("down-fails", failure);
            finding.diagnostic = finding.diagnostic.with_note(ON_THE_WAY);
            self.findings.push(finding);
            return Ok(false);
        }
        let after = read(session)?;
        if after.fingerprint_without_order() == *before {
            return Ok(true);
        }
        let mut should = self.fresh(below)?;
        let should = read(should.session())?;
        for difference in &diff(&should, &after) {
            let mut finding = reporter.difference(difference);
            finding.diagnostic = finding.diagnostic.with_note(ON_THE_WAY);
            self.findings.push(finding);
        }
        Ok(false)
    }

    fn up_again(&mut self, subjects: &[Subject<'_>], top: &Schema) -> Result<(), Problem> {
        for subject in subjects {
            let session = self.database.session();
            let target = session.server().target;
            let scripts = Scripts::of(subject, &target, self.request.environment)?;
            let played = self.player.all(session, &scripts.ups, Within::Its);
            if let Err(failure) = played.map_err(ended)? {
                let reporter = Reporter {
                    migration: subject.last(),
                    scripts: &scripts,
                    target,
                    environment: self.request.environment,
                    strictness: self.request.strictness,
                };
                let mut finding = reporter.fails("up-fails-again", failure);
                finding.diagnostic = finding.diagnostic.with_note(AFTER_ALL);
                self.findings.push(finding);
                return Ok(());
            }
        }
        let again = read(self.database.session())?;
        if again.fingerprint_without_order() == top.fingerprint_without_order() {
            return Ok(());
        }
        let Some(last) = subjects.last() else {
            return Ok(());
        };
        for difference in diff(top, &again) {
            let message = format!(
                "all the way down and up again, {} is another one",
                difference.key
            );
            let mut diagnostic = Diagnostic::error("up-fails-again", Class::Finding, message);
            for line in limosa_schema::describe::describe(&difference) {
                diagnostic = diagnostic.with_note(line);
            }
            self.findings.push(Finding {
                object: Some(difference.key.clone()),
                kind: Some(difference.change.name()),
                ..Finding::new(last.last(), diagnostic)
            });
        }
        Ok(())
    }
}

const ON_THE_WAY: &str =
    "right after its own up it works: what differs is what the downs of the later migrations left";
const AFTER_ALL: &str = "this is after everything was undone, down to the beginning";
