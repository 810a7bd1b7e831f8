//! What is tried with each tool: one file for each.

mod adopt;
mod back;
mod corpora;
mod dirty;
mod failure;
mod found;
mod half;
mod killed;
mod late;
mod script;
mod sets;
mod together;
mod whole;

use limosa_testkit::Kind;
use limosa_testkit::tools::Tool;

use crate::options::Extent;
use crate::originals::{self, Original};

/// One thing to try.
#[derive(Clone)]
pub struct Case {
    pub original: &'static dyn Original,
    pub kind: Kind,
    /// As in `half`.
    pub scenario: &'static str,
    /// What distinguishes several of the same scenario, as in `mirror`.
    pub variant: &'static str,
    /// What is done, as a sentence for the page.
    pub what: &'static str,
    /// What has to be installed beside the tool itself.
    pub needs: Option<Tool>,
    /// Whether it is tried with all other tests, too.
    pub always: bool,
    pub run: fn(&Case, Extent) -> Result<String, Skip>,
}

/// Why a case was not tried.
#[derive(Debug)]
pub enum Skip {
    /// There is nothing to be tried.
    ByNature(String),
    /// Something is not on this machine.
    Missing(String),
}

impl Case {
    /// As it is called in reports and on the command line.
    pub fn name(&self) -> String {
        let Self {
            scenario, variant, ..
        } = self;
        let (tool, kind) = (self.original.name(), self.kind.label());
        match *variant {
            "" => format!("{tool}/{kind}/{scenario}"),
            variant => format!("{tool}/{kind}/{scenario}-{variant}"),
        }
    }
}

/// All of them: tool by tool, database by database.
pub fn all() -> Vec<Case> {
    let mut all = Vec::new();
    for original in originals::all() {
        for kind in original.kinds() {
            for cases in [
                half::cases,
                whole::cases,
                back::cases,
                together::cases,
                adopt::cases,
                dirty::cases,
                failure::cases,
                killed::cases,
                found::cases,
                sets::cases,
                late::cases,
                script::cases,
                corpora::cases,
            ] {
                all.extend(cases(original, *kind));
            }
        }
    }
    all
}
