//! A project with a database, in which the original tool and Limosa work side by side.

use limosa_testkit::{Database, Kind, Output, Project, Run};
use serde_json::Value;

use crate::migrations::{self, Migration};
use crate::originals::{Goal, Original};

/// How Limosa keeps the history beside the other tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Its own tables, and the other's.
    Mirror,
    /// Only the other's.
    Foreign,
}

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Self::Mirror => "mirror",
            Self::Foreign => "foreign",
        }
    }
}

pub struct Place {
    pub project: Project,
    pub db: Database,
    pub original: &'static dyn Original,
}

impl Place {
    /// An empty database, a project in the layout of the tool with all migrations, and the tool's configuration.
    pub fn new(original: &'static dyn Original, kind: Kind) -> Self {
        let place = Self::bare(original, kind);
        original.write(&place, original.folder(), &migrations::all(kind));
        place
    }

    /// The same without migrations.
    pub fn bare(original: &'static dyn Original, kind: Kind) -> Self {
        let db = kind
            .try_database_named("interop")
            .unwrap_or_else(|reason| panic!("{reason}"));
        let project = Project::new(env!("CARGO_BIN_EXE_limosa"));
        let place = Self {
            project,
            db,
            original,
        };
        original.configure(&place);
        place
    }

    /// Says in `limosa.toml` how the history is kept.
    pub fn keep(&self, mode: Mode) {
        self.project.write(
            "limosa.toml",
            format!(
                "layout = \"{}\"\nmigrations = \"{}\"\nhistory = \"{}\"\n",
                self.original.name(),
                self.original.folder(),
                mode.name()
            ),
        );
    }

    /// Calls the tool, which must succeed.
    #[track_caller]
    pub fn tool(&self, goal: Goal) -> Output {
        let output = self.original.call(self, goal).run();
        assert_eq!(
            output.code,
            0,
            "{} {goal:?}: {output}",
            self.original.name()
        );
        output
    }

    /// The tool finds nothing to do.
    #[track_caller]
    pub fn tool_is_content(&self) {
        let output = self.original.call(self, Goal::Up).run();
        let name = self.original.name();
        assert!(
            self.original.says_nothing_to_do(&output),
            "{name} does not say that there is nothing to do: {output}"
        );
    }

    /// `limosa`, with the URL of the database.
    pub fn limosa_run(&self, arguments: &[&str]) -> Run {
        let run = self.project.limosa(arguments);
        run.env("LIMOSA_URL", self.db.url())
    }

    /// `limosa`, which must succeed.
    #[track_caller]
    pub fn limosa(&self, arguments: &[&str]) -> Output {
        let output = self.limosa_run(arguments).run();
        assert_eq!(output.code, 0, "limosa {}: {output}", arguments.join(" "));
        output
    }

    /// `limosa status` finds the first so many applied and the rest pending; nothing else.
    #[track_caller]
    pub fn limosa_sees(&self, applied: usize) {
        let output = self.limosa(&["status", "--format", "json"]);
        let document: Value = serde_json::from_str(&output.stdout)
            .unwrap_or_else(|error| panic!("{error} in {output}"));
        let migrations = document["databases"][0]["migrations"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let states: Vec<&str> = migrations
            .iter()
            .filter_map(|migration| migration["state"].as_str())
            .collect();
        let expected: Vec<&str> = (1..=migrations.len())
            .map(|number| {
                if number <= applied {
                    "applied"
                } else {
                    "pending"
                }
            })
            .collect();
        assert_eq!(states, expected, "{output}");
        assert!(!states.is_empty(), "limosa status sees no migrations");
    }

    /// `limosa up` finds nothing to do.
    #[track_caller]
    pub fn limosa_is_content(&self) {
        let output = self.limosa(&["up", "--format", "json"]);
        let document: Value = serde_json::from_str(&output.stdout)
            .unwrap_or_else(|error| panic!("{error} in {output}"));
        let steps = document["databases"][0]["applied"].as_array().map(Vec::len);
        assert_eq!(steps, Some(0), "limosa up has something to do: {output}");
    }

    /// The project of somebody else with the same files, on an empty database.
    pub fn twin(&self) -> Self {
        Self::new(self.original, self.db.kind())
    }

    /// These migrations in the folder of the tool.
    pub fn write(&self, migrations: &[Migration]) {
        self.original
            .write(self, self.original.folder(), migrations);
    }
}
