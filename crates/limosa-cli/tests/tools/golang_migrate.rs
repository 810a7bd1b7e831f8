//! The parameters `x-…` of a URL.

use limosa_testkit::require;

use super::project;

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
