//! The security rules, and where each is shown.
//!
//! | rule | shown by |
//! |---|---|
//! | every grant on our tables but the owner's is taken away | `postgres.rs`: `grants_by_default_are_taken_from_our_tables` |
//! | stored SQL is not run when somebody else may write there | `postgres.rs`: `stored_sql_is_not_run_…`; MariaDB: here |
//! | the journal keeps a hash of what ran, also of stored SQL, and not the text | here |
//! | names never become SQL | `postgres.rs`: `hostile_names_do_not_become_sql`; `limosa-db`: `store/statement.rs` |
//! | a search path of somebody else changes nothing for us | `postgres.rs`: `a_search_path_of_somebody_else_…` |
//! | texts are stored and shown before variables are expanded | here |
//! | passwords in statements are hidden wherever they are shown | here; `limosa-core`: `mask.rs` |
//! | the password of a URL is never shown | `limosa-core`: `url.rs`, `config/problem.rs`, `config/url_source.rs`; `limosa-db`: `drivers/*/connecting.rs` |
//! | no password is in a list of processes | here |
//! | `limosa.toml` is searched up to the repository or the home folder, and one that others may write is refused | `limosa-core`: `config/find.rs` |
//! | `.env` sets only the variables of URLs and those that the configuration names | `limosa-core`: `config/resolve/tests.rs`, `config/dotenv.rs` |
//! | answers to prompts have no variable | `limosa-cli`: `tests/terminal.rs`, `tests/consent.rs` |
//! | a link that leaves the folder of the migrations is refused | `limosa-core`: `layout/tests/bad_input.rs` |
//! | control characters of names and messages do not reach the terminal | `limosa-cli`: `terminal/escape.rs`, `report/diagnostic/tests.rs`; `limosa-core`: `layout/tests/bad_input.rs` |
//!
//! Marker files (`limosa upgrade`) come later, and their rule with them.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]
#![expect(clippy::needless_pass_by_value, reason = "each test owns its database")]

mod support;

use limosa_core::Layout;
use limosa_core::event::{Event, Observer};
use limosa_core::plan::{Action, Goal};
use limosa_engine::{Answer, RunFailure};
use limosa_testkit::Kind;
use support::{Lab, UP};

on_every_database! {
    the_journal_keeps_a_hash_of_what_ran_and_not_the_text,
    what_a_variable_became_is_neither_stored_nor_shown,
    passwords_of_statements_are_hidden_also_in_what_the_server_says,
}

const DOWN: Goal = Goal::Down {
    limit: Some(1),
    to: None,
};

/// Everything that an observer is told about statements and failures.
#[derive(Default)]
struct Seen(String);

impl Observer for Seen {
    fn observe(&mut self, event: &Event<'_>) {
        self.0.push_str(&format!("{event:?}\n"));
    }
}

/// Everything that is kept of it in our tables.
fn kept(lab: &Lab) -> String {
    let mut all = String::new();
    for table in ["limosa_history", "limosa_journal"] {
        for row in lab.db.query(&format!("select * from {table}")) {
            all.push_str(&row.join(" | "));
            all.push('\n');
        }
    }
    all
}

fn shown(failure: &RunFailure) -> String {
    format!("{:?} {:?}", failure.failed, failure.problem.diagnostic())
}

fn the_journal_keeps_a_hash_of_what_ran_and_not_the_text(lab: Lab) {
    lab.file(
        "1_a.sql",
        "-- limosa: up\nCREATE TABLE kingfisher (id integer);\n-- limosa: down\nDROP TABLE kingfisher;\n",
    );
    let up = lab.up();
    lab.remove("1_a.sql");
    let down = lab.down(1);
    let Action::Run { script, .. } = &down.plan.steps()[0].action else {
        panic!("the stored down is run");
    };
    let hashes = [
        ("applied", up.plan.steps()[0].script().unwrap().sha256),
        ("reverted", script.sha256),
    ];
    for (event, sha256) in hashes {
        let digest = format!("select digest from limosa_journal where event = '{event}'");
        assert_eq!(lab.db.value(&digest), sha256.to_string());
    }
    let journal = lab
        .db
        .query("select * from limosa_journal")
        .concat()
        .join(" ");
    // The names of objects are there for whoever has to decide an interrupted statement.
    assert!(!journal.contains("TABLE kingfisher"), "{journal}");
}

fn what_a_variable_became_is_neither_stored_nor_shown(mut lab: Lab) {
    const SECRET: &str = "heron_at_dawn";
    lab.layout = Some(Layout::Goose);
    lab.variables = vec![("SECRET", SECRET)];
    let file = |statement: &str| {
        format!(
            "-- +goose Up\n-- +goose ENVSUB ON\n{statement};\n-- +goose Down\nDELETE FROM vault WHERE word = '${{SECRET}}';\n"
        )
    };
    lab.file(
        "1_a.sql",
        "-- +goose Up\nCREATE TABLE vault (word varchar(50));\n",
    );
    lab.file("2_b.sql", &file("INSERT INTO vault VALUES ('$SECRET')"));
    let mut seen = Seen::default();
    let mut proceed = |_: &mut _, _: &_| Answer::Go;
    Lab::done(lab.run_observed(UP, &mut proceed, &|| false, &mut seen));
    assert_eq!(
        lab.db.value("select word from vault"),
        SECRET,
        "it was expanded"
    );
    Lab::done(lab.run_observed(DOWN, &mut proceed, &|| false, &mut seen));
    assert_eq!(lab.db.value("select count(*) from vault"), "0");
    // Every server repeats the name of a table that is not there.
    lab.file("3_c.sql", &file("INSERT INTO\n  ${SECRET} VALUES (1)"));
    let failure = lab
        .run_observed(UP, &mut proceed, &|| false, &mut seen)
        .unwrap_err();
    let report = shown(&failure);
    assert!(
        report.contains("${SECRET}"),
        "the text of the file is shown: {report}"
    );
    assert_eq!(failure.failed.unwrap().statement, Some(1));
    assert!(
        seen.0.contains("INSERT INTO vault VALUES ('$SECRET')"),
        "{}",
        seen.0
    );
    for (what, text) in [
        ("tables", kept(&lab)),
        ("report", report),
        ("events", seen.0),
    ] {
        assert!(!text.contains(SECRET), "{what}: {text}");
    }
}

