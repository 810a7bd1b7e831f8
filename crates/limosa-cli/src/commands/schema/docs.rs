//! `limosa schema docs`

use limosa_schema::docs::page;

use super::file::{To, check, put, quoted};
use super::source::Source;
use super::take::Taking;
use crate::args::SchemaDocs;
use crate::commands::{Context, Outcome};
use crate::stop::Stop;

/// What a page is made from, unless somebody says otherwise.
const FILES: &str = "files";

/// Writes the page of a schema.
pub fn run(args: &SchemaDocs, context: &Context) -> Outcome {
    let taking = Taking::new(context, &args.shadow, "schema docs --from")?;
    let source = Source::parse(&args.from, &taking.project)?;
    // Of several databases each has a page.
    let name = match taking.project.settings.databases.as_slice() {
        [one] if taking.project.has_several() => Some(one.name.as_str()),
        _ => None,
    };
    let page_of = name.map_or("docs/schema.md".to_owned(), |name| {
        format!("docs/schema-{name}.md")
    });
    let path = match &args.output {
        Some(path) => path.clone(),
        None => taking.project.settings.root.join(page_of),
    };
    let to = To::of(&path);
    if args.check && to == To::Out {
        return Err(Stop::usage("`--check` needs a file to look at"));
    }
    let command = match name {
        Some(name) => format!("limosa -d {name} schema docs"),
        None => "limosa schema docs".to_owned(),
    };
    let title = match name {
        Some(name) => format!("Schema of {name}"),
        None => "Schema".to_owned(),
    };
    let text = page(&taking.one(&source)?, &title, &command);
    match to {
        To::File(path) if args.check => check(&text, path, &renew(command, args), context),
        to => put(&text, to, context),
    }
}

/// The command that writes the page again.
fn renew(mut command: String, args: &SchemaDocs) -> String {
    if args.from != FILES {
        command.push_str(&format!(" --from {}", quoted(&args.from)));
    }
    if let Some(path) = &args.output {
        command.push_str(&format!(" --output {}", quoted(&path.to_string_lossy())));
    }
    command
}
