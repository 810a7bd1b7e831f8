-- The indexes that a table has. PostgreSQL 12 to 18, tested on 15.
SELECT t.oid::int8, i.indexrelid::int8
FROM pg_catalog.pg_class AS t
LEFT JOIN pg_catalog.pg_index AS i
    ON i.indrelid = t.oid
WHERE t.oid = pg_catalog.to_regclass($1)::oid
