-- The tables behind a name that are locked with it: $1 is the schema (NULL: by the search path), $2 the name, $3
-- what the name is. The last column is whether the children of the table may be locked with it.
-- Tested on PostgreSQL 15.
WITH named (oid) AS (
    SELECT c.oid
    FROM pg_catalog.pg_class AS c
    INNER JOIN pg_catalog.pg_namespace AS n
        ON n.oid = c.relnamespace
    WHERE c.relname = $2::pg_catalog.text
        AND CASE
            WHEN $1::pg_catalog.text IS NULL THEN pg_catalog.pg_table_is_visible(c.oid)
            ELSE n.nspname = $1
        END
),

locked (oid, itself) AS (
    SELECT named.oid, TRUE
    FROM named
    WHERE $3::pg_catalog.text IN ('table', 'dropped')
    UNION
    SELECT i.indrelid, TRUE
    FROM pg_catalog.pg_index AS i
    INNER JOIN named
        ON named.oid = i.indexrelid
    WHERE $3 = 'index'
    UNION
    SELECT p.partdefid, TRUE
    FROM pg_catalog.pg_partitioned_table AS p
    INNER JOIN named
        ON named.oid = p.partrelid
    WHERE $3 = 'default'
    UNION
    -- A table that goes takes its foreign keys along, which others are part of.
    SELECT f.confrelid, f.confrelid = f.conrelid
    FROM pg_catalog.pg_constraint AS f
    INNER JOIN named
        ON named.oid = f.conrelid
    WHERE $3 = 'dropped'
        AND f.contype = 'f'
    UNION
    -- A partition that goes: its parent changes, and what the default partition may hold.
    SELECT x.oid, FALSE
    FROM pg_catalog.pg_inherits AS h
    INNER JOIN named
        ON named.oid = h.inhrelid
    INNER JOIN pg_catalog.pg_partitioned_table AS p
        ON p.partrelid = h.inhparent
    CROSS JOIN LATERAL (VALUES (p.partrelid), (p.partdefid)) AS x (oid)
    WHERE $3 = 'dropped'
)

SELECT c.oid::pg_catalog.int8, n.nspname::pg_catalog.text, c.relname::pg_catalog.text, c.relkind = 'p', l.itself
FROM locked AS l
INNER JOIN pg_catalog.pg_class AS c
    ON c.oid = l.oid
INNER JOIN pg_catalog.pg_namespace AS n
    ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p')
    AND c.relpersistence <> 't'
ORDER BY n.nspname, c.relname
