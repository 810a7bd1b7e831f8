//! `limosa.drift/1`: the database held against its migrations.

use limosa_core::Diagnostic;
use limosa_engine::drift::{Drift, Found};
use limosa_schema::Change;
use serde::Serialize;
use serde_json::Value;

use super::Problem;

/// The document.
#[derive(Debug, Serialize)]
pub struct DriftDocument {
    document: &'static str,
    databases: Vec<DriftDatabase>,
    /// Why a database could not be held against its migrations.
    problems: Vec<Problem>,
    exit_code: u8,
}

/// What differs in a database.
#[derive(Debug, Serialize)]
pub struct DriftDatabase {
    name: String,
    replayed: usize,
    shadow: String,
    differences: Vec<One>,
    repair: Vec<String>,
}

#[derive(Debug, Serialize)]
struct One {
    object: String,
    object_kind: &'static str,
    kind: &'static str,
    counts: bool,
    properties: Vec<Property>,
}

#[derive(Debug, Serialize)]
struct Property {
    name: String,
    before: Value,
    after: Value,
}

impl DriftDocument {
    /// Of these databases and problems.
    pub fn new(databases: Vec<DriftDatabase>, problems: &[Diagnostic], exit_code: u8) -> Self {
        Self {
            document: "limosa.drift/1",
            databases,
            problems: problems.iter().map(Problem::from).collect(),
            exit_code,
        }
    }
}

impl DriftDatabase {
    /// Of what was found.
    pub fn new(name: &str, drift: &Drift, shadow: String) -> Self {
        Self {
            name: name.to_owned(),
            replayed: drift.replayed,
            shadow,
            differences: drift.found.iter().map(One::from).collect(),
            repair: drift.repair.clone(),
        }
    }
}

impl From<&Found> for One {
    fn from(found: &Found) -> Self {
        let difference = &found.difference;
        let properties = match &difference.change {
            Change::OrderOnly { before, after } => vec![Property {
                name: "columns".to_owned(),
                before: before.clone().into(),
                after: after.clone().into(),
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
            counts: found.counts,
            properties,
        }
    }
}
