//! A plan as text.

use limosa_core::mask::masked;
use limosa_core::plan::{Part, ScriptFrom, Unit, UnitMode};
use limosa_core::{Diagnostic, Plan, Script, ScriptError, ScriptReader, Step};
use limosa_sql::Target;

use super::status::time;
use crate::terminal::{
    DIM, NAME, NOTE, Terminal, WARNING, clean, clean_line, count, fit, head, one_line, pad, paint,
};

/// More of a statement is not kept for showing.
const KEPT: usize = (64 << 10) + 4;
/// From this length on, text is shown before the rest is known.
const SHOWN_AT_ONCE: usize = 64 << 10;

/// A statement of a step, as it is shown.
#[derive(Debug)]
pub struct Listed {
    /// The index of its unit.
    pub unit: usize,
    /// Its number among those that are sent, from 1.
    pub number: u64,
    /// Its file.
    pub file: String,
    /// Its line.
    pub line: u64,
    /// The beginning of its text, passwords masked.
    pub sql: String,
    /// How long its text is, in bytes.
    pub length: usize,
    /// Its kind.
    pub kind: &'static str,
    /// What it destroys.
    pub destroys: Vec<String>,
}

/// Reads the statements of a step. Those that control transactions are not sent and not listed.
pub fn list(step: &Step, target: &Target) -> Result<Vec<Listed>, Diagnostic> {
    match step.script() {
        None => Ok(Vec::new()),
        Some(script) => read(step, script, target).map_err(|error| error.diagnostic(script)),
    }
}

fn read(step: &Step, script: &Script, target: &Target) -> Result<Vec<Listed>, ScriptError> {
    let environment = |name: &str| std::env::var(name).ok();
    let mut reader = ScriptReader::open(script, target.dialect, &environment)?;
    let mut listed: Vec<Listed> = Vec::new();
    let mut first = (0, true);
    let mut at = 0;
    while let Some(statement) = reader.next() {
        let statement = statement?;
        let index = statement.index;
        // Units and statements are in the same order.
        let is_over = |unit: &Unit| unit.statements.end <= index;
        at += step.units[at..]
            .iter()
            .take_while(|one| is_over(one))
            .count();
        let unit = at.min(step.units.len().saturating_sub(1));
        if first.0 != unit {
            first = (unit, true);
        }
        let facts = statement.facts(target);
        let part = Part::of(&facts, first.1);
        first.1 &= part != Part::Statement;
        if part == Part::Control {
            continue;
        }
        let number = listed.len() as u64 + 1;
        let kept = head(statement.written, KEPT);
        let losses = facts.destroys.iter();
        listed.push(Listed {
            unit,
            number,
            file: script.file.clone(),
            line: statement.line,
            sql: masked(target.dialect, kept).into_owned(),
            length: statement.written.len(),
            kind: facts.kind,
            destroys: losses
                .map(|loss| format!("{} {}", loss.object, loss.name))
                .collect(),
        });
    }
    Ok(listed)
}

/// What is said about a plan beside its steps.
pub struct Words<'w> {
    /// Stands above it.
    pub title: &'w str,
    /// What to do with it.
    pub hint: &'w str,
    /// Without our own journal nothing says how far an interrupted migration came.
    pub has_journal: bool,
}

/// Shows the steps with a summary, without the first line and the remarks of the story. The statements of one step are
/// in memory at a time, and a short plan is shown as a whole or not at all.
pub fn show_plan(
    plan: &Plan,
    target: &Target,
    words: &Words<'_>,
    terminal: &Terminal,
) -> Result<(), Diagnostic> {
    let mut text = words.title.to_owned();
    let mut summary = Summary::default();
    for step in plan.steps() {
        let listed = list(step, target)?;
        summary.add(&listed);
        text.push_str(&step_text(step, &listed, words.has_journal, terminal));
        text.push('\n');
        if text.len() > SHOWN_AT_ONCE {
            terminal.out(&text);
            text.clear();
        }
    }
    text.push_str(&summary.text());
    text.push('\n');
    if !words.hint.is_empty() {
        text.push_str(&format!("{}: {}\n", paint(NOTE, "hint"), words.hint));
    }
    terminal.out(&text);
    Ok(())
}

