//! `.db-migraterc`: options, as JSON with comments or as lines of `name = value`.

use serde_json::Value;

use crate::Diagnostic;
use crate::config::tools::ToolFile;
use crate::config::tools::problem::wrong;

pub(super) const NAME: &str = ".db-migraterc";

/// The options that matter here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    /// The file with the environments. (`config`, the option of the command line, does not count here.)
    pub(super) config_file: Option<String>,
    pub(super) migrations_dir: Option<String>,
    pub(super) table: Option<String>,
    pub(super) environment: Option<String>,
    /// `migration-table` is the option's other name on the command line and says nothing here.
    says_migration_table: bool,
}

impl Options {
    fn from(get: impl Fn(&str) -> Option<String>) -> Self {
        let given = |name: &str| get(name).filter(|text| !text.is_empty());
        Self {
            config_file: given("configFile"),
            migrations_dir: given("migrations-dir"),
            table: given("table"),
            environment: given("env"),
            says_migration_table: given("migration-table").is_some(),
        }
    }

    /// What is worth saying about them.
    pub(super) fn remark(&self, file: &ToolFile) -> Option<Diagnostic> {
        let says_nothing = self.says_migration_table && self.table.is_none();
        says_nothing.then(|| {
            Diagnostic::note(
                "tool-config-ignored",
                format!(
                    "`migration-table` in {} has no effect in db-migrate: its key there is `table`",
                    file.shown
                ),
            )
        })
    }
}

pub(super) fn parse(file: &ToolFile) -> Result<Options, Diagnostic> {
    let text = file.text.trim_start_matches('\u{feff}');
    if !text.trim_start().starts_with('{') {
        return Ok(Options::from(|name| line_of(text, name)));
    }
    let json: Value = serde_json::from_str(&without_comments(text)).map_err(|error| {
        let spot = (error.line().max(1) as u64, error.column().max(1) as u64);
        wrong(file, spot, "this is not JSON")
    })?;
    Ok(Options::from(|name| match json.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        _ => None,
    }))
}

/// The value of a line `name = value` before the first section.
fn line_of(text: &str, name: &str) -> Option<String> {
    let lines = text.lines().map(str::trim);
    let mut found = None;
    for line in lines.take_while(|line| !line.starts_with('[')) {
        if line.starts_with([';', '#']) {
            continue;
        }
        if let Some((key, value)) = line.split_once('=')
            && key.trim() == name
        {
            let value = value.trim();
            let value = value.split([';', '#']).next().unwrap_or_default().trim();
            let quoted = value
                .strip_prefix('"')
                .and_then(|value| value.strip_suffix('"'));
            found = Some(quoted.unwrap_or(value).to_owned());
        }
    }
    found
}

/// The text with its comments blanked, so that places stay right.
fn without_comments(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut in_string = false;
    while let Some(letter) = letters.next() {
        match (letter, letters.peek()) {
            ('\\', Some(_)) if in_string => {
                cleaned.push(letter);
                cleaned.extend(letters.next());
            }
            ('"', _) => {
                in_string = !in_string;
                cleaned.push(letter);
            }
            ('/', Some('/')) if !in_string => {
                cleaned.push(' ');
                while let Some(next) = letters.next_if(|next| *next != '\n') {
                    cleaned.push(if next == '\r' { '\r' } else { ' ' });
                }
            }
            ('/', Some('*')) if !in_string => {
                let mut before = ' ';
                cleaned.push_str("  ");
                letters.next();
                for next in letters.by_ref() {
                    cleaned.push(if next == '\n' { '\n' } else { ' ' });
                    if before == '*' && next == '/' {
                        break;
                    }
                    before = next;
                }
            }
            _ => cleaned.push(letter),
        }
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Options, Diagnostic> {
        parse(&ToolFile {
            shown: NAME.into(),
            text: text.into(),
        })
    }

    #[test]
    fn both_forms_are_read() {
        let expected = Options {
            config_file: Some("config/db.json".into()),
            migrations_dir: Some("db/migrations".into()),
            table: Some("m".into()),
            environment: Some("prod".into()),
            says_migration_table: false,
        };
        let json = "{ // options\n \"configFile\": \"config/db.json\", /* a\n \"table\": 1 */\n \"sql-file\": true,\n\
                    \"migrations-dir\": \"db/migrations\", \"table\": \"m\", \"env\": \"prod\" }";
        let lines = "; options\nconfigFile = config/db.json\nsql-file=true\nmigrations-dir=\"db/migrations\" # here\n\
                     table = m\nenv = prod\n[other]\ntable = no\n";
        assert_eq!(parsed(json).unwrap(), expected);
        assert_eq!(parsed(lines).unwrap(), expected);
        assert_eq!(parsed("").unwrap(), Options::default());
        let url = parsed("{\"table\": \"a//b\", \"env\": \"a\\\"/*\"}").unwrap();
        assert_eq!(url.table.as_deref(), Some("a//b"));
        assert_eq!(url.environment.as_deref(), Some("a\"/*"));
    }

    #[test]
    fn broken_json_is_refused_at_its_place() {
        let problem = parsed("{\n /* a\n b */ \"table\": s3cret\n}").unwrap_err();
        assert_eq!(problem.labels[0].line, 3);
        assert!(!format!("{problem:?}").contains("s3cret"));
    }
}
