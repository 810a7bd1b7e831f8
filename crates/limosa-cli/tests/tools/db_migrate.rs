//! `database.json` and `.db-migraterc`.

use limosa_testkit::{Project, require};

use super::{parts, project};

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
