-- The head of the one statement that reads the catalog: its parts follow, each after UNION ALL, end.sql is the last.
-- The server writes expressions as the settings of the session say. So the first part sets what they depend on, for
-- this transaction, and the last one sets it back. An Append runs its parts in order, and never in parallel where
-- set_config is among them; if a part fails, the transaction is rolled back, and the settings with it.
-- A line that ends in a remark `from N` or `until N` is sent to servers of these majors only, one with `to make it` or
-- `to compare it` for that purpose only.
-- Tested on PostgreSQL 12 to 18.
WITH settings AS MATERIALIZED (
    SELECT s.name, s.before, pg_catalog.set_config(s.name, s.wanted, true) AS now
    FROM (
        SELECT v.name, v.wanted, pg_catalog.current_setting(v.name) AS before
        FROM (
            VALUES
                ('search_path', ''),
                ('quote_all_identifiers', 'off'),
                ('standard_conforming_strings', 'on'),
                ('DateStyle', 'ISO, YMD'),
                ('IntervalStyle', 'postgres'),
                ('TimeZone', 'UTC'),
                ('bytea_output', 'hex'),
                ('extra_float_digits', '1'),
                ('lc_monetary', 'C')
        ) AS v (name, wanted)
        OFFSET 0
    ) AS s
),
members AS MATERIALIZED (
    SELECT d.classid, d.objid, d.refobjid AS extension
    FROM pg_catalog.pg_depend AS d
    WHERE d.deptype = 'e'
),
here AS MATERIALIZED (
    SELECT d.oid, d.datdba
    FROM pg_catalog.pg_database AS d
    WHERE d.datname = pg_catalog.current_database()
)
SELECT
    'begin'::pg_catalog.text AS kind,
    NULL::pg_catalog.oid AS class,
    (SELECT h.oid FROM here AS h) AS object,
    NULL::pg_catalog.int4 AS sub,
    NULL::pg_catalog.oid AS schema,
    NULL::pg_catalog.oid AS parent_class,
    NULL::pg_catalog.oid AS parent,
    (SELECT h.datdba FROM here AS h) AS owner,
    NULL::pg_catalog.text AS name,
    NULL::pg_catalog.jsonb AS properties,
    pg_catalog.count(s.now)::pg_catalog.text AS text
FROM settings AS s
