-- Who holds the lock between migrators, as far as this user may see it.
-- Tested on MariaDB 10.11.
SELECT h.id, p.USER, p.HOST
FROM (SELECT IS_USED_LOCK(?) AS id) AS h
LEFT JOIN information_schema.PROCESSLIST AS p
    ON p.ID = h.id
WHERE h.id IS NOT NULL
