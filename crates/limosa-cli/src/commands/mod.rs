//! The commands: one file each, and the way to them.

mod adopt;
mod baseline;
mod completions;
mod consent;
mod down;
mod drift;
mod explain;
mod goto;
mod history;
mod init;
mod lint;
mod man;
mod new;
mod plan;
mod redo;
mod renumber;
mod resolve;
mod run;
mod schema;
mod squash;
mod status;
mod up;
mod verify;

use clap::Parser;
use clap::error::ErrorKind;
use limosa_core::{Class, Diagnostic};

use crate::args::{Cli, Command, Global};
use crate::exit;
use crate::legacy;
use crate::report;
use crate::stop::{Stop, exit_code};
use crate::surroundings::Surroundings;
use crate::terminal::Terminal;

/// What every command gets.
pub struct Context {
    /// The options of every command.
    pub global: Global,
    /// Where it writes.
    pub terminal: Terminal,
    /// Where it runs.
    pub around: Surroundings,
}

impl Context {
    /// Shows problems on stderr and gives their exit code.
    pub fn show(&self, problems: &[Diagnostic]) -> u8 {
        for problem in problems {
            self.terminal.err(&report::render(problem, &self.terminal));
        }
        exit_code(problems)
    }

    /// The problems that ended a command, which are shown on stderr, and its exit code: for documents that
    /// are printed also when something went wrong.
    fn ended(&self, outcome: Outcome) -> (Vec<Diagnostic>, u8) {
        match outcome {
            Ok(code) => (vec![], code),
            Err(Stop(problems)) => {
                let code = self.show(&problems);
                (problems, code)
            }
        }
    }
}

/// What a command returns: its exit code, or why it ended.
pub type Outcome = Result<u8, Stop>;

/// Reads the arguments and runs the command. Returns the exit code.
pub fn run() -> u8 {
    if arguments().iter().any(|arg| legacy::is_misread(arg))
        && let Some(code) = answer()
    {
        return code;
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return not_understood(&error),
    };
    let variable = |name: &str| std::env::var(name).ok();
    let terminal = Terminal::new(&cli.global, variable);
    let fail = |message: String| {
        let problem = Diagnostic::error("usage", Class::Usage, message);
        terminal.err(&report::render(&problem, &terminal));
        Class::Usage.exit_code()
    };
    if let Some(folder) = &cli.global.change_dir
        && let Err(error) = std::env::set_current_dir(folder)
    {
        return fail(format!("cannot go to {}: {error}", folder.display()));
    }
    let around = match Surroundings::look() {
        Ok(around) => around,
        Err(error) => return fail(format!("the current folder is not there: {error}")),
    };
    let context = Context {
        global: cli.global,
        terminal,
        around,
    };
    match dispatch(&cli.command, &context) {
        Ok(code) => code,
        Err(stop) => context.show(&stop.0),
    }
}

fn dispatch(command: &Command, context: &Context) -> Outcome {
    match command {
        Command::Init(args) => init::run(args, context),
        Command::New(args) => new::run(args, context),
        Command::Status(args) => status::run(args, context),
        Command::History(args) => history::run(args, context),
        Command::Plan(args) => plan::run(args, context),
        Command::Up(args) => up::run(args, context),
        Command::Down(args) => down::run(args, context),
        Command::Goto(args) => goto::run(args, context),
        Command::Redo(args) => redo::run(args, context),
        Command::Baseline(args) => baseline::run(args, context),
        Command::Adopt(args) => adopt::run(args, context),
        Command::Lint(args) => lint::run(args, context),
        Command::Verify(args) => verify::run(args, context),
        Command::Drift(args) => drift::run(args, context),
        Command::Schema(args) => schema::run(args, context),
        Command::Renumber(args) => renumber::run(args, context),
        Command::Squash(args) => squash::run(args, context),
        Command::Resolve(args) => resolve::run(args, context),
        Command::Explain(args) => explain::run(args, context),
        Command::Completions(args) => completions::run(args, context),
        Command::Man(args) => man::run(args, context),
        Command::ExitCodes => {
            context.terminal.out(&format!("{}\n", exit::TABLE));
            Ok(exit::DONE)
        }
    }
}

/// Help, the version, a wrong argument, or the command of another tool.
fn not_understood(error: &clap::Error) -> u8 {
    let is_command = matches!(
        error.kind(),
        ErrorKind::InvalidSubcommand | ErrorKind::UnknownArgument
    );
    let answer = if is_command { answer() } else { None };
    answer.unwrap_or_else(|| {
        // A pipe that was closed is no reason to fail.
        let _ = error.print();
        u8::try_from(error.exit_code()).unwrap_or(Class::Usage.exit_code())
    })
}

/// Shows what the command of another tool is here; `None` when it is none.
fn answer() -> Option<u8> {
    let problem = legacy::answer(&arguments())?;
    let global = Cli::try_parse_from(["limosa", "exit-codes"]).map(|cli| cli.global);
    if let Ok(global) = global {
        let terminal = Terminal::new(&global, |name| std::env::var(name).ok());
        terminal.err(&report::render(&problem, &terminal));
    }
    Some(problem.class.exit_code())
}

/// What stands behind the name of the program.
fn arguments() -> Vec<String> {
    let args = std::env::args_os().skip(1);
    args.map(|arg| arg.to_string_lossy().into_owned()).collect()
}
