//! Statements of each dialect, and how far they reach.

use limosa_sql::{Dialect, Modes, Target, classify};

use super::*;

fn judged(dialect: Dialect, sql: &str) -> Option<Reach> {
    let target = Target::newest(dialect);
    let facts = classify(sql.as_bytes(), &target);
    let text = Text::new(sql, &target, Modes::of(dialect));
    beyond(&text, &facts).map(|beyond| beyond.reach)
}

fn all(dialect: Dialect, wanted: Option<Reach>, statements: &[&str]) {
    for sql in statements {
        assert_eq!(judged(dialect, sql), wanted, "{sql}");
    }
}

#[test]
fn what_postgres_shares_between_databases_is_seen() {
    all(
        Dialect::Postgres,
        Some(Reach::Server),
        &[
            "CREATE ROLE app",
            "create user app password 'x'",
            "ALTER ROLE app NOLOGIN",
            "ALTER GROUP staff ADD USER app",
            "DROP ROLE app",
            "GRANT admin TO app",
            "REVOKE admin FROM app",
            "GRANT CONNECT ON DATABASE shop TO app",
            "REASSIGN OWNED BY app TO admin",
            "DROP OWNED BY app",
            "COMMENT ON ROLE app IS 'x'",
            "COMMENT ON DATABASE shop IS 'x'",
            "SECURITY LABEL ON ROLE app IS 'x'",
            "CREATE DATABASE other",
            "ALTER DATABASE shop SET work_mem = '1GB'",
            "DROP DATABASE shop",
            "CREATE TABLESPACE fast LOCATION '/fast'",
            "ALTER SYSTEM SET fsync = off",
            "LOAD 'auto_explain'",
            "CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw",
            "CREATE USER MAPPING FOR app SERVER far",
            "CREATE EXTENSION IF NOT EXISTS postgres_fdw",
            "CREATE EXTENSION dblink",
            "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'lib', 'f'",
            "COPY t FROM '/tmp/rows.csv'",
            "SELECT lo_import('/etc/passwd')",
            "SELECT pg_catalog.pg_terminate_backend(1)",
            "CREATE SUBSCRIPTION s CONNECTION 'host=far' PUBLICATION p WITH (connect = false)",
            "PREPARE TRANSACTION 'x'",
            "DO $$ BEGIN CREATE ROLE app; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
            "DO $$ BEGIN IF true THEN ALTER ROLE app NOLOGIN; END IF; END $$",
            "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'ALTER ROLE app NOLOGIN'",
            "CREATE FUNCTION f() RETURNS void AS $x$ DO $$ BEGIN DROP ROLE app; END $$ $x$ LANGUAGE sql",
        ],
    );
}

#[test]
fn what_leaves_a_postgres_server_is_seen() {
    all(
        Dialect::Postgres,
        Some(Reach::Outside),
        &[
            "COPY t TO '/tmp/rows.csv'",
            "COPY (SELECT 1) TO PROGRAM 'rm -rf /'",
            "COPY t FROM PROGRAM 'curl far'",
            "SELECT dblink_exec('host=far', 'DELETE FROM t')",
            "INSERT INTO t SELECT * FROM dblink('host=far', 'SELECT 1') AS r (a int)",
            "SELECT lo_export(1, '/tmp/x')",
            "IMPORT FOREIGN SCHEMA public FROM SERVER far INTO here",
            "CREATE SUBSCRIPTION s CONNECTION 'host=far' PUBLICATION p",
            "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM dblink('x'); END $$",
        ],
    );
}

#[test]
fn what_cannot_be_known_on_postgres_is_unknown() {
    all(
        Dialect::Postgres,
        Some(Reach::Unknown),
        &[
            "FROBNICATE t",
            "DO $$ BEGIN EXECUTE 'ALTER ' || 'ROLE app NOLOGIN'; END $$",
            "DO $$ DECLARE r record; BEGIN FOR r IN EXECUTE q LOOP NULL; END LOOP; END $$",
            "CREATE FUNCTION f() RETURNS SETOF t AS $$ BEGIN RETURN QUERY EXECUTE q; END $$ LANGUAGE plpgsql",
            "CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS 'return 1'",
            "DO LANGUAGE plperl 'elog(1)'",
        ],
    );
}

#[test]
fn what_stays_in_a_postgres_database_is_admitted() {
    all(
        Dialect::Postgres,
        None,
        &[
            "CREATE TABLE role (role text, \"user\" text, dblink int)",
            "ALTER TABLE users ALTER role SET DEFAULT 'x'",
            "ALTER TABLE users OWNER TO app",
            "GRANT SELECT ON users TO app",
            "GRANT EXECUTE ON FUNCTION f() TO app",
            "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app",
            "COMMENT ON TABLE users IS 'on role, on database'",
            "CREATE EXTENSION citext",
            "COPY t FROM stdin",
            "SET ROLE app",
            "CREATE TRIGGER t BEFORE INSERT ON users EXECUTE FUNCTION f()",
            "CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN NEW.a := 1; RETURN NEW; END $$ LANGUAGE plpgsql",
            "DO $$ BEGIN CREATE TYPE mood AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$",
            "INSERT INTO t VALUES ('COPY t TO PROGRAM')",
            "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql RETURN a + 1",
            "CREATE POLICY p ON users TO app USING (true)",
            "CALL tidy()",
            "CREATE PUBLICATION p FOR TABLE users",
        ],
    );
}

