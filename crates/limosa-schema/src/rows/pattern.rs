//! Texts that match a pattern: of `LIKE`, and simple regular expressions.

/// Whether a text is like a pattern.
pub(crate) fn is_like(text: &str, pattern: &str, folds: bool, glob: bool) -> bool {
    let chars = |text: &str| -> Vec<char> {
        if folds {
            text.to_lowercase().chars().collect()
        } else {
            text.chars().collect()
        }
    };
    let (many, one) = if glob { ('*', '?') } else { ('%', '_') };
    matches(&chars(text), &chars(pattern), many, one)
}

fn matches(text: &[char], pattern: &[char], many: char, one: char) -> bool {
    match pattern {
        [] => text.is_empty(),
        [first, rest @ ..] if *first == many => {
            (0..=text.len()).any(|at| matches(&text[at..], rest, many, one))
        }
        ['\\', wanted, rest @ ..] if one == '_' => {
            text.first() == Some(wanted) && matches(&text[1..], rest, many, one)
        }
        [first, rest @ ..] => {
            text.first().is_some_and(|c| c == first || *first == one)
                && matches(&text[1..], rest, many, one)
        }
    }
}

/// A text that is like a pattern, with that in place of what may be anything.
pub(crate) fn of_like(pattern: &str, filling: &str, glob: bool) -> String {
    let (many, one) = if glob { ('*', '?') } else { ('%', '_') };
    let mut text = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if !glob => text.extend(chars.next()),
            c if c == many => text.push_str(filling),
            c if c == one => text.push('x'),
            c => text.push(c),
        }
    }
    text
}

/// A text that matches a regular expression; `number` makes others of it where the expression allows. `None` where
/// the expression has more than classes, groups, alternatives and counts.
pub(crate) fn of_regex(pattern: &str, number: usize) -> Option<String> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut maker = Maker {
        chars: &chars,
        at: 0,
        number,
        budget: 500,
    };
    let made = maker.alternatives()?;
    (maker.at == chars.len()).then_some(made)
}

struct Maker<'p> {
    chars: &'p [char],
    at: usize,
    /// What is left of the number: each choice takes its part.
    number: usize,
    budget: usize,
}

impl Maker<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    fn choose(&mut self, of: usize) -> usize {
        let chosen = self.number % of.max(1);
        self.number /= of.max(1);
        chosen
    }

    fn alternatives(&mut self) -> Option<String> {
        let mut all = vec![self.sequence()?];
        while self.take('|') {
            all.push(self.sequence()?);
        }
        let chosen = self.choose(all.len());
        Some(all.swap_remove(chosen))
    }

    fn sequence(&mut self) -> Option<String> {
        let mut made = String::new();
        while let Some(c) = self.peek() {
            if matches!(c, '|' | ')') {
                break;
            }
            if matches!(c, '^' | '$') {
                self.at += 1;
                continue;
            }
            let start = self.at;
            let first = self.atom()?;
            let end = self.at;
            let (least, most) = self.count()?;
            // One of what may be left out, so that texts are not empty; more only where it must be.
            let times = least.max(usize::from(most > 0));
            let behind = self.at;
            for time in 0..times {
                self.budget = self.budget.checked_sub(1)?;
                if time == 0 {
                    made.push_str(&first);
                } else {
                    self.at = start;
                    made.push_str(&self.atom()?);
                    debug_assert_eq!(self.at, end);
                }
            }
            self.at = behind;
        }
        Some(made)
    }

    fn count(&mut self) -> Option<(usize, usize)> {
        let many = usize::MAX;
        let found = match self.peek() {
            Some('*') => (0, many),
            Some('+') => (1, many),
            Some('?') => (0, 1),
            Some('{') => {
                let close = self.chars[self.at..].iter().position(|c| *c == '}')? + self.at;
                let inside: String = self.chars[self.at + 1..close].iter().collect();
                self.at = close;
                match inside.split_once(',') {
                    None => (inside.parse().ok()?, inside.parse().ok()?),
                    Some((least, "")) => (least.parse().ok()?, many),
                    Some((least, most)) => (least.parse().ok()?, most.parse().ok()?),
                }
            }
            _ => return Some((1, 1)),
        };
        self.at += 1;
        self.take('?');
        Some(found)
    }

    fn atom(&mut self) -> Option<String> {
        let c = self.peek()?;
        self.at += 1;
        let set = match c {
            '(' => {
                if self.take('?') && !self.take(':') {
                    return None;
                }
                let made = self.alternatives()?;
                return self.take(')').then_some(made);
            }
            '[' => self.class()?,
            '.' => vec!['a', 'b', 'c'],
            '\\' => self.escape()?,
            '*' | '+' | '?' | '{' => return None,
            c => return Some(c.to_string()),
        };
        let chosen = self.choose(set.len());
        set.get(chosen).map(char::to_string)
    }

    fn escape(&mut self) -> Option<Vec<char>> {
        let c = self.peek()?;
        self.at += 1;
        Some(match c {
            'd' => ('0'..='9').collect(),
            'w' => ('a'..='z').chain('0'..='9').collect(),
            's' => vec![' '],
            'S' => ('a'..='z').collect(),
            'D' | 'W' => vec!['-'],
            'y' | 'm' | 'M' | 'A' | 'Z' | 'b' | 'B' => return None,
            c => vec![c],
        })
    }

    fn class(&mut self) -> Option<Vec<char>> {
        let not = self.take('^');
        let mut set = Vec::new();
        let mut first = true;
        loop {
            let c = self.peek()?;
            self.at += 1;
            match c {
                ']' if !first => break,
                '[' if self.peek() == Some(':') => {
                    let close = self.chars[self.at..].iter().position(|c| *c == ']')? + self.at;
                    let name: String = self.chars[self.at..close].iter().collect();
                    self.at = close + 1;
                    match name.trim_matches(':') {
                        "alpha" | "lower" => set.extend('a'..='z'),
                        "upper" => set.extend('A'..='Z'),
                        "digit" => set.extend('0'..='9'),
                        "alnum" => set.extend(('a'..='z').chain('0'..='9')),
                        "space" => set.push(' '),
                        "xdigit" => set.extend(('0'..='9').chain('a'..='f')),
                        _ => return None,
                    }
                }
                '\\' => set.extend(self.escape()?),
                low if self.peek() == Some('-')
                    && self.chars.get(self.at + 1).is_some_and(|c| *c != ']') =>
                {
                    let high = self.chars[self.at + 1];
                    self.at += 2;
                    set.extend((low..=high).take(100));
                }
                c => set.push(c),
            }
            first = false;
        }
        if not {
            let all = ('a'..='z').chain('0'..='9').chain(['-', '_']);
            return Some(all.filter(|c| !set.contains(c)).collect());
        }
        Some(set)
    }
}
