//! `cargo xtask bench`: how much memory and time `limosa` takes, beside the databases' own clients.
//!
//! The programs run as processes against private servers of the test kit. What is promised is checked: the
//! task fails when a run takes more memory or time than that.

mod files;
mod measure;
mod page;
mod prove;
mod split;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use limosa_testkit::{Database, Kind, MariaDb, Postgres, Settings, Sqlite};

use crate::{eprint, servers};
use measure::{Measured, measure, median};
use page::{Figures, Large, Small};

/// What a file of INSERTs has in size, and what `limosa` may take for it.
const MEGABYTES: u64 = 500;
pub(crate) const MEMORY_LIMIT: u64 = 64 << 20;
/// The single statement that is refused.
const HUGE_STATEMENT: u64 = 200;
/// How many small migrations a folder has.
const MIGRATIONS: usize = 1000;
/// How often something short is measured.
const TIMES: usize = 7;

/// Measures everything and prints a page. With the usual size it becomes `docs/benchmarks.md`.
pub(crate) fn run(root: &Path, arguments: &[String]) -> ExitCode {
    if let [name, what] = arguments
        && (name.as_str(), what.as_str()) == ("--only", "verify")
    {
        return only_verify(root);
    }
    let megabytes = match arguments {
        [] => Some(MEGABYTES),
        [name, number] if name == "--megabytes" => number.parse().ok(),
        _ => None,
    };
    let Some(megabytes) = megabytes else {
        eprint("usage: cargo xtask bench [--megabytes NUMBER | --only verify]\n");
        return ExitCode::from(2);
    };
    match measure_all(root, megabytes) {
        Ok(figures) => {
            let page = page::page(&figures);
            eprint(&page);
            let missed = page::missed(&figures);
            for sentence in &missed {
                eprint(&format!("error: {sentence}\n"));
            }
            if !missed.is_empty() {
                return ExitCode::FAILURE;
            }
            if megabytes != MEGABYTES {
                return ExitCode::SUCCESS;
            }
            let path = root.join("docs/benchmarks.md");
            match std::fs::write(&path, page) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => fail(&format!("{} cannot be written: {error}", path.display())),
            }
        }
        Err(sentence) => fail(&sentence),
    }
}

/// Measures `limosa verify` alone, and renews its part of the page.
fn only_verify(root: &Path) -> ExitCode {
    let renew = || {
        servers::ensure()?;
        let limosa = build(root)?;
        let folder =
            tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
        let part = prove::part(&prove::measure_all(&limosa, folder.path())?);
        eprint(&part);
        let path = root.join("docs/benchmarks.md");
        let page = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
        std::fs::write(&path, prove::renewed(&page, &part)).map_err(|error| error.to_string())
    };
    match renew() {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => fail(&sentence),
    }
}

fn fail(sentence: &str) -> ExitCode {
    eprint(&format!("error: {sentence}\n"));
    ExitCode::FAILURE
}

fn measure_all(root: &Path, megabytes: u64) -> Result<Figures, String> {
    servers::ensure()?;
    let mut figures = Figures::new(megabytes);
    let limosa = build(root)?;
    let folder = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
    let work = Work {
        limosa,
        folder: folder.path().to_owned(),
        megabytes,
        postgres: Postgres::start(&Settings::new()).map_err(|error| error.to_string())?,
        mariadb: MariaDb::start(&Settings::new()).map_err(|error| error.to_string())?,
    };
    for kind in Kind::ALL {
        figures.versions.push(work.version(kind));
        figures.large.push(work.inserts(kind)?);
    }
    figures.large.push(work.copy()?);
    figures.huge = Some(work.huge_statement()?);
    for kind in Kind::ALL {
        figures.small.push(work.small_migrations(kind)?);
    }
    figures.proved = prove::measure_all(&work.limosa, &work.folder)?;
    eprint("measuring the splitter\n");
    figures.split = split::measure(root)?;
    Ok(figures)
}

/// Builds the program as it is released.
fn build(root: &Path) -> Result<PathBuf, String> {
    let status = cargo(root)
        .args(["build", "--release", "--quiet", "-p", "limosa-cli"])
        .status()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !status.success() {
        return Err("limosa cannot be built".to_owned());
    }
    let target = std::env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| root.join("target"), PathBuf::from);
    Ok(root.join(target).join("release/limosa"))
}

fn cargo(root: &Path) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.current_dir(root);
    command
}

/// What the measurements share.
struct Work {
    limosa: PathBuf,
    folder: PathBuf,
    megabytes: u64,
    postgres: Postgres,
    mariadb: MariaDb,
}

impl Work {
    fn database(&self, kind: Kind) -> Database {
        match kind {
            Kind::Postgres => self.postgres.database(),
            Kind::MariaDb => self.mariadb.database(),
            Kind::Sqlite => Sqlite::database(),
        }
    }

    fn version(&self, kind: Kind) -> String {
        let (name, query) = match kind {
            Kind::Postgres => ("PostgreSQL", "show server_version"),
            Kind::MariaDb => ("MariaDB", "select version()"),
            Kind::Sqlite => ("SQLite", "select sqlite_version()"),
        };
        let version = self.database(kind).value(query);
        let end = version.find([' ', '-']).unwrap_or(version.len());
        format!("{name} {}", &version[..end])
    }

