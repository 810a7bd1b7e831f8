-- Every transaction behind a pooler begins with the search path and the role of the first one.
-- Tested on PostgreSQL 15.
SELECT
    pg_catalog.set_config('search_path', $1, true),
    pg_catalog.set_config('role', $2, true)
