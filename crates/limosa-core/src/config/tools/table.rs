//! The name of another tool's history table, as that tool is told it and as the catalog has it.

use limosa_sql::Dialect;

use crate::{Class, Diagnostic, Layout};

/// The name as the catalog has it: `table`, or `schema.table`.
///
/// goose and sqlx put what they are told into their SQL, so that on `PostgreSQL` a name without quotes
/// is in small letters. The others quote it.
///
/// # Errors
/// When it is not a table's name, or has a dot or a comma inside of a quoted part.
pub fn tool_table(
    text: &str,
    tool: Option<Layout>,
    dialect: Dialect,
) -> Result<String, Diagnostic> {
    let folds = dialect == Dialect::Postgres
        && matches!(
            tool,
            Some(Layout::Goose | Layout::LiamstaskGoose | Layout::Sqlx)
        );
    let wrong = || {
        Diagnostic::error(
            "bad-config",
            Class::Usage,
            format!(
                "`{}` is not the name of a table: it is `table` or `schema.table`",
                text.escape_debug()
            ),
        )
    };
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let quote = rest.chars().next().filter(|c| ['"', '`'].contains(c));
        let (part, after) = match quote {
            Some(quote) => {
                let (part, after) = rest[1..].split_once(quote).ok_or_else(wrong)?;
                (part.to_owned(), after)
            }
            None => {
                let end = rest.find('.').unwrap_or(rest.len());
                let (part, after) = rest.split_at(end);
                let part = if folds {
                    part.to_lowercase()
                } else {
                    part.to_owned()
                };
                (part, after)
            }
        };
        let unusable = |c: char| c.is_control() || ".,\"`".contains(c);
        if part.is_empty() || part.contains(unusable) {
            return Err(wrong());
        }
        parts.push(part);
        match after.strip_prefix('.') {
            Some(more) => rest = more,
            None if after.is_empty() => break,
            None => return Err(wrong()),
        }
    }
    if parts.len() > 2 {
        return Err(wrong());
    }
    Ok(parts.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_its_tool_makes_of_it() {
        let of = |text, tool, dialect| tool_table(text, Some(tool), dialect).ok();
        for (text, tool, dialect, expected) in [
            ("Versions", Layout::Goose, Dialect::Postgres, "versions"),
            (
                "App.Versions",
                Layout::Sqlx,
                Dialect::Postgres,
                "app.versions",
            ),
            ("\"App\".v", Layout::Sqlx, Dialect::Postgres, "App.v"),
            ("Versions", Layout::Goose, Dialect::Mysql, "Versions"),
            ("Versions", Layout::DbMigrate, Dialect::Postgres, "Versions"),
            ("a.b", Layout::GolangMigrate, Dialect::Postgres, "a.b"),
            ("`a`.`b`", Layout::Sqlx, Dialect::Mysql, "a.b"),
        ] {
            assert_eq!(of(text, tool, dialect).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "", ".", "a.", ".a", "a.b.c", "\"a", "\"a\"b", "\"a.b\"", "a,b", "\"\"",
        ] {
            assert_eq!(of(text, Layout::Goose, Dialect::Postgres), None, "{text}");
        }
    }
}
