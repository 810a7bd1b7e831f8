//! `xtask/tidy.toml`: the layers of the crates, and what is excused.

use std::collections::BTreeMap;

use toml::{Table, Value};

/// What tidy knows about this tree.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// The layer of each crate.
    pub(super) layers: BTreeMap<String, i64>,
    /// Crates that open connections.
    pub(super) drivers: Vec<String>,
    /// Who may depend on [`Self::drivers`].
    pub(super) drivers_allowed_in: Vec<String>,
    /// What the test kit may use of the crates that it tests.
    pub(super) test_kit_uses: Vec<String>,
    pub(super) excused: Vec<Excused>,
}

/// A file that may be longer than the others.
#[derive(Debug)]
pub(super) struct Excused {
    pub(super) file: String,
    pub(super) lines: usize,
}

impl Settings {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let table: Table = text
            .parse()
            .map_err(|error| format!("xtask/tidy.toml: {error}"))?;
        let layers = table
            .get("layers")
            .and_then(Value::as_table)
            .cloned()
            .unwrap_or_default();
        let layers = layers
            .into_iter()
            .filter_map(|(name, v)| Some((name, v.as_integer()?)));
        let names = |of: &str, key: &str| -> Vec<String> {
            let names = (table.get(of))
                .and_then(|table| table.get(key))
                .and_then(Value::as_array);
            let names = names.into_iter().flatten().filter_map(Value::as_str);
            names.map(str::to_owned).collect()
        };
        let excused = table
            .get("excused")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        Ok(Self {
            layers: layers.collect(),
            drivers: names("drivers", "crates"),
            drivers_allowed_in: names("drivers", "allowed-in"),
            test_kit_uses: names("test-kit", "uses"),
            excused: excused.iter().map(excuse).collect::<Result<_, _>>()?,
        })
    }
}

fn excuse(entry: &Value) -> Result<Excused, String> {
    let text = |key: &str| {
        entry
            .get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let lines = entry
        .get("lines")
        .and_then(Value::as_integer)
        .map(usize::try_from);
    match (text("file"), lines, text("reason")) {
        (Some(file), Some(Ok(lines)), Some(_)) => Ok(Excused {
            file: file.to_owned(),
            lines,
        }),
        _ => Err(format!(
            "xtask/tidy.toml: an excuse has file, lines and reason: {entry:?}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn an_excuse_needs_a_reason() {
        let without = "[[excused]]\nfile = \"a.rs\"\nlines = 700\n";
        Settings::parse(without).expect_err("has no reason");
        let with = format!("{without}reason = \"one table\"\n");
        let settings = Settings::parse(&with).expect("has a reason");
        assert_eq!(
            (settings.excused[0].file.as_str(), settings.excused[0].lines),
            ("a.rs", 700)
        );
    }
}
