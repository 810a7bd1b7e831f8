//! The walk: every migration is tried, then applied.

use std::collections::BTreeSet;

use limosa_core::MigrationSet;
use limosa_core::script::Environment;
use limosa_schema::{Key, Kind, Schema, diff};
use limosa_sql::Dialect;

use super::cases;
use super::chain::Link;
use super::finding::{Finding, Reporter, Strictness};
use super::over_rows::{Ended, OverRows, Rows, Schemas, Test};
use super::play::{NotPlayed, Player, Within};
use super::replay::{does_not_apply, opaque, stopped};
use super::round_trip::{Failure, RoundTrip, Way, read};
use super::subject::{Scripts, Subject, Which};
use super::touched::{Untouched, can_be_made_anew, untouched, without};
use super::trial::{Reach, Spare, trial};
use crate::Problem;
use crate::shadow::{Shadow, ShadowDatabase};

/// What to prove.
pub struct Request<'a> {
    /// The migrations.
    pub set: &'a MigrationSet,
    /// Which of them.
    pub which: Which,
    /// How much is a finding.
    pub strictness: Strictness,
    /// Variables, for layouts that expand them.
    pub environment: Environment<'a>,
    /// True once the person asked to stop.
    pub interrupted: &'a (dyn Fn() -> bool + Sync),
}

/// A migration that was tried.
#[derive(Debug)]
pub struct Progress<'a> {
    /// How many were tried, this one included.
    pub done: usize,
    /// Of how many.
    pub of: usize,
    /// Its full name.
    pub migration: &'a str,
    /// What was found about it.
    pub findings: &'a [Finding],
}

/// What came of it.
#[derive(Debug)]
pub struct Report {
    /// How many migrations were tried.
    pub checked: usize,
    /// What was found, in the order of the migrations.
    pub findings: Vec<Finding>,
}

/// Proves the migrations of a set.
///
/// # Errors
/// When the shadow fails, or a file cannot be read. What is wrong with the migrations is in the report.
pub fn verify(
    shadow: &Shadow<'_>,
    request: &Request<'_>,
    progress: &mut dyn FnMut(&Progress<'_>),
) -> Result<Report, Problem> {
    let subjects = Subject::all(request.set, &request.which)?;
    let migrations = subjects.iter().flat_map(|subject| &subject.migrations);
    let scripts = migrations.flat_map(|one| [one.up.as_deref(), one.down.as_deref()]);
    let cases = request.set.cases.iter();
    let tests = cases
        .flat_map(|one| [&one.given, &one.expect, &one.expect_down])
        .map(Option::as_ref);
    shadow.admit_all(scripts.chain(tests).flatten(), request.environment)?;
    let mut walk = Walk::begin(shadow, request)?;
    let of = subjects.iter().filter(|one| one.is_tried).count();
    for (index, subject) in subjects.iter().enumerate() {
        let known = walk.findings.len();
        let went = walk.step(index, &subjects)?;
        if subject.is_tried {
            progress(&Progress {
                done: walk.checked,
                of,
                migration: &subject.last().full_name(),
                findings: &walk.findings[known..],
            });
        }
        if !went {
            break;
        }
    }
    let known = walk.findings.len();
    let of_tests = cases::remarks(request.set).into_iter();
    (walk.findings).extend(of_tests.map(|(version, diagnostic)| Finding {
        migration: version.text().to_owned(),
        version,
        object: None,
        kind: None,
        diagnostic,
    }));
    if let Some(top) = walk.state.take() {
        walk.stretch(&subjects, &top)?;
    }
    if walk.findings.len() > known {
        progress(&Progress {
            done: walk.checked,
            of,
            migration: "the chain",
            findings: &walk.findings[known..],
        });
    }
    Ok(Report {
        checked: walk.checked,
        findings: walk.findings,
    })
}

pub(super) struct Walk<'a> {
    pub shadow: &'a Shadow<'a>,
    pub request: &'a Request<'a>,
    pub player: Player<'a>,
    pub database: ShadowDatabase,
    /// The schema as it is; `None` where nobody has looked since it was changed.
    pub state: Option<Schema>,
    /// Those that were applied since the last one that does not come back by itself.
    pub links: Vec<Link>,
    /// How far these reach together; `None` without any.
    pub reach: Option<Reach>,
    /// Where the last trial was made.
    pub spare: Spare,
    checked: usize,
    /// Tables of which it was told that they take no row.
    unproved: BTreeSet<Key>,
    pub findings: Vec<Finding>,
}

