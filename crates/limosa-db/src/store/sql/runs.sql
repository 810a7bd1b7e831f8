-- The entries of the newest runs, oldest first. All dialects.
SELECT j.id, {utc j.at}, j.run, j.event, j.version, j.name, j.direction, j.unit, j.statement, j.actor, j.detail,
       j.attempt, j.backend, j.backend_start
FROM {journal} j
WHERE j.set_name = :set AND j.event <> 'format'
  AND j.run IN (
      SELECT n.run FROM (
          SELECT r.run, max(r.id) AS newest
          FROM {journal} r
          WHERE r.set_name = :set AND r.event <> 'format'
            AND r.run LIKE :run
            AND (:version IS NULL OR r.version LIKE :version)
          GROUP BY r.run
          ORDER BY newest DESC
          LIMIT :limit
      ) n
  )
ORDER BY j.id
