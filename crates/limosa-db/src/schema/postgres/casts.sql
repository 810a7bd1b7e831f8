-- Casts.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'cast', c.tableoid, c.oid, 0, NULL, NULL, NULL, NULL,
    pg_catalog.format_type(c.castsource, NULL) || ' AS ' || pg_catalog.format_type(c.casttarget, NULL),
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'function', CASE
                WHEN c.castfunc <> 0 THEN c.castfunc::pg_catalog.regprocedure::pg_catalog.text
            END,
            'method', CASE c.castmethod WHEN 'i' THEN 'inout' WHEN 'b' THEN 'binary' END,
            'context', CASE c.castcontext WHEN 'i' THEN 'implicit' WHEN 'a' THEN 'assignment' END
        )
    ),
    NULL
FROM pg_catalog.pg_cast AS c
WHERE c.oid >= 16384
    -- The server makes that of a range to its multirange.
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = c.tableoid AND d.objid = c.oid AND d.deptype = 'i'
    )
    AND (c.tableoid, c.oid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
