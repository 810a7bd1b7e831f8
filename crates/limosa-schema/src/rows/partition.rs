//! The bounds of partitions as a check on the rows of the whole table.

use limosa_sql::Dialect;
use limosa_sql::lexer::{TokenKind, significant_tokens};

use super::check::{Comparison, Expression, names};
use super::evaluate::Scalar;
use crate::Object;

/// What a row of a partitioned table has to be like so that a partition takes it; `None` where all are taken, or the
/// bounds are not read.
pub(super) fn bounds(
    table: &Object,
    partitions: &[&Object],
    dialect: Dialect,
) -> Option<Expression> {
    let key = ["partition_by", "partition_key", "partitioned_by"]
        .iter()
        .find_map(|name| table.text_of(name))?;
    let columns = names(dialect, key);
    // `RANGE (created_at)`: the first name is the strategy.
    let column = match columns.as_slice() {
        [strategy, column, ..] if ["range", "list"].contains(&strategy.to_lowercase().as_str()) => {
            column.clone()
        }
        _ => return None,
    };
    let bound = |one: &&Object| {
        let mut names = ["bound", "partition_bound", "values"].iter();
        let text = names.find_map(|name| one.text_of(name))?;
        one_bound(&column, text, dialect)
    };
    let all: Option<Vec<Expression>> = partitions.iter().map(bound).collect();
    all.filter(|all| !all.is_empty()).map(Expression::Or)
}

/// `FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')` or `FOR VALUES IN ('a', 'b')`, by the first column.
fn one_bound(column: &str, text: &str, dialect: Dialect) -> Option<Expression> {
    let tokens: Vec<_> = significant_tokens(dialect, text.as_bytes()).collect();
    let column = || Box::new(Expression::Column(column.to_owned()));
    let has = |word: &str| tokens.iter().position(|token| token.is_word(word));
    let constant = |at: usize| -> Option<Expression> {
        let token = tokens.get(at)?;
        match token.kind {
            TokenKind::String => {
                let text = super::text::string(token.text)?;
                Some(Expression::Constant(Scalar::Text(text)))
            }
            TokenKind::Number => {
                let number = std::str::from_utf8(token.text).ok()?.parse().ok()?;
                Some(Expression::Constant(Scalar::Number(number)))
            }
            _ => None,
        }
    };
    if let Some(at) = has("in") {
        let list = (at..tokens.len()).filter_map(constant).collect();
        return Some(Expression::OneOf(column(), list));
    }
    let mut sides = Vec::new();
    if let Some(low) = has("from").and_then(|at| constant(at + 2)) {
        let at_least = Comparison::GreaterOrEqual;
        sides.push(Expression::Compare(at_least, column(), Box::new(low)));
    }
    if let Some(high) = has("to").and_then(|at| constant(at + 2)) {
        sides.push(Expression::Compare(
            Comparison::Less,
            column(),
            Box::new(high),
        ));
    }
    (!sides.is_empty()).then_some(Expression::And(sides))
}
