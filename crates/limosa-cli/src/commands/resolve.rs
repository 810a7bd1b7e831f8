//! `limosa resolve`

use limosa_core::full_name;
use limosa_db::Access;
use limosa_engine::{Resolution, Resolved};

use super::{Context, Outcome};
use crate::args::{Effect, Resolve};
use crate::exit;
use crate::project::{Extra, Project, version};
use crate::stop::Stop;
use crate::terminal::{GOOD, Progress, clean_line, paint};

/// Records a person's answer about an interrupted statement.
pub fn run(args: &Resolve, context: &Context) -> Outcome {
    let terminal = &context.terminal;
    let project = Project::find(&context.global, &Extra::default(), &context.around)?;
    let [one] = project.settings.databases.as_slice() else {
        return Err(
            Stop::usage("several databases are configured").help(format!(
                "choose one of them\nadd -d {}",
                project.settings.databases[0].name
            )),
        );
    };
    let version = version(&args.version)?;
    let opened = project.open(one, Access::Write, None)?;
    let introduction = project.introduction(&opened.database, &opened.told, terminal);
    terminal.story(&format!("{introduction}\n\n"));
    let (resolution, word) = match args.answer {
        Effect::Applied => (Resolution::Applied, "took effect"),
        Effect::NotApplied => (Resolution::NotApplied, "did not take effect"),
    };
    let mut progress = Progress::new(*terminal);
    let resolved = limosa_engine::resolve(
        opened.database,
        &opened.set,
        &version,
        args.statement,
        resolution,
        &mut progress,
    )
    .map_err(|problem| Stop::from(problem.diagnostic()))?;
    progress.clear();
    let attempt = match resolved {
        Resolved::Statement(attempt) => attempt,
        Resolved::OtherTool { tool, applied } => {
            let now = match applied {
                Some(version) => format!("up to {} is applied", clean_line(version.text())),
                None => "nothing is applied".to_owned(),
            };
            terminal.story(&format!(
                "{} in the table of {tool} that {now}\n\nnext: limosa status\n",
                paint(GOOD, "Recorded"),
            ));
            return Ok(exit::DONE);
        }
    };
    let statement = attempt.in_doubt.as_ref().map_or(1, |doubt| doubt.statement);
    terminal.story(&format!(
        "{} that statement {statement} of {} {word}\n\nnext: limosa {}\n",
        paint(GOOD, "Recorded"),
        clean_line(&full_name(attempt.version.text(), &attempt.name)),
        attempt.direction.name()
    ));
    Ok(exit::DONE)
}
