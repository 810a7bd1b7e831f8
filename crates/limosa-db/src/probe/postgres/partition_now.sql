-- How a partition stands to its table, and their names. PostgreSQL 14 to 18, tested on 15.
SELECT h.inhdetachpending, tn.nspname::text, t.relname::text, pn.nspname::text, p.relname::text
FROM pg_catalog.pg_inherits AS h
INNER JOIN pg_catalog.pg_class AS t
    ON t.oid = h.inhparent
INNER JOIN pg_catalog.pg_namespace AS tn
    ON tn.oid = t.relnamespace
INNER JOIN pg_catalog.pg_class AS p
    ON p.oid = h.inhrelid
INNER JOIN pg_catalog.pg_namespace AS pn
    ON pn.oid = p.relnamespace
WHERE h.inhparent = $1::oid
    AND h.inhrelid = $2::oid
