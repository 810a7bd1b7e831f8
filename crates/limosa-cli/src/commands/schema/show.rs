//! `limosa schema show`

use super::source::Source;
use super::take::Taking;
use crate::args::{ReportFormat, SchemaShow};
use crate::commands::{Context, Outcome};
use crate::exit;
use crate::report::schema_text;

/// Shows a schema.
pub fn run(args: &SchemaShow, context: &Context) -> Outcome {
    let taking = Taking::new(context, &args.shadow, "schema show --from")?;
    let source = Source::parse(&args.from, &taking.project)?;
    let schema = taking.one(&source)?;
    match args.report.format {
        ReportFormat::Text => context
            .terminal
            .out(&schema_text(&schema, &context.terminal)),
        ReportFormat::Json => context.terminal.out_as_it_is(schema.to_snapshot()),
    }
    Ok(exit::DONE)
}
