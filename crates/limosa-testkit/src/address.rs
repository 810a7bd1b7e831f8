//! How each program wants to be told where a database is.

use std::path::PathBuf;

use crate::Kind;

/// Where a database is, in parts.
#[derive(Debug, Clone)]
pub struct Address {
    /// Which database.
    pub kind: Kind,
    /// The superuser.
    pub user: String,
    /// Its password.
    pub password: String,
    /// The database on the server, or the file.
    pub name: String,
    /// How it is reached.
    pub way: Way,
}

/// How a database is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// This port of 127.0.0.1.
    Port(u16),
    /// A Unix socket in this folder; PostgreSQL's is named after the port.
    Socket(PathBuf, u16),
    /// A file.
    File(PathBuf),
}

impl Address {
    /// The same database through whatever listens on this port of 127.0.0.1. A file stays where it is.
    #[must_use]
    pub fn through(mut self, port: u16) -> Self {
        if !matches!(self.way, Way::File(_)) {
            self.way = Way::Port(port);
        }
        self
    }

    /// A URL without encryption as libpq, the MySQL clients in Rust and most others take it.
    pub fn url(&self) -> String {
        let Self {
            user,
            password,
            name,
            ..
        } = self;
        match (self.kind, &self.way) {
            (Kind::Postgres, Way::Socket(folder, port)) => format!(
                "postgres://{user}:{password}@/{name}?host={}&port={port}&sslmode=disable",
                folder.display()
            ),
            (Kind::Postgres, Way::Port(port)) => {
                format!("postgres://{user}:{password}@127.0.0.1:{port}/{name}?sslmode=disable")
            }
            (_, Way::Socket(..)) => {
                let socket = self.mysql_socket();
                format!("mysql://{user}:{password}@localhost/{name}?socket={socket}")
            }
            (_, Way::Port(port)) => format!("mysql://{user}:{password}@127.0.0.1:{port}/{name}"),
            (_, Way::File(path)) => format!("sqlite:{}", path.display()),
        }
    }

    /// Like [`Self::url`], with PostgreSQL's socket as an encoded host: for programs that want every URL to have one.
    pub fn url_with_host(&self) -> String {
        match (self.kind, &self.way) {
            (Kind::Postgres, Way::Socket(folder, port)) => format!(
                "postgres://{}:{}@{}:{port}/{}?sslmode=disable",
                self.user,
                self.password,
                folder.display().to_string().replace('/', "%2F"),
                self.name
            ),
            _ => self.url(),
        }
    }

    /// The path of the file, or of MariaDB's socket.
    pub fn path(&self) -> String {
        match &self.way {
            Way::File(path) => path.display().to_string(),
            _ => self.mysql_socket(),
        }
    }

    fn mysql_socket(&self) -> String {
        match &self.way {
            Way::Socket(folder, _) => folder.join("sql.sock").display().to_string(),
            _ => String::new(),
        }
    }

    /// As Go's driver for MySQL wants it.
    fn go_mysql(&self) -> String {
        let Self {
            user,
            password,
            name,
            ..
        } = self;
        match self.way {
            Way::Port(port) => format!("{user}:{password}@tcp(127.0.0.1:{port})/{name}"),
            _ => format!("{user}:{password}@unix({})/{name}", self.mysql_socket()),
        }
    }

    /// As golang-migrate wants it.
    pub fn golang_migrate(&self) -> String {
        match self.kind {
            Kind::Postgres => self.url(),
            Kind::MariaDb => format!("mysql://{}", self.go_mysql()),
            Kind::Sqlite => format!("sqlite3://{}", self.path()),
        }
    }

    /// The driver and the data source, as both goose want them.
    pub fn goose(&self) -> [String; 2] {
        let [driver, source] = match self.kind {
            Kind::Postgres => ["postgres", &self.url()],
            Kind::MariaDb => ["mysql", &format!("{}?parseTime=true", self.go_mysql())],
            Kind::Sqlite => ["sqlite3", &self.path()],
        };
        [driver.to_owned(), source.to_owned()]
    }

    /// `database.json` of db-migrate.
    pub fn db_migrate(&self) -> String {
        let Self {
            user,
            password,
            name,
            ..
        } = self;
        let (driver, more) = match self.kind {
            Kind::Postgres => ("pg", ""),
            Kind::MariaDb => ("mysql", ", \"multipleStatements\": true"),
            Kind::Sqlite => {
                let file = self.path();
                return format!(
                    "{{\"dev\": {{\"driver\": \"sqlite3\", \"filename\": \"{file}\"}}}}\n"
                );
            }
        };
        let place = match (&self.way, self.kind) {
            (Way::Port(port), _) => format!("\"host\": \"127.0.0.1\", \"port\": {port}"),
            (Way::Socket(folder, port), Kind::Postgres) => {
                format!("\"host\": \"{}\", \"port\": {port}", folder.display())
            }
            _ => format!("\"socketPath\": \"{}\"", self.mysql_socket()),
        };
        format!(
            "{{\"dev\": {{\"driver\": \"{driver}\", {place}, \"user\": \"{user}\", \"password\": \"{password}\", \
             \"database\": \"{name}\"{more}}}}}\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(kind: Kind, way: Way) -> Address {
        Address {
            kind,
            user: "ada".to_owned(),
            password: "kit-1".to_owned(),
            name: "shop".to_owned(),
            way,
        }
    }

    #[test]
    fn each_program_is_told_in_its_own_spelling() {
        let port = address(Kind::Postgres, Way::Port(5));
        let socket = address(Kind::Postgres, Way::Socket("/run/x".into(), 5));
        assert_eq!(
            port.url(),
            "postgres://ada:kit-1@127.0.0.1:5/shop?sslmode=disable"
        );
        assert_eq!(
            socket.url_with_host(),
            "postgres://ada:kit-1@%2Frun%2Fx:5/shop?sslmode=disable"
        );
        assert_eq!(socket.clone().through(7).url(), port.through(7).url());
        let maria = address(Kind::MariaDb, Way::Socket("/run/x".into(), 5));
        assert_eq!(
            maria.golang_migrate(),
            "mysql://ada:kit-1@unix(/run/x/sql.sock)/shop"
        );
        assert_eq!(
            maria.through(7).goose(),
            ["mysql", "ada:kit-1@tcp(127.0.0.1:7)/shop?parseTime=true"]
        );
        let file = address(Kind::Sqlite, Way::File("/tmp/a.db".into()));
        assert_eq!(file.clone().through(7).url(), "sqlite:/tmp/a.db");
        assert_eq!(
            file.db_migrate(),
            "{\"dev\": {\"driver\": \"sqlite3\", \"filename\": \"/tmp/a.db\"}}\n"
        );
    }
}
