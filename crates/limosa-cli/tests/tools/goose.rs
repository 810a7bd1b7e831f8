//! Both of the name: `dbconf.yml` and `GOOSE_…`.

use limosa_testkit::require;

use super::{GOOSE, go_mysql, keywords, project};

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
    let named = project
        .limosa(&[
            "status",
            "--no-tool-config",
            "--tool-table",
            "Versions",
            "--dir",
            "sql",
        ])
        .env("DATABASE_URL", db.url())
        .run();
    assert!(
        named
            .stderr
            .contains(", table versions from --tool-table\n"),
        "{named}"
    );
    let other = project
        .limosa(&["status", "--no-env-file"])
        .env("GOOSE_TABLE", "other")
        .run();
    assert_eq!(other.code, 2, "{other}");
}
