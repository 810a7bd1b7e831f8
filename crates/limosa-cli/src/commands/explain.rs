//! `limosa explain`

use super::{Context, Outcome};
use crate::args::Explain;
use crate::exit;
use crate::stop::Stop;

/// Explains a finding or an error.
pub fn run(args: &Explain, context: &Context) -> Outcome {
    let Some(name) = &args.name else {
        context
            .terminal
            .out(&format!("{}\n", limosa_lint::names().join("\n")));
        return Ok(exit::DONE);
    };
    if let Some(text) = limosa_lint::explain(name) {
        context.terminal.out(&format!(
            "{}
",
            text.trim()
        ));
        return Ok(exit::DONE);
    }
    let stop = Stop::usage(format!(
        "there is nothing named `{}` to explain",
        name.escape_default()
    ));
    let near = limosa_lint::names()
        .into_iter()
        .map(|one| (strsim::damerau_levenshtein(one, name), one))
        .min();
    Err(match near {
        Some((distance, near)) if distance <= 3 => stop.help(format!("did you mean `{near}`?")),
        _ => stop.help("all names are listed by\nlimosa explain"),
    })
}
