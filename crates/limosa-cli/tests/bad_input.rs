//! Bad input: each a clear message, the right exit code, and nothing changed.

use limosa_testkit::{Output, Project, Sqlite};

const UP: &str = "-- limosa: up\nCREATE TABLE a (x integer);\n-- limosa: down\nDROP TABLE a;\n";

/// A project on `shop.db` with the migration `1_a`.
fn shop() -> Project {
    empty().file("migrations/1_a.sql", UP)
}

/// A project on `shop.db` without migrations.
fn empty() -> Project {
    Project::new(env!("CARGO_BIN_EXE_limosa")).file("limosa.toml", "url = \"sqlite:shop.db\"\n")
}

/// `limosa up` is refused with the code and these words, and there is no database afterwards.
#[track_caller]
fn refused(project: &Project, code: i32, words: &[&str]) -> Output {
    let output = project.limosa(&["up"]).run();
    assert_eq!(output.code, code, "{output}");
    for word in words {
        assert!(
            output.stderr.contains(word),
            "`{word}` is missing\n{output}"
        );
    }
    assert_eq!(output.stdout, "", "{output}");
    let database = project.path().join("shop.db");
    let length = std::fs::metadata(database).map_or(0, |about| about.len());
    assert_eq!(length, 0, "something was written\n{output}");
    output
}

#[test]
fn a_folder_without_anything_explains_how_to_begin() {
    let project = Project::new(env!("CARGO_BIN_EXE_limosa"));
    let output = project.limosa(&["up"]).run();
    assert_eq!(output.code, 2, "{output}");
    assert!(output.stderr.contains("DATABASE_URL="), "{output}");
}

#[test]
fn no_directory() {
    refused(
        &empty(),
        2,
        &["the directory migrations does not exist", "limosa init"],
    );
}

#[test]
fn an_empty_directory_has_nothing_to_do() {
    let project = empty();
    std::fs::create_dir(project.path().join("migrations")).unwrap();
    let output = project.limosa(&["up"]).run();
    assert_eq!(output.code, 0, "{output}");
    assert!(
        output.stderr.contains("there are no migrations"),
        "{output}"
    );
}

#[test]
fn a_folder_of_a_tool_that_does_not_have_such_servers() {
    let project = empty().file("migrations/1_a.tx.up.sql", "CREATE TABLE a (x integer);");
    let words = ["the layout go-pg, which is only for PostgreSQL; this is SQLite"];
    refused(&project, 2, &words);
}

#[test]
fn code_of_another_tool_is_said_before_it_is_in_the_way() {
    let project = empty()
        .file(
            "migrations/1_a.sql",
            "-- +goose Up\nCREATE TABLE a (x integer);\n",
        )
        .file(
            "migrations/2_b.go",
            "import \"github.com/pressly/goose/v3\"\n",
        );
    let reason = "it is written in Go, which only goose can run";
    let status = project.limosa(&["status"]).run();
    assert_eq!(status.code, 0, "{status}");
    let note = format!("note: 2_b cannot be run here: {reason}");
    assert!(status.stdout.contains(&note), "{status}");
    let message = format!("2_b cannot be run: {reason}");
    let way_out = "run it once with the tool that it was written for, then go on here:";
    refused(&project, 2, &[&message, way_out, "limosa up"]);
}

#[test]
fn a_directory_named_like_a_migration() {
    let project = empty().file("migrations/1_x.up.sql/readme.txt", "");
    refused(&project, 2, &["1_x.up.sql", "directory"]);
}

#[cfg(unix)]
#[test]
fn an_unreadable_file() {
    use std::os::unix::fs::PermissionsExt;
    let project = shop();
    let file = project.path().join("migrations/1_a.sql");
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o000)).unwrap();
    if std::fs::read(&file).is_ok() {
        // The administrator reads everything: a link that leads nowhere is unreadable for all.
        std::fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink("nowhere.sql", &file).unwrap();
    }
    refused(&project, 2, &["migrations/1_a.sql"]);
}

#[test]
fn invalid_utf8() {
    let project = empty().file("migrations/1_a.sql", b"-- limosa: up\nSELECT '\xff';\n");
    refused(&project, 2, &["UTF-8", "migrations/1_a.sql:2:9"]);
}

