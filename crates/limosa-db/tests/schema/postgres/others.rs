//! The kinds of objects that few schemas have.

use super::case::{Case, case, check};

const DATABASE: &[Case] = &[
    case(
        "",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''1MB''', current_database()); END $$",
        &["left_behind database"],
    ),
    case(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''1MB''', current_database()); END $$",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''2MB''', current_database()); END $$",
        &["changed database: settings"],
    ),
    case(
        "CREATE ROLE app; DO $$ BEGIN EXECUTE format('ALTER ROLE app IN DATABASE %I SET work_mem = ''1MB''', current_database()); END $$",
        "DO $$ BEGIN EXECUTE format('ALTER ROLE app IN DATABASE %I SET work_mem = ''2MB''', current_database()); END $$",
        &["changed database: role_settings"],
    ),
    case(
        "",
        "DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS ''x''', current_database()); END $$",
        &["left_behind database"],
    ),
];

#[test]
fn what_is_said_of_the_database_is_seen() {
    check(DATABASE);
}

const EXTENSIONS: &[Case] = &[
    case("", "CREATE EXTENSION citext", &["left_behind extension citext"]),
    case("CREATE EXTENSION citext", "COMMENT ON EXTENSION citext IS 'x'", &["changed extension citext: comment"]),
    case("CREATE EXTENSION citext; CREATE SCHEMA s", "ALTER EXTENSION citext SET SCHEMA s", &["changed extension citext: schema"]),
    case("CREATE EXTENSION hstore VERSION '1.4'", "ALTER EXTENSION hstore UPDATE TO '1.5'", &["changed extension hstore: version"]),
    case(
        "CREATE EXTENSION citext; CREATE TABLE t (a text)",
        "ALTER TABLE t ALTER COLUMN a TYPE citext",
        &["changed column t.a: type"],
    ),
    case(
        "CREATE EXTENSION citext; CREATE TABLE t (a int); CREATE VIEW v AS SELECT 1 AS a; CREATE SEQUENCE s; CREATE TYPE k AS (a int);
         CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER EXTENSION citext ADD TABLE t; ALTER EXTENSION citext ADD VIEW v; ALTER EXTENSION citext ADD SEQUENCE s;
         ALTER EXTENSION citext ADD TYPE k; ALTER EXTENSION citext ADD FUNCTION f()",
        &["lost table t", "lost view v", "lost sequence s", "lost type k", "lost routine f()"],
    ),
    case(
        "CREATE EXTENSION citext; CREATE SCHEMA s; CREATE TABLE s.t (a int)",
        "ALTER EXTENSION citext ADD SCHEMA s",
        &["lost schema s"],
    ),
    case("", "DROP EXTENSION plpgsql", &["lost extension plpgsql"]),
];

#[test]
fn extensions_are_seen_and_what_they_brought_is_not() {
    check(EXTENSIONS);
}

const COLLATION: &str = "CREATE COLLATION c (locale = 'C')";

const COLLATIONS: &[Case] = &[
    case("", COLLATION, &["left_behind collation c"]),
    case(COLLATION, "DROP COLLATION c; CREATE COLLATION c (locale = 'POSIX')", &["changed collation c: collate"]),
    case(COLLATION, "DROP COLLATION c; CREATE COLLATION c (lc_collate = 'C', lc_ctype = 'POSIX')", &["changed collation c: ctype"]),
    case(COLLATION, "COMMENT ON COLLATION c IS 'x'", &["changed collation c: comment"]),
    case(
        "CREATE COLLATION c (provider = icu, locale = 'und')",
        "DROP COLLATION c; CREATE COLLATION c (provider = icu, locale = 'und', deterministic = false)",
        &["changed collation c: not_deterministic"],
    ),
    case(
        "CREATE COLLATION c (provider = icu, locale = 'und')",
        "DROP COLLATION c; CREATE COLLATION c (provider = icu, locale = 'de')",
        &["changed collation c: locale"],
    )
    .from(15),
    case(
        "CREATE COLLATION c (provider = icu, locale = 'und')",
        "DROP COLLATION c; CREATE COLLATION c (provider = icu, locale = 'und', rules = '&V << w <<< W')",
        &["changed collation c: rules"],
    )
    .from(16),
    case("CREATE CONVERSION c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8", "DROP CONVERSION c", &["lost conversion c"]),
    case(
        "CREATE CONVERSION c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
        "DROP CONVERSION c; CREATE DEFAULT CONVERSION c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
        &["changed conversion c: default"],
    ),
];

#[test]
fn collations_and_conversions_are_seen() {
    check(COLLATIONS);
}

