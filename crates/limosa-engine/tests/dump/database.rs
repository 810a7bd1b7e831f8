//! Databases whose schema is read, loaded and compared.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use limosa_core::DatabaseUrl;
use limosa_db::{ConnectOptions, Session, connect};
use limosa_schema::{Schema, diff, write};
use limosa_testkit::binaries::{new_postgres_client, postgres_client};
use limosa_testkit::{Database, skip_or_panic};

/// A session that reads.
pub fn session(database: &Database) -> Box<dyn Session> {
    let url = DatabaseUrl::parse(&database.url()).unwrap();
    connect(&url, &ConnectOptions::default()).unwrap()
}

/// The schema of a database.
pub fn schema(database: &Database) -> Schema {
    limosa_db::schema::read_with_texts(&mut *session(database), &[]).unwrap()
}

/// Runs a program of the server's package and gives its output, or what it complains about.
pub fn client(
    program: &Path,
    arguments: &[&str],
    database: &Database,
    input: &str,
) -> Result<String, String> {
    let mut child = Command::new(program)
        .args(arguments)
        .args(["--no-password", "--dbname", &database.url()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input.as_bytes()));
        child.wait_with_output().unwrap()
    });
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Runs SQL as the server's own client does.
pub fn psql(database: &Database, text: &str) -> Result<(), String> {
    let arguments = [
        "--no-psqlrc",
        "--quiet",
        "--echo-errors",
        "--set=ON_ERROR_STOP=1",
        "--output=/dev/null",
    ];
    client(
        &postgres_client("psql").unwrap(),
        &arguments,
        database,
        text,
    )
    .map(drop)
}

/// Loads a dump, as a whole.
#[track_caller]
pub fn load(database: &Database, text: &str) {
    let arguments = [
        "--no-psqlrc",
        "--quiet",
        "--echo-errors",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        "--output=/dev/null",
    ];
    let psql = postgres_client("psql").unwrap();
    if let Err(error) = client(&psql, &arguments, database, text) {
        panic!("{error}");
    }
}

/// Runs SQL that has to succeed, without the lines that are about later versions (`-- from 13`).
#[track_caller]
pub fn run(database: &Database, text: &str) {
    let major = database.postgres_major();
    let is_known = |line: &&str| {
        let from = line.rsplit_once("-- from ");
        let from = from.and_then(|(_, from)| from.parse::<u32>().ok());
        from.is_none_or(|from| major >= from)
    };
    let known: Vec<&str> = text.lines().filter(is_known).collect();
    if let Err(error) = psql(database, &known.join("\n")) {
        panic!("{error}");
    }
}

/// What is different, line by line; nothing where nothing is.
pub fn differences(before: &Schema, after: &Schema) -> String {
    let mut text = String::new();
    for one in diff(before, after) {
        text.push_str(&format!("{}: {}\n", one.key, one.change.name()));
        for property in one.change.properties() {
            text.push_str(&format!("    {property}\n"));
        }
    }
    if text.is_empty() && before.fingerprint() != after.fingerprint() {
        text.push_str("the fingerprints differ, and nothing else does\n");
    }
    text
}

/// A database's schema as a file.
pub fn written(schema: &Schema) -> String {
    write::script(schema.dialect, &write::create(schema))
}

/// What `pg_dump` says of the schema, without what is another one at every run.
fn pg_dump(program: &Path, database: &Database) -> String {
    let dump = client(program, &["--schema-only"], database, "").unwrap();
    let is_its_own =
        |line: &&str| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict");
    dump.lines()
        .filter(is_its_own)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Two databases that `pg_dump` writes in the same way.
#[track_caller]
pub fn assert_same_for_pg_dump(before: &Database, after: &Database) {
    let program = match new_postgres_client("pg_dump") {
        Ok(program) => program,
        Err(reason) => return skip_or_panic(&reason),
    };
    let (before, after) = (pg_dump(&program, before), pg_dump(&program, after));
    if before == after {
        return;
    }
    let (before, after): (Vec<&str>, Vec<&str>) =
        (before.lines().collect(), after.lines().collect());
    let lost = before.iter().filter(|line| !after.contains(line));
    let new = after.iter().filter(|line| !before.contains(line));
    let lost = lost.map(|line| format!("- {line}"));
    let lines: Vec<String> = lost.chain(new.map(|line| format!("+ {line}"))).collect();
    panic!("pg_dump sees a difference:\n{}", lines.join("\n"));
}
