//! Values to and from the server.

use std::fmt::Write as _;

use mysql_async::consts::ColumnType;
use mysql_async::{Column, Value as Native};

use crate::{Row, Value};

/// The character set of what is not text.
const BINARY: u16 = 63;

/// A value on its way to the server.
pub(super) fn bound(value: &Value) -> Native {
    match value {
        Value::Null => Native::NULL,
        Value::Bool(value) => Native::Int(i64::from(*value)),
        Value::Int(value) => Native::Int(*value),
        Value::Text(value) => Native::Bytes(value.as_bytes().to_vec()),
        Value::Bytes(value) => Native::Bytes(value.clone()),
    }
}

/// A row of a result.
pub(super) fn row(received: mysql_async::Row) -> Row {
    let columns = received.columns();
    let values = received.unwrap_raw();
    Row(values
        .into_iter()
        .zip(columns.iter())
        .map(|(native, column)| value(native.unwrap_or(Native::NULL), column))
        .collect())
}

fn value(native: Native, column: &Column) -> Value {
    match native {
        Native::NULL => Value::Null,
        Native::Int(number) => Value::Int(number),
        Native::UInt(number) => match i64::try_from(number) {
            Ok(number) => Value::Int(number),
            Err(_) => Value::Text(number.to_string()),
        },
        Native::Float(number) => Value::Text(number.to_string()),
        Native::Double(number) => Value::Text(number.to_string()),
        Native::Bytes(bytes) => of_bytes(bytes, column),
        Native::Date(year, month, day, hour, minute, second, micros) => {
            let mut text =
                format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
            if column.column_type() == ColumnType::MYSQL_TYPE_DATE {
                text.truncate(10);
            } else if micros > 0 {
                // Writing to a String cannot fail.
                let _ = write!(text, ".{micros:06}");
            }
            Value::Text(text)
        }
        Native::Time(negative, days, hours, minutes, seconds, micros) => {
            let sign = if negative { "-" } else { "" };
            let hours = days * 24 + u32::from(hours);
            let mut text = format!("{sign}{hours:02}:{minutes:02}:{seconds:02}");
            if micros > 0 {
                // Writing to a String cannot fail.
                let _ = write!(text, ".{micros:06}");
            }
            Value::Text(text)
        }
    }
}

/// Text, a number of the text protocol, or bytes.
fn of_bytes(bytes: Vec<u8>, column: &Column) -> Value {
    let is_text = match column.column_type() {
        ColumnType::MYSQL_TYPE_STRING
        | ColumnType::MYSQL_TYPE_VAR_STRING
        | ColumnType::MYSQL_TYPE_VARCHAR
        | ColumnType::MYSQL_TYPE_TINY_BLOB
        | ColumnType::MYSQL_TYPE_MEDIUM_BLOB
        | ColumnType::MYSQL_TYPE_LONG_BLOB
        | ColumnType::MYSQL_TYPE_BLOB => column.character_set() != BINARY,
        ColumnType::MYSQL_TYPE_BIT | ColumnType::MYSQL_TYPE_GEOMETRY => false,
        ColumnType::MYSQL_TYPE_TINY
        | ColumnType::MYSQL_TYPE_SHORT
        | ColumnType::MYSQL_TYPE_INT24
        | ColumnType::MYSQL_TYPE_LONG
        | ColumnType::MYSQL_TYPE_LONGLONG
        | ColumnType::MYSQL_TYPE_YEAR => {
            let number = std::str::from_utf8(&bytes)
                .ok()
                .and_then(|text| text.parse().ok());
            if let Some(number) = number {
                return Value::Int(number);
            }
            true
        }
        _ => true,
    };
    if !is_text {
        return Value::Bytes(bytes);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Value::Text(text),
        Err(error) => Value::Bytes(error.into_bytes()),
    }
}
