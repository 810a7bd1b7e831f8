//! A project of another tool, with nothing of ours: its own configuration says where everything is.

use limosa_testkit::{Database, Project, require};

const GOOSE: &str = "-- +goose Up\nCREATE TABLE a (x integer);\n-- +goose Down\nDROP TABLE a;\n";

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_limosa"))
}

/// `user`, `password`, `host`, `port` and `database` of a URL of the test kit.
fn parts(database: &Database) -> [String; 5] {
    let url = database.url();
    let split = || {
        let (_, rest) = url.split_once("://")?;
        let (login, rest) = rest.rsplit_once('@')?;
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let (place, name) = rest.split_once('/')?;
        let (host, port) = place.rsplit_once(':')?;
        let name = name.split('?').next()?;
        Some([user, password, host, port, name])
    };
    split().expect("a complete URL").map(str::to_owned)
}

/// A connection string of libpq.
fn keywords(database: &Database) -> String {
    let [user, password, host, port, name] = parts(database);
    format!(
        "host={host} port={port} user={user} password='{password}' dbname={name} sslmode=disable"
    )
}

/// A connection string of Go's driver.
fn go_mysql(database: &Database) -> String {
    let [user, password, host, port, name] = parts(database);
    format!("{user}:{password}@tcp({host}:{port})/{name}?parseTime=true")
}

#[test]
fn dbconf_names_database_and_folder() {
    let db = require!(Postgres).database();
    let conf = format!(
        "development:\n  driver: postgres\n  open: {}\n",
        keywords(&db)
    );
    let project = project()
        .file("db/dbconf.yml", conf)
        .file("db/migrations/20260101000000_A.sql", GOOSE);
    let status = project.limosa(&["status"]).run();
    assert_eq!(status.code, 0, "{status}");
    let line = status.stderr.lines().next().unwrap();
    assert!(line.starts_with(db.name()), "{status}");
    assert!(
        line.ends_with("url and migrations from db/dbconf.yml (development)"),
        "{status}"
    );
    assert!(status.stdout.contains("pending           1"), "{status}");
    let up = project.limosa(&["up"]).run();
    assert_eq!(up.code, 0, "{up}");
    assert_eq!(db.value("SELECT count(*) FROM a"), "0");
}

#[test]
fn dbconf_of_a_mysql_database_is_understood() {
    let db = require!(MariaDb).database();
    let conf = format!(
        "production:\n  driver: mysql\n  open: \"{}\"\n",
        go_mysql(&db)
    );
    let project = project()
        .file("db/dbconf.yml", conf)
        .file("db/migrations/20260101000000_A.sql", GOOSE);
    let status = project.limosa(&["status", "-e", "production"]).run();
    assert_eq!(status.code, 0, "{status}");
    assert!(
        status.stderr.contains("from db/dbconf.yml (production)\n"),
        "{status}"
    );
    let without = project.limosa(&["status"]).run();
    assert_eq!(without.code, 2, "{without}");
    assert!(
        without.stderr.contains("no environment `development`")
            && without.stderr.contains("limosa -e production"),
        "{without}"
    );
    let unknown = project.limosa(&["status", "-e", "prodction"]).run();
    assert_eq!(unknown.code, 2, "{unknown}");
    assert!(
        unknown.stderr.contains("did you mean `production`?"),
        "{unknown}"
    );
}

#[test]
fn the_variables_of_goose_name_the_database_the_folder_and_the_table() {
    let db = require!(Postgres).database();
    let env = format!(
        "GOOSE_DRIVER=postgres\nGOOSE_DBSTRING=\"{}\"\nGOOSE_MIGRATION_DIR=./sql\nGOOSE_TABLE=Versions\n",
        keywords(&db)
    );
    let project = project().file(".env", env).file("sql/00001_a.sql", GOOSE);
    let up = project.limosa(&["up"]).run();
    assert_eq!(up.code, 0, "{up}");
    assert!(
        up.stderr.contains(
            "url from GOOSE_DBSTRING in .env, migrations from GOOSE_MIGRATION_DIR in .env, table versions from GOOSE_TABLE in .env\n"
        ),
        "{up}"
    );
    assert_eq!(db.value("SELECT count(*) FROM a"), "0");
    let other = project
        .limosa(&["status", "--no-env-file"])
        .env("GOOSE_TABLE", "other")
        .run();
    assert_eq!(other.code, 2, "{other}");
}

