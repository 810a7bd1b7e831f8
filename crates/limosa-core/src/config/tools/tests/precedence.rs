//! What comes before what a tool's configuration says, and what it comes before.

use std::path::Path;

use super::*;
use crate::config::{Config, DatabaseSettings, Settings, resolve};

impl Project {
    fn resolve(&self, toml: Option<&str>, asked: &Asked) -> Result<Settings, Diagnostic> {
        let config = toml.map(|text| Config {
            keys: ConfigFile::parse(text, "limosa.toml").unwrap(),
            shown: "limosa.toml".into(),
            root: "..".into(),
        });
        let keys = config.as_ref().map(|config| &config.keys);
        let variables = Variables {
            process: &self.process,
            env_file: &self.env_file,
        };
        let sources = Sources {
            files: self,
            variables,
            environment: asked.environment.as_deref(),
        };
        let tool = match meant(keys, asked) {
            Some(meant) => read(&sources, meant)?,
            None => None,
        };
        resolve(config.as_ref(), tool.as_ref(), asked, variables)
    }

    fn settings(&self, toml: Option<&str>, asked: &Asked) -> DatabaseSettings {
        let settings = self.resolve(toml, asked);
        let settings = settings.unwrap_or_else(|problem| panic!("{problem:?}"));
        settings.databases.into_iter().next().unwrap()
    }

    fn remarks(&self, toml: Option<&str>, asked: &Asked) -> Vec<String> {
        let settings = self.resolve(toml, asked).unwrap();
        settings
            .remarks
            .into_iter()
            .map(|one| one.message)
            .collect()
    }
}

fn text(one: &DatabaseSettings) -> (String, String) {
    match &one.url {
        UrlChoice::Text(text, origin) => (text.clone(), origin.to_string()),
        other => panic!("{other:?}"),
    }
}

fn in_environment(name: &str) -> Asked {
    Asked {
        environment: Some(name.into()),
        ..Asked::default()
    }
}

const CONF: &str = "development:\n  driver: sqlite3\n  open: dev.db\nproduction:\n  driver: sqlite3\n  open: prod.db\n";

fn dbconf() -> Project {
    project("db/dbconf.yml", CONF)
}

#[test]
fn everything_is_the_tools_where_nothing_else_is_said() {
    let one = dbconf().settings(Some(""), &Asked::default());
    assert_eq!(
        text(&one),
        pair("sqlite:dev.db", "db/dbconf.yml (development)")
    );
    assert_eq!(one.migrations, Path::new("../db/migrations"));
    assert_eq!(
        one.folder_of_tool().unwrap().to_string(),
        "db/dbconf.yml (development)"
    );
    assert_eq!(one.layout, Some(Layout::LiamstaskGoose));
    assert_eq!(one.tool, Some(Layout::LiamstaskGoose));
    assert_eq!(one.history, None);
}

#[test]
fn the_command_line_variables_and_limosa_toml_come_before_it() {
    let toml = "url = \"sqlite:file.db\"\nmigrations = \"sql\"\ntool-table = \"t\"\n";
    let one = dbconf().settings(Some(toml), &Asked::default());
    assert_eq!(text(&one), pair("sqlite:file.db", "limosa.toml"));
    assert_eq!(one.migrations, Path::new("../sql"));
    assert!(one.folder_of_tool().is_none());
    assert_eq!(one.tool_table.as_deref(), Some("t"));
    assert_eq!(one.tool_table_from.to_string(), "limosa.toml");
    let set = dbconf().with("DATABASE_URL", "sqlite:set.db");
    let one = set.settings(None, &Asked::default());
    assert_eq!(text(&one), pair("sqlite:set.db", "DATABASE_URL"));
    let asked = Asked {
        url: Some("sqlite:asked.db".into()),
        dir: Some("here".into()),
        layout: Some(Layout::LiamstaskGoose),
        tool_table: Some("x".into()),
        ..Asked::default()
    };
    let one = set.settings(None, &asked);
    assert_eq!(text(&one), pair("sqlite:asked.db", "--url"));
    assert_eq!(one.migrations, Path::new("here"));
    assert_eq!(one.tool_table_from.to_string(), "--tool-table");
}

