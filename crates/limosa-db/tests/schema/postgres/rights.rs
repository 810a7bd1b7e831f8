//! Owners, grants, default privileges, security.

use super::case::{Case, case, check};

const ROLES: &str = "CREATE ROLE app; CREATE ROLE web; CREATE TABLE t (a int, b int)";

const OWNERS: &[Case] = &[
    case(
        ROLES,
        "ALTER TABLE t OWNER TO app",
        &["privileges table t: owner"],
    ),
    case(
        "CREATE ROLE app; CREATE TABLE t (a serial PRIMARY KEY, b int GENERATED ALWAYS AS IDENTITY)",
        "ALTER TABLE t OWNER TO app",
        &["privileges table t: owner"],
    ),
    case(
        "CREATE ROLE app; CREATE SCHEMA s",
        "ALTER SCHEMA s OWNER TO app",
        &["privileges schema s: owner"],
    ),
    case(
        "CREATE ROLE app",
        "ALTER SCHEMA public OWNER TO app",
        &["privileges schema public: owner"],
    ),
    case("", "ALTER SCHEMA public OWNER TO postgres", &[]),
    case(
        "CREATE ROLE app; CREATE SEQUENCE s",
        "ALTER SEQUENCE s OWNER TO app",
        &["privileges sequence s: owner"],
    ),
    case(
        "CREATE ROLE app; CREATE VIEW v AS SELECT 1 AS a",
        "ALTER VIEW v OWNER TO app",
        &["privileges view v: owner"],
    ),
    case(
        "CREATE ROLE app; CREATE MATERIALIZED VIEW v AS SELECT 1 AS a",
        "ALTER MATERIALIZED VIEW v OWNER TO app",
        &["privileges materialized view v: owner"],
    ),
    case(
        "CREATE ROLE app; CREATE TYPE k AS (a int)",
        "ALTER TYPE k OWNER TO app",
        &["privileges type k: owner"],
    ),
    case(
        "CREATE ROLE app; CREATE DOMAIN d AS int",
        "ALTER DOMAIN d OWNER TO app",
        &["privileges domain d: owner"],
    ),
    case(
        "CREATE ROLE app; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER FUNCTION f OWNER TO app",
        &["privileges routine f(): owner"],
    ),
    case(
        "CREATE ROLE app; CREATE PUBLICATION p",
        "ALTER PUBLICATION p OWNER TO app",
        &["privileges publication p: owner"],
    )
    .from(16),
];

#[test]
fn owners_are_seen() {
    check(OWNERS);
}

