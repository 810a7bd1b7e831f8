//! What is found in each class of migration, and what is not found beside it.

use limosa_testkit::Kind;

use crate::kit::{Bench, Play, short};
use crate::on_every_bench;

on_every_bench!(
    a_column_that_is_dropped_with_values_is_lost_once,
    a_column_that_is_dropped_for_good_is_lost_unless_that_is_accepted,
    a_column_that_is_added_and_dropped_loses_nothing,
    a_table_that_is_dropped_with_rows_is_lost_as_a_whole,
    rows_that_are_deleted_are_lost_unless_the_down_brings_them_back,
    rows_that_the_up_puts_in_and_the_down_leaves_are_seen,
    values_that_are_changed_are_seen_unless_the_down_restores_them,
    a_null_that_is_filled_and_stays_filled_is_told_apart,
    doubles_that_are_removed_for_a_unique_index_are_merged_rows,
    indexes_defaults_and_views_change_no_data,
    a_round_trip_over_seeded_rows_is_exact,
    what_an_irreversible_migration_changes_is_its_own_affair,
    a_column_that_is_dropped_and_made_anew_is_lost,
    the_time_that_a_trigger_writes_is_no_change,
    what_the_down_destroys_is_told_as_such,
);

const USERS: &str = "CREATE TABLE users (id integer PRIMARY KEY, email varchar(200), legacy varchar(40), age integer);";

#[track_caller]
fn check(bench: &mut Bench, play: &Play<'_>, expected: &[&str]) -> Vec<String> {
    let found = play.on(bench);
    assert_eq!(short(&found), expected, "{found:#?}");
    found.into_iter().map(|one| one.message).collect()
}

fn a_column_that_is_dropped_with_values_is_lost_once(mut bench: Bench) {
    let play = Play {
        before: USERS,
        up: "ALTER TABLE users DROP COLUMN legacy;",
        down: Some("ALTER TABLE users ADD COLUMN legacy varchar(40);"),
        ..Play::default()
    };
    let messages = check(&mut bench, &play, &["data-lost users.legacy column_lost"]);
    assert!(
        messages[0].starts_with(
            "column users.legacy is dropped with 4 values in it, and the down does not bring them back: 'legacy 1' in the row (id = '"
        ),
        "{messages:?}"
    );
}

fn a_column_that_is_dropped_for_good_is_lost_unless_that_is_accepted(mut bench: Bench) {
    let drop = |accepts| Play {
        before: USERS,
        up: "ALTER TABLE users DROP COLUMN legacy;",
        down: None,
        accepts,
    };
    check(
        &mut bench,
        &drop(&[]),
        &["data-lost users.legacy column_lost"],
    );
    for accepts in [&["users.legacy"][..], &["Users"][..]] {
        bench.run("DROP TABLE users");
        check(&mut bench, &drop(accepts), &[]);
    }
    bench.run("DROP TABLE users");
    let other = drop(&["users.age"]);
    check(&mut bench, &other, &["data-lost users.legacy column_lost"]);
}

fn a_column_that_is_added_and_dropped_loses_nothing(mut bench: Bench) {
    let play = Play {
        before: USERS,
        up: "ALTER TABLE users ADD COLUMN nick varchar(200); UPDATE users SET nick = email;
             CREATE TABLE notes (id integer PRIMARY KEY, text varchar(10)); INSERT INTO notes VALUES (1, 'a');",
        down: Some("DROP TABLE notes; ALTER TABLE users DROP COLUMN nick;"),
        ..Play::default()
    };
    check(&mut bench, &play, &[]);
}

fn a_table_that_is_dropped_with_rows_is_lost_as_a_whole(mut bench: Bench) {
    let play = Play {
        before: USERS,
        up: "DROP TABLE users;",
        down: Some(USERS),
        ..Play::default()
    };
    let messages = check(&mut bench, &play, &["data-lost users table_lost"]);
    assert!(
        messages[0].starts_with(
            "table users is dropped with 5 rows in it, and the down makes it again without them"
        ),
        "{messages:?}"
    );
    let for_good = Play {
        before: "",
        down: None,
        ..play
    };
    let found = for_good.on(&mut bench);
    assert_eq!(short(&found), ["data-lost users table_lost"]);
}

