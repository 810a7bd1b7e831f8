//! The statement, made of its parts for a version of the server.

/// What there is to list, what others belong to first.
const PARTS: [&str; 37] = [
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
    include_str!("constraint_indexes.sql"),
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
    include_str!("comments.sql"),
    include_str!("grants.sql"),
    include_str!("security_labels.sql"),
];
/// What is asked for in order to make the objects again.
const TO_MAKE: [&str; 2] = [include_str!("aliases.sql"), include_str!("needs.sql")];
const END: &str = include_str!("end.sql");

/// What the schema is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Its objects are to be made elsewhere: with the statements of the server, and what they need.
    Make,
    /// It is to be compared: without these.
    Compare,
}

/// The statement for servers of a major version.
pub(super) fn of(major: u32, purpose: Purpose) -> String {
    let to_make: &[&str] = match purpose {
        Purpose::Make => &TO_MAKE,
        Purpose::Compare => &[],
    };
    let mut sql = String::new();
    for part in PARTS.iter().chain(to_make) {
        lines(part, major, purpose, &mut sql);
        sql.push_str("UNION ALL\n");
    }
    lines(END, major, purpose, &mut sql);
    sql
}

/// Adds the lines of a part that the version has, without their remarks.
fn lines(part: &str, major: u32, purpose: Purpose, sql: &mut String) {
    for line in part.lines() {
        let (line, remark) = match line.split_once("-- ") {
            Some((line, remark)) => (line, remark),
            None => (line, ""),
        };
        if !line.trim().is_empty() && is_for(remark, major, purpose) {
            sql.push_str(line.trim_end());
            sql.push('\n');
        }
    }
}

/// Whether a remark, `from 13 until 14` or `to make it`, means this version and this purpose.
fn is_for(remark: &str, major: u32, purpose: Purpose) -> bool {
    match remark {
        "to make it" => return purpose == Purpose::Make,
        "to compare it" => return purpose == Purpose::Compare,
        _ => {}
    }
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
    use super::{Purpose, lines, of};

    const PART: &str = "-- What it is for.
a
    b -- from 14
c -- until 13
-- why
d -- from 13 until 14
e -- to make it
f -- to compare it
";

    #[test]
    fn a_line_is_sent_to_the_versions_and_for_the_purpose_of_its_remark() {
        let sent = |major, purpose| {
            let mut sql = String::new();
            lines(PART, major, purpose, &mut sql);
            sql
        };
        assert_eq!(sent(12, Purpose::Make), "a\nc\ne\n");
        assert_eq!(sent(13, Purpose::Make), "a\nc\nd\ne\n");
        assert_eq!(sent(14, Purpose::Compare), "a\n    b\nd\nf\n");
        assert_eq!(sent(15, Purpose::Compare), "a\n    b\nf\n");
    }

    #[test]
    fn the_statement_ends_with_setting_back() {
        for purpose in [Purpose::Make, Purpose::Compare] {
            let sql = of(18, purpose);
            assert!(sql.starts_with("WITH settings"));
            assert!(sql.ends_with("FROM settings AS s\n"));
            assert!(!sql.contains("--"));
        }
    }
}
