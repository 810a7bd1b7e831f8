//! Both of the name: `dbconf.yml` and `GOOSE_…`.

use std::path::Path;

use super::*;

const CONF: &str = "\
test:
    driver: postgres
    open: user=liam dbname=tester sslmode=disable

development:
    driver: $DRIVER
    open: $OPEN

production: # the real one
    driver: mymysql
    dialect: mysql
    open: tcp:localhost*shop/ada/s3cret
";

#[test]
fn an_environment_of_dbconf_is_a_url_and_a_folder() {
    let test = project("db/dbconf.yml", CONF).environment("test");
    assert_eq!(
        test.url(),
        pair(
            "postgres://liam@localhost/tester?sslmode=disable",
            "db/dbconf.yml (test)"
        )
    );
    let config = test.config();
    assert_eq!(config.tool, Layout::LiamstaskGoose);
    assert_eq!(config.environments, ["development", "production", "test"]);
    assert_eq!(config.migrations.unwrap().0, Path::new("db/migrations"));
    assert!(config.table.is_none());
}

#[test]
fn the_default_is_development_and_variables_are_replaced() {
    let set = project("dbconf.yaml", CONF)
        .with("DRIVER", "mysql")
        .with("OPEN", "ada:pw@tcp(db:3307)/shop?parseTime=true");
    assert_eq!(
        set.url(),
        pair(
            "mysql://ada:pw@db:3307/shop?parseTime=true",
            "dbconf.yaml (development)"
        )
    );
    assert_eq!(set.config().migrations.unwrap().0, Path::new("migrations"));
    let unset = project("db/dbconf.yml", CONF).with("DRIVER", "mysql");
    assert_eq!(
        unset.wrong_url(),
        (7, "`open` names the variable OPEN, which is not set".into())
    );
    // The tool does not read `.env`.
    let env_file = unset.in_env_file("OPEN", "x");
    assert_eq!(env_file.wrong_url().0, 7);
}

#[test]
fn the_files_of_the_forks_are_read() {
    let top = "driver: github.com/mattn/go-sqlite3\nopen: ./foo.db\nmigrationsDir: ../sql\n";
    let config = project("db/dbconf.yml", top);
    assert_eq!(config.url(), pair("sqlite:./foo.db", "db/dbconf.yml"));
    assert_eq!(
        config.config().migrations.unwrap().0,
        Path::new("db/../sql")
    );
    let dsn = "driver: sqlite3\ndevelopment:\n  dsn: foo.db\n  migrationsDir: /srv/$DIR\n";
    let config = project("db/dbconf.yml", dsn).with("DIR", "sql");
    assert_eq!(config.url().0, "sqlite:foo.db");
    assert_eq!(config.config().migrations.unwrap().0, Path::new("/srv/sql"));
    let variables = Project::default()
        .with("DB_DRIVER", "postgres")
        .with("DB_DSN", "host=db dbname=shop sslmode=disable")
        .with("DB_MIGRATIONS_DIR", "migrations");
    assert_eq!(
        variables.url(),
        pair("postgres://db/shop?sslmode=disable", "DB_DSN")
    );
    let folder = variables.config().migrations.unwrap().0;
    assert_eq!(folder, Path::new("db/migrations"));
}

#[test]
fn an_environment_that_is_not_there_gives_no_url() {
    let staging = project("db/dbconf.yml", CONF)
        .environment("staging")
        .config();
    assert!(staging.url.is_none() && staging.environment.is_none());
    let none = project("db/dbconf.yml", "test:\n  driver: sqlite3\n  open: x\n");
    let (line, message) = none.wrong_url();
    assert_eq!(line, 1);
    assert_eq!(
        message,
        "there is no environment `development`, which is meant without `-e`"
    );
}

