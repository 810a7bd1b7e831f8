-- The last part: what the first one has set is set back.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'end', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    pg_catalog.count(pg_catalog.set_config(s.name, s.before, true))::pg_catalog.text
FROM settings AS s
