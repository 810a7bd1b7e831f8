-- Whether an index is still there, valid or not. PostgreSQL 12 to 18, tested on 15.
SELECT 1
FROM pg_catalog.pg_index AS i
WHERE i.indexrelid = $1::oid
