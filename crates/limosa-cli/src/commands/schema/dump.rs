//! `limosa schema dump`

use limosa_core::Diagnostic;
use limosa_engine::dump;

use super::file::{To, check, put, quoted};
use super::source::Source;
use super::take::Taking;
use crate::args::SchemaDump;
use crate::commands::{Context, Outcome};
use crate::report::render;
use crate::stop::Stop;

/// Writes a schema as SQL.
pub fn run(args: &SchemaDump, context: &Context) -> Outcome {
    let to = To::of(&args.output);
    if args.check && to == To::Out {
        return Err(Stop::usage("`--check` needs a file to look at")
            .help("name it\nlimosa schema dump --output schema.sql --check"));
    }
    let taking = Taking::new(context, &args.shadow, "schema dump --from")?;
    let source = Source::parse(&args.from, &taking.project)?;
    let dump = dump::written(&taking.one(&source)?);
    for remark in &dump.remarks {
        let remark = Diagnostic::warning("not-dumped", remark.as_str());
        context.terminal.story(&render(&remark, &context.terminal));
    }
    match to {
        To::File(path) if args.check => {
            let output = args.output.to_string_lossy();
            let mut renew = format!("limosa schema dump --output {}", quoted(&output));
            if args.from != "database" {
                renew.push_str(&format!(" --from {}", quoted(&args.from)));
            }
            check(&dump.text, path, &renew, context)
        }
        to => put(&dump.text, to, context),
    }
}
