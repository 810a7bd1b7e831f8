//! What is left when an owner is killed.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use limosa_core::DatabaseUrl;
use limosa_sql::Dialect;
use limosa_testkit::skip_or_panic;

use crate::support::{column, has_programs, kind, open, options, settings, settings_on};

/// Says what the helper opens: a URL, or the name of a dialect for a server of its own.
const WHAT: &str = "LIMOSA_SHADOW_CHILD";
const PATIENCE: Duration = Duration::from_secs(30);

/// Starts the helper, and gives what it prints once it has a database.
fn owner(what: &str) -> (Child, String) {
    let program = std::env::current_exe().unwrap();
    let mut child = Command::new(program)
        .args([
            "--exact",
            "killed::child_opens_a_shadow_and_waits",
            "--nocapture",
        ])
        .env(WHAT, what)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told = lines.find_map(|line| Some(line.ok()?.strip_prefix("it has ")?.to_owned()));
    (child, told.expect("the helper has a database"))
}

/// Not a test of its own: those below run it.
#[test]
fn child_opens_a_shadow_and_waits() {
    let Ok(what) = std::env::var(WHAT) else {
        return;
    };
    let connect = options();
    let url = DatabaseUrl::parse(&what);
    let settings = match &url {
        Ok(url) => settings_on(url, &connect),
        Err(_) => settings(Dialect::from_name(&what).unwrap(), &connect),
    };
    let shadow = open(&settings);
    let mut database = shadow.database().unwrap();
    let told = match (&url, what.as_str()) {
        (Ok(_), _) => database.name().to_owned(),
        (Err(_), "postgres") => column(&mut **database.session(), "SHOW data_directory").remove(0),
        (Err(_), _) => column(&mut **database.session(), "SELECT @@datadir").remove(0),
    };
    println!("\nit has {told}");
    let _ = std::io::stdin().read_line(&mut String::new());
}

/// The watchdog of that process, which outlives it.
fn watchdog_of(owner: &Child) -> String {
    let listed = Command::new("ps")
        .args(["-A", "-o", "pid=,ppid=,args="])
        .output()
        .unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let mut lines = listed
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    let found = lines.find(|line| {
        line.get(1) == Some(&owner.id().to_string().as_str()) && line.contains(&"limosa-watchdog")
    });
    found.expect("it has a watchdog")[0].to_owned()
}

fn kill(pid: &str) {
    assert!(
        Command::new("kill")
            .args(["-s", "KILL", pid])
            .status()
            .unwrap()
            .success()
    );
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::yield_now();
    }
}

#[test]
fn a_database_on_a_server_of_others_is_removed_by_the_next_shadow_there() {
    for dialect in [Dialect::Postgres, Dialect::Mysql] {
        let database = match kind(dialect).try_database() {
            Ok(database) => database,
            Err(reason) => {
                skip_or_panic(reason);
                continue;
            }
        };
        let (mut child, name) = owner(&database.url());
        let catalog = match dialect {
            Dialect::Postgres => "pg_catalog.pg_database WHERE datname",
            _ => "information_schema.schemata WHERE schema_name",
        };
        let count = format!("SELECT count(*) FROM {catalog} = '{name}'");
        let connect = options();
        let url = DatabaseUrl::parse(&database.url()).unwrap();
        drop(open(&settings_on(&url, &connect)));
        assert_eq!(database.value(&count), "1", "its owner lives");
        child.kill().unwrap();
        child.wait().unwrap();
        // The server may take a moment to see that the owner's session is gone.
        wait_until("the database of a killed owner is removed", || {
            drop(open(&settings_on(&url, &connect)));
            database.value(&count) == "0"
        });
    }
}

#[test]
fn a_server_of_our_own_ends_with_its_owner() {
    for dialect in [Dialect::Postgres, Dialect::Mysql] {
        if !has_programs(dialect) {
            continue;
        }
        let (mut child, data) = owner(dialect.name());
        let folder = Path::new(&data).parent().unwrap().to_owned();
        assert!(folder.is_dir(), "{}", folder.display());
        child.kill().unwrap();
        child.wait().unwrap();
        wait_until("the folder of a killed owner is removed", || {
            !folder.exists()
        });
    }
}

#[test]
fn a_server_whose_watchdog_was_killed_too_is_removed_by_the_next_shadow() {
    for dialect in [Dialect::Postgres, Dialect::Mysql] {
        if !has_programs(dialect) {
            continue;
        }
        let (mut child, data) = owner(dialect.name());
        let folder = Path::new(&data).parent().unwrap().to_owned();
        let file = match dialect {
            Dialect::Postgres => "data/postmaster.pid",
            _ => "data/pid",
        };
        let pid = std::fs::read_to_string(folder.join(file)).unwrap();
        let pid = pid.lines().next().unwrap().trim().to_owned();
        limosa_server::remove_leftovers(limosa_server::PREFIX);
        assert!(folder.exists(), "its owner lives");
        kill(&watchdog_of(&child));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(folder.exists(), "nobody was there to remove it");
        limosa_server::remove_leftovers(limosa_server::PREFIX);
        wait_until("the folder is removed", || !folder.exists());
        let process = Path::new("/proc").join(&pid);
        wait_until("the server is gone", || {
            let command = std::fs::read_to_string(process.join("cmdline"));
            !command.is_ok_and(|text| text.contains(&folder.display().to_string()))
        });
    }
}
