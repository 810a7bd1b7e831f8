//! Objects, property by property.

use limosa_schema::{Key, Kind, Object};
use serde_json::Value;

/// Properties of an object that is being made. What is the default is not set.
pub(super) trait Build: Sized {
    /// A property that has a value; none and the empty text are none.
    fn with<T: Into<Value>>(self, property: &str, value: Option<T>) -> Self;

    /// A property that is true or absent.
    fn when(self, property: &str, holds: bool) -> Self;
}

impl Build for Object {
    fn with<T: Into<Value>>(mut self, property: &str, value: Option<T>) -> Self {
        let value = value.map(Into::into);
        let is_empty = match &value {
            None => true,
            Some(Value::String(text)) => text.is_empty(),
            Some(Value::Array(list)) => list.is_empty(),
            Some(_) => false,
        };
        if let Some(value) = value.filter(|_| !is_empty) {
            self.properties.insert(property.to_owned(), value);
        }
        self
    }

    fn when(self, property: &str, holds: bool) -> Self {
        self.with(property, holds.then_some(true))
    }
}

/// An object without properties.
pub(super) fn object<P: Into<String>>(kind: Kind, path: impl IntoIterator<Item = P>) -> Object {
    Object::new(Key::new(kind, path))
}

/// A list beside another one, with null where there is nothing to say; nothing where there never is.
pub(super) fn beside(all: impl IntoIterator<Item = Option<String>>) -> Option<Vec<Value>> {
    let all: Vec<Value> = all.into_iter().map(Value::from).collect();
    all.iter().any(|one| !one.is_null()).then_some(all)
}
