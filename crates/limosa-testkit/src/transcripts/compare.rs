//! Compares what a page says with what was printed, line by line.

/// How one printed text stands to the expected one, in reading order.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// Printed as expected; the expected line, as the page has it.
    Same(&'a str),
    /// Expected, and not printed.
    Missing(&'a str),
    /// Printed, and not expected.
    Extra(&'a str),
}

/// Whether all lines are as expected; `...` stands for any number of them.
pub(super) fn matches(expected: &[String], actual: &[String]) -> bool {
    match expected.split_first() {
        None => actual.is_empty(),
        Some((first, rest)) if first.trim() == "..." => {
            (0..=actual.len()).any(|skipped| matches(rest, &actual[skipped..]))
        }
        Some((first, rest)) => actual
            .split_first()
            .is_some_and(|(line, others)| line_matches(first, line) && matches(rest, others)),
    }
}

/// Whether a line is as expected; `[..]` stands for anything.
pub(super) fn line_matches(expected: &str, actual: &str) -> bool {
    let Some((first, pattern)) = expected.split_once("[..]") else {
        return expected == actual;
    };
    let Some(mut rest) = actual.strip_prefix(first) else {
        return false;
    };
    let (middle, last) = pattern.rsplit_once("[..]").unwrap_or(("", pattern));
    for part in middle.split("[..]") {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// The shortest difference. The lines are compared by their normal forms; `expected` and
/// `actual` are (as written, normal form).
pub(super) fn difference<'a>(
    expected: &[(&'a str, String)],
    actual: &[(&'a str, String)],
) -> Vec<Line<'a>> {
    let (n, m) = (expected.len(), actual.len());
    // `common[i][j]` is how many lines expected[i..] and actual[j..] have in common.
    let mut common = vec![vec![0_usize; m + 1]; n + 1];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            common[i][j] = if line_matches(&expected[i].1, &actual[j].1) {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < n || j < m {
        if i < n && j < m && line_matches(&expected[i].1, &actual[j].1) {
            lines.push(Line::Same(expected[i].0));
            (i, j) = (i + 1, j + 1);
        } else if j == m || (i < n && common[i + 1][j] >= common[i][j + 1]) {
            lines.push(Line::Missing(expected[i].0));
            i += 1;
        } else {
            lines.push(Line::Extra(actual[j].0));
            j += 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{Line, difference, line_matches, matches};

    fn lines(text: &str) -> Vec<String> {
        text.split('|').map(str::to_owned).collect()
    }

    #[test]
    fn a_wildcard_stands_for_anything_within_a_line() {
        assert!(line_matches("a[..]c[..]", "abc"));
        assert!(line_matches("[..]", ""));
        assert!(line_matches("a[..]b[..]b", "a-b-b-b"));
        assert!(!line_matches("a[..]c", "abcd"));
        assert!(!line_matches("aa[..]aa", "aaa"));
        assert!(!line_matches("abc", "abcd"));
    }

    #[test]
    fn three_dots_stand_for_any_number_of_lines() {
        assert!(matches(&lines("a|...|d"), &lines("a|b|c|d")));
        assert!(matches(&lines("a|...|d"), &lines("a|d")));
        assert!(matches(&lines("..."), &[]));
        assert!(!matches(&lines("a|...|d"), &lines("a|b")));
        assert!(!matches(&lines("a"), &lines("a|b")));
    }

    #[test]
    fn a_difference_keeps_what_is_common() {
        let pair = |text: &'static str| {
            text.split('|')
                .map(|line| (line, line.to_owned()))
                .collect::<Vec<_>>()
        };
        let found = difference(&pair("a|x[..]|c"), &pair("a|b|xyz|d"));
        let wanted = [
            Line::Same("a"),
            Line::Extra("b"),
            Line::Same("x[..]"),
            Line::Missing("c"),
            Line::Extra("d"),
        ];
        assert_eq!(found, wanted);
    }
}