impl<'a> Walk<'a> {
    fn begin(shadow: &'a Shadow<'a>, request: &'a Request<'a>) -> Result<Self, Problem> {
        Ok(Self {
            shadow,
            request,
            player: Player {
                environment: request.environment,
                interrupted: request.interrupted,
            },
            database: shadow.database()?,
            state: None,
            links: Vec::new(),
            reach: None,
            spare: Spare::default(),
            checked: 0,
            unproved: BTreeSet::new(),
            findings: Vec::new(),
        })
    }

    /// Tries a subject, and applies it. False when it cannot be applied, so that nothing after it can.
    fn step(&mut self, index: usize, subjects: &[Subject<'_>]) -> Result<bool, Problem> {
        let subject = &subjects[index];
        for migration in &subject.migrations {
            if let Some(why) = &migration.opaque {
                let diagnostic = opaque(migration, why);
                self.findings.push(Finding::new(migration, diagnostic));
                return Ok(false);
            }
        }
        let target = self.database.session().server().target;
        let scripts = Scripts::of(subject, &target, self.request.environment)?;
        if !subject.is_tried {
            if let Some(state) = self.state.take() {
                self.stretch(subjects, &state)?;
            }
            return self.apply(subject, &scripts, &Reach::Anything);
        }
        self.checked += subject.migrations.len();
        let before = match self.state.take() {
            Some(state) => state,
            None => read(self.database.session())?,
        };
        let way = match subject.irreversible() {
            None if scripts.without_down.is_empty() => Way::Round,
            _ => Way::Up,
        };
        let player = self.player;
        let untouched = untouched(&scripts, &before, &target, self.request.environment);
        let reach = match target.dialect {
            Dialect::Mysql if can_be_made_anew(&scripts, &target, self.request.environment) => {
                Reach::of(&untouched, &before)
            }
            _ => Reach::Anything,
        };
        let Untouched { others, parents } = untouched;
        let tried = trial(
            self.shadow,
            &mut self.database,
            &mut self.spare,
            &reach,
            scripts.can_be_enclosed(),
            |session, within| player.round_trip(session, &scripts, way, within),
        );
        let trip = tried.map_err(ended)?;
        let reporter = Reporter {
            migration: subject.last(),
            scripts: &scripts,
            target,
            environment: self.request.environment,
            strictness: self.request.strictness,
        };
        let RoundTrip { up, down, again } = trip;
        let after = match up {
            Ok(after) => after,
            Err(failure) => {
                self.findings.push(cannot_be_applied(subject, failure));
                return Ok(false);
            }
        };
        if subject.irreversible().is_none() && !scripts.without_down.is_empty() {
            (self.findings).push(reporter.down_empty(&diff(&before, &after)));
        }
        let restored = match &down {
            Some(Ok(restored)) => Some(restored.clone()),
            _ => None,
        };
        let mut found = schema_findings(&reporter, &before, &after, down, again);
        let restores =
            way == Way::Round && (found.iter()).all(|one| one.kind == Some("order_only"));
        if before.of(Kind::Table).count() > others.len() {
            let [seen, up] = [&before, &after].map(|schema| without(schema, &others));
            let down = restored.as_ref().map(|schema| without(schema, &others));
            let schemas = Schemas {
                before: &seen,
                up: &up,
                down: down.as_ref(),
            };
            let over = self.over_rows(
                subject,
                &scripts,
                schemas,
                &Rows::Made,
                &reach.over(&parents),
            )?;
            found.extend(self.data_findings(&reporter, over));
        }
        if let Some(test) = self.test_of(subject) {
            let schemas = Schemas {
                before: &before,
                up: &after,
                down: restored.as_ref(),
            };
            let rows = Rows::Given(test);
            let over = self.over_rows(subject, &scripts, schemas, &rows, &Reach::Anything)?;
            found.extend(self.data_findings(&reporter, over));
        }
        self.findings.extend(found);
        if restores {
            self.links.push(Link {
                subject: index,
                before: before.fingerprint_without_order(),
            });
            self.reach = Some(match self.reach.take() {
                None => reach.clone(),
                Some(earlier) => earlier.and(&reach),
            });
        } else {
            self.stretch(subjects, &before)?;
        }
        let applied = self.apply(subject, &scripts, &reach)?;
        self.state = Some(after);
        Ok(applied)
    }

    /// The test that stands beside a subject.
    fn test_of(&self, subject: &Subject<'_>) -> Option<Test<'a>> {
        let of = |version| cases::of(self.request.set, version);
        let first = subject.migrations.first().and_then(|one| of(&one.version));
        let last = of(&subject.last().version);
        (first.is_some() || last.is_some()).then(|| Test {
            given: first.and_then(|one| one.given.as_ref()),
            expect: last.and_then(|one| one.expect.as_ref()),
            expect_down: last.and_then(|one| one.expect_down.as_ref()),
            environment: self.request.environment,
        })
    }

    /// Tries a subject over rows.
    fn over_rows(
        &mut self,
        subject: &Subject<'_>,
        scripts: &Scripts<'_>,
        schemas: Schemas<'_>,
        rows: &Rows<'_>,
        reach: &Reach,
    ) -> Result<OverRows, Problem> {
        let (player, accepted) = (self.player, subject.accepted());
        let tried = trial(
            self.shadow,
            &mut self.database,
            &mut self.spare,
            reach,
            scripts.can_be_enclosed(),
            |session, within| player.over_rows(session, &accepted, scripts, schemas, rows, within),
        );
        tried.map_err(ended)
    }

    /// What the trial over rows shows. A table that takes no row is told once.
    fn data_findings(&mut self, reporter: &Reporter<'_>, over: OverRows) -> Vec<Finding> {
        let mut found: Vec<Finding> = match over.ended {
            Ended::Refused => vec![],
            Ended::UpFails(failure, row) => {
                vec![reporter.fails_on_rows("up-fails-on-data", failure, row)]
            }
            Ended::DownFails(failure) => vec![reporter.fails_on_rows("down-fails", failure, None)],
            Ended::Through(found) => found.into_iter().map(|one| reporter.data(one)).collect(),
        };
        let asked = over.asked.into_iter();
        found.extend(asked.map(|one| Finding::new(reporter.migration, one)));
        for unproved in over.unproved {
            if self.unproved.insert(unproved.key.clone()) {
                found.push(reporter.not_proved(unproved));
            }
        }
        found
    }

    /// Applies a subject for good.
    fn apply(
        &mut self,
        subject: &Subject<'_>,
        scripts: &Scripts<'_>,
        reach: &Reach,
    ) -> Result<bool, Problem> {
        self.spare.changed(reach);
        let session = self.database.session();
        let played = self.player.all(session, &scripts.ups, Within::Its);
        match played.map_err(ended)? {
            Ok(()) => Ok(true),
            Err(failure) => {
                self.findings.push(cannot_be_applied(subject, failure));
                Ok(false)
            }
        }
    }
}

/// An up that fails on the schema that those before it make.
fn cannot_be_applied(subject: &Subject<'_>, failure: Failure) -> Finding {
    let ups = (subject.migrations.iter()).filter(|one| one.up.is_some());
    let migration = ups.clone().nth(failure.script).copied();
    let migration = migration.unwrap_or_else(|| subject.last());
    Finding::new(
        migration,
        does_not_apply(&migration.full_name(), failure.failed.diagnostic),
    )
}

/// What the way down, and up again, shows.
fn schema_findings(
    reporter: &Reporter<'_>,
    before: &Schema,
    after: &Schema,
    down: Option<Result<Schema, Failure>>,
    again: Option<Result<Schema, Failure>>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let restored = match down {
        None => return findings,
        Some(Err(failure)) => return vec![reporter.fails("down-fails", failure)],
        Some(Ok(restored)) => diff(before, &restored),
    };
    findings.extend(restored.iter().map(|one| reporter.difference(one)));
    match again {
        None => {}
        Some(Err(failure)) => findings.push(reporter.fails("up-fails-again", failure)),
        // What comes of another beginning is told already.
        Some(Ok(_)) if !restored.is_empty() => {}
        Some(Ok(again)) => {
            let differences = diff(after, &again);
            findings.extend(differences.iter().map(|one| reporter.difference_again(one)));
        }
    }
    findings
}

pub(super) fn ended(ended: NotPlayed) -> Problem {
    match ended {
        NotPlayed::Interrupted => stopped(),
        NotPlayed::Problem(problem) => *problem,
        NotPlayed::Failed(failed) => Problem::report(failed.diagnostic),
    }
}