fn passwords_of_statements_are_hidden_also_in_what_the_server_says(lab: Lab) {
    const SECRET: &str = "heron-at-dawn";
    // On MariaDB the message of a syntax error repeats the statement from there on.
    let statement = match lab.kind() {
        Kind::Postgres => format!("ALTER ROLE nobody_of_that_name PASSWORD '{SECRET}'"),
        _ => format!("CREATE USER nonsense nobody IDENTIFIED BY '{SECRET}'"),
    };
    lab.file("1_a.sql", &format!("{statement};\n"));
    let mut seen = Seen::default();
    let failure = lab.up_observed(&mut seen).unwrap_err();
    let report = shown(&failure);
    assert!(report.contains("'*************'"), "{report}");
    for (what, text) in [
        ("tables", kept(&lab)),
        ("report", report),
        ("events", seen.0),
    ] {
        assert!(!text.contains(SECRET), "{what}: {text}");
    }
}

#[test]
fn stored_sql_is_not_run_when_another_user_of_mariadb_may_have_planted_it() {
    let Some(lab) = Lab::on(Kind::MariaDb) else {
        return;
    };
    let user = lab.db.role("app");
    lab.file(
        "1_a.sql",
        "-- limosa: up\nCREATE TABLE a (id int);\n-- limosa: down\nDROP TABLE a;\n",
    );
    lab.up();
    lab.remove("1_a.sql");
    for grant in [
        "UPDATE ON limosa_history".to_owned(),
        format!("INSERT ON `{}`.*", lab.db.name()),
        "INSERT ON *.*".to_owned(),
    ] {
        lab.db.execute(&format!("GRANT {grant} TO `{}`", user.name));
        let report = lab.run(DOWN).unwrap_err().problem.diagnostic();
        assert_eq!(report.name, "stored-sql-not-trusted", "{grant}");
        assert!(report.message.contains(&user.name), "{}", report.message);
        assert!(lab.has_table("a"));
        lab.db
            .execute(&format!("REVOKE {grant} FROM `{}`", user.name));
    }
    lab.down(1);
    assert!(!lab.has_table("a"));
}

/// Keeps the names of remarks.
#[derive(Default)]
struct Remarks(Vec<&'static str>);

impl Observer for Remarks {
    fn observe(&mut self, event: &Event<'_>) {
        if let Event::Remark(remark) = event {
            self.0.push(remark.name);
        }
    }
}

#[test]
fn a_user_of_mariadb_that_sees_no_grants_of_others_is_told_so() {
    let Some(mut lab) = Lab::on(Kind::MariaDb) else {
        return;
    };
    let user = lab.db.role("deployer");
    let grant = format!("GRANT ALL ON `{}`.* TO `{}`", lab.db.name(), user.name);
    lab.db.execute(&grant);
    lab.url = Some(lab.db.url_as(&user));
    lab.file(
        "1_a.sql",
        "-- limosa: up\nCREATE TABLE a (id int);\n-- limosa: down\nDROP TABLE a;\n",
    );
    lab.up();
    lab.remove("1_a.sql");
    let mut remarks = Remarks::default();
    let ran = lab.run_observed(DOWN, &mut |_, _| Answer::Go, &|| false, &mut remarks);
    Lab::done(ran);
    assert_eq!(remarks.0, ["stored-down", "grants-not-visible"]);
}

/// Looks at the processes of this machine, and at those of the server, while a statement runs.
struct Lister<'a> {
    lab: &'a Lab,
    listed: String,
}

impl Observer for Lister<'_> {
    fn observe(&mut self, event: &Event<'_>) {
        if !matches!(event, Event::StatementFinished { .. }) {
            return;
        }
        for process in std::fs::read_dir("/proc").unwrap().flatten() {
            // Processes end while the list is read.
            let arguments = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
            self.listed.push_str(&String::from_utf8_lossy(&arguments));
            self.listed.push('\n');
        }
        let sessions = match self.lab.kind() {
            Kind::Postgres => "select application_name || ' ' || query from pg_stat_activity",
            _ => "select coalesce(info, '') from information_schema.processlist",
        };
        self.listed
            .push_str(&format!("{:?}", self.lab.db.query(sessions)));
    }
}

#[test]
fn the_password_of_a_url_is_in_no_list_of_processes() {
    for kind in [Kind::Postgres, Kind::MariaDb] {
        let Some(mut lab) = Lab::on(kind) else {
            continue;
        };
        let role = lab.db.role("owner");
        lab.db.execute(&match kind {
            Kind::Postgres => format!("GRANT CREATE ON SCHEMA public TO \"{}\"", role.name),
            _ => format!("GRANT ALL ON `{}`.* TO `{}`", lab.db.name(), role.name),
        });
        lab.url = Some(lab.db.url_as(&role));
        lab.file("1_a.sql", "CREATE TABLE a (id int);\n");
        let mut lister = Lister {
            lab: &lab,
            listed: String::new(),
        };
        Lab::done(lab.up_observed(&mut lister));
        assert!(!lister.listed.is_empty());
        assert!(!lister.listed.contains(&role.password), "{}", lister.listed);
    }
}
