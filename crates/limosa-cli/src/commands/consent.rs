//! Prompts follow from the plan: going back asks when data is destroyed, and in a protected
//! environment whatever destroys data must be named.

use limosa_core::history::Direction;
use limosa_core::plan::StepLoss;
use limosa_core::{Class, Diagnostic, MigrationSet, Plan, Step, Version};
use limosa_engine::{Answer, Database};

use crate::interrupt::{Interrupt, before_anything};
use crate::terminal::{NAME, Prompted, Terminal, WARNING, ask_for_name, clean_line, paint};

/// What is known about a person's consent before asking.
pub struct Consent<'a> {
    /// Whether what destroys data must be named.
    pub protected: bool,
    /// `--yes`.
    pub yes: bool,
    /// `--allow-destructive`, as typed.
    pub allowed: &'a [String],
    /// The migrations here.
    pub set: &'a MigrationSet,
    /// Ends the wait for an answer.
    pub interrupt: &'a Interrupt,
}

/// Decides whether a plan may be carried out, asking where that is needed.
pub fn ask(
    consent: &Consent<'_>,
    database: &mut Database,
    plan: &Plan,
    terminal: &Terminal,
) -> Answer {
    let goes_back = plan
        .steps()
        .iter()
        .any(|step| step.direction == Direction::Down);
    let destroying: Vec<(&Step, Vec<&StepLoss>)> = plan
        .steps()
        .iter()
        .map(|step| (step, unaccepted(step, consent.set)))
        .filter(|(_, losses)| !losses.is_empty())
        .collect();
    if destroying.is_empty() || (!goes_back && !consent.protected) {
        return Answer::Go;
    }
    match database.has_rows() {
        Ok(false) => return Answer::Go,
        Ok(true) => {}
        Err(problem) => return Answer::Refuse(Box::new(problem.diagnostic())),
    }
    if consent.protected {
        let unnamed: Vec<_> = destroying
            .iter()
            .filter(|(step, _)| !is_named(step, consent.allowed))
            .collect();
        if let Some((step, _)) = unnamed.first() {
            let versions: Vec<&str> = unnamed
                .iter()
                .map(|(step, _)| step.version.text())
                .collect();
            return Answer::Refuse(Box::new(must_be_named(step, &versions, &unnamed)));
        }
        return Answer::Go;
    }
    if consent.yes {
        return Answer::Go;
    }
    if !terminal.interactive {
        return Answer::Refuse(Box::new(nobody(&destroying)));
    }
    for (step, losses) in &destroying {
        let what: Vec<&str> = losses.iter().map(|loss| loss.what.as_str()).collect();
        let verb = match step.direction {
            Direction::Down => "Undoing",
            Direction::Up => "Applying",
        };
        terminal.err(&format!(
            "{verb} {} {}\n",
            paint(NAME, clean_line(&step.full_name())),
            paint(
                WARNING,
                format!("destroys data: {}", clean_line(&what.join(", ")))
            )
        ));
    }
    let name = typed_name(&database.server().database);
    match ask_for_name(terminal, &name, consent.interrupt) {
        Prompted::Confirmed => Answer::Go,
        Prompted::Declined => Answer::Refuse(Box::new(
            Diagnostic::error(
                "declined",
                Class::Blocked,
                "that is not the name of the database",
            )
            .with_note("nothing was changed"),
        )),
        Prompted::Interrupted => Answer::Refuse(Box::new(before_anything())),
        Prompted::Nobody => Answer::Refuse(Box::new(nobody(&destroying))),
    }
}

/// What is typed for a database: its name, for a file the file's name.
fn typed_name(database: &str) -> String {
    let file = database.rsplit('/').next().unwrap_or(database);
    file.to_owned()
}

/// The losses of a step that its author has not accepted in the file.
fn unaccepted<'s>(step: &'s Step, set: &MigrationSet) -> Vec<&'s StepLoss> {
    let accepted = set
        .get(&step.version)
        .map_or(&[][..], |one| &one.accepted_losses);
    let is_accepted = |loss: &StepLoss| {
        accepted.iter().any(|one| {
            one.object.eq_ignore_ascii_case(&loss.loss)
                && one
                    .direction
                    .is_none_or(|direction| direction == step.direction)
        })
    };
    step.losses
        .iter()
        .filter(|loss| !is_accepted(loss))
        .collect()
}

fn is_named(step: &Step, allowed: &[String]) -> bool {
    allowed.iter().any(|text| {
        let digits = text.split('_').next().unwrap_or(text);
        Version::number(digits).is_ok_and(|version| version == step.version)
    })
}

fn must_be_named(
    step: &Step,
    versions: &[&str],
    unnamed: &[&(&Step, Vec<&StepLoss>)],
) -> Diagnostic {
    let message = match unnamed.len() {
        1 => format!(
            "{} destroys data, and the environment is protected",
            step.full_name()
        ),
        many => format!("{many} migrations destroy data, and the environment is protected"),
    };
    let problem = with_losses(
        Diagnostic::error("protected", Class::Usage, message),
        unnamed.iter().copied(),
    );
    let options: Vec<String> = versions
        .iter()
        .map(|version| format!("--allow-destructive {version}"))
        .collect();
    let object = unnamed[0].1[0].loss.as_str();
    problem
        .with_note("nothing was changed")
        .with_help(format!("name it for this run\n{}", options.join(" ")))
        .with_help(format!(
            "or accept it in the file\n-- limosa: accepts-loss({object}): reason"
        ))
}

fn nobody(destroying: &[(&Step, Vec<&StepLoss>)]) -> Diagnostic {
    let problem = Diagnostic::error(
        "needs-consent",
        Class::Usage,
        "this destroys data, and there is nobody to ask",
    );
    with_losses(problem, destroying.iter())
        .with_note("nothing was changed")
        .with_help("`--dry-run` shows what would be done, `--yes` says yes beforehand")
}

fn with_losses<'a>(
    mut problem: Diagnostic,
    destroying: impl Iterator<Item = &'a (&'a Step, Vec<&'a StepLoss>)>,
) -> Diagnostic {
    for (step, losses) in destroying {
        for loss in losses {
            problem = problem.with_note(format!("{} destroys {}", step.full_name(), loss.what));
        }
    }
    problem
}
