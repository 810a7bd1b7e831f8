//! Our own SQL, kept in files, made fit for a dialect.
//!
//! A file is written once for all dialects: parameters are `:name` and are always bound, what
//! differs stands in braces. The only texts that are put into a statement are our own and quoted
//! identifiers.

use limosa_sql::Dialect;

use super::Tables;
use super::script::inline_as;
use crate::Value;

/// A statement of ours that is ready for a session.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// Its text.
    pub sql: String,
    /// The values of its parameters.
    pub parameters: Vec<Value>,
}

impl Prepared {
    /// The same for the text protocol of `MySQL`, where a statement with parameters costs two round trips. Text
    /// becomes hexadecimal digits, whatever is in it, so that it is a value in every mode of the server.
    pub(crate) fn in_text(&self) -> Self {
        let digits = |bytes: &[u8]| -> String {
            (bytes.iter())
                .flat_map(|byte| [byte >> 4, byte & 15])
                .filter_map(|digit| char::from_digit(digit.into(), 16))
                .collect()
        };
        let literal = |value: &Value| match value {
            Value::Null => "NULL".to_owned(),
            Value::Bool(value) => i64::from(*value).to_string(),
            Value::Int(value) => value.to_string(),
            Value::Text(text) => format!("_utf8mb4 x'{}'", digits(text.as_bytes())),
            Value::Bytes(bytes) => format!("x'{}'", digits(bytes)),
        };
        Self {
            sql: inline_as(Dialect::Mysql, self, &literal),
            parameters: Vec::new(),
        }
    }
}

/// What a file needs to become a statement.
pub(crate) struct Context<'a> {
    pub dialect: Dialect,
    pub tables: Option<&'a Tables>,
    /// The table of another tool, quoted: with its schema, and without.
    pub foreign: Option<[&'a str; 2]>,
    /// The expression that is true while the lock is held.
    pub lock: &'a str,
    /// A further condition, which may have parameters of its own.
    pub guard: &'a str,
}

pub use limosa_sql::quote_identifier;

