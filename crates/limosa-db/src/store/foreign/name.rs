//! The name of a table as people configure it: `table`, `schema.table`, and in quotes whatever is in it.

use limosa_sql::Dialect;

use crate::store::StoreError;

/// A table, and its schema where the name has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TableName {
    pub schema: Option<String>,
    pub table: String,
}

impl TableName {
    /// Reads a name. Outside of quotes everything stands for itself, but for the first dot.
    pub fn parse(dialect: Dialect, name: &str) -> Result<Self, StoreError> {
        let wrong = || StoreError::TableName(name.to_owned());
        let (first, rest) = part(dialect, name).ok_or_else(wrong)?;
        let (schema, table) = match rest.strip_prefix('.') {
            None if rest.is_empty() => (None, first),
            // A database of SQLite has no schemas, and a table may have a dot in its name.
            Some(_) if dialect == Dialect::Sqlite && !name.starts_with('"') => {
                (None, name.to_owned())
            }
            Some(rest) => match whole(dialect, rest) {
                Some(table) if dialect != Dialect::Sqlite => (Some(first), table),
                _ => return Err(wrong()),
            },
            None => return Err(wrong()),
        };
        if table.is_empty() || schema.as_deref() == Some("") {
            return Err(wrong());
        }
        Ok(Self { schema, table })
    }
}

/// The part before a dot, and what follows it; `None` when a quote is not closed.
fn part(dialect: Dialect, name: &str) -> Option<(String, &str)> {
    let quote = name
        .chars()
        .next()
        .filter(|c| *c == '"' || *c == '`' && dialect == Dialect::Mysql);
    let Some(quote) = quote else {
        let end = name.find('.').unwrap_or(name.len());
        return Some((name[..end].to_owned(), &name[end..]));
    };
    let mut found = String::new();
    let mut rest = &name[1..];
    loop {
        let end = rest.find(quote)?;
        found.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix(quote) {
            Some(after) => {
                found.push(quote);
                rest = after;
            }
            None => return Some((found, rest)),
        }
    }
}

/// What stands behind the dot: all of it is the name of the table.
fn whole(dialect: Dialect, name: &str) -> Option<String> {
    if name.starts_with('"') || name.starts_with('`') && dialect == Dialect::Mysql {
        let (table, rest) = part(dialect, name)?;
        return rest.is_empty().then_some(table);
    }
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(dialect: Dialect, name: &str) -> Option<(Option<String>, String)> {
        let name = TableName::parse(dialect, name).ok()?;
        Some((name.schema, name.table))
    }

    #[test]
    fn quotes_keep_everything_together() {
        for (name, schema, table) in [
            ("t", None, "t"),
            ("s.t", Some("s"), "t"),
            ("s.t.u", Some("s"), "t.u"),
            ("my table", None, "my table"),
            ("it's", None, "it's"),
            ("\"a.b\"", None, "a.b"),
            (
                "\"Odd\"\"Schema\".\"my table\"",
                Some("Odd\"Schema"),
                "my table",
            ),
            ("s.\"T\"", Some("s"), "T"),
            ("\"S\".t", Some("S"), "t"),
            ("a\"b", None, "a\"b"),
        ] {
            let wanted = Some((schema.map(str::to_owned), table.to_owned()));
            assert_eq!(parsed(Dialect::Postgres, name), wanted, "{name}");
        }
        let wanted = Some((Some("a`b".to_owned()), "c".to_owned()));
        assert_eq!(parsed(Dialect::Mysql, "`a``b`.`c`"), wanted);
        assert_eq!(
            parsed(Dialect::Sqlite, "a.b"),
            Some((None, "a.b".to_owned()))
        );
        assert_eq!(
            parsed(Dialect::Sqlite, "\"a b\""),
            Some((None, "a b".to_owned()))
        );
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for name in [
            "",
            ".t",
            "s.",
            "\"s",
            "\"s\"t",
            "\"s\".\"t",
            "\"\"",
            "s.\"t\"x",
        ] {
            assert_eq!(parsed(Dialect::Postgres, name), None, "{name}");
        }
        assert_eq!(parsed(Dialect::Sqlite, "\"a\".\"b\""), None);
    }
}
