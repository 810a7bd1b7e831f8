//! A project in a git repository, with databases.

use std::path::PathBuf;

use limosa_testkit::{Database, Kind, Output, Project, binaries};

/// A project whose migrations are committed.
pub struct Place {
    pub project: Project,
    dialect: &'static str,
}

impl Place {
    /// With these files in `migrations`, and more in limosa.toml.
    pub fn new(kind: Kind, config: &str, files: &[(&str, &str)]) -> Self {
        let dialect = match kind {
            Kind::Postgres => "postgres",
            Kind::MariaDb => "mysql",
            Kind::Sqlite => "sqlite",
        };
        let project = Project::new(env!("CARGO_BIN_EXE_limosa")).file("limosa.toml", config);
        for (name, text) in files {
            project.write(format!("migrations/{name}"), text);
        }
        let place = Self { project, dialect };
        place.git(&["init", "--quiet", "."]);
        place.commit();
        place
    }

    fn git(&self, arguments: &[&str]) {
        let output = self.project.program("git", arguments).run();
        assert_eq!(output.code, 0, "{output}");
    }

    /// Commits everything.
    pub fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", "files"]);
    }

    /// Runs a command without a database.
    pub fn limosa(&self, arguments: &[&str]) -> Output {
        let dialect = ["--dialect", self.dialect];
        self.project.limosa(&[arguments, &dialect].concat()).run()
    }

    /// Squashes, which has to work.
    pub fn squash(&self, arguments: &[&str]) -> Output {
        let output = self.limosa(&[&["squash"], arguments].concat());
        assert_eq!(output.code, 0, "{output}");
        output
    }

    /// Runs a command on a database.
    pub fn on(&self, database: &Database, arguments: &[&str]) -> Output {
        let url = database.url();
        let arguments = [arguments, &["--url", &url]].concat();
        self.project.limosa(&arguments).run()
    }

    /// Runs a command on a database, which has to work, and gives what it said about migrations.
    pub fn done(&self, database: &Database, arguments: &[&str]) -> String {
        let output = self.on(database, arguments);
        assert_eq!(output.code, 0, "{output}");
        format!("{}{}", output.stderr, output.stdout)
    }

    /// The names of the files in the folder, without hidden ones.
    pub fn files(&self) -> Vec<String> {
        let folder = self.project.path().join("migrations");
        let entries = std::fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    /// That a database is up to date, and nothing odd is said about it.
    #[track_caller]
    pub fn is_up_to_date(&self, database: &Database) {
        let status = self.on(database, &["status", "--check"]);
        assert_eq!(status.code, 0, "{status}");
        assert!(
            status
                .stdout
                .contains("files and history agree, nothing is pending"),
            "{status}"
        );
        let before = everything(self, database);
        let up = self.on(database, &["up"]);
        assert_eq!(up.code, 0, "{up}");
        assert!(
            !up.stderr.contains("note") && !up.stderr.contains("warning"),
            "{up}"
        );
        assert_eq!(before, everything(self, database), "{up}");
    }
}

/// Schema and rows of a database without the tables of migration tools, as the server's own program writes them.
pub fn contents(place: &Place, database: &Database) -> String {
    dump(place, database, &["limosa_history", "limosa_journal"])
}

fn everything(place: &Place, database: &Database) -> String {
    dump(place, database, &[])
}

/// What is in a database without some tables.
pub fn dump(place: &Place, database: &Database, without: &[&str]) -> String {
    match database.kind() {
        Kind::Postgres => {
            let program = client("pg_dump");
            let without: Vec<String> = without
                .iter()
                .map(|table| format!("--exclude-table={table}"))
                .collect();
            let url = database.url();
            let mut arguments = vec!["--no-owner", "--inserts", "--dbname", &url];
            arguments.extend(without.iter().map(String::as_str));
            lines(&place.project.program(program, &arguments).run())
        }
        Kind::MariaDb => {
            let tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1";
            let shown = |table: &str| database.query(&format!("SHOW CREATE TABLE `{table}`"));
            let mut text = tables_of(database, tables, without, &shown);
            text.push_str(&format!(
                "{:?}\n",
                database.query(
                    "SELECT trigger_name, action_statement FROM information_schema.triggers \
                     WHERE trigger_schema = DATABASE() ORDER BY 1"
                )
            ));
            text
        }
        Kind::Sqlite => {
            let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1";
            let shown = |table: &str| {
                let all = format!(
                    "SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = '{table}' ORDER BY 1, 2"
                );
                // How a statement was laid out is no part of the schema.
                let rows = database.query(&all).into_iter();
                rows.map(|row| row.iter().map(|text| without_layout(text)).collect())
                    .collect()
            };
            tables_of(database, tables, without, &shown)
        }
    }
}

