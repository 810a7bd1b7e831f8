//! Files of other tools, with their tables beside ours.

use limosa_testkit::{Kind, require};

use crate::place::{Place, contents, dump};

const UPS: [&str; 3] = [
    "CREATE TABLE a (id int PRIMARY KEY, n text);\nINSERT INTO a VALUES (1, 'x;y');\n",
    "CREATE TABLE b (id int, a int REFERENCES a);\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1; SELECT 2;';\n",
    "ALTER TABLE b ADD COLUMN c text;\n",
];
const DOWNS: [&str; 3] = [
    "DROP TABLE a;\n",
    "DROP FUNCTION f;\nDROP TABLE b;\n",
    "ALTER TABLE b DROP COLUMN c;\n",
];

/// The files of three migrations, of which the third follows the baseline.
fn files(layout: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for (number, (up, down)) in (1..).zip(UPS.iter().zip(DOWNS)) {
        let name = ["a", "b", "c"][number - 1];
        match layout {
            "goose" | "liamstask-goose" => {
                let up = if up.contains("FUNCTION") {
                    format!("-- +goose StatementBegin\n{up}-- +goose StatementEnd\n")
                } else {
                    (*up).to_owned()
                };
                let text = format!("-- +goose Up\n{up}-- +goose Down\n{down}");
                files.push((format!("2020010100000{number}_{name}.sql"), text));
            }
            "golang-migrate" => {
                files.push((format!("00000{number}_{name}.up.sql"), (*up).to_owned()));
                files.push((format!("00000{number}_{name}.down.sql"), down.to_owned()));
            }
            "go-pg" => {
                files.push((format!("{number}_{name}.tx.up.sql"), (*up).to_owned()));
                files.push((format!("{number}_{name}.tx.down.sql"), down.to_owned()));
            }
            "sqlx" => files.push((
                format!("2020010100000{number}_{name}.sql"),
                (*up).to_owned(),
            )),
            "db-migrate" => {
                let stem = format!("2020010100000{number}-{name}");
                files.push((format!("sqls/{stem}-up.sql"), (*up).to_owned()));
                files.push((format!("sqls/{stem}-down.sql"), down.to_owned()));
            }
            _ => unreachable!(),
        }
    }
    files
}

fn place(layout: &str, history: &str) -> Place {
    let config = format!("layout = \"{layout}\"\nhistory = \"{history}\"\n");
    let files = files(layout);
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    Place::new(Kind::Postgres, &config, &files)
}

/// The version of the baseline.
fn second(layout: &str) -> &'static str {
    match layout {
        "golang-migrate" | "go-pg" => "2",
        _ => "20200101000002",
    }
}

#[test]
fn the_table_of_the_other_tool_stays_right() {
    let server = require!(Postgres);
    for (layout, table, column) in [
        ("golang-migrate", "schema_migrations", "version"),
        ("goose", "goose_db_version", "version_id"),
        ("liamstask-goose", "goose_db_version", "version_id"),
        ("go-pg", "gopg_migrations", "version"),
        ("db-migrate", "migrations", "name"),
    ] {
        let foreign = matches!(layout, "golang-migrate" | "goose");
        for history in ["mirror", "foreign"] {
            if history == "foreign" && !foreign {
                continue;
            }
            println!("{layout}, {history}");
            let place = place(layout, history);
            let [old, half, new] = [(); 3].map(|()| server.database());
            place.done(&old, &["up"]);
            place.done(&half, &["up", "-n", "1"]);
            let numbers = format!("SELECT max({column}::text) FROM {table}");
            let theirs = old.value(&numbers);
            place.squash(&["--to", second(layout)]);

            place.is_up_to_date(&old);
            assert_eq!(old.value(&numbers), theirs);
            place.done(&new, &["up"]);
            place.is_up_to_date(&new);
            assert_eq!(new.value(&numbers), theirs);
            let tools = [
                "limosa_*",
                table,
                "goose_db_version*",
                "gopg_*",
                "migrations*",
            ];
            assert_eq!(dump(&place, &new, &tools), dump(&place, &old, &tools));

            let refused = place.on(&half, &["up"]);
            assert_eq!(refused.code, 2, "{refused}");
            assert!(refused.stderr.contains("partial-baseline"), "{refused}");
        }
    }
}

#[test]
fn a_database_of_the_other_tool_is_taken_over_after_the_squash() {
    let server = require!(Postgres);
    for layout in ["golang-migrate", "goose", "go-pg", "db-migrate"] {
        println!("{layout}");
        let place = place(layout, "mirror");
        let database = server.database();
        // As the other tool leaves it: its table, and nothing of ours.
        place.done(&database, &["up", "-n", "2", "--history", "foreign"]);
        place.squash(&["--to", second(layout)]);
        place.done(&database, &["up"]);
        place.is_up_to_date(&database);
        assert_eq!(
            database
                .value("SELECT count(*) FROM information_schema.columns WHERE table_name = 'b'"),
            "3"
        );
    }
}

#[test]
fn a_folder_of_sqlx_is_squashed_only_where_sqlx_does_not_read_it() {
    let database = require!(Postgres).database();
    let place = place("sqlx", "mirror");
    let refused = place.limosa(&["squash", "--to", second("sqlx")]);
    assert_eq!(refused.code, 2, "{refused}");
    assert!(refused.stderr.contains("squash-refused"), "{refused}");
    place.squash(&["--to", second("sqlx"), "--history", "native"]);
    place.done(&database, &["up", "--history", "native"]);
    assert!(contents(&place, &database).contains("CREATE TABLE public.b"));
}
