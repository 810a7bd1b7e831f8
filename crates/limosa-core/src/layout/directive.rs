//! The `-- limosa:` lines of the native layout.

use std::time::Duration;

use super::folder::show_name;
use crate::{Replaces, ReplacesError};

/// What every directive begins with, at the beginning of its line.
pub(crate) const PREFIX: &str = "-- limosa:";

/// Whether a line is a directive.
pub(super) fn is_directive(line: &[u8]) -> bool {
    line.starts_with(PREFIX.as_bytes())
}

/// Whether a line was meant to be a directive: `--limosa: up`, `  -- Limosa : up` and the like.
pub(super) fn is_near_miss(line: &[u8]) -> bool {
    let text = line.trim_ascii_start();
    let said = text
        .strip_prefix(b"--")
        .unwrap_or_default()
        .trim_ascii_start();
    let name = b"limosa";
    !is_directive(line)
        && said.len() > name.len()
        && said[..name.len()].eq_ignore_ascii_case(name)
        && said[name.len()..].trim_ascii_start().starts_with(b":")
}

/// What a `-- limosa:` line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Directive {
    /// The statements that apply the migration follow.
    Up,
    /// The statements that undo it follow.
    Down,
    /// Every statement runs by itself.
    NoTransaction,
    /// How long to wait for locks, instead of the configured time.
    LockTimeout(Duration),
    /// How long a statement may run, instead of the configured time.
    StatementTimeout(Duration),
    /// It cannot be undone, with the reason.
    Irreversible(String),
    /// A rule of `lint` may be broken.
    Allow {
        /// The rule.
        rule: String,
        /// Why.
        reason: String,
    },
    /// Data may be destroyed.
    AcceptsLoss {
        /// What holds it.
        object: String,
        /// Why.
        reason: String,
    },
    /// Older releases of the application cannot work with the schema after it.
    MinRelease(String),
    /// It is a baseline, which stands for these versions.
    Replaces(Replaces),
}

/// Why a line is not a directive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DirectiveError {
    /// There is no directive of that name.
    #[error("`{name}` is not a directive")]
    Unknown {
        /// The name as written.
        name: String,
        /// The one that was probably meant.
        meant: Option<&'static str>,
    },
    /// It has not the form that it must have.
    #[error("`{name}` is written {form}")]
    Form {
        /// The directive.
        name: &'static str,
        /// How it is written.
        form: &'static str,
    },
    /// Its value is not a duration.
    #[error("`{value}` is not a duration")]
    NotADuration {
        /// The value.
        value: String,
    },
    /// It does not list versions.
    #[error("`replaces` does not list versions: {0}")]
    Replaces(#[from] ReplacesError),
}

const REPLACES: &str = "`replaces(1..14, 17)`";

/// All directives and how they are written.
const FORMS: [(&str, &str); 10] = [
    ("up", "`up`"),
    ("down", "`down`"),
    ("no-transaction", "`no-transaction`"),
    ("lock-timeout", "`lock-timeout=2s`"),
    ("statement-timeout", "`statement-timeout=15min`"),
    ("irreversible", "`irreversible: reason`"),
    ("allow", "`allow(rule-name): reason`"),
    ("accepts-loss", "`accepts-loss(users.legacy): reason`"),
    ("min-release", "`min-release=1.4.0`"),
    ("replaces", REPLACES),
];

impl Directive {
    /// Parses what stands behind `-- limosa:`.
    ///
    /// # Errors
    /// When there is no such directive, or it is not written as it must be.
    pub fn parse(text: &str) -> Result<Self, DirectiveError> {
        let text = text.trim();
        let end = text.find(['=', ':', '(', ' ', '\t']).unwrap_or(text.len());
        let (written, rest) = text.split_at(end);
        let Some((name, form)) = FORMS.into_iter().find(|(name, _)| *name == written) else {
            return Err(DirectiveError::Unknown {
                name: show_name(written),
                meant: meant(written),
            });
        };
        let malformed = DirectiveError::Form { name, form };
        let rest = rest.trim();
        let value = || {
            rest.strip_prefix('=')
                .map(str::trim)
                .filter(|value| !value.is_empty())
        };
        let duration = || {
            let value = value().ok_or(malformed.clone())?;
            parse_duration(value).ok_or_else(|| DirectiveError::NotADuration {
                value: show_name(value),
            })
        };
        let subject_and_reason = || {
            let (subject, reason) = rest.strip_prefix('(')?.split_once(')')?;
            let reason = reason.trim_start().strip_prefix(':')?.trim();
            let subject = subject.trim();
            (!subject.is_empty() && !reason.is_empty())
                .then(|| (subject.to_owned(), reason.to_owned()))
        };
        let directive = match name {
            "up" if rest.is_empty() => Some(Self::Up),
            "down" if rest.is_empty() => Some(Self::Down),
            "no-transaction" if rest.is_empty() => Some(Self::NoTransaction),
            "lock-timeout" => return duration().map(Self::LockTimeout),
            "statement-timeout" => return duration().map(Self::StatementTimeout),
            "irreversible" => rest
                .strip_prefix(':')
                .map(str::trim)
                .filter(|reason| !reason.is_empty())
                .map(|reason| Self::Irreversible(reason.to_owned())),
            "allow" => subject_and_reason().map(|(rule, reason)| Self::Allow { rule, reason }),
            "accepts-loss" => {
                subject_and_reason().map(|(object, reason)| Self::AcceptsLoss { object, reason })
            }
            "min-release" => value().map(|release| Self::MinRelease(release.to_owned())),
            "replaces" => {
                let list = rest
                    .strip_prefix('(')
                    .and_then(|rest| rest.strip_suffix(')'));
                let list = list.ok_or(malformed)?;
                return Ok(Self::Replaces(Replaces::parse(list)?));
            }
            _ => None,
        };
        directive.ok_or(malformed)
    }
}

