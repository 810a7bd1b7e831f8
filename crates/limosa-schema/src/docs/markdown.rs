//! Markdown as GitHub, GitLab and most others read it: text that is only text, tables, links to places in the page.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::Key;

/// A text in which nothing is markup, on one line. Nothing is escaped that would be text anyway: `user_id`.
pub(super) fn plain(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (at, letter) in letters.iter().copied().enumerate() {
        let next = letters.get(at + 1).copied();
        let is_word =
            |one: Option<char>| one.is_some_and(|one| one.is_alphanumeric() || one == '_');
        let before = at.checked_sub(1).and_then(|at| letters.get(at).copied());
        let is_markup = match letter {
            '\\' | '`' | '*' | '[' | ']' | '<' | '|' | '$' => true,
            '_' => !is_word(before) || !is_word(next),
            '&' => next.is_some_and(|next| next.is_alphanumeric() || next == '#'),
            '~' => next == Some('~') || before == Some('~'),
            '#' | '>' => before.is_none(),
            _ => false,
        };
        if is_markup {
            out.push('\\');
        }
        out.push(if letter.is_control() { ' ' } else { letter });
    }
    out
}

/// A paragraph: the lines of a text stay, and nothing in it is markup.
pub(super) fn paragraph(text: &str) -> String {
    let lines = text.trim().lines().map(|line| {
        let line = plain(line.trim());
        // What would begin a list or a rule at the start of a line.
        match line.chars().next() {
            Some('-' | '+' | '=') => format!("\\{line}"),
            Some(digit) if digit.is_ascii_digit() => {
                line.replacen(". ", "\\. ", 1).replacen(") ", "\\) ", 1)
            }
            _ => line,
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A text as code, on one line, that may stand in a table.
pub(super) fn code(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    let blank = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    let text = text.replace('|', "\\|");
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// A block of code in a language.
pub(super) fn block(language: &str, text: &str) -> String {
    let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end())
}

fn longest_run(text: &str, of: char) -> usize {
    let (mut longest, mut run) = (0, 0);
    for letter in text.chars() {
        run = if letter == of { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// A table; columns in which no row has anything are left out, and of none at all there is no table.
pub(super) fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let used: Vec<usize> = (0..heads.len())
        .filter(|at| {
            rows.iter()
                .any(|row| row.get(*at).is_some_and(|cell| !cell.is_empty()))
        })
        .collect();
    if used.is_empty() {
        return String::new();
    }
    let line = |cells: Vec<&str>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(used.iter().map(|at| heads[*at]).collect());
    text.push_str(&line(used.iter().map(|_| "---").collect()));
    for row in rows {
        text.push_str(&line(
            used.iter()
                .map(|at| row.get(*at).map_or("", String::as_str))
                .collect(),
        ));
    }
    text
}

/// Places in the page that are linked to. Their names do not depend on how a site makes anchors of headings.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    names: BTreeMap<Key, String>,
    taken: BTreeSet<String>,
}

impl Anchors {
    /// Gives an object its place.
    pub(super) fn add(&mut self, key: &Key) {
        let mut name = String::from(key.kind.name()).replace(' ', "-");
        for part in &key.path {
            name.push('-');
            for letter in part.chars() {
                if letter.is_ascii_alphanumeric() || letter == '_' {
                    name.push(letter.to_ascii_lowercase());
                } else if letter.is_alphanumeric() {
                    let _ = write!(name, "u{:x}", u32::from(letter));
                } else {
                    name.push('-');
                }
            }
        }
        let mut unique = name.clone();
        let mut number = 2;
        while !self.taken.insert(unique.clone()) {
            unique = format!("{name}-{number}");
            number += 1;
        }
        self.names.insert(key.clone(), unique);
    }

    /// The place itself, for a line of its own above the heading.
    pub(super) fn place(&self, key: &Key) -> String {
        match self.names.get(key) {
            Some(name) => format!("<a id=\"{name}\"></a>\n\n"),
            None => String::new(),
        }
    }

    /// The name of an object, linked to its place where it has one.
    pub(super) fn link(&self, key: &Key) -> String {
        let shown = plain(&key.dotted());
        match self.names.get(key) {
            Some(name) => format!("[{shown}](#{name})"),
            None => shown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    #[test]
    fn names_and_comments_are_text_and_nothing_else() {
        assert_eq!(plain("a_b*c<d>|e"), "a_b\\*c\\<d>\\|e");
        assert_eq!(plain("_a_ & &lt; ~~b~~"), "\\_a\\_ & \\&lt; \\~\\~b\\~\\~");
        assert_eq!(plain("line\nline"), "line line");
        assert_eq!(paragraph("- one\n2. two"), "\\- one\n2\\. two");
        assert_eq!(code("a | b"), "`a \\| b`");
        assert_eq!(code("`a`"), "`` `a` ``");
        assert_eq!(block("sql", "```x"), "````sql\n```x\n````\n");
    }

    #[test]
    fn a_column_that_says_nothing_is_left_out_of_a_table() {
        let rows = vec![
            vec!["a".to_owned(), String::new(), "1".to_owned()],
            vec!["b".to_owned(), String::new(), String::new()],
        ];
        assert_eq!(
            table(&["name", "note", "value"], &rows),
            "| name | value |\n| --- | --- |\n| a | 1 |\n| b |  |\n"
        );
        assert_eq!(table(&["name"], &[]), "");
    }

    #[test]
    fn two_objects_never_have_the_same_place() {
        let mut anchors = Anchors::default();
        let keys = ["a b", "a-b", "a/b"].map(|name| Key::new(Kind::Table, [name]));
        for key in &keys {
            anchors.add(key);
        }
        let links: BTreeSet<String> = keys.iter().map(|key| anchors.link(key)).collect();
        assert_eq!(links.len(), 3, "{links:?}");
    }
}
