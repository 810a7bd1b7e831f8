//! `limosa plan`

use limosa_core::plan::Goal;
use limosa_db::Access;

use super::run::{plan_now, show_document, taken_over_first, variable, warnings_about};
use super::{Context, Outcome};
use crate::args::{PlanArgs, PlanFormat};
use crate::exit;
use crate::project::{Extra, Project, version};
use crate::report::json::PlanDatabase;
use crate::report::{Words, render, show_plan};
use crate::stop::Stop;
use crate::terminal::Draft;

/// Shows what `up` would do.
pub fn run(args: &PlanArgs, context: &Context) -> Outcome {
    let mut databases = Vec::new();
    let result = show(args, context, &mut databases);
    let (problems, code) = match result {
        Ok(code) => (vec![], code),
        Err(Stop(problems)) => {
            let code = context.show(&problems);
            (problems, code)
        }
    };
    if args.format == PlanFormat::Json {
        return Ok(show_document(&databases, &problems, code, context));
    }
    Ok(code)
}

fn show(args: &PlanArgs, context: &Context, databases: &mut Vec<PlanDatabase>) -> Outcome {
    let terminal = &context.terminal;
    let to = args.reaching.to.as_deref().filter(|text| !text.is_empty());
    let goal = Goal::Up {
        to: to.map(version).transpose()?,
        limit: args.reaching.count,
    };
    let extra = Extra {
        reaching: Some(&args.reaching),
        timing: None,
    };
    let project = Project::find(&context.global, &extra, &context.around)?;
    for remark in &project.settings.remarks {
        terminal.story(&render(remark, terminal));
    }
    for one in &project.settings.databases {
        let mut opened = project.open(one, Access::Read, None)?;
        let introduction = project.introduction(&opened.database, &opened.told, terminal);
        terminal.story(&format!("{introduction}\n\n"));
        let plan = plan_now(&mut opened, &goal, args.transacting.into())?;
        for remark in warnings_about(&plan, &opened.set) {
            context.terminal.story(&render(remark, &context.terminal));
        }
        for remark in plan.remarks() {
            terminal.story(&render(remark, terminal));
        }
        if let Some(remark) = taken_over_first(&mut opened.database, &opened.set)? {
            terminal.story(&render(&remark, terminal));
        }
        let target = opened.database.server().target;
        if args.format == PlanFormat::Sql {
            let mut script = Draft::new();
            limosa_engine::script::write(
                &mut opened.database,
                &plan,
                &opened.set,
                &variable,
                &mut script,
            )
            .map_err(|problem| Stop::from(problem.diagnostic()))?;
            script.show(terminal)?;
            continue;
        }
        if args.format == PlanFormat::Text {
            let title = project.title(one);
            if plan.is_empty() {
                terminal.out(&title);
                terminal.out("Nothing to do: nothing is pending\n");
                continue;
            }
            let words = Words {
                title: &title,
                hint: "`limosa up` carries out this plan",
                has_journal: opened.database.keeps_own(),
            };
            show_plan(&plan, &target, &words, terminal)?;
            continue;
        }
        databases.push(PlanDatabase {
            name: one.name.clone(),
            plan: Some((plan, target)),
        });
    }
    Ok(exit::DONE)
}
