-- Sequences. One that a column of a table owns belongs to the table; that of an identity column is told with it.
-- Tested on PostgreSQL 12 to 18.
SELECT
    CASE d.deptype WHEN 'i' THEN 'identity' ELSE 'sequence' END,
    c.tableoid, c.oid, d.refobjsubid, c.relnamespace, d.refclassid, d.refobjid,
    CASE WHEN d.objid IS NULL THEN c.relowner END,
    c.relname::pg_catalog.text,
    NULLIF(
        pg_catalog.jsonb_strip_nulls(
            pg_catalog.jsonb_build_object(
                'type', CASE WHEN s.seqtypid <> CASE d.deptype WHEN 'i' THEN a.atttypid ELSE 20 END THEN pg_catalog.format_type(s.seqtypid, NULL) END,
                'start', CASE
                    WHEN s.seqstart <> CASE WHEN s.seqincrement > 0 THEN s.seqmin ELSE s.seqmax END THEN s.seqstart
                END,
                'increment', NULLIF(s.seqincrement, 1),
                'minimum', NULLIF(s.seqmin, CASE
                    WHEN s.seqincrement > 0 THEN 1
                    WHEN s.seqtypid = 21 THEN -32768
                    WHEN s.seqtypid = 23 THEN -2147483648
                    ELSE -9223372036854775808
                END),
                'maximum', NULLIF(s.seqmax, CASE
                    WHEN s.seqincrement < 0 THEN -1
                    WHEN s.seqtypid = 21 THEN 32767
                    WHEN s.seqtypid = 23 THEN 2147483647
                    ELSE 9223372036854775807
                END),
                'cache', NULLIF(s.seqcache, 1),
                'cycle', NULLIF(s.seqcycle, false),
                'persistence', CASE
                    WHEN c.relpersistence = 'u' AND (d.objid IS NULL OR t.relpersistence = 'p') THEN 'unlogged'
                    WHEN c.relpersistence = 'p' AND t.relpersistence = 'u' AND d.deptype = 'i' THEN 'permanent'
                END
            )
        ),
        '{}'
    ),
    NULL
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = c.oid
LEFT JOIN pg_catalog.pg_depend AS d
    ON d.classid = c.tableoid
    AND d.objid = c.oid
    AND d.objsubid = 0
    AND d.refclassid = c.tableoid
    AND d.deptype IN ('a', 'i')
LEFT JOIN pg_catalog.pg_class AS t ON t.oid = d.refobjid
LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE c.relkind = 'S'
    AND c.oid >= 16384
    AND c.relpersistence <> 't'
    AND (c.tableoid, c.oid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
