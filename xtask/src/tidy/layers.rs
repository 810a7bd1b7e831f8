//! Dependencies between the crates point downwards only.

use toml::{Table, Value};

use super::Finding;
use super::settings::Settings;
use super::tree::Tree;

/// Never part of a program that people install.
const TESTKIT: &str = "limosa-testkit";

/// What lies deeper than a crate is a program that tests build by itself.
pub(super) fn check(tree: &Tree, settings: &Settings) -> Vec<Finding> {
    let manifests = tree
        .ending("/Cargo.toml")
        .filter(|(path, _)| path.starts_with("crates/") && path.split('/').count() == 3);
    manifests
        .flat_map(|(path, text)| check_manifest(path, text, settings))
        .collect()
}

fn check_manifest(path: &str, text: &str, settings: &Settings) -> Vec<Finding> {
    let finding = |message: String| Finding::new(path, 0, message);
    let table: Table = match text.parse() {
        Ok(table) => table,
        Err(error) => return vec![finding(format!("cannot be read: {error}"))],
    };
    let package = table.get("package").and_then(|package| package.get("name"));
    let name = package.and_then(Value::as_str).unwrap_or_default();
    let layer = settings.layers.get(name);
    if layer.is_none() && name != TESTKIT {
        return vec![finding(format!("{name} has no layer in xtask/tidy.toml"))];
    }
    let mut findings = Vec::new();
    for used in dependencies(&table) {
        if settings.drivers.contains(&used)
            && !settings
                .drivers_allowed_in
                .iter()
                .any(|allowed| allowed == name)
        {
            findings.push(finding(format!(
                "{name} must not open connections, but uses {used}"
            )));
        }
        if used == TESTKIT {
            findings.push(finding(format!("{TESTKIT} can only be a dev-dependency")));
        }
        let Some(below) = settings.layers.get(&used) else {
            continue;
        };
        match layer {
            None if settings.test_kit_uses.contains(&used) => {}
            None => findings.push(finding(format!("{TESTKIT} must not depend on {used}"))),
            Some(layer) if layer <= below => findings.push(finding(format!(
                "{name} (layer {layer}) must not depend on {used} (layer {below})"
            ))),
            Some(_) => {}
        }
    }
    findings
}

/// The crates that end up in the program: neither dev- nor build-dependencies.
fn dependencies(table: &Table) -> Vec<String> {
    let of = |table: &Table| -> Vec<String> {
        let Some(entries) = table.get("dependencies").and_then(Value::as_table) else {
            return Vec::new();
        };
        let package = |entry: &Value| entry.get("package")?.as_str().map(str::to_owned);
        entries
            .iter()
            .map(|(key, entry)| package(entry).unwrap_or_else(|| key.clone()))
            .collect()
    };
    let mut names = of(table);
    if let Some(targets) = table.get("target").and_then(Value::as_table) {
        names.extend(targets.values().filter_map(Value::as_table).flat_map(of));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{Settings, Tree, check};

    fn findings(name: &str, rest: &str) -> Vec<String> {
        let settings = Settings::parse(
            "[layers]\nlimosa-sql = 0\nlimosa-lint = 2\nlimosa-db = 2\n\
             [drivers]\ncrates = [\"mysql\"]\nallowed-in = [\"limosa-db\"]\n\
             [test-kit]\nuses = [\"limosa-lint\"]\n",
        );
        let manifest = format!("[package]\nname = \"{name}\"\n{rest}");
        let path = format!("crates/{name}/Cargo.toml");
        let tree = Tree::of(&[(&path, &manifest)]);
        let found = check(&tree, &settings.expect("are settings"));
        found.into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn dependencies_point_downwards() {
        assert!(findings("limosa-db", "[dependencies]\nlimosa-sql.workspace = true\n").is_empty());
        for rest in [
            "[dependencies]\nlimosa-db.workspace = true\n",
            "[dependencies]\nlimosa-lint.workspace = true\n",
            "[dependencies]\nx = { package = \"limosa-lint\", path = \"../limosa-lint\" }\n",
            "[target.'cfg(unix)'.dependencies]\nlimosa-lint = \"1\"\n",
        ] {
            assert!(
                findings("limosa-db", rest)[0].contains("must not depend on"),
                "{rest}"
            );
        }
        assert!(findings("limosa-sql", "[dependencies]\nlimosa-db = \"1\"\n").len() == 1);
    }

    #[test]
    fn a_crate_needs_a_layer() {
        assert!(findings("limosa-new", "")[0].contains("has no layer"));
    }

    #[test]
    fn only_some_crates_open_connections() {
        assert!(findings("limosa-db", "[dependencies]\nmysql = \"28\"\n").is_empty());
        let found = findings("limosa-sql", "[dependencies]\nmysql = \"28\"\n");
        assert_eq!(
            found,
            ["limosa-sql must not open connections, but uses mysql"]
        );
        assert!(findings("limosa-sql", "[dev-dependencies]\nmysql = \"28\"\n").is_empty());
    }

    #[test]
    fn the_test_kit_stands_apart() {
        let kit = "limosa-testkit";
        let found = findings("limosa-db", "[dependencies]\nlimosa-testkit = \"0\"\n");
        assert_eq!(found, [format!("{kit} can only be a dev-dependency")]);
        assert!(findings("limosa-db", "[dev-dependencies]\nlimosa-testkit = \"0\"\n").is_empty());
        let found = findings(kit, "[dependencies]\nlimosa-sql = \"0\"\n");
        assert_eq!(found, [format!("{kit} must not depend on limosa-sql")]);
        assert!(findings(kit, "[dependencies]\nlimosa-lint = \"0\"\n").is_empty());
    }
}