#[test]
fn a_nul_byte() {
    let project = empty().file("migrations/1_a.sql", b"-- limosa: up\nSELECT '\0';\n");
    refused(&project, 2, &["NUL", "migrations/1_a.sql:2"]);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_no_problem() {
    let text = format!("\u{feff}{}", UP.replace('\n', "\r\n"));
    let project = empty().file("migrations/1_a.sql", text);
    assert_eq!(project.limosa(&["up"]).run().code, 0);
    project.write("migrations/1_a.sql", UP);
    let output = project.limosa(&["status", "--check"]).run();
    assert_eq!(output.code, 0, "line ends are no change\n{output}");
}

#[test]
fn a_name_of_ten_thousand_characters() {
    let long = "x".repeat(10_000);
    let project = shop();
    let output = project.limosa(&["new", &long]).run();
    assert_eq!(output.code, 2, "{output}");
    assert!(
        output.stderr.contains("10000 bytes, of at most 200"),
        "{output}"
    );
    let files = project.shell("ls migrations").run();
    assert!(!files.stdout.contains("xxx"), "{files}");
    let output = project.limosa(&["explain", &long]).run();
    assert_eq!(output.code, 2, "{output}");
    let output = project.limosa(&["goto", &long]).run();
    assert_eq!(output.code, 2, "{output}");
    assert!(output.stderr.len() < 2_000, "{output}");
}

#[test]
fn a_version_above_the_highest() {
    let project = shop().file("migrations/9223372036854775808_b.sql", UP);
    refused(&project, 2, &["9223372036854775808", "9223372036854775807"]);
    let output = project.limosa(&["up", "--to", "9223372036854775808"]).run();
    assert_eq!(output.code, 2, "{output}");
}

#[test]
fn an_url_with_a_bad_scheme() {
    let project = shop().file("limosa.toml", "url = \"oracle://ada:s3cret@db/shop\"\n");
    let output = refused(&project, 2, &["`oracle`", "limosa.toml", "postgres://"]);
    assert!(!output.stderr.contains("s3cret"), "{output}");
}

#[test]
fn an_at_sign_in_the_password() {
    let project = shop();
    let output = project
        .limosa(&["up"])
        .env("LIMOSA_URL", "postgres://ada:p@s3cret@127.0.0.1:1/shop")
        .run();
    assert_eq!(output.code, 2, "{output}");
    assert!(output.stderr.contains("%40"), "{output}");
    assert!(!output.stderr.contains("s3cret"), "{output}");
}

#[test]
fn nobody_listens() {
    let project = shop();
    let output = project
        .limosa(&["up", "--format", "json"])
        .env("DATABASE_URL", "postgres://ada:s3cret@127.0.0.1:1/shop")
        .run();
    assert_eq!(output.code, 4, "{output}");
    assert!(output.stderr.contains("127.0.0.1:1"), "{output}");
    assert!(!output.to_string().contains("s3cret"), "{output}");
    assert!(output.stdout.contains("\"exit_code\": 4"), "{output}");
}

#[test]
fn a_read_only_database() {
    let project = shop();
    let output = project
        .limosa(&["up"])
        .env("DATABASE_URL", "sqlite:shop.db?mode=ro")
        .run();
    assert_eq!(output.code, 4, "{output}");
    assert!(!project.path().join("shop.db").exists(), "{output}");
}

#[test]
fn a_history_table_that_is_not_ours() {
    let project = shop();
    let database = Sqlite::database();
    database.execute("CREATE TABLE limosa_history (id integer)");
    let output = project
        .limosa(&["up"])
        .env("DATABASE_URL", database.url())
        .run();
    assert_eq!(output.code, 2, "{output}");
    assert!(output.stderr.contains("limosa_history"), "{output}");
    let tables = database.value("SELECT count(*) FROM sqlite_master");
    assert_eq!(tables, "1", "{output}");
}

#[test]
fn a_config_with_an_unknown_key() {
    let project = shop().file(
        "limosa.toml",
        "url = \"sqlite:shop.db\"\nmigratons = \"db\"\n",
    );
    refused(
        &project,
        2,
        &[
            "unknown key `migratons`",
            "limosa.toml:2:1",
            "did you mean `migrations`?",
        ],
    );
}

#[cfg(unix)]
#[test]
fn a_config_that_anybody_may_write() {
    use std::os::unix::fs::PermissionsExt;
    let project = shop();
    let file = project.path().join("limosa.toml");
    std::fs::set_permissions(file, PermissionsExt::from_mode(0o666)).unwrap();
    refused(
        &project,
        2,
        &["can be written by other users", "chmod go-w limosa.toml"],
    );
}

#[test]
fn a_down_without_a_section() {
    let project = empty().file(
        "migrations/1_a.sql",
        "-- limosa: up\nCREATE TABLE a (x integer);\n",
    );
    assert_eq!(project.limosa(&["up"]).run().code, 0);
    let before = std::fs::read(project.path().join("shop.db")).unwrap();
    let output = project.limosa(&["down"]).run();
    assert_eq!(output.code, 2, "{output}");
    assert!(output.stderr.contains("1_a has no down"), "{output}");
    assert_eq!(
        std::fs::read(project.path().join("shop.db")).unwrap(),
        before
    );
}

#[test]
fn an_unknown_directive() {
    let project = empty().file(
        "migrations/1_a.sql",
        "-- limosa: up\n-- limosa: no-transacton\nSELECT 1;\n",
    );
    refused(
        &project,
        2,
        &["no-transacton", "no-transaction", "migrations/1_a.sql:2"],
    );
}

#[test]
fn duplicate_versions_are_named_with_their_files() {
    let project = shop().file("migrations/01_b.sql", UP);
    refused(&project, 2, &["migrations/1_a.sql", "migrations/01_b.sql"]);
}

#[test]
fn another_history_needs_another_tool() {
    for kind in ["mirror", "foreign"] {
        let output = shop().limosa(&["status", "--history", kind]).run();
        assert_eq!(output.code, 2, "{output}");
        assert!(
            output.stderr.contains("needs to know the other tool"),
            "{output}"
        );
    }
}

#[test]
fn verbs_of_other_tools_are_answered_with_ours() {
    for (verb, ours) in [
        ("force", "limosa up"),
        ("dbversion", "limosa status"),
        ("create", "limosa new NAME"),
        ("migrate", "limosa up"),
        ("rollback", "limosa down"),
        ("version", "limosa status"),
        ("reset", "limosa down --all"),
    ] {
        let output = shop().limosa(&[verb]).run();
        assert_eq!(output.code, 2, "{output}");
        assert!(output.stderr.contains(ours), "{output}");
    }
}

#[test]
fn wrong_usage_is_2() {
    for arguments in [
        &["up", "--nosuch"][..],
        &["down", "--all", "-n", "2"],
        &["nosuch"],
        &["up", "--lock-wait", "5"],
        &["up", "-C", "/nonexistent"],
        &["status", "-e", "production"],
        &[],
    ] {
        let output = shop().limosa(arguments).run();
        assert_eq!(output.code, 2, "{arguments:?}\n{output}");
        assert_eq!(output.stdout, "", "{arguments:?}\n{output}");
    }
}

#[test]
fn a_wrong_password() {
    let server = match limosa_testkit::Postgres::try_shared() {
        Ok(server) => server,
        Err(error) => {
            return limosa_testkit::skip_or_panic(error);
        }
    };
    let database = server.database();
    let wrong = database
        .url()
        .replace(server.password(), "s3cret-and-wrong");
    let output = shop().limosa(&["up"]).env("DATABASE_URL", wrong).run();
    assert_eq!(output.code, 4, "{output}");
    assert!(output.stderr.contains("password"), "{output}");
    assert!(!output.to_string().contains("s3cret"), "{output}");
}

#[test]
fn a_file_that_is_one_endless_statement_does_not_fill_the_memory() {
    let project = shop();
    let file = project.path().join("migrations/2_b.sql");
    let out = std::fs::File::create(file).unwrap();
    // A quotation that is never closed; more than a statement may have.
    let mut writer = std::io::BufWriter::new(out);
    std::io::Write::write_all(&mut writer, b"-- limosa: up\nINSERT INTO a VALUES ('").unwrap();
    let line = vec![b'x'; 1 << 16];
    for _ in 0..1_600 {
        std::io::Write::write_all(&mut writer, &line).unwrap();
    }
    drop(writer);
    let output = project.shell("ulimit -v 1000000; limosa up").run();
    assert_eq!(output.code, 2, "{output}");
    assert!(output.stdout.contains("migrations/2_b.sql"), "{output}");
    let length = std::fs::metadata(project.path().join("shop.db")).map_or(0, |about| about.len());
    assert_eq!(length, 0, "something was written\n{output}");
}
