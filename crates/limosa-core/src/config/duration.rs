//! Durations as people write them: `2s`, `15min`, `500ms`, `0`.

use std::time::Duration;

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

/// A bound on time; `0` means that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(pub Option<Duration>);

impl Limit {
    /// The duration, where "none" is not a choice: `0` then is no time at all.
    pub fn bounded(self) -> Duration {
        self.0.unwrap_or(Duration::ZERO)
    }

    /// Reads `2s`, `15min`, `500ms`, `1h`, `1min 30s` or `0`.
    ///
    /// # Errors
    /// A lowercase fragment that says how durations are written.
    pub fn parse(text: &str) -> Result<Self, String> {
        let duration = parse_duration(text)?;
        Ok(Self((!duration.is_zero()).then_some(duration)))
    }
}

impl std::str::FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text)
    }
}

/// Reads `2s`, `15min`, `500ms`, `1h`, `1min 30s` or `0`.
///
/// # Errors
/// A lowercase fragment that says how durations are written.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let wrong = || {
        format!(
            "`{}` is not a duration: write `500ms`, `2s`, `15min`, `1h` or `0`",
            text.escape_default()
        )
    };
    let mut rest = text.trim();
    if rest == "0" {
        return Ok(Duration::ZERO);
    }
    if rest.is_empty() {
        return Err(wrong());
    }
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let number: u64 = rest[..digits].parse().map_err(|_| wrong())?;
        rest = rest[digits..].trim_start();
        let letters = rest
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        let milliseconds = match &rest[..letters] {
            "ms" => 1,
            "s" => 1_000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(wrong()),
        };
        let part = number.checked_mul(milliseconds).ok_or_else(wrong)?;
        total = total
            .checked_add(Duration::from_millis(part))
            .ok_or_else(wrong)?;
        rest = rest[letters..].trim_start();
    }
    Ok(total)
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Limit;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a duration such as \"2s\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Limit, E> {
                Limit::parse(text).map_err(E::custom)
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Limit, E> {
                match number {
                    0 => Ok(Limit(None)),
                    _ => Err(E::custom(format!(
                        "{number} has no unit: write \"{number}s\" or \"{number}ms\""
                    ))),
                }
            }
        }
        deserializer.deserialize_any(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_with_their_units() {
        for (text, milliseconds) in [
            ("500ms", 500),
            ("2s", 2_000),
            ("15min", 900_000),
            ("1h", 3_600_000),
            ("1min 30s", 90_000),
            ("0", 0),
            ("0s", 0),
        ] {
            assert_eq!(
                parse_duration(text),
                Ok(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_number_without_a_unit_is_refused_with_how_to_write_it() {
        for text in [
            "",
            "5",
            "s",
            "-1s",
            "1.5s",
            "99999999999999999999h",
            "2 weeks",
        ] {
            assert!(
                parse_duration(text).unwrap_err().contains("15min"),
                "{text}"
            );
        }
    }

    #[test]
    fn zero_is_without_a_limit() {
        assert_eq!(Limit::parse("0").unwrap(), Limit(None));
        assert_eq!(Limit::parse("0").unwrap().bounded(), Duration::ZERO);
    }
}
