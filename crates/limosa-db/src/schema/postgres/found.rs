//! A row of the statement.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{DbError, Row};

/// Where something is in the catalog: the catalog, the object in it, and the column of that object or 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Address {
    pub class: i64,
    pub object: i64,
    pub sub: i64,
}

impl Address {
    /// An object of a catalog.
    pub const fn of(class: i64, object: i64) -> Self {
        Self {
            class,
            object,
            sub: 0,
        }
    }
}

/// `pg_class`, whose number is the same everywhere.
pub(super) const RELATION: i64 = 1259;
/// `pg_namespace`, whose number is the same everywhere.
const SCHEMA: i64 = 2615;

/// A row.
#[derive(Debug)]
pub(super) struct Found<'r> {
    row: &'r Row,
}

impl<'r> Found<'r> {
    pub fn new(row: &'r Row) -> Self {
        Self { row }
    }

    fn text_at(&self, column: usize) -> Option<&'r str> {
        match self.row.0.get(column) {
            Some(crate::Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// What it is: the name of a kind of object, or what is said of one.
    pub fn kind(&self) -> &'r str {
        self.text_at(0).unwrap_or_default()
    }

    /// What it is about.
    pub fn address(&self) -> Address {
        let number = |column| self.row.int(column).unwrap_or_default();
        Address {
            class: number(1),
            object: number(2),
            sub: number(3),
        }
    }

    /// The schema that it is in.
    pub fn schema(&self) -> Option<Address> {
        Some(Address::of(SCHEMA, self.row.int(4)?))
    }

    /// What it belongs to, or what is said of it.
    pub fn parent(&self) -> Option<Address> {
        Some(Address::of(self.row.int(5)?, self.row.int(6)?))
    }

    /// Its owner.
    pub fn owner(&self) -> Option<i64> {
        self.row.int(7)
    }

    /// Its name.
    pub fn name(&self) -> &'r str {
        self.text_at(8).unwrap_or_default()
    }

    /// Its properties, those that refer to others still by numbers.
    ///
    /// # Errors
    /// When they are none.
    pub fn properties(&self) -> Result<BTreeMap<String, Value>, DbError> {
        match self.text_at(9) {
            None => Ok(BTreeMap::new()),
            Some(text) => serde_json::from_str(text)
                .map_err(|error| DbError::Client(format!("the properties {text}: {error}"))),
        }
    }

    /// A property's value alone.
    ///
    /// # Errors
    /// When it is none.
    pub fn value(&self) -> Result<Value, DbError> {
        let text = self.text_at(9).unwrap_or("null");
        serde_json::from_str(text)
            .map_err(|error| DbError::Client(format!("the value {text}: {error}")))
    }

    /// The server's statement, or a comment.
    pub fn text(&self) -> Option<&'r str> {
        self.text_at(10)
    }
}
