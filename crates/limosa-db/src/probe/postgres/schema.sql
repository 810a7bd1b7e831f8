-- A schema by its name. PostgreSQL 12 to 18, tested on 15.
SELECT n.oid::int8
FROM pg_catalog.pg_namespace AS n
WHERE n.nspname = $1::name
