-- The texts of the procedures of a name; NULL for one in a language that is not read here.
-- PostgreSQL 12 to 18, tested on 15.
SELECT CASE WHEN l.lanname IN ('plpgsql', 'sql') THEN p.prosrc END
FROM pg_catalog.pg_proc AS p
INNER JOIN pg_catalog.pg_language AS l
    ON l.oid = p.prolang
WHERE p.prokind = 'p'
    AND p.proname = $1::name