fn rows_that_are_deleted_are_lost_unless_the_down_brings_them_back(mut bench: Bench) {
    let play = Play {
        before: USERS,
        up: "DELETE FROM users WHERE email IS NULL;",
        down: Some(""),
        ..Play::default()
    };
    let messages = check(&mut bench, &play, &["data-lost users rows_lost"]);
    assert!(
        messages[0].starts_with("1 row of table users are deleted")
            || messages[0].starts_with("1 row of table users is deleted"),
        "{messages:?}"
    );
    bench.run("DROP TABLE users");
    let kept = Play {
        before: USERS,
        up: "CREATE TABLE old_users AS SELECT * FROM users WHERE email IS NULL; DELETE FROM users WHERE email IS NULL;",
        down: Some("INSERT INTO users SELECT * FROM old_users; DROP TABLE old_users;"),
        ..Play::default()
    };
    check(&mut bench, &kept, &[]);
}

fn rows_that_the_up_puts_in_and_the_down_leaves_are_seen(mut bench: Bench) {
    let play = Play {
        before: USERS,
        up: "INSERT INTO users (id, email) VALUES (-7, 'root@example.org');",
        down: Some(""),
        ..Play::default()
    };
    let messages = check(&mut bench, &play, &["data-changed users rows_added"]);
    assert!(
        messages[0].contains("that the up puts into table users"),
        "{messages:?}"
    );
    bench.run("DROP TABLE users");
    let removed = Play {
        down: Some("DELETE FROM users WHERE id = -7;"),
        ..play
    };
    check(&mut bench, &removed, &[]);
}

fn values_that_are_changed_are_seen_unless_the_down_restores_them(mut bench: Bench) {
    let up = "UPDATE users SET age = 5 WHERE age IS NOT NULL;";
    let lost = Play {
        before: USERS,
        up,
        down: Some(""),
        ..Play::default()
    };
    check(&mut bench, &lost, &["data-changed users.age changed"]);
    bench.run("DROP TABLE users");
    let null = Play {
        up: "UPDATE users SET legacy = NULL;",
        ..Play {
            before: USERS,
            down: Some(""),
            ..Play::default()
        }
    };
    check(&mut bench, &null, &["data-changed users.legacy made_null"]);
    bench.run("DROP TABLE users");
    let restored = Play {
        before: USERS,
        up: "UPDATE users SET legacy = concat('x', legacy) WHERE legacy IS NOT NULL;",
        down: Some("UPDATE users SET legacy = substr(legacy, 2);"),
        ..Play::default()
    };
    let swapped;
    let restored = match bench.db.kind() {
        Kind::Sqlite => {
            swapped = Play {
                up: "UPDATE users SET legacy = 'x' || legacy;",
                ..restored
            };
            swapped
        }
        // One more letter than fits.
        _ => Play {
            up: "ALTER TABLE users ADD COLUMN kept varchar(40); UPDATE users SET kept = legacy, legacy = 'x';",
            down: Some("UPDATE users SET legacy = kept; ALTER TABLE users DROP COLUMN kept;"),
            ..restored
        },
    };
    check(&mut bench, &restored, &[]);
}

fn a_null_that_is_filled_and_stays_filled_is_told_apart(mut bench: Bench) {
    let play = Play {
        before: USERS,
        up: "UPDATE users SET legacy = '' WHERE legacy IS NULL;",
        down: Some(""),
        ..Play::default()
    };
    check(
        &mut bench,
        &play,
        &["data-changed users.legacy null_filled"],
    );
}

