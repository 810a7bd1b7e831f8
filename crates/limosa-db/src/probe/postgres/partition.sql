-- A partition of a table by their names in the session. PostgreSQL 14 to 18, tested on 15.
SELECT h.inhparent::int8, h.inhrelid::int8, h.inhdetachpending
FROM pg_catalog.pg_inherits AS h
WHERE h.inhparent = pg_catalog.to_regclass($1)::oid
    AND h.inhrelid = pg_catalog.to_regclass($2)::oid