    /// `limosa` in a folder of migrations, against a database.
    fn limosa(&self, project: &Path, db: &Database, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.limosa);
        let url = db.socket_url();
        command
            .arg("-C")
            .arg(project)
            .args(["--url", &url])
            .args(arguments);
        command
    }

    /// The database's own client, told to run a file in one transaction; `None` where it is missing.
    fn client(&self, db: &Database, file: &Path) -> Option<Command> {
        let path = file.display();
        let mut command = self.client_alone(db)?;
        match db.kind() {
            Kind::Postgres => command
                .args(["-v", "ON_ERROR_STOP=1", "-1", "-f"])
                .arg(file),
            Kind::MariaDb => {
                command.args(["-e", &format!("SET autocommit = 0; SOURCE {path}; COMMIT")])
            }
            Kind::Sqlite => command.args(["BEGIN", &format!(".read {path}"), "COMMIT"]),
        };
        Some(command)
    }

    fn client_alone(&self, db: &Database) -> Option<Command> {
        let name = client_name(db.kind());
        let mut command = Command::new(name);
        command.arg("--version");
        let found = command.output().is_ok_and(|output| output.status.success());
        let mut command = Command::new(name);
        match db.kind() {
            Kind::Postgres => command.args(["-X", "-q", "-d", &db.socket_url()]),
            Kind::MariaDb => {
                let password = self.mariadb.password();
                command
                    .args(["--no-defaults", "--user=root", "--batch"])
                    .arg(format!("--password={password}"))
                    .arg(format!("--socket={}", self.mariadb.socket().display()))
                    .arg(db.name())
            }
            Kind::Sqlite => command.args(["-batch", "-bail"]).arg(sqlite_file(db)),
        };
        found.then_some(command)
    }

    fn inserts(&self, kind: Kind) -> Result<Large, String> {
        let project = self.project("inserts");
        let file = project.join("migrations/1_rows.sql");
        if !file.exists() {
            files::inserts(&file, self.megabytes * 1_000_000).map_err(unwritten)?;
        }
        self.large("INSERT statements", kind, &project, &file)
    }

    fn copy(&self) -> Result<Large, String> {
        let project = self.project("copy");
        let file = project.join("migrations/1_rows.sql");
        files::copy(&file, self.megabytes * 1_000_000).map_err(unwritten)?;
        self.large("one COPY block", Kind::Postgres, &project, &file)
    }

    fn large(
        &self,
        what: &'static str,
        kind: Kind,
        project: &Path,
        file: &Path,
    ) -> Result<Large, String> {
        let rows = |db: &Database| db.value("select count(*) from measurements");
        eprint(&format!("{what} on {}: limosa\n", kind.label()));
        let db = self.database(kind);
        let limosa = measure(self.limosa(project, &db, &["up"]))?;
        limosa.expect(0)?;
        let applied = rows(&db);
        drop(db);
        eprint(&format!(
            "{what} on {}: {}\n",
            kind.label(),
            client_name(kind)
        ));
        let db = self.database(kind);
        let client = match self.client(&db, file) {
            Some(command) => {
                let client = measure(command)?;
                client.expect(0)?;
                if rows(&db) != applied {
                    return Err(format!("{} and limosa differ", client_name(kind)));
                }
                Some(client)
            }
            None => None,
        };
        Ok(Large {
            what,
            kind,
            limosa,
            client,
        })
    }

    /// A statement of 200 MB, which is more than any server takes.
    fn huge_statement(&self) -> Result<Measured, String> {
        eprint("a statement of 200 MB\n");
        let project = self.project("huge");
        let file = project.join("migrations/1_huge.sql");
        files::huge(&file, HUGE_STATEMENT * 1_000_000).map_err(unwritten)?;
        let db = self.database(Kind::Sqlite);
        let measured = measure(self.limosa(&project, &db, &["up"]))?;
        measured.expect(2)?;
        if !measured.stderr.contains("statement-too-large") {
            return Err(format!(
                "it is not refused as it should be: {}",
                measured.stderr
            ));
        }
        Ok(measured)
    }

    fn small_migrations(&self, kind: Kind) -> Result<Small, String> {
        eprint(&format!("{MIGRATIONS} migrations on {}\n", kind.label()));
        let project = self.project("small");
        files::small(&project.join("migrations"), MIGRATIONS).map_err(unwritten)?;
        let db = self.database(kind);
        let up = measure(self.limosa(&project, &db, &["up"]))?;
        up.expect(0)?;
        let nothing = median(TIMES, || self.limosa(&project, &db, &["up"]))?;
        let status = median(TIMES, || self.limosa(&project, &db, &["status"]))?;
        let client = match self.client_alone(&db) {
            Some(_) => Some(median(TIMES, || {
                let mut command = self
                    .client_alone(&db)
                    .unwrap_or_else(|| Command::new("false"));
                match kind {
                    Kind::Postgres => command.args(["-c", "select 1"]),
                    Kind::MariaDb => command.args(["-e", "select 1"]),
                    Kind::Sqlite => command.arg("select 1"),
                };
                command
            })?),
            None => None,
        };
        Ok(Small {
            kind,
            migrations: MIGRATIONS,
            up: up.wall,
            nothing,
            status,
            client,
        })
    }

    fn project(&self, name: &str) -> PathBuf {
        let project = self.folder.join(name);
        // A folder that cannot be made is reported by what is written into it.
        let _ = std::fs::create_dir_all(project.join("migrations"));
        project
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the form that `map_err` takes"
)]
fn unwritten(error: std::io::Error) -> String {
    format!("a file cannot be generated: {error}")
}

pub(crate) fn client_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Postgres => "psql",
        Kind::MariaDb => "mariadb",
        Kind::Sqlite => "sqlite3",
    }
}

fn sqlite_file(db: &Database) -> String {
    let url = db.url();
    url.strip_prefix("sqlite:").unwrap_or(&url).to_owned()
}

/// Seconds or milliseconds to three digits.
fn shown(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        ..0.1 => format!("{:.1} ms", seconds * 1e3),
        ..1.0 => format!("{:.0} ms", seconds * 1e3),
        ..10.0 => format!("{seconds:.2} s"),
        _ => format!("{seconds:.1} s"),
    }
}
