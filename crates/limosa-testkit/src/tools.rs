//! The migration tools of others that Limosa is tested against: which version of each, from where, and where it is.
//!
//! Only looks; `cargo xtask interop` installs them with their ordinary clients.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// A program of somebody else, or one of ours around somebody else's library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tool {
    /// As its folder is called.
    pub name: &'static str,
    /// Exactly this one.
    pub version: &'static str,
    /// Where it comes from.
    pub source: Source,
    /// The program, from its folder.
    pub program: &'static str,
}

/// How a tool is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// `go install` of a command.
    Go {
        /// Its path.
        package: &'static str,
        /// Build tags.
        tags: &'static str,
    },
    /// `go build` of a package, with the versions that a `go.mod` of ours says.
    GoModule {
        /// The folder of the `go.mod`, below [`PROGRAMS`].
        folder: &'static str,
        /// The package in it, or one that it requires.
        package: &'static str,
    },
    /// `npm install` of these packages.
    Npm {
        /// With their versions.
        packages: &'static [&'static str],
        /// A package that must load, because it was compiled here.
        loads: &'static str,
    },
    /// `cargo install`.
    Cargo {
        /// Its features, without the default ones.
        features: &'static str,
    },
    /// `cargo build` of a package of ours, which has a lock file.
    CargoPackage {
        /// Its folder, below [`PROGRAMS`].
        folder: &'static str,
    },
}

/// Where the sources of our own programs are, from the root of the workspace.
pub const PROGRAMS: &str = "crates/limosa-cli/tests/interop/programs";

/// The command of golang-migrate.
pub const GOLANG_MIGRATE: Tool = Tool {
    name: "golang-migrate",
    version: "v4.20.1",
    source: Source::Go {
        package: "github.com/golang-migrate/migrate/v4/cmd/migrate",
        tags: "postgres pgx5 mysql sqlite3",
    },
    program: "bin/migrate",
};

/// An application that has golang-migrate inside, whose lock has another key than that of the command.
pub const GOLANG_MIGRATE_LIBRARY: Tool = Tool {
    name: "golang-migrate-library",
    version: "v4.20.1",
    source: Source::GoModule {
        folder: "golang-migrate",
        package: ".",
    },
    program: "bin/golang-migrate",
};

/// pressly/goose.
pub const GOOSE: Tool = Tool {
    name: "goose",
    version: "v3.29.0",
    source: Source::Go {
        package: "github.com/pressly/goose/v3/cmd/goose",
        tags: "no_clickhouse no_libsql no_mssql no_vertica no_ydb no_spanner no_duckdb",
    },
    program: "bin/goose",
};

/// The first goose, which has no releases: the last commit.
pub const LIAMSTASK_GOOSE: Tool = Tool {
    name: "liamstask-goose",
    version: "v0.0.0-20150115234039-8488cc47d90c",
    source: Source::GoModule {
        folder: "liamstask-goose",
        package: "bitbucket.org/liamstask/goose/cmd/goose",
    },
    program: "bin/liamstask-goose",
};

/// An application that has go-pg/migrations inside, which has no command.
pub const GO_PG: Tool = Tool {
    name: "go-pg",
    version: "v8.1.0",
    source: Source::GoModule {
        folder: "go-pg",
        package: ".",
    },
    program: "bin/go-pg",
};

/// db-migrate for the servers.
pub const DB_MIGRATE: Tool = Tool {
    name: "db-migrate",
    version: "0.11.14",
    source: Source::Npm {
        packages: &[
            "db-migrate@0.11.14",
            "db-migrate-pg@1.5.2",
            "db-migrate-mysql@2.3.2",
        ],
        loads: "db-migrate",
    },
    program: "node_modules/.bin/db-migrate",
};

/// db-migrate for SQLite, which needs a native module.
pub const DB_MIGRATE_SQLITE: Tool = Tool {
    name: "db-migrate-sqlite3",
    version: "0.11.14",
    source: Source::Npm {
        packages: &["db-migrate@0.11.14", "db-migrate-sqlite3@0.5.0"],
        loads: "sqlite3",
    },
    program: "node_modules/.bin/db-migrate",
};

/// The command of sqlx, which takes no lock.
pub const SQLX_CLI: Tool = Tool {
    name: "sqlx-cli",
    version: "0.9.0",
    source: Source::Cargo {
        features: "postgres,mysql,sqlite,rustls",
    },
    program: "bin/sqlx",
};

/// An application that has sqlx inside, which takes a lock.
pub const SQLX_LIBRARY: Tool = Tool {
    name: "sqlx-library",
    version: "0.9.0",
    source: Source::CargoPackage { folder: "sqlx" },
    program: "bin/sqlx-library",
};

/// All of them.
pub const ALL: [Tool; 9] = [
    GOLANG_MIGRATE,
    GOLANG_MIGRATE_LIBRARY,
    GOOSE,
    LIAMSTASK_GOOSE,
    GO_PG,
    DB_MIGRATE,
    DB_MIGRATE_SQLITE,
    SQLX_CLI,
    SQLX_LIBRARY,
];

impl Tool {
    /// The folder that is its own when it is installed.
    pub fn folder(&self) -> PathBuf {
        home().join(format!("{}-{}", self.name, self.version))
    }

    /// Where the words of its client are kept when it could not be installed.
    pub fn refusal(&self) -> PathBuf {
        home().join(format!("{}-{}.refused", self.name, self.version))
    }

    /// Its program.
    ///
    /// # Errors
    /// Why it is not there, in the words of its client when it was tried.
    pub fn installed(&self) -> Result<PathBuf, String> {
        let program = self.folder().join(self.program);
        if program.is_file() {
            return Ok(program);
        }
        let name = format!("{} {}", self.name, self.version);
        Err(match fs::read_to_string(self.refusal()) {
            Ok(words) => format!("{name} could not be installed: {}", words.trim()),
            Err(_) => format!("{name} is not installed; cargo xtask interop installs it"),
        })
    }
}

/// The folder of all tools: `LIMOSA_TEST_TOOLS` when it is set, else `target/interop` of the workspace.
pub fn home() -> PathBuf {
    match env::var_os("LIMOSA_TEST_TOOLS") {
        Some(folder) => PathBuf::from(folder),
        None => root().join("target/interop"),
    }
}

/// The folder with the sources of our own programs.
pub fn programs() -> PathBuf {
    root().join(PROGRAMS)
}

fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{ALL, GO_PG, GOLANG_MIGRATE_LIBRARY, LIAMSTASK_GOOSE, SQLX_LIBRARY, programs};

    #[test]
    fn our_programs_are_built_with_the_versions_of_the_table() {
        for (tool, file, line) in [
            (GO_PG, "go-pg/go.mod", "github.com/go-pg/migrations/v8 "),
            (
                GOLANG_MIGRATE_LIBRARY,
                "golang-migrate/go.mod",
                "github.com/golang-migrate/migrate/v4 ",
            ),
            (
                LIAMSTASK_GOOSE,
                "liamstask-goose/go.mod",
                "bitbucket.org/liamstask/goose ",
            ),
            (SQLX_LIBRARY, "sqlx/Cargo.toml", "sqlx = { version = \"="),
        ] {
            let text = fs::read_to_string(programs().join(file)).expect("it is there");
            let version = format!("{line}{}", tool.version);
            assert!(text.contains(&version), "{file} lacks {version}");
        }
    }

    #[test]
    fn each_tool_has_a_folder_of_its_own() {
        let mut folders: Vec<_> = ALL.iter().map(super::Tool::folder).collect();
        folders.sort();
        folders.dedup();
        assert_eq!(folders.len(), ALL.len());
    }
}
