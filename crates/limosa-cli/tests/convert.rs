//! `limosa adopt --convert`: what was applied stays applied, with either history, and the other tool's table is kept.

use limosa_testkit::{Database, Output, Project, Sqlite, require};
use serde_json::Value;

/// A tool with two migrations, as `(file, text)`.
struct Tool {
    layout: &'static str,
    files: &'static [(&'static str, &'static str)],
    /// The table of the tool on a database where it has applied the first migration.
    seed: &'static [&'static str],
    /// What the tool has after the second one.
    rows: (&'static str, &'static [&'static str]),
}

const UP: &str = "CREATE TABLE a (x integer);\nINSERT INTO a VALUES (1);\n";
const DOWN: &str = "DROP TABLE a;\n";
const MORE: &str = "CREATE TABLE b (x integer)";

const GOLANG: Tool = Tool {
    layout: "golang-migrate",
    files: &[
        ("0001_a.up.sql", UP),
        ("0001_a.down.sql", DOWN),
        ("0002_b.up.sql", MORE),
        ("0002_b.down.sql", "DROP TABLE b"),
    ],
    seed: &[
        "CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)",
        "INSERT INTO schema_migrations VALUES (1, false)",
    ],
    rows: ("SELECT version FROM schema_migrations", &["2"]),
};

const GOOSE_FILES: &[(&str, &str)] = &[
    (
        "00001_a.sql",
        "-- a\n-- +goose Up\nCREATE TABLE a (x integer);\nINSERT INTO a VALUES (1);\n-- +goose Down\n\
         -- +goose StatementBegin\nDROP TABLE a\n-- +goose StatementEnd\n",
    ),
    (
        "00002_b.sql",
        "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE b (x integer);\n-- +goose Down\nDROP TABLE b;\n",
    ),
];

const GOOSE: Tool = Tool {
    layout: "goose",
    files: GOOSE_FILES,
    seed: &[
        "CREATE TABLE goose_db_version (id serial PRIMARY KEY, version_id bigint NOT NULL, is_applied boolean NOT NULL, \
         tstamp timestamp NOT NULL DEFAULT now())",
        "INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, true), (1, true)",
    ],
    rows: (
        "SELECT version_id FROM goose_db_version ORDER BY id",
        &["0", "1", "2"],
    ),
};

const SQLX: Tool = Tool {
    layout: "sqlx",
    files: &[
        ("1_a.up.sql", UP),
        ("1_a.down.sql", DOWN),
        ("2_b.up.sql", MORE),
        ("2_b.down.sql", "DROP TABLE b"),
    ],
    // Nothing is seeded by hand, because its checksums are those of the files.
    seed: &[],
    rows: (
        "SELECT version FROM _sqlx_migrations ORDER BY version",
        &["1", "2"],
    ),
};

const GO_PG: Tool = Tool {
    layout: "go-pg",
    files: &[
        ("1_a.tx.up.sql", UP),
        ("1_a.tx.down.sql", DOWN),
        (
            "2_b.up.sql",
            "CREATE TABLE b (x integer);\n--gopg:split\nCREATE INDEX CONCURRENTLY i ON b (x);\n",
        ),
        ("2_b.down.sql", "DROP TABLE b"),
    ],
    seed: &[
        "CREATE TABLE gopg_migrations (id serial, version bigint, created_at timestamptz)",
        "INSERT INTO gopg_migrations (version) VALUES (1)",
    ],
    rows: (
        "SELECT version FROM gopg_migrations ORDER BY id",
        &["1", "2"],
    ),
};

const DB_MIGRATE: Tool = Tool {
    layout: "db-migrate",
    files: &[
        ("sqls/20200101000001-a-up.sql", UP),
        ("sqls/20200101000001-a-down.sql", DOWN),
        ("sqls/20200101000002-b-up.sql", MORE),
        ("sqls/20200101000002-b-down.sql", "DROP TABLE b"),
    ],
    seed: &[
        "CREATE TABLE migrations (id serial PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT NULL)",
        "INSERT INTO migrations (name, run_on) VALUES ('/20200101000001-a', '2020-01-02')",
    ],
    rows: (
        "SELECT name FROM migrations ORDER BY id",
        &["/20200101000001-a", "/20200101000002-b"],
    ),
};

fn project(tool: &Tool) -> Project {
    let project = Project::new(env!("CARGO_BIN_EXE_limosa"));
    for (name, text) in tool.files {
        project.write(format!("old/{name}"), text);
    }
    project
}

fn limosa(project: &Project, db: &Database, arguments: &[&str]) -> Output {
    let output = project.limosa(arguments).env("LIMOSA_URL", db.url()).run();
    assert_eq!(output.code, 0, "{output}");
    output
}

/// How many migrations are in each state that is not empty, in the old folder or the new one.
fn counts(project: &Project, db: &Database, settings: &[&str]) -> Vec<(String, u64)> {
    let arguments = [&["status", "--format", "json"], settings].concat();
    let output = limosa(project, db, &arguments);
    let document: Value = serde_json::from_str(&output.stdout).expect("a document");
    let counts = document["databases"][0]["counts"]
        .as_object()
        .expect("counts");
    let counts = counts
        .iter()
        .map(|(state, number)| (state.clone(), number.as_u64().unwrap_or(0)));
    counts.filter(|(_, number)| *number > 0).collect()
}

fn states(counts: &[(&str, u64)]) -> Vec<(String, u64)> {
    let counts = counts.iter();
    counts
        .map(|(state, number)| ((*state).to_owned(), *number))
        .collect()
}

/// Half is applied in the old folder, the rest in the new one, and one is undone there.
fn goes_on(tool: &Tool, db: &Database) {
    let project = project(tool);
    let old = [
        "--dir",
        "old",
        "--layout",
        tool.layout,
        "--history",
        "mirror",
    ];
    limosa(&project, db, &[&["up", "-n", "1"][..], &old].concat());
    let convert = [
        "adopt",
        "--convert",
        "new",
        "--dir",
        "old",
        "--layout",
        tool.layout,
    ];
    let said = limosa(&project, db, &convert);
    let wanted = format!(
        "migrations = \"new\"\nlayout = \"native\"\ntool = \"{}\"",
        tool.layout
    );
    let plain: Vec<&str> = said.stderr.lines().map(str::trim).collect();
    assert!(plain.join("\n").contains(&wanted), "{said}");
    let config = format!("{wanted}\nhistory = \"mirror\"\n");
    project.write("limosa.toml", config);

    let half = states(&[("applied", 1), ("pending", 1)]);
    assert_eq!(counts(&project, db, &[]), half, "{}", tool.layout);
    limosa(&project, db, &["up"]);
    let (query, rows) = tool.rows;
    let found: Vec<String> = db.query(query).concat();
    assert_eq!(found, rows, "{}", tool.layout);
    // Both folders are right as long as both are there.
    for settings in [&[][..], &old] {
        assert_eq!(
            counts(&project, db, settings),
            states(&[("applied", 2)]),
            "{}",
            tool.layout
        );
    }
    // The down is that of the file, not the stored one.
    let down = limosa(&project, db, &["down", "--yes", "-n", "2"]);
    assert!(!down.stderr.contains("comes from the database"), "{down}");
    assert_eq!(counts(&project, db, &[]), states(&[("pending", 2)]));
}

/// A database that only the other tool knows.
fn is_recognised(tool: &Tool, db: &Database) {
    let project = project(tool);
    for sql in tool.seed {
        db.execute(sql);
    }
    // No database is asked.
    let convert = [
        "adopt",
        "--convert",
        "new",
        "--dir",
        "old",
        "--layout",
        tool.layout,
        "--dialect",
        "postgres",
    ];
    let converted = project.limosa(&convert).run();
    assert_eq!(converted.code, 0, "{converted}");
    let new = ["--dir", "new", "--layout", "native", "--tool", tool.layout];
    let half = states(&[("applied", 1), ("pending", 1)]);
    assert_eq!(counts(&project, db, &new), half, "{}", tool.layout);
    limosa(&project, db, &[&["adopt"][..], &new].concat());
    assert_eq!(counts(&project, db, &new), half, "{}", tool.layout);
    assert_eq!(db.value("SELECT count(*) FROM limosa_history"), "1");
}

#[test]
fn what_was_applied_on_postgresql_goes_on_in_the_converted_folder() {
    let server = require!(Postgres);
    for tool in [&GOLANG, &GOOSE, &SQLX, &GO_PG, &DB_MIGRATE] {
        goes_on(tool, &server.database());
    }
}

#[test]
fn what_was_applied_on_mariadb_goes_on_in_the_converted_folder() {
    let server = require!(MariaDb);
    for tool in [&GOLANG, &GOOSE, &SQLX, &DB_MIGRATE] {
        goes_on(tool, &server.database());
    }
}

#[test]
fn what_was_applied_on_sqlite_goes_on_in_the_converted_folder() {
    for tool in [&GOLANG, &GOOSE, &SQLX, &DB_MIGRATE] {
        goes_on(tool, &Sqlite::database());
    }
}

#[test]
fn a_database_that_only_the_other_tool_knows_is_read_with_the_converted_folder() {
    let server = require!(Postgres);
    for tool in [&GOLANG, &GOOSE, &GO_PG, &DB_MIGRATE] {
        is_recognised(tool, &server.database());
    }
}

#[test]
fn sqlx_finds_the_checksums_of_its_files() {
    let db = Sqlite::database();
    let project = project(&SQLX);
    let old = ["--dir", "old", "--layout", "sqlx", "--history", "mirror"];
    limosa(&project, &db, &[&["up"][..], &old].concat());
    let query = "SELECT hex(checksum) FROM _sqlx_migrations ORDER BY version";
    let before = db.query(query);
    limosa(
        &project,
        &db,
        &[
            "adopt",
            "--convert",
            "new",
            "--dir",
            "old",
            "--layout",
            "sqlx",
        ],
    );
    let new = [
        "--dir",
        "new",
        "--layout",
        "native",
        "--tool",
        "sqlx",
        "--history",
        "mirror",
    ];
    limosa(
        &project,
        &db,
        &[&["down", "--yes", "-n", "2"][..], &new].concat(),
    );
    limosa(&project, &db, &[&["up"][..], &new].concat());
    assert_eq!(db.query(query), before);
    // Only its table is left, and its checksums are those of the converted files.
    limosa(&project, &db, &[&["adopt", "--undo"][..], &new].concat());
    assert_eq!(counts(&project, &db, &new), states(&[("applied", 2)]));
    let adopted = limosa(&project, &db, &[&["adopt"][..], &new].concat());
    assert!(
        adopted
            .stdout
            .contains("the file is the one that was applied"),
        "{adopted}"
    );
}

#[test]
fn what_cannot_be_converted_is_listed_and_nothing_is_written() {
    let project = project(&GOOSE)
        .file("old/00003_c.go", "goose.AddMigration")
        .file(
            "old/00004_d.sql",
            "-- +goose ENVSUB ON\n-- +goose Up\nSELECT '$X';\n",
        )
        .file("there/file", "");
    let convert = |into: &str, more: &[&str]| {
        let arguments = [
            "adopt",
            "--dir",
            "old",
            "--dialect",
            "postgres",
            "--convert",
            into,
        ];
        project.limosa(&[&arguments[..], more].concat()).run()
    };
    let refused = convert("new", &[]);
    assert_eq!(refused.code, 2, "{refused}");
    for (name, reason) in [
        ("3_c", "it is code"),
        ("4_d", "variables of the environment"),
    ] {
        assert!(
            refused.stderr.contains(name) && refused.stderr.contains(reason),
            "{refused}"
        );
    }
    assert!(!project.path().join("new").exists());
    let taken = convert("there", &[]);
    assert_eq!(taken.code, 2, "{taken}");
    assert!(
        taken.stderr.contains("there is something in there"),
        "{taken}"
    );
    let json = convert("new", &["--format", "json"]);
    let document: Value = serde_json::from_str(&json.stdout).expect("a document");
    assert_eq!(document["problems"][0]["name"], "not-convertible");
    let native = project.limosa(&[
        "adopt",
        "--dir",
        "there",
        "--dialect",
        "postgres",
        "--convert",
        "new",
    ]);
    let native = native.run();
    assert_eq!(native.code, 2, "{native}");
    assert!(native.stderr.contains("native already"), "{native}");
}

#[test]
fn a_dry_run_lists_the_files() {
    let project = project(&GOLANG).file(
        "limosa.toml",
        "migrations = \"old\"\ndialect = \"sqlite\"\n",
    );
    let dry = project
        .limosa(&["adopt", "--convert", "new", "--dry-run", "--format", "json"])
        .run();
    assert_eq!(dry.code, 0, "{dry}");
    let document: Value = serde_json::from_str(&dry.stdout).expect("a document");
    let converted = &document["converted"];
    assert_eq!(
        (
            converted["written"].as_bool(),
            converted["migrations"].as_u64()
        ),
        (Some(false), Some(2))
    );
    assert_eq!(converted["files"][3], "0002_b.down.sql");
    assert!(!project.path().join("new").exists());
}
