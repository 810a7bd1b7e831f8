//! Values that the checks of a column speak of.

use super::check::Expression;
use super::evaluate::{Scalar, value};
use super::pattern;
use super::samples::Sample;

/// What checks compare a column with, as values for it. `VALUE` of a domain is a column, too.
pub(crate) fn hints<'e>(
    column: &str,
    checks: impl IntoIterator<Item = &'e Expression>,
) -> Vec<Sample> {
    let mut hints = Hints {
        column,
        numbers: Vec::new(),
        lengths: Vec::new(),
        patterns: Vec::new(),
        found: Vec::new(),
    };
    for check in checks {
        hints.look(check);
    }
    hints.like();
    hints.long();
    hints.between();
    hints.found
}

struct Hints<'c> {
    column: &'c str,
    numbers: Vec<f64>,
    /// In characters.
    lengths: Vec<usize>,
    /// Of `LIKE`, or of `GLOB`.
    patterns: Vec<(String, bool)>,
    found: Vec<Sample>,
}

/// What a column goes through before it is compared.
enum Through {
    Itself,
    Lower,
    Upper,
    Length,
    JsonType,
}

impl Hints<'_> {
    fn add(&mut self, sample: Sample) {
        if !self.found.contains(&sample) {
            self.found.push(sample);
        }
    }

    fn text(&mut self, text: impl Into<String>) {
        self.add(Sample::text(text));
    }

    fn look(&mut self, expression: &Expression) {
        match expression {
            Expression::Compare(_, a, b) => {
                self.compared(a, b);
                self.compared(b, a);
            }
            Expression::Distinct(a, b) => self.compared(a, b),
            Expression::OneOf(one, all) => all.iter().for_each(|other| self.compared(one, other)),
            Expression::Like {
                of, pattern, glob, ..
            } => {
                if self.through(of).is_some()
                    && let Some(Scalar::Text(pattern)) = constant(pattern)
                {
                    self.patterns.push((pattern, *glob));
                }
            }
            Expression::Regex { of, pattern } => {
                if self.through(of).is_some()
                    && let Some(Scalar::Text(pattern)) = constant(pattern)
                {
                    let made: Vec<String> = (0..8)
                        .filter_map(|number| pattern::of_regex(&pattern, number * 5))
                        .collect();
                    for text in made {
                        self.text(text);
                    }
                }
            }
            _ => {}
        }
        for part in expression.parts() {
            self.look(part);
        }
    }

    /// Whether an expression is the column, seen through casts and a function.
    fn through(&self, expression: &Expression) -> Option<Through> {
        match expression {
            Expression::Column(name) => name
                .eq_ignore_ascii_case(self.column)
                .then_some(Through::Itself),
            Expression::Cast(one, _) => self.through(one),
            Expression::Call(name, arguments) => {
                self.through(arguments.first()?)?;
                Some(match name.as_str() {
                    "lower" | "lcase" => Through::Lower,
                    "upper" | "ucase" => Through::Upper,
                    "trim" | "btrim" | "coalesce" => Through::Itself,
                    "length" | "char_length" | "character_length" | "octet_length" => {
                        Through::Length
                    }
                    "jsonb_typeof" | "json_typeof" => Through::JsonType,
                    _ => return None,
                })
            }
            _ => None,
        }
    }

    fn compared(&mut self, one: &Expression, other: &Expression) {
        let (Some(through), Some(constant)) = (self.through(one), constant(other)) else {
            return;
        };
        match (through, constant) {
            (Through::Length, Scalar::Number(length)) => {
                for length in [length, length + 1.0, length - 1.0] {
                    if (0.0..=8_000.0).contains(&length) {
                        self.lengths
                            .extend(whole(length).and_then(|length| usize::try_from(length).ok()));
                    }
                }
            }
            (Through::JsonType, Scalar::Text(name)) => {
                let texts: &[&str] = match name.as_str() {
                    "array" => &["[]", "[1]", "[{\"a\": 1}]"],
                    "object" => &["{}", "{\"a\": 1}", "{\"b\": 1}"],
                    "string" => &["\"a\"", "\"b\"", "\"c\""],
                    "number" => &["1", "2", "3"],
                    _ => &["true", "false"],
                };
                for text in texts {
                    self.text(*text);
                }
            }
            (Through::Lower, Scalar::Text(text)) => self.text(text.to_lowercase()),
            (Through::Upper, Scalar::Text(text)) => self.text(text.to_uppercase()),
            (Through::Itself, Scalar::Text(text)) => match text.parse::<f64>() {
                Ok(number) => {
                    self.text(text);
                    self.numbers.push(number);
                }
                Err(_) => self.text(text),
            },
            (Through::Itself, Scalar::Number(number)) => self.numbers.push(number),
            (Through::Itself, Scalar::Bool(value)) => {
                self.add(Sample::number(u8::from(value).to_string()));
            }
            _ => {}
        }
    }

    /// Texts that are like the patterns, also in the lengths that are spoken of.
    fn like(&mut self) {
        let fillings = ["a1", "b2c3", "d4e5f6", "g7", "h8i9", "j0", "k1", "A1", ""];
        for (pattern, glob) in std::mem::take(&mut self.patterns) {
            for length in &self.lengths.clone() {
                let bare = pattern::of_like(&pattern, "", glob).chars().count();
                if let Some(room) = length.checked_sub(bare).filter(|room| *room > 0) {
                    for letter in ["a", "b", "c", "d", "A"] {
                        self.text(pattern::of_like(&pattern, &letter.repeat(room), glob));
                    }
                }
            }
            for filling in fillings {
                self.text(pattern::of_like(&pattern, filling, glob));
            }
        }
    }

    /// Texts of the lengths that are spoken of.
    fn long(&mut self) {
        for length in std::mem::take(&mut self.lengths) {
            for letter in ["a", "b", "c", "A", "B", "7", "8"] {
                self.text(letter.repeat(length));
            }
        }
    }

    /// The numbers that are spoken of, and some beside and between them.
    fn between(&mut self) {
        let mut all = self.numbers.clone();
        for (index, number) in self.numbers.iter().enumerate() {
            all.extend([1.0, 2.0, 3.0, -1.0, -2.0, 0.5].map(|step| number + step));
            let others = &self.numbers[index + 1..];
            all.extend(others.iter().map(|other| ((number + other) / 2.0).floor()));
        }
        for number in all {
            let text = match whole(number) {
                Some(number) => number.to_string(),
                None => number.to_string(),
            };
            self.add(Sample::number(text));
        }
    }
}

fn constant(expression: &Expression) -> Option<Scalar> {
    value(expression, &|_| None).filter(|found| *found != Scalar::Null)
}

/// A number without a fraction as such.
pub(crate) fn whole(number: f64) -> Option<i128> {
    // Rust writes numbers without an exponent.
    (number.fract() == 0.0)
        .then(|| format!("{number:.0}").parse().ok())
        .flatten()
}