#[test]
fn an_environment_is_chosen_in_the_tools_file() {
    let production = in_environment("production");
    let set = dbconf().with("DATABASE_URL", "sqlite:set.db");
    let one = set.settings(None, &production);
    assert_eq!(
        text(&one),
        pair("sqlite:prod.db", "db/dbconf.yml (production)")
    );
    assert!(set.remarks(None, &production)[0].starts_with("DATABASE_URL is ignored"));
    let settings = set.resolve(None, &production).unwrap();
    let chosen = settings.environment.unwrap();
    assert_eq!(
        (chosen.name.as_str(), chosen.protected),
        ("production", false)
    );
    let both = "[environments.production]\nprotected = true\n";
    let settings = set.resolve(Some(both), &production).unwrap();
    assert!(settings.environment.unwrap().protected);
    assert_eq!(text(&settings.databases[0]).0, "sqlite:prod.db");
    let url = "[environments.production]\nurl = \"sqlite:mine.db\"\n";
    assert_eq!(
        text(&set.settings(Some(url), &production)).0,
        "sqlite:mine.db"
    );
}

#[test]
fn an_environment_that_is_nowhere_is_refused_and_so_is_one_with_the_url_of_all() {
    let wrong = dbconf()
        .resolve(None, &in_environment("prodution"))
        .unwrap_err();
    assert_eq!(
        wrong.message,
        "there is no environment `prodution` in db/dbconf.yml"
    );
    assert_eq!(wrong.help, ["did you mean `production`?"]);
    let top = "url = \"sqlite:file.db\"\n";
    let wrong = dbconf()
        .resolve(Some(top), &in_environment("production"))
        .unwrap_err();
    assert_eq!(
        wrong.notes,
        ["db/dbconf.yml has it, but the URL is the one of limosa.toml"]
    );
    // One that only limosa.toml has does not get the URL of another one.
    let only = "[environments.staging]\n";
    let one = dbconf().settings(Some(only), &in_environment("staging"));
    assert!(matches!(one.url, UrlChoice::Nowhere(_)), "{:?}", one.url);
}

#[test]
fn a_tool_without_environments_gives_no_url_to_a_chosen_one() {
    let goose = Project::default()
        .with("GOOSE_DRIVER", "sqlite3")
        .with("GOOSE_DBSTRING", "dev.db");
    let staging = in_environment("staging");
    let toml = Some("[environments.staging]\n");
    let one = goose.settings(toml, &staging);
    assert!(matches!(one.url, UrlChoice::Nowhere(_)), "{:?}", one.url);
    assert!(goose.remarks(toml, &staging)[0].starts_with("GOOSE_DBSTRING is ignored"));
    let wrong = goose.resolve(None, &staging).unwrap_err();
    assert_eq!(
        wrong.message,
        "there is no environment `staging` in limosa.toml"
    );
}

#[test]
fn database_url_counts_for_db_migrate_and_not_for_sqlx_with_another_variable() {
    let json = "{\"production\": {\"driver\": \"pg\", \"host\": \"db\", \"database\": \"shop\"}}";
    let set = project("database.json", json).with("DATABASE_URL", "postgres://a:b@other/shop");
    let production = in_environment("production");
    let one = set.settings(None, &production);
    assert_eq!(
        text(&one),
        pair(
            "postgres://a:b@other/shop",
            "database.json (production) with DATABASE_URL"
        )
    );
    assert_eq!(set.remarks(None, &production), Vec::<String>::new());
    let sqlx = project("sqlx.toml", "[common]\ndatabase-url-var = \"SHOP_URL\"\n")
        .with("DATABASE_URL", "sqlite:other.db")
        .with("SHOP_URL", "sqlite:shop.db");
    let asked = Asked::default();
    let one = sqlx.settings(None, &asked);
    assert_eq!(text(&one), pair("sqlite:shop.db", "SHOP_URL"));
    assert_eq!((one.layout, one.tool), (None, None));
    assert_eq!(
        sqlx.remarks(None, &asked),
        ["DATABASE_URL is ignored: sqlx.toml says that the URL is in SHOP_URL"]
    );
    let ours = sqlx.with("LIMOSA_URL", "sqlite:ours.db");
    assert_eq!(text(&ours.settings(None, &asked)).0, "sqlite:ours.db");
}

#[test]
fn a_folder_of_the_process_begins_where_the_command_runs() {
    let goose = Project::default().with("GOOSE_MIGRATION_DIR", "sql");
    let one = goose.settings(Some(""), &Asked::default());
    assert_eq!(one.migrations, Path::new("sql"));
    let file = Project::default().in_env_file("GOOSE_MIGRATION_DIR", "sql");
    let one = file.settings(Some(""), &Asked::default());
    assert_eq!(one.migrations, Path::new("../sql"));
}
