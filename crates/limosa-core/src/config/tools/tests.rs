//! What the configurations of other tools say, and what they cannot say.

mod db_migrate;
mod goose;
mod precedence;
mod secrets;
mod sqlx;

use std::collections::BTreeMap;

use super::*;

/// A project without a disk.
#[derive(Default)]
struct Project {
    files: BTreeMap<String, String>,
    process: BTreeMap<String, String>,
    env_file: BTreeMap<String, String>,
    environment: Option<&'static str>,
    meant: Option<Layout>,
}

impl Files for Project {
    fn read(&self, name: &str) -> Result<Option<ToolFile>, Diagnostic> {
        let text = self.files.get(name).cloned();
        Ok(text.map(|text| ToolFile {
            shown: name.to_owned(),
            text,
        }))
    }
}

fn project(name: &str, text: &str) -> Project {
    Project::default().file(name, text)
}

impl Project {
    fn file(mut self, name: &str, text: &str) -> Self {
        self.files.insert(name.to_owned(), text.to_owned());
        self
    }

    fn with(mut self, name: &str, text: &str) -> Self {
        self.process.insert(name.to_owned(), text.to_owned());
        self
    }

    fn in_env_file(mut self, name: &str, text: &str) -> Self {
        self.env_file.insert(name.to_owned(), text.to_owned());
        self
    }

    fn environment(mut self, name: &'static str) -> Self {
        self.environment = Some(name);
        self
    }

    fn meaning(mut self, tool: Layout) -> Self {
        self.meant = Some(tool);
        self
    }

    fn read(&self) -> Result<Option<ToolConfig>, Diagnostic> {
        let sources = Sources {
            files: self,
            variables: Variables {
                process: &self.process,
                env_file: &self.env_file,
            },
            environment: self.environment,
        };
        read(&sources, self.meant)
    }

    fn config(&self) -> ToolConfig {
        let config = self.read().unwrap_or_else(|problem| panic!("{problem:?}"));
        config.expect("a tool is configured")
    }

    /// The URL and who said it.
    fn url(&self) -> (String, String) {
        match self.config().url {
            Some(UrlChoice::Text(text, origin)) => (text, origin.to_string()),
            other => panic!("{other:?}"),
        }
    }

    /// What is wrong with the URL, with its line.
    fn wrong_url(&self) -> (u64, String) {
        match self.config().url {
            Some(UrlChoice::Wrong(problem)) => {
                assert_eq!(problem.class, Class::Usage);
                let line = problem.labels.first().map_or(0, |label| label.line);
                (line, problem.message)
            }
            other => panic!("{other:?}"),
        }
    }
}

fn pair(url: &str, origin: &str) -> (String, String) {
    (url.to_owned(), origin.to_owned())
}

#[test]
fn nothing_is_found_where_there_is_nothing() {
    assert!(Project::default().read().unwrap().is_none());
    let others = project(
        "database.json",
        "{\"dev\": {\"dialect\": \"postgres\", \"url\": \"x\"}}",
    )
    .file("sqlx.toml", "[macros]\n")
    .with("DB_DSN", "x")
    .with("DB_DRIVER", "postgres");
    assert!(others.read().unwrap().is_none());
}

#[test]
fn two_tools_are_refused_until_one_is_named() {
    let both = || {
        project(
            "db/dbconf.yml",
            "development:\n  driver: sqlite3\n  open: a.db\n",
        )
        .with("GOOSE_DRIVER", "sqlite3")
        .with("GOOSE_DBSTRING", "b.db")
    };
    let problem = both().read().unwrap_err();
    assert_eq!(problem.name, "several-tools");
    assert_eq!(
        problem.notes,
        [
            "goose: GOOSE_DRIVER, GOOSE_DBSTRING",
            "liamstask-goose: db/dbconf.yml"
        ]
    );
    assert!(
        problem
            .help
            .contains(&"--layout liamstask-goose".to_owned())
    );
    let named = both().meaning(Layout::Goose);
    assert_eq!(named.url(), pair("sqlite:b.db", "GOOSE_DBSTRING"));
    assert!(both().meaning(Layout::GoPg).read().unwrap().is_none());
}

#[test]
fn named_databases_and_our_own_layout_have_no_other_tool() {
    let of = |text: &str, asked: &Asked| {
        let keys = ConfigFile::parse(text, "limosa.toml").unwrap();
        meant(Some(&keys), asked)
    };
    let asked = Asked::default();
    assert_eq!(meant(None, &asked), Some(None));
    assert_eq!(of("layout = \"native\"", &asked), None);
    assert_eq!(of("[databases.core]\n", &asked), None);
    assert_eq!(of("layout = \"goose\"", &asked), Some(Some(Layout::Goose)));
    let tool = "layout = \"native\"\ntool = \"goose\"";
    assert_eq!(of(tool, &asked), Some(Some(Layout::Goose)));
    let native = Asked {
        layout: Some(Layout::Native),
        ..Asked::default()
    };
    assert_eq!(of("layout = \"goose\"", &native), None);
    let production = Asked {
        environment: Some("production".into()),
        ..Asked::default()
    };
    let environment = "[environments.production.databases.core]\nurl = \"sqlite:x\"";
    assert_eq!(of(environment, &production), None);
    assert_eq!(of(environment, &asked), Some(None));
}
