-- Whether an enum has a value. PostgreSQL 12 to 18, tested on 15.
SELECT 1
FROM pg_catalog.pg_enum AS e
WHERE e.enumtypid = $1::oid
    AND e.enumlabel = $2::name
