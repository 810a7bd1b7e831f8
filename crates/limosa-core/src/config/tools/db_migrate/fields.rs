//! The fields of an environment of db-migrate, and the URL that says the same.

use limosa_sql::Dialect;
use serde_json::{Map, Value};

use super::variable;
use crate::DatabaseUrl;
use crate::config::tools::problem::shown_name;
use crate::url::{UrlParts, read_port};

/// The fields, with the variables replaced. It has no `Debug`: it may hold a password.
#[derive(Clone, Default)]
pub(super) struct Fields {
    values: Map<String, Value>,
    /// Fields whose variable is not set.
    unset: Vec<(String, String)>,
}

/// Without these an unset variable would lead to another database than the one that was meant.
const NEEDED: [&str; 8] = [
    "driver", "host", "port", "user", "username", "database", "schema", "filename",
];

/// Which field is wrong, and why.
type Wrong = (&'static str, String);

/// Whether a text can be the URL of an environment.
pub(super) fn is_url(text: &str) -> bool {
    let scheme = text.split(':').next().unwrap_or_default();
    text.contains("://") && dialect_of(scheme).is_some()
}

fn dialect_of(driver: &str) -> Option<Dialect> {
    match driver {
        "pg" | "postgres" | "postgresql" => Some(Dialect::Postgres),
        "mysql" | "mysql2" => Some(Dialect::Mysql),
        "sqlite3" | "sqlite" => Some(Dialect::Sqlite),
        _ => None,
    }
}

impl Fields {
    /// The fields that a URL stands for; its parameters are fields, too.
    pub(super) fn of_url(url: &str) -> Result<Self, String> {
        let (scheme, rest) = url
            .trim()
            .split_once(':')
            .ok_or_else(|| "the URL has no scheme".to_owned())?;
        let Some(dialect) = dialect_of(scheme) else {
            let name = shown_name(scheme);
            return Err(format!("the scheme {name} of the URL is not supported"));
        };
        let mut fields = Self::default();
        let mut set = |name: &str, text: Option<String>| {
            if let Some(text) = text {
                fields.values.insert(name.to_owned(), Value::String(text));
            }
        };
        set("driver", Some(scheme.to_owned()));
        if dialect == Dialect::Sqlite {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            let path = path.split('?').next().unwrap_or_default();
            set("filename", Some(path.to_owned()));
            return Ok(fields);
        }
        let plain = format!("{}:{rest}", dialect.name());
        let url = DatabaseUrl::parse(&plain).map_err(|error| error.to_string())?;
        let parts = UrlParts::read(&url).map_err(|error| error.to_string())?;
        for (name, value) in parts.parameters {
            set(&name, Some(value));
        }
        set("user", parts.user);
        set("password", parts.password);
        // A path that is only `/` names none, and comes before a name all the same.
        let has_path = url.secret().contains(&format!("{}/", url.authority()));
        set("database", parts.database.or(has_path.then(String::new)));
        let host = parts.hosts.into_iter().next();
        if let Some((name, port)) = host {
            set("host", Some(name).filter(|name| !name.is_empty()));
            set("port", port.map(|port| port.to_string()));
        }
        Ok(fields)
    }

    /// The fields of an environment.
    pub(super) fn of_object(
        entry: &Map<String, Value>,
        get: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Wrong> {
        let mut fields = Self::default();
        if entry.contains_key("tunnel") {
            return Err(("tunnel", "a tunnel is not supported".into()));
        }
        for (name, value) in entry {
            match variable(value) {
                None => {
                    fields.values.insert(name.clone(), value.clone());
                }
                Some(variable) => match get(variable) {
                    Some(text) => {
                        fields.values.insert(name.clone(), Value::String(text));
                    }
                    None => fields.unset.push((name.clone(), variable.to_owned())),
                },
            }
        }
        Ok(fields)
    }

    /// These, and before them those of a URL.
    pub(super) fn over(&self, url: &Self) -> Self {
        let mut fields = self.clone();
        fields.values.remove("url");
        for (name, value) in &url.values {
            fields.values.insert(name.clone(), value.clone());
        }
        fields
    }

    /// With what `overwrite` and `addIfNotExists` say.
    pub(super) fn adjusted(mut self) -> Self {
        if let Some(Value::Object(more)) = self.values.remove("addIfNotExists") {
            for (name, value) in more {
                self.values.entry(name).or_insert(value);
            }
        }
        if let Some(Value::Object(over)) = self.values.remove("overwrite") {
            self.values.extend(over);
        }
        self
    }

    /// A field whose variable is not set and that nothing else gives.
    pub(super) fn unset(&self) -> Option<(&str, &str)> {
        let missing = self
            .unset
            .iter()
            .find(|(name, _)| NEEDED.contains(&name.as_str()) && !self.values.contains_key(name))?;
        Some((&missing.0, &missing.1))
    }

    /// A field that is a text, or a number or truth value as text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.values
            .get(name)?
            .as_str()
            .filter(|text| !text.is_empty())
    }

    /// What the driver is for.
    pub(super) fn dialect(&self) -> Option<Dialect> {
        dialect_of(self.text("driver")?)
    }

    fn owned(&self, name: &str) -> Option<String> {
        match self.values.get(name)? {
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// The URL; `host` is where the drivers go when nothing is said.
    pub(super) fn url(&self, host: &str) -> Result<DatabaseUrl, Wrong> {
        let Some(driver) = self.text("driver") else {
            return Err(("driver", "it has no `driver` that is a name".into()));
        };
        let Some(dialect) = self.dialect() else {
            let name = shown_name(driver);
            return Err(("driver", format!("the driver {name} is not supported")));
        };
        if dialect == Dialect::Sqlite {
            let Some(file) = self.text("filename") else {
                return Err(("filename", "it has no `filename`".into()));
            };
            let path = file.replace('%', "%25").replace('?', "%3F");
            return DatabaseUrl::parse(&format!("sqlite:{path}"))
                .map_err(|error| ("filename", error.to_string()));
        }
        let port = match self.owned("port") {
            None => None,
            Some(text) => {
                Some(read_port(&text).map_err(|_| ("port", "`port` is not a port".to_owned()))?)
            }
        };
        let mut parts = UrlParts {
            user: self.owned("user").or_else(|| self.owned("username")),
            password: self.owned("password"),
            hosts: vec![(self.owned("host").unwrap_or_else(|| host.to_owned()), port)],
            database: self.owned("database"),
            parameters: self.encryption(dialect)?,
        };
        match dialect {
            Dialect::Mysql => {
                if let Some(socket) = self.owned("socketPath") {
                    parts.parameters.push(("socket".into(), socket));
                }
            }
            _ => {
                let database = parts.database.take();
                parts.database = Some(database.unwrap_or_else(|| "postgres".to_owned()));
            }
        }
        parts
            .url(dialect)
            .map_err(|error| ("driver", error.to_string()))
    }

    /// `ssl`, as node's drivers understand it: certificates are verified unless it says otherwise.
    fn encryption(&self, dialect: Dialect) -> Result<Vec<(String, String)>, Wrong> {
        let (mode, required, verified) = match dialect {
            Dialect::Mysql => ("ssl-mode", "required", "verify-identity"),
            _ => ("sslmode", "require", "verify-full"),
        };
        let set = |pairs: &[(&str, &str)]| {
            let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            Ok(pairs.iter().map(owned).collect())
        };
        let trusting = set(&[(mode, required)]);
        let verifying = match dialect {
            Dialect::Mysql => set(&[(mode, verified)]),
            _ => set(&[(mode, verified), ("sslrootcert", "system")]),
        };
        match self.values.get("ssl") {
            None | Some(Value::Null | Value::Bool(false)) => {
                match self.text("sslmode") {
                    // A parameter of a URL, which the drivers of other languages understand.
                    Some(said) => set(&[(mode, said)]),
                    None => set(&[]),
                }
            }
            Some(Value::Bool(true)) => verifying,
            Some(Value::String(text)) => match text.as_str() {
                "true" | "1" => verifying,
                "false" | "0" | "" => set(&[]),
                _ => Err(("ssl", "this `ssl` is not supported".into())),
            },
            Some(Value::Object(keys)) => {
                let file = |name: &str| keys.get(name).and_then(Value::as_str);
                if ["ca", "cert", "key", "pfx"]
                    .iter()
                    .any(|name| keys.contains_key(*name))
                {
                    let why = "certificates as text are not supported: name their files in a URL";
                    return Err(("ssl", why.into()));
                }
                if keys.get("rejectUnauthorized") == Some(&Value::Bool(false)) {
                    return trusting;
                }
                match (file("sslrootcert"), dialect) {
                    (Some(root), Dialect::Postgres) => {
                        let mut pairs = vec![(mode, verified), ("sslrootcert", root)];
                        for name in ["sslcert", "sslkey"] {
                            pairs.extend(file(name).map(|path| (name, path)));
                        }
                        set(&pairs)
                    }
                    _ => verifying,
                }
            }
            Some(_) => Err(("ssl", "this `ssl` is not supported".into())),
        }
    }
}
