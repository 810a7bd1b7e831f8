//! The statement, made of its parts for a version of the server.

/// What there is to list, what others belong to first.
const PARTS: [&str; 38] = [
    include_str!("begin.sql"),
    include_str!("roles.sql"),
    include_str!("database.sql"),
    include_str!("schemas.sql"),
    include_str!("extensions.sql"),
    include_str!("languages.sql"),
    include_str!("collations.sql"),
    include_str!("types.sql"),
    include_str!("domains.sql"),
    include_str!("foreign_servers.sql"),
    include_str!("tables.sql"),
    include_str!("views.sql"),
    include_str!("columns.sql"),
    include_str!("sequences.sql"),
    include_str!("routines.sql"),
    include_str!("operators.sql"),
    include_str!("operator_families.sql"),
    include_str!("operator_classes.sql"),
    include_str!("casts.sql"),
    include_str!("conversions.sql"),
    include_str!("transforms.sql"),
    include_str!("text_search.sql"),
    include_str!("constraints.sql"),
    include_str!("indexes.sql"),
    include_str!("index_keys.sql"),
    include_str!("statistics.sql"),
    include_str!("rules.sql"),
    include_str!("triggers.sql"),
    include_str!("policies.sql"),
    include_str!("event_triggers.sql"),
    include_str!("publications.sql"),
    include_str!("subscriptions.sql"),
    include_str!("default_privileges.sql"),
    include_str!("aliases.sql"),
    include_str!("comments.sql"),
    include_str!("grants.sql"),
    include_str!("security_labels.sql"),
    include_str!("needs.sql"),
];
const END: &str = include_str!("end.sql");

/// The statement for servers of a major version.
pub(super) fn of(major: u32) -> String {
    let mut sql = String::new();
    for part in PARTS {
        lines(part, major, &mut sql);
        sql.push_str("UNION ALL\n");
    }
    lines(END, major, &mut sql);
    sql
}

/// Adds the lines of a part that the version has, without their remarks.
fn lines(part: &str, major: u32, sql: &mut String) {
    for line in part.lines() {
        let (line, remark) = match line.split_once("-- ") {
            Some((line, remark)) => (line, remark),
            None => (line, ""),
        };
        if !line.trim().is_empty() && is_for(remark, major) {
            sql.push_str(line.trim_end());
            sql.push('\n');
        }
    }
}

/// Whether a remark, `from 13 until 14`, means this version.
fn is_for(remark: &str, major: u32) -> bool {
    let words: Vec<&str> = remark.split(' ').collect();
    let bound = |word| {
        let at = words.iter().position(|one| *one == word)?;
        words.get(at + 1)?.parse::<u32>().ok()
    };
    bound("from").is_none_or(|from| major >= from)
        && bound("until").is_none_or(|until| major <= until)
}

#[cfg(test)]
mod tests {
    use super::{is_for, lines, of};

    #[test]
    fn a_line_is_sent_to_the_versions_of_its_remark() {
        let sent = |major| {
            let mut sql = String::new();
            let part = "-- What it is for.\na\n    b -- from 14\nc -- until 13\n-- why\nd -- from 13 until 14\n";
            lines(part, major, &mut sql);
            sql
        };
        assert_eq!(sent(12), "a\nc\n");
        assert_eq!(sent(13), "a\nc\nd\n");
        assert_eq!(sent(14), "a\n    b\nd\n");
        assert_eq!(sent(15), "a\n    b\n");
        assert!(is_for("", 12));
    }

    #[test]
    fn the_statement_ends_with_setting_back() {
        let sql = of(18);
        assert!(sql.starts_with("WITH settings"));
        assert!(sql.ends_with("FROM settings AS s\n"));
        assert!(!sql.contains("--"));
    }
}
