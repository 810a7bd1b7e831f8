//! A plan as text.

use limosa_core::mask::masked;
use limosa_core::plan::{Planned, ScriptFrom, Statements, UnitMode};
use limosa_core::{Diagnostic, Plan, Script, Step};
use limosa_sql::{Dialect, Target};

use super::status::time;
use crate::terminal::{
    DIM, NAME, NOTE, Terminal, WARNING, clean, clean_line, count, fit, head, one_line, pad, paint,
};

/// More of a statement is not kept for showing.
const KEPT: usize = (64 << 10) + 4;
/// From this length on, text is shown before the rest is known.
const SHOWN_AT_ONCE: usize = 64 << 10;
/// So many statements have their texts below each other, by the longest kind among them and those before.
const ALIGNED: usize = 500;

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

/// The statements of a step, read one by one. Those that control transactions are not sent and not listed.
pub struct Listing<'p> {
    /// The script, and what is read of it. Without a script nothing is run.
    reading: Option<(&'p Script, Statements<'p>)>,
    dialect: Dialect,
}

impl<'p> Listing<'p> {
    /// Those of a step.
    pub fn of(step: &'p Step, target: &Target) -> Result<Self, Diagnostic> {
        let open = |script: &'p Script| {
            let environment = |name: &str| std::env::var(name).ok();
            Statements::open(script, &step.units, target, &environment)
                .map(|statements| (script, statements))
                .map_err(|error| error.diagnostic(script))
        };
        Ok(Self {
            reading: step.script().map(open).transpose()?,
            dialect: target.dialect,
        })
    }
}

impl Iterator for Listing<'_> {
    type Item = Result<Listed, Diagnostic>;

    fn next(&mut self) -> Option<Self::Item> {
        let (script, statements) = self.reading.as_mut()?;
        let dialect = self.dialect;
        let next = statements.next(|planned| Listed::of(&planned, &script.file, dialect));
        next.map_err(|error| error.diagnostic(script)).transpose()
    }
}

impl Listed {
    fn of(planned: &Planned<'_>, file: &str, dialect: Dialect) -> Self {
        let written = planned.text.sql;
        let losses = planned.facts.destroys.iter();
        Self {
            unit: planned.unit,
            number: planned.number,
            file: file.to_owned(),
            line: planned.text.line,
            sql: masked(dialect, head(written, KEPT)).into_owned(),
            length: written.len(),
            kind: planned.facts.kind,
            destroys: losses
                .map(|loss| format!("{} {}", loss.object, loss.name))
                .collect(),
        }
    }
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

/// Shows the steps with a summary, without the first line and the remarks of the story. A short plan is shown as a whole
/// or not at all, and of a long one little is in memory at a time.
pub fn show_plan(
    plan: &Plan,
    target: &Target,
    words: &Words<'_>,
    terminal: &Terminal,
) -> Result<(), Diagnostic> {
    let mut shown = Shown {
        text: words.title.to_owned(),
        summary: Summary::default(),
        terminal,
    };
    for step in plan.steps() {
        shown.step(step, target, words.has_journal)?;
    }
    let Shown {
        mut text, summary, ..
    } = shown;
    text.push_str(&summary.text());
    text.push('\n');
    if !words.hint.is_empty() {
        text.push_str(&format!("{}: {}\n", paint(NOTE, "hint"), words.hint));
    }
    terminal.out(&text);
    Ok(())
}

/// What is to be shown and was not yet.
struct Shown<'t> {
    text: String,
    summary: Summary,
    terminal: &'t Terminal,
}

impl Shown<'_> {
    fn step(&mut self, step: &Step, target: &Target, has_journal: bool) -> Result<(), Diagnostic> {
        self.text.push_str(&head_text(step, has_journal));
        self.summary.steps += 1;
        let mut listing = Listing::of(step, target)?;
        let (mut kinds, mut unit) = (0, None);
        loop {
            let some = listing.by_ref().take(ALIGNED);
            let some: Vec<Listed> = some.collect::<Result<_, _>>()?;
            if some.is_empty() {
                break;
            }
            let longest = some.iter().map(|one| kind(one.kind).len()).max();
            kinds = longest.unwrap_or(0).max(kinds);
            for one in &some {
                self.summary.add(one);
                if step.units.len() > 1 && unit != Some(one.unit) {
                    unit = Some(one.unit);
                    let unit = paint(DIM, unit_text(step, one.unit));
                    self.text.push_str(&format!("  {unit}\n"));
                }
                self.statement(one, kinds);
            }
        }
        self.text.push('\n');
        self.flush();
        Ok(())
    }

    fn statement(&mut self, one: &Listed, kinds: usize) {
        let number = one.number;
        let start = format!("{number:>4}  {}  ", pad(&kind(one.kind), kinds));
        if self.terminal.verbose {
            let indented = clean(&one.sql).replace('\n', &format!("\n{:1$}", "", start.len()));
            self.text.push_str(&format!("{start}{indented}\n"));
        } else {
            let room = self.terminal.width.saturating_sub(start.len());
            let sql = one_line(&clean_line(&one.sql));
            let sql = fit(&sql, room, self.terminal.unicode);
            self.text.push_str(&format!("{start}{sql}\n"));
        }
        for what in &one.destroys {
            let words = paint(WARNING, format!("destroys data: {}", clean_line(what)));
            let words = format!("{:1$}{words}\n", "", start.len());
            self.text.push_str(&words);
        }
        self.flush();
    }

    /// Shows what is there when it is much.
    fn flush(&mut self) {
        if self.text.len() > SHOWN_AT_ONCE {
            self.terminal.out(&self.text);
            self.text.clear();
        }
    }
}

fn head_text(step: &Step, has_journal: bool) -> String {
    let name = clean_line(&step.full_name());
    let mut text = format!(
        "{}  {}\n",
        paint(NAME, pad(&name, 36)),
        manner(step, has_journal)
    );
    if let limosa_core::plan::Action::Run {
        script,
        from: ScriptFrom::History,
    } = &step.action
    {
        let from = format!("from {}", clean_line(&script.file));
        text.push_str(&format!("  {}\n", paint(DIM, from)));
    }
    if let Some(doubt) = &step.in_doubt {
        let words = format!(
            "statement {} was begun at {}, and nobody recorded how it ended: that is decided first",
            doubt.statement,
            time(&doubt.at)
        );
        text.push_str(&format!("  {}\n", paint(WARNING, words)));
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
fn manner(step: &Step, has_journal: bool) -> String {
    let resumable = if has_journal { ", resumable" } else { "" };
    let statements = count(step.statements(), "statement");
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
    fn add(&mut self, one: &Listed) {
        self.statements += 1;
        self.destroying += usize::from(!one.destroys.is_empty());
        self.unknown += usize::from(one.kind == "unknown");
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
