//! The keys by which other tools take their locks, as their sources have them.
//!
//! A tool that has no lock on a dialect has no key here.

use limosa_sql::{Dialect, Target};

use crate::{OtherKey, OtherLock, Waits};

const GOLANG_MIGRATE: &str = "golang-migrate";
const SQLX: &str = "sqlx";
const GOOSE: &str = "goose";

/// Of golang-migrate (`database/util.go`, and `Lock` of each driver), for its history table.
///
/// On `PostgreSQL` these are five: its program takes the database from the path of the URL, with the slash, and an
/// application that gives it a connection has it without; since 4.15 the table is in the key, since 4.1 the schema,
/// and before neither. None of these excludes another, so each is held.
pub fn golang_migrate(
    dialect: Dialect,
    database: &str,
    schema: &str,
    table: &str,
) -> Vec<OtherLock> {
    const SALT: u32 = 1_486_364_155;
    let number = |text: String| crc32(&text).wrapping_mul(SALT);
    let keys = match dialect {
        Dialect::Postgres => vec![
            format!("{schema}\0{table}\0/{database}"),
            format!("{schema}\0{table}\0{database}"),
            format!("{schema}\0/{database}"),
            format!("{schema}\0{database}"),
            database.to_owned(),
        ]
        .into_iter()
        .map(|text| OtherKey::Number(number(text).into()))
        .collect(),
        Dialect::Mysql => {
            vec![OtherKey::Name(
                number(format!("{database}:{table}")).to_string(),
            )]
        }
        Dialect::Sqlite => vec![],
    };
    of(GOLANG_MIGRATE, Waits::InServer, keys)
}

/// Of the library of sqlx (`migrate.rs` of each driver), which has one for all of a database. Its program takes none.
///
/// On `MariaDB` it has none either: it asks for a wait of -1 s, which that server refuses with a warning and NULL, and
/// goes on.
pub fn sqlx(target: &Target, database: &str) -> Vec<OtherLock> {
    // Fits: both factors are below 2^32, and the first one below 2^30.
    let number = 0x3d32_ad9e * i64::from(crc32(database));
    let keys = match target.dialect {
        Dialect::Postgres => vec![OtherKey::Number(number)],
        Dialect::Mysql if !target.mariadb => vec![OtherKey::Name(format!("{number:x}"))],
        Dialect::Mysql | Dialect::Sqlite => vec![],
    };
    of(SQLX, Waits::InServer, keys)
}

/// Of goose (`lock/postgres.go`): the default of the lock of a session, which an application may ask for. Its program
/// takes none.
pub fn goose(dialect: Dialect) -> Vec<OtherLock> {
    let keys = match dialect {
        Dialect::Postgres => vec![OtherKey::Number(crc32("goose").into())],
        Dialect::Mysql | Dialect::Sqlite => vec![],
    };
    of(GOOSE, Waits::ByAsking, keys)
}

fn of(tool: &'static str, waits: Waits, keys: Vec<OtherKey>) -> Vec<OtherLock> {
    keys.into_iter()
        .map(|key| OtherLock { tool, key, waits })
        .collect()
}

/// CRC-32 of IEEE 802.3.
fn crc32(text: &str) -> u32 {
    crc32fast::hash(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(locks: Vec<OtherLock>) -> Vec<OtherKey> {
        locks.into_iter().map(|lock| lock.key).collect()
    }

    fn name(text: &str) -> OtherKey {
        OtherKey::Name(text.to_owned())
    }

    #[test]
    fn golang_migrate_on_postgres_has_the_keys_of_all_its_releases() {
        let locks = golang_migrate(Dialect::Postgres, "mydb", "public", "schema_migrations");
        assert!(locks.iter().all(|lock| lock.tool == "golang-migrate"));
        let expected = [
            616_192_132,
            2_103_762_914,
            198_905_556,
            482_519_803,
            3_799_279_374,
        ];
        assert_eq!(keys(locks), expected.map(OtherKey::Number));
    }

    #[test]
    fn golang_migrate_on_mysql_has_the_decimal_number_as_a_name() {
        let locks = golang_migrate(Dialect::Mysql, "mydb", "mydb", "schema_migrations");
        assert_eq!(keys(locks), [name("1906445756")]);
    }

    #[test]
    fn sqlx_has_the_product_as_a_number_and_in_hexadecimal() {
        let number = OtherKey::Number(293_176_876_009_260_204);
        let postgres = Target::newest(Dialect::Postgres);
        assert_eq!(keys(sqlx(&postgres, "mydb")), [number]);
        let mysql = Target {
            mariadb: false,
            ..Target::newest(Dialect::Mysql)
        };
        assert_eq!(keys(sqlx(&mysql, "mydb")), [name("41192d0bee404ac")]);
    }

    #[test]
    fn goose_has_its_default() {
        assert_eq!(
            keys(goose(Dialect::Postgres)),
            [OtherKey::Number(4_097_083_626)]
        );
    }

    #[test]
    fn where_a_tool_has_no_lock_there_is_no_key() {
        assert_eq!(golang_migrate(Dialect::Sqlite, "a", "main", "t"), []);
        assert_eq!(sqlx(&Target::newest(Dialect::Sqlite), "a"), []);
        let mariadb = Target {
            mariadb: true,
            ..Target::newest(Dialect::Mysql)
        };
        assert_eq!(sqlx(&mariadb, "a"), []);
        assert_eq!(goose(Dialect::Mysql), []);
    }
}