impl Context<'_> {
    /// Makes a statement of a file's text, with values for its parameters.
    ///
    /// # Panics
    /// When the file names a parameter or a placeholder that is not there: the files are ours, and
    /// the tests make every one of them.
    pub fn prepare(&self, file: &str, values: &[(&str, Value)]) -> Prepared {
        let mut sql = String::with_capacity(file.len());
        let mut parameters = Vec::new();
        let mut numbers: Vec<(&str, usize)> = Vec::new();
        // This guard has parameters of its own.
        let text = without_comments(file).replace("{guard}", self.guard);
        let mut rest = text.as_str();
        while let Some(at) = rest.find([':', '{']) {
            sql.push_str(&rest[..at]);
            rest = &rest[at..];
            if let Some(after) = rest.strip_prefix("::") {
                sql.push_str("::");
                rest = after;
            } else if let Some(after) = rest.strip_prefix(':')
                && after.starts_with(|c: char| c.is_ascii_lowercase())
            {
                let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                let name = &after[..end.unwrap_or(after.len())];
                let value = values.iter().find(|(known, _)| *known == name);
                let (known, value) = value.unwrap_or_else(|| panic!("no value for :{name}"));
                // MySQL has no numbered parameters: there each use is a parameter of its own.
                let known_number = numbers
                    .iter()
                    .find(|(one, _)| one == known)
                    .map(|(_, n)| *n);
                let number = match known_number {
                    Some(number) if self.dialect != Dialect::Mysql => number,
                    _ => {
                        parameters.push(value.clone());
                        numbers.push((known, parameters.len()));
                        parameters.len()
                    }
                };
                match self.dialect {
                    Dialect::Postgres => sql.push('$'),
                    Dialect::Mysql | Dialect::Sqlite => sql.push('?'),
                }
                if self.dialect != Dialect::Mysql {
                    sql.push_str(&number.to_string());
                }
                if self.dialect == Dialect::Postgres {
                    // The server need not guess the type of a parameter.
                    sql.push_str(match value {
                        Value::Null | Value::Text(_) => "::text",
                        Value::Int(_) => "::bigint",
                        Value::Bool(_) => "::boolean",
                        Value::Bytes(_) => "::bytea",
                    });
                }
                rest = &after[name.len()..];
            } else if let Some(after) = rest.strip_prefix(':') {
                // Part of a format, such as `HH24:MI`.
                sql.push(':');
                rest = after;
            } else {
                let end = rest.find('}').expect("a brace in our own files is closed");
                sql.push_str(&self.placeholder(&rest[1..end]));
                rest = &rest[end + 1..];
            }
        }
        sql.push_str(rest);
        Prepared {
            sql: sql.trim().to_owned(),
            parameters,
        }
    }

    /// The same for a statement that only reads, in the form that costs one round trip.
    ///
    /// # Panics
    /// As [`Context::prepare`].
    pub fn question(&self, file: &str, values: &[(&str, Value)]) -> Prepared {
        let prepared = self.prepare(file, values);
        match self.dialect {
            Dialect::Mysql => prepared.in_text(),
            Dialect::Postgres | Dialect::Sqlite => prepared,
        }
    }

    fn placeholder(&self, name: &str) -> String {
        use Dialect::{Mysql, Postgres, Sqlite};
        let table = |table| self.tables.map(|tables| tables.quoted(self.dialect, table));
        let table =
            |name| table(name).expect("statements about our tables are made when they are known");
        let text = match (name, self.dialect) {
            ("table" | "name", _) => {
                let [table, bare] = self
                    .foreign
                    .expect("statements about another tool's table are made when it is known");
                if name == "table" { table } else { bare }
            }
            ("true", Postgres) => "TRUE",
            ("true", Mysql | Sqlite) => "1",
            ("false", Postgres) => "FALSE",
            ("false", Mysql | Sqlite) => "0",
            ("history", _) => return table(Tables::HISTORY),
            ("journal", _) => return table(Tables::JOURNAL),
            ("lease", _) => return table(Tables::LEASE),
            ("journal_index", _) => return table("limosa_journal_attempt"),
            // A number that the server gives would become LAST_INSERT_ID() of the migration.
            ("id", Mysql) => "id, ",
            ("next_id", Mysql) => {
                let journal = table(Tables::JOURNAL);
                return format!("(SELECT coalesce(max(i.id), 0) + 1 FROM {journal} i), ");
            }
            ("id" | "next_id", Postgres | Sqlite) => "",
            ("lock", _) => self.lock,
            ("now", Postgres) => "pg_catalog.clock_timestamp()",
            ("now", Mysql) => "utc_timestamp(3)",
            ("now", Sqlite) => "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
            ("from_utc", Postgres) => "CAST(",
            ("to_time", Postgres) => " AS timestamptz)",
            ("from_utc", Mysql) => "CAST(left(",
            ("to_time", Mysql) => ", 23) AS datetime(3))",
            ("from_utc" | "to_time", Sqlite) => "",
            ("integer", Postgres) => "bigint",
            ("integer", Mysql) => "signed",
            ("integer", Sqlite) => "integer",
            ("dual", Mysql) => "FROM DUAL",
            ("dual", Postgres | Sqlite) => "",
            ("transaction_id", Postgres) => "pg_catalog.txid_current()::text",
            ("transaction_id", Mysql | Sqlite) => "NULL",
            (other, dialect) if other.starts_with("seconds ") => {
                let column = &other["seconds ".len()..];
                return match dialect {
                    Postgres => format!(
                        "EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - {column})::bigint"
                    ),
                    _ => format!("timestampdiff(SECOND, {column}, utc_timestamp(3))"),
                };
            }
            (other, dialect) if other.starts_with("milliseconds ") => {
                let column = &other["milliseconds ".len()..];
                return match dialect {
                    Postgres => format!(
                        "CAST(EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - {column}) * 1000 AS bigint)"
                    ),
                    Mysql => {
                        format!("timestampdiff(MICROSECOND, {column}, utc_timestamp(3)) DIV 1000")
                    }
                    Sqlite => format!(
                        "CAST((julianday('now') - julianday({column})) * 86400000 AS integer)"
                    ),
                };
            }
            (other, dialect) if other.starts_with("time ") => {
                return time(dialect, &other["time ".len()..]);
            }
            (other, dialect) => {
                let column = other
                    .strip_prefix("utc ")
                    .expect("placeholders in our files are known");
                return match dialect {
                    Postgres => format!(
                        "pg_catalog.to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
                    ),
                    Mysql => format!(
                        "concat(left(date_format({column}, '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')"
                    ),
                    Sqlite => column.to_owned(),
                };
            }
        };
        text.to_owned()
    }
}

