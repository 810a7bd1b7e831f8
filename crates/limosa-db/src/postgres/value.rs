//! Values to and from the server.

use bytes::BytesMut;
use tokio_postgres::types::{Format, FromSql, IsNull, Kind, ToSql, Type, to_sql_checked};

use crate::{DbError, Row, Value};

/// The type that a parameter is declared with. Text and NULL are declared as unknown, as a quoted literal
/// is, so that the server takes the type from the place they stand in (`$1::timestamptz`, a column).
pub(super) fn declared_type(value: &Value) -> Type {
    match value {
        Value::Null | Value::Text(_) => Type::UNKNOWN,
        Value::Bool(_) => Type::BOOL,
        Value::Int(_) => Type::INT8,
        Value::Bytes(_) => Type::BYTEA,
    }
}

/// A value on its way to the server.
#[derive(Debug)]
pub(super) struct Bound<'a>(pub(super) &'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        _type: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self.0 {
            Value::Null => return Ok(IsNull::Yes),
            Value::Bool(value) => out.extend_from_slice(if *value { b"t" } else { b"f" }),
            Value::Int(value) => out.extend_from_slice(value.to_string().as_bytes()),
            Value::Text(value) => {
                if value.contains('\0') {
                    return Err("the server cannot store a NUL character in text".into());
                }
                out.extend_from_slice(value.as_bytes());
            }
            Value::Bytes(value) => out.extend_from_slice(value),
        }
        Ok(IsNull::No)
    }

    fn accepts(_type: &Type) -> bool {
        true
    }

    fn encode_format(&self, _type: &Type) -> Format {
        match self.0 {
            Value::Bytes(_) => Format::Binary,
            _ => Format::Text,
        }
    }

    to_sql_checked!();
}

/// A value as it comes from the server, in the binary format.
struct Received(Value);

impl<'a> FromSql<'a> for Received {
    fn from_sql(
        kind: &Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        let value = match *kind {
            Type::BOOL => Value::Bool(bool::from_sql(kind, raw)?),
            Type::INT2 => Value::Int(i16::from_sql(kind, raw)?.into()),
            Type::INT4 => Value::Int(i32::from_sql(kind, raw)?.into()),
            Type::INT8 => Value::Int(i64::from_sql(kind, raw)?),
            Type::OID | Type::XID | Type::CID | Type::REGCLASS | Type::REGPROC | Type::REGTYPE => {
                Value::Int(u32::from_be_bytes(raw.try_into()?).into())
            }
            Type::BYTEA => Value::Bytes(raw.to_vec()),
            // A binary jsonb is its text after a version byte.
            Type::JSONB => {
                Value::Text(std::str::from_utf8(raw.get(1..).unwrap_or_default())?.to_owned())
            }
            _ => Value::Text(std::str::from_utf8(raw)?.to_owned()),
        };
        Ok(Self(value))
    }

    fn from_sql_null(_type: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Value::Null))
    }

    fn accepts(kind: &Type) -> bool {
        matches!(
            *kind,
            Type::BOOL
                | Type::INT2
                | Type::INT4
                | Type::INT8
                | Type::OID
                | Type::XID
                | Type::CID
                | Type::REGCLASS
                | Type::REGPROC
                | Type::REGTYPE
                | Type::BYTEA
                | Type::TEXT
                | Type::VARCHAR
                | Type::BPCHAR
                | Type::NAME
                | Type::CHAR
                | Type::UNKNOWN
                | Type::JSON
                | Type::JSONB
                | Type::XML
                | Type::VOID
        ) || matches!(kind.kind(), Kind::Enum(_))
    }
}

/// A row of a result.
pub(super) fn row(received: &tokio_postgres::Row) -> Result<Row, DbError> {
    received
        .columns()
        .iter()
        .enumerate()
        .map(
            |(index, column)| match received.try_get::<_, Received>(index) {
                Ok(Received(value)) => Ok(value),
                Err(_) => Err(DbError::Client(format!(
                    "the column `{}` has the type {}, which is to be cast to text",
                    column.name(),
                    column.type_()
                ))),
            },
        )
        .collect::<Result<_, _>>()
        .map(Row)
}
