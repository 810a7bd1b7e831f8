//! Values of a type: ordinary ones, the largest and longest, and strange ones; as many different ones as there are.

use std::fmt::Write as _;

use limosa_sql::Dialect;
use sha2::{Digest, Sha256};

use super::column_type::{Letters, Type};
use super::evaluate::Scalar;
use super::literal::Literal;

mod named;
mod numbers;
mod texts;
mod times;

pub(crate) use named::knows;

/// A value and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sample {
    pub(crate) literal: Literal,
    pub(crate) scalar: Scalar,
}

impl Sample {
    fn new(literal: Literal) -> Self {
        let scalar = match &literal {
            Literal::Text(text) => Scalar::Text(text.clone()),
            Literal::Number(number) => number
                .parse()
                .map_or_else(|_| Scalar::Text(number.clone()), Scalar::Number),
            Literal::Bool(value) => Scalar::Bool(*value),
            other => Scalar::Opaque(other.plain()),
        };
        Self { literal, scalar }
    }

    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::new(Literal::Text(text.into()))
    }

    pub(crate) fn number(number: impl Into<String>) -> Self {
        Self::new(Literal::Number(number.into()))
    }

    pub(crate) fn from_bool(value: bool) -> Self {
        Self::new(Literal::Bool(value))
    }

    /// A text whose contents say nothing to comparisons.
    fn opaque(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            scalar: Scalar::Opaque(text.clone()),
            literal: Literal::Text(text),
        }
    }
}

/// What kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Ordinary,
    Extreme,
    Strange,
}

/// Where values go to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'p> {
    pub(crate) dialect: Dialect,
    /// The column's name.
    pub(crate) name: &'p str,
    /// Different for each column.
    pub(crate) seed: u64,
    /// Whether JSON in the column is a list.
    pub(crate) is_list: bool,
}

/// The value of a type with that number; `None` where there are not so many, or none is known.
pub(crate) fn sample(of: &Type, place: Place<'_>, look: Look, number: usize) -> Option<Sample> {
    let Place { dialect, seed, .. } = place;
    Some(match of {
        Type::Bool => match number {
            0 => Sample::new(Literal::Bool(look != Look::Strange)),
            1 => Sample::new(Literal::Bool(look == Look::Strange)),
            _ => return None,
        },
        Type::Int { min, max } => numbers::integer(*min, *max, seed, look, number)?,
        Type::Decimal(limits) => numbers::decimal(*limits, seed, look, number)?,
        Type::Float { single } => numbers::float(*single, seed, look, number),
        Type::Text { limit, letters } => texts::text(*limit, *letters, place, look, number)?,
        Type::Bytes { limit, fixed } => texts::bytes(*limit, *fixed, look, number),
        Type::Bits { length, fixed } => numbers::bits(*length, *fixed, look, number)?,
        Type::Date => times::date(dialect, look, number),
        Type::Time { digits, zone } => times::time(dialect, *digits, *zone, look, number),
        Type::Timestamp { digits, zone } => times::timestamp(dialect, *digits, *zone, look, number),
        Type::UnixTime { digits } => times::unix(*digits, look, number),
        Type::Year => numbers::integer(1901, 2155, 2000, look, number)?,
        Type::Interval => Sample::opaque(match look {
            Look::Ordinary => format!("{} days 02:03:04.567891", number + 1),
            Look::Extreme => format!("{} years 11 mons 29 days", 9_999 - number),
            Look::Strange => format!("-{} mons +2 days -03:04:05.6", number + 1),
        }),
        Type::Uuid => Sample::text(uuid(seed, look, number)),
        Type::Json => texts::json(place, look, number),
        Type::Enum(labels) => {
            let count = labels.len();
            if number >= count {
                return None;
            }
            Sample::text(match look {
                Look::Ordinary => &labels[number],
                Look::Extreme => &labels[count - 1 - number],
                Look::Strange => &labels[(number + 1) % count],
            })
        }
        Type::Set(labels) => Sample::opaque(match (look, number) {
            (Look::Extreme, 0) => labels.join(","),
            (Look::Strange, 0) => String::new(),
            _ => labels.get(number)?.clone(),
        }),
        Type::Array(of) => array(of, place, look, number)?,
        Type::Range { of, multi } => {
            let range = times::range(of, look, number)?;
            Sample::opaque(if *multi {
                format!("{{{range}}}")
            } else {
                range
            })
        }
        Type::Composite(parts) => {
            let parts = parts.iter().map(|part| {
                let found = sample(part, place, look, number)?;
                Some(in_quotes(&found.literal.plain(), '"'))
            });
            let parts: Vec<String> = parts.collect::<Option<_>>()?;
            Sample::opaque(format!("({})", parts.join(",")))
        }
        Type::Domain { base, .. } => sample(base, place, look, number)?,
        Type::Named(name) => named::named(name, look, number)?,
        Type::Spatial(name) => named::spatial(name, number)?,
        Type::Vector(length) => named::vector(dialect, *length, number),
    })
}

/// A text in double quotes, as it stands in arrays and composite values.
fn in_quotes(text: &str, doubled: char) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '\\' => quoted.push_str("\\\\"),
            '"' if doubled == '"' => quoted.push_str("\"\""),
            '"' => quoted.push_str("\\\""),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn array(of: &Type, place: Place<'_>, look: Look, number: usize) -> Option<Sample> {
    let element = |number: usize| {
        let found = sample(of, place, look, number).or_else(|| sample(of, place, look, 0))?;
        Some(in_quotes(&found.literal.plain(), '\\'))
    };
    let elements = match look {
        Look::Ordinary => vec![element(number)?, element(number + 1)?],
        Look::Extreme => (0..5)
            .map(|index| element(number + index))
            .collect::<Option<_>>()?,
        // Every other column has an empty one first.
        Look::Strange if (turn(place.seed, 2) + number).is_multiple_of(2) && number < 2 => {
            Vec::new()
        }
        Look::Strange => vec![element(number)?, "NULL".to_owned()],
    };
    Some(Sample::opaque(format!("{{{}}}", elements.join(","))))
}

fn uuid(seed: u64, look: Look, number: usize) -> String {
    match look {
        Look::Ordinary => {
            let hash = Sha256::digest(format!("{seed} {number}"));
            let digits = hash.iter().fold(String::new(), |mut digits, byte| {
                // Writing to a String cannot fail.
                let _ = write!(digits, "{byte:02x}");
                digits
            });
            let part = |range: std::ops::Range<usize>| &digits[range.start * 2..range.end * 2];
            // Version 4 and its variant, as far as anybody looks.
            format!(
                "{}-{}-4{}-8{}-{}",
                part(0..4),
                part(4..6),
                &part(6..8)[1..],
                &part(8..10)[1..],
                part(10..16)
            )
        }
        Look::Extreme => format!(
            "ffffffff-ffff-ffff-ffff-{:012x}",
            0xffff_ffff_ffff_u64 - number as u64
        ),
        Look::Strange => format!("00000000-0000-0000-0000-{number:012x}"),
    }
}

/// Which of so many things a column begins with.
fn turn(seed: u64, of: usize) -> usize {
    usize::try_from(seed % of.max(1) as u64).unwrap_or_default()
}

/// Whether a character may stand in such texts.
fn has(letters: Letters, c: char) -> bool {
    match letters {
        Letters::All => true,
        Letters::Basic => c <= '\u{ffff}',
        Letters::Latin => c <= '\u{ff}',
        Letters::Ascii => c.is_ascii(),
    }
}