const OPERATOR: &str = "CREATE TYPE k AS (a int);
    CREATE FUNCTION f(k, k) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true';
    CREATE FUNCTION g(k, k) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
    CREATE FUNCTION h(k) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
    CREATE OPERATOR === (leftarg = k, rightarg = k, function = f);
    CREATE OPERATOR FAMILY o USING btree;
    CREATE OPERATOR CLASS c FOR TYPE k USING btree FAMILY o AS OPERATOR 3 ===, FUNCTION 1 g(k, k);
    CREATE CAST (k AS int) WITH FUNCTION h(k)";

const OPERATORS: &[Case] = &[
    case(
        OPERATOR,
        "CREATE OPERATOR !== (leftarg = k, rightarg = k, function = f)",
        &["left_behind operator !==(public.k, public.k)"],
    ),
    case(
        OPERATOR,
        "CREATE OPERATOR @@@ (rightarg = k, function = h)",
        &["left_behind operator @@@(NONE, public.k)"],
    ),
    case(
        OPERATOR,
        "ALTER OPERATOR === (k, k) SET (RESTRICT = eqsel)",
        &["changed operator ===(public.k, public.k): restrict"],
    ),
    case(
        OPERATOR,
        "ALTER OPERATOR === (k, k) SET (JOIN = eqjoinsel)",
        &["changed operator ===(public.k, public.k): join"],
    ),
    case(
        OPERATOR,
        "COMMENT ON OPERATOR === (k, k) IS 'x'",
        &["changed operator ===(public.k, public.k): comment"],
    ),
    case(
        OPERATOR,
        "DROP OPERATOR FAMILY o USING btree CASCADE",
        &["lost operator family btree.o"],
    ),
    case(
        OPERATOR,
        "DROP OPERATOR CLASS c USING btree",
        &["lost operator class btree.c"],
    ),
    case(
        OPERATOR,
        "COMMENT ON OPERATOR CLASS c USING btree IS 'x'",
        &["changed operator class btree.c: comment"],
    ),
    case(
        OPERATOR,
        "DROP OPERATOR CLASS c USING btree; CREATE OPERATOR CLASS c DEFAULT FOR TYPE k USING btree FAMILY o AS OPERATOR 3 ===, FUNCTION 1 g(k, k)",
        &["changed operator class btree.c: default"],
    ),
    case(
        OPERATOR,
        "DROP OPERATOR CLASS c USING btree; CREATE OPERATOR CLASS c FOR TYPE k USING btree FAMILY o AS OPERATOR 1 ===, FUNCTION 1 g(k, k)",
        &["changed operator class btree.c: operators"],
    ),
    case(
        OPERATOR,
        "DROP CAST (k AS int)",
        &["lost cast public.k AS integer"],
    ),
    case(
        OPERATOR,
        "DROP CAST (k AS int); CREATE CAST (k AS int) WITH FUNCTION h(k) AS IMPLICIT",
        &["changed cast public.k AS integer: context"],
    ),
    case(
        "CREATE TYPE k AS (a int); CREATE TYPE l AS (a int); CREATE CAST (k AS text) WITH INOUT",
        "DROP CAST (k AS text); CREATE FUNCTION h(k) RETURNS text LANGUAGE sql AS 'SELECT '''''; CREATE CAST (k AS text) WITH FUNCTION h(k)",
        &[
            "changed cast public.k AS text: function, method",
            "left_behind routine h(public.k)",
        ],
    ),
    case(
        "CREATE TYPE r AS RANGE (subtype = float8)",
        "DROP TYPE r",
        &["lost type r"],
    ),
];

#[test]
fn operators_and_casts_are_seen() {
    check(OPERATORS);
}

const LANGUAGE: &str = "CREATE LANGUAGE l HANDLER plpgsql_call_handler";

const LANGUAGES: &[Case] = &[
    case("", LANGUAGE, &["left_behind language l"]),
    case(
        LANGUAGE,
        "DROP LANGUAGE l; CREATE TRUSTED LANGUAGE l HANDLER plpgsql_call_handler",
        &["changed language l: trusted"],
    ),
    case(
        LANGUAGE,
        "DROP LANGUAGE l; CREATE LANGUAGE l HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator",
        &["changed language l: inline, validator"],
    ),
    case(
        "CREATE TYPE k AS (a int); CREATE FUNCTION f(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'int4in'; CREATE FUNCTION g(internal) RETURNS k LANGUAGE internal IMMUTABLE AS 'int4in'",
        "CREATE TRANSFORM FOR k LANGUAGE plpgsql (FROM SQL WITH FUNCTION f(internal), TO SQL WITH FUNCTION g(internal))",
        &["left_behind transform public.k.plpgsql"],
    ),
];

#[test]
fn languages_and_transforms_are_seen() {
    check(LANGUAGES);
}

const SEARCH: &str = "CREATE TEXT SEARCH DICTIONARY s (template = simple, accept = false);
    CREATE TEXT SEARCH CONFIGURATION s (copy = simple)";

