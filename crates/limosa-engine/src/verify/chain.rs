//! The chain: down through many migrations, and up again.
//!
//! Each down was tried right after its up. Here it meets what the downs above it have left of the database: other
//! places in the tables' files, sequences further on, rows that a migration wrote. A migration whose down does not
//! restore by itself ends a *stretch* of the chain, so each stretch is walked as soon as its end is known, as a trial
//! of the state above it.

use limosa_core::{Class, Diagnostic};
use limosa_db::Locked;
use limosa_schema::describe::describe;
use limosa_schema::{Fingerprint, Schema, diff};

use super::finding::{Finding, Reporter};
use super::play::{NotPlayed, Player, Within};
use super::replay::replay;
use super::round_trip::{Failure, read};
use super::subject::{Scripts, Subject};
use super::trial::{Reach, Tried, trial};
use super::walk::{Request, Walk, ended};
use crate::Problem;

/// A subject whose down restores by itself.
pub(super) struct Link {
    /// Its place among all subjects.
    pub subject: usize,
    /// The schema before it.
    pub before: Fingerprint,
}

/// How a stretch was walked.
enum Walked {
    /// All the way down and up.
    Through,
    /// The down of a link fails.
    DownFails(usize, Failure),
    /// The down of a link leaves another schema than was before it.
    DownDiffers(usize, Box<Schema>),
    /// The up of a link fails.
    UpFails(usize, Failure),
    /// Up again, the schema is another one.
    UpDiffers(Box<Schema>),
}

impl Walk<'_> {
    /// Walks down the stretch that ends here, and up again. The schema is that of now.
    pub(super) fn stretch(
        &mut self,
        subjects: &[Subject<'_>],
        schema: &Schema,
    ) -> Result<(), Problem> {
        let links = std::mem::take(&mut self.links);
        let reach = self.reach.take().unwrap_or(Reach::Anything);
        // A single one was walked in its own trial.
        if links.len() < 2 {
            return Ok(());
        }
        let target = self.database.session().server().target;
        let scripts = |link: &Link| {
            let subject = &subjects[link.subject];
            Scripts::of(subject, &target, self.request.environment)
        };
        let scripts: Vec<Scripts<'_>> = links.iter().map(scripts).collect::<Result<_, _>>()?;
        let player = self.player;
        let top = schema.fingerprint_without_order();
        let walked = trial(
            self.shadow,
            &mut self.database,
            &mut self.spare,
            &reach,
            scripts.iter().all(Scripts::can_be_enclosed),
            |session, within| player.walk(session, &links, &scripts, &top, within),
        );
        let reporter = |index: usize| Reporter {
            migration: subjects[links[index].subject].last(),
            scripts: &scripts[index],
            target,
            environment: self.request.environment,
            strictness: self.request.strictness,
        };
        let found = match walked.map_err(ended)? {
            Walked::Through => vec![],
            Walked::DownFails(at, failure) => vec![reporter(at).fails("down-fails", failure)],
            Walked::UpFails(at, failure) => vec![reporter(at).fails("up-fails-again", failure)],
            Walked::DownDiffers(at, after) => {
                let should = self.schema_after(&subjects[..links[at].subject])?;
                let differences = diff(&should, &after);
                let found = differences.iter().map(|one| reporter(at).difference(one));
                found.collect()
            }
            Walked::UpDiffers(again) => {
                let last = &subjects[links[links.len() - 1].subject];
                let differences = diff(schema, &again);
                differences.iter().map(|one| not_again(last, one)).collect()
            }
        };
        self.findings.extend(found.into_iter().map(|mut one| {
            one.diagnostic = one.diagnostic.with_note(ON_THE_WAY);
            one
        }));
        Ok(())
    }

    /// The schema that subjects make, in a fresh database.
    fn schema_after(&self, subjects: &[Subject<'_>]) -> Result<Schema, Problem> {
        let Request {
            set,
            environment,
            interrupted,
            ..
        } = self.request;
        let mut database = self.shadow.database()?;
        if let Some(last) = subjects.last() {
            let version = &last.last().version;
            replay(&mut database, set, Some(version), *environment, interrupted)?;
        }
        read(database.session())
    }
}

impl Player<'_> {
    fn walk(
        &self,
        session: &mut Locked,
        links: &[Link],
        scripts: &[Scripts<'_>],
        top: &Fingerprint,
        within: Within,
    ) -> Result<Tried<Walked>, NotPlayed> {
        for (index, link) in links.iter().enumerate().rev() {
            if let Err(failure) = self.all(session, &scripts[index].downs, within)? {
                return Ok(Tried::Failed(Walked::DownFails(index, failure)));
            }
            let after = read(session)?;
            if after.fingerprint_without_order() != link.before {
                return Ok(Tried::Failed(Walked::DownDiffers(index, Box::new(after))));
            }
        }
        for (index, scripts) in scripts.iter().enumerate() {
            if let Err(failure) = self.all(session, &scripts.ups, within)? {
                return Ok(Tried::Failed(Walked::UpFails(index, failure)));
            }
        }
        let again = read(session)?;
        if again.fingerprint_without_order() != *top {
            return Ok(Tried::Failed(Walked::UpDiffers(Box::new(again))));
        }
        Ok(Tried::Settled(Walked::Through))
    }
}

fn not_again(last: &Subject<'_>, difference: &limosa_schema::Difference) -> Finding {
    let message = format!(
        "down through several migrations and up again, {} is another one",
        difference.key
    );
    let mut diagnostic = Diagnostic::error("up-fails-again", Class::Finding, message);
    for line in describe(difference) {
        diagnostic = diagnostic.with_note(line);
    }
    Finding {
        object: Some(difference.key.clone()),
        kind: Some(difference.change.name()),
        ..Finding::new(last.last(), diagnostic)
    }
}

const ON_THE_WAY: &str =
    "by itself it comes back: what differs is what the downs of later migrations left";
