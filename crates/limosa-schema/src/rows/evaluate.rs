//! What an expression says about the values of a row, where that can be told without a server.

use std::cmp::Ordering;

use super::check::{Comparison, Expression};
use super::pattern;

/// A value, as far as expressions look at it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    /// Something that is not NULL. What has the same name is the same; the name of a value of another table ends with
    /// the number of its row behind a `#`.
    Opaque(String),
}

/// What a condition may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Truth {
    True,
    False,
    Null,
}

impl Truth {
    fn of(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

impl Scalar {
    fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Bool(value) => Some(f64::from(u8::from(*value))),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Null | Self::Opaque(_) => None,
        }
    }

    /// As a condition; `None` where that cannot be told.
    fn truth(&self) -> Option<Truth> {
        match self {
            Self::Null => Some(Truth::Null),
            Self::Bool(true) => Some(Truth::True),
            Self::Bool(false) => Some(Truth::False),
            Self::Number(number) if *number == 0.0 => Some(Truth::False),
            Self::Number(_) => Some(Truth::True),
            Self::Text(_) | Self::Opaque(_) => None,
        }
    }

    fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(number.to_string()),
            Self::Bool(_) | Self::Null | Self::Opaque(_) => None,
        }
    }
}

/// The values of a row: `None` for what is not a column, or not known.
pub(crate) type Lookup<'l> = &'l dyn Fn(&str) -> Option<Scalar>;

/// Whether a check or a predicate is kept: true where it is true, or NULL; `None` where it cannot be told.
pub(crate) fn holds(expression: &Expression, of: Lookup<'_>) -> Option<bool> {
    let value = value(expression, of)?;
    Some(value.truth()? != Truth::False)
}

/// The value of an expression; `None` where it cannot be told.
pub(crate) fn value(expression: &Expression, of: Lookup<'_>) -> Option<Scalar> {
    use Expression as E;
    Some(match expression {
        E::Column(name) => of(name)?,
        E::Constant(constant) => constant.clone(),
        E::Not(one) => match value(one, of)?.truth()? {
            Truth::True => Scalar::Bool(false),
            Truth::False => Scalar::Bool(true),
            Truth::Null => Scalar::Null,
        },
        E::And(all) => return connected(all, false, of),
        E::Or(all) => return connected(all, true, of),
        E::Compare(comparison, a, b) => {
            let (a, b) = (value(a, of), value(b, of));
            // NULL on one side is enough.
            if a == Some(Scalar::Null) || b == Some(Scalar::Null) {
                return Some(Scalar::Null);
            }
            Scalar::Bool(compared(*comparison, &a?, &b?)?)
        }
        E::OneOf(one, all) => {
            let one = value(one, of)?;
            if one == Scalar::Null {
                return Some(Scalar::Null);
            }
            let mut unknown = false;
            for other in all {
                match value(other, of).and_then(|other| compared(Comparison::Equal, &one, &other)) {
                    Some(true) => return Some(Scalar::Bool(true)),
                    Some(false) => {}
                    None => unknown = true,
                }
            }
            if unknown {
                return None;
            }
            Scalar::Bool(false)
        }
        E::Like {
            of: one,
            pattern,
            folds,
            glob,
        } => {
            let (one, pattern) = (value(one, of)?, value(pattern, of)?);
            if one == Scalar::Null || pattern == Scalar::Null {
                return Some(Scalar::Null);
            }
            let (one, pattern) = (one.text()?, pattern.text()?);
            Scalar::Bool(pattern::is_like(&one, &pattern, *folds, *glob))
        }
        E::Regex { of: one, .. } => match value(one, of)? {
            Scalar::Null => Scalar::Null,
            _ => return None,
        },
        E::IsNull(one) => Scalar::Bool(value(one, of)? == Scalar::Null),
        E::Is(wanted, one) => Scalar::Bool(value(one, of)?.truth()? == Truth::of(*wanted)),
        E::Distinct(a, b) => {
            let (a, b) = (value(a, of)?, value(b, of)?);
            match (&a, &b) {
                (Scalar::Null, Scalar::Null) => Scalar::Bool(false),
                (Scalar::Null, _) | (_, Scalar::Null) => Scalar::Bool(true),
                _ => Scalar::Bool(compared(Comparison::NotEqual, &a, &b)?),
            }
        }
        E::Call(name, arguments) => return call(name, arguments, of),
        E::Arithmetic(symbol, a, b) => {
            let (a, b) = (value(a, of)?, value(b, of)?);
            if a == Scalar::Null || b == Scalar::Null {
                return Some(Scalar::Null);
            }
            return arithmetic(*symbol, &a, &b);
        }
        E::Case {
            of: one,
            branches,
            otherwise,
        } => {
            for (when, then) in branches {
                let hit = match one {
                    Some(one) => compared(Comparison::Equal, &value(one, of)?, &value(when, of)?)?,
                    None => value(when, of)?.truth()? == Truth::True,
                };
                if hit {
                    return value(then, of);
                }
            }
            match otherwise {
                Some(otherwise) => return value(otherwise, of),
                None => Scalar::Null,
            }
        }
        E::Cast(one, to) => return cast(value(one, of)?, to),
        E::Unknown(_) => return None,
    })
}