const SEARCHES: &[Case] = &[
    case(
        SEARCH,
        "DROP TEXT SEARCH DICTIONARY s",
        &["lost text search dictionary.s"],
    ),
    case(
        SEARCH,
        "ALTER TEXT SEARCH DICTIONARY s (accept = true)",
        &["changed text search dictionary.s: initial"],
    ),
    case(
        SEARCH,
        "DROP TEXT SEARCH CONFIGURATION s",
        &["lost text search configuration.s"],
    ),
    case(
        SEARCH,
        "ALTER TEXT SEARCH CONFIGURATION s ALTER MAPPING FOR word WITH s",
        &["changed text search configuration.s: mappings"],
    ),
    case(
        SEARCH,
        "ALTER TEXT SEARCH CONFIGURATION s DROP MAPPING FOR word",
        &["changed text search configuration.s: mappings"],
    ),
    case(
        SEARCH,
        "COMMENT ON TEXT SEARCH CONFIGURATION s IS 'x'",
        &["changed text search configuration.s: comment"],
    ),
    case(
        "",
        "CREATE TEXT SEARCH TEMPLATE s (lexize = dsimple_lexize)",
        &["left_behind text search template.s"],
    ),
    case(
        "",
        "CREATE TEXT SEARCH PARSER s (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype)",
        &["left_behind text search parser.s"],
    ),
];

#[test]
fn text_search_is_seen() {
    check(SEARCHES);
}

const FOREIGN: &str =
    "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'a');
    CREATE FOREIGN TABLE t (a int OPTIONS (x '1')) SERVER s OPTIONS (y '2');
    CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (u 'v', password 'secret')";

const FOREIGNERS: &[Case] = &[
    case(
        FOREIGN,
        "ALTER FOREIGN DATA WRAPPER w OPTIONS (ADD x '1')",
        &["changed foreign data wrapper w: server_options"],
    ),
    case(
        FOREIGN,
        "ALTER SERVER s OPTIONS (SET host 'b')",
        &["changed server s: server_options"],
    ),
    case(
        FOREIGN,
        "ALTER SERVER s VERSION '2'",
        &["changed server s: version"],
    ),
    case(
        FOREIGN,
        "COMMENT ON SERVER s IS 'x'",
        &["changed server s: comment"],
    ),
    case(
        FOREIGN,
        "DROP SERVER s CASCADE",
        &["lost server s", "lost table t"],
    ),
    case(
        FOREIGN,
        "ALTER FOREIGN TABLE t OPTIONS (SET y '3')",
        &["changed table t: server_options"],
    ),
    case(
        FOREIGN,
        "ALTER FOREIGN TABLE t ALTER COLUMN a OPTIONS (SET x '3')",
        &["changed column t.a: server_options"],
    ),
    case(
        FOREIGN,
        "DROP USER MAPPING FOR PUBLIC SERVER s",
        &["lost user mapping s.PUBLIC"],
    ),
    case(
        FOREIGN,
        "ALTER USER MAPPING FOR PUBLIC SERVER s OPTIONS (SET u 'w')",
        &["changed user mapping s.PUBLIC: server_options"],
    ),
    case(
        FOREIGN,
        "ALTER USER MAPPING FOR PUBLIC SERVER s OPTIONS (SET password 'other')",
        &[],
    ),
    case(
        FOREIGN,
        "DROP FOREIGN TABLE t; CREATE TABLE t (a int)",
        &[
            "changed table t: form, server, server_options",
            "changed column t.a: server_options",
        ],
    ),
];

#[test]
fn foreign_servers_are_seen() {
    check(FOREIGNERS);
}

const STATISTICS: &str =
    "CREATE TABLE t (a int, b int, c int); CREATE STATISTICS s (ndistinct) ON a, b FROM t";

const EXTENDED: &[Case] = &[
    case(STATISTICS, "DROP STATISTICS s", &["lost statistics s"]),
    case(STATISTICS, "DROP TABLE t", &["lost table t"]),
    case(
        STATISTICS,
        "DROP STATISTICS s; CREATE STATISTICS s (mcv) ON a, b FROM t",
        &["changed statistics s: kinds"],
    ),
    case(
        STATISTICS,
        "DROP STATISTICS s; CREATE STATISTICS s (ndistinct) ON a, c FROM t",
        &["changed statistics s: columns"],
    ),
    case(
        STATISTICS,
        "ALTER STATISTICS s SET STATISTICS 5",
        &["changed statistics s: target"],
    )
    .from(13),
    case(
        STATISTICS,
        "COMMENT ON STATISTICS s IS 'x'",
        &["changed statistics s: comment"],
    ),
    case(
        "CREATE TABLE t (a int, b int); CREATE STATISTICS s ON (a + b) FROM t",
        "DROP STATISTICS s; CREATE STATISTICS s ON (a - b) FROM t",
        &["changed statistics s: expressions"],
    )
    .from(14),
];

