-- The sets that have something applied. All dialects.
SELECT DISTINCT set_name
FROM {history}
ORDER BY set_name