fn step_text(step: &Step, listed: &[Listed], has_journal: bool, terminal: &Terminal) -> String {
    let name = clean_line(&step.full_name());
    let mut text = format!(
        "{}  {}\n",
        paint(NAME, pad(&name, 36)),
        manner(step, listed, has_journal)
    );
    if let limosa_core::plan::Action::Run {
        script,
        from: ScriptFrom::History,
    } = &step.action
    {
        text.push_str(&format!(
            "  {}\n",
            paint(DIM, format!("from {}", clean_line(&script.file)))
        ));
    }
    if let Some(doubt) = &step.in_doubt {
        let words = format!(
            "statement {} was begun at {}, and nobody recorded how it ended: that is decided first",
            doubt.statement,
            time(&doubt.at)
        );
        text.push_str(&format!("  {}\n", paint(WARNING, words)));
    }
    let several = step.units.len() > 1;
    let kinds = listed
        .iter()
        .map(|one| kind(one.kind).len())
        .max()
        .unwrap_or(0);
    let mut unit = usize::MAX;
    for one in listed {
        if several && one.unit != unit {
            unit = one.unit;
            text.push_str(&format!("  {}\n", paint(DIM, unit_text(step, unit))));
        }
        let number = one.number;
        let start = format!("{number:>4}  {}  ", pad(&kind(one.kind), kinds));
        if terminal.verbose {
            let indented = clean(&one.sql).replace('\n', &format!("\n{:1$}", "", start.len()));
            text.push_str(&format!("{start}{indented}\n"));
        } else {
            let room = terminal.width.saturating_sub(start.len());
            let sql = fit(&one_line(&clean_line(&one.sql)), room, terminal.unicode);
            text.push_str(&format!("{start}{sql}\n"));
        }
        for what in &one.destroys {
            let words = paint(WARNING, format!("destroys data: {}", clean_line(what)));
            text.push_str(&format!("{:1$}{words}\n", "", start.len()));
        }
    }
    text
}

fn kind(kind: &str) -> String {
    match kind {
        "unknown" => "not recognised".to_owned(),
        kind => kind.replace('_', " "),
    }
}

fn unit_text(step: &Step, unit: usize) -> String {
    let done = if unit < step.done {
        ", done already"
    } else {
        ""
    };
    match step.units.get(unit).map(|unit| &unit.mode) {
        Some(UnitMode::Alone) => format!("by itself{done}"),
        _ => format!("in a transaction{done}"),
    }
}

/// `2 statements in one transaction`.
fn manner(step: &Step, listed: &[Listed], has_journal: bool) -> String {
    let resumable = if has_journal { ", resumable" } else { "" };
    let statements = count(listed.len(), "statement");
    let way = match step.units.as_slice() {
        [] if step.script().is_none() => return "recorded, nothing is run".to_owned(),
        [] => return "no statements".to_owned(),
        [one] if one.mode == UnitMode::Alone => " by itself".to_owned(),
        [_] => " in one transaction".to_owned(),
        units if units.iter().all(|unit| unit.mode == UnitMode::Alone) => {
            format!(", one by one{resumable}")
        }
        units => format!(" in {}{resumable}", count(units.len(), "unit")),
    };
    let back = match step.direction {
        limosa_core::history::Direction::Down => "undone by ",
        limosa_core::history::Direction::Up => "",
    };
    format!("{back}{statements}{way}")
}

/// What a plan has, counted.
#[derive(Default)]
struct Summary {
    steps: usize,
    statements: usize,
    destroying: usize,
    unknown: usize,
}

impl Summary {
    fn add(&mut self, listed: &[Listed]) {
        let destroying = listed.iter().filter(|one| !one.destroys.is_empty());
        let unknown = listed.iter().filter(|one| one.kind == "unknown");
        self.steps += 1;
        self.statements += listed.len();
        self.destroying += destroying.count();
        self.unknown += unknown.count();
    }

    fn text(&self) -> String {
        let mut parts = vec![
            count(self.steps, "migration"),
            count(self.statements, "statement"),
        ];
        match self.destroying {
            0 => {}
            1 => parts.push("1 destroys data".to_owned()),
            many => parts.push(format!("{many} destroy data")),
        }
        if self.unknown > 0 {
            parts.push(format!("{} not recognised", self.unknown));
        }
        format!("{}. Nothing was changed.", parts.join(", "))
    }
}
