//! `limosa.diff/1`: what is different between two schemas.

use limosa_core::Diagnostic;
use limosa_schema::{Change, Difference, Schema};
use serde::Serialize;
use serde_json::Value;

use super::Problem;

/// The document.
#[derive(Debug, Serialize)]
pub struct DiffDocument {
    document: &'static str,
    /// The two schemas; none where they could not be read.
    first: Option<Side>,
    second: Option<Side>,
    differences: Vec<One>,
    problems: Vec<Problem>,
    exit_code: u8,
}

/// One of the two schemas.
#[derive(Debug, Serialize)]
pub struct Side {
    source: String,
    dialect: &'static str,
    server: String,
    fingerprint: String,
}

#[derive(Debug, Serialize)]
struct One {
    object: String,
    object_kind: &'static str,
    kind: &'static str,
    properties: Vec<Property>,
}

#[derive(Debug, Serialize)]
struct Property {
    name: String,
    before: Value,
    after: Value,
}

impl DiffDocument {
    /// Of what was found.
    pub fn new(
        sides: Option<[Side; 2]>,
        differences: &[Difference],
        problems: &[Diagnostic],
        exit_code: u8,
    ) -> Self {
        let (first, second) = match sides {
            Some([first, second]) => (Some(first), Some(second)),
            None => (None, None),
        };
        Self {
            document: "limosa.diff/1",
            first,
            second,
            differences: differences.iter().map(One::from).collect(),
            problems: problems.iter().map(Problem::from).collect(),
            exit_code,
        }
    }
}

impl Side {
    /// Of a schema and the name of its source.
    pub fn new(source: &str, schema: &Schema) -> Self {
        Self {
            source: source.to_owned(),
            dialect: schema.dialect.name(),
            server: schema.server.clone(),
            fingerprint: schema.fingerprint().to_string(),
        }
    }
}

impl From<&Difference> for One {
    fn from(difference: &Difference) -> Self {
        let properties = match &difference.change {
            Change::OrderOnly { before, after } => vec![Property {
                name: "columns".to_owned(),
                before: Value::from(before.clone()),
                after: Value::from(after.clone()),
            }],
            change => (change.properties().iter())
                .map(|one| Property {
                    name: one.name.clone(),
                    before: one.before.clone().unwrap_or_default(),
                    after: one.after.clone().unwrap_or_default(),
                })
                .collect(),
        };
        Self {
            object: difference.key.dotted(),
            object_kind: difference.key.kind.name(),
            kind: difference.change.name(),
            properties,
        }
    }
}
