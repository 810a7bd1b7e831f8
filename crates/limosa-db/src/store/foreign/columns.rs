//! What the columns of another tool's table have to hold, by the types that the server names.

use limosa_sql::Dialect;

/// What a tool keeps in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Holds {
    Number,
    /// Yes or no; a number where the server has no other type for it.
    Flag,
    Text,
    Time,
    Bytes,
}

/// A column that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub name: String,
    /// Its type as the server names it, without length and precision.
    pub type_name: String,
}

impl Column {
    /// Whether its type is made for that.
    pub fn can_hold(&self, dialect: Dialect, holds: Holds) -> bool {
        let type_name = self.type_name.to_ascii_lowercase();
        let types = |types: &[&str]| types.contains(&type_name.as_str());
        match (dialect, holds) {
            (Dialect::Postgres, Holds::Number) => {
                types(&["bigint", "integer", "smallint", "numeric"])
            }
            (Dialect::Postgres, Holds::Flag) => types(&["boolean"]),
            (Dialect::Postgres, Holds::Text) => types(&["text", "character varying", "character"]),
            (Dialect::Postgres, Holds::Bytes) => types(&["bytea"]),
            (Dialect::Mysql, Holds::Number | Holds::Flag) => {
                type_name.ends_with("int") || types(&["decimal"])
            }
            (Dialect::Mysql, Holds::Text) => {
                type_name.ends_with("char") || type_name.ends_with("text")
            }
            (Dialect::Mysql, Holds::Bytes) => {
                type_name.ends_with("blob") || type_name.ends_with("binary")
            }
            (Dialect::Postgres | Dialect::Mysql, Holds::Time) => {
                type_name.starts_with("timestamp") || types(&["datetime", "date"])
            }
            (Dialect::Sqlite, holds) => affinity(&type_name).takes(holds),
        }
    }
}

/// What `SQLite` makes of a declared type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Affinity {
    Number,
    Text,
    Anything,
}

fn affinity(type_name: &str) -> Affinity {
    let has = |part: &str| type_name.contains(part);
    if has("int") {
        Affinity::Number
    } else if has("char") || has("clob") || has("text") {
        Affinity::Text
    } else if has("blob") || type_name.is_empty() {
        Affinity::Anything
    } else {
        Affinity::Number
    }
}

impl Affinity {
    fn takes(self, holds: Holds) -> bool {
        match self {
            Self::Anything => true,
            Self::Number => matches!(holds, Holds::Number | Holds::Flag | Holds::Time),
            Self::Text => matches!(holds, Holds::Text | Holds::Time),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_no_number_on_any_server() {
        for (dialect, type_name, holds, wanted) in [
            (Dialect::Postgres, "bigint", Holds::Number, true),
            (Dialect::Postgres, "character varying", Holds::Number, false),
            (
                Dialect::Postgres,
                "timestamp without time zone",
                Holds::Time,
                true,
            ),
            (Dialect::Postgres, "integer", Holds::Flag, false),
            (Dialect::Mysql, "tinyint", Holds::Flag, true),
            (Dialect::Mysql, "varchar", Holds::Number, false),
            (Dialect::Mysql, "datetime", Holds::Time, true),
            (Dialect::Mysql, "mediumblob", Holds::Bytes, true),
            (Dialect::Sqlite, "uint64", Holds::Number, true),
            (Dialect::Sqlite, "varchar(128)", Holds::Number, false),
            (Dialect::Sqlite, "BOOLEAN", Holds::Flag, true),
            (Dialect::Sqlite, "datetime", Holds::Time, true),
            (Dialect::Sqlite, "BLOB", Holds::Bytes, true),
            (Dialect::Sqlite, "", Holds::Number, true),
        ] {
            let name = "c".to_owned();
            let type_name = type_name.to_owned();
            let column = Column { name, type_name };
            assert_eq!(
                column.can_hold(dialect, holds),
                wanted,
                "{column:?} {holds:?}"
            );
        }
    }
}
