//! The programs of the server's own package, as a yardstick, and what is in a database.

use std::process::{Command, Stdio};

use limosa_testkit::Database;

/// Runs `mariadb` or `mariadb-dump` on a database and gives its output.
pub fn client(program: &str, arguments: &[&str], database: &Database, input: &str) -> String {
    let text = database.url();
    let (user, rest) = text["mysql://".len()..].split_once(':').unwrap();
    let (password, rest) = rest.split_once('@').unwrap();
    let (_, port) = rest.split_once('/').unwrap().0.split_once(':').unwrap();
    let mut child = Command::new(program)
        .args(["--no-defaults", "--protocol=tcp", "--host=127.0.0.1"])
        .args([format!("--port={port}"), format!("--user={user}")])
        .args(["--default-character-set=utf8mb4"])
        .args(arguments)
        .arg(database.name())
        .env("MYSQL_PWD", password)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program} comes with the server: {error}"));
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || std::io::Write::write_all(&mut stdin, input.as_bytes()));
        child.wait_with_output().unwrap()
    });
    assert!(
        output.status.success(),
        "{program}: {}\n{input}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Everything that is in a database but for Limosa's tables, in a form that can be compared: what
/// `mariadb-dump` writes, without comments, which hold the names of the database and the time.
pub fn contents(database: &Database) -> String {
    let dump = client(
        "mariadb-dump",
        &[
            "--skip-comments",
            "--routines",
            "--events",
            "--triggers",
            "--skip-extended-insert",
            "--order-by-primary",
            &format!("--ignore-table={}.limosa_history", database.name()),
            &format!("--ignore-table={}.limosa_journal", database.name()),
        ],
        database,
        "",
    );
    dump.replace(database.name(), "shop")
}
