//! Dates, times, and ranges.

use limosa_sql::Dialect;

use super::{Look, Sample};
use crate::rows::column_type::Type;

/// A day of a month of 28 days at least, counted backwards from the last, and years back when they are used up.
fn day(year: usize, month: u32, last: usize, number: usize) -> (usize, u32, usize) {
    (year.saturating_sub(number / 28), month, last - number % 28)
}

fn day_of(dialect: Dialect, look: Look, number: usize) -> (String, &'static str) {
    let (year, month, day) = match (look, dialect) {
        (Look::Ordinary, _) if number < 28 => day(2020, 2, 29, number),
        (Look::Ordinary, _) => day(2019, 1, 28, number - 28),
        (Look::Extreme, _) => day(9_990, 12, 31, number),
        (Look::Strange, Dialect::Postgres) => {
            let (_, month, day) = day(44, 3, 15 + 13, number % 28);
            return (format!("0044-{month:02}-{day:02}"), " BC");
        }
        (Look::Strange, Dialect::Mysql) => (1_000 + number, 1, 1),
        (Look::Strange, Dialect::Sqlite) => (1 + number, 1, 1),
    };
    (format!("{year:04}-{month:02}-{day:02}"), "")
}

/// `12:34:56.789012` with so many digits.
fn clock(look: Look, digits: u32, number: usize) -> String {
    let (seconds, fraction) = match look {
        Look::Ordinary => ("12:34:56", 789_012),
        Look::Extreme => ("23:59:59", 999_999),
        Look::Strange => ("00:00:00", number % 1_000_000),
    };
    with_fraction(seconds, fraction, digits)
}

fn with_fraction(seconds: &str, fraction: usize, digits: u32) -> String {
    match digits.min(6) {
        0 => seconds.to_owned(),
        digits => {
            let all = format!("{fraction:06}");
            format!("{seconds}.{}", &all[..digits as usize])
        }
    }
}

pub(super) fn date(dialect: Dialect, look: Look, number: usize) -> Sample {
    let (day, era) = day_of(dialect, look, number);
    Sample::text(day + era)
}

pub(super) fn timestamp(
    dialect: Dialect,
    digits: u32,
    zone: bool,
    look: Look,
    number: usize,
) -> Sample {
    let (day, era) = day_of(dialect, look, number);
    let zone = if zone { "+00" } else { "" };
    Sample::text(format!("{day} {}{zone}{era}", clock(look, digits, 0)))
}

pub(super) fn time(dialect: Dialect, digits: u32, zone: bool, look: Look, number: usize) -> Sample {
    let zone = if zone { "+00" } else { "" };
    let minute = number % 60;
    let seconds = match (look, dialect) {
        (Look::Extreme, Dialect::Mysql) => format!("838:{:02}:59", 59 - minute),
        (Look::Strange, Dialect::Mysql) => format!("-838:{:02}:59", 59 - minute),
        (Look::Ordinary, _) => format!("12:{:02}:56", 59 - minute),
        (Look::Extreme, _) => format!("23:{:02}:59", 59 - minute),
        (Look::Strange, _) => format!("00:{minute:02}:00"),
    };
    let fraction = match (look, dialect) {
        (Look::Extreme | Look::Strange, Dialect::Mysql) => 0,
        (Look::Ordinary, _) => 789_012,
        (Look::Extreme, _) => 999_999,
        (Look::Strange, _) => 1,
    };
    Sample::text(with_fraction(&seconds, fraction, digits) + zone)
}

/// With a margin for time zones, and for what is reckoned with it.
pub(super) fn unix(digits: u32, look: Look, number: usize) -> Sample {
    let minute = number % 60;
    let (seconds, fraction) = match look {
        Look::Ordinary => (format!("2020-02-29 12:{:02}:56", 59 - minute), 789_012),
        Look::Extreme => (format!("2037-12-31 03:{:02}:07", 59 - minute), 999_999),
        Look::Strange => (format!("1970-01-02 00:{minute:02}:01"), 0),
    };
    Sample::text(with_fraction(&seconds, fraction, digits))
}

/// Ranges that do not overlap where they are ordinary.
pub(super) fn range(of: &Type, look: Look, number: usize) -> Option<String> {
    let (low, high) = match of.base() {
        Type::Int { .. } => (
            format!("{}", number * 10 + 1),
            format!("{}", number * 10 + 5),
        ),
        Type::Decimal(_) => (
            format!("{}.5", number * 10),
            format!("{}.75", number * 10 + 5),
        ),
        Type::Date | Type::Timestamp { .. } => (
            format!("{:04}-01-01", 2_000 + number),
            format!("{:04}-06-01", 2_000 + number),
        ),
        _ => return (number == 0).then(|| "empty".to_owned()),
    };
    Some(match (look, number) {
        (Look::Strange, 0) => "empty".to_owned(),
        (Look::Extreme, 0) => "(,)".to_owned(),
        (Look::Strange, _) => format!("({low},{high}]"),
        _ => format!("[{low},{high})"),
    })
}