/// A migration of db-migrate, in the folder that its configuration names.
fn new_migration(project: &Project, folder: &str) {
    let new = project.limosa(&["new", "a"]).run();
    assert_eq!(new.code, 0, "{new}");
    let sqls = project.path().join(folder).join("sqls");
    for entry in std::fs::read_dir(sqls).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        let is_up = path.to_string_lossy().ends_with("-up.sql");
        let sql = if is_up {
            "CREATE TABLE a (x integer);\n"
        } else {
            "DROP TABLE a;\n"
        };
        std::fs::write(path, sql).expect("the file is written");
    }
}

#[test]
fn database_json_names_the_database_and_the_options_the_folder_and_the_table() {
    let db = require!(Postgres).database();
    let [user, password, host, port, name] = parts(&db);
    let json = serde_json::json!({
        "defaultEnv": "local",
        "local": {"driver": "pg", "user": user, "password": {"ENV": "SHOP_PASSWORD"}, "host": host, "port": port, "database": name},
        "production": {"driver": "pg", "host": "nowhere.invalid"},
    });
    let project = project()
        .file("database.json", json.to_string())
        .file(
            ".db-migraterc",
            "{ // ours\n \"migrations-dir\": \"db/migrations\", \"table\": \"done\" }",
        )
        .file(".env", format!("SHOP_PASSWORD={password}\n"));
    new_migration(&project, "db/migrations");
    let up = project.limosa(&["up"]).run();
    assert_eq!(up.code, 0, "{up}");
    assert!(
        up.stderr.contains("url from database.json (local), migrations from .db-migraterc, table done from .db-migraterc\n"),
        "{up}"
    );
    assert_eq!(db.value("SELECT count(*) FROM a"), "0");
    // As a deployment does it: the variable comes before the fields of the environment.
    let production = project
        .limosa(&["status", "-e", "production"])
        .env("DATABASE_URL", db.url())
        .run();
    assert_eq!(production.code, 0, "{production}");
    assert!(
        production
            .stderr
            .contains("url from database.json (production) with DATABASE_URL"),
        "{production}"
    );
    assert!(!production.stderr.contains("ignored"), "{production}");
}

#[test]
fn the_schema_of_database_json_comes_first_in_the_search_path() {
    let db = require!(Postgres).database();
    db.execute("CREATE SCHEMA app");
    let json = serde_json::json!({"dev": {"driver": "pg", "url": db.url(), "schema": "app"}});
    let project = project().file("database.json", json.to_string());
    new_migration(&project, "migrations");
    let up = project.limosa(&["up"]).run();
    assert_eq!(up.code, 0, "{up}");
    assert!(
        up.stderr.contains(
            "url from database.json (dev), table app.migrations from database.json (dev)\n"
        ),
        "{up}"
    );
    assert_eq!(db.value("SELECT count(*) FROM app.a"), "0");
}

#[test]
fn sqlx_toml_names_the_variable_the_folder_and_the_table() {
    let toml = "[common]\ndatabase-url-var = \"SHOP_URL\"\n[migrate]\nmigrations-dir = \"sql\"\n\
                table-name = \"done\"\nignored-chars = [\"\\r\"]\n";
    let project = project()
        .file("sqlx.toml", toml)
        .file("sql/1_a.sql", "CREATE TABLE a (x integer);\n")
        .file(
            ".env",
            "SHOP_URL=sqlite:shop.db\nDATABASE_URL=sqlite:other.db\n",
        );
    let up = project.limosa(&["up"]).run();
    assert_eq!(up.code, 0, "{up}");
    assert!(
        up.stderr
            .contains("DATABASE_URL is ignored: sqlx.toml says that the URL is in SHOP_URL")
            && up.stderr.contains(
                "url from SHOP_URL in .env, migrations from sqlx.toml, table done from sqlx.toml\n"
            ),
        "{up}"
    );
    assert!(project.path().join("shop.db").exists());
    assert!(!project.path().join("other.db").exists());
}

#[test]
fn the_parameters_of_golang_migrate_are_understood() {
    let db = require!(Postgres).database();
    let url = format!(
        "{}&x-migrations-table=queue&x-multi-statement=true&x-statement-timeout=300",
        with_query(&db.url().replace("postgres://", "pgx5://"))
    );
    let project = project()
        .file("migrations/1_a.up.sql", "CREATE TABLE a (x integer);\n")
        .file("migrations/1_a.down.sql", "DROP TABLE a;\n")
        .file("migrations/2_b.up.sql", "SELECT pg_sleep(60);\n");
    let status = project.limosa(&["status"]).env("DATABASE_URL", &url).run();
    assert_eq!(status.code, 0, "{status}");
    assert!(
        status
            .stderr
            .contains("url from DATABASE_URL, table queue from DATABASE_URL\n")
            && status
                .stderr
                .contains("x-multi-statement in the URL has no effect here"),
        "{status}"
    );
    let up = project
        .limosa(&["up", "--history", "mirror"])
        .env("DATABASE_URL", &url)
        .run();
    assert_eq!(up.code, 1, "{up}");
    assert!(up.stderr.contains("57014"), "{up}");
    assert_eq!(db.value("SELECT version FROM queue"), "1");
    let table = format!("{url}&x-lock-strategy=table");
    let locked = project
        .limosa(&["status"])
        .env("DATABASE_URL", &table)
        .run();
    assert_eq!(locked.code, 2, "{locked}");
    assert!(
        locked
            .stderr
            .contains("`x-lock-strategy` in the URL is not supported"),
        "{locked}"
    );
}