fn doubles_that_are_removed_for_a_unique_index_are_merged_rows(mut bench: Bench) {
    let delete = match bench.db.kind() {
        Kind::MariaDb => "DELETE a FROM users a JOIN users b ON a.email = b.email AND a.id > b.id;",
        _ => {
            "DELETE FROM users WHERE EXISTS (SELECT 1 FROM users b WHERE b.email = users.email AND b.id < users.id);"
        }
    };
    let up = format!("{delete} CREATE UNIQUE INDEX users_email ON users (email);");
    let down = match bench.db.kind() {
        Kind::MariaDb => "DROP INDEX users_email ON users;",
        _ => "DROP INDEX users_email;",
    };
    let play = Play {
        before: USERS,
        up: &up,
        down: Some(down),
        ..Play::default()
    };
    check(&mut bench, &play, &["data-lost users merged"]);
}

fn indexes_defaults_and_views_change_no_data(mut bench: Bench) {
    let drop = match bench.db.kind() {
        Kind::MariaDb => "DROP INDEX users_age ON users;",
        _ => "DROP INDEX users_age;",
    };
    let down = format!("DROP VIEW old; {drop}");
    let play = Play {
        before: USERS,
        up: "CREATE INDEX users_age ON users (age); CREATE VIEW old AS SELECT * FROM users WHERE age > 60;",
        down: Some(&down),
        ..Play::default()
    };
    check(&mut bench, &play, &[]);
}

fn a_round_trip_over_seeded_rows_is_exact(mut bench: Bench) {
    let before =
        format!("{USERS} INSERT INTO users VALUES (1, 'root', NULL, 3), (2, 'root', NULL, 3);");
    let play = Play {
        before: &before,
        up: "DELETE FROM users WHERE id = 1;",
        down: Some("INSERT INTO users VALUES (1, 'root', NULL, 4);"),
        ..Play::default()
    };
    check(&mut bench, &play, &["data-changed users.age changed"]);
}

fn what_an_irreversible_migration_changes_is_its_own_affair(mut bench: Bench) {
    let play = Play {
        before: USERS,
        up: "UPDATE users SET age = 5; DELETE FROM users WHERE email IS NULL; INSERT INTO users (id) VALUES (-1);",
        down: None,
        ..Play::default()
    };
    check(&mut bench, &play, &[]);
}

fn a_column_that_is_dropped_and_made_anew_is_lost(mut bench: Bench) {
    let play = Play {
        before: USERS,
        up: "ALTER TABLE users DROP COLUMN legacy; ALTER TABLE users ADD COLUMN legacy integer;",
        down: None,
        ..Play::default()
    };
    check(&mut bench, &play, &["data-lost users.legacy made_null"]);
}

fn the_time_that_a_trigger_writes_is_no_change(mut bench: Bench) {
    let before = match bench.db.kind() {
        Kind::Postgres => {
            "CREATE TABLE notes (id integer PRIMARY KEY, text varchar(100), changed timestamptz);
             CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed := now(); RETURN NEW; END $$;
             CREATE TRIGGER stamp BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION stamp();"
        }
        Kind::MariaDb => {
            "CREATE TABLE notes (id integer PRIMARY KEY, text varchar(100), changed timestamp NULL ON UPDATE CURRENT_TIMESTAMP)"
        }
        Kind::Sqlite => {
            "CREATE TABLE notes (id integer PRIMARY KEY, text varchar(100), changed datetime);
             CREATE TRIGGER stamp AFTER UPDATE OF text ON notes BEGIN UPDATE notes SET changed = datetime('now') WHERE id = NEW.id; END;"
        }
    };
    let play = Play {
        before,
        up: "ALTER TABLE notes ADD COLUMN kept varchar(100); UPDATE notes SET kept = text, text = 'x';",
        down: Some("UPDATE notes SET text = kept; ALTER TABLE notes DROP COLUMN kept;"),
        ..Play::default()
    };
    check(&mut bench, &play, &[]);
    bench.run("DROP TABLE notes");
    // Without the trigger somebody meant it.
    let meant = Play {
        before: "CREATE TABLE notes (id integer PRIMARY KEY, text varchar(100), changed varchar(40));",
        up: "UPDATE notes SET changed = CURRENT_TIMESTAMP;",
        down: Some(""),
        ..Play::default()
    };
    check(&mut bench, &meant, &["data-changed notes.changed changed"]);
}

