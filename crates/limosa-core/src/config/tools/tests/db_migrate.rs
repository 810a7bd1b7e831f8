//! `database.json` and `.db-migraterc`.

use std::path::Path;

use super::*;

const JSON: &str = r#"{
  "defaultEnv": "local",
  "sql-file": true,
  "local": { "driver": "sqlite3", "filename": "./shop.db" },
  "test": {
    "driver": "pg", "user": "ada", "password": "p@ss", "host": "db", "port": 5433, "database": "shop"
  },
  "staging": {
    "driver": "mysql", "user": {"ENV": "DB_USER"}, "password": {"ENV": "DB_PASSWORD"},
    "host": {"ENV": "DB_HOST"}, "database": "shop", "multipleStatements": true
  },
  "whole": { "ENV": "WHOLE_URL" },
  "text": "postgres://ada:pw@db/shop?ssl=true",
  "production": { "driver": "pg", "url": {"ENV": "PROD_URL"}, "ssl": {"rejectUnauthorized": false}, "schema": "app" }
}"#;

#[test]
fn each_form_of_an_environment_is_a_url() {
    let of = |name| project("database.json", JSON).environment(name);
    let local = project("database.json", JSON);
    assert_eq!(
        local.url(),
        pair("sqlite:./shop.db", "database.json (local)")
    );
    assert_eq!(local.config().tool, Layout::DbMigrate);
    let names = ["local", "test", "staging", "whole", "text", "production"];
    assert_eq!(local.config().environments, names);
    assert_eq!(of("test").url().0, "postgres://ada:p%40ss@db:5433/shop");
    let staging = of("staging").with("DB_USER", "ada").with("DB_HOST", "db");
    assert_eq!(staging.url().0, "mysql://ada@db/shop");
    let whole = of("whole").in_env_file("WHOLE_URL", "mysql2://a:b@db/shop");
    assert_eq!(
        whole.url(),
        pair(
            "mysql://a:b@db/shop",
            "database.json (whole) with WHOLE_URL"
        )
    );
    assert_eq!(
        of("text").url().0,
        "postgres://ada:pw@db/shop?sslmode=verify-full&sslrootcert=system"
    );
    let production = of("production").with("PROD_URL", "postgres://a:b@db/shop");
    assert_eq!(production.url().0, "postgres://a:b@db/shop?sslmode=require");
    let config = production.config();
    assert_eq!(config.schema.as_deref(), Some("app"));
    assert_eq!(config.table.unwrap().0, "\"app\".\"migrations\"");
}

#[test]
fn database_url_comes_before_the_fields_of_an_environment_without_a_url() {
    let of = |name| {
        project("database.json", JSON)
            .environment(name)
            .with("DATABASE_URL", "postgres://eve@other:1")
            .with("PROD_URL", "postgres://a:b@db/shop")
    };
    let test = of("test");
    assert_eq!(
        test.url(),
        pair(
            "postgres://eve:p%40ss@other:1/shop",
            "database.json (test) with DATABASE_URL"
        )
    );
    assert!(test.config().uses_database_url);
    let path = test.with("DATABASE_URL", "postgres://eve@other:1/");
    assert_eq!(path.url().0, "postgres://eve:p%40ss@other:1/postgres");
    assert_eq!(
        of("production").url().0,
        "postgres://a:b@db/shop?sslmode=require"
    );
    assert!(!of("production").config().uses_database_url);
    // The unset variables of the fields do not matter then.
    let staging = of("staging").with("DATABASE_URL", "mysql://a:b@db/shop");
    assert_eq!(staging.url().0, "mysql://a:b@db/shop");
}

#[test]
fn the_default_environment_has_an_order() {
    let of = |text: &str| project("database.json", text).url().1;
    let two = r#""development": {"driver":"sqlite3","filename":"a"}, "dev": {"driver":"sqlite3","filename":"b"}"#;
    assert_eq!(of(&format!("{{{two}}}")), "database.json (dev)");
    let named = format!("{{\"defaultEnv\": {{\"ENV\": \"NODE_ENV\"}}, {two}}}");
    let variable = project("database.json", &named).with("NODE_ENV", "development");
    assert_eq!(variable.url().1, "database.json (development)");
    let (line, message) = project("database.json", &named).wrong_url();
    assert_eq!(
        (line, message.as_str()),
        (
            1,
            "`defaultEnv` is in the variable NODE_ENV, which is not set"
        )
    );
    let rc = project("database.json", &named).file(".db-migraterc", "env = development\n");
    assert_eq!(rc.url().1, "database.json (development)");
    let asked = rc.environment("dev");
    assert_eq!(asked.url().1, "database.json (dev)");
}

