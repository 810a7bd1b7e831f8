-- After RESET ALL, which also takes away what no list shows: puts back what pooled_before.sql saw.
-- Tested on PostgreSQL 15.
SELECT
    pg_catalog.set_config('session_authorization', $1, false),
    pg_catalog.set_config('role', $2, false),
    (
        SELECT pg_catalog.count(pg_catalog.set_config(s.key, s.value, false))
        FROM pg_catalog.jsonb_each_text($3::pg_catalog.jsonb) AS s
    )
