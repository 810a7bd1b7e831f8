//! YAML as texts and tables, each with its place.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::ToolFile;
use super::problem::{Spot, wrong};
use crate::Diagnostic;

/// The entries of a table.
pub(super) type Table = BTreeMap<String, Spanned<Value>>;

/// A value. It has no `Debug`: it may hold a password.
pub(super) enum Value {
    /// A text, number or truth value, as text.
    Text(String),
    /// A table.
    Table(Table),
    /// A list.
    List,
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }

            fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
                Ok(Value::Text(value.to_string()))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
                Ok(Value::Text(value.to_string()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
                Ok(Value::Text(value.to_string()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
                Ok(Value::Text(value.to_string()))
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Text(String::new()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let mut table = Table::new();
                while let Some((key, value)) = map.next_entry()? {
                    table.insert(key, value);
                }
                Ok(Value::Table(table))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Value::List)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// Where a value stands.
pub(super) fn spot<T>(value: &Spanned<T>) -> Spot {
    (
        value.referenced.line().max(1),
        value.referenced.column().max(1),
    )
}

/// The table that a file is.
pub(super) fn parse(file: &ToolFile) -> Result<Table, Diagnostic> {
    match serde_saphyr::from_str::<Value>(&file.text) {
        Ok(Value::Table(table)) => Ok(table),
        Ok(_) => Err(wrong(file, (1, 1), "it is not a table of environments")),
        // What the parser says may quote the text.
        Err(error) => {
            let place = error.location();
            let spot = place.map_or((1, 1), |at| (at.line().max(1), at.column().max(1)));
            Err(wrong(file, spot, "this is not YAML that can be understood"))
        }
    }
}
