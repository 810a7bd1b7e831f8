-- Rules, but for those that make a view.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'rule', r.tableoid, r.oid, 0, NULL, c.tableoid, r.ev_class, NULL, r.rulename::pg_catalog.text,
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'definition', pg_catalog.pg_get_ruledef(r.oid),
            'enabled', CASE r.ev_enabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END
        )
    ),
    NULL
FROM pg_catalog.pg_rewrite AS r
JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class
WHERE r.oid >= 16384
    AND r.rulename <> '_RETURN'
    AND c.relpersistence <> 't'
    AND (r.tableoid, r.oid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
