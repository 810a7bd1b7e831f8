-- Comments on whatever is listed. Those that the server gives to what it makes itself are none.
-- Tested on PostgreSQL 12 to 18.
SELECT 'comment', d.classoid, d.objoid, d.objsubid, NULL, NULL, NULL, NULL, NULL, NULL, d.description
FROM pg_catalog.pg_description AS d
WHERE (d.objoid >= 16384 OR d.objoid = 2200 AND d.description <> 'standard public schema')
    AND (d.classoid, d.objoid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
UNION ALL
SELECT 'comment', d.classoid, d.objoid, 0, NULL, NULL, NULL, NULL, NULL, NULL, d.description
FROM pg_catalog.pg_shdescription AS d
WHERE d.objoid >= 16384
