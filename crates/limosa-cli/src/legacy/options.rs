//! The options of other tools.

/// An option of another tool.
pub struct Old {
    /// Its names there.
    pub names: &'static [&'static str],
    /// What it is here.
    pub ours: Ours,
}

/// What an option is here.
#[derive(Clone, Copy)]
pub enum Ours {
    /// Another name, with the same value.
    Valued(&'static str),
    /// The folder, which is a URL there.
    Folder,
    /// The database, whose URL may have a password and is not repeated.
    Url,
    /// Seconds there, a duration here.
    Seconds(&'static str),
    /// Another name, without a value.
    Flag(&'static str),
    /// Nothing, for this reason. Here it has a value.
    NoValue(&'static str),
    /// Nothing, for this reason. It has no value.
    NoFlag(&'static str),
}

impl Old {
    /// Whether it is a word behind a single dash, which would be read as several letters here.
    pub fn is_long_with_one_dash(&self, argument: &str) -> bool {
        argument.len() > 2 && !argument.starts_with("--") && !self.names.is_empty()
    }

    /// Whether the next argument is its value.
    pub fn has_value(&self) -> bool {
        !matches!(self.ours, Ours::Flag(_) | Ours::NoFlag(_))
    }
}

/// The option that an argument is, with or without `=` and a value.
pub fn find(argument: &str) -> Option<&'static Old> {
    let name = argument.split('=').next().unwrap_or(argument);
    TABLE.iter().find(|old| old.names.contains(&name))
}

/// Go's flags have one dash or two.
const TABLE: &[Old] = &[
    Old {
        names: &["-path", "--path", "-dir", "-m", "--migrations-dir"],
        ours: Ours::Valued("--dir"),
    },
    Old {
        names: &["-source", "--source"],
        ours: Ours::Folder,
    },
    Old {
        names: &["-database", "-D", "--database-url"],
        ours: Ours::Url,
    },
    Old {
        names: &["-env", "--env"],
        ours: Ours::Valued("-e"),
    },
    Old {
        names: &["-table", "--table"],
        ours: Ours::Valued("--tool-table"),
    },
    Old {
        names: &["-c", "--count"],
        ours: Ours::Valued("-n"),
    },
    Old {
        names: &["--target-version"],
        ours: Ours::Valued("--to"),
    },
    Old {
        names: &["-lock-timeout"],
        ours: Ours::Seconds("--lock-wait"),
    },
    Old {
        names: &["-all"],
        ours: Ours::Flag("--all"),
    },
    Old {
        names: &["-allow-missing", "--allow-missing"],
        ours: Ours::Flag("--out-of-order"),
    },
    Old {
        names: &["-seq", "-s"],
        ours: Ours::Flag("--sequential"),
    },
    Old {
        names: &["-r"],
        ours: Ours::Flag("--pair"),
    },
    Old {
        names: &["-verbose"],
        ours: Ours::Flag("-v"),
    },
    Old {
        names: &["-no-color", "--no-color"],
        ours: Ours::Flag("--color=never"),
    },
    Old {
        names: &["--no-dotenv"],
        ours: Ours::Flag("--no-env-file"),
    },
    Old {
        names: &["-ext", "-digits", "-tz"],
        ours: Ours::NoValue("a new migration is made as those that are there"),
    },
    Old {
        names: &["--sql-file", "--simple"],
        ours: Ours::NoFlag("a new migration is made as those that are there"),
    },
    Old {
        names: &["-prefetch"],
        ours: Ours::NoValue("nothing needs it"),
    },
    Old {
        names: &["-pgschema"],
        ours: Ours::NoValue("the search path is set by `session-init` in limosa.toml"),
    },
    Old {
        names: &["--ignore-missing"],
        ours: Ours::NoFlag("what a newer release applied is no obstacle"),
    },
    Old {
        names: &["--non-transactional"],
        ours: Ours::NoFlag("what cannot be in a transaction is recognised"),
    },
    Old {
        names: &["--force-exit"],
        ours: Ours::NoFlag("nothing needs it"),
    },
];
