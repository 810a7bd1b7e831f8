//! Which value wins, and where it came from.

use super::*;
use std::time::Duration;

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect()
}

struct Case {
    config: &'static str,
    asked: Asked,
    process: BTreeMap<String, String>,
    env_file: BTreeMap<String, String>,
}

fn case(config: &'static str) -> Case {
    Case {
        config,
        asked: Asked::default(),
        process: BTreeMap::new(),
        env_file: BTreeMap::new(),
    }
}

impl Case {
    fn with(mut self, pairs: &[(&str, &str)]) -> Self {
        self.process = map(pairs);
        self
    }

    fn env_file(mut self, pairs: &[(&str, &str)]) -> Self {
        self.env_file = map(pairs);
        self
    }

    fn asking(mut self, change: impl Fn(&mut Asked)) -> Self {
        change(&mut self.asked);
        self
    }

    fn resolve(&self) -> Result<Settings, Diagnostic> {
        let config = Config {
            keys: ConfigFile::parse(self.config, "limosa.toml").unwrap(),
            shown: "limosa.toml".into(),
            root: PathBuf::new(),
        };
        let variables = Variables {
            process: &self.process,
            env_file: &self.env_file,
        };
        resolve(Some(&config), None, &self.asked, variables)
    }

    /// The URL of the server itself of each database; empty for none.
    fn direct(&self) -> Vec<String> {
        let settings = self.resolve().unwrap();
        let text = |one: &Option<UrlChoice>| one.as_ref()?.text().map(str::to_owned);
        let all = settings.databases.iter();
        all.map(|one| text(&one.direct_url).unwrap_or_default())
            .collect()
    }

    /// URL and origin of each database.
    fn urls(&self) -> Vec<(String, String)> {
        let settings = self.resolve().unwrap();
        settings
            .databases
            .iter()
            .map(|one| match &one.url {
                UrlChoice::Text(text, origin) => (text.clone(), origin.to_string()),
                other => (String::new(), format!("{other:?}")),
            })
            .collect()
    }
}

fn pair(url: &str, origin: &str) -> (String, String) {
    (url.to_owned(), origin.to_owned())
}

#[test]
fn the_url_of_a_single_database_follows_its_order() {
    let all = || {
        case("url = \"sqlite:config\"")
            .with(&[
                ("LIMOSA_URL", "sqlite:limosa"),
                ("DATABASE_URL", "sqlite:plain"),
            ])
            .env_file(&[("LIMOSA_URL", "sqlite:file")])
    };
    let asked = all().asking(|asked| asked.url = Some("sqlite:asked".into()));
    assert_eq!(asked.urls(), [pair("sqlite:asked", "--url")]);
    assert_eq!(all().urls(), [pair("sqlite:limosa", "LIMOSA_URL")]);
    let plain = all().with(&[("DATABASE_URL", "sqlite:plain"), ("LIMOSA_URL", "")]);
    assert_eq!(plain.urls(), [pair("sqlite:plain", "DATABASE_URL")]);
    let file = all().with(&[]);
    assert_eq!(file.urls(), [pair("sqlite:file", "LIMOSA_URL in .env")]);
    let config = all().with(&[]).env_file(&[]);
    assert_eq!(config.urls(), [pair("sqlite:config", "limosa.toml")]);
}

#[test]
fn several_databases_have_their_own_variables_and_the_common_ones_are_ignored_with_a_remark() {
    let two =
        case("[databases.core]\nurl = \"sqlite:core\"\n[databases.auth]\nurl = { env = \"AUTH\" }")
            .with(&[
                ("DATABASE_URL", "sqlite:plain"),
                ("LIMOSA_CORE_URL", "sqlite:mine"),
                ("AUTH", "sqlite:auth"),
            ]);
    assert_eq!(
        two.urls(),
        [
            pair("sqlite:mine", "LIMOSA_CORE_URL"),
            pair("sqlite:auth", "AUTH")
        ]
    );
    let remarks = two.resolve().unwrap().remarks;
    assert!(remarks[0].message.starts_with("DATABASE_URL is ignored"));
}

#[test]
fn an_environment_overrides_and_ignores_the_common_variables() {
    let settings = case(
        "url = \"sqlite:dev\"\n[environments.production]\nurl = \"sqlite:prod\"\nprotected = true\n\
         timeouts = { lock = \"5s\", statement = \"15min\" }",
    )
    .with(&[("LIMOSA_URL", "sqlite:x"), ("DATABASE_URL", "sqlite:y")])
    .asking(|asked| asked.environment = Some("production".into()));
    assert_eq!(settings.urls(), [pair("sqlite:prod", "limosa.toml")]);
    let settings = settings.resolve().unwrap();
    assert!(settings.environment.unwrap().protected);
    assert!(
        settings.remarks[0]
            .message
            .starts_with("LIMOSA_URL and DATABASE_URL are ignored")
    );
    let timeouts = settings.databases[0].timeouts;
    assert_eq!(timeouts.lock, Some(Duration::from_secs(5)));
    assert_eq!(
        timeouts.statement,
        Some(crate::config::Limit(Some(Duration::from_secs(900))))
    );
    assert_eq!(timeouts.lock_wait, Duration::from_secs(300));
}

