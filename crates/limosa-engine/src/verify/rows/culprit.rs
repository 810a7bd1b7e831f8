//! The row over which an up fails.

use limosa_db::{DbError, Failure, Locked};
use limosa_schema::{Kind, Schema};
use limosa_sql::Dialect;

use super::quoted_path;
use limosa_db::store::quote_identifier;

/// The row that shows why a statement failed, for people: `the key (email)=(email 1) is there twice`. From what the
/// server says; where it says only the column, the tables are asked, which must be as they were before the statement.
pub fn culprit(session: &mut Locked, schema: &Schema, cause: &DbError) -> Option<String> {
    let failure = cause.failure()?;
    match schema.dialect {
        Dialect::Postgres => postgres(failure).or_else(|| {
            let column = between(&failure.message, "column \"", "\"")?;
            let table = between(&failure.message, "relation \"", "\"");
            let is_null = failure.message.contains("null value");
            let asked = with_null(session, schema, table, column);
            // After an error the tables cannot be asked until it is rolled back.
            asked.or_else(|| is_null.then(|| format!("there is a row in which {column} is NULL")))
        }),
        Dialect::Mysql => mysql(failure).or_else(|| {
            let column = between(&failure.message, "column '", "'").filter(|_| {
                failure.message.contains("truncated") || failure.message.contains("null")
            })?;
            with_null(session, schema, None, column)
        }),
        Dialect::Sqlite => {
            let message = &failure.message;
            let place = message.split("constraint failed: ").nth(1)?;
            let (table, column) = place.split(',').next()?.trim().rsplit_once('.')?;
            if message.starts_with("NOT NULL") {
                with_null(session, schema, Some(table), column)
            } else {
                twice(session, schema, table, place)
            }
        }
    }
}

/// What stands between two texts.
fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}

/// `Key (email)=(a) is duplicated.`, `Failing row contains (…).`
fn postgres(failure: &Failure) -> Option<String> {
    let detail = failure.detail.as_deref()?;
    if let Some(row) = detail.strip_prefix("Failing row contains ") {
        return Some(format!(
            "the row {} is refused",
            short(row.trim_end_matches('.'))
        ));
    }
    let key = detail.strip_prefix("Key ")?;
    let (key, said) = [
        " is duplicated",
        " already exists",
        " is not present in",
        " conflicts with",
    ]
    .iter()
    .find_map(|said| key.split_once(said).map(|(key, _)| (key, *said)))?;
    let end = match said {
        " is not present in" => "leads to no row of the table that it refers to",
        " conflicts with" => "excludes another row",
        _ => "is there more than once",
    };
    Some(format!("the key {} {end}", short(key)))
}

/// `Duplicate entry 'a' for key 'x'`, `Data truncated for column 'x' at row 3`.
fn mysql(failure: &Failure) -> Option<String> {
    let message = &failure.message;
    if let Some(rest) = message.strip_prefix("Duplicate entry ") {
        let (value, key) = rest.rsplit_once(" for key ")?;
        return Some(format!(
            "the value {} is there more than once in the key {key}",
            short(value)
        ));
    }
    if let Some((what, row)) = message.rsplit_once(" at row ") {
        return Some(format!("row {row}: {}", short(what)));
    }
    message
        .contains("a foreign key constraint fails")
        .then(|| "a row leads to no row of the table that it refers to".to_owned())
}

/// A row that has NULL in a column; the first table that has such a column where none is named.
fn with_null(
    session: &mut Locked,
    schema: &Schema,
    table: Option<&str>,
    column: &str,
) -> Option<String> {
    let dialect = schema.dialect;
    let mut columns = schema.of(Kind::Column).filter(|one| {
        let parent = one.parent.as_ref();
        one.key.name() == column
            && parent.is_some_and(|parent| {
                parent.kind == Kind::Table && table.is_none_or(|table| parent.name() == table)
            })
    });
    columns.find_map(|one| {
        let parent = one.parent.as_ref()?;
        let sql = format!(
            "SELECT count(*) FROM {} WHERE {} IS NULL",
            quoted_path(dialect, parent),
            quote_identifier(dialect, column)
        );
        // What cannot be asked any more is not told.
        let count = session.query(&sql, &[]).ok()?.first()?.int(0)?;
        (count > 0).then(|| format!("{count} of the rows of {parent} have NULL in {column}"))
    })
}

/// A value that is there more than once.
fn twice(session: &mut Locked, schema: &Schema, table: &str, place: &str) -> Option<String> {
    let dialect = schema.dialect;
    let columns = place
        .split(',')
        .filter_map(|one| one.trim().rsplit_once('.'));
    let columns: Vec<&str> = columns.map(|(_, column)| column).collect();
    let tables = schema.of(Kind::Table);
    let table = tables.map(|one| &one.key).find(|key| key.name() == table)?;
    let quoted: Vec<String> = columns
        .iter()
        .map(|column| quote_identifier(dialect, column))
        .collect();
    let shown: Vec<String> = quoted.iter().map(|one| format!("quote({one})")).collect();
    let sql = format!(
        "SELECT {} FROM {} GROUP BY {} HAVING count(*) > 1 LIMIT 1",
        shown.join(" || ', ' || "),
        quoted_path(dialect, table),
        quoted.join(", ")
    );
    let value = session.query(&sql, &[]).ok()?.first()?.text(0)?;
    Some(format!(
        "the key ({})=({}) is there more than once",
        columns.join(", "),
        short(&value)
    ))
}

/// How many characters of a row are shown.
const SHOWN: usize = 120;

fn short(text: &str) -> String {
    let mut shown = String::new();
    for (index, c) in text.chars().enumerate() {
        if index == SHOWN {
            shown.push('…');
            break;
        }
        match c {
            c if c.is_control() => shown.extend(c.escape_default()),
            c => shown.push(c),
        }
    }
    shown
}
