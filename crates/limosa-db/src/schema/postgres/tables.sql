-- Tables: ordinary ones, partitioned ones, partitions, foreign ones.
-- Tested on PostgreSQL 12 to 18.
SELECT
    CASE
        WHEN (c.tableoid, c.oid) IN (SELECT m.classid, m.objid FROM members AS m) THEN 'hidden'
        ELSE 'table'
    END,
    c.tableoid, c.oid, 0, c.relnamespace, NULL, NULL, c.relowner, c.relname::pg_catalog.text,
    CASE
        -- Most are like that.
        WHEN c.relkind = 'r' AND c.relpersistence = 'p' AND c.relam IN (0, 2) AND c.reltablespace = 0
            AND c.reloptions IS NULL AND t.reloptions IS NULL AND c.relreplident IN ('d', 'i') AND c.reloftype = 0
            AND NOT c.relrowsecurity AND NOT c.relforcerowsecurity AND i.inhrelid IS NULL
            THEN NULL
        ELSE pg_catalog.jsonb_strip_nulls(
            pg_catalog.jsonb_build_object(
                'form', CASE c.relkind WHEN 'p' THEN 'partitioned' WHEN 'f' THEN 'foreign' END,
                'persistence', CASE c.relpersistence WHEN 'u' THEN 'unlogged' END,
                'access_method', CASE WHEN c.relam NOT IN (0, 2) THEN (
                    SELECT a.amname FROM pg_catalog.pg_am AS a WHERE a.oid = c.relam
                ) END,
                'tablespace', CASE WHEN c.reltablespace <> 0 THEN (
                    SELECT s.spcname FROM pg_catalog.pg_tablespace AS s WHERE s.oid = c.reltablespace
                ) END,
                'options', c.reloptions,
                'toast_options', t.reloptions,
                'replica_identity', CASE
                    WHEN c.relkind = 'f' THEN NULL
                    WHEN c.relreplident = 'n' THEN 'nothing'
                    WHEN c.relreplident = 'f' THEN 'full'
                END,
                'row_security', NULLIF(c.relrowsecurity, false),
                'force_row_security', NULLIF(c.relforcerowsecurity, false),
                'of_type', CASE WHEN c.reloftype <> 0 THEN c.reloftype::pg_catalog.regtype::pg_catalog.text END,
                CASE WHEN c.relispartition THEN 'partition_of' ELSE 'inherits' END, i.parents,
                'partition_bound', CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END,
                'detach_pending', i.detaching,
                'partition_key', CASE c.relkind WHEN 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,
                'server', s.srvname,
                'server_options', f.ftoptions
            )
        )
    END,
    NULL
FROM pg_catalog.pg_class AS c
LEFT JOIN pg_catalog.pg_class AS t ON t.oid = c.reltoastrelid AND t.reloptions IS NOT NULL
LEFT JOIN (
    SELECT
        h.inhrelid,
        pg_catalog.jsonb_agg(h.inhparent::pg_catalog.int8 ORDER BY h.inhseqno) AS parents,
        NULLIF(pg_catalog.bool_or(h.inhdetachpending), false) AS detaching -- from 14
        NULL::pg_catalog.bool AS detaching -- until 13
    FROM pg_catalog.pg_inherits AS h
    GROUP BY h.inhrelid
) AS i ON i.inhrelid = c.oid
LEFT JOIN pg_catalog.pg_foreign_table AS f ON f.ftrelid = c.oid
LEFT JOIN pg_catalog.pg_foreign_server AS s ON s.oid = f.ftserver
WHERE c.relkind IN ('r', 'p', 'f') AND c.oid >= 16384 AND c.relpersistence <> 't'