const GRANTS: &[Case] = &[
    case(
        ROLES,
        "GRANT SELECT ON t TO app",
        &["privileges table t: grants"],
    ),
    case(
        ROLES,
        "GRANT SELECT ON t TO app; REVOKE SELECT ON t FROM app",
        &[],
    ),
    case(ROLES, "GRANT ALL ON t TO postgres", &[]),
    case(
        ROLES,
        "REVOKE INSERT ON t FROM postgres",
        &["privileges table t: grants"],
    ),
    case(
        ROLES,
        "GRANT SELECT ON t TO PUBLIC",
        &["privileges table t: grants"],
    ),
    case(
        "CREATE ROLE app; CREATE TABLE t (a int); GRANT SELECT ON t TO app",
        "GRANT SELECT ON t TO app WITH GRANT OPTION",
        &["privileges table t: grants"],
    ),
    case(
        "CREATE ROLE app; CREATE ROLE web; CREATE TABLE t (a int); GRANT SELECT ON t TO app; GRANT SELECT ON t TO web",
        "REVOKE ALL ON t FROM app, web; GRANT SELECT ON t TO web; GRANT SELECT ON t TO app",
        &[],
    ),
    case(
        "CREATE ROLE app; CREATE TABLE t (a int); GRANT SELECT, INSERT ON t TO app",
        "DROP TABLE t; CREATE TABLE t (a int)",
        &["privileges table t: grants"],
    ),
    case(
        ROLES,
        "GRANT SELECT (a) ON t TO app",
        &["privileges column t.a: grants"],
    ),
    case(
        "CREATE ROLE app; CREATE VIEW v AS SELECT 1 AS a",
        "GRANT SELECT (a) ON v TO app",
        &["left_behind column v.a"],
    ),
    case(
        "CREATE ROLE app; CREATE SEQUENCE s",
        "GRANT USAGE ON SEQUENCE s TO app",
        &["privileges sequence s: grants"],
    ),
    case(
        "CREATE ROLE app; CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY)",
        "GRANT USAGE ON SEQUENCE t_a_seq TO app",
        &["changed column t.a: identity_grants"],
    ),
    case(
        "CREATE ROLE app; CREATE SCHEMA s",
        "GRANT USAGE ON SCHEMA s TO app",
        &["privileges schema s: grants"],
    ),
    case(
        "CREATE ROLE app",
        "GRANT CREATE ON SCHEMA public TO app",
        &["privileges schema public: grants"],
    ),
    case(
        "",
        "REVOKE USAGE ON SCHEMA public FROM PUBLIC",
        &["privileges schema public: grants"],
    ),
    case(
        "",
        "GRANT CREATE ON SCHEMA public TO PUBLIC",
        &["privileges schema public: grants"],
    )
    .from(15),
    case(
        "",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        &["privileges schema public: grants"],
    )
    .until(14),
    case(
        "",
        "DROP SCHEMA public; CREATE SCHEMA public",
        &["privileges schema public: grants"],
    ),
    case(
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "REVOKE EXECUTE ON FUNCTION f FROM PUBLIC",
        &["privileges routine f(): grants"],
    ),
    case(
        "CREATE ROLE app; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "GRANT EXECUTE ON FUNCTION f TO app",
        &["privileges routine f(): grants"],
    ),
    case(
        "CREATE ROLE app; CREATE TYPE k AS (a int)",
        "GRANT USAGE ON TYPE k TO app",
        &["privileges type k: grants"],
    ),
    case(
        "CREATE DOMAIN d AS int",
        "REVOKE USAGE ON DOMAIN d FROM PUBLIC",
        &["privileges domain d: grants"],
    ),
    case(
        "CREATE ROLE app; CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w",
        "GRANT USAGE ON FOREIGN DATA WRAPPER w TO app; GRANT USAGE ON FOREIGN SERVER s TO app",
        &[
            "privileges foreign data wrapper w: grants",
            "privileges server s: grants",
        ],
    ),
    case(
        "CREATE ROLE app",
        "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO app', current_database()); END $$",
        &["left_behind database"],
    ),
    case(
        "CREATE ROLE app; CREATE TABLE t (a int); GRANT SELECT ON t TO app WITH GRANT OPTION; CREATE ROLE web",
        "SET LOCAL ROLE app; GRANT SELECT ON t TO web; RESET ROLE",
        &["privileges table t: grants"],
    ),
];

#[test]
fn grants_are_seen() {
    check(GRANTS);
}

const DEFAULTS: &[Case] = &[
    case(
        "CREATE ROLE app",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app",
        &["left_behind default privileges owner.tables"],
    ),
    case(
        "CREATE ROLE app; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app",
        "ALTER DEFAULT PRIVILEGES GRANT INSERT ON TABLES TO app",
        &["privileges default privileges owner.tables: grants"],
    ),
    case(
        "CREATE ROLE app",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO app",
        &["left_behind default privileges owner.sequences.public"],
    ),
    case(
        "CREATE ROLE app; CREATE SCHEMA s; ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT USAGE ON SEQUENCES TO app",
        "DROP SCHEMA s",
        &["lost schema s"],
    ),
    case(
        "CREATE ROLE app",
        "ALTER DEFAULT PRIVILEGES FOR ROLE app REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        &["left_behind default privileges app.functions"],
    ),
    case(
        "CREATE ROLE app",
        "ALTER DEFAULT PRIVILEGES FOR ROLE app REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC; ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
        &[],
    ),
];

#[test]
fn default_privileges_are_seen() {
    check(DEFAULTS);
}

const POLICY: &str = "CREATE ROLE app; CREATE TABLE t (a int); CREATE POLICY p ON t USING (a > 0)";

const POLICIES: &[Case] = &[
    case(POLICY, "DROP POLICY p ON t", &["lost policy t.p"]),
    case(
        POLICY,
        "ALTER POLICY p ON t USING (a > 1)",
        &["changed policy t.p: using"],
    ),
    case(
        POLICY,
        "ALTER POLICY p ON t WITH CHECK (a > 1)",
        &["changed policy t.p: check"],
    ),
    case(
        POLICY,
        "ALTER POLICY p ON t TO app",
        &["changed policy t.p: roles"],
    ),
    case(
        POLICY,
        "DROP POLICY p ON t; CREATE POLICY p ON t AS RESTRICTIVE USING (a > 0)",
        &["changed policy t.p: restrictive"],
    ),
    case(
        POLICY,
        "DROP POLICY p ON t; CREATE POLICY p ON t FOR SELECT USING (a > 0)",
        &["changed policy t.p: command"],
    ),
    case(
        POLICY,
        "COMMENT ON POLICY p ON t IS 'x'",
        &["changed policy t.p: comment"],
    ),
];

#[test]
fn policies_are_seen() {
    check(POLICIES);
}