/// The time in a column of another tool, in UTC. Where the column has no zone it is that of the session; on `SQLite` a
/// number counts milliseconds.
fn time(dialect: Dialect, column: &str) -> String {
    match dialect {
        Dialect::Postgres => format!(
            "pg_catalog.to_char(CAST({column} AS timestamptz) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
        ),
        Dialect::Mysql => format!(
            "concat(left(date_format(timestampadd(MICROSECOND, unix_timestamp({column}) * 1000000, \
             '1970-01-01 00:00:00.000000'), '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')"
        ),
        Dialect::Sqlite => format!(
            "CASE WHEN typeof({column}) IN ('integer', 'real') \
             THEN strftime('%Y-%m-%dT%H:%M:%fZ', {column} / 1000.0, 'unixepoch') \
             ELSE strftime('%Y-%m-%dT%H:%M:%fZ', {column}) END"
        ),
    }
}

/// Our files begin with a comment that is of no use to the server.
pub(crate) fn without_comments(file: &str) -> String {
    let lines = file
        .lines()
        .filter(|line| !line.trim_start().starts_with("--"));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepare(dialect: Dialect) -> Prepared {
        let tables = Tables::in_schema("a\"b`c");
        let context = Context {
            dialect,
            tables: Some(&tables),
            foreign: None,
            lock: "TRUE",
            guard: "TRUE",
        };
        context.prepare(
            "-- a: comment\nSELECT x::text FROM {history} WHERE a = :one AND b = :two AND c = :one",
            &[("one", 1.into()), ("two", "it's".into())],
        )
    }

    #[test]
    fn parameters_are_bound_and_never_pasted() {
        let postgres = prepare(Dialect::Postgres);
        assert_eq!(
            postgres.sql,
            "SELECT x::text FROM \"a\"\"b`c\".\"limosa_history\" \
             WHERE a = $1::bigint AND b = $2::text AND c = $1::bigint"
        );
        assert_eq!(postgres.parameters, [1.into(), "it's".into()]);
    }

    #[test]
    fn a_question_to_mysql_has_its_values_in_digits() {
        let context = Context {
            dialect: Dialect::Mysql,
            tables: None,
            foreign: None,
            lock: "",
            guard: "",
        };
        let values = [
            ("one", "it's \\ ?".into()),
            ("two", Value::Null),
            ("three", (-7).into()),
        ];
        let question = context.question("SELECT :one, '?', :two, :three", &values);
        assert_eq!(
            question.sql,
            "SELECT _utf8mb4 x'69742773205c203f', '?', NULL, -7"
        );
        assert!(question.parameters.is_empty());
    }

    #[test]
    fn mysql_gets_a_parameter_for_each_use() {
        let mysql = prepare(Dialect::Mysql);
        assert!(
            mysql
                .sql
                .ends_with("`a\"b``c`.`limosa_history` WHERE a = ? AND b = ? AND c = ?")
        );
        assert_eq!(mysql.parameters, [1.into(), "it's".into(), 1.into()]);
    }
}
