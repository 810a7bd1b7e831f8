-- A table by its name in the session. PostgreSQL 12 to 18, tested on 15.
SELECT pg_catalog.to_regclass($1)::oid::int8