#[test]
fn the_table_that_the_url_names_is_the_one_behind_the_direct_url_too() {
    let db = require!(Postgres).database();
    let project = project().file("migrations/1_a.up.sql", "CREATE TABLE a (x integer);\n");
    let up = project
        .limosa(&["up", "--history", "mirror"])
        .env(
            "LIMOSA_URL",
            format!("{}&x-migrations-table=queue", with_query(&db.url())),
        )
        .env("LIMOSA_DIRECT_URL", db.url())
        .run();
    assert_eq!(up.code, 0, "{up}");
    assert!(
        up.stderr
            .contains("url from LIMOSA_DIRECT_URL, table queue from LIMOSA_URL\n"),
        "{up}"
    );
    assert_eq!(db.value("SELECT version FROM queue"), "1");
}

fn with_query(url: &str) -> String {
    if url.contains('?') {
        url.to_owned()
    } else {
        format!("{url}?")
    }
}

#[test]
fn limosa_toml_and_the_command_line_come_first() {
    let project = project()
        .file(
            "db/dbconf.yml",
            "development:\n  driver: sqlite3\n  open: theirs.db\n",
        )
        .file("db/migrations/1_a.sql", GOOSE)
        .file("limosa.toml", "url = \"sqlite:ours.db\"\n");
    let status = project.limosa(&["status"]).run();
    assert_eq!(status.code, 0, "{status}");
    assert!(
        status
            .stderr
            .contains("url from limosa.toml, migrations from db/dbconf.yml (development)"),
        "{status}"
    );
    let asked = project
        .limosa(&["status", "--url", "sqlite:asked.db"])
        .run();
    assert!(
        asked.stderr.contains("url from --url, migrations from"),
        "{asked}"
    );
    let without = project.limosa(&["status", "--no-tool-config"]).run();
    assert_eq!(without.code, 2, "{without}");
    assert!(without.stderr.contains("migrations"), "{without}");
    // The URL of the file would be that of every environment.
    let chosen = project.limosa(&["status", "-e", "development"]).run();
    assert_eq!(chosen.code, 2, "{chosen}");
    assert!(
        chosen
            .stderr
            .contains("but the URL is the one of limosa.toml"),
        "{chosen}"
    );
}

#[test]
fn what_cannot_be_understood_connects_to_nothing() {
    let broken = project()
        .file(
            "database.json",
            "{\n  \"dev\": {\"driver\": \"pg\", \"password\": s3cret}\n}",
        )
        .file("migrations/1_a.sql", GOOSE);
    let output = broken.limosa(&["status", "--url", "sqlite:x.db"]).run();
    assert_eq!(output.code, 2, "{output}");
    assert!(
        output.stderr.contains("database.json:2:") && output.stderr.contains("--no-tool-config"),
        "{output}"
    );
    assert!(!output.stderr.contains("s3cret"), "{output}");
    assert!(!broken.path().join("x.db").exists());
    let two = project()
        .file(
            "db/dbconf.yml",
            "development:\n  driver: sqlite3\n  open: a.db\n",
        )
        .file("db/migrations/1_a.sql", GOOSE);
    let output = two
        .limosa(&["status"])
        .env("GOOSE_DRIVER", "sqlite3")
        .env("GOOSE_DBSTRING", "b.db")
        .run();
    assert_eq!(output.code, 2, "{output}");
    assert!(
        output.stderr.contains("--layout liamstask-goose"),
        "{output}"
    );
}

#[cfg(unix)]
#[test]
fn a_configuration_that_others_may_write_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let project = project()
        .file(
            "db/dbconf.yml",
            "development:\n  driver: sqlite3\n  open: a.db\n",
        )
        .file("db/migrations/1_a.sql", GOOSE);
    let path = project.path().join("db/dbconf.yml");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o666)).unwrap();
    let output = project.limosa(&["status"]).run();
    assert_eq!(output.code, 2, "{output}");
    assert!(
        output.stderr.contains("chmod go-w db/dbconf.yml"),
        "{output}"
    );
}

