//! Values to and from the database.

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};

use crate::{DbError, Row, Value};

/// A value on its way to the database.
pub(super) struct Bound<'a>(pub(super) &'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Bool(value) => ValueRef::Integer(i64::from(*value)),
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Text(value) => ValueRef::Text(value.as_bytes()),
            Value::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

/// A row of a result.
pub(super) fn row(received: &rusqlite::Row<'_>, columns: usize) -> Result<Row, DbError> {
    (0..columns)
        .map(|index| {
            let value = received
                .get_ref(index)
                .map_err(|error| DbError::Client(error.to_string()))?;
            Ok(match value {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(value) => Value::Int(value),
                ValueRef::Real(value) => Value::Text(value.to_string()),
                ValueRef::Text(value) => match std::str::from_utf8(value) {
                    Ok(text) => Value::Text(text.to_owned()),
                    Err(_) => Value::Bytes(value.to_vec()),
                },
                ValueRef::Blob(value) => Value::Bytes(value.to_vec()),
            })
        })
        .collect::<Result<_, _>>()
        .map(Row)
}
