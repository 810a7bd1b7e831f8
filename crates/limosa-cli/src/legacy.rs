//! The verbs of other tools, answered with ours.

/// What the verb of another tool is here; `None` when nobody has it.
pub fn answer(verb: &str) -> Option<(&'static str, &'static str)> {
    TABLE
        .iter()
        .find(|(verbs, ..)| verbs.contains(&verb))
        .map(|(_, what, command)| (*what, *command))
}

const TABLE: &[(&[&str], &str, &str)] = &[
    (
        &[
            "migrate",
            "upgrade",
            "apply",
            "run",
            "latest",
            "up-to",
            "up-by-one",
        ],
        "applying is `up`",
        "limosa up",
    ),
    (
        &["rollback", "revert", "undo", "down-to", "downgrade"],
        "undoing is `down`",
        "limosa down",
    ),
    (
        &["create", "generate", "make", "add"],
        "a new migration is made by `new`",
        "limosa new NAME",
    ),
    (
        &["version", "dbversion", "current", "info", "show", "list"],
        "what is applied is shown by `status`",
        "limosa status",
    ),
    (
        &["force", "repair", "fix"],
        "there is nothing to force: an interrupted migration is continued by `up`",
        "limosa up",
    ),
    (
        &["stamp", "mark"],
        "recording without running is `baseline`",
        "limosa baseline VERSION",
    ),
    (
        &["reset", "fresh", "refresh", "drop"],
        "everything is undone by `down --all`",
        "limosa down --all",
    ),
    (
        &["check", "validate", "verify"],
        "the files are checked by `lint`, the database by `status --check`",
        "limosa lint",
    ),
    (
        &["dump", "script", "sql"],
        "a script to run by hand comes from `plan`",
        "limosa plan --format sql",
    ),
    (
        &["log", "journal"],
        "what happened is shown by `history`",
        "limosa history",
    ),
    (
        &["setup", "install"],
        "a project begins with `init`",
        "limosa init",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_a_command_of_ours() {
        use clap::CommandFactory;
        let ours = crate::args::Cli::command();
        for (verbs, _, command) in TABLE {
            let name = command.split(' ').nth(1).unwrap();
            assert!(ours.find_subcommand(name).is_some(), "{command}");
            for verb in *verbs {
                assert!(
                    ours.find_subcommand(verb).is_none(),
                    "`{verb}` is a command of ours"
                );
            }
        }
    }
}
