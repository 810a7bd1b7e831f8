-- An index by its name in the session. PostgreSQL 12 to 18, tested on 15.
SELECT c.oid::int8, i.indrelid::int8
FROM pg_catalog.pg_class AS c
INNER JOIN pg_catalog.pg_index AS i
    ON i.indexrelid = c.oid
WHERE c.oid = pg_catalog.to_regclass($1)::oid