#[test]
fn the_options_are_read() {
    let rc = r#"{ "configFile": "config/db.json", "migrations-dir": "db/migrations", "table": "m", "sql-file": true }"#;
    let project = project(".db-migraterc", rc).file("config/db.json", JSON);
    let config = project.config();
    assert_eq!(config.shown, "config/db.json");
    let (folder, origin) = config.migrations.unwrap();
    assert_eq!(folder, Path::new("db/migrations"));
    assert_eq!(origin.to_string(), ".db-migraterc");
    assert_eq!(config.table.unwrap().0, "m");
    let found = super::project("config/database.json", JSON);
    assert_eq!(found.url().1, "config/database.json (local)");
    let other = super::project(".db-migraterc", r#"{"migration-table": "m"}"#).config();
    assert!(other.table.is_none());
    assert!(
        other.remarks[0]
            .message
            .contains("its key there is `table`")
    );
}

#[test]
fn what_the_file_cannot_say_is_told_with_its_line() {
    let of = |fields: &str| project("database.json", &format!("{{\n\"dev\": {{\n{fields}\n}}}}"));
    for (fields, line, part) in [
        ("\"driver\": \"oracle\"", 3, "`oracle` is not supported"),
        ("\"driver\": {\"require\": \"x\"}", 3, "that is a name"),
        ("\"driver\": \"sqlite3\"", 2, "no `filename`"),
        (
            "\"driver\": \"pg\",\n\"port\": \"s3cret\"",
            4,
            "is not a port",
        ),
        ("\"driver\": \"pg\",\n\"port\": 70000", 4, "is not a port"),
        (
            "\"driver\": \"pg\",\n\"host\": {\"ENV\": \"DB_HOST\"}",
            4,
            "DB_HOST, which is not set",
        ),
        (
            "\"driver\": \"pg\",\n\"host\": {\"ENV\": \"s3cret =\"}",
            4,
            "is not the name of a variable",
        ),
        (
            "\"driver\": \"pg\",\n\"ssl\": {\"ca\": \"s3cret\"}",
            4,
            "certificates as text",
        ),
        ("\"driver\": \"pg\",\n\"tunnel\": {}", 4, "a tunnel"),
        ("\"url\": \"oracle://a:s3cret@db/x\"", 3, "`oracle`"),
        (
            "\"url\": \"postgres://a:s3cret@b@db/x\"",
            3,
            "more than one `@`",
        ),
    ] {
        let (at, message) = of(fields).wrong_url();
        assert_eq!(at, line, "{fields}: {message}");
        assert!(message.contains(part), "{fields}: {message}");
        assert!(!message.contains("s3cret"), "{message}");
    }
    let none = project("database.json", r#"{"test": {"driver": "pg"}}"#);
    assert!(
        none.wrong_url()
            .1
            .starts_with("there is no environment `dev` or `development`")
    );
}

#[test]
fn what_is_not_json_stops_at_once() {
    for text in [
        "{\n  \"dev\": {\"password\": s3cret}\n}",
        "[1]",
        "",
        "{\"a\": \"s3cret",
    ] {
        let problem = project("database.json", text).read().unwrap_err();
        assert_eq!(problem.name, "bad-tool-config", "{text}");
        assert!(!format!("{problem:?}").contains("s3cret"), "{problem:?}");
    }
    let missing = project(".db-migraterc", "configFile = nowhere.json\n");
    let problem = missing.read().unwrap_err();
    assert_eq!(
        problem.message,
        "the `configFile` that it names is not there"
    );
}

#[test]
fn the_driver_goes_to_localhost_where_nothing_is_said() {
    let dev = project(
        "database.json",
        r#"{"dev": {"driver": "pg", "user": "ada"}}"#,
    );
    assert_eq!(dev.url().0, "postgres://ada@localhost/postgres");
    let told = dev.with("PGHOST", "/run/postgresql");
    assert_eq!(told.url().0, "postgres://ada@%2Frun%2Fpostgresql/postgres");
    let mysql =
        r#"{"dev": {"driver": "mysql", "user": "ada", "port": "3307", "socketPath": "/tmp/s"}}"#;
    assert_eq!(
        project("database.json", mysql).url().0,
        "mysql://ada@localhost:3307/?socket=%2Ftmp%2Fs"
    );
}
