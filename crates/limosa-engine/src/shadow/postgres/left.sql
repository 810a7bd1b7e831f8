-- What may be throw-away databases, without those whose lock somebody holds. A lock is of the database in which it was
-- taken, and an owner may have taken it in another one. Without OFFSET the digits of other names might be read, too.
-- Tested on PostgreSQL 15.
SELECT s.name
FROM (
    SELECT d.datname::pg_catalog.text AS name
    FROM pg_catalog.pg_database AS d
    WHERE d.datname ~ '^limosa_shadow_[0-9a-f]{16}$'
    OFFSET 0
) AS s
WHERE
    ('x' || pg_catalog.right(s.name, 16))::bit(64)::pg_catalog.int8 NOT IN (
        SELECT (l.classid::pg_catalog.int8 << 32) | l.objid::pg_catalog.int8
        FROM pg_catalog.pg_locks AS l
        WHERE l.locktype = 'advisory' AND l.objsubid = 1
    )
