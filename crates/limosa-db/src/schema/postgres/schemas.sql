-- Schemas. One that an extension made is not listed, what else is in it is.
-- Tested on PostgreSQL 12 to 18.
SELECT
    CASE
        WHEN (n.tableoid, n.oid) IN (SELECT m.classid, m.objid FROM members AS m) THEN 'hidden'
        ELSE 'schema'
    END,
    n.tableoid, n.oid, 0, NULL, NULL, NULL,
    -- What the server gives `public` to, at its creation, is the owner of the database.
    CASE WHEN n.nspname <> 'public' OR n.nspowner NOT IN (10, 6171) THEN n.nspowner END,
    n.nspname::pg_catalog.text, NULL, NULL
FROM pg_catalog.pg_namespace AS n
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