impl DirectiveError {
    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::Unknown {
                meant: Some(meant), ..
            } => format!("did you mean `{meant}`?"),
            Self::Unknown { meant: None, .. } => {
                let names: Vec<&str> = FORMS.iter().map(|(name, _)| *name).collect();
                format!("there are: {}", names.join(", "))
            }
            Self::Form { form, .. } => format!("write {form}"),
            Self::NotADuration { .. } => {
                "write a number with a unit: `500ms`, `2s`, `15min`, `1h`".to_owned()
            }
            Self::Replaces(_) => format!("write {REPLACES}; a range has both of its ends"),
        }
    }
}

fn meant(written: &str) -> Option<&'static str> {
    let written = written.to_lowercase().replace('_', "-");
    FORMS
        .iter()
        .map(|(name, _)| (strsim::jaro_winkler(name, &written), *name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

/// Reads a duration: whole numbers with the units `ms`, `s`, `min`, `h`, or several of them
/// together (`1h30min`); `0` is no time at all.
pub fn parse_duration(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let milliseconds = match &rest[..letters] {
            "ms" => 1,
            "s" => 1_000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            _ => return None,
        };
        rest = &rest[letters..];
        let part = Duration::from_millis(number.checked_mul(milliseconds)?);
        total = total.checked_add(part)?;
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_directive_is_parsed() {
        for (text, expected) in [
            (" up ", Directive::Up),
            ("down\r", Directive::Down),
            ("no-transaction", Directive::NoTransaction),
            (
                "lock-timeout=2s",
                Directive::LockTimeout(Duration::from_secs(2)),
            ),
            (
                "statement-timeout = 15min",
                Directive::StatementTimeout(Duration::from_secs(900)),
            ),
            (
                "irreversible: data is gone",
                Directive::Irreversible("data is gone".into()),
            ),
            ("min-release=1.4.0", Directive::MinRelease("1.4.0".into())),
            (
                "replaces(1..3, 7)",
                Directive::Replaces(Replaces::parse("1, 2, 3, 7").unwrap()),
            ),
            (
                "allow(no-down): one way",
                Directive::Allow {
                    rule: "no-down".into(),
                    reason: "one way".into(),
                },
            ),
            (
                "accepts-loss(users.legacy): unused since 2024: see the log",
                Directive::AcceptsLoss {
                    object: "users.legacy".into(),
                    reason: "unused since 2024: see the log".into(),
                },
            ),
        ] {
            assert_eq!(Directive::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_mistyped_directive_is_answered_with_the_one_that_was_meant() {
        let help = |text| {
            Directive::parse(text)
                .map_err(|error| error.help())
                .unwrap_err()
        };
        assert_eq!(help("no_transaction"), "did you mean `no-transaction`?");
        assert_eq!(help("Up"), "did you mean `up`?");
        assert_eq!(help("accept-loss(x): y"), "did you mean `accepts-loss`?");
        assert!(help("frobnicate").starts_with("there are: up, down"));
        assert_eq!(help("allow(no-down)"), "write `allow(rule-name): reason`");
        assert_eq!(help("irreversible"), "write `irreversible: reason`");
        assert!(help("lock-timeout=soon").contains("500ms"));
        assert_eq!(help("up now"), "write `up`");
        assert!(help("replaces: 1").contains("replaces(1..14, 17)"));
        assert!(help("replaces(5..1)").contains("replaces(1..14, 17)"));
    }

    #[test]
    fn durations_have_units() {
        assert_eq!(parse_duration("1h30min"), Some(Duration::from_secs(5400)));
        assert_eq!(parse_duration("0"), Some(Duration::ZERO));
        for wrong in [
            "",
            "5",
            "s",
            "5 s",
            "1.5s",
            "99999999999999999999s",
            "18446744073709551615h",
        ] {
            assert_eq!(parse_duration(wrong), None, "{wrong}");
        }
    }
}
