-- Event triggers.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'event trigger', e.tableoid, e.oid, 0, NULL, NULL, NULL, e.evtowner, e.evtname::pg_catalog.text,
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'event', e.evtevent,
            'function', e.evtfoid::pg_catalog.regproc::pg_catalog.text,
            'tags', e.evttags,
            'enabled', CASE e.evtenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END
        )
    ),
    NULL
FROM pg_catalog.pg_event_trigger AS e
WHERE (e.tableoid, e.oid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
