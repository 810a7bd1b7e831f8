//! Just enough of Rust's lexical grammar to tell code from comments and strings.

/// A source text in two copies of the same lines: one with only the code, one with only the
/// comments. What belongs to the other, and the inside of strings, is blank.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) code: String,
    pub(super) comments: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Code,
    Comment,
    Literal,
}

impl Source {
    pub(super) fn of(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let mut source = Self {
            code: String::new(),
            comments: String::new(),
        };
        let mut at = 0;
        while at < chars.len() {
            let (part, length) = part(&chars, at);
            for &c in &chars[at..at + length] {
                let blank = if c == '\n' { '\n' } else { ' ' };
                source.code.push(if part == Part::Code { c } else { blank });
                source
                    .comments
                    .push(if part == Part::Comment { c } else { blank });
            }
            at += length;
        }
        source
    }

    /// The line number from which on the file is tests, by the custom that they come last.
    pub(super) fn tests_from(&self) -> usize {
        let found = self
            .code
            .lines()
            .position(|line| line.trim_start().starts_with("#[cfg(test)]"));
        found.map_or(usize::MAX, |index| index + 1)
    }
}

/// What begins at this place, and its length.
fn part(chars: &[char], at: usize) -> (Part, usize) {
    let rest = &chars[at..];
    let previous = at.checked_sub(1).map(|index| chars[index]);
    let in_word = previous.is_some_and(|c| c.is_alphanumeric() || c == '_');
    match rest {
        ['/', '/', ..] => (
            Part::Comment,
            rest.iter().take_while(|c| **c != '\n').count(),
        ),
        ['/', '*', ..] => (Part::Comment, block_comment(rest)),
        ['"', ..] => (Part::Literal, string(rest)),
        ['r', '"' | '#', ..] if !in_word => match raw_string(&rest[1..]) {
            Some(length) => (Part::Literal, length + 1),
            None => (Part::Code, 1),
        },
        ['b', 'r', ..] if !in_word => match raw_string(&rest[2..]) {
            Some(length) => (Part::Literal, length + 2),
            None => (Part::Code, 1),
        },
        ['\'', '\\', ..] => {
            let end = rest.iter().skip(3).position(|c| *c == '\'');
            (Part::Literal, end.map_or(rest.len(), |end| end + 4))
        }
        // Anything else behind a single quote is a lifetime.
        ['\'', _, '\'', ..] => (Part::Literal, 3),
        _ => (Part::Code, 1),
    }
}

fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        match &rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn string(rest: &[char]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// The length of `#"…"#`; none when this is a raw identifier.
fn raw_string(rest: &[char]) -> Option<usize> {
    let marks = rest.iter().take_while(|c| **c == '#').count();
    if rest.get(marks) != Some(&'"') {
        return None;
    }
    let closes = |at: &usize| {
        rest[*at] == '"'
            && rest[at + 1..]
                .iter()
                .take(marks)
                .filter(|c| **c == '#')
                .count()
                == marks
    };
    let end = (marks + 1..rest.len()).find(closes);
    Some(end.map_or(rest.len(), |end| end + 1 + marks))
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn code_comments_and_strings_are_told_apart() {
        let text = "a(\"x \\\" // y\"); // one \"two\n/* three /* four */ five */ b('\"', '\\'', 'c');\n\
                    c(r#\"todo \" still\"#, r\"raw\", b\"bytes\"); fn f<'a>(x: &'a str) {}\n";
        let source = Source::of(text);
        assert_eq!(source.code.lines().count(), text.lines().count());
        for word in ["x", "one", "three", "five", "todo", "still", "raw", "bytes"] {
            assert!(
                !source.code.contains(&format!("{word} ")),
                "{word}: {}",
                source.code
            );
        }
        assert!(
            source.code.contains("fn f<'a>(x: &'a str) {}"),
            "{}",
            source.code
        );
        assert!(source.code.contains("b("), "{}", source.code);
        assert_eq!(source.comments.split_whitespace().next(), Some("//"));
        assert!(source.comments.contains("five */") && !source.comments.contains("still"));
    }

    #[test]
    fn an_unfinished_text_ends_somewhere() {
        for text in ["\"", "r#\"", "/*", "'\\", "b", "br", "r#x", "'", "\"\\"] {
            assert_eq!(
                Source::of(text).code.chars().count(),
                text.chars().count(),
                "{text}"
            );
        }
    }

    #[test]
    fn tests_begin_at_their_attribute() {
        assert_eq!(
            Source::of("fn a() {}\n\n#[cfg(test)]\nmod tests {}\n").tests_from(),
            3
        );
        assert_eq!(Source::of("// #[cfg(test)]\n").tests_from(), usize::MAX);
    }
}
