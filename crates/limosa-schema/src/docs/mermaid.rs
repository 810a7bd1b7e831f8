//! Mermaid's entity-relationship diagrams, as text.
//!
//! Names of entities stand in quotes, in which everything may be but `"`, `%`, `\` and line ends; what Mermaid would
//! take for more than a name (an entity `#35;`, Markdown, HTML, a direction) is written with a letter that looks the
//! same. Names of attributes cannot be quoted by every version that is in use, so they are made words.

use std::fmt::Write;

use super::relations::{Relation, Relations};

/// Boxes closer to each other than Mermaid would set them, and what is referred to on the left: names are long and boxes
/// are low, so pictures grow downwards, and no page has to make them smaller.
const LAYOUT: &str = "%%{init: {\"er\": {\"nodeSpacing\": 35, \"rankSpacing\": 70}}}%%";

/// A diagram.
#[derive(Debug, Default)]
pub(super) struct Diagram {
    lines: String,
}

impl Diagram {
    /// A table with some of its columns.
    pub(super) fn entity(&mut self, table: &str, attributes: &[Attribute]) {
        let _ = write!(self.lines, "    {}", entity(table));
        if attributes.is_empty() {
            self.lines.push('\n');
            return;
        }
        self.lines.push_str(" {\n");
        for one in attributes {
            let keys = if one.keys.is_empty() {
                String::new()
            } else {
                format!(" {}", one.keys.join(","))
            };
            let (kind, name) = (word(&one.kind), word(&one.name));
            let _ = writeln!(self.lines, "        {kind} {name}{keys}");
        }
        self.lines.push_str("    }\n");
    }

    /// A foreign key. The table that is referred to stands first, as the one that has to be there first.
    pub(super) fn relation(&mut self, one: &Relation, relations: &Relations<'_>, label: &str) {
        let names = [one.to, one.from].map(|at| entity(&relations.tables[at].key.dotted()));
        let parent = if one.optional { "|o" } else { "||" };
        let child = if one.single { "o|" } else { "o{" };
        let [to, from] = names;
        let label = quoted(label);
        let _ = writeln!(self.lines, "    {to} {parent}--{child} {from} : {label}");
    }

    /// The block for a page.
    pub(super) fn block(&self) -> String {
        let lines = &self.lines;
        format!("```mermaid\n{LAYOUT}\nerDiagram\n    direction LR\n{lines}```\n")
    }
}

/// A column in a diagram.
#[derive(Debug)]
pub(super) struct Attribute {
    pub kind: String,
    pub name: String,
    /// `PK`, `FK`, `UK`.
    pub keys: Vec<&'static str>,
}

/// The name of a table. An empty one is none.
fn entity(name: &str) -> String {
    if name.is_empty() {
        return "\" \"".to_owned();
    }
    quoted(name)
}

fn quoted(text: &str) -> String {
    let letters = text.chars().map(|letter| match letter {
        '"' => '＂',
        '%' => '％',
        '\\' => '＼',
        '#' => '＃',
        ';' => '；',
        '<' => '＜',
        '>' => '＞',
        '&' => '＆',
        '`' => '｀',
        '*' => '＊',
        '~' => '～',
        // An ordinary blank between `direction` and `TB` would be a direction.
        letter if letter.is_whitespace() => '\u{a0}',
        letter if letter.is_control() => '\u{fffd}',
        letter => letter,
    });
    let mut text: String = letters.collect();
    // Between two of these a word is emphasised.
    if text.len() > 2 && text.starts_with('_') && text.ends_with('_') {
        text = text.replace('_', "＿");
    }
    format!("\"{text}\"")
}

/// A type or the name of a column as a word of the grammar.
fn word(text: &str) -> String {
    let mut word: String = text
        .chars()
        .map(|letter| match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '[' | ']' | '(' | ')' => letter,
            // Beyond this Mermaid counts in units of UTF-16.
            '\u{c0}'..='\u{ffff}' if letter.is_alphanumeric() => letter,
            _ => '_',
        })
        .collect();
    let begins = |letter: char| letter.is_alphabetic() || letter == '_';
    let is_key = ["pk", "fk", "uk"].iter().any(|key| {
        let rest = word.get(..2).filter(|head| head.eq_ignore_ascii_case(key));
        rest.is_some()
            && !word[2..].starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_')
    });
    if is_key || !word.starts_with(begins) {
        word.insert(0, '_');
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_and_cannot_end_the_quotes() {
        assert_eq!(quoted("users"), "\"users\"");
        assert_eq!(quoted("a \"b\" 50%\\"), "\"a\u{a0}＂b＂\u{a0}50％＼\"");
        assert_eq!(quoted("one"), "\"one\"");
        assert_eq!(quoted("größe"), "\"größe\"");
        assert_eq!(quoted("a\nb"), "\"a\u{a0}b\"");
    }

    #[test]
    fn types_and_columns_are_words() {
        for (text, expected) in [
            ("numeric(10,2)", "numeric(10_2)"),
            ("timestamp with time zone", "timestamp_with_time_zone"),
            ("integer[]", "integer[]"),
            ("pk", "_pk"),
            ("PK-id", "_PK-id"),
            ("pk_id", "pk_id"),
            ("1st", "_1st"),
            ("größe", "größe"),
            ("", "_"),
        ] {
            assert_eq!(word(text), expected);
        }
    }
}
