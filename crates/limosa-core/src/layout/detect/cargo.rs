//! What a Rust project depends on.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use toml::{Table, Value};

/// Nobody's manifest is larger.
const LARGEST: u64 = 1 << 20;

/// Whether a `Cargo.toml` names a package among its dependencies, or among those of its workspace.
pub(super) fn names(package: &str, manifest: &Path) -> bool {
    let mut text = String::new();
    let read = File::open(manifest).and_then(|file| file.take(LARGEST).read_to_string(&mut text));
    read.is_ok()
        && text
            .parse::<Table>()
            .is_ok_and(|manifest| depends(package, &manifest))
}

fn depends(package: &str, manifest: &Table) -> bool {
    let table = |name| manifest.get(name).and_then(Value::as_table);
    let below = table("target")
        .into_iter()
        .flat_map(|targets| targets.values().filter_map(Value::as_table));
    ["dependencies", "dev-dependencies", "build-dependencies"]
        .into_iter()
        .filter_map(table)
        .any(|dependencies| lists(package, dependencies))
        || table("workspace")
            .into_iter()
            .chain(below)
            .any(|table| depends(package, table))
}

fn lists(package: &str, dependencies: &Table) -> bool {
    dependencies.iter().any(|(name, one)| {
        let renamed = one.get("package").and_then(Value::as_str);
        renamed.unwrap_or(name) == package
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_is_found_wherever_cargo_reads_it() {
        let names = |text: &str| depends("sqlx", &text.parse().unwrap());
        for text in [
            "[dependencies]\nsqlx = \"0.8\"",
            "[dev-dependencies.sqlx]\nversion = \"0.8\"",
            "[dependencies]\ndb = { package = \"sqlx\", version = \"0.8\" }",
            "[workspace.dependencies]\nsqlx = { version = \"0.8\" }",
            "[target.'cfg(unix)'.dependencies]\nsqlx.workspace = true",
        ] {
            assert!(names(text), "{text}");
        }
        for text in [
            "",
            "[dependencies]\nsqlx-core = \"0.8\"",
            "[dependencies]\nsqlx = { package = \"other\" }",
            "[package]\nname = \"sqlx\"",
        ] {
            assert!(!names(text), "{text}");
        }
    }
}