/// AND and OR: `wins` is the value that decides.
fn connected(all: &[Expression], wins: bool, of: Lookup<'_>) -> Option<Scalar> {
    let mut unknown = false;
    let mut null = false;
    for one in all {
        match value(one, of).and_then(|one| one.truth()) {
            Some(truth) if truth == Truth::of(wins) => return Some(Scalar::Bool(wins)),
            Some(Truth::Null) => null = true,
            Some(_) => {}
            None => unknown = true,
        }
    }
    match (unknown, null) {
        (true, _) => None,
        (false, true) => Some(Scalar::Null),
        (false, false) => Some(Scalar::Bool(!wins)),
    }
}

/// `None` where their order is not known.
pub(crate) fn compared(comparison: Comparison, a: &Scalar, b: &Scalar) -> Option<bool> {
    let order = match (a, b) {
        (Scalar::Null, _) | (_, Scalar::Null) => return None,
        (Scalar::Opaque(a), Scalar::Opaque(b)) => {
            let same_place = a.rsplit_once('#')?.0 == b.rsplit_once('#')?.0;
            return match comparison {
                _ if !same_place => None,
                Comparison::Equal => Some(a == b),
                Comparison::NotEqual => Some(a != b),
                _ => None,
            };
        }
        (Scalar::Opaque(_), _) | (_, Scalar::Opaque(_)) => return None,
        (Scalar::Text(a), Scalar::Text(b)) => match comparison {
            Comparison::Equal | Comparison::NotEqual => a.cmp(b),
            // The order of texts is that of a collation; that of times is the same everywhere.
            _ if is_time(a) && is_time(b) => a.cmp(b),
            _ if a.is_ascii() && b.is_ascii() => a.to_lowercase().cmp(&b.to_lowercase()),
            _ => return None,
        },
        (Scalar::Text(text), _) | (_, Scalar::Text(text))
            if text.trim().parse::<f64>().is_err() =>
        {
            return match comparison {
                Comparison::Equal => Some(false),
                Comparison::NotEqual => Some(true),
                _ => None,
            };
        }
        (a, b) => a.number()?.partial_cmp(&b.number()?)?,
    };
    Some(match comparison {
        Comparison::Equal => order == Ordering::Equal,
        Comparison::NotEqual => order != Ordering::Equal,
        Comparison::Less => order == Ordering::Less,
        Comparison::LessOrEqual => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::GreaterOrEqual => order != Ordering::Less,
    })
}

/// `2020-02-29…`, and no year before Christ.
fn is_time(text: &str) -> bool {
    let text = text.as_bytes();
    text.len() >= 10
        && text[..4].iter().all(u8::is_ascii_digit)
        && text[4] == b'-'
        && !text.ends_with(b"BC")
}

