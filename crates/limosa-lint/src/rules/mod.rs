//! The rules, one file for each.

mod changed_after_merge;
mod duplicate_version;
mod empty_down;
mod no_down;
mod out_of_order;
mod unknown_directive;
mod unparsable_name;

use limosa_core::Diagnostic;

use crate::LintInput;

/// Looks at the input and adds what it finds.
pub type Check = fn(&LintInput<'_>, &mut Vec<Diagnostic>);

/// A rule.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name, which is that of its findings.
    pub name: &'static str,
    /// What it finds, in one line.
    pub summary: &'static str,
    /// What a finding means, why it matters and what to do, in Markdown.
    pub explanation: &'static str,
    /// Finds it; `None` when reading the files finds all there is.
    pub check: Option<Check>,
}

/// All rules, in alphabetical order.
const RULES: &[Rule] = &[
    changed_after_merge::RULE,
    duplicate_version::RULE,
    empty_down::RULE,
    no_down::RULE,
    out_of_order::RULE,
    unknown_directive::RULE,
    unparsable_name::RULE,
];

/// All rules, in alphabetical order.
pub fn rules() -> &'static [Rule] {
    RULES
}
