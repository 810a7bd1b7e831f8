//! Reads the expression of a check, as far as it is made of comparisons, tests and a few functions.

use limosa_sql::lexer::identifier;
use limosa_sql::{Dialect, Lexer};

use super::evaluate::Scalar;
use super::parse::parse;

/// An expression over the columns of one row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    /// A column; `VALUE` in a domain.
    Column(String),
    Constant(Scalar),
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
    Compare(Comparison, Box<Self>, Box<Self>),
    /// `IN (…)` and `= ANY (ARRAY[…])`.
    OneOf(Box<Self>, Vec<Self>),
    Like {
        of: Box<Self>,
        pattern: Box<Self>,
        /// Upper and lower case are the same.
        folds: bool,
        /// With `*` and `?`.
        glob: bool,
    },
    Regex {
        of: Box<Self>,
        pattern: Box<Self>,
    },
    IsNull(Box<Self>),
    /// `IS TRUE`, `IS FALSE`.
    Is(bool, Box<Self>),
    Distinct(Box<Self>, Box<Self>),
    Call(String, Vec<Self>),
    Arithmetic(u8, Box<Self>, Box<Self>),
    Case {
        of: Option<Box<Self>>,
        branches: Vec<(Self, Self)>,
        otherwise: Option<Box<Self>>,
    },
    Cast(Box<Self>, String),
    /// What is not understood, with the names in it.
    Unknown(Vec<String>),
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    pub(super) fn of(text: &str) -> Option<Self> {
        Some(match text {
            "=" | "==" => Self::Equal,
            "<>" | "!=" => Self::NotEqual,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            _ => return None,
        })
    }
}

impl Expression {
    /// Reads a text, which may begin with `CHECK`. What is not understood becomes [`Expression::Unknown`].
    pub(crate) fn read(dialect: Dialect, text: &str) -> Self {
        match parse(dialect, text) {
            Some(found) => found,
            None => Self::Unknown(names(dialect, text)),
        }
    }

    /// The names of columns in it, and of what might be columns.
    pub(crate) fn columns(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found.sort_unstable();
        found.dedup();
        found
    }

    fn collect<'e>(&'e self, found: &mut Vec<&'e str>) {
        match self {
            Self::Column(name) => found.push(name),
            Self::Unknown(names) => found.extend(names.iter().map(String::as_str)),
            Self::Constant(_) => {}
            other => other
                .parts()
                .into_iter()
                .for_each(|part| part.collect(found)),
        }
    }

    /// The expressions that it is made of.
    pub(crate) fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Column(_) | Self::Constant(_) | Self::Unknown(_) => Vec::new(),
            Self::Not(one) | Self::IsNull(one) | Self::Is(_, one) | Self::Cast(one, _) => vec![one],
            Self::And(all) | Self::Or(all) | Self::Call(_, all) => all.iter().collect(),
            Self::Compare(_, a, b) | Self::Distinct(a, b) | Self::Arithmetic(_, a, b) => {
                vec![a, b]
            }
            Self::OneOf(one, all) => std::iter::once(&**one).chain(all).collect(),
            Self::Like { of, pattern, .. } | Self::Regex { of, pattern } => vec![of, pattern],
            Self::Case {
                of,
                branches,
                otherwise,
            } => {
                let of = of.iter().map(|one| &**one);
                let branches = branches.iter().flat_map(|(a, b)| [a, b]);
                of.chain(branches)
                    .chain(otherwise.iter().map(|one| &**one))
                    .collect()
            }
        }
    }
}

/// All names in a text.
pub(crate) fn names(dialect: Dialect, text: &str) -> Vec<String> {
    Lexer::new(dialect, text.as_bytes())
        .filter_map(|token| identifier(&token))
        .collect()
}