#[test]
fn a_configuration_that_stayed_behind_does_not_hide_the_files_of_another_tool() {
    let pair = || {
        project()
            .file("migrations/1_a.up.sql", "CREATE TABLE a (x integer);\n")
            .file("migrations/1_a.down.sql", "DROP TABLE a;\n")
    };
    let json = "{\"dev\": {\"driver\": \"sqlite3\", \"filename\": \"x.db\"}}";
    let old = pair().file("database.json", json);
    for command in ["up", "status", "lint"] {
        let output = old.limosa(&[command]).run();
        assert_eq!(output.code, 2, "{output}");
        assert!(
            output
                .stderr
                .contains("the files in migrations are not those of db-migrate")
                && output.stderr.contains("db-migrate: database.json")
                && output.stderr.contains("--layout golang-migrate")
                && output.stderr.contains("--no-tool-config"),
            "{output}"
        );
    }
    assert!(!old.path().join("x.db").exists());
    let goose = pair()
        .limosa(&["status", "--url", "sqlite:x.db"])
        .env("GOOSE_DRIVER", "sqlite3")
        .run();
    assert_eq!(goose.code, 2, "{goose}");
    assert!(goose.stderr.contains("goose: GOOSE_DRIVER"), "{goose}");
    let named = old
        .limosa(&["up", "--layout", "golang-migrate", "--url", "sqlite:y.db"])
        .run();
    assert_eq!(named.code, 0, "{named}");
}

#[test]
fn init_leaves_to_the_other_tool_what_it_says() {
    let project = project()
        .file(
            "db/dbconf.yml",
            "development:\n  driver: sqlite3\n  open: a.db\n",
        )
        .file("db/migrations/1_a.sql", GOOSE)
        .file("db/migrations/2_b.sql", GOOSE);
    let init = project.limosa(&["init"]).run();
    assert_eq!(init.code, 0, "{init}");
    assert_eq!(
        init.stderr,
        "Found db/dbconf.yml of liamstask-goose\n\
         Created limosa.toml\n\
         db/migrations is there already: 2 migrations of liamstask-goose\n\n\
         next: limosa status\n"
    );
    assert!(!project.path().join("migrations").exists(), "{init}");
    let status = project.limosa(&["status"]).run();
    assert_eq!(status.code, 0, "{status}");
    assert!(
        status
            .stderr
            .contains("url and migrations from db/dbconf.yml (development)"),
        "{status}"
    );
}

#[test]
fn init_says_what_a_folder_has_and_does_not_number_against_it() {
    let project = project()
        .file(
            "migrations/000001_a.up.sql",
            "CREATE TABLE a (x integer);\n",
        )
        .file("migrations/000001_a.down.sql", "DROP TABLE a;\n");
    let init = project.limosa(&["init"]).run();
    assert_eq!(init.code, 0, "{init}");
    assert!(
        init.stderr
            .contains("migrations is there already: 1 migration of golang-migrate\n")
            && init
                .stderr
                .contains("next: set DATABASE_URL, then: limosa status\n"),
        "{init}"
    );
    let new = project.limosa(&["new", "b"]).run();
    assert!(new.stderr.contains("migrations/000002_b.up.sql"), "{new}");
}

#[test]
fn the_files_are_checked_without_the_url_of_the_other_tool() {
    let project = project()
        .file(
            "db/dbconf.yml",
            "development:\n  driver: postgres\n  open: $SHOP_DSN\n",
        )
        .file("db/migrations/1_a.sql", GOOSE);
    let lint = project.limosa(&["lint"]).run();
    assert!(!lint.stderr.contains("dialect"), "{lint}");
    assert!(lint.stdout.contains("in 1 migration"), "{lint}");
    let status = project.limosa(&["status"]).run();
    assert_eq!(status.code, 2, "{status}");
    assert!(
        status.stderr.contains("db/dbconf.yml:3:")
            && status
                .stderr
                .contains("`open` names the variable SHOP_DSN, which is not set"),
        "{status}"
    );
}

#[test]
fn a_folder_that_is_not_there_is_said_with_who_named_it() {
    let project = project().file(
        "database.json",
        "{\"dev\": {\"driver\": \"sqlite3\", \"filename\": \"a.db\"}}",
    );
    let project = project.file(".db-migraterc", "migrations-dir = db/migrations\n");
    let status = project.limosa(&["status"]).run();
    assert_eq!(status.code, 2, "{status}");
    assert!(
        status
            .stderr
            .contains("the directory db/migrations does not exist")
            && status
                .stderr
                .contains("the directory is from .db-migraterc"),
        "{status}"
    );
}
