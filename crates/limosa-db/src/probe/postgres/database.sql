-- A database by its name. PostgreSQL 12 to 18, tested on 15.
SELECT d.oid::text
FROM pg_catalog.pg_database AS d
WHERE d.datname = $1::name
