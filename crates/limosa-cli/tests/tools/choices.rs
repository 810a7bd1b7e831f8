//! What comes before a configuration of another tool, and which one counts.

use super::{GOOSE, project};

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

#[test]
#[cfg(unix)]
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