#[test]
fn what_dbconf_cannot_say_is_told_with_its_line() {
    for (text, line, part) in [
        ("development:\n  driver: sqlite3\n", 2, "has no `open`"),
        ("development:\n  open: x\n", 2, "has no `driver`"),
        (
            "development:\n  driver: oracle\n  open: x\n",
            2,
            "`oracle` is not supported",
        ),
        (
            "development:\n  driver: postgres\n  dialect: redshift\n  open: x\n",
            2,
            "not supported",
        ),
        (
            "development:\n  driver: postgres\n  open: host=db s3cret\n",
            3,
            "has no `=`",
        ),
        (
            "development:\n  driver: mysql\n  open: a:s3cret@tcp(db)\n",
            3,
            "no `/`",
        ),
        (
            "development:\n  driver: sqlite3\n  open: my #s3cret.db\n",
            3,
            "is a comment for others",
        ),
        (
            "development:\n  driver: mysql\n  open: [a]\n",
            3,
            "`open` is empty",
        ),
    ] {
        let (at, message) = project("db/dbconf.yml", text).wrong_url();
        assert_eq!(at, line, "{text}: {message}");
        assert!(message.contains(part), "{text}: {message}");
        assert!(!message.contains("s3cret"), "{message}");
    }
    let mymysql = project("db/dbconf.yml", CONF).environment("production");
    assert!(mymysql.wrong_url().1.contains("`mymysql` is not supported"));
}

#[test]
fn what_is_not_yaml_stops_at_once() {
    for text in [
        "development:\n  driver: {s3cret\n",
        "- a\n",
        "",
        "a: *s3cret\n",
        "a: b\na: c\n",
        "development:\n\topen: s3cret\n",
    ] {
        let problem = project("db/dbconf.yml", text).read().unwrap_err();
        assert_eq!(problem.name, "bad-tool-config", "{text}");
        assert!(!format!("{problem:?}").contains("s3cret"), "{problem:?}");
        assert_eq!(problem.labels[0].file, "db/dbconf.yml");
    }
}

#[test]
fn the_variables_of_pressly_goose_are_read_from_the_process_and_the_env_file() {
    let set = Project::default()
        .in_env_file("GOOSE_DRIVER", "postgres")
        .in_env_file("GOOSE_DBSTRING", "user=ada dbname=shop")
        .in_env_file("GOOSE_MIGRATION_DIR", "./sql")
        .with("GOOSE_TABLE", "app.versions");
    assert_eq!(
        set.url(),
        pair("postgres://ada@/shop", "GOOSE_DBSTRING in .env")
    );
    let config = set.config();
    assert_eq!(config.tool, Layout::Goose);
    let (folder, origin) = config.migrations.unwrap();
    assert_eq!(folder, Path::new("./sql"));
    assert!(origin.is_of_project());
    let (table, origin) = config.table.unwrap();
    assert_eq!(table, "app.versions");
    assert_eq!(origin.to_string(), "GOOSE_TABLE");
    let process = set.with("GOOSE_DBSTRING", "postgres://db/mine");
    assert_eq!(process.url(), pair("postgres://db/mine", "GOOSE_DBSTRING"));
}

#[test]
fn a_driver_of_goose_that_is_not_ours_is_refused() {
    let of = |driver: &str, text: &str| {
        Project::default()
            .with("GOOSE_DRIVER", driver)
            .with("GOOSE_DBSTRING", text)
    };
    for driver in ["clickhouse", "redshift", "tidb", "a:s3cret@tcp(db)/x"] {
        let (_, message) = of(driver, "x").wrong_url();
        assert!(
            message.contains("GOOSE_DRIVER is not supported"),
            "{message}"
        );
        assert!(!message.contains("s3cret"), "{message}");
    }
    let (_, message) = of("mysql", "ada:s3cret@db").wrong_url();
    assert!(message.contains("GOOSE_DBSTRING: "), "{message}");
    let alone = Project::default().with("GOOSE_DBSTRING", "user=ada");
    assert_eq!(
        alone.wrong_url().1,
        "GOOSE_DBSTRING is set, and GOOSE_DRIVER is not"
    );
    let url = Project::default().with("GOOSE_DBSTRING", "postgres://db/shop");
    assert_eq!(url.url().0, "postgres://db/shop");
}
