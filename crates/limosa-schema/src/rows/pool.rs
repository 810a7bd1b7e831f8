//! The values that a column may be tried with, the best first.

use super::column_type::Type;
use super::evaluate::{Scalar, holds};
use super::hints::{hints, whole};
use super::make::{Attempt, Shape};
use super::samples::{Look, Place, Sample, sample};
use super::table::{Column, Table};

/// How many values of each look are tried.
const EACH: usize = 8;

/// Values of a column for a row of that shape. They are made as they are asked for, since the first one mostly fits.
pub(crate) fn pool<'t>(
    table: &'t Table,
    column: &'t Column,
    shape: Shape,
    attempt: Attempt,
) -> impl Iterator<Item = Sample> + 't {
    let place = Place {
        dialect: table.dialect,
        name: &column.name,
        seed: column.seed,
        is_list: column.is_list,
    };
    let wanted = match shape {
        _ if attempt.plain || column.is_key => Look::Ordinary,
        Shape::Extreme => Look::Extreme,
        Shape::Strange => Look::Strange,
        Shape::Ordinary | Shape::Bare | Shape::Duplicate => Look::Ordinary,
    };
    // Numbers that the server would give are far from those that migrations name when they put rows in.
    let first = attempt.salt * (EACH - 1) + if column.is_numbered { 1_000 } else { 0 };
    let of = move |look: Look| {
        let numbers = (first..first + EACH).chain(if first > 0 { 0..EACH } else { 0..0 });
        numbers.filter_map(move |number| sample(&column.of, place, look, number))
    };
    let hinted = move || {
        let mut all = hinted(table, column);
        let turn = (shape as usize + attempt.salt) % all.len().max(1);
        all.rotate_left(turn);
        all
    };
    let obscure = if column.is_obscure {
        hinted()
    } else {
        Vec::new()
    };
    let others = [Look::Ordinary, Look::Strange, Look::Extreme];
    let others = others.into_iter().filter(move |look| *look != wanted);
    obscure
        .into_iter()
        .chain(of(wanted))
        .chain(std::iter::once_with(hinted).flatten())
        .chain(others.flat_map(of))
        .filter(|one| fits(&column.of, &one.scalar))
}

/// What checks speak of, as far as the type has it.
fn hinted(table: &Table, column: &Column) -> Vec<Sample> {
    let of_table = column.checks.iter().map(|index| &table.checks[*index]);
    let mut all = hints(&column.name, of_table);
    let mut of = &column.of;
    while let Type::Domain { base, checks, .. } = of {
        all.extend(hints("value", checks));
        of = base;
    }
    all.into_iter().filter_map(|one| of_type(of, one)).collect()
}

/// A hint as a value of the type; `None` where the type does not have it.
fn of_type(of: &Type, hint: Sample) -> Option<Sample> {
    let number = match &hint.scalar {
        Scalar::Number(number) => Some(*number),
        _ => None,
    };
    match of {
        Type::Int { min, max } => (*min..=*max).contains(&whole(number?)?).then_some(hint),
        Type::Decimal(Some((precision, scale))) => {
            let number = number?;
            let whole = 10f64.powi(i32::try_from(*precision).ok()? - scale);
            let fits = number.abs() < whole && (number.fract() == 0.0 || *scale > 0);
            fits.then_some(hint)
        }
        Type::Decimal(None) | Type::Float { .. } => number.map(|_| hint),
        Type::Bool => match number? {
            0.0 => Some(Sample::from_bool(false)),
            1.0 => Some(Sample::from_bool(true)),
            _ => None,
        },
        Type::Text { limit, .. } => match &hint.scalar {
            Scalar::Text(text) => {
                let fits = limit.is_none_or(|limit| text.chars().count() <= limit);
                fits.then_some(hint)
            }
            Scalar::Number(number) => Some(Sample::text(number.to_string())),
            _ => None,
        },
        Type::Enum(labels) => match &hint.scalar {
            Scalar::Text(text) => labels.contains(text).then_some(hint),
            _ => None,
        },
        Type::Json
        | Type::Date
        | Type::Timestamp { .. }
        | Type::UnixTime { .. }
        | Type::Time { .. }
        | Type::Uuid => matches!(hint.scalar, Scalar::Text(_)).then_some(hint),
        _ => None,
    }
}

/// Whether the checks of domains do not refuse a value.
fn fits(of: &Type, scalar: &Scalar) -> bool {
    match of {
        Type::Domain { base, checks, .. } => {
            let keeps = |check| {
                let of = |name: &str| name.eq_ignore_ascii_case("value").then(|| scalar.clone());
                holds(check, &of) != Some(false)
            };
            checks.iter().all(keeps) && fits(base, scalar)
        }
        _ => true,
    }
}
