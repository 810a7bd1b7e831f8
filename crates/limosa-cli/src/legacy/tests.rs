//! The lines of runbooks, and the commands that they are answered with.

use super::{answer, is_misread, is_understood};

/// The commands of an answer.
fn commands(line: &str) -> Vec<String> {
    let args: Vec<String> = line.split(' ').map(str::to_owned).collect();
    let answer = answer(&args).unwrap_or_else(|| panic!("`{line}` is not answered"));
    let commands = answer
        .help
        .iter()
        .filter_map(|help| help.lines().nth(1))
        .map(str::to_owned);
    commands.collect()
}

/// Each line of a runbook with what it is answered with; several commands stand behind `|`.
const RUNBOOKS: &[(&str, &str)] = &[
    // golang-migrate
    ("up 2", "limosa up -n 2|limosa up --to 2"),
    ("down 1", "limosa down -n 1"),
    ("down -all", "limosa down --all"),
    ("drop -f", "limosa down --all"),
    ("version", "limosa status"),
    (
        "-path db/migrations -database postgres://ada:secret@db/shop up",
        "limosa up --dir db/migrations --url URL",
    ),
    (
        "-source file://db/migrations -database=mysql://ada@tcp(db)/shop down 2",
        "limosa down -n 2 --dir db/migrations --url URL",
    ),
    (
        "-verbose -lock-timeout 30 -path m goto 5",
        "limosa goto 5 -v --lock-wait 30s --dir m",
    ),
    (
        "create -ext sql -dir db/migrations/bcda_queue -seq initial_schema",
        "limosa new initial_schema --dir db/migrations/bcda_queue --sequential",
    ),
    // goose, both
    ("create AddSomeColumns sql", "limosa new AddSomeColumns"),
    ("-env production status", "limosa status -e production"),
    ("-path db -env=test up", "limosa up --dir db -e test"),
    ("dbversion", "limosa status"),
    ("up-by-one", "limosa up -n 1"),
    ("up-to 20260101000000", "limosa up --to 20260101000000"),
    ("down-to 20260101000000", "limosa down --to 20260101000000"),
    ("down-to 0", "limosa down --to 0"),
    ("reset", "limosa down --all"),
    ("fix", "limosa renumber VERSION"),
    ("validate", "limosa lint"),
    (
        "-dir sql -table versions redo",
        "limosa redo --dir sql --tool-table versions",
    ),
    (
        "-dir sql postgres host=db up",
        "limosa up --dir sql --url URL",
    ),
    ("up -allow-missing", "limosa up --out-of-order"),
    // db-migrate
    (
        "create add-descriptor-to-trusts --sql-file",
        "limosa new add-descriptor-to-trusts",
    ),
    ("up -c 3 -e production", "limosa up -n 3 -e production"),
    (
        "down -c 2 --env production",
        "limosa down -n 2 -e production",
    ),
    (
        "up --dry-run --migrations-dir db/m",
        "limosa up --dry-run --dir db/m",
    ),
    ("up 20260101000000-add-x", "limosa up --to 20260101000000"),
    ("down 20260101000000", "limosa down --to 20260101000000"),
    ("sync 20260101000000", "limosa goto 20260101000000"),
    ("check", "limosa plan"),
    ("db:create shop", "limosa up --wait"),
    ("db:drop shop", "limosa down --all"),
    // go-pg/migrations
    ("up 20", "limosa up -n 20|limosa up --to 20"),
    ("set_version 20", FORCED_20),
    // sqlx
    ("migrate run", "limosa up"),
    (
        "migrate run --source db/m -D postgres://db/shop",
        "limosa up --dir db/m --url URL",
    ),
    (
        "migrate run --target-version 5 --ignore-missing",
        "limosa up --to 5",
    ),
    ("migrate revert", "limosa down"),
    ("migrate revert --target-version 5", "limosa down --to 5"),
    (
        "migrate info --database-url postgres://db/shop",
        "limosa status --url URL",
    ),
    ("migrate add -r add_users", "limosa new add_users --pair"),
    ("migrate build-script", "limosa plan --format sql"),
    ("database create", "limosa up --wait"),
    ("database setup", "limosa up --wait"),
    ("database reset -y", "limosa down --all -y"),
    ("database drop", "limosa down --all"),
    // by hand
    ("force 20", FORCED_20),
    (
        "UPDATE schema_migrations SET version=20, dirty=false;",
        FORCED_20,
    ),
];

const FORCED_20: &str = "limosa up|limosa resolve 20 --as applied|limosa resolve 20 --as not-applied|limosa baseline 20|limosa adopt --keep theirs|limosa adopt --keep ours";

#[test]
fn each_line_of_a_runbook_is_answered_with_the_whole_command() {
    for (line, expected) in RUNBOOKS {
        let commands = commands(line);
        assert_eq!(commands.join("|"), *expected, "{line}");
        for command in commands {
            assert!(is_understood(&command), "{line}: {command}");
        }
    }
}

#[test]
fn what_is_ours_is_not_answered() {
    for line in [
        "up",
        "up -n 2",
        "down --all",
        "status -e production",
        "new x",
        "upp",
        "-qv up",
    ] {
        let args: Vec<String> = line.split(' ').map(str::to_owned).collect();
        assert!(answer(&args).is_none(), "{line}");
        assert!(!args.iter().any(|arg| is_misread(arg)), "{line}");
    }
}

#[test]
fn an_option_that_would_be_read_as_letters_is_seen_before() {
    for option in [
        "-path",
        "-database=x",
        "-dir",
        "-env",
        "-verbose",
        "-all",
        "-table",
    ] {
        assert!(is_misread(option), "{option}");
    }
}

#[test]
fn no_password_is_repeated() {
    let args = ["-database", "postgres://ada:secret@db/shop", "up"].map(str::to_owned);
    let answer = answer(&args).expect("an answer");
    assert!(!format!("{answer:?}").contains("secret"), "{answer:?}");
}
