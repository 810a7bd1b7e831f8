//! Control characters from names, SQL and server messages never reach the terminal.

use std::borrow::Cow;

/// Whether a character changes the terminal or the order in which text is read.
fn is_dangerous(letter: char) -> bool {
    (letter.is_control() && letter != '\n' && letter != '\t')
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// The text with control characters written out (`\u{1b}`); line ends and tabs stay.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(is_dangerous) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '\r' => {}
            letter if is_dangerous(letter) => cleaned.extend(letter.escape_unicode()),
            letter => cleaned.push(letter),
        }
    }
    Cow::Owned(cleaned)
}

/// The text on one line, with control characters written out.
pub fn clean_line(text: &str) -> String {
    clean(text).replace(['\n', '\t'], " ")
}

/// Source text of the same length in bytes, for a renderer that marks places by their bytes.
pub fn printable_source(text: &str) -> Cow<'_, str> {
    if !text.contains(is_dangerous) {
        return Cow::Borrowed(text);
    }
    let harmless = |letter: char| match letter.len_utf8() {
        1 if letter == '\r' => ' ',
        1 => '?',
        2 => '¿',
        _ => '\u{fffd}',
    };
    Cow::Owned(
        text.chars()
            .map(|letter| {
                if is_dangerous(letter) {
                    harmless(letter)
                } else {
                    letter
                }
            })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_written_out() {
        assert_eq!(
            clean("a\u{1b}[31mb\u{9b}2J\r\n\u{202e}x"),
            "a\\u{1b}[31mb\\u{9b}2J\n\\u{202e}x"
        );
        assert_eq!(clean_line("a\nb\tc"), "a b c");
        assert!(matches!(clean("größe\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn source_keeps_its_length() {
        let source = "SELECT '\u{1b}[2J \u{9b} \u{202e}';\r\n";
        let shown = printable_source(source);
        assert_eq!(shown.len(), source.len());
        assert!(!shown.contains(is_dangerous));
    }
}
