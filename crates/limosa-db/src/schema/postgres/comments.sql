-- Comments and security labels of whatever is listed. That which the server gives `public` is none.
-- Tested on PostgreSQL 12, 15, 16 and 18.
SELECT 'comment', d.classoid, d.objoid, d.objsubid, NULL, NULL, NULL, NULL, NULL, NULL, d.description
FROM pg_catalog.pg_description AS d
WHERE (d.objoid >= 16384 OR d.objoid = 2200 AND d.description <> 'standard public schema')
    AND NOT EXISTS (SELECT FROM members AS m WHERE m.classid = d.classoid AND m.objid = d.objoid)
