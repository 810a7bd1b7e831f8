//! Counts, durations and texts of a given width.

use std::time::Duration;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// `1 migration`, `2 migrations`.
pub fn count(number: impl TryInto<u64>, noun: &str) -> String {
    let number: u64 = number.try_into().unwrap_or(u64::MAX);
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// To three digits: `41ms`, `1.24s`, `19.4s`, `3min 20s`, `2h 5min`.
pub fn duration(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    let seconds = duration.as_secs_f64();
    let whole = duration.as_secs();
    match milliseconds {
        0 => "0ms".to_owned(),
        1..1_000 => format!("{milliseconds}ms"),
        1_000..9_995 => format!("{seconds:.2}s"),
        9_995..59_950 => format!("{seconds:.1}s"),
        _ if whole < 3_600 => format!("{}min {}s", whole / 60, whole % 60),
        _ => format!("{}h {}min", whole / 3_600, whole / 60 % 60),
    }
}

/// The text on one line, runs of blanks made one.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text cut to a width, with `…` (or `...`) where something is missing.
pub fn fit(text: &str, width: usize, unicode: bool) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let end = if unicode { "…" } else { "..." };
    let room = width.saturating_sub(end.width());
    let mut cut = String::new();
    let mut used = 0;
    for letter in text.chars() {
        used += letter.width().unwrap_or(0);
        if used > room {
            break;
        }
        cut.push(letter);
    }
    cut.push_str(end);
    cut
}

/// The beginning of a text, at most so many bytes of it.
pub fn head(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The text filled with blanks on the right.
pub fn pad(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_three_digits() {
        for (milliseconds, text) in [
            (0, "0ms"),
            (41, "41ms"),
            (1_240, "1.24s"),
            (19_400, "19.4s"),
            (200_000, "3min 20s"),
            (7_500_000, "2h 5min"),
        ] {
            assert_eq!(duration(Duration::from_millis(milliseconds)), text);
        }
    }

    #[test]
    fn texts_are_cut_to_their_width_not_to_their_bytes() {
        assert_eq!(fit("größe", 5, true), "größe");
        assert_eq!(fit("größen", 5, true), "größ…");
        assert_eq!(fit("größen", 5, false), "gr...");
        assert_eq!(pad("größe", 7), "größe  ");
    }
}