#[test]
fn what_mysql_shares_between_databases_is_seen() {
    all(
        Dialect::Mysql,
        Some(Reach::Server),
        &[
            "CREATE USER app",
            "ALTER USER app ACCOUNT LOCK",
            "DROP USER app",
            "RENAME USER app TO other",
            "CREATE ROLE readers",
            "GRANT SELECT ON shop.* TO app",
            "REVOKE ALL ON *.* FROM app",
            "SET PASSWORD FOR app = 'x'",
            "SET GLOBAL max_connections = 1",
            "SET @@global.max_connections = 1",
            "SET sql_mode = '', GLOBAL read_only = 1",
            "CREATE DATABASE other",
            "ALTER DATABASE shop CHARACTER SET utf8mb4",
            "DROP SCHEMA shop",
            "USE shop",
            "ALTER TABLE shop.users ADD c int",
            "ALTER TABLE `shop`.`users` ADD c int",
            "/*!50000 ALTER TABLE shop.users ADD c int */",
            "UPDATE shop.users SET a = 1",
            "DELETE FROM shop.users",
            "DROP TABLE users, shop.users",
            "RENAME TABLE users TO shop.users",
            "INSERT INTO t SELECT * FROM shop.users",
            "INSERT INTO t SELECT users.a FROM users JOIN shop.users shop ON shop.a = users.a",
            "SELECT shop.users.a FROM users",
            "CREATE TABLE t LIKE shop.users",
            "CREATE INDEX i ON shop.users (a)",
            "CREATE TABLE t (a int, FOREIGN KEY (a) REFERENCES shop.users (a))",
            "CALL shop.tidy()",
            "DELETE FROM mysql.user",
            "FLUSH PRIVILEGES",
            "KILL 1",
            "INSTALL SONAME 'x'",
            "CREATE FUNCTION f RETURNS string SONAME 'x.so'",
            "LOAD DATA INFILE '/tmp/x' INTO TABLE t",
            "SELECT load_file('/etc/passwd')",
            "CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW UPDATE shop.users SET a = NEW.a",
            "CREATE PROCEDURE p() BEGIN IF true THEN SET GLOBAL read_only = 1; END IF; END",
            "BEGIN NOT ATOMIC DROP USER app; END",
        ],
    );
}

#[test]
fn what_leaves_a_mysql_server_is_seen_and_what_cannot_be_known_is_unknown() {
    all(
        Dialect::Mysql,
        Some(Reach::Outside),
        &[
            "SELECT * FROM t INTO OUTFILE '/tmp/x'",
            "SELECT a INTO DUMPFILE '/tmp/x' FROM t",
            "CREATE TABLE far (a int) ENGINE=FEDERATED CONNECTION='mysql://far/shop/users'",
            "CREATE TABLE t (a int) DATA DIRECTORY = '/tmp/x'",
        ],
    );
    all(
        Dialect::Mysql,
        Some(Reach::Unknown),
        &[
            "FROBNICATE t",
            "PREPARE s FROM @sql",
            "EXECUTE s",
            "EXECUTE IMMEDIATE 'DROP USER app'",
            "CREATE PROCEDURE p() BEGIN PREPARE s FROM @sql; EXECUTE s; END",
        ],
    );
}

#[test]
fn what_stays_in_a_mysql_database_is_admitted() {
    all(
        Dialect::Mysql,
        None,
        &[
            "CREATE TABLE users (a int)",
            "SELECT users.a FROM users",
            "UPDATE users u JOIN orders o ON o.user = u.id SET u.a = o.b WHERE u.c = 1.5",
            "DELETE u.* FROM users u",
            "INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE a = 2",
            "SELECT count(*) FROM information_schema.columns",
            "CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW SET NEW.a = NEW.b",
            "CREATE PROCEDURE p() BEGIN DECLARE n int; SELECT u.a INTO n FROM users u; END",
            "ALTER DATABASE CHARACTER SET utf8mb4",
            "SET SESSION sql_mode = ''",
            "SET NAMES utf8mb4",
            "CALL tidy()",
        ],
    );
}

#[test]
fn only_what_opens_a_file_leaves_sqlite() {
    all(
        Dialect::Sqlite,
        Some(Reach::Outside),
        &[
            "ATTACH 'shop.db' AS shop",
            "ATTACH DATABASE 'file:x?mode=memory' AS x",
            "ATTACH ('sh' || 'op.db') AS shop",
            "VACUUM INTO 'copy.db'",
            "SELECT load_extension('x')",
        ],
    );
    all(
        Dialect::Sqlite,
        None,
        &[
            "ATTACH ':memory:' AS other",
            "CREATE TABLE main.t (a)",
            "VACUUM",
            "PRAGMA foreign_keys = off",
        ],
    );
}

#[test]
fn a_server_of_our_own_refuses_only_what_leaves_it() {
    let target = Target::newest(Dialect::Postgres);
    let may = |sql: &str, ground| {
        let facts = classify(sql.as_bytes(), &target);
        let modes = Modes::of(Dialect::Postgres);
        admit(sql, &facts, &target, modes, ground).is_ok()
    };
    let (role, dynamic) = ("CREATE ROLE app", "DO $$ BEGIN EXECUTE q; END $$");
    let (file, plain) = ("COPY t TO '/tmp/x'", "CREATE TABLE t (a int)");
    for (ground, admitted) in [
        (Ground::Private, [true, true, false, true]),
        (Ground::Confined, [false, true, false, true]),
        (Ground::Shared, [false, false, false, true]),
    ] {
        let found = [role, dynamic, file, plain].map(|sql| may(sql, ground));
        assert_eq!(found, admitted, "{ground:?}");
    }
}
