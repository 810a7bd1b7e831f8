//! Our own statements written out, for a script that a person runs by hand.

use limosa_sql::Dialect;

use super::statement::Prepared;
use super::{Entry, Limosa, Recorded, Tables};
use crate::Value;

impl Limosa {
    /// The statements that create the tables, each with its semicolon.
    pub fn create_script(&self, dialect: Dialect) -> String {
        let file = match dialect {
            Dialect::Postgres => include_str!("sql/create_postgres.sql"),
            Dialect::Mysql => include_str!("sql/create_mysql.sql"),
            Dialect::Sqlite => include_str!("sql/create_sqlite.sql"),
        };
        let tables = self
            .context(dialect, "1 = 1", "1 = 1")
            .prepare(file, &[])
            .sql;
        let entry = Entry {
            event: "format",
            detail: Some(Tables::FORMAT.to_string()),
            ..Entry::default()
        };
        format!("{tables}\n{}", self.entry_script(dialect, &entry))
    }

    /// The statement that writes an entry of the journal.
    pub fn entry_script(&self, dialect: Dialect, entry: &Entry<'_>) -> String {
        let values = super::write::entry_values(&self.set, entry);
        self.written(dialect, include_str!("sql/journal_insert.sql"), &values)
    }

    /// The statement that records a migration as applied. The keys of the table refuse it when
    /// the history is another one by then.
    pub fn record_script(&self, dialect: Dialect, row: &Recorded<'_>) -> String {
        let values = super::write::record_values(&self.set, row);
        self.written(dialect, include_str!("sql/history_insert.sql"), &values)
    }

    /// The statement that takes a migration out of the history.
    pub fn unrecord_script(&self, dialect: Dialect, recorded: &str) -> String {
        let values = [
            ("set", self.set.as_str().into()),
            ("recorded", recorded.into()),
        ];
        self.written(dialect, include_str!("sql/history_delete.sql"), &values)
    }

    fn written(&self, dialect: Dialect, file: &str, values: &[(&str, Value)]) -> String {
        let prepared = self
            .context(dialect, "1 = 1", "1 = 1")
            .prepare(file, values);
        format!("{};", inline(dialect, &prepared))
    }
}

/// Puts quoted literals where the parameters are.
pub(super) fn inline(dialect: Dialect, prepared: &Prepared) -> String {
    inline_as(dialect, prepared, &|value| literal(dialect, value))
}

/// Puts something where the parameters are.
pub(super) fn inline_as(
    dialect: Dialect,
    prepared: &Prepared,
    literal: &dyn Fn(&Value) -> String,
) -> String {
    let mut sql = String::new();
    let mut rest = prepared.sql.as_str();
    let mut next = 0;
    let marker = if dialect == Dialect::Postgres {
        '$'
    } else {
        '?'
    };
    while let Some(at) = rest.find([marker, '"', '`', '\'']) {
        sql.push_str(&rest[..at]);
        let found = rest.as_bytes()[at];
        if char::from(found) != marker {
            // Nothing within quotes is a parameter, whatever a name looks like.
            let end = rest.as_bytes()[at + 1..]
                .iter()
                .position(|byte| *byte == found);
            let end = end.map_or(rest.len(), |end| at + end + 2);
            sql.push_str(&rest[at..end]);
            rest = &rest[end..];
            continue;
        }
        let digits = rest[at + 1..].find(|c: char| !c.is_ascii_digit());
        let digits = &rest[at + 1..at + 1 + digits.unwrap_or(rest.len() - at - 1)];
        let number = digits.parse::<usize>().unwrap_or_else(|_| {
            next += 1;
            next
        });
        let value = prepared.parameters.get(number - 1).unwrap_or(&Value::Null);
        sql.push_str(&literal(value));
        rest = &rest[at + 1 + digits.len()..];
    }
    sql.push_str(rest);
    sql
}

/// A value as a literal of the dialect.
fn literal(dialect: Dialect, value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Bool(value) => i64::from(*value).to_string(),
        Value::Int(value) => value.to_string(),
        Value::Text(text) => {
            let text = text.replace('\'', "''");
            match dialect {
                // Whatever the session's settings are, a backslash is then just a backslash.
                Dialect::Postgres if text.contains('\\') => {
                    format!("E'{}'", text.replace('\\', "\\\\"))
                }
                Dialect::Mysql => format!("'{}'", text.replace('\\', "\\\\")),
                Dialect::Postgres | Dialect::Sqlite => format!("'{text}'"),
            }
        }
        Value::Bytes(bytes) => {
            let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
            let hex: String = bytes
                .iter()
                .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
                .collect();
            match dialect {
                Dialect::Postgres => format!("'\\x{hex}'::bytea"),
                Dialect::Mysql | Dialect::Sqlite => format!("x'{hex}'"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_ends_where_its_text_ends() {
        let text = Value::from("it's \\' -- $1 ?");
        assert_eq!(literal(Dialect::Postgres, &text), "E'it''s \\\\'' -- $1 ?'");
        assert_eq!(literal(Dialect::Mysql, &text), "'it''s \\\\'' -- $1 ?'");
        assert_eq!(literal(Dialect::Sqlite, &text), "'it''s \\'' -- $1 ?'");
    }

    #[test]
    fn a_name_is_no_parameter() {
        for (dialect, sql, wanted) in [
            (
                Dialect::Postgres,
                "SELECT $1 FROM \"a$1\"\"$1\" WHERE b = '$1' AND c = $1",
                "SELECT 7 FROM \"a$1\"\"$1\" WHERE b = '$1' AND c = 7",
            ),
            (
                Dialect::Mysql,
                "SELECT ? FROM `a?``?` WHERE b = ?",
                "SELECT 7 FROM `a?``?` WHERE b = 8",
            ),
        ] {
            let prepared = Prepared {
                sql: sql.to_owned(),
                parameters: vec![Value::Int(7), Value::Int(8)],
            };
            assert_eq!(inline(dialect, &prepared), wanted);
        }
    }

    #[test]
    fn literals_stand_where_the_parameters_were() {
        let parameters = vec!["a$1?".into(), Value::Int(7)];
        let sql = "SELECT $1, $2, $1".to_owned();
        let postgres = Prepared {
            sql,
            parameters: parameters.clone(),
        };
        assert_eq!(
            inline(Dialect::Postgres, &postgres),
            "SELECT 'a$1?', 7, 'a$1?'"
        );
        let mysql = Prepared {
            sql: "SELECT ?, ?".to_owned(),
            parameters,
        };
        assert_eq!(inline(Dialect::Mysql, &mysql), "SELECT 'a$1?', 7");
    }
}
