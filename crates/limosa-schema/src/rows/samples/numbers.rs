//! Numbers and strings of bits.

use super::{Look, Sample};
use crate::rows::literal::Literal;

pub(super) fn integer(
    min: i128,
    max: i128,
    seed: u64,
    look: Look,
    number: usize,
) -> Option<Sample> {
    let number = number as i128;
    if number > max - min {
        return None;
    }
    let value = match look {
        Look::Ordinary => 11 + i128::from(seed % 80) + number,
        // A counter that is at its very end is in nobody's database, and every `n + 1` would fail over it.
        Look::Extreme => max - (max - min).min(100_000) / 100 - number,
        // The least, then 0, then what is above the least.
        Look::Strange if number == 1 && min < 0 => 0,
        Look::Strange if number == 0 || min >= 0 => min + number,
        Look::Strange => min + number - 1,
    };
    let value = if value > max { min + number } else { value };
    Some(Sample::number(value.max(min).to_string()))
}

/// All digits that there may be, or a few.
pub(super) fn decimal(
    limits: Option<(u32, i32)>,
    seed: u64,
    look: Look,
    number: usize,
) -> Option<Sample> {
    let few = 1_234 + seed % 97 + number as u64;
    let Some((precision, scale)) = limits else {
        return Some(Sample::number(match look {
            Look::Ordinary => format!("{few}.50"),
            Look::Extreme => format!(
                "{}.12345678901234567890",
                98_765_432_109_876_543_u64 - number as u64
            ),
            Look::Strange => format!("-0.{:012}", number + 1),
        }));
    };
    let limit = precision;
    let precision = precision as usize;
    let room = 10_u64.saturating_pow(limit.min(18));
    if number as u64 >= room {
        return None;
    }
    let nines = || {
        let last = room - 1 - number as u64;
        let width = precision.min(18);
        format!("{}{last:0width$}", "9".repeat(precision - width))
    };
    let digits = match look {
        Look::Ordinary => (few % room).to_string(),
        Look::Extreme | Look::Strange => nines(),
    };
    let sign = if look == Look::Strange { "-" } else { "" };
    Some(Sample::number(format!(
        "{sign}{}",
        with_point(&digits, scale)
    )))
}

/// `1234` with two digits behind the point: `12.34`.
fn with_point(digits: &str, scale: i32) -> String {
    let Ok(scale) = usize::try_from(scale) else {
        return format!("{digits}{}", "0".repeat(scale.unsigned_abs() as usize));
    };
    if scale == 0 {
        return digits.to_owned();
    }
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    format!("{whole}.{fraction}")
}

pub(super) fn float(single: bool, seed: u64, look: Look, number: usize) -> Sample {
    let small = 11 + seed % 80 + number as u64;
    Sample::number(match (look, single) {
        (Look::Ordinary, _) => format!("{small}.25"),
        (Look::Extreme, true) => format!("3.{:03}e38", 400_usize.saturating_sub(number)),
        (Look::Extreme, false) => format!("1.{:03}e308", 790_usize.saturating_sub(number)),
        (Look::Strange, true) => format!("-{}e-30", number + 1),
        (Look::Strange, false) if number == 0 => "0.30000000000000004".to_owned(),
        (Look::Strange, false) => format!("-{number}e-300"),
    })
}

pub(super) fn bits(length: usize, fixed: bool, look: Look, number: usize) -> Option<Sample> {
    let width = length.clamp(1, 64);
    if width < 64 && number as u128 >= 1 << width {
        return None;
    }
    let low = match look {
        Look::Ordinary => (number as u128 + 1) % (1 << width),
        Look::Extreme => (1 << width) - 1 - number as u128,
        Look::Strange => number as u128,
    };
    let mut bits = format!("{low:0width$b}");
    if fixed && length > width {
        bits = format!("{}{bits}", "0".repeat(length - width));
    }
    Some(Sample::new(Literal::Bits(bits)))
}
