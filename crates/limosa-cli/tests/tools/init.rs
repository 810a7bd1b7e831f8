//! `limosa init` in the folder of another tool.

use super::{GOOSE, project};

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
