//! The row over which an up fails is named.

use limosa_engine::verify::rows::culprit;
use limosa_testkit::Kind;

use crate::kit::Bench;
use crate::on_every_bench;

on_every_bench!(
    a_unique_index_over_doubles_names_the_value,
    a_column_that_is_not_null_without_a_default_names_the_rows,
);

const TABLE: &str = "CREATE TABLE users (id integer PRIMARY KEY, email varchar(100), age integer);";

fn a_unique_index_over_doubles_names_the_value(mut bench: Bench) {
    bench.run(TABLE);
    bench.fill_all();
    let schema = bench.schema();
    let error = bench.fails("CREATE UNIQUE INDEX users_email ON users (email)");
    let said = culprit(&mut bench.session, &schema, &error).unwrap();
    assert!(
        said.contains("email 1") && said.contains("more than once"),
        "{said}"
    );
}

fn a_column_that_is_not_null_without_a_default_names_the_rows(mut bench: Bench) {
    bench.run(TABLE);
    bench.fill_all();
    let schema = bench.schema();
    let (sql, expected) = match bench.db.kind() {
        Kind::Postgres => (
            "ALTER TABLE users ALTER COLUMN age SET NOT NULL",
            "1 of the rows of table users have NULL in age",
        ),
        Kind::MariaDb => ("ALTER TABLE users MODIFY age integer NOT NULL", "row"),
        Kind::Sqlite => (
            "CREATE TABLE other (id integer PRIMARY KEY, age integer NOT NULL); INSERT INTO other SELECT id, age FROM users",
            "",
        ),
    };
    let error = bench.fails(sql);
    let said = culprit(&mut bench.session, &schema, &error).unwrap_or_default();
    assert!(said.contains(expected), "{error}: {said}");
}