fn arithmetic(symbol: u8, a: &Scalar, b: &Scalar) -> Option<Scalar> {
    if symbol == b'|' {
        return Some(Scalar::Text(a.text()? + &b.text()?));
    }
    let (a, b) = (a.number()?, b.number()?);
    let number = match symbol {
        b'+' => a + b,
        b'-' => a - b,
        b'*' => a * b,
        b'%' if b != 0.0 => a % b,
        // Of integers it is another one than of fractions.
        b'/' if b != 0.0 && a % b == 0.0 => a / b,
        _ => return None,
    };
    Some(Scalar::Number(number))
}

fn cast(one: Scalar, to: &str) -> Option<Scalar> {
    let is = |names: &[&str]| names.contains(&to);
    let number = |one: &Scalar| one.number().map(Scalar::Number);
    match &one {
        Scalar::Null => Some(one),
        Scalar::Text(_) if is(&["numeric", "integer", "bigint", "smallint", "int", "decimal"]) => {
            number(&one)
        }
        Scalar::Text(_) if is(&["double precision", "real", "float", "signed", "unsigned"]) => {
            number(&one)
        }
        Scalar::Text(text) if is(&["boolean"]) => {
            Some(Scalar::Bool(text.starts_with(['t', 'T', '1', 'y'])))
        }
        Scalar::Text(text) if is(&["interval", "money", "bytea", "json", "jsonb"]) => {
            let _ = text;
            None
        }
        _ => Some(one),
    }
}

fn call(name: &str, arguments: &[Expression], of: Lookup<'_>) -> Option<Scalar> {
    if matches!(name, "coalesce" | "ifnull") {
        for argument in arguments {
            match value(argument, of)? {
                Scalar::Null => {}
                found => return Some(found),
            }
        }
        return Some(Scalar::Null);
    }
    if matches!(name, "num_nonnulls" | "num_nulls") {
        let mut count = 0.0;
        for argument in arguments {
            let null = value(argument, of)? == Scalar::Null;
            count += f64::from(u8::from(null == (name == "num_nulls")));
        }
        return Some(Scalar::Number(count));
    }
    let first = value(arguments.first()?, of)?;
    if first == Scalar::Null {
        return Some(Scalar::Null);
    }
    let text = |one: &Scalar| match one {
        Scalar::Text(text) => Some(text.clone()),
        _ => None,
    };
    Some(match (name, arguments.len()) {
        ("length" | "char_length" | "character_length" | "len", 1) => {
            counted(text(&first)?.chars().count())
        }
        ("octet_length", 1) => counted(text(&first)?.len()),
        ("lower" | "lcase", 1) => Scalar::Text(text(&first)?.to_lowercase()),
        ("upper" | "ucase", 1) => Scalar::Text(text(&first)?.to_uppercase()),
        ("trim" | "btrim", 1) => Scalar::Text(text(&first)?.trim_matches(' ').to_owned()),
        ("rtrim", 1) => Scalar::Text(text(&first)?.trim_end_matches(' ').to_owned()),
        ("ltrim", 1) => Scalar::Text(text(&first)?.trim_start_matches(' ').to_owned()),
        ("abs", 1) => Scalar::Number(first.number()?.abs()),
        ("json_valid", 1) => {
            let valid = serde_json::from_str::<serde_json::Value>(&text(&first)?).is_ok();
            Scalar::Bool(valid)
        }
        ("jsonb_typeof" | "json_typeof", 1) => {
            let read = serde_json::from_str::<serde_json::Value>(&text(&first)?).ok()?;
            Scalar::Text(json_type(&read).to_owned())
        }
        _ => return None,
    })
}

/// A length as a number. No text here is longer than that.
fn counted(length: usize) -> Scalar {
    Scalar::Number(u32::try_from(length).unwrap_or(u32::MAX).into())
}

fn json_type(value: &serde_json::Value) -> &'static str {
    match value {
        serde_json::Value::Null => "null",
        serde_json::Value::Bool(_) => "boolean",
        serde_json::Value::Number(_) => "number",
        serde_json::Value::String(_) => "string",
        serde_json::Value::Array(_) => "array",
        serde_json::Value::Object(_) => "object",
    }
}
