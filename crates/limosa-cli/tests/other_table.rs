//! The history table of another tool, where it is not as one wishes.

use limosa_testkit::{Project, require};

/// A project of goose beside the given history.
fn goose(url: &str, history: &str) -> Project {
    Project::new(env!("CARGO_BIN_EXE_limosa"))
        .file(
            "limosa.toml",
            format!("url = \"{url}\"\nlayout = \"goose\"\nhistory = \"{history}\"\n"),
        )
        .file(
            "migrations/1_a.sql",
            "-- +goose Up\nCREATE TABLE a (x integer);\n-- +goose Down\n\
             DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n",
        )
        .file(
            "migrations/2_b.sql",
            "-- +goose Up\nCREATE TABLE b (x integer);\n-- +goose Down\nDROP TABLE b;\n",
        )
}

#[test]
fn a_down_that_makes_the_schema_anew_keeps_the_table_of_the_other_tool() {
    let server = require!(Postgres);
    for history in ["mirror", "foreign"] {
        let database = server.database();
        let project = goose(&database.url(), history);
        let done = |arguments: &[&str]| {
            let output = project.limosa(arguments).run();
            assert_eq!(output.code, 0, "{output}");
        };
        done(&["up"]);
        done(&["down", "--all", "--yes"]);
        let rows = "SELECT version_id FROM goose_db_version ORDER BY id";
        assert_eq!(database.query(rows), [["0"]], "{history}");
        done(&["up"]);
        assert_eq!(database.query(rows), [["0"], ["1"], ["2"]], "{history}");
        let again = "SELECT count(DISTINCT id) FROM goose_db_version";
        assert_eq!(database.value(again), "3", "{history}");
    }
}

#[test]
fn a_table_that_refuses_a_row_stops_the_run_and_keeps_everything_as_it_was() {
    let database = require!(Postgres).database();
    for history in ["mirror", "foreign"] {
        let project = goose(&database.url(), history);
        let up = project.limosa(&["up", "--to", "1"]).run();
        assert_eq!(up.code, 0, "{up}");
        database.execute(
            "CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS
             $$BEGIN RAISE EXCEPTION 'only the release team may'; END$$;
             CREATE TRIGGER guard BEFORE INSERT ON goose_db_version EXECUTE FUNCTION guard()",
        );
        let up = project.limosa(&["up"]).run();
        assert_eq!(up.code, 1, "{up}");
        assert!(up.stderr.contains("other-table-failed"), "{up}");
        assert_eq!(
            database.query("SELECT version_id FROM goose_db_version ORDER BY id"),
            [["0"], ["1"]]
        );
        assert_eq!(database.value("SELECT to_regclass('b') IS NULL"), "t");
        database.execute("DROP TRIGGER guard ON goose_db_version; DROP FUNCTION guard()");
    }
}