#[test]
fn extended_statistics_are_seen() {
    check(EXTENDED);
}

const RULE: &str = "CREATE TABLE t (a int); CREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING";
const EVENT: &str = "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
    CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION f()";

const RULES: &[Case] = &[
    case(RULE, "DROP RULE r ON t", &["lost rule t.r"]),
    case(
        RULE,
        "CREATE OR REPLACE RULE r AS ON INSERT TO t DO ALSO NOTHING",
        &["changed rule t.r: definition"],
    ),
    case(
        RULE,
        "ALTER TABLE t DISABLE RULE r",
        &["changed rule t.r: enabled"],
    ),
    case(
        RULE,
        "COMMENT ON RULE r ON t IS 'x'",
        &["changed rule t.r: comment"],
    ),
    case(EVENT, "DROP EVENT TRIGGER e", &["lost event trigger e"]),
    case(
        EVENT,
        "ALTER EVENT TRIGGER e DISABLE",
        &["changed event trigger e: enabled"],
    ),
    case(
        EVENT,
        "DROP EVENT TRIGGER e; CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
        &["changed event trigger e: event"],
    ),
    case(
        EVENT,
        "DROP EVENT TRIGGER e; CREATE EVENT TRIGGER e ON sql_drop WHEN tag IN ('DROP TABLE') EXECUTE FUNCTION f()",
        &["changed event trigger e: tags"],
    ),
];

#[test]
fn rules_and_event_triggers_are_seen() {
    check(RULES);
}

const PUBLICATION: &str =
    "CREATE TABLE t (a int, b int); CREATE TABLE u (a int); CREATE PUBLICATION p FOR TABLE t";

const REPLICATION: &[Case] = &[
    case(PUBLICATION, "DROP PUBLICATION p", &["lost publication p"]),
    case(
        PUBLICATION,
        "ALTER PUBLICATION p ADD TABLE u",
        &["changed publication p: tables"],
    ),
    case(
        PUBLICATION,
        "ALTER PUBLICATION p SET TABLE t (a)",
        &["changed publication p: tables"],
    )
    .from(15),
    case(
        PUBLICATION,
        "ALTER PUBLICATION p SET TABLE t WHERE (a > 0)",
        &["changed publication p: tables"],
    )
    .from(15),
    case(
        PUBLICATION,
        "ALTER PUBLICATION p SET (publish = 'insert, delete')",
        &["changed publication p: publish"],
    ),
    case(
        PUBLICATION,
        "ALTER PUBLICATION p SET (publish_via_partition_root = true)",
        &["changed publication p: via_root"],
    )
    .from(13),
    case(
        PUBLICATION,
        "ALTER PUBLICATION p SET (publish_generated_columns = stored)",
        &["changed publication p: generated_columns"],
    )
    .from(18),
    case(
        PUBLICATION,
        "ALTER PUBLICATION p ADD TABLES IN SCHEMA public",
        &["changed publication p: schemas"],
    )
    .from(15),
    case(
        PUBLICATION,
        "DROP PUBLICATION p; CREATE PUBLICATION p FOR ALL TABLES",
        &["changed publication p: all_tables, tables"],
    ),
    case(
        PUBLICATION,
        "COMMENT ON PUBLICATION p IS 'x'",
        &["changed publication p: comment"],
    ),
    case(
        "",
        "CREATE SUBSCRIPTION s CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false)",
        &["left_behind subscription s"],
    ),
    case(
        "CREATE SUBSCRIPTION s CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false)",
        "ALTER SUBSCRIPTION s SET (slot_name = NONE)",
        &["changed subscription s: slot"],
    ),
    case(
        "CREATE SUBSCRIPTION s CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false)",
        "ALTER SUBSCRIPTION s SET PUBLICATION q WITH (refresh = false)",
        &["changed subscription s: publications"],
    ),
    case(
        "CREATE SUBSCRIPTION s CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false)",
        "ALTER SUBSCRIPTION s ENABLE",
        &["changed subscription s: disabled"],
    ),
    case(
        "CREATE SUBSCRIPTION s CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false)",
        "ALTER SUBSCRIPTION s SET (synchronous_commit = on)",
        &["changed subscription s: synchronous_commit"],
    )
    .from(14),
    case(
        "CREATE SUBSCRIPTION s CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false)",
        "ALTER SUBSCRIPTION s SET (binary = true)",
        &["changed subscription s: binary"],
    )
    .from(14),
];

#[test]
fn publications_and_subscriptions_are_seen() {
    check(REPLICATION);
}
