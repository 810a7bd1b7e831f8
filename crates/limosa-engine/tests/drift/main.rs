//! A database held against what its migrations make, in a shadow.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod by_hand;
mod corpora;
mod history;
mod postgres;
#[path = "../support/mod.rs"]
mod support;

use std::ops::{Deref, DerefMut};

use limosa_db::ConnectOptions;
use limosa_engine::drift::{Asked, Counting, Drift, drift};
use limosa_engine::shadow::{Shadow, ShadowSettings};
use limosa_engine::{Outside, Problem, Texts};
use limosa_schema::Sides;
use limosa_schema::describe::describe_as;
use support::Lab;

const USUAL: Counting = Counting {
    privileges: false,
    everything: false,
};

/// A database and the shadow in which its migrations are played.
struct Bench {
    lab: Lab,
    shadow: Shadow<'static>,
}

impl Bench {
    fn of(lab: Lab) -> Self {
        let server = lab.open().server().clone();
        let connect = ConnectOptions {
            environment: std::env::vars().collect(),
            ..ConnectOptions::default()
        };
        let shadow = Shadow::open(&ShadowSettings {
            dialect: server.target.dialect,
            like: Some(&server),
            url: None,
            target: None,
            protected: false,
            prelude: &[],
            connect: &connect,
            interrupted: &|| false,
        });
        Self {
            lab,
            shadow: shadow.unwrap_or_else(|problem| panic!("{:#?}", problem.diagnostic())),
        }
    }

    /// What `limosa drift` finds, and what it remarks.
    fn looked(&self, counting: Counting) -> Result<(Drift, Vec<&'static str>), Problem> {
        let lab = &self.lab;
        let set = (lab.migrations()).unwrap_or_else(|wrong| panic!("{wrong:#?}"));
        let mut database = lab.open();
        let replay = database.applied(&set)?;
        let mut asked = Asked {
            counting,
            environment: &|name| {
                let found = lab.variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            },
            interrupted: &|| false,
            playing: &mut |_, _, _| {},
        };
        let found = drift(&mut database, &replay, &self.shadow, &mut asked)?;
        Ok((found, replay.remarks.iter().map(|one| one.name).collect()))
    }

    fn look_with(&self, counting: Counting) -> Drift {
        let looked = self.looked(counting);
        looked
            .unwrap_or_else(|problem| panic!("{:#?}", problem.diagnostic()))
            .0
    }

    fn look(&self) -> Drift {
        self.look_with(USUAL)
    }

    #[track_caller]
    fn no_drift(&self) {
        let drift = self.look();
        assert_eq!(told(&drift), Vec::<String>::new());
        assert!(!drift.is_there() && drift.repair.is_empty());
    }

    /// Whether it is seen that the schema is another one than the last run left.
    fn changed_outside(&self) -> Option<bool> {
        let set = self.lab.migrations().unwrap();
        let mut database = self.lab.open();
        let current = database.current(&set, Texts::Without).unwrap();
        match database.changed_outside(&current.moved) {
            Outside::Unchanged(_) => Some(false),
            Outside::Changed(_) => Some(true),
            Outside::Unknown(_) => None,
        }
    }
}

impl Deref for Bench {
    type Target = Lab;

    fn deref(&self) -> &Lab {
        &self.lab
    }
}

impl DerefMut for Bench {
    fn deref_mut(&mut self) -> &mut Lab {
        &mut self.lab
    }
}

/// What differs, in words; what does not count in brackets.
fn told(drift: &Drift) -> Vec<String> {
    let sides = Sides::Beside {
        first: "the migrations",
        second: "the database",
    };
    let told = drift.found.iter().flat_map(|one| {
        let lines = describe_as(&one.difference, sides).into_iter();
        lines.map(|line| {
            if one.counts {
                line
            } else {
                format!("({line})")
            }
        })
    });
    told.collect()
}
