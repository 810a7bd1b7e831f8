-- A subscription of this database by its name, and what of it everybody may see. PostgreSQL 12 to 18, tested on 15.
SELECT pg_catalog.concat_ws(' ', s.subenabled::text, s.subpublications::text)
FROM pg_catalog.pg_subscription AS s
WHERE s.subname = $1::name
    AND s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
