//! The verbs of other tools.

/// A command of another tool.
pub struct Old {
    /// Its names there. Those that we have, too, are here for what stands behind them.
    verbs: &'static [&'static str],
    /// What it is here.
    pub what: &'static str,
    ways: &'static [Way],
}

/// A command of ours that does it.
///
/// `COUNT`, `VERSION`, `STAMP` (a version that is too long for a count) and `NAME` stand for what the other tool has
/// behind its verb.
#[derive(Clone, Copy)]
pub struct Way {
    /// When it is the right one; empty when it is the only one.
    pub when: &'static str,
    /// The command.
    pub command: &'static str,
}

impl Old {
    /// The ways for what stands behind the verb.
    pub fn ways_for(&self, argument: Option<&str>) -> impl Iterator<Item = Way> {
        // Nobody counts that far, but every time as a version is longer.
        let is_count = argument.is_some_and(|argument| {
            argument.len() < 6 && argument.bytes().all(|byte| byte.is_ascii_digit())
        });
        let given = argument.is_some();
        let is_right = move |way: &&Way| match way.command {
            command if command.contains("COUNT") => is_count,
            command if command.contains("STAMP") => given && !is_count,
            command if command.contains("VERSION") || command.contains("NAME") => true,
            _ => !given || !way.when.is_empty() || !is_count,
        };
        self.ways.iter().filter(is_right).copied()
    }
}

/// The command of another tool; one that is ours, too, counts only with something behind it.
pub fn find(verb: &str, has_argument: bool) -> Option<&'static Old> {
    let verb = verb.to_ascii_lowercase();
    let mut found = TABLE.iter().filter(|old| old.verbs.contains(&&*verb));
    found.find(|_| has_argument || !OURS.contains(&&*verb))
}

/// What we have, too, without anything behind it.
const OURS: [&str; 2] = ["up", "down"];

const fn only(command: &'static str) -> Way {
    Way { when: "", command }
}

const TABLE: &[Old] = &[
    Old {
        verbs: &["up"],
        what: "how many and how far are options",
        ways: &[
            Way {
                when: "that many migrations",
                command: "limosa up -n COUNT",
            },
            Way {
                when: "up to that version",
                command: "limosa up --to VERSION",
            },
        ],
    },
    Old {
        verbs: &["down"],
        what: "how many and how far are options",
        ways: &[
            Way {
                when: "that many migrations",
                command: "limosa down -n COUNT",
            },
            Way {
                when: "everything applied after that version",
                command: "limosa down --to STAMP",
            },
        ],
    },
    Old {
        verbs: &["migrate", "upgrade", "apply", "run", "latest"],
        what: "applying is `up`",
        ways: &[only("limosa up")],
    },
    Old {
        verbs: &["up-to"],
        what: "applying is `up`",
        ways: &[only("limosa up --to VERSION")],
    },
    Old {
        verbs: &["up-by-one"],
        what: "applying is `up`",
        ways: &[only("limosa up -n 1")],
    },
    Old {
        verbs: &["rollback", "revert", "undo", "downgrade"],
        what: "undoing is `down`",
        ways: &[only("limosa down"), only("limosa down -n COUNT")],
    },
    Old {
        verbs: &["down-to"],
        what: "undoing is `down`",
        ways: &[only("limosa down --to VERSION")],
    },
    Old {
        verbs: &["sync"],
        what: "up or down to a version is `goto`",
        ways: &[only("limosa goto VERSION")],
    },
    Old {
        verbs: &["reset", "fresh", "refresh"],
        what: "everything is undone by `down --all`",
        ways: &[only("limosa down --all")],
    },
    Old {
        verbs: &["drop"],
        what: "what no migration made is not dropped; everything is undone by `down --all`",
        ways: &[only("limosa down --all")],
    },
    Old {
        verbs: &["create", "generate", "make", "add"],
        what: "a new migration is made by `new`",
        ways: &[only("limosa new NAME")],
    },
    Old {
        verbs: &["version", "dbversion", "current", "info", "show", "list"],
        what: "what is applied is shown by `status`",
        ways: &[only("limosa status")],
    },
    Old {
        verbs: &["check"],
        what: "what would be applied is shown by `plan`; `status --check` is for scripts",
        ways: &[only("limosa plan")],
    },
    Old {
        verbs: &["validate"],
        what: "the files are checked by `lint`, the database by `status --check`",
        ways: &[only("limosa lint")],
    },
    Old {
        verbs: &["force", "set_version", "update", "repair"],
        what: "there is nothing to force",
        ways: &[
            Way {
                when: "a migration failed here: correct its file, and it goes on where it stopped",
                command: "limosa up",
            },
            Way {
                when: "the other tool's table says that it is unfinished, and it is there in full",
                command: "limosa resolve VERSION --as applied",
            },
            Way {
                when: "the same, and nothing of it is there any more",
                command: "limosa resolve VERSION --as not-applied",
            },
            Way {
                when: "the database has everything up to it, and nobody wrote that down",
                command: "limosa baseline VERSION",
            },
            Way {
                when: "the other tool's table was put right by hand: our history follows it",
                command: "limosa adopt --keep theirs",
            },
            Way {
                when: "our history is right, and the other tool's table is not",
                command: "limosa adopt --keep ours",
            },
        ],
    },
    Old {
        verbs: &["fix"],
        what: "nothing needs to be renumbered before a release; a version that collides gets a new one",
        ways: &[only("limosa renumber VERSION")],
    },
    Old {
        verbs: &["stamp", "mark"],
        what: "recording without running is `baseline`",
        ways: &[only("limosa baseline VERSION")],
    },
    Old {
        verbs: &["dump"],
        what: "the schema as SQL is written by `schema dump`",
        ways: &[only("limosa schema dump --output schema.sql")],
    },
    Old {
        verbs: &["diff"],
        what: "two schemas are compared by `schema diff`",
        ways: &[only("limosa schema diff files database")],
    },
    Old {
        verbs: &["script", "sql", "build-script"],
        what: "a script to run by hand comes from `plan`",
        ways: &[only("limosa plan --format sql")],
    },
    Old {
        verbs: &["log", "journal"],
        what: "what happened is shown by `history`",
        ways: &[only("limosa history")],
    },
    Old {
        verbs: &["setup", "install"],
        what: "a project begins with `init`",
        ways: &[only("limosa init")],
    },
    Old {
        verbs: &["db:create", "db:setup"],
        what: "the database is made with the means of its server; then it is waited for",
        ways: &[only("limosa up --wait")],
    },
    Old {
        verbs: &["db:drop", "db:reset"],
        what: "a database is not dropped; everything that migrations made is undone by `down --all`",
        ways: &[only("limosa down --all")],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::legacy::{is_ours, is_understood};

    #[test]
    fn every_way_is_a_command_of_ours() {
        for way in TABLE.iter().flat_map(|old| old.ways) {
            let command = way
                .command
                .replace("COUNT", "3")
                .replace("VERSION", "5")
                .replace("STAMP", "5");
            assert!(is_understood(&command), "{command}");
        }
    }

    #[test]
    fn what_is_ours_is_only_answered_with_something_behind_it() {
        for verb in TABLE.iter().flat_map(|old| old.verbs) {
            assert_eq!(is_ours(verb), OURS.contains(verb), "{verb}");
            assert!(find(verb, true).is_some());
            assert_eq!(find(verb, false).is_none(), OURS.contains(verb), "{verb}");
        }
    }
}
