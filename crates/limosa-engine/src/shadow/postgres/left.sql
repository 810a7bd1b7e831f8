-- What may be throw-away databases, without those whose lock somebody holds. A lock is of the database in which it was
-- taken, and an owner may have taken it in another one. Tested on PostgreSQL 15.
SELECT d.datname
FROM pg_catalog.pg_database AS d
WHERE
    d.datname LIKE 'limosa\_shadow\_%'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_locks AS l
        WHERE
            l.locktype = 'advisory'
            AND l.objsubid = 1
            AND (l.classid::pg_catalog.int8 << 32) | l.objid::pg_catalog.int8
            = pg_catalog.hashtextextended(d.datname::pg_catalog.text, 0)
    )
