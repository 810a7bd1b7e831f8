//! SQL from schemas: statements that make one again, and statements that turn one into another.
//!
//! Both depend on nothing but the schemas, so the same schema gives the same text on every machine. A statement has no
//! `;` at its end. Where something cannot be written, there is a remark in its place, a comment that begins with
//! [`BY_HAND`], and never nothing.

mod mysql;
mod order;
mod postgres;
mod script;
mod sqlite;

use limosa_sql::Dialect;

use crate::Schema;

pub use script::script;

/// How a remark begins that says what cannot be written as a statement.
pub const BY_HAND: &str = "-- by hand: ";

/// The statements that make the schema in an empty database, in an order that works.
pub fn create(schema: &Schema) -> Vec<String> {
    match schema.dialect {
        Dialect::Postgres => postgres::create(schema),
        Dialect::Mysql => mysql::create(schema),
        Dialect::Sqlite => sqlite::create(schema),
    }
}

/// The statements that turn `from` into `to`, for somebody to read before they are run: some of them drop what is
/// not in `to`. Nothing where the schemas are of two dialects but a remark that says so.
pub fn repair(from: &Schema, to: &Schema) -> Vec<String> {
    if from.dialect != to.dialect {
        let (from, to) = (from.dialect, to.dialect);
        return vec![by_hand(&format!(
            "a schema of {from} does not become one of {to}"
        ))];
    }
    match to.dialect {
        Dialect::Postgres => postgres::repair(from, to),
        Dialect::Mysql => mysql::repair(from, to),
        Dialect::Sqlite => sqlite::repair(from, to),
    }
}

/// What the statements leave to be done by hand: the remarks among them, each without [`BY_HAND`].
pub fn remarks(statements: &[String]) -> Vec<String> {
    let remarks = statements
        .iter()
        .filter_map(|one| one.strip_prefix(BY_HAND));
    remarks.map(|one| one.replace("\n-- ", "\n")).collect()
}

/// The name of an object in a statement, with everything that it is in.
pub fn name(dialect: Dialect, path: &[String]) -> String {
    let quoted = |quote: char| {
        let part = |part: &String| {
            let doubled = part.replace(quote, &format!("{quote}{quote}"));
            format!("{quote}{doubled}{quote}")
        };
        path.iter().map(part).collect::<Vec<_>>().join(".")
    };
    match dialect {
        Dialect::Postgres => postgres::dotted(path),
        Dialect::Mysql => quoted('`'),
        Dialect::Sqlite => quoted('"'),
    }
}

/// A remark in place of a statement.
fn by_hand(what: &str) -> String {
    format!("{BY_HAND}{}", what.replace('\n', "\n-- "))
}
