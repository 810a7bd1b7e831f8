-- A tablespace by its name. PostgreSQL 12 to 18, tested on 15.
SELECT s.oid::text
FROM pg_catalog.pg_tablespace AS s
WHERE s.spcname = $1::name
