//! `limosa schema diff`

use limosa_core::{Class, Diagnostic};
use limosa_schema::describe::Sides;
use limosa_schema::{Difference, Schema, diff, write};

use super::source::Source;
use super::take::Taking;
use crate::args::{DiffFormat, SchemaDiff};
use crate::commands::{Context, Outcome};
use crate::exit;
use crate::report::json::{self, DiffDocument, Side};
use crate::report::{difference_text, render};

/// Compares two schemas.
pub fn run(args: &SchemaDiff, context: &Context) -> Outcome {
    let (mut sides, mut differences) = (None, Vec::new());
    let ended = compare(args, context, &mut sides, &mut differences);
    let (problems, code) = context.ended(ended);
    if args.format == DiffFormat::Json {
        let document = DiffDocument::new(sides, &differences, &problems, code);
        context.terminal.out(&json::pretty(&document));
    }
    Ok(code)
}

fn compare(
    args: &SchemaDiff,
    context: &Context,
    sides: &mut Option<[Side; 2]>,
    found: &mut Vec<Difference>,
) -> Outcome {
    let terminal = &context.terminal;
    let taking = Taking::new(context, &args.shadow, "schema diff database")?;
    let first = Source::parse(&args.first, &taking.project)?;
    let second = Source::parse(&args.second, &taking.project)?;
    let [before, after] = taking.two(&first, &second)?;
    if before.dialect != after.dialect {
        return Err(of_two_dialects((&first, &before), (&second, &after)).into());
    }
    *sides = Some([
        Side::new(&first.name, &before),
        Side::new(&second.name, &after),
    ]);
    *found = diff(&before, &after);
    if !found.is_empty() && before.release() != after.release() {
        let message = format!(
            "{} ({}) beside {} ({}): servers of different versions write some expressions in different ways",
            first.name, before.server, second.name, after.server
        );
        let remark = Diagnostic::note("other-version", message);
        terminal.story(&render(&remark, terminal));
    }
    match args.format {
        DiffFormat::Text => {
            let sides = Sides::Beside {
                first: &first.name,
                second: &second.name,
            };
            terminal.out(&difference_text(found, sides, terminal));
        }
        DiffFormat::Sql => {
            let statements = write::repair(&before, &after);
            terminal.out_as_it_is(write::script(before.dialect, &statements));
        }
        DiffFormat::Json => {}
    }
    Ok(if found.is_empty() {
        exit::DONE
    } else {
        exit::FINDINGS
    })
}

fn of_two_dialects(first: (&Source, &Schema), second: (&Source, &Schema)) -> Diagnostic {
    let message = format!(
        "{} is a schema of {}, and {} is one of {}: they cannot be compared",
        first.0.name, first.1.dialect, second.0.name, second.1.dialect
    );
    Diagnostic::error("two-dialects", Class::Usage, message)
}