fn what_the_down_destroys_is_told_as_such(mut bench: Bench) {
    let before =
        format!("{USERS} CREATE TABLE settings (id integer PRIMARY KEY, name varchar(30));");
    let play = Play {
        before: &before,
        up: "INSERT INTO settings VALUES (-1, 'new');",
        down: Some("DELETE FROM settings; DROP TABLE users;"),
        ..Play::default()
    };
    let messages = check(
        &mut bench,
        &play,
        &["data-lost settings rows_lost", "data-lost users table_lost"],
    );
    assert!(
        messages[0].starts_with("5 rows of table settings are deleted by the down: "),
        "{messages:?}"
    );
    assert!(
        messages[1].starts_with("table users had 5 rows and is dropped by the down: "),
        "{messages:?}"
    );
}

/// Types that are changed, on the servers that can.
mod types {
    use super::*;

    fn on(kind: Kind, cases: &[(&str, &str, &str, &[&str])]) {
        let Some(mut bench) = Bench::on(kind) else {
            return;
        };
        for (before, up, down, expected) in cases {
            let play = Play {
                before,
                up,
                down: Some(down),
                ..Play::default()
            };
            let found = play.on(&mut bench);
            assert_eq!(short(&found), *expected, "{up}\n{found:#?}");
            bench.run("DROP TABLE t");
        }
    }

    #[test]
    fn a_value_that_does_not_survive_another_type_is_seen_on_postgres() {
        let table = |column: &str| format!("CREATE TABLE t (id integer PRIMARY KEY, c {column});");
        let there_and_back = |one: &str, two: &str, using: &str| {
            (
                table(one),
                format!("ALTER TABLE t ALTER c TYPE {two} {using}"),
                format!("ALTER TABLE t ALTER c TYPE {one}"),
            )
        };
        let plays = [
            (there_and_back("integer", "bigint", ""), &[][..]),
            (there_and_back("varchar(20)", "text", ""), &[][..]),
            (there_and_back("date", "timestamp", ""), &[][..]),
            (
                there_and_back("json", "jsonb", ""),
                &["data-changed t.c changed"][..],
            ),
            (
                there_and_back("text", "varchar(5)", "USING left(c, 5)"),
                &["data-changed t.c truncated"][..],
            ),
            (
                there_and_back("numeric(10, 4)", "numeric(8, 2)", "USING trunc(c, 2)"),
                &["data-changed t.c truncated"][..],
            ),
            (
                there_and_back("timestamp(6)", "timestamp(0)", ""),
                &["data-changed t.c changed"][..],
            ),
            (
                there_and_back("double precision", "real", "USING least(c, 1e30)::real"),
                &["data-changed t.c changed"][..],
            ),
            (
                there_and_back("text", "integer", "USING NULL"),
                &["data-changed t.c made_null"][..],
            ),
        ];
        let cases: Vec<(&str, &str, &str, &[&str])> = plays
            .iter()
            .map(|((before, up, down), expected)| {
                (before.as_str(), up.as_str(), down.as_str(), *expected)
            })
            .collect();
        on(Kind::Postgres, &cases);
    }

    #[test]
    fn a_value_that_does_not_survive_another_type_is_seen_on_mariadb() {
        on(
            Kind::MariaDb,
            &[
                (
                    "CREATE TABLE t (id int PRIMARY KEY, c int)",
                    "ALTER TABLE t MODIFY c bigint",
                    "ALTER TABLE t MODIFY c int",
                    &[],
                ),
                (
                    "CREATE TABLE t (id int PRIMARY KEY, c datetime(6))",
                    "ALTER TABLE t MODIFY c datetime",
                    "ALTER TABLE t MODIFY c datetime(6)",
                    &["data-changed t.c truncated"],
                ),
                (
                    "CREATE TABLE t (id int PRIMARY KEY, c varchar(20)) CHARACTER SET utf8mb4",
                    "UPDATE t SET c = left(c, 3); ALTER TABLE t MODIFY c varchar(3)",
                    "ALTER TABLE t MODIFY c varchar(20)",
                    &["data-changed t.c truncated"],
                ),
            ],
        );
    }
}
