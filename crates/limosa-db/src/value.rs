//! Values that travel between Limosa's own statements and a server.

/// A value that is bound to a parameter of one of our own statements, or read from its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// SQL `NULL`.
    Null,
    /// A boolean; servers without the type use 0 and 1.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// Text. Timestamps are read and written as text, too.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(pub Vec<Value>);

impl Row {
    /// The column at `index` as text; `None` for NULL. Numbers and booleans are written out.
    pub fn text(&self, index: usize) -> Option<String> {
        match self.0.get(index)? {
            Value::Null => None,
            Value::Bool(value) => Some(value.to_string()),
            Value::Int(value) => Some(value.to_string()),
            Value::Text(value) => Some(value.clone()),
            Value::Bytes(value) => Some(String::from_utf8_lossy(value).into_owned()),
        }
    }

    /// As [`Row::text`], and takes the text out of the row.
    pub fn take_text(&mut self, index: usize) -> Option<String> {
        match self.0.get_mut(index)? {
            Value::Text(value) => {
                let text = std::mem::take(value);
                self.0[index] = Value::Null;
                Some(text)
            }
            _ => self.text(index),
        }
    }

    /// The column at `index` as an integer; `None` for NULL and for what is none.
    pub fn int(&self, index: usize) -> Option<i64> {
        match self.0.get(index)? {
            Value::Int(value) => Some(*value),
            Value::Bool(value) => Some(i64::from(*value)),
            Value::Text(value) => value.parse().ok(),
            Value::Bytes(value) => std::str::from_utf8(value).ok()?.parse().ok(),
            Value::Null => None,
        }
    }

    /// The column at `index` as a boolean: true, or an integer other than 0.
    pub fn is_true(&self, index: usize) -> bool {
        matches!(self.0.get(index), Some(Value::Bool(true)))
            || self.int(index).is_some_and(|value| value != 0)
    }
}