#[test]
fn one_of_several_databases_can_be_chosen() {
    let two = || {
        case("[databases.core]\nurl = \"sqlite:core\"\nmigrations = \"core\"\n[databases.auth]\n")
    };
    let one = two().asking(|asked| asked.databases = vec!["core".into()]);
    assert_eq!(one.urls(), [pair("sqlite:core", "limosa.toml")]);
    assert_eq!(
        one.resolve().unwrap().databases[0].migrations,
        Path::new("core")
    );
    let unknown = two().asking(|asked| asked.databases = vec!["cor".into()]);
    let problem = unknown.resolve().unwrap_err();
    assert_eq!(problem.help, ["did you mean `core`?"]);
    let url = two().asking(|asked| asked.url = Some("sqlite:x".into()));
    assert!(url.resolve().unwrap_err().message.contains("`--url`"));
    let both = two().asking(|asked| {
        asked.url = Some("sqlite:x".into());
        asked.databases = vec!["core".into()];
    });
    assert_eq!(both.urls(), [pair("sqlite:x", "--url")]);
}

#[test]
fn a_named_variable_that_is_not_set_is_named() {
    let missing = case("url = { env = \"SHOP_URL\" }").resolve().unwrap();
    assert_eq!(
        missing.databases[0].url,
        UrlChoice::Unset("SHOP_URL".into(), Origin::Config("limosa.toml".into()))
    );
}

#[test]
fn an_unknown_environment_is_an_error() {
    let wrong = case("[environments.production]\n")
        .asking(|asked| asked.environment = Some("produktion".into()));
    assert_eq!(
        wrong.resolve().unwrap_err().help,
        ["did you mean `production`?"]
    );
}

#[test]
fn which_history_is_kept_is_only_known_when_it_is_said() {
    let of = |case: Case| {
        let one = case.resolve().unwrap().databases.remove(0);
        (one.history, one.tool, one.tool_table)
    };
    assert_eq!(of(case("")), (None, None, None));
    let text = "history = \"mirror\"\ntool = \"goose\"\ntool-table = \"a\"\n\
                [databases.core]\ntool-table = \"b.c\"\n\
                [environments.x.databases.core]\ntool = \"db-migrate\"\n";
    assert_eq!(
        of(case(text)),
        (
            Some(HistoryKind::Mirror),
            Some(Layout::Goose),
            Some("b.c".into())
        )
    );
    let chosen = case(text).asking(|asked| asked.environment = Some("x".into()));
    assert_eq!(of(chosen).1, Some(Layout::DbMigrate));
    let asked = case(text).asking(|asked| {
        asked.history = Some(HistoryKind::Native);
        asked.tool = Some(Layout::GolangMigrate);
        asked.tool_table = Some("d".into());
    });
    assert_eq!(
        of(asked),
        (
            Some(HistoryKind::Native),
            Some(Layout::GolangMigrate),
            Some("d".into())
        )
    );
}

#[test]
fn the_env_file_sets_only_urls_and_what_the_configuration_names() {
    let keys =
        ConfigFile::parse("[databases.core]\nurl = { env = \"CORE\" }", "limosa.toml").unwrap();
    for name in ["LIMOSA_URL", "DATABASE_URL", "LIMOSA_CORE_URL", "CORE"] {
        assert!(may_be_set_by_env_file(Some(&keys), name), "{name}");
    }
    for name in [
        "PATH",
        "LIMOSA_ENVIRONMENT",
        "LIMOSA_AUTH_URL",
        "PGPASSWORD",
    ] {
        assert!(!may_be_set_by_env_file(Some(&keys), name), "{name}");
    }
}

#[test]
fn nobody_named_a_url() {
    let settings = case("").resolve().unwrap();
    let UrlChoice::Nowhere(ways) = &settings.databases[0].url else {
        panic!("{:?}", settings.databases[0].url);
    };
    assert!(ways[0].contains("DATABASE_URL="), "{ways:?}");
}

#[test]
fn a_direct_url_belongs_to_the_url_beside_it() {
    let config = "url = \"sqlite:pooled\"\ndirect-url = \"sqlite:direct\"\n\
                  [environments.staging]\nurl = \"sqlite:staging\"\n\
                  [environments.production]\nurl = \"sqlite:prod\"\ndirect-url = { env = \"PROD_DIRECT\" }";
    let on = |name: &'static str| {
        case(config)
            .with(&[
                ("PROD_DIRECT", "sqlite:prod-direct"),
                ("LIMOSA_DIRECT_URL", "sqlite:x"),
            ])
            .asking(|asked| asked.environment = Some(name.into()))
    };
    assert_eq!(case(config).direct(), ["sqlite:direct"]);
    // Never that of another database.
    assert_eq!(on("staging").direct(), [""]);
    assert_eq!(on("production").direct(), ["sqlite:prod-direct"]);
    let other = case(config).with(&[("DATABASE_URL", "sqlite:other")]);
    assert_eq!(other.direct(), [""]);
    let asked = case(config)
        .with(&[("LIMOSA_DIRECT_URL", "sqlite:x")])
        .asking(|asked| asked.url = Some("sqlite:asked".into()));
    assert_eq!(asked.direct(), [""]);
}

#[test]
fn a_direct_url_of_the_variables_comes_first_but_a_file_never_overrides_the_process() {
    let config = "url = \"sqlite:pooled\"\ndirect-url = \"sqlite:direct\"";
    let variable = [("LIMOSA_DIRECT_URL", "sqlite:variable")];
    assert_eq!(case(config).with(&variable).direct(), ["sqlite:variable"]);
    assert_eq!(
        case(config).env_file(&variable).direct(),
        ["sqlite:variable"]
    );
    let process = case(config).with(&[("DATABASE_URL", "sqlite:other")]);
    assert_eq!(process.env_file(&variable).direct(), [""]);
    let two = "[databases.core]\nurl = \"sqlite:core\"\n[databases.auth]\nurl = \"sqlite:auth\"";
    let two = case(two).with(&[
        ("LIMOSA_DIRECT_URL", "sqlite:variable"),
        ("LIMOSA_CORE_DIRECT_URL", "sqlite:core-direct"),
    ]);
    assert_eq!(two.direct(), ["sqlite:core-direct", ""]);
}
