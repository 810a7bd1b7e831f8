//! Times in the tables of the tools: of now or not.

use limosa_testkit::Kind;

/// An expression that is true for a time of the last hour, kept without a time zone.
pub fn recent(kind: Kind, column: &str) -> String {
    match kind {
        Kind::Postgres => format!(
            "coalesce(abs(extract(epoch from (localtimestamp - {column}::timestamp))) < 3600, false)::text"
        ),
        Kind::MariaDb => {
            format!("if(abs(timestampdiff(second, now(), {column})) < 3600, 'true', 'false')")
        }
        Kind::Sqlite => format!(
            "typeof({column}) || ' ' || iif(typeof({column}) = 'integer', \
             abs({column} / 1000 - unixepoch()) < 3600, \
             abs(julianday('now') - julianday({column})) < 0.05)"
        ),
    }
}