fn without_layout(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '"')
        .collect::<String>()
        .to_lowercase()
}

/// The statement and the rows of each table.
fn tables_of(
    database: &Database,
    tables: &str,
    without: &[&str],
    shown: &dyn Fn(&str) -> Vec<Vec<String>>,
) -> String {
    let mut text = String::new();
    for table in database.query(tables) {
        let table = &table[0];
        if without.contains(&table.as_str()) {
            continue;
        }
        let mut rows = database.query(&format!("SELECT * FROM {table}"));
        rows.retain(|row| !without.contains(&row[0].as_str()));
        rows.sort();
        text.push_str(&format!("{:?}\n{rows:?}\n", shown(table)));
    }
    text
}

/// A client of the server.
pub fn client(program: &str) -> PathBuf {
    binaries::postgres_client(program).unwrap()
}

fn lines(output: &Output) -> String {
    assert_eq!(output.code, 0, "{output}");
    let lines = output.stdout.lines();
    let kept = lines.filter(|line| {
        let is_random = line.starts_with("\\restrict") || line.starts_with("\\unrestrict");
        !is_random && !line.starts_with("--") && !line.is_empty()
    });
    kept.collect::<Vec<_>>().join("\n")
}

/// Five migrations of a shop for PostgreSQL: rows, a trigger that changes rows, a cycle of foreign keys, counters.
pub const SHOP: [(&str, &str); 5] = [
    (
        "0001_roles.sql",
        "-- limosa: up\nCREATE TABLE roles (name text PRIMARY KEY, parent text REFERENCES roles, rights text[]);\n\
         INSERT INTO roles VALUES ('admin', NULL, '{all,\"a, b\"}'), ('guest', 'admin', '{}');\n\
         -- limosa: down\nDROP TABLE roles;\n",
    ),
    (
        "0002_users.sql",
        "-- limosa: up\nCREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n\
         role text REFERENCES roles, email text NOT NULL UNIQUE, seen timestamptz, photo bytea, note jsonb);\n\
         ALTER TABLE roles ADD COLUMN owner bigint REFERENCES users;\n\
         INSERT INTO users (role, email, seen, photo, note) VALUES\n\
         ('admin', 'Root@Example.com', '2020-01-01 00:00:00.123456+02', '\\x00ff5c', '{\"a\": \"''\\\\\"}');\n\
         UPDATE roles SET owner = 1;\n\
         -- limosa: down\nALTER TABLE roles DROP COLUMN owner;\nDROP TABLE users;\n",
    ),
    (
        "0003_lower.sql",
        "-- limosa: up\nCREATE FUNCTION lower_email() RETURNS trigger LANGUAGE plpgsql AS $$\n\
         BEGIN NEW.email := lower(NEW.email); RETURN NEW; END $$;\n\
         CREATE TRIGGER lower_email BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION lower_email();\n\
         -- limosa: down\nDROP TRIGGER lower_email ON users;\nDROP FUNCTION lower_email;\n",
    ),
    (
        "0004_orders.sql",
        "-- limosa: up\nCREATE SEQUENCE numbers START 1000;\nCREATE SEQUENCE unused START 7;\n\
         SELECT nextval('numbers');\n\
         CREATE TABLE orders (id int PRIMARY KEY DEFAULT nextval('numbers'), total numeric(12,2), rate real,\n\
         double_total numeric GENERATED ALWAYS AS (total * 2) STORED);\n\
         INSERT INTO orders (total, rate) VALUES (1.50, 0.1), (NULL, 'NaN');\n\
         CREATE VIEW admins AS SELECT * FROM users WHERE role = 'admin';\n\
         -- limosa: down\nDROP VIEW admins;\nDROP TABLE orders;\nDROP SEQUENCE numbers, unused;\n",
    ),
    (
        "0005_last.sql",
        "-- limosa: up\nALTER TABLE orders ADD COLUMN paid boolean NOT NULL DEFAULT false;\n\
         INSERT INTO users (email) VALUES ('New@Example.com');\n\
         -- limosa: down\nALTER TABLE orders DROP COLUMN paid;\nDELETE FROM users WHERE email = 'new@example.com';\n",
    ),
];
