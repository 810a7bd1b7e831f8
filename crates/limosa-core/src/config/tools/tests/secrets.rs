//! No message ever shows a password.

use proptest::prelude::*;

use super::*;

/// Everything that can be printed of a reading.
fn everything_said(project: &Project) -> String {
    match project.read() {
        Err(problem) => format!("{problem:?}"),
        Ok(None) => String::new(),
        Ok(Some(config)) => {
            let mut said = format!("{config:?}");
            if let Some(url) = &config.url {
                match url.fetch(&NoSecrets) {
                    Ok((url, origin)) => said.push_str(&format!("{url} {url:?} {origin}")),
                    Err(problem) => said.push_str(&format!("{problem:?}")),
                }
            }
            said
        }
    }
}

struct NoSecrets;

impl crate::config::Secrets for NoSecrets {
    fn file(&self, _: &std::path::Path) -> Result<String, String> {
        Err("is not there".into())
    }

    fn command(&self, _: &[String]) -> Result<String, String> {
        Err("is not there".into())
    }
}

/// Texts that a password may stand in, right and wrong.
const TEXTS: &[&str] = &[
    "host=db user=ada password=PW dbname=shop",
    "host=db user=ada password='PW' dbname=shop",
    "host=db password=PW dbname",
    "postgres://ada:PW@db/shop",
    "postgres://ada:PW@db:port/shop",
    "pgx5://ada:PW@db/shop?x=PW",
    "mysql://ada:PW@tcp(db:3306)/shop",
    "ada:PW@tcp(db:3306)/shop",
    "ada:PW@tcp(db:3306/shop",
    "ada:PW@udp(db)/shop?tls=PW",
    "ada:PW@db",
    "oracle://ada:PW@db/shop",
    "PW",
    "$PW",
    "${PW",
    "x$PW",
];

proptest! {
    #[test]
    fn of_dbconf(
        password in "[0-9]{3}[a-zA-Z0-9 '\"=\\\\$@:/?#&%{}\\[\\],!*ä-]{3,12}",
        which in 0..TEXTS.len(),
        driver in prop::sample::select(vec!["postgres", "mysql", "sqlite3", "pgx", "oracle"]),
        quoted in any::<bool>(),
    ) {
        // A file is shown by its name, as a path of SQLite is.
        prop_assume!(driver != "sqlite3" || !TEXTS[which].starts_with("PW"));
        let text = TEXTS[which].replace("PW", &password);
        let open = if quoted { format!("{text:?}") } else { text };
        let conf = format!("development:\n  driver: {driver}\n  open: {open}\n");
        let said = everything_said(&project("db/dbconf.yml", &conf));
        prop_assert!(!said.contains(&password) || driver == "sqlite3", "{}", said);
    }

    #[test]
    fn of_goose(
        password in "[0-9]{3}[a-zA-Z0-9 '\"=\\\\$@:/?#&%{}ä-]{3,12}",
        which in 0..TEXTS.len(),
        driver in prop::sample::select(vec!["postgres", "mysql", "oracle"]),
    ) {
        let text = TEXTS[which].replace("PW", &password);
        let project = Project::default().with("GOOSE_DRIVER", driver).with("GOOSE_DBSTRING", &text);
        let said = everything_said(&project);
        prop_assert!(!said.contains(&password), "{}", said);
    }

    #[test]
    fn of_database_json(
        password in "[0-9]{3}[a-zA-Z0-9 '\"=\\\\$@:/?#&%{}ä-]{3,12}",
        which in 0..TEXTS.len(),
        driver in prop::sample::select(vec!["pg", "mysql", "oracle"]),
        broken in any::<bool>(),
    ) {
        let url = TEXTS[which].replace("PW", &password);
        let json = serde_json::json!({
            "dev": {"driver": driver, "user": "ada", "password": password, "port": password},
            "url": {"driver": driver, "url": url},
            "text": url,
            "variable": {"ENV": url},
            "field": {"driver": driver, "host": {"ENV": url}},
            "ssl": {"driver": driver, "host": "db", "password": password, "ssl": password},
        });
        let mut text = json.to_string();
        if broken {
            text.pop();
        }
        for name in ["dev", "url", "text", "ssl", "variable", "field"] {
            let said = everything_said(&project("database.json", &text).environment(name));
            prop_assert!(!said.contains(&password), "{name}: {}", said);
        }
    }
}
